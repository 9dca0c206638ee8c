"""Statements, acts and law of one history on a line of time, a lane each."""

from __future__ import annotations

import pandas as pd

from sim.app.axes import Panel
from sim.app.charts import Canvas
from sim.app.drawing import Dot, Drawing, Line, Mark, Word, width_of
from sim.figures.events import LANES, Event, events_of
from sim.figures.style import HAIR, INK, LOOKS, SOFT
from sim.scenario import Scenario
from sim.scenario.told import clause_years

__all__ = ["events_in", "timeline_chart"]

SHORT = {
    "policy": "US policy", "statement": "Statements", "treaty": "Treaty", "eu": "EU", "challenge": "Challenges",
}  # fmt: skip
HOLLOW = ("stayed", "notice", "stands", "ends", "refused")


def events_in(years: pd.DataFrame, scenario: Scenario) -> list[Event]:
    """What happened in a history, as the figures of ``sim.figures`` find it."""
    opened = scenario.parameters.clause_opens
    return events_of(years, scenario.statements, clause_years(scenario.parameters, opened))


def timeline_chart(canvas: Canvas, years: pd.DataFrame, scenario: Scenario, year: int, source: str) -> Drawing:
    """A lane for each kind of event, up to a year; what comes later is not told yet."""
    events = [event for event in events_in(years, scenario) if event.year <= year]
    size, row = canvas.size, 1.55 * canvas.size
    names = canvas.width >= 36 * size  # else above the lanes
    left = 7.5 * size if names else 1.7 * size
    first, last = float(years["year"].iloc[0]), float(years["year"].iloc[-1])
    panel = Panel(left, 0, canvas.width - left - 1.6 * size, 1, (first, last), (0, 1), size)
    marks: list[Mark] = []
    down = 0.3 * size
    for k, (lane, _) in enumerate(LANES.items()):
        marks.append(Word(0, down + 1.1 * size, SHORT[lane], size, bold=not names, colour=SOFT if names else INK))
        down += 0 if names else row
        chosen = [event for event in events if event.lane == lane]
        rows = placed(panel, chosen)
        for event, place in zip(chosen, rows, strict=True):
            marks += drawn(panel, event, down + place * row + 0.7 * size, LOOKS[k % len(LOOKS)].colour)
        if not chosen:
            marks.append(Word(left, down + 1.1 * size, "none so far", size, colour=SOFT))
        down += (1 + max(rows, default=0)) * row + 0.35 * size
        marks.append(Line([(0, down), (canvas.width, down)], HAIR, 1))
        down += 0.25 * size
    axis = Panel(left, 0, panel.width, down, (first, last), (0, 1), size)
    at = axis.at(float(year), 0)[0]
    marks += [Line([(at, 0), (at, down)], SOFT, 1, (3, 3)), *axis.years()]
    table = pd.DataFrame([{"year": e.year, "lane": LANES[e.lane], "event": e.said} for e in events],
                         columns=["year", "lane", "event"])  # fmt: skip
    told = "; ".join(f"{event.year}: {event.said}" for event in events) or "nothing yet"
    title = f"What happened up to {year}"
    return Drawing(canvas.width, down + 2 * size, title, f"{title}. Timeline in lanes: {told}.", source, table, marks)


def placed(panel: Panel, events: list[Event]) -> list[int]:
    """The row each event gets, so that words do not run into each other."""
    ends: list[float] = []  # where each row is free again
    rows = []
    for event in events:
        low, high = extent(panel, event)
        place = next((k for k, end in enumerate(ends) if end <= low), len(ends))
        ends[place : place + 1] = [high]
        rows.append(place)
    return rows


def extent(panel: Panel, event: Event) -> tuple[float, float]:
    """From where to where a mark and its word reach; the word stands left of a late mark."""
    x, wide = panel.at(event.year, 0)[0], width_of(event.mark, panel.size) + 14
    return (x - wide, x + 8) if leftward(panel, event) else (x - 6, x + wide)


def leftward(panel: Panel, event: Event) -> bool:
    """Whether the word would leave the panel on the right."""
    x, wide = panel.at(event.year, 0)[0], width_of(event.mark, panel.size) + 14
    return x + wide > panel.right + panel.size


def drawn(panel: Panel, event: Event, y: float, colour: str) -> list[Mark]:
    """A dot, hollow for what came to nothing or may yet, and its word."""
    x = panel.at(event.year, 0)[0]
    left = leftward(panel, event)
    word = Word(x - 9 if left else x + 9, y + 0.35 * panel.size, event.mark, panel.size, "end" if left else "start")
    return [Dot(x, y, 4.5, colour, "#ffffff" if event.kind in HOLLOW else "", f"{event.year}: {event.said}"), word]
