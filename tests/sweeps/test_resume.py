"""What is stopped goes on; what is damaged is noticed, and played again."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.scenario import Experiment
from sim.store import Results, ResultsError, files
from sim.sweeps import runner, sweep
from sim.sweeps.plan import Plan

Sums = Callable[[Path], dict[str, str]]


class Stop(Exception):
    """Raised by a progress callback."""


def stopping(after: int, error: type[BaseException]) -> Callable[[int, int], None]:
    def progress(done: int, total: int) -> None:
        if done >= after:
            raise error

    return progress


@pytest.mark.parametrize("error", [Stop, KeyboardInterrupt])
@pytest.mark.parametrize("after", [0, 1, 60, 120])
def test_a_stopped_sweep_goes_on_to_the_same_bytes(
    experiment: Experiment, tmp_path: Path, sums: Sums, error: type[BaseException], after: int
) -> None:
    whole = sums(sweep(experiment, tmp_path / "whole").folder)
    with pytest.raises(error) as caught:
        sweep(experiment, tmp_path / "out", threads=1, progress=stopping(after, error))
    (folder,) = (tmp_path / "out").iterdir()
    stopped = Results.open(folder)
    assert (stopped.complete, stopped.manifest["status"]) == (False, "interrupted")
    count = sum(name.startswith("years/") for name in stopped.manifest["parts"])
    assert caught.value.__notes__[0].startswith(f"{count} of 3 parts are whole")
    assert sums(folder).items() <= whole.items()
    assert not list(folder.rglob("*.tmp"))
    done: list[int] = []
    resumed = sweep(experiment, tmp_path / "out", progress=lambda now, total: done.append(now))
    assert resumed.complete
    assert done[0] >= 40 * count
    assert done[-1] == 120
    assert sums(folder) == whole


def test_whole_parts_are_not_played_again(
    experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sweep(experiment, tmp_path)
    before = (first.folder / "manifest.json").stat().st_mtime_ns
    monkeypatch.setattr(runner, "pieces", None)
    done: list[tuple[int, int]] = []
    assert sweep(experiment, tmp_path, progress=lambda *now: done.append(now)).complete
    assert done == [(120, 120)]
    assert (first.folder / "manifest.json").stat().st_mtime_ns == before


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("damage", [truncate, flip, Path.unlink, lambda path: path.write_bytes(b"")])
@pytest.mark.parametrize("name", ["runs/part-00001.parquet", "years/part-00002.parquet", "cells.parquet"])
def test_damage_is_noticed_and_mended(
    experiment: Experiment, tmp_path: Path, sums: Sums, damage: Callable[[Path], None], name: str
) -> None:
    results = sweep(experiment, tmp_path)
    whole = sums(results.folder)
    damage(results.folder / name)
    read = {"runs": results.runs, "year": results.years, "cell": results.cells}[name[:4]]
    with pytest.raises(ResultsError, match=f"{name}: damaged or missing"):
        read()
    assert sweep(experiment, tmp_path).complete
    assert sums(results.folder) == whole


def test_a_damaged_manifest_is_refused(experiment: Experiment, tmp_path: Path) -> None:
    manifest = sweep(experiment, tmp_path).folder / "manifest.json"
    manifest.write_text(manifest.read_text()[:-300])
    with pytest.raises(ResultsError, match=r"manifest.json: damaged"):
        sweep(experiment, tmp_path)
    manifest.unlink()
    assert sweep(experiment, tmp_path).complete


def test_names_in_a_manifest_do_not_lead_out_of_the_folder(experiment: Experiment, tmp_path: Path) -> None:
    results = sweep(experiment, tmp_path)
    results.manifest["parts"] = {"runs/../../secret.parquet": {"sha256": ""}, "/etc/passwd": {"sha256": ""}}
    with pytest.raises(ResultsError, match="no part is whole"):
        results.runs()


def test_what_a_killed_sweep_left_is_cleared(experiment: Experiment, tmp_path: Path) -> None:
    folder = tmp_path / f"small-{Plan(experiment).header['digest'][:12]}" / "runs"
    folder.mkdir(parents=True)
    old, new = folder / ".part-00000.parquet.0a.tmp", folder / ".part-00000.parquet.0b.tmp"
    for path, age in ((old, 2 * files.FORGOTTEN), (new, 1.0)):
        path.write_bytes(b"torn")
        os.utime(path, (time.time() - age, time.time() - age))
    sweep(experiment, tmp_path)
    assert (old.exists(), new.exists()) == (False, True)  # the new one may be of a sweep that still writes


def test_a_full_disk_leaves_whole_parts_and_a_name(
    experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sums: Sums
) -> None:
    whole = sums(sweep(experiment, tmp_path / "whole").folder)
    flush = os.fsync
    left = iter([True] * 6)

    def full(handle: int) -> None:
        flush(handle)
        if not next(left, False):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as caught:
        sweep(experiment, tmp_path / "out", threads=1)
    assert caught.value.filename
    monkeypatch.undo()
    (folder,) = (tmp_path / "out").iterdir()
    assert sums(folder).items() <= whole.items()
    assert not list(folder.rglob("*.tmp"))


def test_memory_is_bounded_by_the_parts_in_flight(
    experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.sweeps.plan.RUNS", 2)
    asked: list[int] = []
    submit = runner.ThreadPoolExecutor.submit
    finished = [0]
    commit = runner.Store.commit

    def counted(pool: object, *work: object) -> object:
        asked.append(len(asked) + 1 - finished[0])
        return submit(pool, *work)  # type: ignore[arg-type]

    def done(store: object, entries: dict[str, object]) -> None:
        finished[0] += any(name.startswith("runs/") for name in entries)
        commit(store, entries)  # type: ignore[arg-type]

    monkeypatch.setattr(runner.ThreadPoolExecutor, "submit", counted)
    monkeypatch.setattr(runner.Store, "commit", done)
    sweep(experiment, tmp_path, threads=2)
    assert len(asked) == 60
    assert max(asked) <= 2 + runner.AHEAD
