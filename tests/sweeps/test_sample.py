"""The sample of a sweep is stored with it: another release of a sampler changes no result, and no mixture is played."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.insight import morris, sobol
from sim.scenario import Experiment, cell, count, load_experiment
from sim.scenario import design as designs
from sim.store import Damaged, Results, ResultsError, Shard
from sim.store.checking import verify
from sim.store.layout import SAMPLE
from sim.sweeps import merge, plan, resume, sweep

Written = Callable[[str], Path]
OUTCOME = "end_european_share"
TEXT = """name = "small"
title = "Small"
question = "Which?"
scenario = "short.toml"
replicates = 2
seed = 3
record = "runs"
measures = ["european_share"]
{luck}

[[levers]]
name = "threshold"
key = "policies.conditional.tiers.1.minimum"
values = [0.02, 0.03]

[[uncertainties]]
name = "thinning"
key = "parameters.thinning"
low = 0.5
high = 1.0

[[uncertainties]]
name = "draw"
key = "parameters.lead_time"
low = 1
high = 5

[design]
kind = "{kind}"
points = 4
"""
KINDS = ("latin-hypercube", "sobol", "saltelli", "morris")


def forget() -> None:
    for cached in (designs.sample, designs._named):
        cached.cache_clear()


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(plan, "RUNS", 8)
    forget()
    yield
    forget()


@pytest.fixture
def another_sampler(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """As if another release of the sampler were installed: the same design, other points."""

    def install() -> None:
        real = designs._sampled
        monkeypatch.setattr(designs, "_sampled", lambda design, many, seed: real(design, many, seed + 1))
        forget()

    return install


def read(written: Written, kind: str, luck: str = "") -> Experiment:
    return load_experiment(written(TEXT.format(kind=kind, luck=luck)))


def analysed(results: Results) -> pd.DataFrame | None:
    kind = results.experiment.design.kind
    return {"saltelli": sobol, "morris": morris}[kind](results, OUTCOME) if kind in ("saltelli", "morris") else None


@pytest.mark.parametrize("kind", KINDS)
def test_another_sampler_changes_nothing_of_what_is_stored(
    written: Written, tmp_path: Path, kind: str, another_sampler: Callable[[], None]
) -> None:
    results = sweep(read(written, kind), tmp_path / "out", workers=1)
    before, members, table = results.cells(), results.members(5, 1), analysed(results)
    places = [cell(results.experiment, number).values for number in range(count(results.experiment))]
    another_sampler()
    again = Results.open(results.folder)
    assert list(verify(again)) == []
    pd.testing.assert_frame_equal(again.cells(), before)
    pd.testing.assert_frame_equal(again.members(5, 1), members)
    assert [cell(again.experiment, number).values for number in range(len(places))] == places
    assert [one["thinning"] for one in places] == before["thinning"].tolist()
    if table is not None:
        pd.testing.assert_frame_equal(analysed(again), table)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sweep_of_another_sample_is_not_resumed(
    written: Written, tmp_path: Path, kind: str, another_sampler: Callable[[], None]
) -> None:
    results = sweep(read(written, kind), tmp_path / "out", workers=1)
    (results.folder / "runs" / "part-00001.parquet").unlink()
    before = {path: path.read_bytes() for path in results.folder.rglob("*") if path.is_file()}
    another_sampler()
    with pytest.raises(ResultsError, match="has changed: the sample that the design draws; begun by burdenshare"):
        resume(results.folder)
    assert {path: path.read_bytes() for path in results.folder.rglob("*") if path.is_file()} == before
    other = sweep(read(written, kind), tmp_path / "out", workers=1)
    assert other.folder != results.folder, "another sample is another sweep"


def test_the_versions_that_draw_are_named_where_a_sample_differs(
    written: Written, tmp_path: Path, another_sampler: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    results = sweep(read(written, "morris"), tmp_path / "out", workers=1)
    another_sampler()
    now = results.manifest["packages"] | {"SALib": "9.9"}
    monkeypatch.setattr("sim.sweeps.runner.packages", lambda: now)
    was = results.manifest["packages"]["SALib"]
    with pytest.raises(ResultsError, match=rf"the design draws \(SALib was {was}, is 9\.9\)"):
        resume(results.folder)


def test_shards_of_two_samples_are_not_merged(
    written: Written, tmp_path: Path, another_sampler: Callable[[], None]
) -> None:
    one = sweep(read(written, "morris"), tmp_path / "out", shard=Shard(1, 2), workers=1)
    another_sampler()
    two = sweep(read(written, "morris"), tmp_path / "out", shard=Shard(2, 2), workers=1)
    with pytest.raises(ResultsError, match=r"not of the same sweep as .*: the sample that the design draws; allowed"):
        merge([one.folder, two.folder])


def test_merged_shards_say_where_each_was_played(written: Written, tmp_path: Path) -> None:
    shards = [sweep(read(written, "morris"), tmp_path / "out", shard=Shard(k, 2), workers=1) for k in (1, 2)]
    merged = merge([shard.folder for shard in shards])
    merged = merge([shard.folder for shard in shards])
    assert merged.complete
    assert [one.get("shard") for one in merged.sessions] == [shard.folder.name for shard in shards] + [None, None]
    assert merged.manifest["files"] == shards[0].manifest["files"]
    pd.testing.assert_frame_equal(analysed(merged), analysed(sweep(read(written, "morris"), tmp_path / "whole")))


@pytest.mark.parametrize("kind", ["morris", "sobol"])
def test_a_lost_sample_is_drawn_again_and_a_stranger_is_refused(written: Written, tmp_path: Path, kind: str) -> None:
    results = sweep(read(written, kind), tmp_path / "out", workers=1)
    before = (results.folder / SAMPLE).read_bytes()
    (results.folder / SAMPLE).unlink()
    with pytest.raises(Damaged, match=r"sample\.parquet"):
        _ = Results.open(results.folder).experiment
    resume(results.folder)
    assert (results.folder / SAMPLE).read_bytes() == before
    stored = Results.open(results.folder).source(SAMPLE)
    assert list(stored.columns) == ["thinning", "draw"], "no axis is left out, whatever its name"
    assert all(((column >= 0) & (column <= 1)).all() for column in stored.columns.values())
    other = sweep(read(written, kind).model_copy(update={"seed": 4}), tmp_path / "out", workers=1)
    shutil.copy(other.folder / SAMPLE, results.folder / SAMPLE)
    assert list(verify(Results.open(results.folder))) == [f"{results.folder / SAMPLE}: damaged"]


def test_a_copy_with_another_seed_has_another_sample(written: Written, tmp_path: Path) -> None:
    stored = sweep(read(written, "sobol"), tmp_path / "out", workers=1).experiment
    other = read(written, "sobol").model_copy(update={"seed": 4})
    assert designs.sample_of(stored) == designs.drawn_anew(stored)
    assert designs.sample_of(stored.model_copy(update={"seed": 4})) == designs.drawn_anew(other)


def test_a_grid_stores_no_sample(written: Written, tmp_path: Path, small: str) -> None:
    results = sweep(load_experiment(written(small.replace("replicates = 20", "replicates = 1"))), tmp_path)
    assert "sample" not in results.manifest
    assert not (results.folder / SAMPLE).exists()


@pytest.mark.parametrize("kind", ["saltelli", "morris"])
@pytest.mark.parametrize("luck", ["common", "points"])
def test_an_axis_that_does_nothing_has_no_effect_whatever_the_luck(
    written: Written, tmp_path: Path, kind: str, luck: str
) -> None:
    """Equipment that comes sooner or later moves no belief where nobody is attacked."""
    experiment = read(written, kind, f'luck = "{luck}"')
    experiment = experiment.model_copy(update={"replicates": 1, "measures": ("exclusion_belief",)})
    quiet = {"challenge_rate": 0.0}
    experiment._base = experiment._base.model_copy(  # type: ignore[union-attr]
        update={"parameters": experiment._base.parameters.model_copy(update=quiet)}  # type: ignore[union-attr]
    )
    results = sweep(experiment, tmp_path / "out", workers=1)
    belief = results.runs()["end_exclusion_belief"].to_numpy().reshape(2, 4, -1)
    assert (np.ptp(belief, axis=2) == 0.0).all(), "the points of a block have one luck"
    assert (np.ptp(belief, axis=1) > 0.0).all() == (luck == "points")
