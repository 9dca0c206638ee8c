"""One run of a story: a dot with its interval a case, or a line where the cases lie on an axis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim import __version__
from sim.figures.paper import Frame, Picture, Words, finish, footer, lines_of, panels, plain
from sim.figures.style import HALO, INK, LOOKS, SOFT, clean, styled
from sim.figures.summary import columns_of

__all__ = ["lesson_figure"]

COLUMNS = ("case", "x", "median", "low", "high", "shown", "number")
LABEL = 2.3  # inches for the names of the cases


@styled
def lesson_figure(
    table: pd.DataFrame,
    *,
    title: str,
    measure: str,
    unit: str,
    basis: str,
    axis: str = "",
    cuts: Sequence[float] = (),
    toy: bool = False,
    version: str = __version__,
) -> Figure:
    """The cases of one run.

    Args:
        table: one row a case: case, x (all missing: dots below each other), median, low, high, and the median in words:
            number, and shown with its unit.
        title: what came out, one sentence. measure, unit: what is shown. basis: runs, seed, interval.
        axis: what x is. cuts: where one level ends and the next begins. toy: no figures of the world are in it.
        version: of the package that played it.
    """
    columns_of(table, COLUMNS, "lesson_figure")
    below = f"{basis} burdenshare {clean(version, 40)}." if toy else footer([basis], version)
    words = Words(title, f"{measure[:1].upper()}{measure[1:]}{f', {unit}' if unit else ''}.", below, version)
    picture = _line(words, table, axis, unit) if table["x"].notna().all() else _dots(words, table, unit, cuts)
    told = "; ".join(f"{row.case}: {row.shown}" for row in table.itertuples())
    return finish(picture, table, f"{title} {words.subtitle} {told}. {words.footer}")


def _dots(words: Words, table: pd.DataFrame, unit: str, cuts: Sequence[float]) -> Picture:
    """A row a case, its value beside the dot."""
    frame = Frame(height=0.42 * len(table) + 0.25, left=LABEL + 0.2, right=0.7, top=0.15, bottom=0.5)
    picture, grid = panels(words, frame)
    axes = picture.add_subplot(grid[0])
    plain(axes, "x")
    y, look = np.arange(len(table)), LOOKS[0]
    axes.hlines(y, table["low"], table["high"], color=look.colour, lw=4, alpha=0.3)
    axes.plot(table["median"], y, look.marker, color=look.colour, ms=7)
    _room(axes, table, cuts)
    for place, row in zip(y, table.itertuples(), strict=True):
        right = max(float(str(row.high)), float(str(row.median)))
        axes.annotate(str(row.number), (right, place), xytext=(7, 0), textcoords="offset points", va="center", size=9.5)
    axes.set_yticks(y, ["\n".join(lines_of(picture, str(case), 9.5, LABEL)[:2]) for case in table["case"]])
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(unit)
    return picture


def _line(words: Words, table: pd.DataFrame, axis: str, unit: str) -> Picture:
    """A line with its band, every point named."""
    picture, grid = panels(words, Frame(height=3.0, left=0.8, right=0.4, top=0.2, bottom=0.55))
    axes = picture.add_subplot(grid[0])
    plain(axes)
    rows, look = table.sort_values("x"), LOOKS[0]
    axes.fill_between(rows["x"], rows["low"], rows["high"], color=look.colour, alpha=0.18, lw=0)
    axes.plot(rows["x"], rows["median"], color=look.colour, lw=2, marker=look.marker, ms=6)
    for row in rows.itertuples():
        axes.annotate(
            str(row.number), (float(str(row.x)), float(str(row.median))), xytext=(0, 8), textcoords="offset points",
            ha="center", size=9.5, color=INK, path_effects=HALO,
        )  # fmt: skip
    low, high = float(rows[["low", "median"]].min().min()), float(rows[["high", "median"]].max().max())
    room = 0.12 * (high - low) or 1.0
    axes.set_ylim(low - room, high + 1.5 * room)
    axes.set_xticks(rows["x"])
    axes.set_xlabel(axis)
    axes.set_ylabel(unit)
    return picture


def _room(axes: Axes, table: pd.DataFrame, cuts: Sequence[float]) -> None:
    """The levels' ends and the zero where there are any, and a scale that does not magnify nothing."""
    low, high = float(table[["low", "median"]].min().min()), float(table[["high", "median"]].max().max())
    for cut in cuts:
        axes.axvline(cut, color=SOFT, lw=1.0, ls=(0, (4, 2)))
    if cuts:
        low, high = min(low, 0.0, *cuts), max(high, *cuts)
    if low < 0.0 < high:
        axes.axvline(0.0, color=SOFT, lw=0.8)
    room = 0.08 * (high - low) or 0.05 * abs(high) or 1.0
    axes.set_xlim(low - (0.0 if cuts and low == 0.0 else room), high + room)
