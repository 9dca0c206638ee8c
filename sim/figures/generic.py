"""Any sweep: one measure against its axes, as lines, as dots or as a heat map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from sim import __version__
from sim.figures.heat import ROWS, TOLD, heat_map, short
from sim.figures.naming import Measure, axis_name, measure_of
from sim.figures.paper import Frame, Picture, Words, finish, footer, label_ends, lines_of, panels, plain
from sim.figures.style import LOOKS, Look, clean, number, styled
from sim.figures.summary import BAND, columns_of, groups_of, quantiles, run_count, seed_words, thin

__all__ = ["grid_figure"]

MOST = len(LOOKS)  # lines that are highlighted


@styled
def grid_figure(
    runs: pd.DataFrame,
    axes: Sequence[str],
    outcome: str = "end_european_share",
    *,
    seed: int | None = None,
    version: str = __version__,
) -> Figure:
    """One measure against the axes of a sweep.

    With a numeric axis: a line with its band for each combination of the others, up to six; above that a `heat_map` of
    the numeric axis and the first other one. Without: a dot with its band for each combination. Axes that are not
    shown are pooled, and the figure says so.

    Args:
        runs: one row a run: the axes' columns and the outcome.
        axes: columns that vary, levers first.
        outcome: column to show; a number, not a flag.
        seed: of the runs; from the column ``seed`` if there is one.
        version: of the package that made the runs.
    """
    columns_of(runs, [*axes, outcome], "grid_figure")
    if not axes or runs[outcome].dtype == bool or not pd.api.types.is_numeric_dtype(runs[outcome]):
        raise ValueError("grid_figure needs at least one axis, and an outcome that is a number")
    runs = runs.dropna(subset=[outcome])
    columns_of(runs, [outcome], "grid_figure with values that are not missing")
    x, by = chosen(runs, axes)
    measure = measure_of(outcome)
    shown = [*([x] if x else []), *by]
    summary = quantiles(runs.sort_values(x, kind="stable") if x else runs, shown, outcome)
    pooled = [name for name in axes if name not in shown]
    words = _words(summary, shown, pooled, measure, seed_words(seed, runs), version)
    values = summary.assign(**{name: measure.scale * summary[name] for name in ("q05", "q50", "q95")})
    groups = groups_of(runs, by)
    if x and len(groups) <= MOST:
        picture = _lines(words, values, x, by, groups, measure)
    elif x:
        return heat_map(runs, x, by[0], outcome, pooled=pooled, seed=seed, version=version)
    else:
        picture = _dots(words, values, by, groups, measure)
    return finish(picture, summary.assign(measure=outcome), _told(words, values, shown, measure))


def chosen(runs: pd.DataFrame, axes: Sequence[str]) -> tuple[str | None, list[str]]:
    """The numeric axis that lies across, and those that make lines, rows or dots."""
    numeric = [name for name in axes if pd.api.types.is_numeric_dtype(runs[name]) and runs[name].dtype != bool]
    x = numeric[0] if numeric else None
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
        axes.fill_between(rows[x], rows["q05"], rows["q95"], color=look.colour, alpha=0.15, lw=0)
        axes.plot(rows[x], rows["q50"], color=look.colour, ls=look.dash, lw=2.0, marker=look.marker, ms=4.5)
        name = "\n".join(lines_of(picture, named(by, group), 9.0, 1.5)[:3])
        ends.append((float(rows["q50"].iloc[-1]), name, look))
    axes.set_xlabel(axis_name(x))
    axes.set_ylabel(measure.unit)  # the line above the panel names the measure
    _thousands(axes.yaxis, measure)
    if pd.api.types.is_integer_dtype(values[x]):
        axes.locator_params(axis="x", integer=True)  # no year 2027.5
    if by:
        label_ends(axes, float(values[x].max()), ends)
    return picture


def _dots(
    words: Words, values: pd.DataFrame, by: list[str], groups: list[tuple[object, ...]], measure: Measure
) -> Picture:
    """A dot with its band a group, in the order of the sweep."""
    shown = groups[:ROWS]
    picture, grid = panels(words, Frame(height=max(1.2, 0.34 * len(shown) + 0.2), left=2.1, right=0.4, top=0.2))
    axes = picture.add_subplot(grid[0])
    plain(axes, "x")
    y = np.arange(len(shown))
    rows = pd.concat([thin(values, by, group) for group in shown])
    look = LOOKS[0]
    axes.hlines(y, rows["q05"], rows["q95"], color=look.colour, lw=3, alpha=0.3)
    axes.plot(rows["q50"], y, look.marker, color=look.colour, ms=6.5)
    names = ["\n".join(lines_of(picture, named(by, group), 9.0, 1.9)[:2]) for group in shown]
    axes.set_yticks(y, names, size=9)
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(measure.unit)
    _thousands(axes.xaxis, measure)
    return picture


def _thousands(axis: Axis, measure: Measure) -> None:
    """13,000 instead of 13000; years stay years."""
    if measure.unit != "year":
        axis.set_major_formatter(StrMethodFormatter("{x:,.6g}"))


def named(by: Sequence[str], group: Sequence[object]) -> str:
    """'rule follow, noise 0.1'; of one axis of words the value alone."""
    if len(by) == 1 and isinstance(group[0], str):
        return clean(group[0], 60)
    return ", ".join(f"{axis_name(name)} {short(value)}" for name, value in zip(by, group, strict=True))


def takeaway(values: pd.DataFrame, shown: Sequence[str], measure: Measure) -> str:
    """Where the median is highest and where lowest."""
    told = []
    for place in (int(values["q50"].argmax()), int(values["q50"].argmin())):
        row = values.iloc[place]
        told.append(f"{number(float(row['q50']))} with {named(shown, [row[name] for name in shown])}")
    name = measure.name[:1].upper() + measure.name[1:]
    if len(values) == 1 or values["q50"].nunique() == 1:
        return f"{name}: {number(float(values['q50'].iloc[0]))} ({measure.unit}) throughout"
    return f"{name}, {measure.unit}: highest, {told[0]}; lowest, {told[1]}"


def _words(
    summary: pd.DataFrame, shown: list[str], pooled: list[str], measure: Measure, seeds: str, version: str
) -> Words:
    values = summary.assign(q50=measure.scale * summary["q50"])
    rest = f" Runs with different {' and '.join(axis_name(name) for name in pooled)} are pooled." if pooled else ""
    rows = len(summary) > ROWS and len(shown) == 1 and not pd.api.types.is_numeric_dtype(summary[shown[0]])
    more = f" Only the first {ROWS} are drawn." if rows else ""
    across = " and ".join(axis_name(name) for name in shown)
    return Words(
        takeaway(values, shown, measure),
        f"{measure.axis[:1].upper()}{measure.axis[1:]}, by {across}.{rest}{more}",
        footer(
            [f"Medians; bands: {BAND} of {run_count(summary, 'each')}, {seeds}", "Assumed: how all actors respond"],
            version,
        ),
        version,
    )


def _told(words: Words, values: pd.DataFrame, shown: list[str], measure: Measure) -> str:
    rows = values.iloc[:TOLD].to_dict("records")
    told = "; ".join(f"{named(shown, [row[name] for name in shown])}: {number(float(row['q50']))}" for row in rows)
    more = "" if len(values) <= TOLD else f"; and {len(values) - TOLD:,} more in the table"
    return f"{words.title}. {words.subtitle} Medians ({measure.unit}): {told}{more}. {words.footer}"
