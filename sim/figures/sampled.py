"""A sample of the axes: an outcome against each axis by itself, all others left to vary; strongest axis first."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim import __version__
from sim.figures.generic import measured, named, ticks
from sim.figures.naming import ORDINAL, Measure, axis_name, in_unit, measure_of, pooling, written
from sim.figures.paper import Frame, Picture, Words, finish, footer, lines_of, panels, plain
from sim.figures.style import LOOKS, clean, styled
from sim.figures.summary import (
    BAND,
    SHARE,
    columns_of,
    groups_of,
    having,
    is_number,
    run_count,
    seed_words,
    thin,
)  # fmt: skip

__all__ = ["sample_figure"]

PANELS, ACROSS = 9, 3
MOST = len(LOOKS)  # combinations of levers in colour
TENTHS, FEW = 10, 20  # parts of an axis, and points that each has at least
LABELS = 12  # words that an axis is labelled with


@styled
def sample_figure(
    runs: pd.DataFrame,
    axes: Sequence[str],
    outcome: str = "end_european_share",
    *,
    by: Sequence[str] = (),
    pooled: Sequence[str] = (),
    seed: int | None = None,
    version: str = __version__,
) -> Figure:
    """An outcome against every axis of a sample, a panel an axis: medians and bands of the runs in parts of the axis.

    Numbers are cut into up to ten parts that hold as many points each. The nine axes whose parts differ most are drawn;
    the table has all.

    Args:
        runs: one row a run: the axes' columns, those of ``by`` and the outcome.
        axes: columns that were sampled, of numbers, flags or words.
        outcome: a number, or a flag, which counts as the share of runs.
        by: levers that were crossed with the sample; up to six of their combinations get a colour, more are pooled.
        pooled: further axes, that are not to be shown.
        seed: of the runs; from the column ``seed`` if there is one.
        version: of the package that made the runs.

    Raises:
        ValueError: a column is missing, no axis, an outcome that is neither a number nor a flag or that no run has.
    """
    columns_of(runs, [*axes, *by, outcome], "sample_figure")
    if not axes or not pd.api.types.is_numeric_dtype(runs[outcome]):
        raise ValueError("sample_figure needs at least one axis, and an outcome that is a number or a flag")
    if not runs[outcome].notna().any():
        raise ValueError(f"sample_figure: no run has {outcome}")
    if len(groups_of(runs, by)) > MOST:
        by, pooled = [], [*by, *pooled]
    saved, table = summary(runs, axes, list(by), outcome)
    order = list(dict.fromkeys(table["axis"]))
    groups = groups_of(runs, list(by))
    words = _words(table, runs, order, list(by), outcome, pooled, seed_words(seed, runs), version)
    shown = order[:PANELS]
    columns = min(ACROSS, len(shown))
    rows = -(-len(shown) // columns)
    frame = Frame(
        height=(3.4 if rows == 1 else 1.75 * rows) + 0.55 * (rows - 1), rows=rows, columns=columns, left=0.8, right=0.3,
        top=0.45 if by else 0.2, bottom=0.6, between_rows=0.75, between_columns=0.3,
    )  # fmt: skip
    picture, grid = panels(words, frame)
    limits = _limits(table[table["axis"].isin(shown)])
    for k, name in enumerate(shown):
        panel = picture.add_subplot(grid[k // columns, k % columns])
        draw_axis(panel, table[table["axis"] == name], list(by), groups)
        panel.set_ylim(*limits)
        panel.set_xlabel("\n".join(lines_of(picture, axis_name(name), 9.5, 2.1)[:2]))
        ticks(panel.yaxis, measure_of(outcome))
        panel.tick_params(labelleft=k % columns == 0)
        if k % columns == 0:
            panel.set_ylabel(measure_of(outcome).unit)
    if by:
        _key(picture, list(by), groups)
    return finish(picture, saved.assign(measure=outcome), _told(words, table, order, list(by), measure_of(outcome)))


def summary(runs: pd.DataFrame, axes: Sequence[str], by: list[str], outcome: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A row an axis, combination and part, the axis whose parts differ most first.

    ``at`` is the part's median value, a place for words; ``part`` names it. The first table is in the table's unit, the
    second has low, middle and high in the measure's.
    """
    found: list[tuple[float, pd.DataFrame, pd.DataFrame]] = []
    for name in axes:
        parts = cut(runs[name])
        table = runs.assign(part=parts["part"], at=parts["at"]).sort_values("at", kind="stable")
        one, other = measured(table, [*by, "part", "at"], outcome)
        apart = max((float(np.ptp(thin(other, by, group)["middle"].dropna())) for group in groups_of(other, by)
                     if thin(other, by, group)["middle"].notna().any()), default=0.0)  # fmt: skip
        found.append((apart, one.assign(axis=name), other.assign(axis=name, number=is_number(runs[name]))))
    found.sort(key=lambda one: -one[0])
    saved = pd.concat([one for _, one, _ in found], ignore_index=True)
    drawn = pd.concat([other for _, _, other in found], ignore_index=True)
    first = ["axis", *by, "part", "at"]
    return saved[[*first, *(name for name in saved.columns if name not in first)]], drawn


