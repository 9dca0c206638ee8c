"""What an outcome hangs on: the sensitivities of a sweep as bars, longest first, with their intervals."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim import __version__
from sim.figures.naming import ORDINAL, Measure, axis_name, measure_of
from sim.figures.paper import Frame, Picture, Words, finish, footer, lines_of, panels, plain
from sim.figures.style import FAINT, INK, LOOKS, alike, clean, listed, number, styled
from sim.figures.summary import columns_of, groups_of, thin

__all__ = ["tornado"]

MOST = 12  # axes with a bar
PANELS = 6


class Kind(NamedTuple):
    """One method: its bar, the mark upon it, how both are called."""

    bar: str
    half: str
    mark: str
    mark_half: str
    title: str
    names: tuple[str, str]


KINDS = {
    "total": Kind(
        "total", "total_interval", "first", "first_interval", "part of the variance (Sobol indices)",
        ("with its interactions", "by itself"),
    ),
    "strength": Kind(
        "strength", "strength_interval", "effect", "", "change over the axis's whole range (Morris)",
        ("mean size", "mean with its sign"),
    ),
}  # fmt: skip


@styled
def tornado(
    table: pd.DataFrame,
    outcome: str,
    *,
    runs: int | None = None,
    confidence: float = 0.95,
    seed: int | None = None,
    version: str = __version__,
) -> Figure:
    """A bar an axis, a panel a combination of the crossed levers, with bootstrap intervals.

    Args:
        table: of `sim.insight.sobol` (first, total) or `sim.insight.morris` (effect, strength); columns before
            ``axis`` are levers. The twelve strongest axes are drawn, in up to six panels.
        outcome: the column of runs that was explained.
        runs: how many the table rests on. confidence: of its intervals. seed: of the runs.
        version: of the package that made the runs.

    Raises:
        ValueError: a table of neither kind.
    """
    columns_of(table, ["axis"], "tornado")
    kind = next((one for name, one in KINDS.items() if name in table.columns), None)
    if kind is None:
        raise ValueError(f"tornado needs a table of sobol or morris; found {', '.join(map(str, table.columns))}")
    columns_of(table, [kind.bar, kind.half, kind.mark], "tornado")
    measure, levers = measure_of(outcome), [str(name) for name in table.columns[: list(table.columns).index("axis")]]
    scale = measure.scale if kind.bar == "strength" else 1.0
    groups = groups_of(table, levers)[:PANELS]
    order = table.groupby("axis", sort=False)[kind.bar].mean().sort_values(ascending=False, kind="stable").index
    shown = [str(name) for name in order[:MOST]]
    words = _words(table, kind, measure, levers, scale, _rests(table, runs, seed, confidence), version)
    columns = min(3, len(groups))
    rows = math.ceil(len(groups) / columns)
    frame = Frame(
        height=rows * (0.34 * len(shown) + 0.75) - 0.45, rows=rows, columns=columns, left=1.75, right=0.3,
        top=0.6, bottom=0.6, between_rows=0.75, between_columns=0.25,
    )  # fmt: skip
    picture, grid = panels(words, frame)
    low, high = _limits(table, kind, scale)
    for k, group in enumerate(groups):
        axes = picture.add_subplot(grid[k // columns, k % columns])
        draw_bars(axes, thin(table, levers, group).set_index("axis").reindex(shown), kind, scale)
        axes.set_xlim(low, high)
        axes.set_yticks(range(len(shown)), _names(picture, shown) if k % columns == 0 else [""] * len(shown), size=9)
        if k // columns == rows - 1 or k + columns >= len(groups):
            axes.set_xlabel(measure.unit if kind.bar == "strength" else "part of the variance")
        axes.set_title(clean(", ".join(map(str, group)), 34), loc="left", size=9.5, weight="bold", pad=6)
    _key(picture, kind)
    return finish(picture, table.assign(outcome=outcome), _told(words, table, kind, levers, shown, scale))


def _names(picture: Picture, shown: list[str]) -> list[str]:
    return ["\n".join(lines_of(picture, axis_name(name), 9.0, 1.55)[:2]) for name in shown]


def _limits(table: pd.DataFrame, kind: Kind, scale: float) -> tuple[float, float]:
    """Room for every bar, mark and interval, the same in all panels."""
    half = table[kind.mark_half] if kind.mark_half else 0.0
    ends = [table[kind.bar] + table[kind.half], table[kind.mark] - half, table[kind.mark] + half]
    low, high = min(float(one.min()) for one in ends), max(float(one.max()) for one in ends)
    room = 0.06 * ((high - min(low, 0.0)) or 1.0)
    return scale * (min(low, 0.0) - (room if low < 0 else 0.0)), scale * (high + room)


def draw_bars(axes: Axes, rows: pd.DataFrame, kind: Kind, scale: float) -> None:
    """Grey bars with intervals, a coloured diamond on each."""
    plain(axes, "x")
    y = np.arange(len(rows))
    axes.barh(y, scale * rows[kind.bar], height=0.62, color=FAINT, zorder=2)
    axes.hlines(
        y - 0.12, scale * (rows[kind.bar] - rows[kind.half]), scale * (rows[kind.bar] + rows[kind.half]), color=INK,
        lw=1.2, zorder=3,
    )  # fmt: skip
    look = LOOKS[0]
    if kind.mark_half:
        span = rows[kind.mark_half]
        axes.hlines(
            y + 0.14, scale * (rows[kind.mark] - span), scale * (rows[kind.mark] + span), color=look.colour, lw=1.6,
            zorder=3,
        )  # fmt: skip
    axes.plot(scale * rows[kind.mark], y + 0.14, "D", color=look.colour, ms=5.5, zorder=4)
    axes.axvline(0, color=INK, lw=0.8)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)


def _key(picture: Picture, kind: Kind) -> None:
    """What bar and diamond mean, above the first panel."""
    axes = picture.axes[0]
    bar = axes.barh([0], [0], color=FAINT, label=kind.names[0])
    mark = axes.plot([], [], "D", color=LOOKS[0].colour, ms=5.5, label=kind.names[1])[0]
    above = 0.3 if axes.get_title(loc="left") else 0.03  # inches
    high = axes.get_position().height * float(picture.get_size_inches()[1])
    axes.legend(
        handles=[bar, mark], loc="lower left", bbox_to_anchor=(-0.02, 1 + above / high), ncols=2, frameon=False,
        fontsize=9, borderaxespad=0.0, handletextpad=0.4, columnspacing=1.2,
    )  # fmt: skip


def _rests(table: pd.DataFrame, runs: int | None, seed: int | None, confidence: float) -> str:
    many = "" if runs is None else f" of {runs:,} runs"
    seeds = "seed not recorded" if seed is None else f"seed {seed}"
    return f"Lines: {100 * confidence:.0f}\u00a0% intervals by bootstrap over the sample{many}, {seeds}"


def takeaway(table: pd.DataFrame, kind: Kind, measure: Measure, levers: list[str], scale: float) -> str:
    """The axis that counts most, everywhere or where, and what the weakest does."""
    name = measure.name[:1].upper() + measure.name[1:]
    best = [thin(table, levers, group) for group in groups_of(table, levers)]
    tops = [str(rows["axis"].iloc[int(rows[kind.bar].to_numpy().argmax())]) for rows in best]
    values = [scale * float(rows[kind.bar].max()) for rows in best]
    least, most = alike([min(values), max(values)])
    what = "of the variance" if kind.bar == "total" else f"{measure.unit} over its range"
    told = f"{name}: {listed([axis_name(one) for one in dict.fromkeys(tops)], 'or')} weighs most"
    if kind.bar == "strength" and measure.ordinal:
        return told
    return f"{told}, {most if least == most else f'{least} to {most}'} {what}{_luck(table)}"


def _luck(table: pd.DataFrame) -> str:
    """What part of the variance is luck's own, where it has one."""
    if "luck" not in table.columns or not table["luck"].fillna(0.0).any():
        return ""
    least, most = alike([float(table["luck"].min()), float(table["luck"].max())])
    return f"; chance by itself {most if least == most else f'{least} to {most}'}"


