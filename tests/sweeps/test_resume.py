"""What is stopped goes on; what is damaged is noticed, and played again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.scenario import Experiment
from sim.store import Results, ResultsError
from sim.sweeps import crew, part, runner, sweep
from sim.sweeps.plan import Plan

Sums = Callable[[Path], dict[str, str]]


class Stop(Exception):
    """Raised by a progress callback."""


def stopping(after: int, error: type[BaseException], told: list[int] | None = None) -> Callable[[int, int], None]:
    def progress(done: int, total: int) -> None:
        if told is not None:
            told.append(done)
        if done >= after:
            raise error

    return progress


@pytest.mark.parametrize("error", [Stop, KeyboardInterrupt])
@pytest.mark.parametrize("after", [0, 1, 60, 120])
def test_a_stopped_sweep_goes_on_to_the_same_bytes(
    experiment: Experiment, tmp_path: Path, sums: Sums, error: type[BaseException], after: int
) -> None:
    whole = sums(sweep(experiment, tmp_path / "whole").folder)
    told: list[int] = []
    with pytest.raises(error) as caught:
        sweep(experiment, tmp_path / "out", workers=1, progress=stopping(after, error, told))
    (folder,) = (tmp_path / "out").iterdir()
    stopped = Results.open(folder)
    assert stopped.complete == (told[-1] == 120)  # all that was reported as done is committed
    count = sum(name.startswith("years/") for name in stopped.parts)
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
    monkeypatch.setattr(part, "pieces", None)
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


def test_what_a_killed_sweep_left_is_cleared(experiment: Experiment, tmp_path: Path) -> None:
    folder = tmp_path / f"small-{Plan(experiment).header['digest'][:12]}" / "runs"
    folder.mkdir(parents=True)
    left = folder / ".part-00000.parquet.0a.tmp"
    left.write_bytes(b"torn")
    sweep(experiment, tmp_path)
    assert not left.exists()


def test_memory_is_bounded_by_the_parts_in_flight(
    experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.sweeps.plan.RUNS", 2)
    held: list[int] = []
    submit = crew.Crew.submit

    def counted(self: crew.Crew, number: int) -> None:
        submit(self, number)
        held.append(len(self.tasks))

    monkeypatch.setattr(crew.Crew, "submit", counted)
    sweep(experiment, tmp_path, workers=2)
    assert len(held) == 60
    assert max(held) <= 2 + runner.AHEAD
