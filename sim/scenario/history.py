"""Runs of the past: a scenario of what happened between two years, or of what was known when it began."""

from __future__ import annotations

from typing import Any

from sim import data
from sim.data.loader import PATHS
from sim.data.tables import columns
from sim.scenario.models import FIRST_START, LAST_START, Scenario

__all__ = ["historical"]

INSTRUMENTS = {"loans": "loan_opens", "clause": "clause_opens"}  # kind of event -> parameter
Event = dict[str, Any]  # one row of the table
SOURCES = (
    "World Bank, World Development Indicators, and NATO, Defence Expenditure of NATO Countries (growth, shares of GDP)",
    "The events of sim/data/events.csv, each with its own source",
)


def historical(start: int, end: int, *, hindsight: bool = True) -> Scenario:
    """The scenario of what happened from ``start`` to ``end``, under unconditional protection.

    With hindsight GDP grows as it did and all events of the table happen in their year. Without, growth is the trend of
    the ten years before ``start``, and paths, statements and instruments are those known at the end of that year, the
    last known value held. Membership grows as it did either way. Only what is documented is said.

    ``start`` from 1960 to 2024 and ``end`` from start + 1 to 2200, else DataError.
    """
    _check("start", start, FIRST_START, LAST_START - 1)
    _check("end", end, start + 1, 2200)
    table = columns("events")
    events = [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
    events = [event for event in events if hindsight or int(event["known"][:4]) <= start]
    known = "as it was" if hindsight else f"as known in {start}"
    return Scenario.model_validate(
        {
            "name": f"history-{start}-{end}-{'actual' if hindsight else 'known'}",
            "title": f"{start}-{end}, {known}",
            "question": f"What does the model make of {start}-{end}, {known}?",
            "cannot_say": "What another policy would have done: US protection stays unconditional, its forces stay.",
            "sources": SOURCES,
            "start": start,
            "end": end,
            "economy": "actual" if hindsight else "trend",
            **{kind: _points(events, kind) for kind in PATHS},
            "policies": {"unconditional": {"tone": 0.5}},
            "script": {str(start): "unconditional"},
            "statements": _statements(events, start, end),
            "parameters": {"statement_rate": 0.0, **_instruments(events, start)},
        }
    )


def _check(name: str, year: int, first: int, last: int) -> None:
    if isinstance(year, bool) or not hasattr(year, "__index__") or not first <= year <= last:
        raise data.DataError(f"{name}: found {year!r}; allowed: a whole number from {first} to {last}")


def _points(events: list[Event], kind: str) -> tuple[dict[str, Any], ...]:
    return tuple({"year": one["year"], "value": one["value"]} for one in events if one["kind"] == kind)


def _statements(events: list[Event], start: int, end: int) -> tuple[dict[str, Any], ...]:
    said = [one for one in events if one["kind"] == "statement" and start < one["year"] <= end]
    fields = {"authority": "value", "source": "basis", **{name: name for name in ("year", "tone", "conditionality")}}
    return tuple({field: one[column] for field, column in fields.items()} for one in said)


def _instruments(events: list[Event], start: int) -> dict[str, int]:
    """When the loans and the clause open, if that is known and after the start."""
    opens = {one["kind"]: one["year"] for one in events if one["year"] > start}
    return {key: opens[kind] for kind, key in INSTRUMENTS.items() if kind in opens}
