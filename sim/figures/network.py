"""Who helped whom in a run: support to the partner under attack, and the US at challenged members."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from sim import __version__
from sim.figures.paper import Frame, Words, finish, footer, panels
from sim.figures.style import FAINT, INK, LOOKS, SOFT, alike, clean, counted, listed, number, spread, styled
from sim.figures.summary import columns_of, known, one_run, seed_words

__all__ = ["network"]

PARTNER = "partner under attack"
MOST = len(LOOKS)
ROW = 0.2  # inches a giver takes
POINTS = 72 * ROW  # the same in points
WIDEST = 11.0  # points of the largest giver's line
LINES = 4  # of the story of one challenged member
GIVERS = 16  # of support, that have a line each
US, OTHERS = "USA", "others"


@styled
def network(
    members: pd.DataFrame,
    years: pd.DataFrame | None = None,
    *,
    year: int | None = None,
    replicate: int | None = None,
    title: str = "",
    seed: int | None = None,
    version: str = __version__,
) -> Figure:
    """Lines from those who gave to those who got help, in one run.

    The model records no help in pairs. What it has: every country's support to the one partner under attack, whether
    the US came to a challenged member, and how that ended. Which allies came to it is drawn in the run but not kept,
    so no line is drawn for them.

    Args:
        members: one row a member and year: ``member``, ``year``, ``support_share``, ``gdp``; of several runs the named
            one, else the first.
        years: one row a year: ``year``, ``challenge``, ``target``, ``us_came``, ``lost``; without it support alone.
        year: one year; the sum over all years by default.
        replicate: which run.
        title: what was run, for the line below the takeaway.
        seed: of the run; from the column ``seed`` if there is one.
        version: of the package that made it.

    Raises:
        ValueError: a column or the run is missing, or there was neither support nor a challenge.
    """
    columns_of(members, ["member", "year", "support_share", "gdp"], "network")
    if years is not None:
        columns_of(years, ["year", "challenge", "target", "us_came", "lost"], "network")
        years = one_run(years, replicate, "network")
    table = links(one_run(members, replicate, "network"), years, year)
    when = span_of(members, year)
    if table.empty:
        raise ValueError(f"network: nobody gave support and nobody was challenged, {when}")
    number_of = int(members["replicate"].iloc[0]) if replicate is None and "replicate" in members else replicate or 0
    words = Words(
        takeaway(table, when),
        f"{clean(title) + '. ' if title else ''}Support to the partner, 2015 US$ bn, {when}, and what the US did when "
        "a member was challenged. The six largest givers in colour.",
        footer(
            [
                f"One run (run {number_of}, {seed_words(seed, members)}): one draw of chance, no forecast; no interval",
                "Help of allies to a challenged member is not recorded one by one",
                "Assumed: what support is worth to whom, and who keeps a promise",
            ],
            version,
        ),
        version,
    )
    receivers = table["receiver"].nunique()
    rows = max(8, few(table)["giver"].nunique(), math.ceil(receivers * room(table)))
    picture, grid = panels(words, Frame(height=ROW * (rows + 0.5), left=1.9, right=2.1, top=0.1, bottom=0.1))
    draw_links(picture.add_subplot(grid[0]), few(table), rows)
    return finish(picture, table, _told(words, table))


def span_of(members: pd.DataFrame, year: int | None) -> str:
    """2030, or 2025-2045."""
    return str(year) if year is not None else f"{int(members['year'].min())}\u2013{int(members['year'].max())}"


def links(members: pd.DataFrame, years: pd.DataFrame | None, year: int | None) -> pd.DataFrame:
    """One row a line: giver, receiver, kind (support, came, stayed away), amount in 2015 US$ bn, year, outcome."""
    rows = members if year is None else members[members["year"] == year]
    span = span_of(members, year)
    names = known()["name"]
    given = (rows["support_share"] * rows["gdp"]).groupby(rows["member"]).sum()
    given = given[given > 0].sort_values(ascending=False, kind="stable")
    found = [
        {"giver": code, "giver_name": str(names.get(code, clean(code, 24))), "receiver": "", "receiver_name": PARTNER,
         "kind": "support", "amount": float(amount), "year": span, "outcome": ""}
        for code, amount in given.items()
    ]  # fmt: skip
    if years is not None:
        hit = years[years["challenge"].astype(bool)]
        hit = hit if year is None else hit[hit["year"] == year]
        found += [
            {"giver": US, "giver_name": str(names[US]), "receiver": target,
             "receiver_name": str(names.get(target, clean(target, 24))), "kind": "came" if came else "stayed away",
             "amount": float("nan"), "year": str(when), "outcome": "lost" if lost else "held"}
            for when, target, came, lost in zip(hit["year"], hit["target"], hit["us_came"], hit["lost"], strict=True)
        ]  # fmt: skip
    columns = ["giver", "giver_name", "receiver", "receiver_name", "kind", "amount", "year", "outcome"]
    return pd.DataFrame(found, columns=columns)


def few(table: pd.DataFrame) -> pd.DataFrame:
    """The lines that are drawn: of more than sixteen givers the smallest as one, but never the US where it is asked."""
    support, crises = table[table["kind"] == "support"], table[table["kind"] != "support"]
    if len(support) <= GIVERS:
        return table
    own = (support["giver"] == US) & bool(len(crises))
    small = support[~own].iloc[GIVERS - 1 - int(own.sum()) :]
    rest = small.iloc[:1].assign(giver=OTHERS, giver_name=f"{len(small)} others", amount=small["amount"].sum())
    return pd.concat([support.drop(small.index), rest, crises], ignore_index=True)


def draw_links(axes: Axes, table: pd.DataFrame, rows: int) -> None:
    """Givers on the left in the order of what they gave, receivers on the right, curves between them."""
    support = table[table["kind"] == "support"]
    crises = table[table["kind"] != "support"]
    givers = [str(code) for code in dict.fromkeys([*support["giver"], *crises["giver"]])]
    left = {code: float(k) for k, code in enumerate(givers)}
    right = _places(support, crises, rows)
    axes.set_xlim(0, 1)
    axes.set_ylim(rows - 0.25, -0.25 - 0.5)
    axes.set_axis_off()
    wide = widths(support["amount"]) if len(support) else np.zeros(0)
    end = right.get(PARTNER, 0.0) - wide.sum() / 2 / POINTS
    for k, (code, width) in enumerate(zip(support["giver"], wide, strict=True)):
        colour = LOOKS[k].colour if k < MOST and code != OTHERS else FAINT
        _curve(axes, left[str(code)], end + width / 2 / POINTS, colour, width, "solid", 1)
        end += width / POINTS
    for _, row in crises.iterrows():
        dash = "solid" if row["kind"] == "came" else (0, (3, 3))
        _curve(axes, left[US], right[str(row["receiver"])], INK, 1.3, dash, 3)
    _name_givers(axes, table, left)
    for name, story, y in _stories(support, crises, right):
        if name == PARTNER:
            half = widths(support["amount"]).sum() / 2 / POINTS
            axes.plot([1, 1], [y - half, y + half], color=INK, lw=4, solid_capstyle="butt", clip_on=False)
        else:
            axes.plot(1, y, "D", color=INK, ms=6, clip_on=False)
        axes.annotate(
            story, (1, y), xytext=(9, 0), textcoords="offset points", size=9, va="center", color=INK, linespacing=1.15
        )


def widths(amounts: pd.Series[float]) -> NDArray[np.float64]:
    """Points of the lines, in proportion; the least is still seen."""
    given = amounts.to_numpy(float)
    wide: NDArray[np.float64] = np.maximum(0.5, WIDEST * given / given.max())
    return wide


def room(table: pd.DataFrame) -> float:
    """Rows that the longest story of a receiver takes."""
    challenges = table.loc[table["kind"] != "support", "receiver"].value_counts()
    lines = 1 + min(LINES, max(1, int(challenges.max()) if len(challenges) else 1))
    return (lines * 9.0 * 1.2 / 72 + 0.08) / ROW


def _places(support: pd.DataFrame, crises: pd.DataFrame, rows: int) -> dict[str, float]:
    """Where receivers stand: the partner first, challenged members below it in the order of their first challenge."""
    names = [*([PARTNER] if len(support) else []), *dict.fromkeys(crises["receiver"])]
    gap = room(crises)
    wanted = [rows * (k + 0.5) / len(names) for k in range(len(names))]
    return dict(zip(names, spread(wanted, min(gap, rows / len(names)), 0.8, rows - 1.0), strict=True))


def _stories(support: pd.DataFrame, crises: pd.DataFrame, right: dict[str, float]) -> list[tuple[str, str, float]]:
    """Receiver, what is written beside it, where."""
    found = []
    for name, y in right.items():
        if name == PARTNER:
            found.append((name, f"{PARTNER}\n{number(float(support['amount'].sum()))} in all", y))
            continue
        mine = crises[crises["receiver"] == name]
        lines = [f"{row['year']}: US {row['kind']}, {row['outcome']}" for row in mine.to_dict("records")]
        more = [*lines[: LINES - 1], f"and {len(lines) - LINES + 1} more"] if len(lines) > LINES else lines
        found.append((name, "\n".join([str(mine["receiver_name"].iloc[0]), *more]), y))
    return found


def _name_givers(axes: Axes, table: pd.DataFrame, left: dict[str, float]) -> None:
    """Name and amount beside every giver; those in colour darker and bold."""
    first = table.drop_duplicates("giver")
    names, amounts = (dict(zip(first["giver"], first[name], strict=True)) for name in ("giver_name", "amount"))
    for k, ((code, y), amount) in enumerate(zip(left.items(), alike(amounts[one] for one in left), strict=True)):
        given = bool(np.isfinite(amounts[code]))
        high = k < MOST and given
        told = f"{names[code]}  {amount}" if given else str(names[code])
        axes.plot(0, y, "o", color=LOOKS[k].colour if high else SOFT, ms=5, clip_on=False, zorder=4)
        axes.annotate(
            told, (0, y), xytext=(-7, 0), textcoords="offset points", size=9, va="center", ha="right",
            color=INK if high else SOFT, weight="bold" if high else "normal",
        )  # fmt: skip


def _curve(
    axes: Axes, start: float, end: float, colour: str, width: float, dash: str | tuple[float, Sequence[float]], z: int
) -> None:
    path = Path([(0, start), (0.5, start), (0.5, end), (1, end)], [Path.MOVETO, *[Path.CURVE4] * 3])
    axes.add_patch(PathPatch(path, fc="none", ec=colour, lw=width, ls=dash, capstyle="butt", zorder=z, clip_on=False))


def takeaway(table: pd.DataFrame, when: str) -> str:
    """Who gave most of the support, and how often the US came."""
    support = table[table["kind"] == "support"]
    crises = table[table["kind"] != "support"]
    told = []
    if len(support):
        total = float(support["amount"].sum())
        top = support.iloc[:3]
        part = 100 * float(top["amount"].sum()) / total
        who = listed([str(name) for name in top["giver_name"]])
        told.append(f"{who} gave {part:.0f}\u00a0% of the support, {when}")
    if len(crises):
        came = int((crises["kind"] == "came").sum())
        lost = int((crises["outcome"] == "lost").sum())
        told.append(f"the US came to {came} of {counted(len(crises), 'challenge')}, {lost or 'none'} lost")
    elif told:
        told.append("no member was challenged")
    return "; ".join(told)[:1].upper() + "; ".join(told)[1:]


def _told(words: Words, table: pd.DataFrame) -> str:
    told = [
        f"{row['giver_name']} to {row['receiver_name']}: {number(row['amount'])}" if row["kind"] == "support"
        else f"{row['giver_name']} {row['kind']} when {row['receiver_name']} was challenged in {row['year']}, "
        f"{row['outcome']}"
        for row in table.to_dict("records")
    ]  # fmt: skip
    return (
        f"{words.title}. A network: lines from givers on the left, ordered by what they gave, to receivers on the "
        f"right. {words.subtitle} {'; '.join(told)}. {words.footer}"
    )
