"""The shipped scenarios and experiments: all load, say what they are, and agree with the schemas."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sim.data import ADVERSARY
from sim.scenario import (
    ScenarioError,
    cells,
    experiment_names,
    load_experiment,
    load_scenario,
    presets,
    scenario_names,
    schema,
    write_schemas,
)

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "scenarios").rglob("*.toml"))
WANTED = (
    "status-quo conditional-2 conditional-3.5 conditional-5 graduated effort-based exit-lawful exit-blocked "
    "exit-unilateral exit-de-facto rearm loans-only clause-only no-rearm turbulence backlash march-2025 "
    "drawdown-1990 crimea-2014 us-policies cold-war-1960"
).split()


def test_the_presets_are_the_files() -> None:
    assert sorted(scenario_names()) == sorted(WANTED)
    assert experiment_names() == ("policies", "threshold")


@pytest.mark.parametrize("name", WANTED)
def test_a_preset_loads_by_name_and_by_path_and_is_called_as_its_file(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name
    assert load_scenario(ROOT / "scenarios" / f"{name}.toml") == scenario
    assert load_scenario(str(ROOT / "scenarios" / f"{name}.toml")) == scenario
    assert scenario.question.endswith("?")
    assert len(scenario.cannot_say) > 40


def test_titles_and_questions_are_their_own() -> None:
    scenarios = [load_scenario(name) for name in WANTED]
    for field in ("title", "question", "cannot_say", "sources"):
        assert len({getattr(one, field) for one in scenarios}) == len(scenarios), field


@pytest.mark.parametrize("name", ["policies", "threshold"])
def test_an_experiment_loads_and_all_its_cells_are_scenarios(name: str) -> None:
    experiment = load_experiment(name)
    assert experiment.name == name
    assert sum(1 for _ in cells(experiment)) > 1


def test_policies_to_be_compared_take_effect_in_2026() -> None:
    for name in WANTED:
        scenario = load_scenario(name)
        if scenario.start == 2025 and len(scenario.script) > 1:
            assert list(scenario.script) == ["2025", "2026"], name
            assert scenario.script["2025"] == "unconditional", name


def test_status_quo_has_both_instruments_and_no_rearm_neither() -> None:
    real, without = load_scenario("status-quo"), load_scenario("no-rearm")
    assert (real.parameters.loan_opens, real.parameters.clause_opens) == (2026, 2026)
    assert real.parameters.clause_opens + real.parameters.clause_years - 1 == 2028
    assert (without.parameters.loan_opens, without.parameters.clause_opens) == (0, 0)
    assert real.policies["unconditional"].support == 0
    rearm = load_scenario("rearm")
    assert (rearm.parameters, rearm.instruments, rearm.policies) == (
        real.parameters,
        real.instruments,
        real.policies,
    )


def test_the_policies_side_by_side_are_those_of_their_own_scenarios() -> None:
    together = load_scenario("us-policies").policies
    for name in ("conditional-2", "conditional-3.5", "conditional-5"):
        assert together[name] == load_scenario(name).policies["conditional"]
    assert together["graduated"] == load_scenario("graduated").policies["graduated"]
    assert together["de-facto-exit"] == load_scenario("exit-de-facto").policies["de-facto-exit"]


def test_statements_are_dated_sourced_and_by_office() -> None:
    statements = load_scenario("march-2025").statements
    assert len(statements) == 6
    assert {one.authority for one in statements} == {0.4, 0.7, 1.0}
    for one in statements:
        assert re.search(rf"\d+ (February|March|June) {one.year}", one.source)


def test_every_line_of_a_file_is_one_that_people_can_read() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert text.startswith("#:schema ../"), path
        assert (path.parent / text.split("\n")[0].removeprefix("#:schema ")).is_file(), path
        assert ADVERSARY not in text


def test_schemas_are_current(tmp_path: Path) -> None:
    write_schemas(tmp_path)
    for name in schema():
        fresh = (tmp_path / f"{name}.schema.json").read_text(encoding="utf-8")
        kept = (ROOT / "docs" / f"{name}.schema.json").read_text(encoding="utf-8")
        assert fresh == kept, "renew with sim.scenario.write_schemas('docs')"
        assert json.loads(fresh) == schema()[name]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_files_agree_with_their_schema(path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    kind = "experiment" if path.parent.name == "experiments" else "scenario"
    jsonschema.Draft202012Validator(schema()[kind]).validate(tomllib.loads(path.read_text(encoding="utf-8")))


def test_presets_are_found_inside_the_package_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "scenarios" / "status-quo.toml").read_text(encoding="utf-8")
    (tmp_path / "status-quo.toml").write_text(text.replace('title = "', 'title = "Inside: '), encoding="utf-8")
    monkeypatch.setattr(presets, "FOLDERS", (tmp_path, *presets.FOLDERS))
    assert scenario_names() == ("status-quo",)
    assert load_scenario("status-quo").title == "Inside: Status quo"
    monkeypatch.setattr(presets, "FOLDERS", (tmp_path / "none",))
    assert scenario_names() == experiment_names() == ()
    with pytest.raises(ScenarioError, match=r"^status-quo: no such scenario"):
        load_scenario("status-quo")


def test_import_is_light() -> None:
    heavy = "pandas numba matplotlib mesa pyarrow scipy SALib".split()
    code = f"import sys, sim.scenario; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
