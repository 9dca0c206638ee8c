"""All 32 members as dots: where they start, what they agreed to spend, where they end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim import __version__
from sim.figures.paper import Frame, Words, finish, footer, panels, plain
from sim.figures.style import HAIR, INK, LOOKS, SOFT, Look, clean, listed, per_cent, styled
from sim.figures.summary import BAND, accession, columns_of, known, pledge_path, quantiles, run_count, seed_words
from sim.rules import budgets

__all__ = ["dots"]

REACHED, BELOW, FREE = LOOKS[0], LOOKS[1], Look(SOFT, "solid", "D")  # free: nothing agreed, or no ally in that year
REACHES: Any = budgets.reaches  # the model's rule takes whole columns, too
ONE = "One run: one draw of chance, no forecast; no interval"


@styled
def dots(
    members: pd.DataFrame,
    *,
    pledge: Sequence[tuple[int, float]] = (),
    title: str = "",
    seed: int | None = None,
    version: str = __version__,
) -> Figure:
    """Every member's share of GDP: start, pledge and end, ordered by the end.

    Args:
        members: one row a member and year, of one run or many: ``member``, ``year``, ``defence_share``; with the
            column ``replicate`` and more than one, medians and bands over the runs.
        pledge: the agreed path, points of year and share of GDP; as agreed in 2014 and 2025 if none are given. A
            member without armed forces, outside the alliance or before any pledge has no mark.
        title: what was run, for the line below the takeaway.
        seed: of the runs; from the column ``seed`` if there is one.
        version: of the package that made the runs.
    """
    columns_of(members, ["member", "year", "defence_share"], "dots")
    first, last = int(members["year"].min()), int(members["year"].max())
    table = summary(members, first, last, pledge)
    rows = len(table)
    runs = int(table["runs"].max())
    words = Words(
        takeaway(table, last),
        f"{clean(title) + '. ' if title else ''}Defence spending, % of GDP, by member; ordered by the share in {last}.",
        footer(
            [
                f"Dots: medians; bars: {BAND} of {run_count(table)}" if runs > 1 else ONE,
                seed_words(seed, members).capitalize(),
                "Assumed: how each government weighs what the others spend",
                _outside(table, last),
            ],
            version,
        ),
        version,
    )
    picture, grid = panels(words, Frame(height=0.215 * rows + 0.2, left=1.45, right=0.75, top=0.35))
    draw_dots(picture.add_subplot(grid[0]), table, first, last)
    return finish(picture, table, _told(words, table, first, last))


def summary(members: pd.DataFrame, first: int, last: int, pledge: Sequence[tuple[int, float]] = ()) -> pd.DataFrame:
    """One row a member: name, start, pledge, the end's quantiles; in the order of the end, highest first."""
    ends = quantiles(members[members["year"] == last], ["member"], "defence_share").set_index("member")
    start = quantiles(members[members["year"] == first], ["member"], "defence_share").set_index("member")["q50"]
    table = ends.assign(start=start.reindex(ends.index), pledge=_pledges(list(ends.index), last, pledge))
    names = known()["name"]
    table.insert(0, "name", [str(names.get(code, clean(code, 24))) for code in table.index])
    return table.sort_values(["q50", "name"], ascending=[False, True], kind="stable").reset_index()


def _pledges(codes: Sequence[str], year: int, points: Sequence[tuple[int, float]]) -> list[float]:
    """What each ally with forces has agreed to spend in a year, up to its own ceiling; NaN if nothing."""
    agreed = float(pledge_path([year], points).iloc[0])
    table = known().reindex(list(codes))
    bound = table["armed_forces"].eq(True) & (accession(codes) <= year) & (agreed > 0)
    return [float(one) for one in table["pledge_ceiling"].fillna(1.0).clip(upper=agreed).where(bound)]


def _outside(table: pd.DataFrame, last: int) -> str:
    """Who is drawn without being an ally, for the footer."""
    names = [str(name) for name in table.loc[(accession(list(table["member"])) > last).to_numpy(), "name"]]
    return f"Not in the alliance in {last}: {listed(sorted(names))}" if names else ""


