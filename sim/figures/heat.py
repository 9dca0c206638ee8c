"""Two levers at once: the mean outcome of every pair of their values as colour, number or contour."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim import __version__
from sim.figures.naming import ORDINAL, Measure, axis_name, measure_of
from sim.figures.paper import Frame, Words, finish, footer, panels
from sim.figures.style import CELLS, HALO, INK, alike, clean, ink_on, number, styled
from sim.figures.summary import BAND, columns_of, quantiles, run_count, seed_words

__all__ = ["ROWS", "TOLD", "heat_map", "short"]

ROWS = 40  # of dots, or of words beside a heat map
TOLD = 60  # cells that have their numbers written in, and values that a text names
CONTOURS = 6


@styled
def heat_map(
    runs: pd.DataFrame,
    x: str,
    y: str,
    outcome: str = "end_european_share",
    *,
    pooled: Sequence[str] = (),
    seed: int | None = None,
    version: str = __version__,
) -> Figure:
    """The mean outcome for every pair of values of two levers: numbers in up to 60 cells, contours in more.

    Args:
        runs: one row a run: the two levers and the outcome; a flag counts as the share of runs.
        x, y: columns of numbers or of words; across and upwards.
        outcome: a number or a flag. What says something of deterrence is marked as ordinal.
        pooled: other axes of the sweep, which the means are taken over; the figure says so.
        seed: of the runs; from the column ``seed`` if there is one.
        version: of the package that made the runs.

    Raises:
        ValueError: a column is missing, or an outcome that is neither a number nor a flag.
    """
    columns_of(runs, [x, y, outcome], "heat_map")
    if not (runs[outcome].dtype == bool or pd.api.types.is_numeric_dtype(runs[outcome])):
        raise ValueError(f"heat_map needs an outcome that is a number or a flag; {outcome} is neither")
    runs = runs.dropna(subset=[outcome]).astype({outcome: float})
    columns_of(runs, [outcome], "heat_map with values that are not missing")
    measure = measure_of(outcome)
    table = summary(runs, x, y, outcome)
    cells = pivot(table, x, y, measure.scale)
    words = _words(table, x, y, measure, pooled, seed_words(seed, runs), version)
    picture, grid = panels(words, Frame(height=4.4, left=1.45, right=0.3, top=0.25))
    axes = picture.add_subplot(grid[0])
    draw_cells(axes, cells, measure)
    axes.set_xlabel(axis_name(x))
    axes.set_ylabel(axis_name(y))
    return finish(picture, table.assign(measure=outcome), _told(words, table, x, y, measure))


def summary(runs: pd.DataFrame, x: str, y: str, outcome: str) -> pd.DataFrame:
    """One row a cell: x, y, runs, mean and quantiles of the outcome, in the table's unit."""
    table = quantiles(runs, [x, y], outcome)
    means = runs.groupby([x, y], sort=False, observed=True)[outcome].mean()
    table.insert(3, "mean", means.to_numpy())
    return table


def pivot(table: pd.DataFrame, x: str, y: str, scale: float) -> pd.DataFrame:
    """Means in the measure's unit; numbers in their order, words in that of the sweep."""
    cells = table.assign(mean=scale * table["mean"]).pivot_table(index=y, columns=x, values="mean", sort=False)
    if pd.api.types.is_numeric_dtype(cells.index):
        cells = cells.sort_index(axis="index")
    return cells.sort_index(axis="columns") if pd.api.types.is_numeric_dtype(cells.columns) else cells


