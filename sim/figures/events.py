"""What happened in a run, year by year: policies, words, steps out of the treaty, EU money, challenges; as a strip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from sim.figures.style import FAINT, INK, LOOKS, SOFT, clean, listed
from sim.scenario.told import office, signed, tones

__all__ = ["EVENT_YEARS", "LANES", "Event", "draw_events", "events_of", "happened", "height_of"]

EVENT_YEARS = (
    "year", "us_policy", "treaty_status", "attempt", "de_facto_exit", "challenge", "target", "us_came", "lost", "loans",
)  # fmt: skip

LANES = {
    "policy": "US policy", "statement": "scripted statements", "treaty": "steps out of the treaty",
    "eu": "EU instruments", "challenge": "challenges",
}  # fmt: skip
NAMES = {
    "policy": "US policy", "statement": "statements", "treaty": "treaty", "eu": "EU", "challenge": "challenge",
}  # fmt: skip
NONE = {"statement": "none in the script", "treaty": "no change"}
NEW_STATUS = {
    1: ("notice", "lawful notice", "notice, lawful"),
    2: ("notice", "notice alone", "notice without Congress"),
    3: ("left", "left lawfully", "the US has left the treaty lawfully"),
    4: ("left", "unilateral exit", "the US has left the treaty without Congress"),
}
SHAPES = {"policy": "|", "refused": "x", "left": "X", "de facto": "X", "statement": "D", "begins": "s", "ends": "s"}
ROW = 0.21  # inches a row of words takes
LETTER = 0.085  # inches a letter of it takes, on the safe side
WIDE = 5.2  # inches of the panel
CROWDED = 60  # events of a lane: more are counted by year


class Event(NamedTuple):
    """One thing that happened: where it is drawn, what the figure writes, what is said in full."""

    year: int
    lane: str
    kind: str
    mark: str
    said: str


def events_of(years: pd.DataFrame, statements: Sequence[Any] = (), clause: range = range(0)) -> list[Event]:
    """All events in the order of years; policies in force at the start included.

    Args:
        years: one row a year. statements: the scenario's. clause: the years in which the escape clause is open.
    """
    found: list[Event] = []
    before: Any = None
    for row in years.to_dict("records"):
        year = int(row["year"])
        if before is None or row["us_policy"] != before["us_policy"]:
            name = clean(row["us_policy"], 60)
            found.append(Event(year, "policy", "policy", clean(name, 24), f"US policy: {name}"))
        if before is not None:
            found += [*_said(statements, year), *_treaty(row, before, year), *_funded(row, before, clause, year)]
            found += _challenge(row, year)
        before = row
    return found


def _said(statements: Sequence[Any], year: int) -> Iterator[Event]:
    for one in statements:
        if one.year == year:
            who = office(one.authority)
            mark = f"{who} {signed(one.tone)}, {signed(one.conditionality)}".replace("-", "\u2212")
            yield Event(year, "statement", "statement", mark, f"statement (weight: {who}): {tones(one)}")


def _funded(row: dict[Any, Any], before: dict[Any, Any], clause: range, year: int) -> Iterator[Event]:
    """The escape clause opens and closes, loans begin and end."""
    if clause and year == clause[0]:
        yield Event(year, "eu", "begins", "clause opens", "the escape clause opens")
    if clause and year == clause[-1]:
        yield Event(year, "eu", "ends", "clause\u2019s last year", "last year of the escape clause")
    if (row["loans"] > 0) != (before["loans"] > 0):
        flow = row["loans"] > 0
        mark, said = ("loans flow", "EU loans flow") if flow else ("no more loans", "no more EU loans")
        yield Event(year, "eu", "begins" if flow else "ends", mark, said)


def _treaty(row: dict[Any, Any], before: dict[Any, Any], year: int) -> list[Event]:
    """Refused attempts, notices, exits, and notices that came to nothing."""
    found = []
    now, then = int(row["treaty_status"]), int(before["treaty_status"])
    if now != then:
        kind, mark, said = NEW_STATUS.get(now, ("stands", "treaty stands", "the notice ends and the treaty stands"))
        found.append(Event(year, "treaty", kind, mark, said))
    if int(row["attempt"]) == 1:
        found.append(Event(year, "treaty", "refused", "refused", "an attempt to leave is refused"))
    if int(row["de_facto_exit"]) and not int(before["de_facto_exit"]):
        found.append(Event(year, "treaty", "de facto", "de-facto exit", "exit in effect: no ally is promised anything"))
    return found


def _challenge(row: dict[Any, Any], year: int) -> list[Event]:
    if not int(row["challenge"]):
        return []
    target, lost = clean(row["target"], 12), bool(row["lost"])
    came = "the US came" if row["us_came"] else "the US stayed away"
    kind = "came" if row["us_came"] else "stayed"
    end = "lost" if lost else "held"
    return [Event(year, "challenge", kind, f"{target}: {end}", f"{target} challenged, {came}, {end}")]


def happened(events: Sequence[Event]) -> list[str]:
    """Challenges and exits in a few words each, for takeaways."""
    told = []
    challenges = [event.year for event in events if event.lane == "challenge"]
    if challenges:
        many = f"{len(challenges)} challenges" if len(challenges) > 1 else "a challenge"
        told_years = listed([str(year) for year in challenges]) if len(challenges) <= 4 else f"from {challenges[0]} on"
        told.append(f"{many} ({told_years})")
    left = [event.year for event in events if event.kind == "left"]
    if left:
        told.append(f"the US left the treaty in {left[0]}")
    return told


def rows_of(events: Sequence[Event], span: tuple[int, int]) -> list[int]:
    """The row of words each event gets, so that words do not run into each other."""
    free: list[list[tuple[float, float]]] = []
    rows = []
    for event in events:
        low, high = extent(event, span)
        place = next((k for k, row in enumerate(free) if all(high <= a or b <= low for a, b in row)), len(free))
        free[place : place + 1] = [[*(free[place] if place < len(free) else []), (low, high)]]
        rows.append(place)
    return rows


def extent(event: Event, span: tuple[int, int]) -> tuple[float, float]:
    """From where to where a mark and its word reach, in inches; late ones have it on their left."""
    at = (event.year - span[0] + 0.5) * WIDE / max(1, span[1] - span[0] + 1)
    long = 0.2 + LETTER * len(event.mark) if event.mark else 0.1
    return (at - long, at + 0.1) if leftward(event, span) else (at - 0.1, at + long)


def leftward(event: Event, span: tuple[int, int]) -> bool:
    """Whether the word would leave the panel on the right."""
    at = (event.year - span[0] + 0.5) * WIDE / max(1, span[1] - span[0] + 1)
    return at + 0.2 + LETTER * len(event.mark) > WIDE


def labelled(events: Sequence[Event], lane: str) -> list[Event]:
    """The events of a lane as they are drawn: refusals come every second year and are crosses without words.

    Of a crowded lane, those of one kind and year are one mark with their number.
    """
    shown = [e._replace(mark="") if e.kind == "refused" else e for e in events if e.lane == lane]
    if len(shown) <= CROWDED:
        return shown
    many = Counter((event.year, event.kind) for event in shown)
    return [Event(year, lane, kind, f"{n:,} {NAMES[lane]}", "") for (year, kind), n in sorted(many.items())]


def height_of(events: Sequence[Event], span: tuple[int, int]) -> float:
    """Inches that the strip needs for all its rows."""
    return ROW * sum(1 + max(rows_of(labelled(events, lane), span), default=0) for lane in LANES) + 0.35


def draw_events(axes: Axes, events: Sequence[Event], years: pd.Index[Any]) -> None:
    """Lanes below each other, each as high as its words need."""
    span = (int(years[0]), int(years[-1]))
    down, ticks = 0.0, []
    for lane in LANES:
        chosen = labelled(events, lane)
        rows = rows_of(chosen, span)
        high = 1 + max(rows, default=0)
        ticks.append(down + 0.5)
        for event, row in zip(chosen, rows, strict=True):
            _draw(axes, event, down + row + 0.5, leftward(event, span))
        counted = lane == "statement" and len(chosen) > 0 and not chosen[0].said  # no tones to explain
        _key(axes, down + high / 2, set() if counted else {event.kind for event in chosen})
        if not chosen:
            axes.text(span[0] - 0.2, down + 0.5, NONE.get(lane, "none"), size=9, color=SOFT, va="center")
        down += high + 0.25
        axes.axhline(down - 0.125, color=FAINT, lw=0.6)
    axes.set_ylim(down - 0.1, -0.1)
    axes.set_yticks(ticks, list(NAMES.values()))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _key(axes: Axes, y: float, kinds: set[str]) -> None:
    """Beside a lane: what shapes without words mean."""
    told = ["filled: the US came", "hollow: it did not"] if kinds & {"came", "stayed"} else []
    told += ["cross: refused"] if "refused" in kinds else []
    told += ["on commitment,", "then exclusion"] if "statement" in kinds else []
    axes.annotate(
        "\n".join(told), (1, y), xycoords=("axes fraction", "data"), xytext=(8, 0), textcoords="offset points", size=9,
        va="center", color=INK, linespacing=1.1,
    )  # fmt: skip


def _draw(axes: Axes, event: Event, y: float, left: bool) -> None:
    """A mark and its word; shape and filling tell the kinds apart."""
    shape = SHAPES.get(event.kind, "o")
    look = LOOKS[("eu", "challenge", "policy", "statement", "treaty").index(event.lane)]
    hollow = event.kind in ("stayed", "notice", "stands", "ends")
    axes.plot(
        event.year, y, shape, color=look.colour, mfc="white" if hollow else look.colour, ms=9 if shape == "|" else 6,
        mew=1.5 if hollow or shape in "|x" else 0.5, clip_on=False,
    )  # fmt: skip
    axes.annotate(
        event.mark, (event.year, y), xytext=(-7 if left else 7, 0), textcoords="offset points", size=9, color=INK,
        va="center", ha="right" if left else "left",
    )  # fmt: skip
