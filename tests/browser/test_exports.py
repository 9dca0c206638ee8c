"""What is saved opens again, and holds what the page shows."""

from __future__ import annotations

import io
import re
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import expect

from sim.app.state import parsed
from sim.app.worlds import scenario_of
from sim.scenario import load_scenario
from tests.browser.conftest import FEW
from tests.browser.driving import FIGURES, Bench

LEVERS = "line=3.2&threat=1.4&horizon=15"
ALL = [(view, name) for view, names in FIGURES.items() for name in names]


def saved(bench: Bench, name: str, kind: str, folder: Path) -> Path:
    """What a click on a chart's link to a file saves."""
    with bench.page.expect_download() as held:
        bench.page.locator(f"#figure-{name} .files a", has_text=re.compile(f"^{kind.upper()}$")).click()
    path = folder / held.value.suggested_filename
    held.value.save_as(path)
    return path


@pytest.mark.parametrize(("view", "name"), ALL)
def test_every_chart_is_saved_and_opens(bench: Bench, tmp_path: Path, view: str, name: str) -> None:
    if bench.view != view or "threat" not in bench.asked():
        bench.open(f"view={view}&{FEW}&{LEVERS}")
    all_kinds_open(bench, name, tmp_path)


def test_charts_of_a_story_are_saved_and_open(bench: Bench, tmp_path: Path) -> None:
    bench.open("view=stories&story=who-pays&step=99&guesses=012")
    ids = [str(one.get_attribute("id")) for one in bench.page.locator("#stories figure.chart").all()]
    assert len(ids) == bench.page.locator("#stories svg[role=img]").count() > 3
    for one in (ids[0], ids[-1]):  # an interval, and numbers without one
        all_kinds_open(bench, one.removeprefix("figure-"), tmp_path)


def all_kinds_open(bench: Bench, name: str, tmp_path: Path) -> None:
    """Every kind of file of a chart, beside what the page shows."""
    caption = bench.page.locator(f"#figure-{name} figcaption").inner_text()
    opens_as_png(saved(bench, name, "png", tmp_path), caption)
    opens_as_svg(saved(bench, name, "svg", tmp_path), caption)
    opens_as_pdf(saved(bench, name, "pdf", tmp_path))
    holds_the_table(bench, name, saved(bench, name, "csv", tmp_path))


def opens_as_png(path: Path, caption: str) -> None:
    """A picture that shows something, twice as fine as on the page, with its words inside."""
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert picture.width >= 1200
        assert squeezed(picture.info["Title"]) == squeezed(caption)
        assert len(picture.info["Description"]) > len(picture.info["Title"])
        dark = np.asarray(picture.convert("L")) < 128
    assert 0.002 < dark.mean() < 0.5


def opens_as_svg(path: Path, caption: str) -> None:
    """A drawing with its sentence, and nothing that can be run."""
    root = ET.parse(path).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert squeezed(caption) in squeezed(" ".join(root.itertext()))
    tags = {str(one.tag).rpartition("}")[2] for one in root.iter()}
    assert not tags & {"script", "foreignObject", "image"}
    assert "path" in tags


def opens_as_pdf(path: Path) -> None:
    """One page."""
    content = path.read_bytes()
    assert content.startswith(b"%PDF-1.")
    assert content.rstrip().endswith(b"%%EOF")
    assert len(re.findall(rb"/Type /Page\b(?!s)", content)) == 1


def holds_the_table(bench: Bench, name: str, path: Path) -> None:
    """The rows of the data table, with all digits."""
    table = pd.read_csv(io.BytesIO(path.read_bytes()), encoding="utf-8-sig")
    behind = bench.page.locator(f"#figure-{name} details")
    behind.evaluate("(one) => { one.open = true; }")
    expect(behind.locator("table")).to_be_visible()
    heads = behind.locator("th").all_inner_texts()
    assert heads == [column.replace("_", " ") for column in table.columns]
    rows = behind.locator("tbody tr").all_inner_texts()
    assert len(rows) == len(table)
    for row, (_, values) in zip(rows, table.iterrows(), strict=True):
        for shown, value in zip(row.split("\t"), values, strict=True):
            assert agrees(shown, value), (row, shown, value)


def agrees(shown: str, value: object) -> bool:
    """A cell as one reads it, and the number behind it."""
    if isinstance(value, bool | np.bool_):
        return shown == ("yes" if value else "no")
    if isinstance(value, str):
        return squeezed(shown) == squeezed(str(value))
    if pd.isna(value):  # type: ignore[call-overload]
        return shown.strip() in ("", "nan", "None")
    number = float(re.sub(r"[,\s]", "", shown).replace("−", "-"))
    return number == pytest.approx(float(str(value)), rel=6e-3, abs=5.1e-6)


def squeezed(text: str) -> str:
    """Without the difference between kinds of spaces and lines."""
    return " ".join(text.split())


def test_the_world_is_saved_as_a_scenario(bench: Bench, tmp_path: Path) -> None:
    bench.open(f"view=explore&{FEW}&{LEVERS}&set=thinning%3D0.4")
    bench.unfold()
    with bench.page.expect_download() as held:
        bench.page.locator("a[href^='export/world.toml']").click()
    path = tmp_path / held.value.suggested_filename
    held.value.save_as(path)
    assert tomllib.loads(path.read_text(encoding="utf-8"))["parameters"]["thinning"] == 0.4
    state, notes = parsed(bench.address)
    assert notes == []
    wanted = scenario_of(state.here, state.horizon)
    found = load_scenario(path).model_copy(update={"name": wanted.name, "title": wanted.title})
    assert found == wanted
