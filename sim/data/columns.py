"""What each table of this folder may hold, column by column."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

FIRST_YEAR, LAST_YEAR = 1960, 2025  # history


class DataError(ValueError):
    """A table is not what it should be, or something was asked for that the tables do not hold."""


class Column(NamedTuple):
    """What a column may hold: numbers and years in the half-open range [low, high)."""

    kind: Literal["text", "flag", "year", "number", "date"]
    low: float = -math.inf
    high: float = math.inf
    blank: bool = False
    allowed: tuple[str, ...] = ()  # texts; empty: any


class Table(NamedTuple):
    """Columns in file order, and those of them that identify a row."""

    columns: dict[str, Column]
    key: tuple[str, ...]


TEXT, FLAG = Column("text"), Column("flag")
SHARE, SHARE_OR_BLANK = Column("number", 0, 0.5), Column("number", 0, 0.5, blank=True)

TABLES: dict[str, Table] = {
    "members": Table(
        {
            "member": TEXT,
            "name": TEXT,
            "accession_year": Column("year", 1949, 2026),
            "eu_accession_year": Column("year", 1958, 2026, blank=True),
            "eu_exit_year": Column("year", 1959, 2026, blank=True),
            "armed_forces": FLAG,
            "distance_km": Column("number", 1, 20_000),
            "border": FLAG,
            "latitude": Column("number", -90, 90),
            "longitude": Column("number", -180, 180),
            "pledge_ceiling": SHARE_OR_BLANK,
            "loan_allotment_eur_bn": Column("number", 0, 150),
            "clause_activated": FLAG,
            "loan_spread": Column("number", 0, 0.1),
        },
        ("member",),
    ),
    "adversary": Table(
        {
            "member": TEXT,
            "name": TEXT,
            "latitude": Column("number", -90, 90),
            "longitude": Column("number", -180, 180),
        },
        ("member",),
    ),
    "history": Table(
        {
            "member": TEXT,
            "year": Column("year", FIRST_YEAR, LAST_YEAR + 1),
            "gdp": Column("number", 0.1, 100_000, blank=True),
            "population": Column("number", 0.01, 2_000),
            "defence_share": SHARE_OR_BLANK,
            "nato_defence_share": SHARE_OR_BLANK,
            "debt": Column("number", 0, 5, blank=True),
            "balance": Column("number", -1, 1, blank=True),
            "us_troops": Column("number", 0, 1_000_000, blank=True),
        },
        ("member", "year"),
    ),
    "projections": Table(
        {
            "member": TEXT,
            "year": Column("year", 2026, 2032),
            "growth": Column("number", -0.5, 0.5),
            "balance": Column("number", -1, 1),
        },
        ("member", "year"),
    ),
    "support": Table(
        {"member": TEXT, "year": Column("year", 2022, 2026), "support_share": SHARE},
        ("member", "year"),
    ),
    "europe_canada": Table(
        {
            "year": Column("year", 2014, 2026),
            "europe_canada_share": SHARE,
            "nato_share": SHARE,
            "estimate": FLAG,
        },
        ("year",),
    ),
    "instruments": Table({"name": TEXT, "value": Column("number"), "unit": TEXT, "source": TEXT}, ("name",)),
    "early": Table(
        {"member": TEXT, "year": Column("year", 1950, FIRST_YEAR), "gdp": Column("number", 0.1, 100_000)},
        ("member", "year"),
    ),
    "soviet_union": Table(
        {
            "year": Column("year", 1950, 1992),
            "gdp": Column("number", 0.1, 100_000),
            "population": Column("number", 0.01, 2_000),
            "defence_share": SHARE,
        },
        ("year",),
    ),
    "events": Table(
        {
            "kind": Column("text", allowed=("hostility", "war", "pledge", "guideline", "statement", "loans", "clause")),
            "year": Column("year", 1949, 2200),
            "known": Column("date"),
            "value": Column("number", 0, 1.001),
            "tone": Column("number", -1, 1.001, blank=True),
            "conditionality": Column("number", -1, 1.001, blank=True),
            "basis": TEXT,
        },
        ("kind", "year", "basis"),
    ),
    "plans": Table(
        {
            "member": TEXT,
            "announced": Column("year", 1990, 2026),
            "share": SHARE,
            "first_year": Column("year", 1990, 2040),
            "last_year": Column("year", 1990, 2040),
            "source": TEXT,
        },
        ("announced", "member"),
    ),
    "olson_zeckhauser": Table(
        {"member": TEXT, "gnp": Column("number", 0.1, 1_000), "defence_share": SHARE}, ("member",)
    ),
}
