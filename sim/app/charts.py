"""The charts of the page: tables in, drawings out, at the width of whoever looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.app.axes import Panel, limits, named_ends, room_for, room_left
from sim.app.drawing import Dot, Drawing, Line, Mark, Word, dashes
from sim.app.measures import measure_of
from sim.app.texts import shown
from sim.figures.style import INK, LOOKS, SOFT, Look, number
from sim.figures.summary import pledge_path

__all__ = [
    "PLEDGED", "Canvas", "Said", "drawn_fan", "fan_chart", "fan_limits", "history_chart", "medians", "scaled",
    "shortened", "spark", "tick",
]  # fmt: skip

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
        left = room_left(y, height, self.size)
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
    there = values[np.isfinite(values)]
    high = max(y[1], there.max(initial=y[0]) + 0.02 * (y[1] - y[0]))
    low = min(y[0], there.min(initial=y[1]) - 0.02 * (y[1] - y[0]))
    height = min(340.0, max(200.0, 0.55 * canvas.width))
    right = room_for(["median 0.00", "pledge"], canvas.size)
    panel = canvas.panel(2.4 * canvas.size, height, (all_years[0], all_years[-1]), (low, high), right)
    marks = [*panel.frame(kind.unit), *drawn_pledge(panel, all_years, path)]
    marks.append(Line(panel.path(table["year"].to_numpy(float), values), LOOKS[0].colour, 2.6))
    if np.isfinite(values[-1]):  # the start year may have none
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


def shortened(text: str, width: float, size: float) -> str:
    """A text that fits into a width, with an ellipsis if it has to be cut."""
    most = max(6, int(width / (0.6 * size)))
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


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


def tick(value: float) -> str:
    """A value as it stands beside a line."""
    whole = abs(value) >= 100 or value == round(value)
    return number(round(value)) if whole else f"{value:.2f}".replace("-", "\u2212")


def medians(table: pd.DataFrame, measure: str) -> str:
    """The medians at the start, at the middle and at the end, in words."""
    rows = table[np.isfinite(table["q50"])].iloc[[0, len(table) // 2 - 1, -1]]
    return f"Medians: {listed_values(rows['year'], rows['q50'], measure)}."


def listed_values(years: pd.Series[int], values: pd.Series[float], measure: str) -> str:
    """2025: 2.31 % of GDP; 2026: ..."""
    return "; ".join(f"{int(year)}: {shown(float(value), measure)}" for year, value in zip(years, values, strict=True))
