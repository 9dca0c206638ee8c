"""Two levers at once: the mean outcome of every pair of their values as colour, number or contour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from sim import __version__
from sim.figures.naming import ORDINAL, Measure, axis_name, in_bins, in_unit, measure_of, pooling, written
from sim.figures.paper import Frame, Words, finish, footer, panels
from sim.figures.style import CELLS, HALO, INK, OUTSIDE, alike, clean, ink_on, number, styled
from sim.figures.summary import (
    BAND,
    SHARE,
    binned,
    columns_of,
    having,
    is_number,
    quantiles,
    run_count,
    seed_words,
)  # fmt: skip

__all__ = ["ROWS", "TOLD", "heat_map", "short"]

ROWS = 40  # of dots, or of words beside a heat map
TOLD = 60  # cells that have their numbers written in, and values that a text names
CONTOURS = 6
RASTER = 2_500  # cells; more are pixels in an SVG, too
MESH = 150  # values of an axis of a grid; more are put into so many bins
BINS, FULL = 20, 0.5  # of an axis where less than half of all pairs of values are there: a sample


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

    Numbers of a sample, and of a grid of more than 150 values, are put into bins. Of an outcome that not every run has,
    means are those of the runs that have it, and the figure says how many do.

    Args:
        runs: one row a run: the two levers and the outcome; a flag counts as the share of runs.
        x, y: columns of numbers or of words; across and upwards.
        outcome: a number or a flag. What says something of deterrence is marked as ordinal.
        pooled: other axes of the sweep, which the means are taken over; the figure says so.
        seed: of the runs; from the column ``seed`` if there is one.
        version: of the package that made the runs.

    Raises:
        ValueError: a column is missing, or an outcome that is neither a number nor a flag or that no run has.
    """
    columns_of(runs, [x, y, outcome], "heat_map")
    if not pd.api.types.is_numeric_dtype(runs[outcome]):
        raise ValueError(f"heat_map needs an outcome that is a number or a flag; {outcome} is neither")
    if not runs[outcome].notna().any():
        raise ValueError(f"heat_map: no run has {outcome}")
    table, told = coarse(runs, x, y)
    measure = measure_of(outcome)
    table = summary(table.astype({outcome: float}), x, y, outcome)
    cells = pivot(table, x, y, measure.scale)
    about = About(x, y, measure, having(runs, outcome), [*told, *pooling(pooled)], runs[outcome].dtype == bool)
    words = _words(table, about, seed_words(seed, runs), version)
    picture, grid = panels(words, Frame(height=4.4, left=1.45, right=0.3, top=0.25))
    axes = picture.add_subplot(grid[0])
    draw_cells(axes, cells, measure)
    axes.set_xlabel(axis_name(x))
    axes.set_ylabel(axis_name(y))
    return finish(picture, table.assign(measure=outcome), _told(words, table, about))


class About(NamedTuple):
    """What the words of a heat map hang on; ``having``: how many runs have the outcome, empty if all; ``more``: what
    is left out, in sentences; ``flag``: whether it is one.
    """

    x: str
    y: str
    measure: Measure
    having: str
    more: list[str]
    flag: bool


