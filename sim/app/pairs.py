"""Two worlds side by side on shared axes, and their difference, history by history."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.app.axes import Panel, limits, room_left
from sim.app.charts import PLEDGED, Canvas, Said, drawn_fan, medians, scaled, shortened, tick
from sim.app.drawing import Drawing, Line, Mark, Word
from sim.app.measures import measure_of
from sim.figures.style import INK, LOOKS

__all__ = ["compare_chart"]

STRIP = 7.5  # height of the strip, in sizes of letters


def compare_chart(
    canvas: Canvas,
    here: pd.DataFrame,
    there: pd.DataFrame,
    apart: pd.DataFrame | None,
    measure: str,
    names: tuple[str, str],
    said: Said,
) -> Drawing:
    """Two worlds in two columns on shared axes, and below them the difference, run by run."""
    kind, size = measure_of(measure), canvas.size
    first, second = scaled(here, measure), scaled(there, measure)
    bounds = [one[name].to_numpy(float) for one in (first, second) for name in ("q05", "q95")]
    y = limits(*bounds, zero=measure not in PLEDGED)
    x = (float(min(first["year"].min(), second["year"].min())), float(max(first["year"].max(), second["year"].max())))
    beside = canvas.width >= 34 * size
    apart_y = difference_limits(apart, measure)
    left, gap = max(room_left(y, 280, size), room_left(apart_y, STRIP * size, size)), 3.6 * size
    wide = (canvas.width - left - gap - 1.5 * size) / 2 if beside else canvas.width - left - 1.5 * size
    height = min(280.0, max(170.0, 0.62 * wide))
    marks: list[Mark] = []
    bottom = 0.0
    for k, (rows, name, look) in enumerate(zip((first, second), names, LOOKS, strict=False)):
        top = 4 * size if beside or k == 0 else bottom + 6.2 * size
        panel = Panel(left + (wide + gap if beside and k else 0), top, wide, height, x, y, size)
        marks += [Word(panel.left, top - 2.2 * size, shortened(name, wide, size), size + 1, bold=True)]
        frame = panel.frame(kind.unit if k == 0 or not beside else "")
        marks += frame if k == 0 or not beside else unlabelled(frame)
        marks += drawn_fan(panel, rows, look)
        end = float(rows["q50"].iloc[-1])
        marks.append(Word(panel.right, panel.at(x[1], end)[1] - 8, tick(end), size, "end", bold=True, halo=True))
        bottom = panel.bottom
    table = pd.concat([here.assign(world=names[0]), there.assign(world=names[1])])
    if apart is not None:
        place = Panel(left, bottom + 6.4 * size, canvas.width - left - 1.5 * size, STRIP * size, x, apart_y, size)
        strip, bottom = difference_strip(place, apart, measure), place.bottom
        marks += strip
        table = pd.concat([table, apart.assign(world="difference, history by history")])
    columns = f"Two line charts with bands over time, {kind.axis}, and a strip with the difference."
    alt = f"{said.title} {columns} {names[0]}: {medians(here, measure)} {names[1]}: {medians(there, measure)}"
    return Drawing(canvas.width, bottom + 2 * size, said.title, alt, said.source, table.reset_index(drop=True), marks)


def unlabelled(marks: list[Mark]) -> list[Mark]:
    """A frame without the words of its left axis, which the neighbour has."""
    return [mark for mark in marks if not (isinstance(mark, Word) and mark.anchor == "end")]


def difference_limits(apart: pd.DataFrame | None, measure: str) -> tuple[float, float]:
    """Room for the bands of the difference and for nothing, in the shown unit."""
    if apart is None:
        return 0.0, 1.0
    rows = scaled(apart, measure)
    return limits(rows["q05"].to_numpy(float), rows["q95"].to_numpy(float), np.zeros(1))


def difference_strip(panel: Panel, apart: pd.DataFrame, measure: str) -> list[Mark]:
    """The paired difference over time around a line at nothing."""
    kind, size, rows = measure_of(measure), panel.size, scaled(apart, measure)
    x, top = panel.x, panel.top
    unit = "points" if kind.unit.startswith("%") else "of the index" if kind.ordinal else kind.unit
    title = shortened("Difference, history by history", panel.right, size)
    marks: list[Mark] = [Word(0, top - 2.1 * size, title, size + 1, bold=True)]
    marks += panel.frame(unit)
    zero = panel.at(x[0], 0.0)[1]
    marks += [Line([(panel.left, zero), (panel.right, zero)], INK, 1.2)]
    marks += drawn_fan(panel, rows, LOOKS[4]._replace(dash="solid"))
    return marks
