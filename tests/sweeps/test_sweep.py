"""A sweep: the right numbers in the right columns, the same bytes however it is played."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.data import paths
from sim.engines.batch import run_batch
from sim.scenario import Experiment, ScenarioError, cell, load_experiment
from sim.store import Played, Results, ResultsError
from sim.sweeps import part, runner, sweep
from sim.sweeps import plan as planning
from sim.sweeps.crew import Crew

Sums = Callable[[Path], dict[str, str]]
Write = Callable[[str], Path]


def test_tables_have_the_axes_and_the_numbers_of_the_batch_engine(experiment: Experiment, tmp_path: Path) -> None:
    results = sweep(experiment, tmp_path / "out")
    runs, years = results.runs(), results.years()
    assert list(runs.columns[:5]) == ["cell", "threshold", "exclusion", "replicate", "mean_allied_share"]
    assert list(years.columns[:6]) == ["cell", "threshold", "exclusion", "replicate", "year", "allied_share"]
    assert (len(runs), len(years), len(results.cells())) == (120, 600, 6)
    for index in range(6):
        there = cell(experiment, index)
        alone = run_batch(there.scenario, seed=7, replicates=20)
        for found, wanted in ((runs, alone.runs()), (years, alone.years())):
            part = found[found["cell"] == index].reset_index(drop=True)
            assert {name: part[name].unique().tolist() for name in there.values} == {
                name: [value] for name, value in there.values.items()
            }
            pd.testing.assert_frame_equal(part[wanted.columns], wanted, check_exact=True)


def test_columns_can_be_chosen(experiment: Experiment, tmp_path: Path) -> None:
    results = sweep(experiment, tmp_path)
    assert list(results.runs(["cell", "challenged"]).columns) == ["cell", "challenged"]
    assert results.cells()["exclusion"].tolist() == ["=believed", "not"] * 3


def test_all_cells_have_the_same_luck(written: Write, small: str, tmp_path: Path) -> None:
    same = small.replace("[0.02, 0.03, 0.04]", "[0.02, 0.020000000000000004]")
    years = sweep(load_experiment(written(same)), tmp_path).years().drop(columns=["cell", "threshold"])
    half = len(years) // 2
    pd.testing.assert_frame_equal(years[:half], years[half:].reset_index(drop=True))


@pytest.mark.parametrize(("workers", "chunk"), [(1, 256), (2, 256), (2, 7), (5, 1)])
def test_same_bytes_for_any_workers_and_chunks(
    experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sums: Sums, workers: int, chunk: int
) -> None:
    reference = sweep(experiment, tmp_path / "a", workers=1)
    monkeypatch.setattr(part, "CHUNK", chunk)
    other = sweep(experiment, tmp_path / "b", workers=workers)
    assert sums(reference.folder) == sums(other.folder)
    assert len(sums(reference.folder)) == 7
    assert reference.parts == other.parts


def test_threads_that_are_done_before_anybody_looks_do_not_end_the_sweep(
    experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a starved machine all parts that were handed out may be done at the first look: others are left."""
    look = Crew.wait

    def late(crew: Crew) -> list[Played]:
        while crew._done.qsize() < len(crew.tasks):
            time.sleep(0.001)
        return look(crew)

    monkeypatch.setattr(planning, "RUNS", 20)  # a cell a part: six parts
    monkeypatch.setattr(runner, "AHEAD", 1)
    monkeypatch.setattr(Crew, "wait", late)
    seen: list[int] = []
    results = sweep(experiment, tmp_path, workers=1, progress=lambda done, total: seen.append(done))
    assert results.complete
    assert len(results.runs()) == seen[-1] == 120


