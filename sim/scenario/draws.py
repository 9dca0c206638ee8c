"""The shipped posterior: draws of the estimated parameters that a scenario may take its numbers from."""

from __future__ import annotations

from functools import cache

import numpy as np

from sim.scenario.errors import ScenarioError
from sim.scenario.parameters import DATES, Parameters, limits
from sim.scenario.presets import table_names
from sim.scenario.rows import Rows, read_rows

__all__ = ["posterior"]

NAME = "posterior"


@cache
def posterior() -> Rows:
    """Its columns, one a parameter, one row a draw, all equally likely; ScenarioError if the table is not whole."""
    path = table_names().get(NAME)
    try:
        if path is None:
            raise ValueError("not shipped with this installation")
        found = read_rows(path)
        for name, column in found.columns.items():
            _check(name, column)
    except ValueError as error:
        raise ScenarioError(f"the table {NAME}: {error}; allowed: the one that burdenshare ships") from None
    return found


def _check(name: str, column: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    """ValueError, in words, unless a column may be a parameter's."""
    if name not in Parameters.model_fields or name in DATES:
        raise ValueError(f"column {name}: no parameter that may be drawn")
    if column.dtype.kind not in "if":
        raise ValueError(f"column {name}: no numbers")
    low, high = limits(name)
    wrong = (column < low) | (column > high)
    if Parameters.model_fields[name].annotation is int:
        wrong |= column != np.floor(column)
    if wrong.any():
        at = int(wrong.argmax())
        raise ValueError(f"column {name}, row {at}: {column[at]:g} is out of range")
