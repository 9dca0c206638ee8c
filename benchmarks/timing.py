"""How long things take on a machine that has other things to do: contenders in turn, many rounds, medians."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

__all__ = ["Row", "interleaved", "missing", "per_second", "ratios", "seconds"]


@dataclass
class Row:
    """One measured quantity: its values, one a round, and what was aimed at.

    Attributes:
        what: in words. unit: of the values.
        values: one a round; none where it could not be measured, and then ``note`` says why.
        at_least, at_most: the target, if there is one.
        note: how it was measured.
    """

    what: str
    unit: str
    values: list[float]
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""
    median: float | None = field(init=False)
    met: bool | None = field(init=False)

    def __post_init__(self) -> None:
        self.median = median(self.values) if self.values else None
        self.met = self._met()

    def _met(self) -> bool | None:
        if self.median is None or (self.at_least is None and self.at_most is None):
            return None
        enough = self.at_least is None or self.median >= self.at_least
        return enough and (self.at_most is None or self.median <= self.at_most)


def missing(what: str, unit: str, why: str, **target: float) -> Row:
    """A row that says why there is no value."""
    return Row(what, unit, [], note=why, **target)


def seconds(action: Callable[[], Any]) -> float:
    """How long one call takes."""
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def interleaved(contenders: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Seconds of every contender in every round, after one call each that does not count.

    All take their turn in every round, every other round backwards, so that a busy minute hits all of them.
    """
    for action in contenders.values():
        action()
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(rounds):
        for name in list(contenders)[:: 1 if turn % 2 == 0 else -1]:
            times[name].append(seconds(contenders[name]))
    return times


def per_second(times: list[float], amount: float) -> list[float]:
    """Rates, for so much work a call."""
    return [amount / t for t in times]


def ratios(above: list[float], below: list[float]) -> list[float]:
    """Round by round."""
    return [a / b for a, b in zip(above, below, strict=True)]