def coarse(runs: pd.DataFrame, x: str, y: str) -> tuple[pd.DataFrame, list[str]]:
    """The runs with numbers of a sample in bins, so that cells hold runs, and only as many words as there is room for.

    A grid stays as it is: its pairs of values are nearly all there, and not too many.
    """
    pairs = len(runs[[x, y]].drop_duplicates())
    sparse = pairs < FULL * runs[x].nunique() * runs[y].nunique()
    told, table = [], runs
    for name in dict.fromkeys((x, y)):
        values = runs[name].nunique()
        if is_number(runs[name]):
            bins = min(BINS, max(3, math.isqrt(pairs // 8))) if sparse else MESH
            if values > bins:
                table = table.assign(**{name: binned(table[name], bins)})
                told.append(in_bins(name, bins))
        elif values > ROWS:
            table = table[table[name].isin(table[name].drop_duplicates().iloc[:ROWS])]
            told.append(f"Only the first {ROWS} of {values:,} values of {axis_name(name)} are drawn.")
    return table, told


def summary(runs: pd.DataFrame, x: str, y: str, outcome: str) -> pd.DataFrame:
    """One row a cell: x, y, runs, mean and quantiles of the outcome, in the table's unit."""
    table = quantiles(runs, [x, y], outcome)
    means = runs.groupby([x, y], sort=False, observed=True)[outcome].mean()
    table.insert(3, "mean", means.to_numpy())
    return table


def pivot(table: pd.DataFrame, x: str, y: str, scale: float) -> pd.DataFrame:
    """Means in the measure's unit; numbers in their order, words in that of the sweep."""
    cells = table.assign(mean=scale * table["mean"]).pivot(index=y, columns=x, values="mean")
    cells = cells.reindex(index=table[y].drop_duplicates(), columns=table[x].drop_duplicates())
    if pd.api.types.is_numeric_dtype(cells.index):
        cells = cells.sort_index(axis="index")
    return cells.sort_index(axis="columns") if pd.api.types.is_numeric_dtype(cells.columns) else cells


def draw_cells(axes: Axes, cells: pd.DataFrame, measure: Measure) -> None:
    """Colours that rise in lightness, with numbers where there is room for them and contours where there is not."""
    across, up = np.arange(cells.shape[1] + 1), np.arange(cells.shape[0] + 1)
    mesh = axes.pcolormesh(across, up, cells, cmap=CELLS, rasterized=cells.size > RASTER)
    axes.set_facecolor(OUTSIDE)  # cells without a run
    low, high = float(np.nanmin(cells)), float(np.nanmax(cells))
    if low == high:
        mesh.set_clim(low - 0.5, high + 0.5)
    bar = axes.figure.colorbar(mesh, ax=axes, pad=0.02, aspect=28)
    bar.set_label(f"{measure.unit} (ordinal)" if measure.ordinal else measure.unit)
    if measure.unit == "year":
        bar.locator, bar.formatter = MaxNLocator(6, integer=True), StrMethodFormatter("{x:.0f}")
    for ticks, labels, size in ((axes.set_xticks, cells.columns, 12), (axes.set_yticks, cells.index, ROWS // 2)):
        step = -(-len(labels) // size)
        ticks([k + 0.5 for k in range(0, len(labels), step)], [short(one) for one in labels[::step]])
    if cells.size <= TOLD and cells.shape[1] <= 12:
        _numbers(axes, cells, measure)
    elif min(cells.shape) > 1 and cells.notna().all(axis=None) and np.ptp(cells.to_numpy(float)) > 0:
        _contours(axes, cells)


def _numbers(axes: Axes, cells: pd.DataFrame, measure: Measure) -> None:
    """Every cell's mean in its middle, dark on light and light on dark."""
    values = cells.to_numpy(float)
    low, span = float(np.nanmin(values)), float(np.nanmax(values) - np.nanmin(values)) or 1.0
    years = measure.unit == "year"
    labels = [written(value, measure) for value in values.ravel()] if years else alike(values.ravel())
    for ((row, column), value), told in zip(np.ndenumerate(values), labels, strict=True):
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


def takeaway(table: pd.DataFrame, about: About) -> str:
    """Where the mean is highest and where lowest; of ordinal outcomes no levels."""
    measure, known = about.measure, table.dropna(subset=["mean"])
    name = measure.name[:1].upper() + measure.name[1:]
    where = f", in {about.having}" if about.having else ""
    means = measure.scale * known["mean"]
    if means.nunique() == 1:
        return f"{name}{where}: {in_unit(float(means.iloc[0]), measure)} throughout"
    told = []
    for place in (int(means.to_numpy().argmax()), int(means.to_numpy().argmin())):
        row = known.iloc[place]
        at = ", ".join(f"{axis_name(one)} {short(row[one])}" for one in (about.x, about.y))
        told.append(at if measure.ordinal else f"{written(float(means.iloc[place]), measure)} with {at}")
    name = name if measure.ordinal else f"{measure.axis[:1].upper()}{measure.axis[1:]}"
    joint = " with " if measure.ordinal else ", "
    return f"{name}{where}: highest{joint}{told[0]}; lowest{joint}{told[1]}"


def _words(table: pd.DataFrame, about: About, seeds: str, version: str) -> Words:
    measure = about.measure
    counted = run_count(table, "a cell")
    if about.flag:
        rests = f"Shares of {counted}, {seeds}; {_half(table, measure)}"
    else:
        wide = number(measure.scale * float((table["q95"] - table["q05"]).max()))
        rests = f"Means of {counted}, {seeds}; {BAND} of a cell's runs span {wide} ({measure.unit}) or less"
    told = [
        f"{measure.axis[:1].upper()}{measure.axis[1:]}: means by {axis_name(about.x)} and {axis_name(about.y)}.",
        f"Of the runs that have it, {about.having}; grey: no run." if about.having else "",
        f"It is {ORDINAL}." if measure.ordinal else "",
        *about.more,
    ]
    return Words(
        takeaway(table, about),
        " ".join(one for one in told if one),
        footer([rests, "Assumed: how all actors respond"], version),
        version,
    )


def _half(table: pd.DataFrame, measure: Measure) -> str:
    """How far a share may be off, at the most."""
    from statsmodels.stats.proportion import proportion_confint  # here, because it takes long to load

    hits = (table["mean"] * table["runs"]).round().to_numpy()
    low, high = proportion_confint(hits, table["runs"].to_numpy(), method="wilson")
    return f"{SHARE} are {number(measure.scale * float((high - low).max()))} wide or less"


def _told(words: Words, table: pd.DataFrame, about: About) -> str:
    rows, measure = table.iloc[:TOLD].to_dict("records"), about.measure
    told = "; ".join(
        f"{short(row[about.x])} and {short(row[about.y])}: "
        + ("no run" if np.isnan(row["mean"]) else written(measure.scale * float(row["mean"]), measure))
        for row in rows
    )
    more = "" if len(table) <= TOLD else f"; and {len(table) - TOLD:,} more in the table"
    return f"{words.title}. A heat map. {words.subtitle} Means ({measure.unit}): {told}{more}. {words.footer}"
