"""What was said, done and enacted in a run, year by year, as a figure of its own."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sim import __version__
from sim.figures.events import EVENT_YEARS, LANES, draw_events, events_of, happened, height_of
from sim.figures.paper import Frame, Words, finish, footer, panels
from sim.figures.style import clean, counted, listed, styled, year_ticks
from sim.figures.summary import columns_of, one_run, seed_words

__all__ = ["timeline"]


@styled
def timeline(
    years: pd.DataFrame,
    scenario: Any = None,
    *,
    clause: range = range(0),
    replicate: int | None = None,
    seed: int | None = None,
    version: str = __version__,
) -> Figure:
    """US policies, scripted statements, steps out of the treaty, EU instruments and challenges of one run.

    The lanes are those below the run at a glance (`run_figure`). Statements that the model draws by itself are not
    recorded one by one, so only those of the scenario's script are marked.

    Args:
        years: one row a year: ``year``, ``us_policy``, ``treaty_status``, ``attempt``, ``de_facto_exit``, ``loans``,
            ``challenge``, ``target``, ``us_came``, ``lost``; of several runs the named one, else the first.
        scenario: with ``title`` and, where it has them, ``name`` and ``statements``.
        clause: the years in which the escape clause is open.
        replicate: which run. seed, version: where the run comes from.

    Raises:
        ValueError: a column or the run is missing.
    """
    columns_of(years, EVENT_YEARS, "timeline")
    years = one_run(years, replicate, "timeline")
    events = events_of(years, getattr(scenario, "statements", ()), clause)
    first, last = int(years["year"].iloc[0]), int(years["year"].iloc[-1])
    number = int(years["replicate"].iloc[0]) if "replicate" in years.columns else 0
    title = clean(getattr(scenario, "title", "") or getattr(scenario, "name", ""))
    words = Words(
        takeaway(years, events, first, last),
        f"{f'Scenario: {title}. ' if title else ''}{listed(list(LANES.values()))}, by year.",
        footer(
            [
                f"One run (run {number}, {seed_words(seed, years)}): one draw of chance, no forecast; no interval",
                "Assumed: how governments and the adversary respond",
            ],
            version,
        ),
        version,
    )
    high = height_of(events, (first, last))
    picture, grid = panels(words, Frame(height=high, left=0.95, right=1.45, top=0.15, bottom=0.35))
    axes = picture.add_subplot(grid[0])
    axes.set_xlim(first - 0.5, last + 0.5)
    axes.set_xticks(year_ticks(first, last))
    draw_events(axes, events, pd.Index(years["year"]))
    table = pd.DataFrame(
        [(event.year, LANES[event.lane], event.kind, event.said) for event in events],
        columns=["year", "lane", "kind", "event"],
    )
    told = "; ".join(f"{event.year}: {event.said}" for event in events)
    return finish(picture, table, f"{words.title}. A timeline. {words.subtitle} {told}. {words.footer}")


def takeaway(years: pd.DataFrame, events: list[Any], first: int, last: int) -> str:
    """How many policies and statements, and what became of treaty and borders."""
    policies = len({event.mark for event in events if event.lane == "policy"})
    statements = sum(event.lane == "statement" for event in events)
    refused = sum(event.kind == "refused" for event in events)
    told = ["one US policy" if policies == 1 else f"{policies} US policies"]
    told += [counted(statements, "scripted statement")] if statements else []
    told += [f"{counted(refused, 'attempt')} to leave refused"] if refused else []
    told += happened(events)
    if not any(event.lane in ("treaty", "challenge") for event in events):
        told.append("no step out of the treaty and no challenge")
    return f"{first} to {last}: {'; '.join(told)}"
