"""A few runs in plain Python, by the same loop as the compiled ones and to the same bits.

The loop reads and writes one number at a time, which takes NumPy's records ten times as long as Python's own objects
and lists. So the records are copied into such objects first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compiled import interpreted
from sim.engines.kernels import play_runs

__all__ = ["play_plainly"]


class Row(list[Any]):
    """Numbers, used as an array of one dimension is."""

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self)

    def copy(self) -> Row:
        """Another with the same numbers."""
        return Row(self)


class Grid(Row):
    """Rows, used as an array of two dimensions is."""

    def __getitem__(self, at: Any) -> Any:
        if not isinstance(at, tuple):
            return list.__getitem__(self, at)
        row, column = at
        return [one[column] for one in self] if isinstance(row, slice) else list.__getitem__(self, row)[column]

    def __setitem__(self, at: Any, value: Any) -> None:
        list.__getitem__(self, at[0])[at[1]] = value

    def copy(self) -> Grid:
        """Another with the same numbers."""
        return Grid(row.copy() for row in self)


class Record:
    """A number, Row or Grid for each field of a NumPy record."""

    def __init__(self, fields: Iterable[tuple[str, Any]]) -> None:
        vars(self).update(fields)

    def copy(self) -> Record:
        """Another with the same numbers."""
        return Record((name, field.copy() if isinstance(field, Row) else field) for name, field in vars(self).items())


class Table(Row):
    """Records, used as an array of them is: what is put into a place is copied."""

    def __setitem__(self, at: Any, record: Any) -> None:
        list.__setitem__(self, at, record.copy())


def play_plainly(
    parameters: NDArray[Any], setup: NDArray[Any], years: NDArray[Any], policies: NDArray[Any], seed: int,
    replicates: NDArray[np.int64], new: NDArray[np.bool_], world: NDArray[Any], path: NDArray[Any],
    asked: NDArray[np.bool_], levels: NDArray[np.float64], counts: NDArray[np.int16], members: NDArray[np.float64],
) -> None:  # fmt: skip
    """As ``kernels.play_runs``, but that ``world`` and ``path`` are left as they are."""
    play: Any = interpreted(play_runs)
    play(
        _table(parameters), _table(setup), _table(years), _table(policies), seed, Row(replicates.tolist()),
        new.tolist(), _table(world), _table(path), asked.tolist(), levels, counts, members,
    )  # fmt: skip


def _table(records: NDArray[Any]) -> Table:
    names = records.dtype.names or ()
    return Table(Record((name, _field(one[name])) for name in names) for one in records)


def _field(value: Any) -> Any:
    numbers = value.tolist()
    if not isinstance(numbers, list):
        return numbers
    return Grid(map(Row, numbers)) if value.ndim == 2 else Row(numbers)
