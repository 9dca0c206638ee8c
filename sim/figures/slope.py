"""Burdens at two moments, or under two policies: a line a member, at most six of them named."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim import __version__
from sim.figures.naming import Measure, axis_name, member_measure
from sim.figures.paper import Frame, Words, finish, footer, panels, plain
from sim.figures.style import FAINT, INK, LOOKS, SOFT, Look, alike, clean, listed, spread, styled
from sim.figures.summary import BAND, columns_of, groups_of, known, quantiles, seed_words

__all__ = ["slope"]

MOST = len(LOOKS)
LETTERS = 9.0  # size of names


@styled
def slope(
    members: pd.DataFrame,
    measure: str = "defence_share",
    *,
    by: str = "year",
    between: tuple[object, object] | None = None,
    highlight: Sequence[str] = (),
    title: str = "",
    seed: int | None = None,
    version: str = __version__,
) -> Figure:
    """A line a member from one year to another, or from one policy to another in the last year.

    Args:
        members: one row a member and year, of one run or many: ``member``, ``year`` and the measure, and the column
            of ``by``; with more than one run medians.
        measure: a number of the members' table, in the table's unit.
        by: ``year``, or a column such as ``policy``; then the last year is drawn.
        between: the two values of ``by``; by default its first and last year, or its first two values.
        highlight: codes of up to six members to draw in colour and to name; by default those that change most.
        title: what was run, for the line below the takeaway.
        seed: of the runs; from the column ``seed`` if there is one.
        version: of the package that made the runs.

    Raises:
        ValueError: a column or a value is missing, or more than six members are to be highlighted.
    """
    columns_of(members, ["member", "year", measure, by], "slope")
    pair = _pair(members, by) if between is None else between
    table = summary(members, measure, by, pair)
    chosen = _chosen(table, highlight)
    unit = member_measure(measure)
    when = "" if by == "year" else f", {int(members['year'].max())}"
    runs = int(table["runs"].max())
    absent = [clean(one, 24) for one in sorted(set(members["member"]) - set(table["member"]))]
    left = f" Without a value at both ends, and not drawn: {listed(absent)}." if absent else ""
    words = Words(
        takeaway(table, unit, pair),
        f"{clean(title) + '. ' if title else ''}{unit.axis[:1].upper()}{unit.axis[1:]}{when}, by member; in colour "
        f"{'those that change most' if not highlight else 'those that were chosen'}.{left}",
        footer(
            [
                f"Ends: medians of {runs:,} runs; {BAND} of the runs in the table"
                if runs > 1 else "One run: one draw of chance, no forecast; no interval",
                seed_words(seed, members).capitalize(),
                "Assumed: how each government decides",
            ],
            version,
        ),
        version,
    )  # fmt: skip
    picture, grid = panels(words, Frame(height=4.9, left=1.95, right=1.95, top=0.15, bottom=0.35))
    axes = picture.add_subplot(grid[0])
    draw_slopes(axes, table, chosen, unit)
    axes.set_xticks([0, 1], [_named(by, one) for one in pair])
    told = table.assign(measure=measure, by=by, first=str(pair[0]), last=str(pair[1]))
    return finish(picture, told, _told(words, table, unit))


def _pair(members: pd.DataFrame, by: str) -> tuple[object, object]:
    if by == "year":
        return int(members["year"].min()), int(members["year"].max())
    values = [group[0] for group in groups_of(members, [by])]
    if len(values) < 2:
        raise ValueError(f"slope needs two values of {by}; found {', '.join(map(str, values))}")
    return values[0], values[1]


def _named(by: str, value: object) -> str:
    return str(value) if by in ("year", "policy") else f"{axis_name(by)} {clean(value, 24)}"


def summary(members: pd.DataFrame, measure: str, by: str, pair: tuple[object, object]) -> pd.DataFrame:
    """One row a member that has both ends: name, runs, start and end with their quantiles, change."""
    rows = members if by == "year" else members[members["year"] == members["year"].max()]
    halves = []
    for value in pair:
        half = rows[rows[by] == value].dropna(subset=[measure])
        if half.empty:
            raise ValueError(f"slope: no row with {by} {value}")
        halves.append(quantiles(half, ["member"], measure).set_index("member"))
    start, end = halves
    table = pd.DataFrame({"runs": start["runs"].reindex(end.index)})
    for name, half in (("start", start), ("end", end)):
        table[name], table[f"{name}_q05"], table[f"{name}_q95"] = half["q50"], half["q05"], half["q95"]
    table = table.dropna(subset=["start", "end"])
    table["change"] = table["end"] - table["start"]
    names = known()["name"]
    table.insert(0, "name", [str(names.get(code, clean(code, 24))) for code in table.index])
    return table.sort_values(["end", "name"], ascending=[False, True], kind="stable").reset_index()


def _chosen(table: pd.DataFrame, highlight: Sequence[str]) -> list[str]:
    """The codes to highlight, highest end first."""
    if len(highlight) > MOST:
        raise ValueError(f"slope highlights at most {MOST} members; found {len(highlight)}")
    unknown = [code for code in highlight if code not in set(table["member"])]
    if unknown:
        raise ValueError(f"slope: no member {unknown[0]} in the table; there are {', '.join(table['member'])}")
    largest = table.loc[table["change"].abs().sort_values(ascending=False, kind="stable").index[:MOST], "member"]
    wanted = set(highlight or largest)
    return [str(code) for code in table["member"] if code in wanted]


def draw_slopes(axes: Axes, table: pd.DataFrame, chosen: Sequence[str], unit: Measure) -> None:
    """Grey lines, and coloured ones with names and numbers at both ends, moved apart where they would collide."""
    plain(axes, "")
    axes.set_xlim(0, 1)
    values = unit.scale * table[["start", "end"]].to_numpy(float)
    room = 0.04 * float(np.ptp(values)) or 0.5
    axes.set_ylim(float(values.min()) - room, float(values.max()) + room)
    high = table["member"].isin(list(chosen)).to_numpy(bool)
    for ends in values[~high]:
        axes.plot([0, 1], ends, color=FAINT, lw=1.0, zorder=1)
    for look, ends in zip(LOOKS, values[high], strict=False):
        axes.plot(
            [0, 1], ends, color=look.colour, ls=look.dash, lw=2.2, marker=look.marker, ms=6, zorder=3, clip_on=False
        )
    for place in (0, 1):
        axes.axvline(place, color=SOFT, lw=0.8, zorder=2, clip_on=False)
        _name_ends(axes, place, list(zip(values[high, place], table.loc[high, "name"], strict=True)), LOOKS)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="both", length=0)
    axes.set_yticks([])


def _name_ends(axes: Axes, place: int, ends: Sequence[tuple[float, str]], looks: Sequence[Look]) -> None:
    """Names and numbers beside one end, with a leader where they were moved."""
    inches = axes.get_position().height * float(axes.figure.get_figure(root=True).get_size_inches()[1])
    low, high = axes.get_ylim()
    gap = (high - low) * LETTERS * 1.35 / 72 / inches
    places = spread([y for y, _ in ends], gap, low + gap / 2, high - gap / 2)
    side, across = ("left", 1) if place else ("right", -1)
    for (y, name), at, look, value in zip(ends, places, looks, alike(y for y, _ in ends), strict=False):
        axes.plot([place + across * 0.02, place + across * 0.055], [y, at], color=look.colour, lw=0.9, clip_on=False)
        told = f"{value}  {name}" if place else f"{name}  {value}"
        axes.text(place + across * 0.065, at, told, size=LETTERS, color=INK, va="center", ha=side)


def takeaway(table: pd.DataFrame, unit: Measure, pair: tuple[object, object]) -> str:
    """How many rise, how many fall, who moves most."""
    first, last = (clean(one, 40) for one in pair)
    up, down = int((table["change"] > 0).sum()), int((table["change"] < 0).sum())
    name = f"{unit.name[:1].upper()}{unit.name[1:]}"
    counts = f"{name}, {first} to {last}: higher for {up} of {len(table)} members, lower for {down}"
    if not up + down:
        return f"{name}: the same for all {len(table)} members, {first} and {last}"
    most = table.iloc[int(table["change"].abs().to_numpy().argmax())]
    start, end = alike([unit.scale * float(most[one]) for one in ("start", "end")])
    return f"{counts}; most for {most['name']}, from {start} to {end} ({unit.unit})"


def _told(words: Words, table: pd.DataFrame, unit: Measure) -> str:
    ends = (alike(unit.scale * table[name]) for name in ("start", "end"))
    told = "; ".join(f"{name} {start} to {end}" for name, start, end in zip(table["name"], *ends, strict=True))
    return f"{words.title}. A slope chart, one line a member. {words.subtitle} {told}. {words.footer}"