def draw_dots(axes: Axes, table: pd.DataFrame, first: int, last: int) -> None:
    """A row a member: hollow start, tick of the pledge, filled end with its band, and the end's number."""
    plain(axes, "x")
    y = np.arange(len(table))
    reached, below = _reached(table), _below(table)
    groups = ((reached, REACHED), (below, BELOW), (~(reached | below), FREE))
    axes.hlines(y, 100 * table["start"], 100 * table["q50"], color=SOFT, lw=0.9, zorder=2)
    axes.plot(100 * table["pledge"], y, "|", color=SOFT, ms=9, mew=1.6, zorder=3)
    axes.plot(100 * table["start"], y, "o", mfc="white", mec=SOFT, ms=4.5, mew=1.1, zorder=4, clip_on=False)
    for chosen, look in groups:
        rows = table[chosen]
        axes.hlines(y[chosen], 100 * rows["q05"], 100 * rows["q95"], color=look.colour, lw=3.4, alpha=0.3, zorder=3)
        axes.plot(100 * rows["q50"], y[chosen], look.marker, color=look.colour, ms=6, zorder=5)
    axes.set_yticks(y, list(table["name"]))
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(table) - 0.4, -0.6)
    high = 100 * float(np.nanmax(table[["start", "pledge", "q95"]].to_numpy(float)))
    axes.set_xlim(0, 1.04 * high)
    axes.set_xlabel("defence spending, % of GDP")
    for place, value in enumerate(table["q50"]):
        _beside(axes, place, f"{100 * value:.2f}")
    axes.annotate(str(last), (1, 1), xytext=(8, 6), xycoords="axes fraction", textcoords="offset points", size=9)
    for k in range(4, len(table), 5):
        axes.axhline(k + 0.5, color=HAIR, lw=0.6, zorder=0)
    _key(axes, first, last, [bool(chosen.any()) for chosen, _ in groups])


def _reached(table: pd.DataFrame) -> NDArray[np.bool_]:
    """Whose share is at the pledge as NATO publishes shares."""
    reached: NDArray[np.bool_] = REACHES(table["q50"].to_numpy(float), table["pledge"].to_numpy(float))
    return reached


def _below(table: pd.DataFrame) -> NDArray[np.bool_]:
    return (table["pledge"].notna() & ~_reached(table)).to_numpy(bool)


def _beside(axes: Axes, y: float, text: str) -> None:
    axes.annotate(
        text, (1, y), xytext=(8, 0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
        size=9, color=INK,
    )  # fmt: skip


def _key(axes: Axes, first: int, last: int, shown: Sequence[bool]) -> None:
    """What the marks mean, in one line above the panel; ``shown``: somebody reaches, stays below, has no pledge."""
    marks = [axes.plot([], [], "o", mfc="white", mec=SOFT, ms=4.5, mew=1.1, label=str(first))[0]]
    pledged = any(shown[:2])
    if pledged:
        marks.append(axes.plot([], [], "|", color=SOFT, ms=9, mew=1.6, label="pledge")[0])
    words = ("reaches it", "stays below", "no pledge") if pledged else ("", "", str(last))
    for seen, look, text in zip(shown, (REACHED, BELOW, FREE), words, strict=True):
        if seen:
            marks.append(axes.plot([], [], look.marker, color=look.colour, ms=6, ls="none", label=text)[0])
    axes.legend(
        handles=marks, loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=len(marks), frameon=False, fontsize=9,
        handletextpad=0.2, columnspacing=1.2, borderaxespad=0.1,
    )  # fmt: skip


def takeaway(table: pd.DataFrame, last: int) -> str:
    """How many allies, the US aside, reach what they agreed, if anything, and who of all spends most and least."""
    spending = table[table["q50"] > 0]
    if spending.empty:
        return f"No member spends on defence in {last}"
    top, bottom = spending.iloc[0], spending.iloc[-1]
    span = (
        f"{per_cent(float(bottom['q50']))} of GDP ({bottom['name']}) to {per_cent(float(top['q50']))} ({top['name']})"
    )
    allies = (table["member"] != "USA").to_numpy(bool)
    bound = int(table.loc[allies, "pledge"].notna().sum())
    if not bound:
        return f"Without a pledge, shares run from {span} in {last}"
    reached = int(_reached(table)[allies].sum())
    return f"{reached} of {bound} allies with armed forces reach the pledge by {last}; shares run from {span}"


def _told(words: Words, table: pd.DataFrame, first: int, last: int) -> str:
    rows = "; ".join(
        f"{row['name']} {per_cent(float(row['start']))} to {per_cent(float(row['q50']))}" for _, row in table.iterrows()
    )
    return f"{words.title}. Dot chart, one row a member. {words.subtitle} {first} to {last}: {rows}. {words.footer}"
