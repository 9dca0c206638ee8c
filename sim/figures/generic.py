"""Any sweep: one measure against its axes, as lines, as dots or as a heat map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from sim import __version__
from sim.figures.heat import ROWS, TOLD, heat_map, short
from sim.figures.naming import ORDINAL, Measure, axis_name, in_bins, in_unit, measure_of, pooling, written
from sim.figures.paper import Frame, Picture, Words, finish, footer, label_ends, lines_of, panels, plain
from sim.figures.style import LOOKS, SOFT, Look, clean, styled
from sim.figures.summary import (
    BAND,
    SHARE,
    binned,
    columns_of,
    groups_of,
    having,
    is_number,
    quantiles,
    run_count,
    seed_words,
    shares,
    thin,
)  # fmt: skip

__all__ = ["grid_figure", "measured", "named"]

MOST = len(LOOKS)  # lines that are highlighted
VALUES, BINS = 200, 20  # of an axis: more values than this are put into so many bins


@styled
def grid_figure(
    runs: pd.DataFrame,
    axes: Sequence[str],
    outcome: str = "end_european_share",
    *,
    pooled: Sequence[str] = (),
    seed: int | None = None,
    version: str = __version__,
) -> Figure:
    """One measure against the axes of a sweep.

    With a numeric axis: a line with its band for each combination of the others, up to six; above that a `heat_map` of
    the numeric axis and the first other one. Without: a dot with its band for each combination. Axes that are not
    shown are pooled, and the figure says so; a numeric axis of more than 200 values is drawn in 20 bins. Of an outcome
    that not every run has, medians are those of the runs that have it, and the figure says how many do.

    Args:
        runs: one row a run: the axes' columns and the outcome.
        axes: columns that vary, levers first.
        outcome: column to show: a number, or a flag, which counts as the share of runs.
        pooled: further axes, that are not to be shown.
        seed: of the runs; from the column ``seed`` if there is one.
        version: of the package that made the runs.

    Raises:
        ValueError: a column is missing, no axis, an outcome that is neither a number nor a flag or that no run has.
    """
    columns_of(runs, [*axes, outcome], "grid_figure")
    if not axes or not pd.api.types.is_numeric_dtype(runs[outcome]):
        raise ValueError("grid_figure needs at least one axis, and an outcome that is a number or a flag")
    if not runs[outcome].notna().any():
        raise ValueError(f"grid_figure: no run has {outcome}")
    x, by = chosen(runs, axes)
    left = [*(name for name in axes if name not in (x, *by)), *pooled]
    groups = groups_of(runs, by)
    if x and len(groups) > MOST:
        return heat_map(runs, x, by[0], outcome, pooled=left, seed=seed, version=version)
    coarse = bool(x) and runs[x].nunique() > VALUES
    table = runs.assign(**{x: binned(runs[x], BINS)}) if x and coarse else runs
    shown = [*([x] if x else []), *by]
    summary, values = measured(table.sort_values(x, kind="stable") if x else table, shown, outcome)
    measure = measure_of(outcome)
    more = [*([in_bins(str(x), BINS)] if coarse else []), *pooling(left)]
    if len(groups) > ROWS:
        more.append(f"Only the first {ROWS} of {len(groups):,} are drawn.")
    about = About(shown, measure, having(runs, outcome), more, runs[outcome].dtype == bool)
    words = _words(summary, values, about, seed_words(seed, runs), version)
    picture = _lines(words, values, x, by, groups, measure) if x else _dots(words, values, by, groups, measure)
    return finish(picture, summary.assign(measure=outcome), _told(words, values, about))


class About(NamedTuple):
    """What the words of a figure hang on; ``having``: how many runs have the outcome, empty if all; ``more``: what is
    left out, in sentences; ``flag``: whether it is one.
    """

    shown: list[str]
    measure: Measure
    having: str
    more: list[str]
    flag: bool


def measured(runs: pd.DataFrame, by: Sequence[str], outcome: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A row a group: in the table's unit as it is saved, and in the measure's as low, middle and high."""
    scale = measure_of(outcome).scale
    if runs[outcome].dtype == bool:
        summary, names = shares(runs, by, outcome), ("low", "share", "high")
    else:
        summary, names = quantiles(runs, by, outcome), ("q05", "q50", "q95")
    drawn = dict(zip(("low", "middle", "high"), (scale * summary[name] for name in names), strict=True))
    return summary, summary.assign(**drawn)


def chosen(runs: pd.DataFrame, axes: Sequence[str]) -> tuple[str | None, list[str]]:
    """The numeric axis that lies across, and those that make lines, rows or dots."""
    x = next((name for name in axes if is_number(runs[name])), None)
    others = [name for name in axes if name != x]
    most = MOST if x else ROWS
    return x, others if len(groups_of(runs, others)) <= most else others[:1]


