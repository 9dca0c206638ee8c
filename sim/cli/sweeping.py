"""The commands sweep, plot and demo."""

from __future__ import annotations

import errno
import math
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from sim.cli.screen import note, notes, out, say, table, width
from sim.cli.storing import begun_before, form_of, played, tell, told
from sim.scenario import Experiment, ScenarioError, axes, load_experiment
from sim.scenario.design import crossed, sampled, sizes
from sim.scenario.messages import command
from sim.store import Results, ResultsError, Shard
from sim.store.folder import own
from sim.sweeps import checked
from sim.sweeps import sweep as play
from sim.sweeps.auto import settled
from sim.sweeps.estimate import refuse_large

if TYPE_CHECKING:
    from pandas.core.groupby import SeriesGroupBy

__all__ = ["changed", "demo", "plot", "sweep"]

SHOWN = 30  # cells in the table of outcomes
MANY = 5_000_000  # runs whose outcomes are too many to read at once


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
    _outcomes(console, results)
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
    except ValueError as error:
        raise ResultsError(f"{results.folder}: {error}") from None
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


def _outcomes(console: Console, results: Results) -> None:
    """Mean and spread of the outcomes by cell: one table, or one an outcome where that is too wide."""
    columns = checked(results.experiment)
    if not columns or results.manifest["runs"] > MANY:
        return
    chosen, words = _some(results.experiment)
    named = [axis.name for axis in axes(results.experiment)]
    cells = results.cells().set_index("cell").loc[chosen]
    labels = [tuple(_written(one) for one in row) for row in cells[named].itertuples(index=False, name=None)]
    runs = results.runs(["cell", *columns])
    runs = runs[runs["cell"].isin(chosen)].astype(dict.fromkeys(columns, float))
    spans = {name: _spans(runs.groupby("cell")[name]) for name in columns}
    console.print(f"{words}Mean over the runs, and the interval that 90 % of them lie in.")
    joined = {name: [f"{mean} [{low}, {high}]" for mean, low, high in found] for name, found in spans.items()}
    rows = [(*label, *(joined[name][k] for name in columns)) for k, label in enumerate(labels)]
    if width([*named, *columns], rows) <= console.width:
        table(console, (*map(_words, named), *columns), rows, range(len(named), len(named) + len(columns)))
        return
    for name in columns:
        rows = [(*label, *found) for label, found in zip(labels, spans[name], strict=True)]
        head = (*map(_words, named), "mean", "5 %", "95 %")
        console.print(f"\n{name}", style="bold")
        table(console, head, rows, range(len(named), len(head)))


def _words(name: str) -> str:
    return name.replace("_", " ")


def _written(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _spans(groups: SeriesGroupBy[Any, Any]) -> list[tuple[str, str, str]]:
    """Mean, 5 and 95 % of every cell."""
    columns = groups.mean(), groups.quantile(0.05), groups.quantile(0.95)
    return [(f"{mean:.3g}", f"{low:.3g}", f"{high:.3g}") for mean, low, high in zip(*columns, strict=True)]


def _some(experiment: Experiment) -> tuple[list[int], str]:
    """Cells for the table: all, or every so many values of the longest axes or points; words for what is left out."""
    counted, steps = sizes(experiment), [1 for _ in sizes(experiment)]
    left = list(counted)
    while math.prod(left) > SHOWN:
        longest = left.index(max(left))
        steps[longest] += 1
        left[longest] = -(-counted[longest] // steps[longest])
    chosen = [0]
    for number, step in zip(counted, steps, strict=True):
        chosen = [before * number + one for before in chosen for one in range(0, number, step)]
    names = [*(axis.name for axis in crossed(experiment)), *(["the points"] if sampled(experiment) else [])]
    thinned = [f"one in {step} of {name}" for name, step in zip(names, steps, strict=True) if step > 1]
    return chosen, f"{math.prod(left)} of the {math.prod(counted):,} cells: {', '.join(thinned)}. " if thinned else ""
