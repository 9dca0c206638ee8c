"""Parameters drawn from the shipped posterior: which run has which draw, in both engines, in sweeps and replays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engines.agents import run
from sim.engines.batch import CHUNK, run_batch, run_members
from sim.scenario import Experiment, Scenario, ScenarioError, Vary, draws, load_scenario, schema, with_values
from sim.scenario.rows import Rows
from sim.setup import of_runs, parameters
from sim.store import ResultsError
from sim.sweeps import resume, sweep
from sim.sweeps.plan import Plan

SHORT = {"end": 2028}
HEAD = 'extends = "status-quo"\nname = "mine"\ntitle = "Mine"\nend = 2028\n'


def drawn(name: str = "status-quo", **more: Any) -> Scenario:
    return with_values(load_scenario(name), {"parameters": "posterior", **SHORT, **more})


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Scenario]:
    def write(text: str) -> Scenario:
        path = tmp_path / "mine.toml"
        path.write_text(HEAD + text)
        return load_scenario(path)

    return write


def test_both_spellings_mean_the_same_and_keep_the_base(written: Callable[[str], Scenario]) -> None:
    short, table = written('parameters = "posterior"\n'), written('[parameters]\ntable = "posterior"\n')
    assert short == table
    assert short.parameters.table == "posterior"
    assert short.parameters.loan_opens == load_scenario("status-quo").parameters.loan_opens > 0
    assert np.array_equal(parameters(short), parameters(drawn()))


def test_what_a_scenario_sets_is_not_drawn(written: Callable[[str], Scenario]) -> None:
    """Even where it is the default."""
    rows = parameters(written('[parameters]\ntable = "posterior"\nthinning = 0.9\n'))
    table = draws.posterior()
    assert rows.size == table.size
    assert set(rows["thinning"]) == {0.9}
    for name in set(table.columns) - {"thinning"}:
        assert np.array_equal(rows[name], table.columns[name]), name
    assert np.array_equal(parameters(drawn(**{"parameters.thinning": 0.9})), rows)
    again = Scenario.model_validate_json(drawn(**{"parameters.thinning": 0.9}).model_dump_json())
    assert np.array_equal(parameters(again), rows)


def test_a_wrong_table_is_one_clear_error(written: Callable[[str], Scenario]) -> None:
    with pytest.raises(ScenarioError, match=r'mine\.toml:5: parameters\.table = "prior": .*; allowed: posterior'):
        written('parameters = "prior"\n')
    with pytest.raises(ScenarioError, match=r"mine\.toml:6: parameters\.table = 3: .*; allowed: posterior"):
        written("[parameters]\ntable = 3\n")
    with pytest.raises(ScenarioError, match=r"mine\.toml:5: parameters = 3: .*allowed: a table.* or posterior"):
        written("parameters = 3\n")
    assert {"const": "posterior"}.items() <= schema()["scenario"]["$defs"]["Drawn"]["anyOf"][1].items()


@given(numbers=st.lists(st.integers(0, 2**62), min_size=1, max_size=50))
@settings(max_examples=50, deadline=None)
def test_a_run_has_the_draw_of_its_number(numbers: list[int]) -> None:
    rows = parameters(drawn())
    found = of_runs(rows, np.array(numbers, np.int64))
    assert found.tolist() == [rows[number % rows.size].tolist() for number in numbers]


@given(number=st.integers(0, 2**62))
@settings(max_examples=5, deadline=None)
def test_agents_and_batch_draw_the_same(number: int) -> None:
    scenario = drawn("conditional-3.5")
    batch, mesa = run_members(scenario, 3, number), run(scenario, 3, number).history
    for table in ("members", "levels", "counts"):
        assert getattr(batch, table).tobytes() == getattr(mesa, table).tobytes()


def test_a_drawn_run_is_the_run_with_these_numbers_set() -> None:
    """The draws beside ``run_batch(parameters=...)``, which knows nothing of tables; in any chunk, on any threads."""
    numbers = np.r_[np.arange(CHUNK + 40), 10**6 + 3]
    table = {name: column[numbers % column.size] for name, column in draws.posterior().columns.items()}
    plain = with_values(load_scenario("exit-lawful"), SHORT)
    wanted = run_batch(plain, 5, numbers, parameters=table, workers=1).levels
    found = run_batch(drawn("exit-lawful"), 5, numbers).levels
    assert found is not None
    assert wanted is not None
    assert found.tobytes() == wanted.tobytes()
    shuffled = np.random.default_rng(1).permutation(numbers.size)
    mixed = run_batch(drawn("exit-lawful"), 5, numbers[shuffled], workers=2).levels
    assert mixed is not None
    assert mixed.tobytes() == found[shuffled].tobytes()
    assert len(np.unique(found[:, -1, 0])) > 100


def test_a_given_column_wins_over_the_draw() -> None:
    fixed = run_batch(drawn(), 1, 3, parameters={"thinning": 0.7}).levels
    other = run_batch(drawn(**{"parameters.thinning": 0.7}), 1, 3).levels
    assert fixed is not None
    assert other is not None
    assert fixed.tobytes() == other.tobytes()


def experiment(**more: Any) -> Experiment:
    made = Experiment(
        name="drawn", title="D", question="?", scenario="status-quo", replicates=230, seed=4, record="runs",
        levers=(Vary(name="line", key="policies.unconditional.tone", values=(0.3, 0.0)),),
        uncertainties=(Vary(name="weight", key="parameters.allied_weight", values=(0.2, 0.4)),), **more,
    )  # fmt: skip
    made._base = drawn()
    return made


def test_a_sweep_draws_by_replicate_under_every_policy(tmp_path: Path) -> None:
    results = sweep(experiment(), tmp_path)
    runs = results.runs()
    for index, there in enumerate([(0.3, 0.2), (0.3, 0.4), (0.0, 0.2), (0.0, 0.4)]):
        values = {"policies.unconditional.tone": there[0], "parameters.allied_weight": there[1]}
        alone = run_batch(drawn(**values), 4, 230, record="runs").summaries["end_european_share"]
        assert np.array_equal(runs.loc[runs["cell"] == index, "end_european_share"], alone), there
    assert results.manifest["draws"] == draws.posterior().digest
    results.members(3, 217)  # played again from what the manifest says, and compared to the last bit


def test_a_policy_may_be_drawn_and_another_not(tmp_path: Path) -> None:
    choices = {"drawn": {"parameters.table": "posterior"}, "shipped": {"parameters.loan_opens": 2026}}
    made = experiment().model_copy(update={"levers": (Vary(name="numbers", choices=choices),), "replicates": 3})
    made._base = with_values(load_scenario("status-quo"), SHORT)
    results = sweep(made, tmp_path)
    assert results.manifest["draws"] == draws.posterior().digest
    results.members(0, 2)
    results.members(2, 2)
    drawn_first = results.runs()["end_european_share"].to_numpy()[:3]
    alone = run_batch(drawn(**{"parameters.allied_weight": 0.2}), 4, 3, record="runs")
    assert np.array_equal(drawn_first, alone.summaries["end_european_share"])


def test_mesa_sweeps_play_the_same(tmp_path: Path) -> None:
    few = experiment().model_copy(update={"replicates": 2, "levers": ()})
    few._base = drawn()
    one, two = sweep(few, tmp_path / "batch").runs(), sweep(few, tmp_path / "mesa", engine="mesa", workers=1).runs()
    assert one.equals(two)


def test_another_posterior_is_another_sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = sweep(experiment(), tmp_path)
    columns = dict(draws.posterior().columns)
    changed = Rows(columns | {"thinning": np.clip(columns["thinning"] - 1e-6, 0, 1)})
    plain = experiment()
    plain._base = load_scenario("status-quo")
    before = Plan(plain).header["digest"]
    monkeypatch.setattr(draws, "posterior", lambda: changed)
    assert Plan(experiment()).header["digest"] != results.manifest["digest"]
    with pytest.raises(ResultsError, match="posterior"):
        resume(results.folder)
    assert Plan(plain).header["digest"] == before, "an experiment that draws nothing does not care"


def test_a_broken_posterior_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "posterior.csv"
    monkeypatch.setattr(draws, "table_names", lambda: {"posterior": path})
    read = draws.posterior.__wrapped__
    for text, wrong in (
        ("thinning\n0.5\n1.5\n", "column thinning, row 1: 1.5 is out of range"),
        ("lead_time\n2.5\n", "column lead_time, row 0: 2.5 is out of range"),
        ("thining\n0.5\n", "column thining: no parameter that may be drawn"),
        ("loan_opens\n2026\n", "column loan_opens: no parameter that may be drawn"),
        ("thinning\nhalf\n", "column thinning: no numbers"),
    ):
        path.write_text(text)
        with pytest.raises(ScenarioError, match=wrong):
            read()
    monkeypatch.setattr(draws, "table_names", dict)
    with pytest.raises(ScenarioError, match="not shipped"):
        read()
