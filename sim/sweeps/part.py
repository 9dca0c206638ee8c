"""One part of a sweep, from numbers to bytes: a pure function that any machine may call, any number of times.

It reads the plan and writes nothing; the same plan and number give the same bytes. Whoever calls it hands what comes
back to the one place that commits, ``Store.commit``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compiled import COMPILED
from sim.engines.batch import CHUNK
from sim.store import Played
from sim.store.files import encoded
from sim.store.layout import names
from sim.sweeps.pieces import Piece, pieces, unplayed
from sim.sweeps.plan import Plan

__all__ = ["Beat", "Run", "play_part"]

Run = tuple[int, int]  # cell and replicate
Beat = Callable[[NDArray[np.int64], NDArray[np.int64]], None]
Columns = dict[str, list[NDArray[Any]]]
TRIES = 3  # that a run gets before it counts as failed


def play_part(
    plan: Plan, number: int, beat: Beat, lost: Mapping[Run, str] | None = None, suspects: Collection[int] = ()
) -> Played:
    """Play a part.

    A run that raises is played alone, twice more, and then left out and listed as failed; all others keep their rows.

    Args:
        plan: of the experiment. number: of the part.
        beat: called before each piece with the cells and replicates of its runs; what it raises ends the part.
        lost: runs that are known to fail, and why; they are not played.
        suspects: cells whose runs are played one by one, so that the beat names each.
    """
    given, failed = dict(lost or {}), dict[Run, str]()
    tables: dict[str, Columns] = {kind: {} for kind in plan.kinds}
    for piece in pieces(plan, plan.part(number), CHUNK if COMPILED else 8):  # plain Python is slow
        failed |= {run: given[run] for run in piece.runs() if run in given}
        for some in _cut(piece, given, set(suspects)):
            beat(some.cells, some.replicates)
            failed |= _piece(tables, some, beat)
    files = {}
    for name, kind in zip(names(plan.header, number), plan.kinds, strict=True):
        found = {column: np.concatenate(values) for column, values in (tables[kind] or _no_rows(plan, kind)).items()}
        files[name] = encoded([plan.table(found)])
    return Played(files, [(*run, why) for run, why in sorted(failed.items())])


def _cut(piece: Piece, lost: Mapping[Run, str], suspects: set[int]) -> Iterator[Piece]:
    """What of a piece is to be played: suspects run by run, behind all others."""
    if not lost and not suspects:
        yield piece
        return
    runs = piece.runs()
    sound = np.array([run not in lost and run[0] not in suspects for run in runs])
    if sound.any():
        yield piece.only(sound)
    for k, run in enumerate(runs):
        if run[0] in suspects and run not in lost:
            yield piece.only(np.array([k]))


def _piece(tables: dict[str, Columns], piece: Piece, beat: Beat) -> dict[Run, str]:
    """Play a piece and add its rows; if it raises, its runs one by one. Returns those that failed."""
    try:
        _append(tables, piece)
    except MemoryError:  # no fault of the runs: the sweep stops, and can go on with fewer threads
        raise
    except Exception:
        failed: dict[Run, str] = {}
        for k in range(piece.replicates.size):
            failed |= _alone(tables, piece.only(np.array([k])), beat)
        return failed
    return {}


def _alone(tables: dict[str, Columns], piece: Piece, beat: Beat) -> dict[Run, str]:
    why = ""
    for _ in range(TRIES):
        beat(piece.cells[:0], piece.replicates[:0])
        try:
            _append(tables, piece)
            return {}
        except MemoryError:
            raise
        except Exception as error:
            why = f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]
    return {piece.runs()[0]: why}


def _append(tables: dict[str, Columns], piece: Piece) -> None:
    """Put the rows of a piece below the others, all of them or none."""
    for table, columns in zip(tables.values(), piece.played(), strict=True):
        for name, values in columns.items():
            table.setdefault(name, []).append(values)


def _no_rows(plan: Plan, kind: str) -> Columns:
    """The columns of a part of which every run failed."""
    with np.errstate(invalid="ignore"):
        columns = dict(zip(plan.kinds, unplayed(plan), strict=True))[kind]
    return {name: [values[:0]] for name, values in columns.items()}
