"""What Python callers give is checked as files are: scenarios that were changed, numbers of runs, names, luck."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.engines.agents import AllianceModel, run
from sim.engines.batch import run_batch
from sim.insight import compare, explain, policy_game
from sim.scenario import Scenario, ScenarioError, load_experiment, load_scenario, with_values
from sim.scenario.given import replicate_numbers, whole


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("conditional-3.5")


def one_line(error: pytest.ExceptionInfo[BaseException]) -> str:
    text = str(error.value)
    assert "\n" not in text
    assert len(text) < 300
    return text


PARAMETER = {"lead_time": 40}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"end": 2020}, "end = 2020: end must be after start = 2025; allowed: 2026 to 2200"),
        ({"end": 2300}, "end = 2300: out of range; allowed: a whole number from 1960 to 2200"),
        ({"start": 1800}, "start = 1800: out of range"),
        ({"start": 2000}, "script: nothing says which policy is in force at the start, 2000"),
        ({"end": "2045"}, 'end = "2045": text does not belong here'),
        ({"start": 2025.0}, "start = 2025.0: a number with a point does not belong here"),
        ({"reactions": {"BEL": "flow"}}, 'reactions.BEL = "flow": unknown, did you mean follow?'),
        ({"script": {"2025": "nobody"}}, 'script.2025 = "nobody": unknown policy'),
        ({"taste_window": (2020, 2030)}, "taste_window = [2020, 2030]: no such window of years"),
        ({"policies": {}}, "policies = {}: too short"),
    ],
)
def test_a_changed_scenario_is_checked_by_both_engines(scenario: Scenario, changes: dict[str, Any], words: str) -> None:
    wrong = scenario.model_copy(update=changes)
    for play in (run, AllianceModel, run_batch):
        with pytest.raises(ScenarioError) as error:
            play(wrong)
        assert f"scenario conditional-3.5: {words}" in one_line(error)


@pytest.mark.parametrize(("name", "value"), [("lead_time", 40), ("enabler_lead_time", 11), ("thinning", float("nan"))])
def test_changed_parameters_are_checked_too(scenario: Scenario, name: str, value: float) -> None:
    wrong = scenario.model_copy(update={"parameters": scenario.parameters.model_copy(update={name: value})})
    for play in (run, run_batch):
        with pytest.raises(ScenarioError, match=f"scenario conditional-3.5: parameters.{name} = ") as error:
            play(wrong)
        one_line(error)


def test_a_good_copy_is_played(scenario: Scenario) -> None:
    shorter = scenario.model_copy(update={"end": 2030})
    assert run_batch(shorter, 1, 2).levels is not None
    assert run(shorter).model.year == 2030


def test_a_changed_experiment_is_checked(tmp_path: Path) -> None:
    experiment = load_experiment("threshold").model_copy(update={"replicates": -5})
    with pytest.raises(ScenarioError, match=r"^experiment threshold: replicates.* = -5: out of range") as error:
        sim.sweep(experiment, tmp_path)
    one_line(error)
    assert list(tmp_path.iterdir()) == []


ALLOWED = "allowed: how many runs, or their numbers, whole and from 0"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([0.5, 1.5], f"replicates = [0.5, 1.5]; {ALLOWED}"),
        ("3", 'replicates = "3"; allowed: a whole number from 1 to 1,000,000,000'),
        ([-1], f"replicates hold -1; {ALLOWED}"),
        (True, "replicates = true; allowed: a whole number"),
        ([True, False], "replicates = [true, false]"),
        (["1"], 'replicates = ["1"]'),
        ([], "replicates = []"),
        ([[0, 1]], "replicates = [[0, 1]]"),
        (0, "replicates = 0; allowed: a whole number from 1"),
        (2.0, "replicates = 2.0"),
        (None, "replicates = nothing"),
        ([2**63], "replicates hold 9223372036854775808"),
        ({"a": 1}, "replicates = a table of type dict"),
    ],
)
def test_replicates_are_whole_numbers(scenario: Scenario, given: Any, words: str) -> None:
    with pytest.raises(ValueError, match="allowed") as error:
        run_batch(scenario, 1, given)
    assert words in one_line(error)


def test_replicates_in_any_form() -> None:
    for given in (3, np.int16(3), range(3), [0, 1, 2], (0, 1, 2), np.arange(3), np.arange(3, dtype=np.uint8)):
        assert replicate_numbers(given).tolist() == [0, 1, 2]
        assert replicate_numbers(given).dtype == np.int64


@pytest.mark.parametrize("seed", [True, "1", 1.0, None, -1, 2**63, np.float64(1), np.bool_(True), [1]])
def test_a_seed_is_a_whole_number(scenario: Scenario, seed: Any) -> None:
    for play in (run_batch, run, AllianceModel):
        with pytest.raises(ValueError, match=r"^seed = .*; allowed: a whole number from 0 to 2\*\*63 - 1$"):
            play(scenario, seed)
    assert whole("seed", np.uint8(7), 0, 10) == 7


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"record": "banana"}, 'record = "banana"; allowed: "years" or "runs"; members() gives'),
        ({"record": "members"}, 'record = "members"; allowed: "years" or "runs"; members() gives every member\'s'),
        ({"record": None}, "record = nothing; allowed"),
        ({"workers": 0}, "workers = 0; allowed: a whole number from 1 to 1,024"),
        ({"workers": 2.0}, "workers = 2.0; allowed"),
        ({"parameters": {"thinning": "0.5"}}, "parameter thinning: found <U3 of shape ()"),
        ({"parameters": {"thinning": True}}, "parameter thinning: found bool of shape ()"),
        ({"parameters": {"thinning": [0.5, 0.6]}}, "of shape (2,); allowed: a number, or 3 of them, one a run"),
        ({"parameters": {"loan_opens": 2020}}, "loan_opens must be 0 (never by date) or a year from 2026"),
    ],
)
def test_other_arguments(scenario: Scenario, how: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=r"allowed|must be") as error:
        run_batch(scenario, 1, 3, **how)
    assert words in one_line(error)


# Names


def test_a_name_or_a_path_will_do_everywhere(scenario: Scenario, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('extends = "status-quo"\nname = "mine"\ntitle = "Mine"\n', encoding="utf-8")
    by_object = run_batch(load_scenario("status-quo"), 1, 3).summaries["end_european_share"].tolist()
    for source in ("status-quo", path, str(path)):
        assert run_batch(source, 1, 3).summaries["end_european_share"].tolist() == by_object
    assert run("conditional-3.5").scenario == scenario
    assert AllianceModel("conditional-3.5").name == "conditional-3.5"
    assert explain("conditional-3.5", "Holland", 2030).name == "Netherlands"
    table = compare("status-quo", path, replicates=2, until=2027)
    assert table["difference"].eq(0.0).all()


@pytest.mark.parametrize("wrong", [7, None, ["conditional-3.5"], {"name": "x"}, load_experiment("threshold")])
def test_what_is_no_scenario_says_so(wrong: Any) -> None:
    for play in (run, run_batch, AllianceModel, policy_game):
        with pytest.raises(ScenarioError, match=r": not a scenario; allowed: a path to a .toml, or the name of a pres"):
            play(wrong)
    with pytest.raises(ScenarioError, match=": not a scenario; allowed: a Scenario"):
        with_values(wrong if not hasattr(wrong, "model_dump") else "x", {})  # type: ignore[arg-type]


def test_a_misspelt_name_is_hinted_at() -> None:
    with pytest.raises(ScenarioError, match=r"^conditional-3\.6: no such scenario, did you mean conditional-3\.5\?"):
        run("conditional-3.6")


# Members of many runs


def test_members_are_those_of_all_runs(scenario: Scenario) -> None:
    many = run_batch(scenario, 3, [5, 2, 9], parameters={"thinning": [0.2, 0.5, 0.9]}, record="runs")
    table, years = many.members(), scenario.end - scenario.start + 1
    assert table["replicate"].unique().tolist() == [5, 2, 9]
    assert len(table) == 3 * years * 32
    for number in (2, 5, 9):
        one = many.members(number)
        own = table[table["replicate"] == number].reset_index(drop=True)
        assert one.equals(own)
    assert many.members([9, 5])["replicate"].unique().tolist() == [9, 5]
    end = table[table["year"] == scenario.end]
    europe = end[(end["member"] != "USA")].groupby("replicate", sort=False)[["spending", "gdp"]].sum()
    assert (europe["spending"] / europe["gdp"]).tolist() == pytest.approx(many.summaries["end_european_share"].tolist())


def test_members_of_a_run_that_was_not_played(scenario: Scenario) -> None:
    many = run_batch(scenario, 3, [5, 2, 9])
    for wrong in (0, 7, 100, [2, 3]):
        with pytest.raises(ValueError, match="was not played; allowed: one of the 3 runs from 2 to 9"):
            many.members(wrong)
    with pytest.raises(ValueError, match="replicate = true"):
        many.members(True)


def test_too_many_rows_at_once_are_refused(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.engines.batch.MOST_ROWS", 2000)
    many = run_batch(scenario, 3, 3)
    with pytest.raises(ValueError, match="members of 3 runs, more than 2,000 rows; allowed: 2 runs at a time, named"):
        many.members()
    assert len(many.members([0, 1])) > 0


# On screen


def test_large_objects_are_short_on_screen(scenario: Scenario) -> None:
    many, one = run_batch(scenario, 1, 400), run(scenario)
    assert repr(many) == "Runs(scenario=conditional-3.5, years=2025-2045, seed=1, runs=400, kept=summaries and years)"
    shown = [many, one, one.model, scenario, load_scenario("us-policies"), load_experiment("threshold")]
    inner = [one.history, one.model.now, one.model.now.begun, one.model.now.prepared, one.model.members]
    for large in (*shown, *inner):
        assert len(repr(large)) < 300, type(large)
        assert "\n" not in repr(large)
    for large in shown:
        table = large._repr_html_()  # type: ignore[attr-defined]
        assert table.startswith("<table><caption>")
        assert len(table) < 800