def _words(
    table: pd.DataFrame, kind: Kind, measure: Measure, levers: list[str], scale: float, rests: str, version: str
) -> Words:
    more = table["axis"].nunique() - MOST
    some = f" {more} weaker axes are in the table only." if more > 0 else ""
    groups = len(groups_of(table, levers))
    left = f" {groups - PANELS} more combinations of levers are in the table only." if groups > PANELS else ""
    panel = f" A panel for each value of {' and '.join(axis_name(one) for one in levers)}." if levers else ""
    flagged = f" The outcome is {ORDINAL}." if measure.ordinal else ""
    return Words(
        takeaway(table, kind, measure, levers, scale),
        f"{measure.name[:1].upper()}{measure.name[1:]}: {kind.title}, by axis.{panel}{flagged}{some}{left}",
        footer([rests, "Assumed: the ranges of the axes; the indices are worth no more than these"], version),
        version,
    )


def _told(words: Words, table: pd.DataFrame, kind: Kind, levers: list[str], shown: list[str], scale: float) -> str:
    told = []
    for group in groups_of(table, levers)[:PANELS]:
        rows = thin(table, levers, group).set_index("axis").reindex(shown)
        values = zip(shown, scale * rows[kind.bar], scale * rows[kind.mark], strict=True)
        each = "; ".join(f"{axis_name(name)} {number(a)}, {kind.names[1]} {number(b)}" for name, a, b in values)
        told.append(f"{clean(', '.join(map(str, group)), 60)}{': ' if group else ''}{each}")
    return f"{words.title}. Bar charts, longest bar first. {words.subtitle} {'. '.join(told)}. {words.footer}"
