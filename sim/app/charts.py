"""The charts of the page: tables in, drawings out, at the width of whoever looks."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.app.axes import Panel, limits, named_ends, room_for
from sim.app.drawing import Box, Dot, Drawing, Line, Mark, Word, dashes, width_of
from sim.app.texts import shown
from sim.figures.naming import measure_of
from sim.figures.style import INK, LOOKS, SOFT, Look, number
from sim.figures.summary import pledge_path

__all__ = ["Canvas", "compare_chart", "fan_chart", "history_chart", "spark"]

Floats = NDArray[np.float64]
PLEDGE = Look(SOFT, (0, (2.5, 2)), "")
PLEDGED = ("european_share", "allied_share")


@dataclass(frozen=True)
class Canvas:
    """How wide the place for a chart is, and how large its letters are, in pixels."""

    width: float = 640.0
    size: float = 13.0

    def panel(self, top: float, height: float, x: tuple[float, float], y: tuple[float, float], right: float) -> Panel:
        """A panel over the whole width, with room for ticks on the left and names on the right."""
        left = 3.1 * self.size
        return Panel(left, top, max(80.0, self.width - left - right), height, x, y, self.size)


@dataclass(frozen=True)
class Said:
    """The words of a chart: takeaway, source."""

    title: str
    source: str


def scaled(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """A table of quantiles in the measure's unit."""
    scale = measure_of(measure).scale
    return table.assign(**{name: scale * table[name] for name in ("q05", "q25", "q50", "q75", "q95")})


def pledged(measure: str, table: pd.DataFrame, points: Sequence[tuple[int, float]]) -> Floats | None:
    """The agreed path in per cent where a share of GDP is shown and anything is agreed."""
    if measure not in PLEDGED:
        return None
    path = np.array(_agreed(int(table["year"].iloc[0]), int(table["year"].iloc[-1]), tuple(points)))
    return path if np.isfinite(path).any() else None


@lru_cache(maxsize=64)
def _agreed(first: int, last: int, points: tuple[tuple[int, float], ...]) -> tuple[float, ...]:
    """The path by year in per cent, NaN where nothing is agreed; read from the data once."""
    path = 100 * pledge_path(range(first, last + 1), points)
    return tuple(float(share) if share > 0 else np.nan for share in path)


def drawn_fan(panel: Panel, rows: pd.DataFrame, look: Look, opacity: float = 1.0) -> list[Mark]:
    """Two bands and a median; rows in the shown unit."""
    rows = rows[np.isfinite(rows["q50"])]
    year = rows["year"].to_numpy(float)
    return [
        panel.band(year, rows["q05"].to_numpy(float), rows["q95"].to_numpy(float), look.colour, 0.16 * opacity),
        panel.band(year, rows["q25"].to_numpy(float), rows["q75"].to_numpy(float), look.colour, 0.3 * opacity),
        Line(panel.path(year, rows["q50"].to_numpy(float)), look.colour, 2.6, dashes(look, 2.6)),
    ]


def drawn_pledge(panel: Panel, years: Floats, path: Floats | None) -> list[Mark]:
    """The agreed path, dashed grey."""
    return [] if path is None else [Line(panel.path(years, path), PLEDGE.colour, 1.4, dashes(PLEDGE))]


def ends_of(rows: pd.DataFrame, path: Floats | None, name: str) -> list[tuple[float, str, Look]]:
    """Names right of the panel: the last median with its value, and the pledge."""
    ends = [(float(rows["q50"].iloc[-1]), name, LOOKS[0])]
    if path is not None and np.isfinite(path[-1]):
        ends.append((float(path[-1]), "pledge", PLEDGE))
    return ends


