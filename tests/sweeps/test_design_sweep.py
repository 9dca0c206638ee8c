"""Sweeps of designs: rows of parameters play as whole scenarios do, results stand alone, replicates are enough."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from sim.engines.batch import run_batch
from sim.insight import paired_differences, sobol
from sim.scenario import Experiment, ScenarioError, Vary, cell, cells, count, load_experiment
from sim.setup import parameters
from sim.store import Results, ResultsError
from sim.sweeps import design as building
from sim.sweeps import estimate as estimating
from sim.sweeps import sweep
from sim.sweeps.auto import settled
from sim.sweeps.design import Block, Blocks
from sim.sweeps.estimate import estimate, refuse_large
from sim.sweeps.plan import Plan

Write = Callable[[str], Path]
Sums = Callable[[Path], dict[str, str]]
HEAD = 'name = "small"\ntitle = "S"\nquestion = "?"\nscenario = "short.toml"\noutcomes = ["european_share"]\nseed = 7\n'
AXES = """
[[levers]]
name = "threshold"
key = "policies.conditional.tiers.1.minimum"
values = [0.02, 0.03]

[[uncertainties]]
name = "thin"
key = "parameters.thinning"
low = 0.5
high = 1.0

[[uncertainties]]
name = "lead"
key = "parameters.lead_time"
low = 1
high = 5

