"""One part of a sweep, from numbers to bytes: a pure function that any machine may call, any number of times.

It reads the plan and writes nothing; the same plan and number give the same bytes. Whoever calls it hands what comes
back to the one place that commits, ``Store.commit``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.compiled import COMPILED
from sim.engines.batch import CHUNK, play_chunk, summarise, year_columns
from sim.measures import COUNTS, LEVELS
from sim.scenario import Scenario, cell
from sim.setup import Prepared, prepare
from sim.store import Played
from sim.store.files import encoded
from sim.store.layout import names
from sim.sweeps.plan import Plan

__all__ = ["Beat", "Run", "play_part"]

Run = tuple[int, int]  # cell and replicate
Beat = Callable[[int, NDArray[np.int64]], None]
Columns = dict[str, list[NDArray[Any]]]
TRIES = 3  # that a run gets before it counts as failed


def play_part(
    plan: Plan, number: int, beat: Beat, lost: Mapping[Run, str] | None = None, suspects: Collection[int] = ()
) -> Played:
    """Play a part.

    A run that raises is played alone, twice more, and then left out and listed as failed; all others keep their rows.

    Args:
        plan: of the experiment. number: of the part.
        beat: called before each stretch of runs with its cell and replicates; what it raises ends the part.
        lost: runs that are known to fail, and why; they are not played.
        suspects: cells whose runs are played one by one, so that the beat names each.
    """
    part, given = plan.part(number), dict(lost or {})
    tables: dict[str, Columns] = {kind: {} for kind in plan.kinds}
    failed: dict[Run, str] = {}
    for one in part.cells:
        step = 1 if one in suspects else CHUNK if COMPILED else 8  # plain Python is slow, and should be heard of
        for low in range(part.replicates.start, part.replicates.stop, step):
            stretch = np.arange(low, min(low + step, part.replicates.stop))
            known = [(one, int(k)) for k in stretch if (one, int(k)) in given]
            failed |= {run: given[run] for run in known}
            left = np.array([k for k in stretch if (one, int(k)) not in given], np.int64)
            if left.size:
                beat(one, left)
                failed |= _stretch(plan, tables, one, left, beat)
    files = {}
    for name, kind in zip(names(plan.header, number), plan.kinds, strict=True):
        files[name] = encoded([_table(plan, tables[kind] or _no_rows(plan, kind))])
    return Played(files, [(*run, why) for run, why in sorted(failed.items())])


def _stretch(
    plan: Plan, tables: dict[str, Columns], one: int, replicates: NDArray[np.int64], beat: Beat
) -> dict[Run, str]:
    """Play runs of one cell and add their rows; if they raise, one by one. Returns those that failed."""
    try:
        pieces = _pieces(plan, one, replicates)
    except MemoryError:  # no fault of the runs: the sweep stops, and can go on with fewer threads
        raise
    except Exception:
        failed: dict[Run, str] = {}
        for replicate in replicates:
            failed |= _alone(plan, tables, one, int(replicate), beat)
        return failed
    _append(tables, one, pieces)
    return {}


def _alone(plan: Plan, tables: dict[str, Columns], one: int, replicate: int, beat: Beat) -> dict[Run, str]:
    why = ""
    for _ in range(TRIES):
        beat(one, np.zeros(0, np.int64))
        try:
            _append(tables, one, _pieces(plan, one, np.array([replicate])))
            return {}
        except MemoryError:
            raise
        except Exception as error:
            why = f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]
    return {(one, replicate): why}


def _pieces(plan: Plan, one: int, replicates: NDArray[np.int64]) -> dict[str, dict[str, NDArray[Any]]]:
    """The columns of some runs of one cell, by table."""
    scenario, prepared = _cell(plan, one)
    rows = np.repeat(prepared.parameters, replicates.size)
    levels, counts = play_chunk(prepared, rows, plan.experiment.seed, replicates)
    if not np.isfinite(levels).all():
        raise FloatingPointError("a measure is not a finite number")
    return _measured(plan, scenario, replicates, levels, counts)


def _cell(plan: Plan, one: int) -> tuple[Scenario, Prepared]:
    scenario = cell(plan.experiment, one).scenario
    return scenario, prepare(scenario)


def _measured(
    plan: Plan, scenario: Scenario, replicates: NDArray[np.int64], levels: NDArray[Any], counts: NDArray[Any]
) -> dict[str, dict[str, NDArray[Any]]]:
    found = {"runs": {"replicate": replicates, **summarise(scenario, levels, counts)}}
    if plan.records_years:
        found["years"] = year_columns(scenario, replicates, levels, counts)
    return found


def _append(tables: dict[str, Columns], one: int, pieces: dict[str, dict[str, NDArray[Any]]]) -> None:
    """Put the rows of one cell below the others."""
    for kind, columns in pieces.items():
        cells = np.full(columns["replicate"].size, one)
        for name, values in {"cell": cells, **columns}.items():
            tables[kind].setdefault(name, []).append(values)


def _no_rows(plan: Plan, kind: str) -> Columns:
    """The columns of a part of which every run failed."""
    levels, counts = np.zeros((1, 2, len(LEVELS))), np.zeros((1, 2, len(COUNTS)), np.int16)
    with np.errstate(invalid="ignore"):
        columns = _measured(plan, plan.base, np.zeros(1, np.int64), levels, counts)[kind]
    return {name: [values[:0]] for name, values in {"cell": np.zeros(1, np.int64), **columns}.items()}


def _table(plan: Plan, columns: Columns) -> pa.Table:
    """The pieces as one table, with the axes behind the cell."""
    whole: dict[str, Any] = {name: np.concatenate(pieces) for name, pieces in columns.items()}
    number = whole.pop("cell")
    return pa.table({"cell": number, **plan.axis_columns(number), **whole})