def draw_cells(axes: Axes, cells: pd.DataFrame, measure: Measure) -> None:
    """Colours that rise in lightness, with numbers where there is room for them and contours where there is not."""
    across, up = np.arange(cells.shape[1] + 1), np.arange(cells.shape[0] + 1)
    mesh = axes.pcolormesh(across, up, cells, cmap=CELLS)
    bar = axes.figure.colorbar(mesh, ax=axes, pad=0.02, aspect=28)
    bar.set_label(f"{measure.unit} (ordinal)" if measure.ordinal else measure.unit)
    for ticks, labels, size in ((axes.set_xticks, cells.columns, 12), (axes.set_yticks, cells.index, ROWS // 2)):
        step = -(-len(labels) // size)
        ticks([k + 0.5 for k in range(0, len(labels), step)], [short(one) for one in labels[::step]])
    if cells.size <= TOLD and cells.shape[1] <= 12:
        _numbers(axes, cells)
    elif min(cells.shape) > 1 and cells.notna().all(axis=None) and np.ptp(cells.to_numpy(float)) > 0:
        _contours(axes, cells)


def _numbers(axes: Axes, cells: pd.DataFrame) -> None:
    """Every cell's mean in its middle, dark on light and light on dark."""
    values = cells.to_numpy(float)
    low, span = float(np.nanmin(values)), float(np.nanmax(values) - np.nanmin(values)) or 1.0
    for ((row, column), value), told in zip(np.ndenumerate(values), alike(values.ravel()), strict=True):
        if np.isfinite(value):
            colour = ink_on(colormaps[CELLS]((value - low) / span))
            axes.text(column + 0.5, row + 0.5, told, ha="center", va="center", size=9, color=colour)


def _contours(axes: Axes, cells: pd.DataFrame) -> None:
    """Lines of equal means through the middles of the cells, named on the line."""
    across, up = np.arange(cells.shape[1]) + 0.5, np.arange(cells.shape[0]) + 0.5
    lines = axes.contour(across, up, cells.to_numpy(float), CONTOURS, colors=INK, linewidths=0.9)
    for text in axes.clabel(lines, fontsize=9, fmt=lambda value: number(round(value, 6)), colors=INK):
        text.set_path_effects(list(HALO))


def short(value: object) -> str:
    """A value of an axis in a few letters."""
    return f"{value:.4g}" if isinstance(value, float) else clean(value, 16)


def takeaway(table: pd.DataFrame, x: str, y: str, measure: Measure) -> str:
    """Where the mean is highest and where lowest; of ordinal outcomes no levels."""
    name = measure.name[:1].upper() + measure.name[1:]
    means = measure.scale * table["mean"]
    if means.nunique() == 1:
        return f"{name}: {number(float(means.iloc[0]))} ({measure.unit}) throughout"
    told = []
    for place in (int(means.to_numpy().argmax()), int(means.to_numpy().argmin())):
        where = f"{axis_name(x)} {short(table[x].iloc[place])}, {axis_name(y)} {short(table[y].iloc[place])}"
        told.append(where if measure.ordinal else f"{number(float(means.iloc[place]))} with {where}")
    unit = "" if measure.ordinal else f", {measure.unit}"
    joint = " with " if measure.ordinal else ", "
    return f"{name}{unit}: highest{joint}{told[0]}; lowest{joint}{told[1]}"


def _words(
    table: pd.DataFrame, x: str, y: str, measure: Measure, pooled: Sequence[str], seeds: str, version: str
) -> Words:
    rest = f" Runs with different {' and '.join(axis_name(name) for name in pooled)} are pooled." if pooled else ""
    flagged = f" It is {ORDINAL}." if measure.ordinal else ""
    wide = measure.scale * float((table["q95"] - table["q05"]).max())
    return Words(
        takeaway(table, x, y, measure),
        f"{measure.axis[:1].upper()}{measure.axis[1:]}: means by {axis_name(x)} and {axis_name(y)}.{flagged}{rest}",
        footer(
            [
                f"Means of {run_count(table, 'a cell')}, {seeds}; {BAND} of a cell's runs span "
                f"{number(wide)} ({measure.unit}) or less",
                "Assumed: how all actors respond",
            ],
            version,
        ),
        version,
    )


def _told(words: Words, table: pd.DataFrame, x: str, y: str, measure: Measure) -> str:
    rows = table.iloc[:TOLD].to_dict("records")
    told = "; ".join(f"{short(row[x])} and {short(row[y])}: {number(measure.scale * row['mean'])}" for row in rows)
    more = "" if len(table) <= TOLD else f"; and {len(table) - TOLD:,} more in the table"
    return f"{words.title}. A heat map. {words.subtitle} Means ({measure.unit}): {told}{more}. {words.footer}"
