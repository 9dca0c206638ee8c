"""One axis of an experiment: how many values it takes, which, and what each sets in the scenario.

An axis is asked for what stands ``at`` a place: the number of a value, a choice or a row, and of a range the value
itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.scenario.errors import CONTRADICTION, ScenarioError
from sim.scenario.messages import Problem, written
from sim.scenario.models import Experiment, Scalar, Scenario, Vary
from sim.scenario.rows import Rows
from sim.scenario.setting import current, trouble

__all__ = ["at_unit", "column", "doubts", "rows", "setting", "size", "value"]

LOOKED_AT = 200  # values of an axis that are tried when an experiment is read
DIGITS = 12  # of a value in steps: 0.1 + 0.2 is 0.3

At = int | float


def size(axis: Vary) -> int:
    """How many values an axis takes; without building them. A range has none to count."""
    if axis.table is not None:
        return rows(axis).size
    if axis.is_range:
        raise ScenarioError(f"axis {axis.name}: a range has no values to count; allowed: a design that samples")
    if axis.start is None or axis.stop is None or axis.step is None:
        return len(axis.values) or len(axis.choices)
    steps = (axis.stop - axis.start) / axis.step
    nearest = round(steps)  # 0.06 / 0.0025 may fall short of 24 by a hair
    return (nearest if abs(steps - nearest) < 1e-6 else math.floor(steps)) + 1


def rows(axis: Vary) -> Rows:
    """The table of an axis, as it was read with the experiment."""
    if axis._rows is None:
        raise ScenarioError(f"axis {axis.name}: its table was not read; allowed: load_experiment of a file")
    return axis._rows


def value(axis: Vary, at: At) -> Scalar:
    """The value at a place: the label of a choice, the number of a row."""
    if axis.is_range or axis.table is not None:
        return at
    index = int(at)
    if axis.start is None or axis.step is None:
        return axis.values[index] if axis.values else list(axis.choices)[index]
    moved = axis.start + index * axis.step
    return moved if isinstance(moved, int) else round(moved, DIGITS)


def setting(axis: Vary, at: At) -> dict[str, Scalar]:
    """What an axis sets at a place: dotted names and values."""
    if axis.table is not None:
        return {name: one[int(at)].item() if one.dtype != object else one[int(at)]
                for name, one in rows(axis).columns.items()}  # fmt: skip
    found = value(axis, at)
    return axis.choices[str(found)] if axis.key is None else {axis.key: found}


def column(axis: Vary, key: str, at: NDArray[Any]) -> NDArray[Any]:
    """The numbers that an axis sets a key to at many places, NaN where a choice leaves it alone."""
    if axis.is_range:
        return at
    if axis.table is not None:
        found: NDArray[Any] = rows(axis).columns[key][at]
        return found
    used, inverse = np.unique(at, return_inverse=True)
    numbers = [setting(axis, int(one)).get(key, math.nan) for one in used]
    found = np.array(numbers)[inverse]
    return found


def at_unit(axis: Vary, unit: NDArray[np.float64], base: Scenario) -> NDArray[Any]:
    """Where numbers from 0 to 1 fall on an axis: its values have equal parts, a range of whole numbers too."""
    if axis.low is None or axis.high is None:
        return _share(unit, size(axis))
    if axis.key is not None and isinstance(current(base, axis.key), int):
        return int(axis.low) + _share(unit, int(axis.high) - int(axis.low) + 1)
    moved: NDArray[np.float64] = np.clip(axis.low + unit * (axis.high - axis.low), axis.low, axis.high)
    return moved


def _share(unit: NDArray[np.float64], many: int) -> NDArray[np.int64]:
    """Which of so many equal parts; 1 belongs to the last."""
    return np.minimum((unit * many).astype(np.int64), many - 1)


def doubts(experiment: Experiment, base: Scenario) -> Iterator[Problem]:
    """What is wrong with the axes one by one; that values contradict each other is for the cells to find."""
    for group, axes in (("levers", experiment.levers), ("uncertainties", experiment.uncertainties)):
        for number, axis in enumerate(axes):
            if axis.table is not None:
                yield from _doubts_of_rows(axis, base, (group, number, "table"))
                continue
            if axis.is_range:
                yield from _doubts_of_range(axis, base, (group, number))
            for at in _looked_at(axis):
                yield from _doubts(axis, at, base, (group, number))


def _looked_at(axis: Vary) -> list[At]:
    if axis.low is not None and axis.high is not None:
        return [axis.low, axis.high]
    last = size(axis) - 1
    listed = range(min(last, LOOKED_AT)) if axis.step is None else (0,)
    return sorted({*listed, last})


def _doubts(axis: Vary, at: At, base: Scenario, place: tuple[str | int, ...]) -> Iterator[Problem]:
    for key, found in setting(axis, at).items():
        wrong = trouble(base, {key: found})
        if wrong is None or wrong.kind == CONTRADICTION:
            continue
        if wrong.kind == "unknown" and axis.key is not None:
            yield Problem((*place, "key"), key, wrong.problem, wrong.allowed, wrong.kind)
            continue
        problem = wrong.problem if wrong.kind == "unknown" else f"{wrong.problem} ({key})"
        yield Problem((*place, *_place(axis, at, key)), found, problem, wrong.allowed, wrong.kind)


def _place(axis: Vary, at: At, key: str) -> tuple[str | int, ...]:
    """Where in the axis a value is written."""
    if axis.is_range:
        return ("low",) if at == axis.low else ("high",)
    if axis.choices:
        return ("choices", str(value(axis, at)), key)
    if axis.values:
        return ("values", int(at))
    return ("start",) if at == 0 else ("stop",)


def _doubts_of_range(axis: Vary, base: Scenario, place: tuple[str | int, ...]) -> Iterator[Problem]:
    """Only numbers have a range."""
    now = current(base, str(axis.key))
    if isinstance(now, bool) or not (now is None or isinstance(now, int | float)):
        problem = f"is {written(now)} in {base.name}, which has no range"
        yield Problem((*place, "key"), axis.key, problem, "a key that holds a number", "range")


def _doubts_of_rows(axis: Vary, base: Scenario, place: tuple[str | int, ...]) -> Iterator[Problem]:
    """Every column at its smallest and largest value, or at its first words."""
    for key, entries in rows(axis).columns.items():
        ends = entries.dtype.kind in "if"
        tried = {int(entries.argmin()), int(entries.argmax())} if ends else np.unique(entries, return_index=True)[1]
        for at in sorted(tried)[:LOOKED_AT]:
            found = setting(axis, int(at))[key]
            wrong = trouble(base, {key: found})
            if wrong is not None and wrong.kind != CONTRADICTION:
                where = f"column {key}" if wrong.kind == "unknown" else f"row {at}, {key} = {written(found)}"
                yield Problem(place, axis.table, f"{where}: {wrong.problem}", wrong.allowed, wrong.kind)
                break
