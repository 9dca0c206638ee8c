"""The tables of this folder as they are, checked; `filling` completes them, `starts` reads them for a start year.

Units throughout: GDP in constant 2015 US$ bn, population in millions, every share, debt, balance,
growth and spread as a fraction (of GDP, or a year), distances in km, troops in persons. Sources,
editions and terms of every column are in SOURCES.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.data.tables import LAST_YEAR, DataError, read

if TYPE_CHECKING:
    import pandas as pd

PATHS = ("hostility", "war", "pledge")  # kinds of events that give a value year by year


def history() -> pd.DataFrame:
    """Member and Russian figures by year, 1960-2025; NaN where the sources have none.

    Columns: member, year, gdp (constant 2015 US$ bn; World Bank), population (millions; World
    Bank), defence_share (of GDP; World Bank, to 2024), nato_defence_share (of GDP; NATO, from
    2014), debt and balance (of GDP; IMF, from 1990), us_troops (persons hosted; US Department of
    Defense).
    """
    return read("history")


def early() -> pd.DataFrame:
    """GDP 1950-59 of members with a figure in 1960: member, year, gdp (World Bank's 1960, Maddison's growth)."""
    return read("early")


def soviet_union() -> pd.DataFrame:
    """The Soviet Union 1950-91: year, gdp (constant 2015 US$ bn), population, defence_share (assumed)."""
    return read("soviet_union")


def projections() -> pd.DataFrame:
    """IMF projections 2026-2031: member, year, growth (of real GDP), balance (of GDP)."""
    return read("projections")


def support() -> pd.DataFrame:
    """Military aid allocated to Ukraine, 2022-2025: member, year, support_share (of 2021 GDP; Kiel)."""
    return read("support")


def memberships() -> pd.DataFrame:
    """When each joined: member, accession_year (NATO), eu_accession_year, eu_exit_year (NaN: never)."""
    return read("members")[["member", "accession_year", "eu_accession_year", "eu_exit_year"]]


def events() -> pd.DataFrame:
    """What happened and when it was known: kind, year, known, value, tone, conditionality, basis.

    Kinds: hostility, war and pledge (see `paths`); guideline (a share of GDP that ministers agreed, which no path
    reads); statement (value is the speaker's authority, tone and conditionality from -1 to 1); loans and clause
    (the EU's instruments open). `year` is when it holds from, `known` the day, month or year when it was known.
    """
    return read("events")


def paths() -> pd.DataFrame:
    """What is known or assumed year by year: path, year, value, basis.

    Paths: hostility (threat over GDP at distance 0, steps), war (intensity of the adversary's war,
    steps), pledge (share of GDP, 0 until 2014, then linear between its points).
    """
    table = events()
    table = table[table["kind"].isin(PATHS)].rename(columns={"kind": "path"})
    return table[["path", "year", "value", "basis"]].reset_index(drop=True)


def europe_canada() -> pd.DataFrame:
    """NATO's own aggregates 2014-2025: year, europe_canada_share, nato_share (of GDP), estimate."""
    return read("europe_canada")


def instruments() -> pd.DataFrame:
    """Quantities of law, pledges, EU instruments and enablers: name, value, unit, source."""
    return read("instruments")


def plans() -> pd.DataFrame:
    """Shares that governments said they want: member, announced (year), share, first_year, last_year, source."""
    return read("plans")


def olson_zeckhauser() -> pd.DataFrame:
    """Olson & Zeckhauser's table of 1964: member, gnp (current US$ bn), defence_share (of GNP)."""
    return read("olson_zeckhauser")


def years_checked(first: int, last: int, low: int) -> None:
    """Raise DataError unless first..last are whole years within low..LAST_YEAR."""
    available = f"available: whole years {low} to {LAST_YEAR}"
    for year in (first, last):
        if isinstance(year, bool) or not hasattr(year, "__index__"):
            raise DataError(f"year {year!r} is not a whole number; {available}")
        if not low <= year <= LAST_YEAR:
            raise DataError(f"no figures for {year}; {available}")
    if first > last:
        raise DataError(f"first year {first} is after last year {last}; {available}")
