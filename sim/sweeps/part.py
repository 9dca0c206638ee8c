"""One part of a sweep, from numbers to bytes: a pure function that any machine may call, any number of times.

It reads the plan and writes nothing; the same plan and number give the same bytes. Whoever calls it hands what comes
back to the one place that commits, ``Store.commit``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.compiled import COMPILED
from sim.engines.batch import CHUNK, play_chunk, summarise, year_columns
from sim.measures import COUNTS, LEVELS
from sim.scenario import Scenario, cell
from sim.setup import prepare
from sim.store import Played
from sim.store.files import encoded
from sim.store.layout import names
from sim.sweeps.plan import Plan

__all__ = ["Beat", "Piece", "Run", "play_part"]

Run = tuple[int, int]  # cell and replicate
Beat = Callable[[Sequence[Run]], None]
Columns = dict[str, list[NDArray[Any]]]
TRIES = 3  # that a run gets before it counts as failed


@dataclass(frozen=True)
class Piece:
    """Some runs of a part, played together."""

    plan: Plan
    cell: int
    replicates: NDArray[np.int64]

    def runs(self) -> list[Run]:
        return [(self.cell, int(replicate)) for replicate in self.replicates]

    def only(self, chosen: Sequence[int]) -> Piece:
        """The runs at these places."""
        return Piece(self.plan, self.cell, self.replicates[list(chosen)])

    def played(self) -> dict[str, dict[str, NDArray[Any]]]:
        """The columns of every table."""
        scenario = cell(self.plan.experiment, self.cell).scenario
        prepared = prepare(scenario)
        rows = np.repeat(prepared.parameters, self.replicates.size)
        levels, counts = play_chunk(prepared, rows, self.plan.experiment.seed, self.replicates)
        if not np.isfinite(levels).all():
            raise FloatingPointError("a measure is not a finite number")
        return _measured(self.plan, scenario, self.cell, self.replicates, levels, counts)


def pieces(plan: Plan, number: int) -> Iterator[Piece]:
    """The runs of a part in order, as many at a time as the engine takes."""
    part, step = plan.part(number), CHUNK if COMPILED else 8  # plain Python is slow, and should be heard of
    for one in part.cells:
        for low in range(part.replicates.start, part.replicates.stop, step):
            yield Piece(plan, one, np.arange(low, min(low + step, part.replicates.stop)))


def play_part(
    plan: Plan, number: int, beat: Beat, lost: Mapping[Run, str] | None = None, suspects: Collection[Run] = ()
) -> Played:
    """Play a part.

    A run that raises is played alone, twice more, and then left out and listed as failed; all others keep their rows.

    Args:
        plan: of the experiment. number: of the part.
        beat: called with the runs that are played next; what it raises ends the part.
        lost: runs that are known to fail, and why; they are not played.
        suspects: runs that are played one by one, so that the beat names each.
    """
    known, tables = lost or {}, {kind: Columns() for kind in plan.kinds}
    failed: dict[Run, str] = {}
    for piece in pieces(plan, number):
        runs = piece.runs()
        failed |= {run: known[run] for run in runs if run in known}
        left = [at for at, run in enumerate(runs) if run not in known]
        if any(run in suspects for run in runs):
            for at in left:
                failed |= _alone(piece.only([at]), tables, beat)
        elif left:
            failed |= _together(piece if len(left) == len(runs) else piece.only(left), tables, beat)
    files = {}
    for name, kind in zip(names(plan.header, number), plan.kinds, strict=True):
        files[name] = encoded([_table(plan, tables[kind] or _no_rows(plan, kind))])
    return Played(files, [(*run, why) for run, why in sorted(failed.items())])


def _together(piece: Piece, tables: dict[str, Columns], beat: Beat) -> dict[Run, str]:
    """Play runs and add their rows; if they raise, one by one. Returns those that failed."""
    beat(piece.runs())
    try:
        played = piece.played()
    except MemoryError:  # no fault of the runs: the sweep stops, and can go on with fewer threads
        raise
    except Exception:
        failed: dict[Run, str] = {}
        for at in range(len(piece.runs())):
            failed |= _alone(piece.only([at]), tables, beat)
        return failed
    _append(tables, played)
    return {}


def _alone(piece: Piece, tables: dict[str, Columns], beat: Beat) -> dict[Run, str]:
    why = ""
    for _ in range(TRIES):
        beat(piece.runs())
        try:
            _append(tables, piece.played())
            return {}
        except MemoryError:
            raise
        except Exception as error:
            why = f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]
    return dict.fromkeys(piece.runs(), why)


def _measured(
    plan: Plan, scenario: Scenario, one: int, replicates: NDArray[np.int64], levels: NDArray[Any], counts: NDArray[Any]
) -> dict[str, dict[str, NDArray[Any]]]:
    found = {"runs": {"replicate": replicates, **summarise(scenario, levels, counts)}}
    if plan.records_years:
        found["years"] = year_columns(scenario, replicates, levels, counts)
    return {kind: {"cell": np.full(len(table["replicate"]), one), **table} for kind, table in found.items()}


def _append(tables: dict[str, Columns], played: dict[str, dict[str, NDArray[Any]]]) -> None:
    """Put the rows of a piece below the others."""
    for kind, columns in played.items():
        for name, values in columns.items():
            tables[kind].setdefault(name, []).append(values)


def _no_rows(plan: Plan, kind: str) -> Columns:
    """The columns of a part of which every run failed."""
    levels, counts = np.zeros((1, 2, len(LEVELS))), np.zeros((1, 2, len(COUNTS)), np.int16)
    with np.errstate(invalid="ignore"):
        columns = _measured(plan, plan.base, 0, np.zeros(1, np.int64), levels, counts)[kind]
    return {name: [values[:0]] for name, values in columns.items()}


def _table(plan: Plan, columns: Columns) -> pa.Table:
    """The pieces as one table, with the axes behind the cell."""
    whole: dict[str, Any] = {name: np.concatenate(pieces) for name, pieces in columns.items()}
    number = whole.pop("cell")
    return pa.table({"cell": number, **plan.axis_columns(number), **whole})
