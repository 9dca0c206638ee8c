"""What happened in a year, in a few words, from two rows of the yearly table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.scenario import Scenario
from sim.scenario.told import office, tones

__all__ = ["TREATY", "happened"]

TREATY = ("in force", "notice given", "notice, no consent", "left by law", "unilateral exit")
ATTEMPT = ("", "Congress refuses to leave", "Congress agrees to leave", "notice given without Congress")

Year = dict[str, Any]


def happened(scenario: Scenario, clause: range, before: Year | None, now: Year) -> list[str]:
    """The year's events, in the order of the scenes; the start year has none before it. ``clause``: its open years."""
    done = [] if before is None else [*_done(before, now), *_funded(clause, before, now)]
    return [*_said(scenario, now), *done, *_fought(now)]


def _said(scenario: Scenario, now: Year) -> Iterator[str]:
    """Statements that the scenario knows of; those by chance are not recorded."""
    for one in scenario.statements:
        if one.year == now["year"]:
            yield f"statement (weight: {office(one.authority)}): {tones(one)}"


def _done(before: Year, now: Year) -> Iterator[str]:
    """Acts of Washington and the alliance, and what comes of them."""
    if now["attempt"]:
        yield ATTEMPT[now["attempt"]]
    if before["treaty_status"] in (1, 2) and now["treaty_status"] == 0:
        yield "notice withdrawn" if before["us_policy"] != now["us_policy"] else "courts stop the notice"
    if now["treaty_status"] in (3, 4) and before["treaty_status"] < 3:
        yield "the US has left"
    if now["de_facto_exit"] and not before["de_facto_exit"]:
        yield "exit in all but name"
    joined = int(now["members"]) - int(before["members"])
    if joined:
        yield f"{joined} new member{'s' * (joined > 1)}"
    if now["enabler_ratio"] >= 1.0 > before["enabler_ratio"]:
        yield "Europe has its own enablers"


def _funded(clause: range, before: Year, now: Year) -> Iterator[str]:
    """Instruments of Brussels: the escape clause opens and closes, loans begin and end."""
    if clause and now["year"] == clause[0]:
        yield "escape clause opens"
    if clause and now["year"] == clause[-1]:
        yield "last year of the escape clause"
    if (now["loans"] > 0) != (before["loans"] > 0):
        yield "EU loans flow" if now["loans"] > 0 else "no more EU loans"


def _fought(now: Year) -> Iterator[str]:
    """A challenge and how it was met."""
    if now["challenge"]:
        came = "the US comes" if now["us_came"] else "the US stays away"
        yield f"{now['target']} challenged: {came}, {'lost' if now['lost'] else 'held'}"
