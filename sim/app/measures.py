"""What the page calls a measure: as the figures do, but what is ordinal is an index without a unit."""

from __future__ import annotations

from sim.figures import naming
from sim.figures.naming import Measure

__all__ = ["ORDINAL", "Measure", "measure_of", "member_measure"]

# Only the order means anything, so that a level in per cent a year would say too much.
ORDINAL = {
    "challenge_risk": Measure("index of the risk of a challenge (ordinal)", "status quo of its first year = 100"),
    "hazard": Measure("index of the risk of a challenge (ordinal)", "mean ally, status quo of its first year = 100"),
}


def measure_of(column: str) -> Measure:
    """What a column of the table of years is called."""
    return ORDINAL.get(column) or naming.measure_of(column)


def member_measure(column: str) -> Measure:
    """What a column of the table of members is called."""
    return ORDINAL.get(column) or naming.member_measure(column)
