"""The figures that a sweep gets: by what its axes set and what it recorded, never by what an axis is called."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd
from matplotlib.figure import Figure

from sim import __version__
from sim.figures.alliance import dots
from sim.figures.generic import grid_figure, named
from sim.figures.heat import heat_map
from sim.figures.naming import less_is_better
from sim.figures.policy import fan
from sim.figures.regret import regret_figure
from sim.figures.risk import PANELS, challenge
from sim.figures.sampled import sample_figure
from sim.figures.style import clean
from sim.figures.summary import is_number
from sim.figures.threshold import MEASURES, hump
from sim.figures.tornado import tornado
from sim.insight import morris, regret, sobol
from sim.insight.policies import Best
from sim.scenario import Experiment
from sim.store.errors import Damaged, ResultsError
from sim.store.layout import names, numbers

__all__ = ["Swept", "drawings", "points", "standing"]

REPLAYED = 50  # runs of a sweep that are played again with every member's year
HUMPS = 24  # combinations of other axes that have a line each in the hump
LINE = re.compile(r"policies\.([^.]+)\.tiers\.[1-9][0-9]*\.minimum")
DEFAULT = "end_european_share"  # drawn where the experiment names no outcome
KEYS = {"cell", "replicate", "year", "member"}
Draw = Callable[[], Figure]


class Swept(Protocol):
    """What a sweep found."""

    @property
    def manifest(self) -> Mapping[str, Any]: ...
    @property
    def parts(self) -> Mapping[str, Any]: ...
    @property
    def experiment(self) -> Experiment: ...
    @property
    def complete(self) -> bool: ...
    @property
    def runs_done(self) -> int: ...
    def failed(self) -> Sequence[tuple[int, int, str]]: ...
    def absent(self) -> Sequence[str]: ...
    def columns(self, kind: str) -> list[str]: ...
    def cells(self) -> pd.DataFrame: ...
    def members(self, cell: int, replicate: int) -> pd.DataFrame: ...
    def runs(self, columns: Sequence[str] | None = None) -> pd.DataFrame: ...
    def years(self, columns: Sequence[str] | None = None) -> pd.DataFrame: ...


@dataclass(frozen=True)
class Axes:
    """The axes of a sweep by what they are.

    Attributes:
        levers, rest: their names, but for tables. tables: those that take the rows of a table, which have no order.
        line: the one that sets nothing but where a tier of a policy begins, in shares of GDP.
        policy: the one that sets which policy the United States follows.
        sampled: whether there is a sample of them. crossed: levers that every point of the sample meets.
    """

    levers: list[str]
    rest: list[str]
    tables: list[str]
    line: str | None
    policy: str | None
    sampled: bool
    crossed: list[str]

    @property
    def all(self) -> list[str]:
        """Those that can be shown."""
        return [*self.levers, *self.rest]


def axes_of(manifest: Mapping[str, Any]) -> Axes:
    """What a manifest says of the axes; ValueError if it says nothing."""
    experiment = manifest.get("experiment")
    if not isinstance(experiment, Mapping):
        raise ValueError("save_sweep: the manifest has no experiment with its axes")
    levers, rest = (list(experiment.get(group) or ()) for group in ("levers", "uncertainties"))
    design = experiment.get("design") or {}
    sets = {str(axis["name"]): _keys(axis) for axis in (*levers, *rest)}
    lines = [name for name, keys in sets.items() if len(keys) == 1 and _is_line(next(iter(keys)), manifest)]
    policies = [name for name, keys in sets.items() if any(key.startswith("script.") for key in keys)]
    tables = [str(axis["name"]) for axis in (*levers, *rest) if axis.get("table")]
    one, other = ([str(axis["name"]) for axis in group if not axis.get("table")] for group in (levers, rest))
    sampled = design.get("kind", "grid") != "grid"
    return Axes(
        levers=one, rest=other, tables=tables, line=lines[0] if len(lines) == 1 else None,
        policy=policies[0] if len(policies) == 1 else None, sampled=sampled,
        crossed=one if sampled and design.get("levers", "crossed") == "crossed" else [],
    )  # fmt: skip


def _keys(axis: Mapping[str, Any]) -> set[str]:
    """The dotted names that an axis sets; none of a table."""
    if axis.get("key"):
        return {str(axis["key"])}
    return {str(key) for sets in (axis.get("choices") or {}).values() for key in sets}


def _is_line(key: str, manifest: Mapping[str, Any]) -> bool:
    """Whether a key is where protection begins, and that is a share of GDP."""
    found = LINE.fullmatch(key)
    policies = (manifest.get("scenario") or {}).get("policies") or {}
    return found is not None and (policies.get(found[1]) or {}).get("measure", "share") == "share"


def standing(results: Swept) -> str:
    """What is missing of a sweep's runs, in words; empty if nothing is."""
    manifest, failed = results.manifest, len(results.failed())
    runs = f"{results.runs_done:,} of {int(manifest['runs']):,} runs"
    if results.complete and not manifest.get("shard"):
        return f"Complete but for failed runs: {runs}; {failed:,} failed" if failed else ""
    there = results.parts.keys() - set(results.absent())
    here = [there.issuperset(names(manifest, number)) for number in numbers(manifest)]
    parts = f"{sum(here):,} of {int(manifest['number_of_parts']):,} parts, {runs}"
    shard = manifest.get("shard")
    return f"Partial: {parts}{' (shard {} of {})'.format(*shard) if shard else ''}"