def test_many_replicates_of_one_cell_fall_into_several_parts(
    experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = sweep(experiment, tmp_path / "a").runs()
    monkeypatch.setattr(planning, "RUNS", 8)
    pieces = sweep(experiment, tmp_path / "b")
    assert pieces.manifest["number_of_parts"] == 18
    assert pieces.manifest["part"] == {"cells": 1, "replicates": 7}
    pd.testing.assert_frame_equal(whole, pieces.runs())
    assert len(pieces.members(5, 19)) == 5 * 32


def test_members_are_played_again_and_must_be_the_same_run(experiment: Experiment, tmp_path: Path) -> None:
    results = Results.open(sweep(experiment, tmp_path).folder)
    members, years = results.members(3, 11), results.years()
    year = years[(years["cell"] == 3) & (years["replicate"] == 11)].set_index("year")
    protected = members.groupby("year")["protected"].sum()
    assert protected.tolist() == year["protected_members"].tolist()
    results.manifest["seed"] = 8  # as if the code played another run today
    with pytest.raises(ResultsError, match="plays the run differently"):
        results.members(3, 11)


@pytest.mark.parametrize(("place", "words"), [((6, 0), "cell = 6"), ((0, 20), "replicate = 20"), ((-1, 0), "0 to 5")])
def test_members_of_no_run(experiment: Experiment, tmp_path: Path, place: tuple[int, int], words: str) -> None:
    with pytest.raises(ResultsError, match=words):
        sweep(experiment, tmp_path).members(*place)


def test_runs_alone(written: Write, small: str, tmp_path: Path) -> None:
    results = sweep(load_experiment(written('record = "runs"\n' + small)), tmp_path)
    assert not (results.folder / "years").exists()
    assert len(results.runs()) == 120
    with pytest.raises(ResultsError, match='record = "years"'):
        results.years()


def test_the_manifest_says_where_it_came_from(experiment: Experiment, tmp_path: Path) -> None:
    results = sweep(experiment, tmp_path)
    text = json.loads((results.folder / "manifest.json").read_text())
    assert (results.status, text["seed"], text["cells"], text["runs"]) == ("complete", 7, 6, 120)
    assert {"numpy", "numba", "pyarrow"} <= set(text["packages"])
    assert {"python", "system", "cores"} <= set(text["machine"])
    assert text["scenario"]["end"] == 2029
    agreed = paths().query("path == 'pledge'")
    assert text["pledge"] == agreed[["year", "value"]].to_dict("records")
    assert results.experiment.model_dump() == experiment.model_dump()
    assert results.folder.name == f"small-{text['digest'][:12]}"


def test_digest_covers_experiment_scenario_and_code(
    experiment: Experiment, written: Write, small: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = [planning.Plan(experiment).header["digest"]]
    digests.append(planning.Plan(experiment.model_copy(update={"seed": 8})).header["digest"])
    short = written(small).with_name("short.toml")
    short.write_text(short.read_text() + "[parameters]\nthinning = 0.8\n")
    digests.append(planning.Plan(load_experiment(tmp_path / "small.toml")).header["digest"])
    monkeypatch.setattr(planning, "code_digest", lambda: "other")
    digests.append(planning.Plan(experiment).header["digest"])
    assert len(set(digests)) == 4


BAD = [
    ("outcomes = [", 'outcomes = ["europeen_share", ', "did you mean european_share"),
    ('name = "threshold"', 'name = "lost"', "axis name = 'lost'"),
    ('name = "threshold"', 'name = "posture"', "taken by a column"),
    ("values = [0.02, 0.03, 0.04]", "values = [0.02, 0.0]", "cell 2"),
    ("values = [0.02, 0.03, 0.04]", "start = 0.01\nstop = 0.9\nstep = 0.000001", "1,000,000"),
]


@pytest.mark.parametrize(("old", "new", "words"), BAD)
def test_a_bad_experiment_is_one_line_and_writes_nothing(
    written: Write, small: str, tmp_path: Path, old: str, new: str, words: str
) -> None:
    experiment = load_experiment(written(small.replace(old, new)))
    with pytest.raises(ScenarioError, match=words) as caught:
        sweep(experiment, tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_workers_must_be_some(experiment: Experiment, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="workers = 0"):
        sweep(experiment, tmp_path, workers=0)


@pytest.mark.parametrize("replicates", [1, 3, 44, 45, 46, 1000])
@pytest.mark.parametrize("most", [1, 7, 45, 2000])
def test_every_run_lies_in_one_part(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch, replicates: int, most: int
) -> None:
    monkeypatch.setattr(planning, "RUNS", most)
    plan = planning.Plan(experiment.model_copy(update={"replicates": replicates}))
    parts = [plan.part(number) for number in range(plan.parts)]
    runs = [(one, k) for part in parts for one in part.cells for k in part.replicates]
    assert sorted(runs) == [(one, k) for one in range(6) for k in range(replicates)]
    assert all(0 < part.runs <= max(most, 1) for part in parts)


@pytest.mark.parametrize(
    ("record", "replicates", "a_part"),
    [("runs", 300, 1_800), ("runs", 10**5, 2_000), ("runs", 10**6, 10_000), ("years", 10**6, 10_000)],
)
def test_parts_are_larger_where_runs_alone_are_recorded_by_the_million(
    written: Write, small: str, record: str, replicates: int, a_part: int
) -> None:
    text = f'record = "{record}"\n' + small.replace("replicates = 20", f"replicates = {replicates}")
    plan = planning.Plan(load_experiment(written(text)))
    assert plan.part(0).runs == a_part


def test_axes_keep_their_types(written: Write, small: str) -> None:
    lever = 'name = "threshold"\nkey = "policies.conditional.tiers.1.minimum"\nvalues = [0.02, 0.03, 0.04]'
    axis = 'name = "{0}"\nkey = "{1}"\n{2}'
    cases = [
        ("parameters.lead_time", "start = 1\nstop = 3\nstep = 1", "int64", [1, 2, 3]),
        ("parameters.thinning", "values = [0, 0.5, 1]", "float64", [0.0, 0.5, 1.0]),
        ("policies.conditional.certifies", "values = [true, false]", "bool", [True, False]),
        ("reaction", 'values = ["follow", "inertia"]', "str", ["follow", "inertia"]),
    ]
    for key, how, kind, values in cases:
        plan = planning.Plan(load_experiment(written(small.replace(lever, axis.format("x", key, how)))))
        column = next(plan.cell_tables()).to_pandas()["x"]
        assert column.drop_duplicates().tolist() == values
        assert str(column.dtype).replace("object", "str") == kind
        cells = [cell(plan.experiment, index).values["x"] for index in range(plan.cells)]
        assert np.all(column.to_numpy() == np.array(cells))
