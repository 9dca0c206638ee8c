"""How measures and axes are called in a figure; names and units are those of the codebook."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sim.figures.style import clean, listed, number
from sim.store.codebook import MEMBERS, Measure
from sim.store.codebook import measure_of as known_measure

__all__ = [
    "ORDINAL", "Measure", "axis_name", "in_bins", "in_unit", "less_is_better", "measure_of", "member_measure",
    "pooling", "written",
]  # fmt: skip


AXES = {"eu_instruments": "EU instruments", "us_policy": "US policy"}
LOW = re.compile(r"challenge|lost|exit|cost|free_riding|exclusion_belief|year$")
ORDINAL = "ordinal: compares policies, no forecast"


def axis_name(name: str) -> str:
    """What an axis of an experiment is called."""
    return AXES.get(name, clean(str(name).replace("_", " "), 60))


def in_bins(name: str, bins: int) -> str:
    """The sentence that says that an axis of numbers was cut into parts."""
    told = axis_name(name)
    return f"{told[:1].upper()}{told[1:]} is drawn in {bins} bins."


def pooling(names: Sequence[str]) -> list[str]:
    """The sentence that says over which axes the runs of one value go; none without such axes."""
    return [f"Runs with different {listed([axis_name(name) for name in names])} are pooled."] if names else []


def measure_of(column: str) -> Measure:
    """What a column of the tables is called; the words of an unknown one are its own."""
    found = known_measure(column)
    return found._replace(name=clean(found.name, 80))


def member_measure(column: str) -> Measure:
    """What a column of the members' table is called."""
    return MEMBERS.get(column) or measure_of(column)


def written(value: float, measure: Measure) -> str:
    """A value in the measure's unit: years whole and without a comma, all else with as many digits as one reads."""
    return f"{value:.0f}" if measure.unit == "year" else number(value)


def in_unit(value: float, measure: Measure) -> str:
    """A value with its unit: 2.31 % of GDP, 12 (number), 2041."""
    told = written(value, measure)
    if measure.unit == "year":
        return told
    return f"{told}\u00a0{measure.unit}" if measure.unit.startswith("%") else f"{told} ({measure.unit})"


def less_is_better(column: str) -> bool:
    """Whether regret counts a low outcome as the better one; a convention, and figures say which was taken."""
    return bool(LOW.search(column))
