"""How measures and axes are called in a figure; names and units are those of the codebook."""

from __future__ import annotations

import re

from sim.figures.style import clean
from sim.store.codebook import MEMBERS, Measure
from sim.store.codebook import measure_of as known_measure

__all__ = ["ORDINAL", "Measure", "axis_name", "less_is_better", "measure_of", "member_measure"]


AXES = {"eu_instruments": "EU instruments", "us_policy": "US policy"}
LOW = re.compile(r"challenge|lost|exit|cost|free_riding|exclusion_belief|year$")
ORDINAL = "ordinal: compares policies, no forecast"


def axis_name(name: str) -> str:
    """What an axis of an experiment is called."""
    return AXES.get(name, clean(str(name).replace("_", " "), 60))


def measure_of(column: str) -> Measure:
    """What a column of the tables is called; the words of an unknown one are its own."""
    found = known_measure(column)
    return found._replace(name=clean(found.name, 80))


def member_measure(column: str) -> Measure:
    """What a column of the members' table is called."""
    return MEMBERS.get(column) or measure_of(column)


def less_is_better(column: str) -> bool:
    """Whether regret counts a low outcome as the better one; a convention, and figures say which was taken."""
    return bool(LOW.search(column))
