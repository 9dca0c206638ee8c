"""What is copied really runs, files are read back as the same world, and sentences follow their numbers."""

from __future__ import annotations

import io
import re
import shlex
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim import __version__
from sim.app import copies, texts
from sim.app.charts import Canvas
from sim.app.drawing import svg
from sim.app.exports import exported
from sim.app.histories import batch, column, history, paired, quantiles
from sim.app.reasons import explained
from sim.app.state import MEASURES, State, World, parsed
from sim.app.tomls import scenario_file
from sim.app.views import drawing
from sim.app.worlds import preset, scenario_of
from sim.cli import main
from sim.engines.batch import run_batch
from sim.measures import LEVELS
from sim.scenario import load_scenario, scenario_names, with_values

CHANGED = State(
    here=World("conditional-3.5", (("line", 4.0), ("eu", "none")), (("reactions.DEU", "pledge-driven"),)),
    there=World("conditional-3.5", (("threat", 1.0),)), horizon=6, seed=7, runs=100,
)  # fmt: skip


@pytest.mark.parametrize("state", [State(runs=100), CHANGED])
def test_the_python_that_is_copied_gives_the_numbers_of_the_page(state: State) -> None:
    names = printed_by(state)
    found = names["table"]
    runs = batch(state.here, state.horizon, state.seed, state.runs)
    shown = quantiles(column(runs, state.show), runs.scenario.start).set_index("year")
    assert list(found.index) == list(shown.index)
    np.testing.assert_allclose(found.to_numpy(), shown[["q05", "q25", "q50", "q75", "q95"]].to_numpy(), rtol=1e-12)
    assert names["printed"]


def test_the_command_that_is_copied_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("world", "other"):
        file = exported(name, "toml", CHANGED)
        (tmp_path / file.name).write_bytes(file.content)
    for view in ("explore", "compare", "why", "map"):
        words = shlex.split(copies.command(replace(CHANGED, view=view)))
        assert words[0] == "burdenshare"
        assert main(words[1:]) == 0, words


def printed_by(state: State) -> dict[str, Any]:
    """What the copied program makes and prints."""
    told, names = io.StringIO(), {}
    with redirect_stdout(told):
        exec(compile(copies.python(state), "copied", "exec"), names)
    return names | {"printed": told.getvalue()}


def test_python_of_compare_gives_the_difference_of_the_page() -> None:
    state = replace(CHANGED, view="compare")
    apart = drawing("compare", state, Canvas()).table.query("world.str.startswith('difference')")
    found = printed_by(state)["table"]
    assert list(found.index) == list(apart["year"])
    np.testing.assert_allclose(found.to_numpy(), apart[["q05", "q25", "q50", "q75", "q95"]].to_numpy(), atol=1e-15)


def test_python_of_why_and_map_gives_the_history_of_the_page() -> None:
    state = replace(CHANGED, view="why", year=2028, replicate=3, member="POL")
    assert printed_by(state)["printed"].strip() == explained(state).text()
    shown = drawing("map", state, Canvas()).table.set_index("member")["value"]
    found = printed_by(replace(state, view="map"))["table"]
    assert dict(found) == pytest.approx(dict(shown))


@pytest.mark.parametrize("name", scenario_names())
def test_every_world_as_a_file_is_the_same_world(name: str, tmp_path: Path) -> None:
    state = State(here=World(name, (("line", 4.2), ("threat", 1.5), ("reaction", "follow"))))
    file = tmp_path / "my.toml"
    file.write_text(scenario_file(state.here, 0, "mine"), encoding="utf-8")
    read, meant = load_scenario(file), scenario_of(state.here)
    own = {"name": read.name, "title": read.title}
    assert with_values(meant, own) == read


def test_an_unchanged_world_is_a_name_in_the_command() -> None:
    assert copies.command(State()) == "burdenshare run status-quo --seed 1 --replicates 300"
    assert "with_values" not in copies.python(State())


def test_the_citation_opens_the_state() -> None:
    told = copies.citation(CHANGED)
    assert f"version {__version__}" in told
    assert parsed(told.rpartition("?")[2]) == (CHANGED, [])


# Sentences


