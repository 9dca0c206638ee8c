"""The outcomes of a sweep as tables: for every cell what its runs come to, and how many runs that is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd
from rich.console import Console

from sim.cli.screen import table, width
from sim.scenario import Experiment, axes
from sim.scenario.design import crossed, sampled, sizes
from sim.store import Results
from sim.store.codebook import is_year
from sim.sweeps import checked

__all__ = ["outcomes"]

SHOWN = 30  # cells in the table of outcomes
MANY = 5_000_000  # runs whose outcomes are too many to read at once
HEADS = ("mean", "5 %", "95 %")
NONE = "-"  # where no run has an outcome


def outcomes(console: Console, results: Results) -> None:
    """Mean and spread of the outcomes by cell: one table, or one an outcome where that is too wide."""
    columns = checked(results.experiment)
    if not columns or results.manifest["runs"] > MANY:
        return
    chosen, left_out = _some(results.experiment)
    named = [axis.name for axis in axes(results.experiment)]
    cells = results.cells().set_index("cell").loc[chosen]
    labels = [tuple(_written(one) for one in row) for row in cells[named].itertuples(index=False, name=None)]
    runs = results.runs(["cell", *columns])
    runs = runs[runs["cell"].isin(chosen)]
    spans = {name: _spans(runs[["cell", name]], name, chosen) for name in columns}
    console.print(left_out + _about(runs, columns, chosen))
    rows = [(*label, *(str(spans[name][k]) for name in columns)) for k, label in enumerate(labels)]
    if width([*named, *columns], rows) <= console.width:
        table(console, (*map(_words, named), *columns), rows, range(len(named), len(named) + len(columns)))
        return
    for name in columns:
        counted = bool(spans[name][0].have)
        rows = [(*label, *found[0 if counted else 1 :]) for label, found in zip(labels, spans[name], strict=True)]
        head = (*map(_words, named), *(["runs that have it"] if counted else []), *HEADS)
        console.print(f"\n{name}", style="bold")
        table(console, head, rows, range(len(named), len(head)))


def _about(runs: pd.DataFrame, columns: Iterable[str], chosen: list[int]) -> str:
    """What the numbers are, over how many runs."""
    counts = runs.groupby("cell").size().reindex(chosen, fill_value=0)
    least, most = int(counts.min()), int(counts.max())
    many = f"{most:,}" if least == most else f"{least:,} to {most:,}"
    told = f"Mean over the {many} run{'' if most == 1 else 's'} of a cell, and the interval that 90 % of them lie in."
    flags = [name for name in columns if runs[name].dtype == bool]
    told += f" Of {', '.join(flags)}: the share of the runs, and its 95 % interval (Wilson)." if flags else ""
    some = [name for name in columns if runs[name].isna().any()]
    return told + (f" Of {', '.join(some)}: over those runs that have it, which are counted." if some else "")


class Span(NamedTuple):
    """One cell of one outcome, as it is printed; ``have``: how many runs have it, empty where all do."""

    have: str
    mean: str
    low: str
    high: str

    def __str__(self) -> str:
        """'2.31 [2.28, 2.35]', '2 of 200: 2041 [2040, 2042]', '0 of 200'."""
        if self.mean == NONE:
            return self.have or NONE
        return f"{f'{self.have}: ' if self.have else ''}{self.mean} [{self.low}, {self.high}]"


def _spans(runs: pd.DataFrame, name: str, chosen: list[int]) -> list[Span]:
    """Mean, 5 and 95 % of every cell; of a flag its share and the interval of that."""
    groups = runs.groupby("cell")[name]
    counted = pd.DataFrame({"have": groups.count(), "of": groups.size()}).reindex(chosen, fill_value=0)
    have, of = counted["have"].to_numpy(), counted["of"].to_numpy()
    mean = groups.mean().reindex(chosen).to_numpy(float)
    if runs[name].dtype == bool:
        from statsmodels.stats.proportion import proportion_confint  # here, because it takes long to load

        hits = groups.sum().reindex(chosen, fill_value=0).to_numpy()
        low, high = proportion_confint(hits, of.clip(min=1), method="wilson")
    else:
        low, high = (groups.quantile(level).reindex(chosen).to_numpy(float) for level in (0.05, 0.95))
    some, written = bool((have < of).any()), _year if is_year(name) else _number
    return [
        Span(f"{n:,} of {whole:,}" if some else "", *(written(one) if n else NONE for one in values))
        for n, whole, *values in zip(have, of, mean, low, high, strict=True)
    ]


def _year(value: float) -> str:
    return f"{value:.0f}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _written(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


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
