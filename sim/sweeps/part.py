"""One part of a sweep, from numbers to bytes: a pure function that any machine may call, any number of times.

It reads the plan and writes nothing; the same plan and number give the same bytes. Whoever calls it hands what comes
back to the one place that commits, ``Store.commit``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.compiled import COMPILED
from sim.data import tables as figures
from sim.engines.batch import CHUNK
from sim.engines.loop import check, ready
from sim.faults import of_machine
from sim.store import Played
from sim.store.files import encoded
from sim.store.layout import names
from sim.sweeps.pieces import Piece, pieces, unplayed
from sim.sweeps.plan import Plan

__all__ = ["Beat", "Columns", "Run", "append", "joined", "play_part", "warm"]

Run = tuple[int, int]  # cell and replicate
Beat = Callable[[Sequence[Run]], None]
Columns = dict[str, list[NDArray[Any]]]
TRIES = 3  # that a run gets before it counts as failed


def play_part(
    plan: Plan, number: int, beat: Beat, lost: Mapping[Run, str] | None = None, suspects: Collection[Run] = ()
) -> Played:
    """Play a part.

    A run that raises is played alone, twice more, and then left out and listed as failed; all others keep their rows.
    For a fault of the machine no run is blamed: it ends the part.

    Args:
        plan: of the experiment. number: of the part.
        beat: called with the runs that are played next; what it raises ends the part.
        lost: runs that are known to fail, and why; they are not played.
        suspects: runs that are played one by one, so that the beat names each.
    """
    known: Mapping[Run, str] = lost or {}
    tables: dict[str, Columns] = {kind: {} for kind in plan.kinds}
    failed: dict[Run, str] = {}
    for piece in pieces(plan, plan.part(number), _together_at_most(plan)):
        if not known and not suspects:
            failed |= _together(piece, tables, beat)
            continue
        runs = piece.runs()
        failed |= {run: known[run] for run in runs if run in known}
        left = [at for at, run in enumerate(runs) if run not in known]
        if any(run in suspects for run in runs):
            for at in left:
                failed |= _alone(piece.only(np.array([at])), tables, beat)
        elif left:
            failed |= _together(piece if len(left) == len(runs) else piece.only(np.array(left)), tables, beat)
    files = {}
    for name, kind in zip(names(plan.header, number), plan.kinds, strict=True):
        files[name] = encoded([joined(plan, tables[kind] or _no_rows(plan, kind))])
    return Played(files, [(*run, why) for run, why in sorted(failed.items())])


def warm(plan: Plan) -> None:
    """Import, read and compile all that playing takes, so that silence afterwards means something.

    What the disk says later is other code and other figures, and is not looked at any more.
    """
    for name in figures.TABLES:
        figures.columns(name)
    if plan.engine == "mesa":
        from sim.engines.agents import run

        check(plan.base, run(plan.base, 1).history)
    else:
        ready(plan.base, plan.runs)
    for kind in plan.kinds:
        encoded([joined(plan, _no_rows(plan, kind))])


def _together_at_most(plan: Plan) -> int:
    """Runs between two beats: what is slow should be heard, and a user's own agents named one by one."""
    return 1 if plan.engine == "mesa" else CHUNK if COMPILED else 8


def _together(piece: Piece, tables: dict[str, Columns], beat: Beat) -> dict[Run, str]:
    """Play runs and add their rows; if they raise, one by one. Returns those that failed."""
    beat(piece.runs())
    try:
        append(piece, tables)
    except Exception as error:
        if of_machine(error, foreign=piece.plan.engine == "mesa"):
            raise
        failed: dict[Run, str] = {}
        for at in range(piece.replicates.size):
            failed |= _alone(piece.only(np.array([at])), tables, beat)
        return failed
    return {}


def _alone(piece: Piece, tables: dict[str, Columns], beat: Beat) -> dict[Run, str]:
    why = ""
    for _ in range(TRIES):
        beat(piece.runs())
        try:
            append(piece, tables)
            return {}
        except Exception as error:
            if of_machine(error, foreign=piece.plan.engine == "mesa"):
                raise
            why = f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]
    return dict.fromkeys(piece.runs(), why)


def append(piece: Piece, tables: dict[str, Columns]) -> None:
    """Put the rows of a piece below the others, all of them or none."""
    for table, columns in zip(tables.values(), piece.played(), strict=True):
        for name, values in columns.items():
            table.setdefault(name, []).append(values)


def joined(plan: Plan, columns: Columns) -> pa.Table:
    """What pieces gave, one below the other, as it is stored."""
    return plan.table({name: np.concatenate(values) for name, values in columns.items()})


def _no_rows(plan: Plan, kind: str) -> Columns:
    """The columns of a part of which every run failed."""
    with np.errstate(invalid="ignore"):
        columns = dict(zip(plan.kinds, unplayed(plan), strict=True))[kind]
    return {name: [values[:0]] for name, values in columns.items()}