def cut(values: pd.Series[float]) -> pd.DataFrame:
    """The part of its axis that every run lies in: ``part`` in words, ``at`` as a number."""
    distinct = values.drop_duplicates()
    if not is_number(values):
        places = {one: place for place, one in enumerate(distinct)}
        return pd.DataFrame({"part": values.astype(str), "at": values.map(places).astype(float)})
    if len(distinct) <= TENTHS:
        return pd.DataFrame({"part": [f"{one:.6g}" for one in values], "at": values.astype(float)}, values.index)
    many = min(TENTHS, max(3, len(distinct) // FEW))
    edges = np.quantile(distinct, np.linspace(0, 1, many + 1))
    place = np.clip(np.searchsorted(edges, values.to_numpy(float), side="right") - 1, 0, many - 1)
    names = np.array([f"{low:.3g} to {high:.3g}" for low, high in itertools.pairwise(edges)])
    middles = distinct.groupby(np.clip(np.searchsorted(edges, distinct, side="right") - 1, 0, many - 1)).median()
    return pd.DataFrame({"part": names[place], "at": middles.reindex(place).to_numpy()}, values.index)


def draw_axis(panel: Axes, table: pd.DataFrame, by: list[str], groups: Sequence[tuple[object, ...]]) -> None:
    """One axis: a line with its band for numbers, dots with bars for words."""
    plain(panel)
    lined = bool(table["number"].iloc[0])
    for k, (look, group) in enumerate(zip(LOOKS, groups, strict=False)):
        rows = thin(table, by, group)
        x = rows["at"].to_numpy(float) + (0 if lined else 0.12 * (k - (len(groups) - 1) / 2))
        if lined:
            panel.fill_between(x, rows["low"], rows["high"], color=look.colour, alpha=0.15, lw=0)
            panel.plot(x, rows["middle"], color=look.colour, ls=look.dash, lw=1.8, marker=look.marker, ms=3.5)
        else:
            panel.vlines(x, rows["low"], rows["high"], color=look.colour, lw=3, alpha=0.3)
            panel.plot(x, rows["middle"], look.marker, color=look.colour, ms=5.5)
    if lined:
        panel.locator_params(axis="x", nbins=4)
    else:
        names = table.drop_duplicates("at").sort_values("at").iloc[:LABELS]
        panel.set_xticks(names["at"], [clean(one, 60 // len(names)) for one in names["part"]], size=9)
        panel.set_xlim(-0.6, float(table["at"].max()) + 0.6)


def _limits(table: pd.DataFrame) -> tuple[float, float]:
    low, high = float(table["low"].min()), float(table["high"].max())
    room = 0.05 * (high - low) or 0.05 * abs(high) or 0.5
    return low - room, high + room


def _key(picture: Picture, by: list[str], groups: Sequence[tuple[object, ...]]) -> None:
    """Which colour is which combination, above the first panel."""
    axes = picture.axes[0]
    marks = [
        axes.plot([], [], color=look.colour, ls=look.dash, lw=1.8, marker=look.marker, ms=4,
                  label=clean(named(by, group), 30))[0]
        for look, group in zip(LOOKS, groups, strict=False)
    ]  # fmt: skip
    axes.legend(
        handles=marks, loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=min(3, len(marks)), frameon=False,
        fontsize=9, handletextpad=0.5, columnspacing=1.4, borderaxespad=0.2, labelspacing=0.3,
    )  # fmt: skip


def takeaway(table: pd.DataFrame, by: list[str], measure: Measure, have: str) -> str:
    """The axis along which the outcome moves most, from its lowest part to its highest."""
    first = str(table["axis"].iloc[0])
    rows = table[table["axis"] == first].dropna(subset=["middle"])
    name, where = measure.name[:1].upper() + measure.name[1:], f", in {have}" if have else ""
    if table["middle"].nunique() <= 1:
        return f"{name}{where}: {in_unit(float(table['middle'].dropna().iloc[0]), measure)} throughout"
    told = f"{name}{where}: moves most along {axis_name(first)}"
    if measure.ordinal:
        return told
    if not rows["number"].iloc[0] or by:
        low, high = float(rows["middle"].min()), float(rows["middle"].max())
        return f"{told}, between {written(low, measure)} and {in_unit(high, measure)}"
    low, high = (float(rows["middle"].iloc[k]) for k in (0, -1))
    return f"{told}, from {written(low, measure)} at its low end to {in_unit(high, measure)} at its high end"


def _words(
    table: pd.DataFrame,
    runs: pd.DataFrame,
    order: Sequence[str],
    by: list[str],
    outcome: str,
    pooled: Sequence[str],
    seeds: str,
    version: str,
) -> Words:
    measure, have = measure_of(outcome), having(runs, outcome)
    told = [f"{measure.axis[:1].upper()}{measure.axis[1:]}, against each axis while all others vary."]
    told += [f"Of the runs that have it, {have}."] if have else []
    told += [f"It is {ORDINAL}."] if measure.ordinal else []
    told += pooling(pooled)
    told += [f"The {PANELS} axes that move it most, of {len(order)}."] if len(order) > PANELS else []
    counted = run_count(table, "a part")
    flag = runs[outcome].dtype == bool
    rests = f"Shares of {counted}; bands: {SHARE}" if flag else f"Medians; bands: {BAND} of {counted}"
    return Words(
        takeaway(table, by, measure, have),
        " ".join(told),
        footer([f"{rests}, {seeds}", "Assumed: the ranges of the axes, and how all actors respond"], version),
        version,
    )


def _told(words: Words, table: pd.DataFrame, order: Sequence[str], by: list[str], measure: Measure) -> str:
    """The figure in words: the ends of every panel."""
    told = []
    for name in order[:PANELS]:
        rows = table[(table["axis"] == name) & table["middle"].notna()]
        ends = [rows.iloc[k] for k in (0, -1)] if len(rows) else []
        each = [", ".join([*([named(by, [row[one] for one in by])] if by else []), str(row["part"])]) for row in ends]
        values = [written(float(row["middle"]), measure) for row in ends]
        told.append(f"{axis_name(name)}: {'; '.join(f'{a}: {b}' for a, b in zip(each, values, strict=True))}")
    return f"{words.title}. Small line charts, one an axis. {words.subtitle} {'. '.join(told)}. {words.footer}"
