"""The command estimate: what a sweep would take."""

from __future__ import annotations

from pathlib import Path

from sim.cli.screen import out
from sim.cli.sweeping import changed
from sim.scenario import load_experiment
from sim.sweeps.estimate import estimate as measured
from sim.sweeps.estimate import size_words

__all__ = ["estimate"]


def estimate(name: str, into: Path, workers: int | None, replicates: int | None) -> None:
    """Print runs, time, disk and memory of an experiment, and what these rest on."""
    experiment = changed(load_experiment(name), replicates, None)
    found = measured(experiment, into, workers)
    at_most = "at most " if experiment.replicates == "auto" else ""
    cells = f"; {duration(found.cells_first)} of it to build cells" if found.cells_first > found.seconds / 10 else ""
    console = out()
    for what, words in (
        ("runs", f"{at_most}{found.runs:,} = {found.cells:,} cells x {found.replicates:,} replicates"),
        ("time", f"{duration(found.seconds)} on {found.workers} workers, {1e6 * found.a_run:,.0f} us a run{cells}"),
        ("disk", f"{size_words(found.disk)} in {found.parts:,} parts; {size_words(found.free)} are free in {into}"),
        ("memory", f"{size_words(found.memory)} at most"),
    ):
        console.print(f"{what:8}{words}", soft_wrap=True)
    console.print("\nMeasured on a few of these runs; nothing was written. Assumed: the others are alike,")
    console.print("workers do not hinder each other, and nothing else runs on this machine.")


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    for unit, length in (("days", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.1f} s"
