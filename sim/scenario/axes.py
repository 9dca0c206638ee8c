"""One axis of an experiment: how many values it takes, which, and what each sets in the scenario."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.scenario.errors import CONTRADICTION
from sim.scenario.messages import Problem
from sim.scenario.models import Experiment, Scalar, Scenario, Vary
from sim.scenario.setting import trouble

__all__ = ["doubts", "setting", "size", "value"]

LOOKED_AT = 200  # values of an axis that are tried when an experiment is read
DIGITS = 12  # of a value in steps: 0.1 + 0.2 is 0.3


def size(axis: Vary) -> int:
    """How many values an axis takes; without building them."""
    if axis.start is None or axis.stop is None or axis.step is None:
        return len(axis.values) or len(axis.choices)
    steps = (axis.stop - axis.start) / axis.step
    nearest = round(steps)  # 0.06 / 0.0025 may fall short of 24 by a hair
    return (nearest if abs(steps - nearest) < 1e-6 else math.floor(steps)) + 1


def value(axis: Vary, index: int) -> Scalar:
    """The value at an index, or the label of the choice."""
    if axis.start is None or axis.step is None:
        return axis.values[index] if axis.values else list(axis.choices)[index]
    moved = axis.start + index * axis.step
    return moved if isinstance(moved, int) else round(moved, DIGITS)


def setting(axis: Vary, index: int) -> dict[str, Scalar]:
    """What an axis sets at an index: dotted names and values."""
    found = value(axis, index)
    return axis.choices[str(found)] if axis.key is None else {axis.key: found}


def doubts(experiment: Experiment, base: Scenario) -> Iterator[Problem]:
    """What is wrong with the axes one by one; that values contradict each other is for the cells to find."""
    for group, axes in (("levers", experiment.levers), ("uncertainties", experiment.uncertainties)):
        for number, axis in enumerate(axes):
            last = size(axis) - 1
            listed = range(min(last, LOOKED_AT)) if axis.step is None else (0,)
            for index in sorted({*listed, last}):
                yield from _doubts(axis, index, base, (group, number))


def _doubts(axis: Vary, index: int, base: Scenario, place: tuple[str | int, ...]) -> Iterator[Problem]:
    for key, found in setting(axis, index).items():
        wrong = trouble(base, {key: found})
        if wrong is None or wrong.kind == CONTRADICTION:
            continue
        if wrong.kind == "unknown" and axis.key is not None:
            yield Problem((*place, "key"), key, wrong.problem, wrong.allowed, wrong.kind)
            continue
        problem = wrong.problem if wrong.kind == "unknown" else f"{wrong.problem} ({key})"
        yield Problem((*place, *_place(axis, index, key)), found, problem, wrong.allowed, wrong.kind)


def _place(axis: Vary, index: int, key: str) -> tuple[str | int, ...]:
    """Where in the axis a value is written."""
    if axis.choices:
        return ("choices", str(value(axis, index)), key)
    if axis.values:
        return ("values", index)
    return ("start",) if index == 0 else ("stop",)
