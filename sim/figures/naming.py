"""How measures are called in a figure: a name, a unit, and the factor from the table to the unit."""

from __future__ import annotations

from typing import NamedTuple

from sim.figures.style import clean

__all__ = ["Measure", "axis_name", "measure_of", "member_measure"]


class Measure(NamedTuple):
    """One outcome of a sweep as it is written."""

    name: str
    unit: str
    scale: float = 1.0

    @property
    def axis(self) -> str:
        """The label of an axis."""
        return f"{self.name}, {self.unit}"


GDP = "% of GDP"
KNOWN = {
    "european_share": Measure("Europe's and Canada's spending", GDP, 100),
    "allied_share": Measure("allied spending", GDP, 100),
    "us_spending": Measure("US spending", "2015 US$ bn a year"),
    "european_spending": Measure("Europe's and Canada's spending", "2015 US$ bn a year"),
    "us_gdp_share": Measure("US part of allied GDP", "%", 100),
    "exploitation_rank": Measure("rank correlation of GDP and share", "-1 to 1"),
    "exploitation_slope": Measure("slope of ln share on ln GDP", "elasticity"),
    "concordance": Measure("rank correlation of benefit and burden", "-1 to 1"),
    "free_riding_index": Measure("spending over what it would be alone", "ratio"),
    "europe_with_us": Measure("Europe's capability with the US", "adversary's = 1"),
    "europe_without_us": Measure("Europe's capability without the US", "adversary's = 1"),
    "enabler_ratio": Measure("Europe's own enablers", "needed = 1"),
    "posture": Measure("US posture", "start = 1"),
    "commitment_belief": Measure("belief in US commitment", "chance"),
    "exclusion_belief": Measure("belief in exclusion", "chance"),
    "total_support": Measure("support to the partner", "2015 US$ bn a year"),
    "loans": Measure("EU loans granted", "2015 US$ bn a year"),
    "challenge_risk": Measure("chance of a challenge (ordinal)", "% a year", 100),
    "members_at_2": Measure("members at 2\u00a0%", "number"),
    "members_at_3_5": Measure("members at 3.5\u00a0%", "number"),
    "members_at_5": Measure("members at 5\u00a0%", "number"),
    "protected_members": Measure("protected allies", "number"),
    "total_cost": Measure("Europe's and Canada's spending, all years", "2015 US$ bn"),
    "autonomy_year": Measure("first year with enough enablers", "year"),
}
MEMBERS = {
    "gdp": Measure("GDP", "2015 US$ bn"),
    "defence_share": Measure("defence spending", GDP, 100),
    "spending": Measure("defence spending", "2015 US$ bn a year"),
    "capability": Measure("capability", "2015 US$ bn"),
    "exclusion_belief": Measure("belief in exclusion", "chance"),
    "expected_protection": Measure("expected protection", "full = 1"),
    "protected": Measure("promised protection", "% of runs", 100),
    "wanted_share": Measure("wanted defence spending", GDP, 100),
    "support_share": Measure("support to the partner", GDP, 100),
    "loan": Measure("EU loan granted", "2015 US$ bn"),
    "room_used": Measure("spending under the escape clause", GDP, 100),
    "price": Measure("price of defence", "without loans = 1"),
    "debt": Measure("public debt", GDP, 100),
    "hazard": Measure("hazard of a challenge (ordinal)", "share a year"),
    "protection": Measure("protection promised by the tier", "full = 1"),
}
AXES = {"eu_instruments": "EU instruments", "us_policy": "US policy"}
WHEN = {"mean_": "mean over the years", "end_": "in the last year"}


def axis_name(name: str) -> str:
    """What an axis of an experiment is called."""
    return AXES.get(name, clean(str(name).replace("_", " "), 60))


def measure_of(column: str) -> Measure:
    """What a column of the tables is called; the words of an unknown one are its own."""
    for start, when in WHEN.items():
        if column.startswith(start) and column[len(start):] in KNOWN:
            found = KNOWN[column[len(start):]]
            return found._replace(name=f"{found.name}, {when}")
    return KNOWN.get(column, Measure(clean(column.replace("_", " "), 60), "as in the table"))


def member_measure(column: str) -> Measure:
    """What a column of the members' table is called."""
    return MEMBERS.get(column) or measure_of(column)