def fan_chart(
    canvas: Canvas,
    table: pd.DataFrame,
    measure: str,
    said: Said,
    *,
    pledge: Sequence[tuple[int, float]] = (),
    one: pd.Series[float] | None = None,
    y: tuple[float, float] | None = None,
) -> Drawing:
    """Many histories over time: median and bands; over it one history up to the year that it is told to.

    Args:
        table: quantiles by year. one: year -> value of the single history. y: limits shared with another chart.
    """
    rows, kind, path = scaled(table, measure), measure_of(measure), pledged(measure, table, pledge)
    years = rows["year"].to_numpy(float)
    ends = ends_of(rows, path, f"median {tick(float(rows['q50'].iloc[-1]))}")
    limit = y or fan_limits(table, measure, pledge)
    height = min(340.0, max(200.0, 0.55 * canvas.width))
    panel = canvas.panel(
        2.4 * canvas.size, height, (years[0], years[-1]), limit, room_for([e[1] for e in ends], canvas.size)
    )
    marks = [*panel.frame(kind.unit), *drawn_pledge(panel, years, path), *drawn_fan(panel, rows, LOOKS[0])]
    if one is not None and len(one):
        values = np.array(kind.scale * one, np.float64)
        marks.append(Line(panel.path(np.array(one.index, np.float64), values), INK, 1.4, (3, 2)))
    alt = f"{said.title} Line chart with bands over time, {kind.axis}. {medians(table, measure)}"
    return Drawing(canvas.width, panel.bottom + 2 * canvas.size, said.title, alt, said.source, table,
                   [*marks, *named_ends(panel, ends)])  # fmt: skip


def fan_limits(table: pd.DataFrame, measure: str, pledge: Sequence[tuple[int, float]] = ()) -> tuple[float, float]:
    """Room for the bands and the pledge, in the shown unit."""
    rows, path = scaled(table, measure), pledged(measure, table, pledge)
    values = [rows[name].to_numpy(float) for name in ("q05", "q95")]
    return limits(*values, *([] if path is None else [path]), zero=measure not in PLEDGED)


def history_chart(
    canvas: Canvas,
    years: pd.DataFrame,
    measure: str,
    year: int,
    said: Said,
    *,
    pledge: Sequence[tuple[int, float]] = (),
    y: tuple[float, float],
) -> Drawing:
    """One history up to a year, on the axes of the many."""
    kind = measure_of(measure)
    table = years.loc[years["year"] <= year, ["year", measure, "us_policy"]].reset_index(drop=True)
    path = pledged(measure, years, pledge)
    all_years = years["year"].to_numpy(float)
    values = kind.scale * table[measure].to_numpy(float)
    high = max(y[1], float(np.nanmax(values)) + 0.02 * (y[1] - y[0]))
    low = min(y[0], float(np.nanmin(values)) - 0.02 * (y[1] - y[0]))
    height = min(340.0, max(200.0, 0.55 * canvas.width))
    right = room_for(["median 0.00", "pledge"], canvas.size)
    panel = canvas.panel(2.4 * canvas.size, height, (all_years[0], all_years[-1]), (low, high), right)
    marks = [*panel.frame(kind.unit), *drawn_pledge(panel, all_years, path)]
    marks.append(Line(panel.path(table["year"].to_numpy(float), values), LOOKS[0].colour, 2.6))
    x, top = panel.at(float(year), float(values[-1]))
    marks += [Dot(x, top, 5, LOOKS[0].colour), value_word(panel, x, top, tick(float(values[-1])))]
    if path is not None and np.isfinite(path[-1]):
        marks += named_ends(panel, [(float(path[-1]), "pledge", PLEDGE)])
    told = listed_values(table["year"], table[measure], measure)
    alt = f"{said.title} Line chart of one history, {kind.axis}: {told}."
    return Drawing(canvas.width, panel.bottom + 2 * canvas.size, said.title, alt, said.source, table, marks)


