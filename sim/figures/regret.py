"""What each policy falls short of the best one in every future: its spread, its worst, the least bad worst."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim import __version__
from sim.figures.generic import named
from sim.figures.naming import ORDINAL, Measure, measure_of
from sim.figures.paper import Frame, Words, finish, footer, lines_of, panels, plain
from sim.figures.style import FAINT, INK, LOOKS, SOFT, alike, counted, number, styled
from sim.figures.summary import BAND, SPAN, columns_of, groups_of, quantiles

__all__ = ["regret_figure"]

MOST = 20  # policies with a row


@styled
def regret_figure(
    table: pd.DataFrame,
    outcome: str,
    levers: Sequence[str] = ("policy",),
    *,
    best: Literal["high", "low"] = "high",
    runs: int | None = None,
    seed: int | None = None,
    version: str = __version__,
) -> Figure:
    """A row a policy, ordered by its largest regret: median, half and nine tenths of the futures, the largest.

    Args:
        table: of `sim.insight.regret`: one row a policy and future, with the levers and ``regret``.
        outcome: what is regretted, a column of runs. best: whether more or less of it was taken as better.
        levers: the columns that make a policy. The twenty with the least largest regret are drawn.
        runs: how many each mean rests on. seed: of the runs.
        version: of the package that made the runs.

    Raises:
        ValueError: a column is missing, or regrets below 0.
    """
    columns_of(table, [*levers, "regret"], "regret_figure")
    if float(table["regret"].min()) < 0:
        raise ValueError(f"regret_figure: a regret of {table['regret'].min():g}; allowed: 0 or more")
    measure, found = measure_of(outcome), summary(table, levers)
    words = _words(found, measure, levers, best, _rests(found, runs, seed), version)
    shown = found.iloc[:MOST]
    picture, grid = panels(words, Frame(height=max(1.4, 0.38 * len(shown) + 0.2), left=2.1, right=0.75, top=0.4))
    axes = picture.add_subplot(grid[0])
    draw_regrets(axes, shown, measure.scale)
    labels = [named(levers, [row[name] for name in levers]) for row in shown.to_dict("records")]
    axes.set_yticks(range(len(shown)), ["\n".join(lines_of(picture, one, 9.0, 1.9)[:2]) for one in labels], size=9)
    axes.set_xlabel(f"regret, {measure.unit}")
    _key(axes)
    return finish(picture, found.assign(measure=outcome, best=best), _told(words, found, levers, measure))


def summary(table: pd.DataFrame, levers: Sequence[str]) -> pd.DataFrame:
    """One row a policy: levers, futures, quantiles, mean and worst regret; the least worst first."""
    found = quantiles(table, levers, "regret").rename(columns={"runs": "futures"})
    grouped = table.groupby(list(levers), sort=False, observed=True)["regret"]
    found["mean"], found["worst"] = grouped.mean().to_numpy(), grouped.max().to_numpy()
    return found.sort_values("worst", kind="stable").reset_index(drop=True)


def draw_regrets(axes: Axes, rows: pd.DataFrame, scale: float) -> None:
    """The first row, the minimax choice, in colour; the others in grey."""
    plain(axes, "x")
    for k, worst in enumerate(alike(scale * rows["worst"])):
        row = rows.iloc[k]
        colour = LOOKS[0].colour if k == 0 else SOFT
        axes.plot([scale * row["q05"], scale * row["q95"]], [k, k], color=colour, lw=1.6, zorder=2)
        axes.plot([scale * row["q25"], scale * row["q75"]], [k, k], color=colour, lw=6, solid_capstyle="butt", zorder=3)
        axes.plot(scale * row["q50"], k, "o", mfc="white", mec=colour, mew=1.4, ms=6, zorder=4, clip_on=False)
        axes.plot(scale * row["worst"], k, "D", color=colour, ms=6, zorder=4, clip_on=False)
        axes.annotate(
            worst, (1, k), xytext=(8, 0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
            size=9, color=INK, weight="bold" if k == 0 else "normal",
        )  # fmt: skip
    axes.annotate("largest", (1, 1), xytext=(8, 6), xycoords="axes fraction", textcoords="offset points", size=9)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    most = scale * float(rows["worst"].max()) or 1.0
    axes.set_xlim(-0.02 * most, 1.05 * most)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_color(FAINT)


def _key(axes: Axes) -> None:
    """What the marks mean, in one line above the panel."""
    marks = [
        axes.plot([], [], color=SOFT, lw=1.6, label=BAND)[0],
        axes.plot([], [], color=SOFT, lw=6, solid_capstyle="butt", label=SPAN)[0],
        axes.plot([], [], "o", mfc="white", mec=SOFT, mew=1.4, ms=6, label="median")[0],
        axes.plot([], [], "D", color=SOFT, ms=6, label="largest")[0],
    ]
    axes.legend(
        handles=marks, loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=len(marks), frameon=False, fontsize=9,
        handletextpad=0.4, columnspacing=1.2, borderaxespad=0.1, handlelength=1.2,
    )  # fmt: skip


def _rests(found: pd.DataFrame, runs: int | None, seed: int | None) -> str:
    least, most = int(found["futures"].min()), int(found["futures"].max())
    futures = counted(most, "future") if least == most else f"{least:,} to {most:,} futures"
    means = "" if runs is None else f", each a mean of {counted(runs, 'run')}"
    seeds = "seed not recorded" if seed is None else f"seed {seed}"
    return f"Bars: {SPAN} and {BAND} of {futures} a policy{means}, {seeds}"


def takeaway(found: pd.DataFrame, measure: Measure, levers: Sequence[str]) -> str:
    """The minimax choice, by name, and the most regretted policy."""
    rows = [found.iloc[k] for k in (0, -1)]
    first, last = (f"\u201c{named(levers, [row[name] for name in levers])}\u201d" for row in rows)
    if len(groups_of(found, list(levers))) == 1 or float(found["worst"].max()) == 0:
        return "No policy is ever regretted: in every future all do as well as the best"
    tied = int(np.isclose(found["worst"], rows[0]["worst"], rtol=0, atol=1e-12).sum())
    same = f" (and {tied - 1} as good)" if tied > 1 else ""
    if measure.ordinal:
        return f"The largest regret is smallest under {first}{same} and largest under {last}"
    low, high = alike([measure.scale * float(row["worst"]) for row in rows])
    told = f"The largest regret is smallest under {first}{same}, {low}, and largest under {last}, {high}"
    return f"{told} ({measure.unit})"


def _words(found: pd.DataFrame, measure: Measure, levers: Sequence[str], best: str, rests: str, version: str) -> Words:
    more = f" Only the first {MOST} of {len(found)} policies are drawn." if len(found) > MOST else ""
    flagged = f" The outcome is {ORDINAL}." if measure.ordinal else ""
    return Words(
        takeaway(found, measure, levers),
        f"Regret: how far a policy falls short of the best one in the same future. Outcome: {measure.axis}, of which "
        f"{'more' if best == 'high' else 'less'} counts as better here.{flagged} In colour: the minimax choice.{more}",
        footer([rests, "Assumed: the futures, none likelier than another, and how all actors respond"], version),
        version,
    )


def _told(words: Words, found: pd.DataFrame, levers: Sequence[str], measure: Measure) -> str:
    told = "; ".join(
        f"{named(levers, [row[name] for name in levers])}: median {number(measure.scale * row['q50'])}, "
        f"largest {number(measure.scale * row['worst'])}"
        for row in found.iloc[:MOST].to_dict("records")
    )
    return (
        f"{words.title}. A dot chart, one row a policy, the least largest regret first. {words.subtitle} {told}. "
        f"{words.footer}"
    )