def spread_of(*values: float) -> pd.DataFrame:
    names = ("q05", "q25", "q50", "q75", "q95")
    start = {"year": 2025, "runs": 3} | dict.fromkeys(names, 0.0)
    return pd.DataFrame([start, {"year": 2030, "runs": 3} | dict(zip(names, values, strict=True))])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((0.001, 0.002, 0.003, 0.004, 0.005), "0.30 points higher"),
        ((-0.005, -0.004, -0.003, -0.002, -0.001), "lower in at least 95\u00a0% of histories"),
        ((-0.001, 0.0, 0.003, 0.004, 0.005), "the sign differs between histories"),
        ((0.0, 0.0, 0.0, 0.0, 0.0), "give the same"),
    ],
)
def test_one_sentence_says_what_changed(values: tuple[float, ...], words: str) -> None:
    told = texts.compared(spread_of(*values), "european_share", World("conditional-2"), World())
    assert words in told
    assert told.endswith(".")


def test_worlds_of_different_years_are_not_subtracted() -> None:
    one, other = (batch(World(name), 3, 1, 20) for name in ("cold-war-1960", "status-quo"))
    assert paired(one, other, "european_share") is None
    assert "begin in different years" in texts.compared(None, "posture", World("cold-war-1960"), World())


def test_other_luck_is_no_pair() -> None:
    with pytest.raises(ValueError, match="same luck"):
        paired(batch(World(), 3, 1, 20), batch(World(), 3, 2, 20), "european_share")


def test_pairs_are_taken_history_by_history() -> None:
    here, there = (batch(World(name), 4, 1, 50) for name in ("conditional-3.5", "status-quo"))
    apart = paired(here, there, "european_share")
    assert apart is not None
    by_hand = column(here, "european_share") - column(there, "european_share")
    np.testing.assert_array_equal(apart["q50"], np.median(by_hand, axis=0))


def test_what_a_start_year_does_not_decide_has_no_value() -> None:
    runs = run_batch(preset("status-quo"), 1, 20)
    assert np.isnan(column(runs, "protected_members")[:, 0]).all()
    assert np.isfinite(column(runs, "protected_members")[:, 1:]).all()


@pytest.mark.parametrize(
    ("value", "measure", "words"),
    [
        (0.02314, "european_share", "2.31\u00a0% of GDP"),
        (17.0, "protected_members", "17"),
        (-0.00001, "commitment_belief", "0.00"),
        (float("nan"), "loans", "no value"),
    ],
)
def test_values_are_told_in_their_unit(value: float, measure: str, words: str) -> None:
    assert texts.shown(value, measure) == words


# What is not decided yet, and what has an order only


def test_a_history_tells_no_number_that_its_start_does_not_decide() -> None:
    """Not that protected allies rise from 0 in the year before any policy is played."""
    years = history(World("conditional-3.5"), 0, 1, 0).years
    last = int(years["protected_members"].iloc[-1])
    told = texts.told(years, "protected_members", 2045, 0)
    assert f"protected allies {last}, from {int(years['protected_members'].iloc[1])} in 2026" in told
    assert "begins in 2025: protected allies from 2026 on" in texts.told(years, "protected_members", 2025, 0)
    assert "begins in 2025: Europe's and Canada's spending 2.31" in texts.told(years, "european_share", 2025, 0)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("year", [2025, 2026, 0])
def test_every_measure_of_one_history_is_drawn_from_the_first_year_on(measure: str, year: int) -> None:
    assert "nan" not in svg(drawing("one", State(show=measure, year=year, runs=100), Canvas())).lower()


def test_the_map_says_nothing_of_risk_in_the_year_before_the_first() -> None:
    told = drawing("map", State(tiles="hazard", year=2025, runs=100), Canvas()).title
    assert told.endswith("in 2025: no values.")


def test_risk_is_an_index_in_whole_numbers_and_has_no_unit() -> None:
    usual = batch(World(), 0, 1, 300)
    assert np.median(column(usual, "challenge_risk")[:, 1]) == 100
    state = State(show="challenge_risk", tiles="hazard", year=2030, there=World("conditional-2"))
    for name in ("many", "one", "compare", "map"):
        chart = drawing(name, state, Canvas())
        assert not re.search(r"%[\s\u00a0]a year|share a year|\d\.\d", chart.title), chart.title
        assert "ordinal" in chart.alt


def test_an_index_keeps_the_order_of_the_chances() -> None:
    usual = batch(World(), 0, 1, 100)
    assert usual.levels is not None
    raw = usual.levels[:, 5, LEVELS.index("challenge_risk")]
    shown = column(usual, "challenge_risk")[:, 5]
    assert (np.diff(shown[np.argsort(raw)]) >= 0).all()