def _lines(
    words: Words, values: pd.DataFrame, x: str, by: list[str], groups: list[tuple[object, ...]], measure: Measure
) -> Picture:
    """A line with its band a group, named at its end."""
    picture, grid = panels(words, Frame(height=3.9, left=0.85, right=1.75 if by else 0.4, top=0.25))
    axes = picture.add_subplot(grid[0])
    plain(axes)
    ends: list[tuple[float, str, Look]] = []
    for look, group in zip(LOOKS, groups, strict=False):
        rows = thin(values, by, group)
        axes.fill_between(rows[x], rows["low"], rows["high"], color=look.colour, alpha=0.15, lw=0)
        axes.plot(rows[x], rows["middle"], color=look.colour, ls=look.dash, lw=2.0, marker=look.marker, ms=4.5)
        name = "\n".join(lines_of(picture, named(by, group), 9.0, 1.5)[:3])
        last = rows["middle"].dropna()
        if len(last):
            ends.append((float(last.iloc[-1]), name, look))
    axes.set_xlabel(axis_name(x))
    axes.set_ylabel(measure.unit)  # the line above the panel names the measure
    ticks(axes.yaxis, measure)
    if pd.api.types.is_integer_dtype(values[x]):
        axes.locator_params(axis="x", integer=True)  # no year 2027.5
    if by:
        label_ends(axes, float(values[x].max()), ends)
    return picture


def _dots(
    words: Words, values: pd.DataFrame, by: list[str], groups: list[tuple[object, ...]], measure: Measure
) -> Picture:
    """A dot with its band a group, in the order of the sweep; where no run has the outcome, the word none."""
    shown = groups[:ROWS]
    picture, grid = panels(words, Frame(height=max(1.2, 0.34 * len(shown) + 0.2), left=2.1, right=0.4, top=0.2))
    axes = picture.add_subplot(grid[0])
    plain(axes, "x")
    y = np.arange(len(shown))
    rows = pd.concat([thin(values, by, group) for group in shown])
    look = LOOKS[0]
    axes.hlines(y, rows["low"], rows["high"], color=look.colour, lw=3, alpha=0.3)
    axes.plot(rows["middle"], y, look.marker, color=look.colour, ms=6.5)
    for place in y[rows["middle"].isna().to_numpy()]:
        axes.annotate("no run", (0, place), xycoords=("axes fraction", "data"), xytext=(4, 0), size=9, color=SOFT,
                      textcoords="offset points", va="center")  # fmt: skip
    names = ["\n".join(lines_of(picture, named(by, group), 9.0, 1.9)[:2]) for group in shown]
    axes.set_yticks(y, names, size=9)
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(measure.unit)
    ticks(axes.xaxis, measure)
    return picture


def ticks(axis: Axis, measure: Measure) -> None:
    """13,000 instead of 13000; years stay years, and whole."""
    if measure.unit != "year":
        axis.set_major_formatter(StrMethodFormatter("{x:,.6g}"))
    else:
        axis.set_major_locator(MaxNLocator("auto", integer=True))
        axis.set_major_formatter(StrMethodFormatter("{x:.0f}"))


def named(by: Sequence[str], group: Sequence[object]) -> str:
    """'rule follow, noise 0.1'; of one axis of words the value alone."""
    if len(by) == 1 and isinstance(group[0], str):
        return clean(group[0], 60)
    return ", ".join(f"{axis_name(name)} {short(value)}" for name, value in zip(by, group, strict=True))


def takeaway(values: pd.DataFrame, about: About) -> str:
    """Where the median, or the share, is highest and where lowest; of ordinal outcomes no levels."""
    measure, known = about.measure, values.dropna(subset=["middle"])
    name = measure.name[:1].upper() + measure.name[1:]
    where = f", in {about.having}" if about.having else ""
    if known["middle"].nunique() == 1:
        return f"{name}{where}: {in_unit(float(known['middle'].iloc[0]), measure)} throughout"
    told = []
    for place in (int(known["middle"].argmax()), int(known["middle"].argmin())):
        row = known.iloc[place]
        group = named(about.shown, [row[one] for one in about.shown])
        told.append(group if measure.ordinal else f"{written(float(row['middle']), measure)} with {group}")
    if measure.ordinal:
        return f"{name}{where}: highest with {told[0]}; lowest with {told[1]}"
    return f"{measure.axis[:1].upper()}{measure.axis[1:]}{where}: highest, {told[0]}; lowest, {told[1]}"


def _words(summary: pd.DataFrame, values: pd.DataFrame, about: About, seeds: str, version: str) -> Words:
    measure = about.measure
    across = " and ".join(axis_name(name) for name in about.shown)
    some = f"Of the runs that have it, {about.having}." if about.having else ""
    flagged = f"It is {ORDINAL}." if measure.ordinal else ""
    counted = run_count(summary, "each")
    rests = f"Shares of {counted}; bands: {SHARE}" if about.flag else f"Medians; bands: {BAND} of {counted}"
    told = [f"{measure.axis[:1].upper()}{measure.axis[1:]}, by {across}.", some, flagged, *about.more]
    return Words(
        takeaway(values, about),
        " ".join(one for one in told if one),
        footer([f"{rests}, {seeds}", "Assumed: how all actors respond"], version),
        version,
    )


def _told(words: Words, values: pd.DataFrame, about: About) -> str:
    rows = values.iloc[:TOLD].to_dict("records")
    told = "; ".join(
        f"{named(about.shown, [row[name] for name in about.shown])}: "
        + ("no run" if np.isnan(row["middle"]) else written(float(row["middle"]), about.measure))
        for row in rows
    )
    more = "" if len(values) <= TOLD else f"; and {len(values) - TOLD:,} more in the table"
    kind = "Shares" if about.flag else "Medians"
    return f"{words.title}. {words.subtitle} {kind} ({about.measure.unit}): {told}{more}. {words.footer}"
