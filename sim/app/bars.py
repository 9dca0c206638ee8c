"""Parts that add up to a whole, as bars."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.app.charts import Canvas, Said
from sim.app.drawing import Box, Drawing, Line, Mark, Word, width_of
from sim.figures.style import INK, LOOKS, SOFT

__all__ = ["bars_chart"]


def bars_chart(
    canvas: Canvas, rows: Sequence[tuple[str, float]], unit: str, said: Said, table: pd.DataFrame
) -> Drawing:
    """Parts that add up, a bar each from nothing; the last is their sum."""
    size, stacked = canvas.size, canvas.width < 60 * canvas.size  # names above the bars
    names = 0.0 if stacked else min(0.5 * canvas.width, max(width_of(name, size) for name, _ in rows) + 10)
    values = np.array([value for _, value in rows])
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    pad, span = 5.2 * size, (high - low) or 1.0
    wide = max(40.0, canvas.width - names - 2 * pad)
    zero = names + pad - wide * low / span
    marks: list[Mark] = []
    down = 0.0
    for name, value in rows:
        last = len(marks) > 0 and (name, value) == rows[-1]
        lines = wrapped(name, canvas.width if stacked else names, size)
        down += 0.7 * size if last else 0
        for k, line in enumerate(lines):
            place = (0.0, "start") if stacked else (names, "end")
            marks.append(Word(place[0], down + (1.05 + 1.2 * k) * size, line, size, place[1], bold=last, halo=True))
        top = down + (1.2 * len(lines) + 0.2) * size if stacked else down
        if stacked:  # names run over the whole width, so that nothing is where the bars are
            marks.append(Line([(zero, top - 2), (zero, top + 1.6 * size)], SOFT, 1))
        marks += bar(zero, top, wide * value / span, size, signed(value), f"{name}: {signed(value)} {unit}", last)
        down = top + 1.9 * size + (0 if stacked else 1.2 * (len(lines) - 1) * size)
    if not stacked:
        marks.insert(0, Line([(zero, 0), (zero, down)], SOFT, 1))
    told = "; ".join(f"{name} {signed(value)}" for name, value in rows)
    alt = f"{said.title} Bar chart, {unit}: {told}."
    return Drawing(canvas.width, down + 0.5 * size, said.title, alt, said.source, table, marks)


def bar(zero: float, top: float, length: float, size: float, word: str, tip: str, last: bool) -> list[Mark]:
    """One bar to the left or the right of nothing, and its number."""
    colour = INK if last else LOOKS[0].colour if length >= 0 else LOOKS[1].colour
    place, anchor = zero + length + (6 if length >= 0 else -6), "start" if length >= 0 else "end"
    box = Box(min(zero, zero + length), top, abs(length), 1.4 * size, colour, tip=tip)
    return [box, Word(place, top + 1.05 * size, word, size, anchor, bold=last)]


def wrapped(text: str, width: float, size: float) -> list[str]:
    """A text in lines that fit."""
    return textwrap.wrap(text, max(12, int(width / (0.56 * size)))) or [""]


def signed(value: float) -> str:
    """+0.12 or −0.03, to three decimals."""
    text = f"{value:+.3f}"
    return "0.000" if float(text) == 0 else text.replace("-", "\u2212")