def value_word(panel: Panel, x: float, y: float, text: str) -> Word:
    """A value beside its dot, left of it near the right edge."""
    late = x > panel.right - 4 * panel.size
    return Word(x - 9 if late else x + 9, y - 7, text, panel.size, "end" if late else "start", bold=True, halo=True)


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
    left, gap = 3.1 * size, 3.6 * size
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
        strip, bottom = difference_strip(canvas, apart, measure, bottom + 6.4 * size, x)
        marks += strip
        table = pd.concat([table, apart.assign(world="difference, history by history")])
    columns = f"Two line charts with bands over time, {kind.axis}, and a strip with the difference."
    alt = f"{said.title} {columns} {names[0]}: {medians(here, measure)} {names[1]}: {medians(there, measure)}"
    return Drawing(canvas.width, bottom + 2 * size, said.title, alt, said.source, table.reset_index(drop=True), marks)


def unlabelled(marks: list[Mark]) -> list[Mark]:
    """A frame without the words of its left axis, which the neighbour has."""
    return [mark for mark in marks if not (isinstance(mark, Word) and mark.anchor == "end")]


def shortened(text: str, width: float, size: float) -> str:
    """A text that fits into a width, with an ellipsis if it has to be cut."""
    most = max(6, int(width / (0.6 * size)))
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def difference_strip(
    canvas: Canvas, apart: pd.DataFrame, measure: str, top: float, x: tuple[float, float]
) -> tuple[list[Mark], float]:
    """The paired difference over time around a line at nothing; returns the marks and where they end."""
    kind, size, rows = measure_of(measure), canvas.size, scaled(apart, measure)
    y = limits(rows["q05"].to_numpy(float), rows["q95"].to_numpy(float), np.zeros(1))
    panel = canvas.panel(top, 7.5 * size, x, y, 1.5 * size)
    unit = "points" if kind.unit.startswith("%") else kind.unit
    marks: list[Mark] = [
        Word(0, top - 2.1 * size, shortened("Difference, history by history", canvas.width, size), size + 1, bold=True)
    ]
    marks += panel.frame(unit)
    zero = panel.at(x[0], 0.0)[1]
    marks += [Line([(panel.left, zero), (panel.right, zero)], INK, 1.2)]
    marks += drawn_fan(panel, rows, LOOKS[4]._replace(dash="solid"))
    return marks, panel.bottom


def spark(table: pd.DataFrame, width: float = 260.0, height: float = 56.0) -> Drawing:
    """The shape of a spread, without axes; its words stand beside it."""
    rows = scaled(table, "european_share")
    y = limits(rows["q05"].to_numpy(float), rows["q95"].to_numpy(float), room=0.12)
    panel = Panel(2, 2, width - 66, height - 4, (float(rows["year"].iloc[0]), float(rows["year"].iloc[-1])), y, 13)
    end = float(rows["q50"].iloc[-1])
    x, at = panel.at(panel.x[1], end)
    words = Word(x + 8, at + 5, f"{end:.2f}\u00a0%", 13)
    return Drawing(
        width, height, "", "", "", table, [*drawn_fan(panel, rows, LOOKS[0]), Dot(x, at, 3, LOOKS[0].colour), words]
    )


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
        marks += bar(zero, top, wide * value / span, size, signed(value), f"{name}: {signed(value)} {unit}", last)
        down = top + 1.9 * size + (0 if stacked else 1.2 * (len(lines) - 1) * size)
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


def tick(value: float) -> str:
    """A value as it stands beside a line."""
    return f"{value:.2f}".replace("-", "\u2212") if abs(value) < 100 else number(round(value))


def medians(table: pd.DataFrame, measure: str) -> str:
    """The medians at the start, at the middle and at the end, in words."""
    rows = table[np.isfinite(table["q50"])].iloc[[0, len(table) // 2 - 1, -1]]
    return f"Medians: {listed_values(rows['year'], rows['q50'], measure)}."


def listed_values(years: pd.Series[int], values: pd.Series[float], measure: str) -> str:
    """2025: 2.31 % of GDP; 2026: ..."""
    return "; ".join(f"{int(year)}: {shown(float(value), measure)}" for year, value in zip(years, values, strict=True))
