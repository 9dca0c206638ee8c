"""A real scheduler and two workers over TCP on this machine: the same bytes, also when one of them is killed."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sim.scenario import Experiment, ScenarioError
from sim.store import Results
from sim.store.export import CODEBOOK, export
from sim.sweeps import plan, sweep

pytest.importorskip("distributed", reason="Dask is not installed: pip install 'burdenshare[cluster]'")

Processes = list[subprocess.Popen[bytes]]
POISON = '''"""Loaded into workers: a run that ends whoever plays it."""
import os
from sim.sweeps import pieces

real = pieces.play_chunk

def play_chunk(prepared, rows, seed, replicates):
    if ((rows["exclusion_start"] == 0.05) & (replicates == 11)).any():
        os._exit(1)
    return real(prepared, rows, seed, replicates)

def dask_setup(worker):
    pieces.play_chunk = play_chunk
'''


def start(processes: Processes, *words: str) -> None:
    """A command of Dask, without its web page and on this machine only."""
    command = [sys.executable, "-m", *words, "--host", "127.0.0.1", "--no-dashboard"]
    quiet = os.environ | {"DASK_DISTRIBUTED__WORKER__MEMORY__TERMINATE": "false", "PYTHONWARNINGS": "ignore"}
    processes.append(subprocess.Popen(command, env=quiet, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))


def worker(processes: Processes, address: str, *words: str) -> None:
    start(processes, "distributed.cli.dask_worker", address, "--nthreads", "1", *words)


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple[str, Processes]]:
    """Its address, and a list of processes that are ended with it."""
    processes: Processes = []
    told = tmp_path / "scheduler.json"
    try:
        start(processes, "distributed.cli.dask_scheduler", "--port", "0", "--scheduler-file", str(told))
        end = time.monotonic() + 60
        while not (found := re.search(r"tcp://127\.0\.0\.1:\d+", told.read_text() if told.exists() else "")):
            assert time.monotonic() < end
            time.sleep(0.1)
        yield found[0], processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def canonical(results: Results, beside: Path) -> str:
    """The hash of the canonical export of runs and years."""
    found = hashlib.sha256()
    for kind in ("runs", "years"):
        found.update(export(results, kind, beside / f"{kind}.csv").read_bytes())
        (beside / f"{kind}.csv").unlink()
        (beside / f"{kind}.csv{CODEBOOK}").unlink()
    return found.hexdigest()


@pytest.mark.trial
def test_a_worker_killed_in_the_middle_changes_no_byte(
    experiment: Experiment,
    scheduler: tuple[str, Processes],
    tmp_path: Path,
    sums: Callable[[Path], dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plan, "RUNS", 4)  # thirty parts
    whole = sweep(experiment, tmp_path / "threads", workers=1)
    address, processes = scheduler
    for _ in range(2):
        worker(processes, address, "--no-nanny")
    killed: list[int] = []

    def kill(done: int, total: int) -> None:
        if done >= 24 and not killed:
            killed.append(done)
            processes[1].kill()

    results = sweep(experiment, tmp_path / "dask", dask=address, workers=2, progress=kill)
    assert killed
    assert killed[0] < 120
    assert processes[1].wait() == -9
    assert results.complete
    assert results.failed() == []
    assert sums(results.folder) == sums(whole.folder)
    assert canonical(results, tmp_path) == canonical(whole, tmp_path)


@pytest.mark.trial
def test_a_run_that_ends_its_workers_is_listed_and_takes_no_other_with_it(
    experiment: Experiment, scheduler: tuple[str, Processes], tmp_path: Path
) -> None:
    (tmp_path / "poison.py").write_text(POISON)
    address, processes = scheduler
    worker(processes, address, "--nanny", "--preload", str(tmp_path / "poison.py"))
    experiment = experiment.model_copy(update={"levers": ()})
    results = sweep(experiment, tmp_path / "dask", dask=address)
    assert results.failed() == [(1, 11, "its worker died, 3 times")]
    assert results.runs_done == 39


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("127.0.0.1:8786", "no address"),
        ("tcp://[::1", "no address"),
        ("tcp://127.0.0.1:99999", "no address"),
        ("tls://127.0.0.1:9", "needs certificates"),
        ("tcp://127.0.0.1:9", "no scheduler answers there"),
    ],
)
def test_an_address_without_a_scheduler_is_bad_input(
    experiment: Experiment, tmp_path: Path, address: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.sweeps.cluster.CONNECT", 1.0)
    with pytest.raises(ScenarioError, match=words):
        sweep(experiment, tmp_path / "out", dask=address)
    assert not (tmp_path / "out").exists()