def drawings(results: Swept, tell: Callable[[str], None]) -> Iterator[tuple[str, Figure]]:
    """Name and figure, one after the other; ``tell`` gets a line for each that cannot be drawn, and why.

    A sweep of the line for protection gets the hump, one of US policies the fan, the members and the challenge if years
    were recorded. Every outcome that these do not show, or the European share, gets: a heat map of two numeric levers;
    of a complete sample the tornado of a saltelli or morris design and the regret of policies; of another one a panel
    an axis; else lines or dots. An outcome that not every run has gets two: how many runs have it, and what they have.
    """
    axes = axes_of(results.manifest)
    shown: set[str] = set()
    for name, shows, draw in _special(results, axes):
        figure = _tried(name, draw, tell)
        if figure is not None:
            shown |= shows
            yield name, figure
    wanted = list(_columns(results, axes, tell))
    for column in wanted:
        if re.sub("^(end|mean)_", "", column) not in shown:
            yield from _of_outcome(results, axes, column, tell)
    if not wanted and not shown:
        yield from _of_outcome(results, axes, _default(results, axes), tell)


def _tried(name: str, draw: Draw, tell: Callable[[str], None]) -> Figure | None:
    """A figure, or a line that says why there is none; damage is no reason to go on."""
    try:
        return draw()
    except Damaged:
        raise
    except (ValueError, ResultsError) as error:
        tell(f"{name}: not drawn: {error}")
        return None


def _special(results: Swept, axes: Axes) -> Iterator[tuple[str, set[str], Draw]]:
    """The figures for what an axis sets: name, the measures that it shows, how to draw it."""
    if axes.sampled:
        return
    runs, cells = results.columns("runs"), results.cells()
    if axes.line and not _two_numbers(cells, axes) and {f"end_{name}" for name in MEASURES} <= set(runs):
        by = [name for name in axes.all if name != axes.line]
        if is_number(cells[axes.line]) and math.prod(cells[name].nunique() for name in by) <= HUMPS:
            yield "threshold", set(MEASURES), lambda: _hump(results, axes.line or "", by)
            return
    recorded = results.manifest["experiment"].get("record", "years") != "runs"
    years = set(results.columns("years")) if recorded else set()
    if axes.policy and "european_share" in years:
        over = [name for name in [*axes.all, *axes.tables] if name != axes.policy]
        how = {"by": axes.policy, "pooled": over, **origin(results.manifest)}
        said = results.manifest.get("pledge") or (results.manifest.get("scenario") or {}).get("pledge")
        pledge = points(said or ())
        share = results.years(["cell", axes.policy, "replicate", "year", "european_share"])
        yield "policies-spending", {"european_share"}, lambda: fan(share, pledge=pledge, **how)
        yield "policies-members", set(), lambda: _members(results, how["by"], over, share, pledge)
        measures = [panel[0] for panel in PANELS]
        if set(measures) <= years:
            wanted = [str(axes.policy), "replicate", "year", *measures]
            yield "policies-challenge", {"challenge_risk"}, lambda: challenge(results.years(wanted), **how)


def _hump(results: Swept, line: str, by: list[str]) -> Figure:
    runs = results.runs([line, *by, "replicate", *(f"end_{name}" for name in MEASURES)])
    end = (results.manifest.get("scenario") or {}).get("end")
    return hump(runs, line=line, by=by, year=end, **origin(results.manifest))


def _members(
    results: Swept, policy: str, others: Sequence[str], years: pd.DataFrame, pledge: Sequence[tuple[int, float]]
) -> Figure:
    """Members one by one, in the cell that lifts European spending most; its first runs are played again."""
    end = years[years["year"] == years["year"].max()]
    cell = int(end.groupby("cell", sort=False)["european_share"].median().idxmax())
    replicates = sorted(end.loc[end["cell"] == cell, "replicate"].unique())[:REPLAYED]
    members = pd.concat([results.members(cell, int(replicate)) for replicate in replicates])
    row = results.cells().set_index("cell").loc[cell]
    told = [f"Policy “{clean(row[policy], 60)}”", *(named([name], [row[name]]) for name in others)]
    return dots(members, pledge=pledge, title="; ".join(told), **origin(results.manifest))


