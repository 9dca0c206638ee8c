"""The pages of the site: none is forgotten, what is written from the code is whole, links lead somewhere."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import sim
from sim import scenario
from sim.cli import app
from sim.scenario import scenario_names
from website import assemble as assembling
from website.__main__ import build
from website.assemble import ALSO, ROOT, assemble, inputs, place
from website.built import read, wrong
from website.written import WRITTEN


def in_nav(entries: list[Any]) -> Iterator[str]:
    """Every page that the navigation names."""
    for entry in entries:
        for value in entry.values():
            if isinstance(value, str):
                yield value
            else:
                yield from in_nav(value)


def test_every_page_has_its_place_in_the_navigation() -> None:
    nav = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]["nav"]
    named = list(in_nav(nav))
    assert len(named) == len(set(named))
    pages = {str(place(path)) for path in inputs()}
    assert sorted(pages - set(named)) == [], "give it a line in nav of zensical.toml"
    known = pages | {str(place(Path(one))) for one in (*ALSO, "results/published/benchmarks.md")}
    assert sorted(set(named) - known) == []


# What is written from the code


def test_every_command_and_option_is_told() -> None:
    group: Any = typer.main.get_command(app)
    text = WRITTEN["commands"]()
    assert re.findall(r"^## `(.+)`$", text, re.M) == list(group.commands)
    options = {name for one in group.commands.values() for p in one.params for name in p.opts if name.startswith("--")}
    assert "--replicates" in options
    assert sorted(name for name in options if f"`{name}" not in text) == []
    assert "has to be given" in text


@pytest.mark.parametrize(("page", "model"), [("scenario-file", "Scenario"), ("experiment-file", "Experiment")])
def test_every_key_of_a_file_is_told(page: str, model: str) -> None:
    fields = getattr(scenario, model).model_fields
    told = set(re.findall(r"^\| `(\w+)` \|", WRITTEN[page](), re.M))
    assert {one.alias or name for name, one in fields.items()} - told == set()


def test_every_scenario_is_told_with_what_it_cannot_say() -> None:
    text = WRITTEN["worlds"]()
    assert re.findall(r"^### (.+)$", text, re.M) == list(scenario_names())
    assert text.count("*What it cannot say:*") == len(scenario_names())


def test_every_public_name_is_told_where_it_is_written() -> None:
    text = WRITTEN["names of sim"]()
    told = re.findall(r"^\| \[`(\w+)`\]\(#([\w.]+)\) \| \S.+\|$", text, re.M)
    assert {name for name, _ in told} == set(sim.__all__) - {"data"}
    assert re.findall(r"^::: (.+)$", text, re.M) == [path for _, path in told]
    for name, path in told:
        assert path == f"{getattr(sim, name).__module__}.{getattr(sim, name).__qualname__}"


def test_readme_and_the_first_page_are_one() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    text = WRITTEN["introduction"]()
    assert text in readme
    assert [mark for mark in ("```console", "```python", "![") if mark not in text] == []


# Links


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small repository with a page, a module and a table."""
    for name, text in (
        ("docs/a/page.md", "# Page\n\n[`f`](../../sim/m.py), [table](../../t.csv), [home](../../README.md)\n"
         "\n```text\n[no](link.md)\n```\n"),
        ("sim/m.py", "\n\ndef f():\n    pass\n"), ("t.csv", "a\n1\n"), ("README.md", "# Readme\n"),
    ):  # fmt: skip
        (tmp_path / "house" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "house" / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(assembling, "ROOT", tmp_path / "house")
    monkeypatch.setattr(assembling, "ALSO", ())
    assembling._functions.cache_clear()
    return tmp_path


def test_a_link_out_of_the_pages_leads_into_the_site(house: Path) -> None:
    assert assemble(house / "out") == ["a/page.md", "files/sim/m.py.md"]
    text = (house / "out/a/page.md").read_text(encoding="utf-8")
    assert "[`f`](../files/sim/m.py.md#__codelineno-0-3), [table](../files/t.csv), [home](../index.md)" in text
    assert "[no](link.md)" in text
    assert (house / "out/files/t.csv").read_text(encoding="utf-8") == "a\n1\n"
    assert "def f():" in (house / "out/files/sim/m.py.md").read_text(encoding="utf-8")


def test_a_link_to_nothing_stops_the_build(house: Path) -> None:
    (house / "house/docs/b.md").write_text("[x](../sim/none.py)", encoding="utf-8")
    with pytest.raises(FileNotFoundError, match=r"sim/none\.py: no such file"):
        assemble(house / "out")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="b.html#there">', ""),
        ('<a href="https://example.org/paper">', ""),
        ('<a href="b.html#nowhere">', "no such heading"),
        ('<a href="#nowhere">', "no such heading"),
        ('<a href="c.html">', "no such file"),
        ('<a href="../c.html">', "outside the site"),
        ('<img src="c.png">', "no such file"),
        ('<script src="https://cdn.example/x.js"></script>', "from another host"),
        ('<link rel="stylesheet" href="//fonts.example/x.css">', "from another host"),
        ('<link rel="preconnect" href="https://fonts.example">', "from another host"),
        ("<style>@import 'https://fonts.example/x.css';</style>", "from another host"),
        ('<p style="background: url(https://example.org/x.png)">', "from another host"),
        ('<link rel="canonical" href="https://example.org/">', ""),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_page_is_seen(tmp_path: Path, html: str, expected: str) -> None:
    (tmp_path / "a.html").write_text(html, encoding="utf-8")
    (tmp_path / "b.html").write_text('<h2 id="there">', encoding="utf-8")
    read.cache_clear()
    found = wrong(tmp_path)
    assert [one for one in found if one.endswith(expected)] == found
    assert bool(found) == bool(expected)


def test_a_style_sheet_that_asks_another_host_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("@font-face { src: url(https://fonts.example/x.woff2) }", encoding="utf-8")
    assert wrong(tmp_path) == ["a.css: https://fonts.example/x.woff2: from another host"]


# The whole


@pytest.mark.site
def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    pages = build(tmp_path / "site", tmp_path / "work")
    assert pages == len(list((tmp_path / "site").rglob("*.html"))) - 1  # 404.html
    assert "threshold.png" in (tmp_path / "site/index.html").read_text(encoding="utf-8")
