"""The codebook: every column of the tables with its name, its unit and its meaning, for figures, tables and exports.

Defined in docs/model.md, "Measures". What a table holds is a fraction where a figure shows per cent: ``scale`` is the
factor from the one to the other, ``stored`` the unit in the table.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, NamedTuple

from sim.measures import register

__all__ = ["KNOWN", "MEMBERS", "Measure", "described", "is_year", "measure_of", "varied"]


class Measure(NamedTuple):
    """One column as it is written: in words, in a unit, and the factor from the table to the unit."""

    name: str
    unit: str
    scale: float = 1.0

    @property
    def axis(self) -> str:
        """The label of an axis; a year needs no unit."""
        return self.name if self.unit == "year" else f"{self.name}, {self.unit}"

    @property
    def ordinal(self) -> bool:
        """Whether its level forecasts nothing."""
        return "(ordinal)" in self.name

    @property
    def stored(self) -> str:
        """The unit of the table."""
        return STORED.get(self.unit, self.unit)


GDP, RUNS, MONEY = "% of GDP", "% of runs", "2015 US$ bn a year"
STORED = {GDP: "fraction of GDP", RUNS: "true or false", "% a year": "probability a year", "%": "fraction"}
KNOWN = {
    "european_share": Measure("Europe's and Canada's spending", GDP, 100),
    "allied_share": Measure("allied spending", GDP, 100),
    "us_spending": Measure("US spending", MONEY),
    "european_spending": Measure("Europe's and Canada's spending", MONEY),
    "us_gdp_share": Measure("US part of allied GDP", "%", 100),
    "us_spending_share": Measure("US part of allied spending", "%", 100),
    "grievance": Measure("US part of allied spending less its part of allied GDP", "%", 100),
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
    "total_support": Measure("support to the partner", MONEY),
    "loans": Measure("EU loans granted", MONEY),
    "challenge_risk": Measure("chance of a challenge (ordinal)", "% a year", 100),
    "members": Measure("members of the alliance", "number"),
    "members_at_2": Measure("members at 2\u00a0%", "number"),
    "members_at_3_5": Measure("members at 3.5\u00a0%", "number"),
    "members_at_5": Measure("members at 5\u00a0%", "number"),
    "protected_members": Measure("protected allies", "number"),
    "total_cost": Measure("Europe's and Canada's spending, all years", "2015 US$ bn"),
    "challenged": Measure("runs with a challenge (ordinal)", RUNS, 100),
    "lost": Measure("runs with a lost challenge (ordinal)", RUNS, 100),
    "lawful_exit": Measure("runs with a lawful exit", RUNS, 100),
    "unilateral_exit": Measure("runs with a unilateral exit", RUNS, 100),
    "de_facto_exit": Measure("runs with a de-facto exit", RUNS, 100),
    "autonomy_year": Measure("first year with enough enablers", "year"),
}
MEMBERS = {
    "gdp": Measure("GDP", "2015 US$ bn"),
    "defence_share": Measure("defence spending", GDP, 100),
    "spending": Measure("defence spending", MONEY),
    "capability": Measure("capability", "2015 US$ bn"),
    "exclusion_belief": Measure("belief in exclusion", "chance"),
    "expected_protection": Measure("expected protection", "full = 1"),
    "protected": Measure("promised protection", RUNS, 100),
    "wanted_share": Measure("wanted defence spending", GDP, 100),
    "support_share": Measure("support to the partner", GDP, 100),
    "loan": Measure("EU loan granted", "2015 US$ bn"),
    "room_used": Measure("spending under the escape clause", GDP, 100),
    "price": Measure("price of defence", "without loans = 1"),
    "debt": Measure("public debt", GDP, 100),
    "hazard": Measure("hazard of a challenge (ordinal)", "share a year"),
    "protection": Measure("protection promised by the tier", "full = 1"),
}
CODES = {  # of a run and year
    "treaty_status": Measure(
        "status of the treaty", "code: 0 in force, 1 lawful notice, 2 notice alone, 3 left lawfully, 4 left alone"
    ),
    "us_policy": Measure("US policy in force", "name in the scenario"),
    "attempt": Measure("attempt to leave the treaty", "code: 0 none, 1 failed, 2 lawful, 3 alone"),
    "de_facto_exit": Measure("exit in effect: no ally is promised anything", "0 or 1"),
    "challenge": Measure("challenge by the adversary (ordinal)", "0 or 1"),
    "target": Measure("challenged member", "ISO 3166 code, empty if none"),
    "us_came": Measure("US came to the challenged member", "0 or 1"),
    "lost": Measure("challenge was lost (ordinal)", "0 or 1"),
}
KEYS = {
    "cell": Measure("combination of the axes", "number from 0"),
    "replicate": Measure("run of the cell", "number from 0"),
    "year": Measure("year; the first one is the start, which is not played", "year"),
    "member": Measure("member", "ISO 3166 code"),
}
MISSING = {"autonomy_year": "missing where Europe never has enough"}
HAS = {"has_autonomy_year": "runs in which Europe has enough enablers of its own"}  # of what not every run has
WHEN = {"mean_": "mean over the years", "end_": "in the last year"}
OTHERS = "as in the table"  # the unit of what is not in this book


def measure_of(column: str) -> Measure:
    """A column of runs or years in words; those of an unknown one are its own. ``has_X``: whether a run has X."""
    if column.startswith("has_"):
        whole = HAS.get(column) or f"runs that have {measure_of(column.removeprefix('has_')).name}"
        return Measure(whole, RUNS, 100)
    for start, when in WHEN.items():
        if column.startswith(start) and column[len(start) :] in KNOWN:
            found = KNOWN[column[len(start) :]]
            return found._replace(name=f"{found.name}, {when}")
    return KNOWN.get(column, Measure(column.replace("_", " "), OTHERS))


def is_year(column: str) -> bool:
    """Whether its values are years, which are written as whole numbers."""
    return measure_of(column).unit == "year"


def described(kind: str, column: str, axes: Mapping[str, str]) -> tuple[str, str]:
    """Meaning and unit of a column of the table ``kind``; ``axes`` are the experiment's, see ``varied``."""
    if column in KEYS:
        return KEYS[column].name, KEYS[column].unit
    if column in axes:
        return f"axis of the experiment: {axes[column]}", "as in the experiment"
    own = {"members": MEMBERS, "years": CODES}.get(kind, {})
    found = own.get(column) or measure_of(column)
    if found.unit == OTHERS and (said := _said(kind, column)):
        return said, "see meaning"
    meaning = f"{found.name}; {MISSING[column]}" if column in MISSING else found.name
    return meaning.replace("\u00a0", " "), found.stored


def _said(kind: str, column: str) -> str:
    """What a measure that is not in this book says of itself where it is defined; empty if it is none."""
    start = next((one for one in WHEN if kind == "runs" and column.startswith(one)), "")
    found = {"members": register.MEMBERS}.get(kind, register.LEVELS | register.COUNTS).get(column.removeprefix(start))
    first = inspect.getdoc(found) if found else None
    return f"{column}: {first.splitlines()[0]}" if first else ""


def varied(experiment: Mapping[str, Any]) -> dict[str, str]:
    """Axis by axis of a manifest's experiment, in words: what it sets."""
    axes = [*(experiment.get("levers") or ()), *(experiment.get("uncertainties") or ())]
    return {str(axis["name"]): _sets(axis) for axis in axes}


def _sets(axis: Mapping[str, Any]) -> str:
    if axis.get("key"):
        return f"value of {axis['key']}"
    if axis.get("table"):
        return f"row of {axis['table']}"
    keys = dict.fromkeys(key for sets in (axis.get("choices") or {}).values() for key in sets)
    return f"choice that sets {', '.join(keys)}"
