"""Statements and the escape clause in words, for tables and figures."""

from __future__ import annotations

from sim.scenario.parameters import Parameters
from sim.scenario.parts import Statement

__all__ = ["OFFICES", "clause_years", "office", "signed", "tones"]

OFFICES = {1.0: "president", 0.7: "cabinet", 0.4: "adviser", 0.2: "legislator"}  # by authority, as in sim.rules


def office(authority: float) -> str:
    """Whose weight a statement has: of the four offices the nearest."""
    return OFFICES[min(OFFICES, key=lambda known: abs(known - authority))]


def tones(statement: Statement) -> str:
    """What is said on the two things that beliefs are about, each from -1 to 1."""
    return f"commitment {signed(statement.tone)}, exclusion {signed(statement.conditionality)}"


def signed(tone: float) -> str:
    """+0.9, -0.5 or 0."""
    return f"{tone:+g}" if tone else "0"


def clause_years(parameters: Parameters, opened: int) -> range:
    """The years in which the escape clause is open; none if ``opened`` is 0."""
    return range(opened, opened + parameters.clause_years) if opened else range(0)
