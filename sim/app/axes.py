"""A panel of a chart: from values to pixels, with ticks, grid and names at the ends of lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from sim.app.drawing import Area, Line, Mark, Point, Word, width_of
from sim.figures.style import HAIR, SOFT, Look, spread, year_ticks

__all__ = ["Panel", "limits", "named_ends", "room_for", "room_left"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """Where a panel lies in pixels and which values it spans; ``size`` of its letters."""

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]
    size: float = 13.0

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height

    def at(self, x: float, y: float) -> Point:
        """The pixel of a value."""
        return (
            self.left + self.width * (x - self.x[0]) / ((self.x[1] - self.x[0]) or 1.0),
            self.bottom - self.height * (y - self.y[0]) / ((self.y[1] - self.y[0]) or 1.0),
        )

    def path(self, x: Sequence[float] | Floats, y: Sequence[float] | Floats) -> list[Point]:
        """The pixels of a line, without places that have no value."""
        return [self.at(float(a), float(b)) for a, b in zip(x, y, strict=True) if np.isfinite(b)]

    def band(self, x: Floats, low: Floats, high: Floats, colour: str, opacity: float) -> Area:
        """What lies between two lines."""
        return Area([*self.path(x, high), *reversed(self.path(x, low))], colour, opacity)

    def frame(self, unit: str = "", years: bool = True) -> list[Mark]:
        """Grid, ticks and their words; the unit above the axis."""
        marks: list[Mark] = []
        for value, word in ticks(self.y, self.height, self.size):
            height = self.at(self.x[0], value)[1]
            marks.append(Line([(self.left, height), (self.right, height)], HAIR, 1))
            marks.append(Word(self.left - 7, height + 0.35 * self.size, word, self.size, "end"))
        marks.append(Line([(self.left, self.bottom), (self.right, self.bottom)], SOFT, 1))
        if unit:
            marks.append(Word(0, self.top - 0.75 * self.size, unit, self.size, colour=SOFT))
        return [*marks, *self.years()] if years else marks

    def years(self) -> list[Mark]:
        """Ticks with years below the axis."""
        marks: list[Mark] = []
        ticks = year_ticks(int(self.x[0]), int(self.x[1]))
        while len(ticks) > 2 and (ticks[1] - ticks[0]) / (self.x[1] - self.x[0]) * self.width < 3.4 * self.size:
            ticks = ticks[::2]
        for year in ticks:
            x = self.at(year, self.y[0])[0]
            marks.append(Line([(x, self.bottom), (x, self.bottom + 4)], SOFT, 1))
            marks.append(Word(x, self.bottom + 5 + self.size, str(year), self.size, "middle"))
        return marks


def ticks(y: tuple[float, float], height: float, size: float) -> list[tuple[float, str]]:
    """Values and their words on an axis of that height in pixels."""
    most = max(2, int(height / (3.2 * size)))
    values = [float(one) for one in MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(*y)]
    digits = max((len(f"{one:.4f}".rstrip("0").partition(".")[2]) for one in values), default=0)
    return [(one, f"{one:,.{digits}f}".replace("-", "\u2212")) for one in values if y[0] <= one <= y[1]]


def room_left(y: tuple[float, float], height: float, size: float) -> float:
    """Pixels that the words of an axis take, on the safe side: digits are wide."""
    return max(3.1 * size, 9 + max((0.66 * size * len(word) for _, word in ticks(y, height, size)), default=0.0))


def limits(*values: Floats, zero: bool = False, room: float = 0.06) -> tuple[float, float]:
    """From the lowest to the highest value with some room; from 0 on if wished."""
    finite = np.concatenate([one[np.isfinite(one)].ravel() for one in values]) if values else np.empty(0)
    if not finite.size:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    space = room * (high - low) or 0.05 * abs(high) or 0.05
    return (0.0 if zero and low >= 0 else low - space), high + space


def named_ends(panel: Panel, ends: Sequence[tuple[float, str, Look]]) -> list[Mark]:
    """Names of lines right of the panel, moved apart where they collide."""
    size = panel.size
    places = spread([panel.at(0, y)[1] for y, _, _ in ends], 1.25 * size, panel.top, panel.bottom + size / 2)
    marks: list[Mark] = []
    for (y, text, look), place in zip(ends, places, strict=True):
        at = panel.at(panel.x[1], y)[1]
        marks.append(Line([(panel.right + 1, at), (panel.right + 7, place)], look.colour, 1.2))
        marks.append(Word(panel.right + 10, place + 0.35 * size, text, size))
    return marks


def room_for(texts: Sequence[str], size: float) -> float:
    """Pixels that names right of a panel take."""
    return 14 + max((width_of(text, size) for text in texts), default=0.0)
