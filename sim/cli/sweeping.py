"""The commands sweep, plot and demo."""

from __future__ import annotations

import errno
from functools import partial
from pathlib import Path
from typing import Any

from sim.cli.outcomes import outcomes
from sim.cli.screen import note, notes, out, say
from sim.cli.storing import begun_before, form_of, played, tell, told
from sim.scenario import Experiment, ScenarioError, load_experiment
from sim.scenario.messages import command
from sim.store import Results, Shard
from sim.store.folder import own
from sim.sweeps import sweep as play
from sim.sweeps.auto import settled
from sim.sweeps.estimate import refuse_large

__all__ = ["changed", "demo", "plot", "sweep"]


def sweep(
    name: str,
    into: Path,
    workers: int | None,
    replicates: int | None,
    seed: int | None,
    *,
    allow_many: bool,
    quiet: bool,
    shard: str | None,
    progress: str,
    **where: Any,
) -> int:
    """Play an experiment ``where`` the engine and Dask say, show its outcomes; returns the exit code."""
    form = form_of(progress, quiet)
    asked = changed(load_experiment(name), replicates, seed)
    if not allow_many:
        refuse_large(asked, into, workers)
    experiment = settled(asked, workers, allow_many=allow_many)
    piece = Shard.parse(shard) if shard else None
    begun_before(experiment, into)
    where |= {"workers": workers, "shard": piece, "allow_many": allow_many}
    how = partial(play, experiment, into, tell=tell, **where)
    results = played(experiment.name, form, how)
    if quiet or piece:
        say(results.folder)
        return told(results)
    console, counted = out(), results.manifest
    counted_words = f"{counted['cells']:,} cells x {counted['replicates']:,} replicates = {counted['runs']:,} runs"
    console.print(f"{experiment.title}\n{experiment.question}", style="bold")
    console.print(f"{counted_words}, seed {experiment.seed}")
    if asked.replicates == "auto" and asked.auto:
        auto = asked.auto
        known = f"{100 * auto.confidence:g} % interval of mean {auto.outcome} within +-{auto.within:g} in every cell"
        console.print(f"{counted['replicates']:,} replicates were enough: {known}")
    console.print()
    outcomes(console, results)
    console.print(f"\nResults: {results.folder}", soft_wrap=True)
    console.print(f"Figures: {command('plot', results.folder)}", soft_wrap=True)
    return told(results)


def plot(folder: Path, into: Path | None) -> int:
    """Draw the figures of a stored sweep, beside its tables or elsewhere; returns the exit code."""
    results = Results.open(folder)
    for path in _drawn(results, into):
        say(path)
    if not results.complete:
        note(f"{folder} is not complete; the figures show what is there, and say so")
    return told(results)


def demo(into: Path, workers: int | None) -> None:
    """Two experiments with all their figures."""
    console = out()
    drawn: list[Path] = []
    for number, name in enumerate(("policies", "threshold"), start=1):
        experiment = load_experiment(name)
        console.print(f"{number}. {experiment.title}", style="bold")
        console.print(experiment.question)
        results = played(experiment.name, "words", partial(play, experiment, into, workers=workers))
        console.print(f"{results.manifest['runs']:,} runs in {results.folder}", soft_wrap=True)
        drawn += _drawn(results)
        console.print()
    console.print("Figures, each with its data (.csv) and its words (.txt) beside it", style="bold")
    for path in drawn:
        if path.suffix == ".png":
            console.print(f"  {path}", soft_wrap=True)
    console.print("\nNext: burdenshare run conditional-3.5, and burdenshare scenarios for what else there is.")


def _drawn(results: Results, into: Path | None = None) -> list[Path]:
    from sim.figures import save_sweep

    try:
        with notes().status("drawing"):
            return save_sweep(results, into or own(results.folder, "figures"), own=into is None, tell=tell)
    except OSError as error:
        if into is None and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            error.add_note("allowed: --into with a folder that can be written")
        raise


def changed(experiment: Experiment, replicates: int | None, seed: int | None) -> Experiment:
    """The experiment with what was typed instead of what is written."""
    changes = {}
    for name, value, low, high in (("replicates", replicates, 1, 1_000_000), ("seed", seed, 0, 2**63 - 1)):
        if value is not None:
            if not low <= value <= high:
                raise ScenarioError(f"--{name} = {value}: out of range; allowed: {low} to {high}")
            changes[name] = value
    return experiment.model_copy(update=changes)
