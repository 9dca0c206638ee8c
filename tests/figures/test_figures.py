"""Figures draw from small tables, say what they rest on, take words literally, and write the same bytes twice."""

from __future__ import annotations

import csv
import io
import itertools
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from sim import data, figures
from sim.figures.events import events_of
from sim.figures.paper import Picture
from sim.figures.summary import quantiles
from sim.figures.threshold import LINE, alike
from sim.scenario import load_scenario

HOSTILE = "=cmd|' /C calc'!A0 $\\frac{1}{0}$ <b>&\nnew\x00line\u202e \u4e2d " + "long" * 100
FIRST, LAST = 2025, 2029


def sweep(policies: Sequence[str] = ("unconditional", "conditional 3.5 %"), runs: int = 5) -> pd.DataFrame:
    """One row a run and year for each policy, moving a little with all three."""
    rows = []
    for k, policy in enumerate(policies):
        for run, year in itertools.product(range(runs), range(FIRST, LAST + 1)):
            step = (year - FIRST) * (1 + k)
            rows.append(
                {
                    "policy": policy, "replicate": run, "year": year, "protected_members": 31 - step,
                    "european_share": 0.023 + 0.0005 * step + 0.0001 * run, "challenge_risk": 0.03 + 0.001 * step,
                    "europe_with_us": 3.0 + 0.1 * run, "europe_without_us": 0.9 + 0.1 * step,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def runs_by_line(runs: int = 5) -> pd.DataFrame:
    """A hump at 4 % where exclusion is believed, nearly flat elsewhere; EU instruments change nothing."""
    rows = []
    choices = (("on", "off"), ("believed", "not believed"))
    for line, eu, exclusion in itertools.product(np.arange(0, 0.061, 0.01), *choices):
        lift = 0.01 * (1 - abs(line - 0.04) / 0.04) if exclusion == "believed" else 0.0005
        for run in range(runs):
            rows.append(
                {
                    "threshold": round(float(line), 4), "eu_instruments": eu, "exclusion": exclusion, "replicate": run,
                    "end_european_share": 0.022 + max(0.0, lift) + 0.0001 * run,
                    "end_protected_members": 31 - int(400 * line), "end_members_at_2": int(100 * line),
                    "challenged": True,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def one_run_years(policy: str = "leave") -> pd.DataFrame:
    """A run with a refusal, a notice, an exit and two challenges."""
    years = range(FIRST, LAST + 1)
    table = pd.DataFrame({"replicate": 0, "year": years})
    table["european_share"], table["us_spending"], table["us_spending_share"] = 0.025, 700.0, 0.6
    table["posture"], table["commitment_belief"], table["exclusion_belief"] = 1.0, 0.7, 0.3
    table["protected_members"], table["members"] = 31, 32
    table["us_policy"] = ["unconditional", *[policy] * 4]
    table["treaty_status"], table["attempt"] = [0, 0, 2, 4, 4], [0, 1, 3, 0, 0]
    table["de_facto_exit"], table["loans"] = 0, [0.0, 0.0, 9.0, 9.0, 0.0]
    table["challenge"], table["target"] = [0, 1, 0, 0, 1], ["", "EST", "", "", "POL"]
    table["us_came"], table["lost"] = [0, 1, 0, 0, 0], [0, 0, 0, 0, 1]
    return table


def some_members() -> pd.DataFrame:
    """All 32 in every year, each a little higher every year; Iceland at 0."""
    rows = [
        {"replicate": 0, "year": FIRST + step, "member": code, "defence_share": 0.01 + 0.001 * (k + step)}
        for step in range(LAST - FIRST + 1)
        for k, code in enumerate(data.MEMBERS)
    ]
    table = pd.DataFrame(rows)
    return table.assign(defence_share=table["defence_share"].where(table["member"] != "ISL", 0.0))


@dataclass
class Played:
    scenario: Any = field(default_factory=lambda: SimpleNamespace(name="x", title="A title", pledge=()))
    seed: int = 7

    def years(self) -> pd.DataFrame:
        return one_run_years()

    def members(self) -> pd.DataFrame:
        return some_members()


@dataclass
class Swept:
    """A sweep of one part; ``parts`` empty where it is missing."""

    table: pd.DataFrame
    manifest: dict[str, Any]
    parts: dict[str, Any] = field(default_factory=lambda: {"cells.parquet": 1, "runs/part-00000.parquet": 1})
    lost: list[tuple[int, int, str]] = field(default_factory=list)

    def runs(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        return self.with_cells() if columns is None else self.with_cells()[list(columns)]

    years = runs

    @property
    def complete(self) -> bool:
        return len(self.parts) == 2

    @property
    def runs_done(self) -> int:
        return len(self.table) - len(self.lost)

    def failed(self) -> list[tuple[int, int, str]]:
        return self.lost

    def absent(self) -> list[str]:
        return []

    def columns(self, kind: str) -> list[str]:
        return list(self.with_cells().columns)

    @property
    def axes(self) -> list[str]:
        return [axis["name"] for axis in self.manifest["experiment"]["levers"]]

    def cells(self) -> pd.DataFrame:
        return self.table[self.axes].drop_duplicates().reset_index(drop=True).rename_axis("cell").reset_index()

    def with_cells(self) -> pd.DataFrame:
        return self.table.merge(self.cells(), "left", on=self.axes)

    def members(self, cell: int, replicate: int) -> pd.DataFrame:
        end = 0.03 + 0.001 * replicate
        rows = [("DEU", FIRST, 0.02), ("DEU", LAST, end), ("FRA", FIRST, 0.02), ("FRA", LAST, 0.025)]
        return pd.DataFrame(rows, columns=["member", "year", "defence_share"]).assign(replicate=replicate)


SETS = {"policy": "script.2026", "threshold": "policies.conditional.tiers.1.minimum"}


def manifest(axes: Sequence[str], **more: Any) -> dict[str, Any]:
    levers = [{"name": one, "key": SETS.get(one, f"parameters.{one}")} for one in axes]
    experiment = {"name": "x", "levers": levers, "outcomes": [], "record": "years"}
    return {
        "name": "x", "digest": "0123456789abcdef", "seed": 7, "packages": {"burdenshare": "9.8.7"}, "runs": 50,
        "scenario": {"end": LAST, "policies": {"conditional": {"measure": "share"}}}, "experiment": experiment | more,
        "number_of_parts": 1,
    }  # fmt: skip


DRAWN: dict[str, Callable[..., Figure]] = {
    "hump": lambda **o: figures.hump(runs_by_line(), **o),
    "hump of years": lambda **o: figures.hump(sweep().assign(threshold=0.02), by=["policy"], **o),
    "fan": lambda **o: figures.fan(sweep(), **o),
    "fan of one": lambda **o: figures.fan(sweep().drop(columns="policy"), **o),
    "fan of many": lambda **o: figures.fan(sweep([f"policy {k}" for k in range(8)]), **o),
    "challenge": lambda **o: figures.challenge(sweep(), **o),
    "challenge of one": lambda **o: figures.challenge(sweep().drop(columns="policy"), **o),
    "dots": lambda **o: figures.dots(pd.concat([some_members(), some_members().assign(replicate=1)]), **o),
    "dots of one": lambda **o: figures.dots(some_members(), **o),
    "run": lambda **o: figures.run_figure(one_run_years(), some_members(), Played().scenario, **o),
    "lines": lambda **o: figures.grid_figure(runs_by_line(), ["threshold", "exclusion"], **o),
    "heat": lambda **o: figures.grid_figure(
        runs_by_line().assign(other=lambda t: t["replicate"] + t.index % 9), ["threshold", "other"], **o
    ),
    "rows": lambda **o: figures.grid_figure(runs_by_line(), ["exclusion", "eu_instruments"], **o),
}


def test_a_ridge_marks_what_history_leaves_open() -> None:
    edges = [0.0, 0.5, 1.0]
    rows = [(x, x + 0.5, y, y + 0.5, 7, -20.0 * x - y) for x in edges[:2] for y in edges[:2]]
    table = pd.DataFrame(rows, columns=["a_from", "a_to", "b_from", "b_to", "draws", "log_likelihood"])
    figure = figures.ridge_figure({"one": table, "two": table}, rests="28 draws, seed 7, no interval", version="9.8.7")
    assert isinstance(figure, Picture)
    assert inside(figure)
    assert figure.title == "A ridge: at one value of a history leaves 2 of 2 parts of b open"
    bold = [text.get_text() for text in figure.findobj(Text) if text.get_weight() == "bold" and text.get_size() < 10]
    assert sorted(bold) == ["-0.5", "-0.5", "0.0", "0.0"]
    assert {"-10"} <= {str(text.get_text()) for text in figure.findobj(Text)}
    assert all(word in words_of(figure) for word in ("28 draws, seed 7", "burdenshare 9.8.7"))


def words_of(figure: Figure) -> str:
    return " ".join(str(text.get_text()) for text in figure.findobj(Text)).replace("\u00a0", " ")


def inside(figure: Figure) -> bool:
    """Whether nothing is drawn beyond the edge."""
    box, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
    return bool(box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height)


@pytest.mark.parametrize("name", DRAWN)
def test_draws_and_says_what_it_rests_on(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = DRAWN[name](seed=7, version="9.8.7")
    assert isinstance(figure, Picture)
    said = words_of(figure)
    assert "eed 7" in said
    assert "burdenshare 9.8.7" in said
    assert "World Bank, NATO, IMF; assumptions: docs/model.md" in said
    assert "ssumed" in said
    assert "5–95 %" in said or "One run" in said
    assert {"run": "no interval", "dots": "of 2 runs", "fan": "of 5 runs"}.get(name, "run") in said
    assert len(figure.table) > 0
    assert figure.title in figure.alt.replace("\u00a0", " ") or figure.title.replace("\u00a0", " ") in figure.alt


@pytest.mark.parametrize("name", DRAWN)
def test_every_text_is_literal_large_enough_and_inside(name: str) -> None:
    figure = DRAWN[name]()
    assert inside(figure)
    for text in figure.findobj(Text):
        if isinstance(text, Text) and text.get_text() and text.get_visible():
            assert not text.get_parse_math()
            assert float(text.get_fontsize()) >= 9


@pytest.mark.parametrize("name", ["hump", "fan", "challenge", "dots", "run", "heat"])
def test_same_input_same_bytes_whatever_the_settings(name: str, tmp_path: Path) -> None:
    first = [path.read_bytes() for path in figures.save(DRAWN[name](), tmp_path / "a", "x")]
    with matplotlib.rc_context({"font.size": 20, "svg.hashsalt": "other", "savefig.dpi": 50, "text.color": "red"}):
        again = figures.save(DRAWN[name](), tmp_path / "b", "x")
    assert [path.suffix for path in again] == [".png", ".svg", ".csv", ".txt"]
    assert [path.read_bytes() for path in again] == first


def test_a_notebook_shows_the_picture_with_its_words() -> None:
    figure = DRAWN["fan"]()
    assert isinstance(figure, Picture)
    drawn, about = figure._repr_png_()
    inches = figure.get_size_inches()
    assert Image.open(io.BytesIO(drawn)).size == (int(inches[0] * figure.dpi), int(inches[1] * figure.dpi))
    assert about == {"width": round(96 * inches[0]), "alt": figure.alt}


def test_whole_numbers_have_whole_ticks() -> None:
    years = sweep().query("policy == 'unconditional'")
    ticks = figures.grid_figure(years, ["year"], "european_share").axes[0].get_xticks()
    assert all(tick == int(tick) for tick in ticks)


def test_files_carry_words_and_no_date(tmp_path: Path) -> None:
    figure = DRAWN["fan"]()
    png, svg, table, words = figures.save(figure, tmp_path, "../a b$")
    assert png.parent == tmp_path
    assert png.name == "a-b.png"
    with Image.open(png) as held:
        assert held.info["Description"] + "\n" == words.read_text(encoding="utf-8")
        assert round(held.info["dpi"][0]) == 150
        assert 7 * 150 <= held.width <= 8 * 150
    root = ElementTree.parse(svg).getroot()
    assert root.get("role") == "img"
    assert "<dc:date>" not in svg.read_text(encoding="utf-8")
    assert len(pd.read_csv(table)) == len(figure.table)  # type: ignore[attr-defined]


def test_hostile_words_are_harmless(tmp_path: Path) -> None:
    table = sweep([HOSTILE, "$x$", "@sum(a1)"])
    scenario = SimpleNamespace(name="x", title=HOSTILE, pledge=())
    drawn = {
        "fan": figures.fan(table),
        "risk": figures.challenge(table),
        "grid": figures.grid_figure(table, ["policy"], "europe_with_us"),
        "run": figures.run_figure(one_run_years(HOSTILE[:60]), some_members(), scenario, version=HOSTILE),
        "dots": figures.dots(some_members(), title=HOSTILE),
    }
    for name, figure in drawn.items():
        _, svg, found, words = figures.save(figure, tmp_path, name)
        ElementTree.parse(svg)
        assert words.read_text(encoding="utf-8").count("\n") == 1
        cells = [cell for row in csv.reader(io.StringIO(found.read_text(encoding="utf-8"))) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "@", "\t", "\r")) or "\n" in cell]
        assert "\u202e" not in words_of(figure)
        assert inside(figure)
    assert "$x$" in words_of(drawn["fan"])


def test_takeaways_follow_the_data() -> None:
    hump: Any = figures.hump(runs_by_line(), year=2045)
    assert "peaks with a line at 4\u00a0% of GDP if exclusion is believed: at 3.22\u00a0%" in hump.title
    assert "no line lifts it above 2.27\u00a0%" in hump.title
    blurred = runs_by_line()
    blurred["end_european_share"] += np.random.default_rng(1).normal(0.0, 0.004, len(blurred))
    unsure: Any = figures.hump(blurred, year=2045)
    assert re.search(r"peaks with a line at [\d.]+ to [\d.]+\u00a0% of GDP", unsure.title)
    fan: Any = figures.fan(sweep())
    assert fan.title.startswith("In 2029 Europe spends most under \u201cconditional 3.5 %\u201d")
    risk: Any = figures.challenge(sweep())
    assert "likeliest under \u201cconditional" in risk.title
    assert "ordinal: compares policies, no forecast" in words_of(risk).replace("\n", " ")
    assert "% a year" not in risk.alt
    levels = risk.table.query("measure == 'challenge_risk'")["q50"]
    assert (levels == levels.round()).all()
    assert 100.0 in set(levels)
    dots: Any = figures.dots(some_members(), pledge=[(FIRST, 0.02)])
    shares = some_members().query(f"year == {LAST} and member not in ('ISL', 'USA')")["defence_share"]
    assert dots.title.startswith(f"{(shares >= 0.01995).sum()} of 30 allies ")
    flat: Any = figures.hump(runs_by_line().assign(end_european_share=0.02))
    assert flat.title.startswith("No line for protection lifts")


@pytest.mark.parametrize(
    ("last", "points", "bound", "title"),
    [
        (2013, (), 0, "Without a pledge"),
        (2021, (), 29, "28 allies"),  # all 30 but Iceland, which has no forces, and the US, which is no ally of its own
        (2021, [(2010, 0.0)], 0, "Without a pledge"),
        (2013, [(2010, 0.01)], 27, "26 allies"),
        (2021, [(2024, 0.02)], 0, "Without a pledge"),
    ],
)
def test_only_allies_with_forces_are_held_to_what_was_agreed(
    last: int, points: Sequence[tuple[int, float]], bound: int, title: str
) -> None:
    table = some_members()
    table["year"] += last - LAST
    figure: Any = figures.dots(table, pledge=points)
    marked = figure.table[figure.table["pledge"].notna()]
    assert len(marked) == bound
    assert set(marked["pledge"]) == ({points[0][1] if points else 0.02} if bound else set())
    assert not {"ISL", "FIN", "SWE"} & set(marked["member"])
    assert title in figure.title
    assert f"Not in the alliance in {last}: Finland, " in figure.alt or "Finland and Sweden" in figure.alt
    assert ("no pledge" in words_of(figure)) == (bound > 0)
    assert inside(figure)


def test_a_scenario_is_held_to_its_own_pledge(tmp_path: Path) -> None:
    own = SimpleNamespace(name="x", title="A title", pledge=(SimpleNamespace(year=2020, value=0.03),))
    figures.save_run(Played(own), tmp_path)
    found = manifest(["policy"])
    found["scenario"]["pledge"] = [{"year": 2020, "value": 0.03}]
    figures.save_sweep(Swept(sweep(), found), tmp_path)
    for name in ("members", "policies-members"):
        assert set(pd.read_csv(tmp_path / f"{name}.csv")["pledge"].dropna()) - {0.03} <= {0.021}  # Spain's own ceiling


def test_lines_that_coincide_are_one_with_two_names() -> None:
    table = runs_by_line()
    by = ["eu_instruments", "exclusion"]
    summary = quantiles(table.rename(columns={"threshold": LINE}), [*by, LINE], "end_european_share")
    groups = [("on", "believed"), ("on", "not believed"), ("off", "believed"), ("off", "not believed")]
    assert [len(cluster) for cluster in alike(summary, summary, by, groups)] == [2, 2]
    assert "EU instruments on or off" in words_of(figures.hump(table))


def test_ten_thousand_statements_are_counted_and_all_of_them_listed() -> None:
    one = load_scenario("march-2025").statements[0]
    said = [one.model_copy(update={"year": FIRST + 1 + k % 4}) for k in range(10_000)]
    scenario = SimpleNamespace(name="x", title="A", pledge=(), statements=said)
    figure: Any = figures.timeline(one_run_years(), scenario)
    assert len(figure.axes[0].texts) < 60
    assert words_of(figure).count("2,500 statements") == 4
    assert (figure.table["kind"] == "statement").sum() == 10_000
    assert inside(figure)


def test_events_of_a_run() -> None:
    assert [(event.year, event.kind) for event in events_of(one_run_years())] == [
        (2025, "policy"), (2026, "policy"), (2026, "refused"), (2026, "came"), (2027, "notice"), (2027, "begins"),
        (2028, "left"), (2029, "ends"), (2029, "stayed"),
    ]  # fmt: skip
    figure: Any = DRAWN["run"]()
    assert "POL challenged, the US stayed away, lost" in figure.alt
    assert "the US left the treaty in 2028" in figure.title
    assert "31 allies are promised protection at the end" in figure.title
    with pytest.raises(ValueError, match="no run 9"):
        figures.run_figure(one_run_years(), some_members(), Played().scenario, replicate=9)


def test_what_was_said_and_opened_in_march_2025_is_in_its_figure(tmp_path: Path) -> None:
    scenario = load_scenario("march-2025")
    years = one_run_years().assign(year=range(2024, 2029), treaty_status=0, attempt=0, challenge=0)
    told = events_of(years.assign(year=range(2023, 2028)), scenario.statements, range(2025, 2029))
    said = [(event.year, event.mark.replace("\u2212", "-")) for event in told if event.lane == "statement"]
    assert said == [
        (2024, "adviser -0.8, +0.9"), (2024, "president +0.9, -0.5"), (2025, "cabinet -0.4, +0.2"),
        (2025, "president -0.6, +1"), (2025, "president -0.3, 0"), (2025, "president +0.8, 0"),
    ]  # fmt: skip
    assert [(event.year, event.mark) for event in told if event.lane == "eu"] == [
        (2025, "clause opens"), (2025, "loans flow"), (2027, "no more loans"),
    ]  # fmt: skip
    model = SimpleNamespace(european_union=SimpleNamespace(clause_opened=2025))
    played = Played(scenario)
    played.model = model  # type: ignore[attr-defined]
    words = figures.save_run(played, tmp_path)[0].with_suffix(".txt").read_text(encoding="utf-8")
    assert "2028: last year of the escape clause" in words


def test_no_change_of_the_treaty_is_not_no_treaty() -> None:
    calm = one_run_years().assign(treaty_status=0, attempt=0)
    figure: Any = figures.run_figure(calm, some_members(), Played().scenario)
    assert "no change" in words_of(figure)
    assert "none in the script" in words_of(figure)


@pytest.mark.parametrize("name", ["march-2025", "crimea-2014"])
def test_nothing_in_the_strip_of_events_collides(name: str) -> None:
    scenario = load_scenario(name)
    first = scenario.start
    years = one_run_years().assign(year=range(first, first + 5))
    members = some_members()
    members["year"] += first - FIRST
    figure: Any = figures.run_figure(years, members, scenario, clause=range(first + 2, first + 4))
    assert inside(figure)
    words = [text for text in figure.axes[3].texts if text.get_text()]
    assert len(words) > 8
    boxes = [text.get_window_extent() for text in words]
    assert [(a, b) for a, b in itertools.combinations(boxes, 2) if a.overlaps(b)] == []
    for axes in figure.axes[:3]:  # names of lines stand beside the panel, where nothing strikes through them
        names = [text for text in axes.texts if not text.get_text().startswith("all ")]
        assert names
        assert all(text.get_window_extent().x0 > axes.get_window_extent().x1 for text in names)


def test_a_run_is_saved_with_its_members(tmp_path: Path) -> None:
    path, other = figures.save_run(Played(), tmp_path / "new" / "folder")
    assert (path.name, other.name) == ("run.png", "members.png")
    endings = ("png", "svg", "csv", "txt")
    assert {one.name for one in path.parent.iterdir()} == {f"{n}.{e}" for n in ("run", "members") for e in endings}


@pytest.mark.parametrize(
    ("table", "found", "expected"),
    [
        (runs_by_line(), manifest(["threshold", "eu_instruments", "exclusion"]), ["threshold"]),
        (sweep(), manifest(["policy"]), ["policies-challenge", "policies-members", "policies-spending"]),
        (
            runs_by_line(),
            manifest(["exclusion"], outcomes=["challenged", "members_at_2"]),
            ["sweep-challenged", "sweep-end-members-at-2"],
        ),
        (runs_by_line(), manifest(["exclusion"]), ["sweep-end-european-share"]),
    ],
)
def test_a_sweep_gets_the_figures_of_its_axes(
    table: pd.DataFrame, found: dict[str, Any], expected: list[str], tmp_path: Path
) -> None:
    paths = figures.save_sweep(Swept(table, found), tmp_path)
    assert sorted({path.stem for path in paths}) == expected
    assert len(paths) == 4 * len(expected)
    words = next(path for path in paths if path.suffix == ".txt").read_text(encoding="utf-8")
    assert "seed 7" in words
    assert "burdenshare 9.8.7" in words


@pytest.mark.parametrize("draw", [figures.hump, figures.fan, figures.challenge, figures.dots])
def test_missing_columns_are_named(draw: Callable[[pd.DataFrame], Figure]) -> None:
    with pytest.raises(ValueError, match=r"needs the columns .*; found x"):
        draw(pd.DataFrame({"x": [1]}))


@pytest.mark.parametrize("name", ["lines", "heat", "rows"])
def test_the_label_of_a_sweeps_axis_is_its_unit_on_one_line(name: str) -> None:
    figure: Any = DRAWN[name]()
    labels = [label for axes in figure.axes for label in (axes.get_xlabel(), axes.get_ylabel())]
    assert labels.count("% of GDP") == 1  # the measure itself stands above the panel
    assert not [label for label in labels if "\n" in label]


def test_no_axes_and_words_are_refused() -> None:
    table = runs_by_line().assign(word="a")
    for axes, outcome in (([], "end_european_share"), (["exclusion"], "word")):
        with pytest.raises(ValueError, match="at least one axis, and an outcome that is a number or a flag"):
            figures.grid_figure(table, axes, outcome)
