"""``python -m benchmarks.store``: what the store costs, on a sweep of a million runs of 25 years at run level.

The page goes to results/published/store.md; ``--runs N`` takes fewer.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from sim.engines.batch import run_batch
from sim.scenario import Experiment, load_experiment
from sim.store import Results
from sim.store.provenance import git, machine, now
from sim.sweeps import resume, sweep

INTO = Path(__file__).parents[1] / "results" / "published" / "store.md"
CELLS = 100
SAMPLE, ROUNDS = 100_000, 5  # of what the store adds
EXPERIMENT = """name = "million"
title = "A million runs"
question = "What does the store cost?"
scenario = "world.toml"
replicates = {replicates}
record = "runs"

[[levers]]
name = "thinning"
key = "parameters.thinning"
start = 0.01
stop = 1.0
step = 0.01
"""
WORLD = 'extends = "status-quo"\nname = "world"\ntitle = "25 years"\nend = 2050\n'


class Took(NamedTuple):
    """Seconds on the clock, and of processors by all threads: the latter do not depend on who else is there."""

    clock: float
    processor: float

    def __str__(self) -> str:
        return f"{self.clock:.2f} s ({self.processor:.2f} s)"


def timed(what: Callable[[], Any]) -> tuple[Took, Any]:
    begun, worked = time.perf_counter(), time.process_time()
    found = what()
    return Took(time.perf_counter() - begun, time.process_time() - worked), found


def overhead(experiment: Experiment, folder: Path) -> list[tuple[Took, Took]]:
    """A sweep and the engine alone on as many runs, in turn, round by round: what they share cancels in the ratio."""
    from sim.scenario import base_scenario

    scenario = base_scenario(experiment)
    replicates = SAMPLE // CELLS
    part = experiment.model_copy(update={"replicates": replicates})
    run_batch(scenario, replicates=2048, record="runs")
    found = []
    for k in range(ROUNDS):
        alone = timed(lambda: run_batch(scenario, replicates=SAMPLE, record="runs"))[0]
        whole = timed(lambda k=k: sweep(part, folder / f"round-{k}"))[0]
        found.append((whole, alone))
    return found


def measure(folder: Path, runs: int) -> list[tuple[str, str, str]]:
    """What was measured, the value, what was aimed at."""
    (folder / "world.toml").write_text(WORLD)
    (folder / "million.toml").write_text(EXPERIMENT.format(replicates=runs // CELLS))
    experiment = load_experiment(folder / "million.toml")
    rounds = overhead(experiment, folder)
    ratio = median(one.processor / alone.processor for one, alone in rounds)
    alone = Took(*(median(one[k] for _, one in rounds) for k in (0, 1)))
    whole, results = timed(lambda: sweep(experiment, folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    again = timed(lambda: resume(results.folder))[0]
    query = "select cell, avg(end_european_share) as mean from runs group by cell"
    asked, table = timed(lambda: Results.open(results.folder).sql(query))
    assert len(table) == CELLS
    results.replay(0, 0)
    replay = max(timed(lambda k=k: results.replay(k, 7))[0] for k in range(0, CELLS, 10))
    size = sum(one["bytes"] for one in results.parts.values())
    return [
        (f"{runs:,} runs designed, simulated and stored", str(whole), "60 s for 1,000,000"),
        (f"{SAMPLE:,} simulated and summarised by the engine alone, median of {ROUNDS} rounds", str(alone), ""),
        ("sweep over engine, processor time of the same round, median", f"{100 * (ratio - 1):+.0f} %", "below 15 %"),
        ("on disk", f"{size / 1e6:,.0f} MB, {size / runs:,.0f} bytes a run", ""),
        ("peak memory", f"{peak:,.0f} MB", "below 500 MB"),
        ("resume of the finished sweep, every byte checked", str(again), "below 2 s for 1,000,000"),
        ("DuckDB, mean by cell", str(asked), "below 1 s for 1,000,000"),
        ("replay of a stored run with all members, slowest of ten", str(replay), "below 1 s"),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--runs", type=int, default=1_000_000)
    given = parser.parse_args()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    with tempfile.TemporaryDirectory(prefix="burdenshare-store-") as name:
        rows = measure(Path(name), given.runs)
    here, commit = machine(), git() or {}
    text = [
        "# What the store costs", "", "| | clock (processor) | aimed at |", "|---|---:|---:|",
        *(f"| {what} | {value} | {aim} |" for what, value, aim in rows), "",
        f"By `python -m benchmarks.store --runs {given.runs}` on {now()[:10]}, commit "
        f"{str(commit.get('commit', 'unknown'))[:12]}; Python {here['python']}, {here['cores']} cores, load {load:.1f} "
        "when it began: above the number of cores other work shared them, and times are too long.", "",
    ]  # fmt: skip
    INTO.write_text("\n".join(text), encoding="utf-8")
    print("\n".join(text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