def _two_numbers(cells: pd.DataFrame, axes: Axes) -> bool:
    """Whether there are two levers, of numbers both."""
    return len(axes.levers) == 2 and all(is_number(cells[one]) for one in axes.levers)


def _columns(results: Swept, axes: Axes, tell: Callable[[str], None]) -> Iterator[str]:
    """The columns of runs that the outcomes mean: their ends, of the chance of a challenge the mean."""
    runs = set(results.columns("runs")) - KEYS - {*axes.all, *axes.tables}
    for name in results.manifest["experiment"].get("outcomes") or ():
        first, second = ("mean_", "end_") if name == "challenge_risk" else ("end_", "mean_")
        wanted = next((one for one in (f"{first}{name}", f"{second}{name}", name) if one in runs), None)
        if wanted is None:
            tell(f"{name}: not drawn: there is no column of runs for it")
        else:
            yield wanted


def _default(results: Swept, axes: Axes) -> str:
    """What is drawn where no outcome is named; ResultsError where nothing was recorded."""
    runs = [name for name in results.columns("runs") if name not in KEYS | {*axes.all, *axes.tables}]
    if not runs:
        words = "there is no measure of runs to draw; allowed: an experiment that records one"
        raise ResultsError(f"{results.manifest['name']}: {words}")
    return DEFAULT if DEFAULT in runs else runs[0]


def _of_outcome(results: Swept, axes: Axes, column: str, tell: Callable[[str], None]) -> Iterator[tuple[str, Figure]]:
    """The figures of one outcome."""
    if axes.sampled and results.complete:
        drawn = [(name, _tried(f"{name}-{column}", draw, tell)) for name, draw in _explained(results, axes, column)]
        yield from ((f"{name}-{column}", figure) for name, figure in drawn if figure is not None)
        if any(figure is not None for _, figure in drawn):
            return
    shown = axes.crossed if axes.sampled else axes.all
    runs = results.runs(["cell", *shown, column])
    kinds = {column: runs}
    if runs[column].isna().any():
        kinds = {f"has_{column}": runs.assign(**{f"has_{column}": runs[column].notna()}), column: runs}
    for name, table in kinds.items():
        if table[name].notna().any():
            draw = _plain(results, axes, table, name)
            figure = _tried(f"{draw[0]}-{name}", draw[1], tell)
            if figure is not None:
                yield f"{draw[0]}-{name}", figure


def _plain(results: Swept, axes: Axes, runs: pd.DataFrame, column: str) -> tuple[str, Draw]:
    """A figure for any sweep."""
    how, cells = origin(results.manifest), results.cells()
    if axes.sampled or not axes.all:  # of a table its columns are the axes
        along = [name for name in cells.columns if name not in {"cell", *axes.crossed, *axes.tables}]
        by = axes.crossed if axes.sampled else []
        own = runs.drop(columns=[name for name in along if name in runs.columns])
        table = own.merge(cells[["cell", *along]], "left", on="cell")
        return "sample", lambda: sample_figure(table, along, column, by=by, **how)
    if _two_numbers(cells, axes):
        first, second = axes.levers
        return "heat", lambda: heat_map(runs, first, second, column, pooled=[*axes.rest, *axes.tables], **how)
    return "sweep", lambda: grid_figure(runs, axes.all, column, pooled=axes.tables, **how)


def _explained(results: Swept, axes: Axes, column: str) -> Iterator[tuple[str, Draw]]:
    """What a complete sample can say more: sensitivities, and what each policy may be regretted for."""
    kind, how = results.manifest["experiment"]["design"]["kind"], origin(results.manifest)
    each = int(results.manifest.get("replicates", 0)) or None
    if kind in ("saltelli", "morris"):
        explain = sobol if kind == "saltelli" else morris
        yield "tornado", lambda: tornado(explain(results, column), column, runs=results.manifest.get("runs"), **how)
    if axes.crossed and (axes.rest or axes.tables):
        best: Best = "low" if less_is_better(column) else "high"
        levers = axes.levers
        yield (
            "regret",
            lambda: regret_figure(regret(results, column, best=best), column, levers, best=best, runs=each, **how),
        )


def origin(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Seed and version of the runs, for the footer."""
    version = manifest.get("version") or (manifest.get("packages") or {}).get("burdenshare") or __version__
    seed = manifest.get("seed", (manifest.get("experiment") or {}).get("seed"))
    return {"seed": seed, "version": str(version)}


def points(pledge: Sequence[Any]) -> list[tuple[int, float]]:
    """The points of a path, from objects or from a manifest's tables."""
    pairs = [(p["year"], p["value"]) if isinstance(p, Mapping) else (p.year, p.value) for p in pledge]
    return [(int(year), float(value)) for year, value in pairs]