[[uncertainties]]
name = "belief"
choices."believed" = { "parameters.exclusion_start" = 0.95, "parameters.exclusion_mean" = 0.95 }
choices."fading" = { "parameters.exclusion_start" = 0.95 }
"""
SOBOL = '[design]\nkind = "sobol"\npoints = 8\n'


def rows_of(experiment: Experiment) -> list[Any]:
    return [row for block in Blocks(experiment).of(range(count(experiment))) for row in rows_in(block)]


def rows_in(block: Block) -> Any:
    """The parameters of run 0 of every cell."""
    return block.rows(np.arange(block.cells.size), np.zeros(block.cells.size, np.int64))


def test_every_cell_is_played_as_its_own_scenario_would_be(written: Write, tmp_path: Path) -> None:
    experiment = load_experiment(written(HEAD + "replicates = 3\n" + SOBOL + AXES))
    results = sweep(experiment, tmp_path)
    runs, years = results.runs(), results.years()
    assert (len(runs), len(years), len(results.cells())) == (48, 240, 16)
    for there in cells(experiment):
        alone = run_batch(there.scenario, seed=7, replicates=3)
        for found, wanted in ((runs, alone.runs()), (years, alone.years())):
            part = found[found["cell"] == there.index].reset_index(drop=True)
            for name, value in there.values.items():
                assert set(part[name]) == {value}
            pd.testing.assert_frame_equal(part[wanted.columns], wanted, check_exact=True)
    members = results.members(13, 2)
    assert len(members) == 5 * 32


def test_rows_are_those_of_the_scenarios(written: Write) -> None:
    experiment = load_experiment(written(HEAD + SOBOL + AXES))
    for row, there in zip(rows_of(experiment), cells(experiment), strict=True):
        assert row.tolist() == parameters(there.scenario)[0].tolist()


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_rows_are_those_of_the_scenarios_whatever_varies(data: st.DataObject) -> None:
    made = {
        "thinning": Vary(name="a", key="parameters.thinning", values=(0, 0.5, 1)),
        "lead_time": Vary(name="b", key="parameters.lead_time", start=1, stop=3, step=1),
        "loan_opens": Vary(name="c", key="parameters.loan_opens", values=(0, 2026, 2030)),
        "end": Vary(name="d", key="end", values=(2030, 2031)),
        "reaction": Vary(name="e", key="reaction", values=("follow", "inertia")),
        "mixed": Vary(name="f", choices={
            "one": {"parameters.pledge_pull": 0.1, "parameters.absorption": 0.02},
            "two": {"parameters.pledge_pull": 0.05},
        }),
        "both": Vary(name="g", choices={
            "x": {"parameters.polarisation": 0.2, "economy": "actual"}, "y": {"economy": "trend"},
        }),
    }  # fmt: skip
    chosen = data.draw(st.lists(st.sampled_from(sorted(made)), unique=True, max_size=5))
    cut = data.draw(st.integers(0, len(chosen)))
    experiment = Experiment(
        name="e", title="E", question="?", scenario="us-policies",
        levers=tuple(made[name] for name in chosen[:cut]), uncertainties=tuple(made[name] for name in chosen[cut:]),
    )  # fmt: skip
    first = data.draw(st.integers(0, count(experiment) - 1))
    blocks = list(Blocks(experiment).of(range(first, count(experiment))))
    for block in blocks:
        for index, row in zip(block.cells, rows_in(block), strict=True):
            whole = cell(experiment, int(index)).scenario
            assert row.tolist() == parameters(whole)[0].tolist()
            assert block.scenario.model_copy(update={"parameters": whole.parameters}) == whole
    assert [int(one) for block in blocks for one in block.cells] == list(range(first, count(experiment)))


def test_numbers_alone_build_no_scenario(written: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = AXES.replace('"parameters.exclusion_mean" = 0.95', '"parameters.act_weight" = 1.0')
    experiment = load_experiment(written(HEAD + SOBOL.replace("8", "4096") + text[text.index("[[unc") :]))
    made: list[Any] = []
    build = building.with_values
    monkeypatch.setattr(building, "with_values", lambda *given: made.append(given) or build(*given))
    plan = Plan(experiment)
    plan.check(False)
    assert len(list(plan.blocks.of(range(4096)))) == 1
    assert made == []


def test_a_bad_number_in_the_middle_is_named_and_nothing_is_written(written: Write, tmp_path: Path) -> None:
    values = ", ".join([*(str(k / 1000) for k in range(300)), "1.5", "0.9"])
    text = f'[[levers]]\nname = "thin"\nkey = "parameters.thinning"\nvalues = [{values}]\n'
    experiment = load_experiment(written(HEAD + text))
    words = r"experiment small, cell 300 \(thin = 1.5\): parameters.thinning = 1.5: out of range"
    with pytest.raises(ScenarioError, match=words):
        sweep(experiment, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_kinds_that_the_model_would_refuse_are_refused(written: Write) -> None:
    values = ", ".join(["0.1", *(str(k / 1000) for k in range(1, 250) if k != 100), "true", "0.9"])
    text = f'[[levers]]\nname = "thin"\nkey = "parameters.thinning"\nvalues = [{values}]\n'
    with pytest.raises(ScenarioError, match="cell 249"):
        Plan(load_experiment(written(HEAD + text))).check(False)


@pytest.mark.parametrize("luck", ["common", "points", "independent"])
def test_luck(written: Write, tmp_path: Path, luck: str) -> None:
    text = AXES.replace("values = [0.02, 0.03]", "values = [0.02, 0.020000000000000004]")
    head = HEAD + f'luck = "{luck}"\nreplicates = 4\nrecord = "runs"\n'
    results = sweep(load_experiment(written(head + SOBOL + text)), tmp_path)
    runs = results.runs()
    growth = runs.pivot(index="cell", columns="replicate", values="mean_us_gdp_share")  # luck alone, but for losses
    policies = growth.to_numpy().reshape(2, 8, 4)
    assert np.array_equal(policies[0], policies[1]) == (luck != "independent")
    same_point = [np.array_equal(policies[0, 0], policies[0, k]) for k in range(1, 8)]
    assert any(same_point) == (luck == "common")
    assert len(results.members(11, 3)) == 5 * 32  # played again with its own luck, or refused
    if luck == "independent":
        with pytest.raises(ValueError, match="do not come in pairs"):
            paired_differences(results, "us_spending", {"threshold": 0.02}, {"threshold": 0.020000000000000004})


def test_results_of_a_table_stand_alone(written: Write, tmp_path: Path) -> None:
    (tmp_path / "draws.csv").write_text("draw,thinning,lead_time\n0,0.6,2\n1,0.7,3\n2,0.8,4\n")
    path = written(HEAD + 'replicates = 2\n[[uncertainties]]\nname = "posterior"\ntable = "draws.csv"\n')
    experiment = load_experiment(path)
    results = sweep(experiment, tmp_path / "out")
    before = results.members(2, 1)
    digest = results.manifest["digest"]
    (tmp_path / "draws.csv").unlink()
    again = Results.open(results.folder)
    pd.testing.assert_frame_equal(again.members(2, 1), before)
    assert again.cells()["parameters.thinning"].tolist() == [0.6, 0.7, 0.8]
    assert again.runs()["posterior"].tolist() == [0, 0, 1, 1, 2, 2]
    (tmp_path / "draws.csv").write_text("thinning,lead_time\n0.6,2\n0.7,3\n0.81,4\n")
    assert Plan(load_experiment(path)).header["digest"] != digest


def test_what_is_recorded(written: Write, tmp_path: Path) -> None:
    one = HEAD + 'replicates = 2\nmeasures = ["posture", "lost", "spending"]\nrecord = "members"\n' + SOBOL + AXES
    results = sweep(load_experiment(written(one)), tmp_path)
    axes = ["threshold", "thin", "lead", "belief"]
    assert list(results.runs().columns) == [
        "cell", *axes, "replicate", "mean_european_share", "end_european_share", "mean_posture", "end_posture", "lost"
    ]  # fmt: skip
    assert set(results.years().columns) == {"cell", *axes, "replicate", "year", "european_share", "posture", "lost"}
    members = results.all_members()
    assert list(members.columns) == ["cell", *axes, "replicate", "year", "member", "spending"]
    assert len(members) == 32 * 5 * 32
    for number, replicate in ((0, 0), (15, 1)):
        alone = results.members(number, replicate)["spending"].to_numpy()
        chosen = (members["cell"] == number) & (members["replicate"] == replicate)
        assert np.array_equal(members.loc[chosen, "spending"].to_numpy(), alone)


def test_runs_have_no_members(written: Write, tmp_path: Path) -> None:
    results = sweep(load_experiment(written(HEAD + "replicates = 2\n")), tmp_path)
    with pytest.raises(ResultsError, match='record = "members"'):
        results.all_members()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('measures = ["postre"]', "measures: 'postre': no such measure, did you mean posture"),
        ('measures = ["spending"]', "measures: 'spending': no such measure"),
        ('replicates = "auto"\n[auto]\noutcome = "postre"\nwithin = 1', "auto.outcome: 'postre'"),
    ],
)
def test_measures_that_are_none(written: Write, line: str, words: str) -> None:
    from sim.sweeps import checked

    with pytest.raises(ScenarioError, match=words):
        checked(load_experiment(written(HEAD + line + "\n")))


AUTO = 'replicates = "auto"\nrecord = "runs"\n'
WHEN = '[auto]\noutcome = "european_share"\nwithin = {0}\nconfidence = 0.9\nfirst = 10\nmost = {1}\n'


def widest(results: Results) -> float:
    """By the table that was stored, apart from the code that stopped it."""
    groups = results.runs().groupby("cell")["mean_european_share"]
    n = groups.size().iloc[0]
    return float((t.ppf(0.95, n - 1) * groups.std(ddof=1) / np.sqrt(n)).max())


def test_replicates_stop_when_the_stored_intervals_are_narrow_enough(written: Write, tmp_path: Path) -> None:
    rounds: list[tuple[int, float]] = []

    def told(many: int, half: float) -> None:
        rounds.append((many, half))

    def until(within: float) -> Experiment:
        rounds.clear()
        return load_experiment(written(HEAD + AUTO + SOBOL + WHEN.format(within, 5000) + AXES))

    assert settled(until(1.0), told=told).replicates == 10
    within = rounds[0][1] / 4
    experiment = until(within)
    found = settled(experiment, told=told)
    assert [half <= within for _, half in rounds] == [False] * (len(rounds) - 1) + [True]
    assert 8 * 10 < rounds[-1][0] < 32 * 10
    results = sweep(experiment, tmp_path)
    assert results.manifest["replicates"] == found.replicates == rounds[-1][0]
    assert widest(results) == pytest.approx(rounds[-1][1], rel=1e-9)
    assert settled(experiment, workers=3) == found
    fewer = sweep(found.model_copy(update={"replicates": rounds[-2][0]}), tmp_path)
    assert widest(fewer) > within


def test_an_outcome_that_not_every_run_has_settles_nothing(written: Write) -> None:
    text = WHEN.format(1, 20).replace("european_share", "autonomy_year")
    with pytest.raises(ScenarioError, match=r"auto.outcome = 'autonomy_year': not every run has it"):
        settled(load_experiment(written(HEAD + AUTO + text)))
    with pytest.raises(ScenarioError, match=r"auto.outcome: 'us_policy': no such measure"):
        settled(load_experiment(written(HEAD + AUTO + text.replace("autonomy_year", "us_policy"))))


def test_a_plan_travels_to_other_processes(written: Write) -> None:
    plan = Plan(load_experiment(written(HEAD + "replicates = 3\n" + SOBOL + AXES)))
    again = pickle.loads(pickle.dumps(plan))
    assert again.header == plan.header
    assert rows_of(again.experiment)[5].tolist() == rows_of(plan.experiment)[5].tolist()


def test_replicates_that_are_never_enough_are_said(written: Write, tmp_path: Path) -> None:
    for within in (1e-9, 1e-300):  # the square of what is left would overflow
        experiment = load_experiment(written(HEAD + AUTO + WHEN.format(within, 20)))
        words = f"auto.within = {within:g}: after 20 replicates the widest interval of europ"
        with pytest.raises(ScenarioError, match=words):
            sweep(experiment, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with pytest.raises(ScenarioError, match="not settled"):
        Plan(experiment)


def test_an_estimate_is_near_what_a_sweep_takes(written: Write, tmp_path: Path) -> None:
    experiment = load_experiment(written(HEAD + "replicates = 300\n" + SOBOL + AXES))
    found = estimate(experiment, tmp_path / "nowhere", workers=2)
    assert (found.cells, found.runs) == (16, 4800)
    assert not (tmp_path / "nowhere").exists()
    results = sweep(experiment, tmp_path)
    size = sum(path.stat().st_size for path in results.folder.rglob("*.parquet"))
    assert size / 1.5 < found.disk < size * 1.5
    assert found.parts == results.manifest["number_of_parts"]
    assert 0 < found.seconds == pytest.approx(found.cells_first + found.a_run * 4800 / 2)


def test_an_estimate_counts_the_cells_that_are_built(written: Write, tmp_path: Path) -> None:
    """An axis that no column of parameters can hold: every value of it is a scenario that has to be prepared."""
    text = (
        HEAD
        + 'replicates = 1\nrecord = "runs"\n'
        + "".join(
            f'[[levers]]\nname = "{name}"\n{what}\n'
            for name, what in {
                "ending": 'key = "end"\nstart = 2030\nstop = 2049\nstep = 1',
                "cut": 'key = "policies.conditional.tiers.1.minimum"\nstart = 0.01\nstop = 0.05\nstep = 0.01',
                "thin": 'key = "parameters.thinning"\nvalues = [0.5, 0.6, 0.7]',
            }.items()
        )
    )
    plan = Plan(load_experiment(written(text)))
    every = np.arange(plan.cells)
    assert plan.blocks.preparations(every) == (99, 100)
    assert plan.blocks.preparations(every[:3]) == (0, 1)
    assert Blocks(load_experiment(written(HEAD))).preparations(np.arange(1)) == (0, 1)
    found = estimate(plan.experiment, tmp_path, workers=64)
    assert found.cells_first <= found.seconds, "no number of workers makes it shorter"
    list(plan.blocks.of(range(plan.cells)))  # with all that is loaded once
    begun, fresh = time.thread_time(), Blocks(plan.experiment)
    list(fresh.of(range(plan.cells)))
    assert found.cells_first > (time.thread_time() - begun) / 10


def test_an_estimate_multiplies_and_builds_no_grid(written: Write, tmp_path: Path) -> None:
    axis = '[[levers]]\nname = "{0}"\nkey = "parameters.{0}"\nstart = 0.0\nstop = 1.0\nstep = 0.000001\n'
    text = "".join(axis.format(name) for name in ("thinning", "allied_weight", "adjustment_speed"))
    experiment = load_experiment(written(HEAD + 'record = "runs"\nreplicates = 1000000\n' + text))
    found = estimate(experiment, tmp_path)
    assert found.runs == 1_000_001**3 * 1_000_000
    assert found.disk > 10**24
    with pytest.raises(ScenarioError, match="1000001 x 1000001 x 1000001 = 1,000,003,000,003,000,001 cells"):
        refuse_large(experiment, tmp_path)


def test_a_sweep_that_would_fill_the_disk_is_refused(
    written: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = load_experiment(written(HEAD + "replicates = 20000\n" + SOBOL + AXES))
    refuse_large(experiment, tmp_path)
    monkeypatch.setattr(estimating, "free", lambda folder: 10**7)
    with pytest.raises(ScenarioError, match=r"320,000 runs take about .* MB of disk; allowed: 9 MB, or --yes"):
        refuse_large(experiment, tmp_path)


def test_runs_have_a_cap_with_an_override(written: Write, tmp_path: Path) -> None:
    experiment = load_experiment(written(HEAD + "replicates = 1000000\n" + SOBOL.replace("8", "64") + AXES))
    words = "128 cells x 1,000,000 replicates = 128,000,000 runs; allowed: 100,000,000"
    with pytest.raises(ScenarioError, match=words):
        sweep(experiment, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    Plan(experiment).check(True)


def test_a_saltelli_sweep_is_analysed_in_one_line(written: Write, tmp_path: Path) -> None:
    text = 'record = "runs"\nreplicates = 2\n[design]\nkind = "saltelli"\npoints = 32\n' + AXES[AXES.index("[[unc") :]
    experiment, short = written(HEAD + text), tmp_path / "short.toml"
    short.write_text(f"{short.read_text()}[parameters]\nchallenge_rate = 0.0\n")
    found = sobol(sweep(load_experiment(experiment), tmp_path), "end_exclusion_belief").set_index("axis")
    assert found["first"]["belief"] == pytest.approx(1.0, abs=0.01)
    assert (found["total"][["lead", "thin"]] < 1e-6).all()  # equipment moves no belief where nobody is attacked
