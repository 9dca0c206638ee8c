"""One run at a glance: shares, beliefs and posture, who is promised protection, and what happened when."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim import __version__
from sim.figures.events import LANES, Event, draw_events, events_of, height_of
from sim.figures.paper import Frame, Words, finish, footer, label_ends, panels, plain
from sim.figures.style import HALO, INK, LOOKS, SOFT, Look, clean, listed, number, per_cent, styled, year_ticks
from sim.figures.summary import columns_of, one_run, pledge_path, seed_words

__all__ = ["run_figure"]

YEARS = (
    "year", "european_share", "us_spending", "us_spending_share", "posture", "commitment_belief", "exclusion_belief",
    "protected_members", "members", "us_policy", "treaty_status", "attempt", "de_facto_exit", "challenge", "target",
    "us_came", "lost", "loans",
)  # fmt: skip
SHOWN = (
    "european_share", "us_share", "pledge", "posture", "commitment_belief", "exclusion_belief", "protected_members",
)  # fmt: skip


@styled
def run_figure(
    years: pd.DataFrame,
    members: pd.DataFrame,
    scenario: Any,
    *,
    clause: range = range(0),
    replicate: int | None = None,
    seed: int | None = None,
    version: str = __version__,
) -> Figure:
    """One run from its start to its end, four panels over time.

    Args:
        years: one row a year, all columns of the yearly table; of several runs the named one, else the first, is shown.
        members: one row a year and member: ``year``, ``member``, ``defence_share``; the US share is read from it.
        scenario: with ``title`` and, where it has them, ``name``, ``pledge`` (points with ``year`` and ``value``) and
            ``statements``.
        clause: the years in which the escape clause is open.
        replicate: which run. seed, version: where the run comes from.
    """
    columns_of(years, YEARS, "run_figure")
    columns_of(members, ["year", "member", "defence_share"], "run_figure")
    years, members = one_run(years, replicate), one_run(members, replicate)
    table = shown(years, members, scenario)
    events = events_of(years, getattr(scenario, "statements", ()), clause)
    number_of = int(years["replicate"].iloc[0]) if "replicate" in years.columns else 0
    words = _words(table, events, scenario, f"run {number_of}, {seed_words(seed, years)}", version)
    strip = height_of(events, (int(table.index[0]), int(table.index[-1])))
    heights = (1.75, 1.6, 1.1, strip)
    picture, grid = panels(
        words,
        Frame(height=sum(heights) + 0.9, rows=4, left=0.95, right=1.45, top=0.22, between_rows=0.3, ratios=heights),
    )
    axes = [picture.add_subplot(grid[k]) for k in range(4)]
    for one in axes:
        one.set_xlim(float(table.index[0]) - 0.5, float(table.index[-1]) + 0.5)
        one.set_xticks(year_ticks(int(table.index[0]), int(table.index[-1])))
    draw_shares(axes[0], table)
    draw_beliefs(axes[1], table)
    draw_protected(axes[2], table, int(years["members"].iloc[-1]) - 1)
    draw_events(axes[3], events, table.index)
    for one in axes[:3]:
        one.tick_params(labelbottom=False)
    told = table.assign(events=[_said(events, int(year)) for year in table.index])
    return finish(picture, told.rename_axis("year").reset_index(), _told(words, table, events))


def shown(years: pd.DataFrame, members: pd.DataFrame, scenario: Any) -> pd.DataFrame:
    """What the panels draw, by year; nobody is protected or not in the start year, which is not played."""
    table = years.set_index("year")
    us = members[members["member"] == "USA"].set_index("year")["defence_share"]
    points = [(int(point.year), float(point.value)) for point in getattr(scenario, "pledge", ())]
    pledge = pledge_path([int(year) for year in table.index], points)
    table = table.assign(us_share=us.reindex(table.index), pledge=pledge)[list(SHOWN)].astype(float)
    table.loc[table.index[0], "protected_members"] = np.nan
    return table


def draw_shares(axes: Axes, table: pd.DataFrame) -> None:
    """European and US shares of GDP, and the agreed path."""
    plain(axes)
    ends = _lines(axes, 100 * table, (("european_share", "Europe, Canada"), ("us_share", "United States")))
    if float(table["pledge"].max()) > 0:
        look = Look(SOFT, (0, (4, 2)), "")
        axes.plot(table.index, 100 * table["pledge"], color=look.colour, ls=look.dash, lw=1.1, zorder=2)
        ends.append((100 * float(table["pledge"].iloc[-1]), "pledge", look))
    axes.set_ylim(0, None)
    axes.set_ylabel("spending,\n% of GDP")
    label_ends(axes, float(table.index[-1]), ends)


def draw_beliefs(axes: Axes, table: pd.DataFrame) -> None:
    """Posture and the allies' two beliefs, all against their own scale of 0 to 1."""
    plain(axes)
    named = (
        ("commitment_belief", "belief: US keeps\nits word"),
        ("exclusion_belief", "belief: US leaves\nsome out"),
        ("posture", "US posture"),
    )
    ends = _lines(axes, table, named)
    axes.set_ylim(0, max(1.05, 1.05 * float(table["posture"].max())))
    axes.set_ylabel("chance; posture\n(start = 1)")
    label_ends(axes, float(table.index[-1]), ends)


def draw_protected(axes: Axes, table: pd.DataFrame, most: int) -> None:
    """How many allies are promised protection, of all; what they make of the promise are the beliefs above."""
    plain(axes)
    axes.step(table.index, table["protected_members"], where="mid", color=LOOKS[0].colour, lw=2.0)
    axes.hlines(most, float(table.index[0]) - 0.5, float(table.index[-1]), color=SOFT, lw=0.9, ls=(0, (1, 2)))
    axes.annotate(
        f"all {most}", (0, most), xycoords=("axes fraction", "data"), xytext=(4, -2), va="top", size=9,
        textcoords="offset points", path_effects=HALO, color=INK,
    )  # fmt: skip
    axes.set_ylim(-1, 1.1 * most)
    axes.set_ylabel("allies promised\nprotection")
    last = float(table["protected_members"].iloc[-1])
    label_ends(axes, float(table.index[-1]), [(last, f"{number(last)} at the end", LOOKS[0])])


def _lines(axes: Axes, table: pd.DataFrame, named: tuple[tuple[str, str], ...]) -> list[tuple[float, str, Look]]:
    ends = []
    for look, (name, text) in zip(LOOKS, named, strict=False):
        axes.plot(table.index, table[name], color=look.colour, ls=look.dash, lw=2.0, zorder=3)
        ends.append((float(table[name].iloc[-1]), text, look))
    return ends


def takeaway(table: pd.DataFrame, events: list[Event]) -> str:
    """Where the share goes, who is protected at the end, and what happened."""
    first, last = int(table.index[0]), int(table.index[-1])
    start, end = (float(table["european_share"].iloc[k]) for k in (0, -1))
    told = f"Europe's spending goes from {per_cent(start)} of GDP in {first} to {per_cent(end)} in {last}"
    count = int(table["protected_members"].iloc[-1])
    protected = f"{count or 'no'} {'ally is' if count == 1 else 'allies are'} promised protection at the end"
    happened = []
    challenges = [event.year for event in events if event.lane == "challenge"]
    if challenges:
        many = f"{len(challenges)} challenges" if len(challenges) > 1 else "a challenge"
        told_years = listed([str(year) for year in challenges]) if len(challenges) <= 4 else f"from {challenges[0]} on"
        happened.append(f"{many} ({told_years})")
    left = [event.year for event in events if event.kind == "left"]
    if left:
        happened.append(f"the US left the treaty in {left[0]}")
    return f"{told}; {protected}{'; ' + '; '.join(happened) if happened else ''}"


def _words(table: pd.DataFrame, events: list[Event], scenario: Any, which: str, version: str) -> Words:
    title = clean(getattr(scenario, "title", "") or getattr(scenario, "name", "a scenario"))
    return Words(
        takeaway(table, events),
        f"Scenario: {title}. Europe's spending counts Canada.",
        footer(
            [
                f"One run ({which}): one draw of chance, no forecast; no interval",
                "Assumed: how governments and the adversary respond",
            ],
            version,
        ),
        version,
    )


def _said(events: list[Event], year: int) -> str:
    return "; ".join(event.said for event in events if event.year == year)


def _told(words: Words, table: pd.DataFrame, events: list[Event]) -> str:
    told = "; ".join(f"{event.year}: {event.said}" for event in events) or "none"
    lanes = listed(list(LANES.values()))
    return (
        f"{words.title}. Three line charts over time, above each other: spending, beliefs and posture, "
        f"allies promised protection; below them a timeline of {lanes}. {words.subtitle} Events: {told}. {words.footer}"
    )
