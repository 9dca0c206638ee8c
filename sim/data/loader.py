"""Reads, checks and completes the tables of this folder.

Units throughout: GDP in constant 2015 US$ bn, population in millions, every share, debt, balance,
growth and spread as a fraction (of GDP, or a year), distances in km, troops in persons. Sources,
editions and terms of every column are in SOURCES.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sim.data.tables import ACTORS, ADVERSARY, FIRST_YEAR, LAST_YEAR, MEMBERS, DataError, read

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FIRST_START = 1990  # a start needs debt and balance, and ten years of growth behind it
NATO_SERIES_FROM = 2014  # first year of NATO's own shares; the World Bank's before
GROWTH_YEARS, SPREAD_YEARS, SPREAD_LEAST = 10, 20, 5

MEMBER_COLUMNS = [
    "member",
    "name",
    "gdp",
    "population",
    "defence_share",
    "world_bank_share",
    "nato_share",
    "growth",
    "growth_spread",
    "debt",
    "balance",
    "in_alliance",
    "in_eu",
    "distance_km",
    "border",
    "us_troops",
    "support_share",
    "armed_forces",
    "pledge_ceiling",
    "loan_allotment_eur_bn",
    "clause_activated",
    "loan_spread",
    "latitude",
    "longitude",
]


def history() -> pd.DataFrame:
    """Member and Russian figures by year, 1960-2025; NaN where the sources have none.

    Columns: member, year, gdp (constant 2015 US$ bn; World Bank), population (millions; World
    Bank), defence_share (of GDP; World Bank, to 2024), nato_defence_share (of GDP; NATO, from
    2014), debt and balance (of GDP; IMF, from 1990), us_troops (persons hosted; US Department of
    Defense).
    """
    return read("history")


def projections() -> pd.DataFrame:
    """IMF projections 2026-2031: member, year, growth (of real GDP), balance (of GDP)."""
    return read("projections")


def support() -> pd.DataFrame:
    """Military aid allocated to Ukraine, 2022-2025: member, year, support_share (of 2021 GDP; Kiel)."""
    return read("support")


def memberships() -> pd.DataFrame:
    """When each joined: member, accession_year (NATO), eu_accession_year, eu_exit_year (NaN: never)."""
    return read("members")[["member", "accession_year", "eu_accession_year", "eu_exit_year"]]


def paths() -> pd.DataFrame:
    """What is known or assumed year by year: path, year, value, basis.

    Paths: hostility (threat over GDP at distance 0, steps), war (intensity of the adversary's war,
    steps), pledge (share of GDP, 0 until 2014, then linear between its points).
    """
    return read("paths")


def europe_canada() -> pd.DataFrame:
    """NATO's own aggregates 2014-2025: year, europe_canada_share, nato_share (of GDP), estimate."""
    return read("europe_canada")


def instruments() -> pd.DataFrame:
    """Quantities of law, pledges, EU instruments and enablers: name, value, unit, source."""
    return read("instruments")


def _years_checked(first: int, last: int, low: int) -> None:
    """Raise DataError unless first..last are whole years within low..LAST_YEAR."""
    available = f"available: whole years {low} to {LAST_YEAR}"
    for year in (first, last):
        if isinstance(year, bool) or not hasattr(year, "__index__"):
            raise DataError(f"year {year!r} is not a whole number; {available}")
        if not low <= year <= LAST_YEAR:
            raise DataError(f"no figures for {year}; {available}")
    if first > last:
        raise DataError(f"first year {first} is after last year {last}; {available}")


def _grid(table: pd.DataFrame, column: str) -> Floats:
    """A column of history as actors x years, in the order of ACTORS and of the years."""
    values: Floats = table[column].to_numpy(dtype=float)
    return values.reshape(len(ACTORS), LAST_YEAR - FIRST_YEAR + 1).copy()


class Fill(NamedTuple):
    """One run of filled years; value is the figure held or started from, NaN if interpolated."""

    member: str
    column: str
    first_year: int
    last_year: int
    method: str
    value: float


def _share_used(table: pd.DataFrame) -> Floats:
    """NATO's share from 2014 for members, the World Bank's before it and for the adversary."""
    share, nato = _grid(table, "defence_share"), _grid(table, "nato_defence_share")
    rows = [row for row, code in enumerate(ACTORS) if code != ADVERSARY]
    start = NATO_SERIES_FROM - FIRST_YEAR
    share[rows, start:] = nato[rows, start:]
    return share


def _member_growth(gdp: Floats) -> Floats:
    """GDP-weighted growth into every year but the first, of members with figures in both years."""
    import numpy as np

    rows = np.array([code != ADVERSARY for code in ACTORS])
    before, after = gdp[rows, :-1], gdp[rows, 1:]
    known = np.isfinite(before) & np.isfinite(after)
    total_after = np.where(known, after, 0).sum(axis=0)
    growth: Floats = total_after / np.where(known, before, 0).sum(axis=0) - 1
    return growth


def _fill_row(member: str, column: str, values: Floats, growth: Floats) -> list[Fill]:
    """Fill one actor's series in place by the rules of `complete_history`; returns the fills."""
    import numpy as np

    known = np.flatnonzero(np.isfinite(values))
    if not known.size:
        raise DataError(f"history.csv, column {column}: no figure at all for {member}")
    start, end = int(known[0]), int(known[-1])
    fills = []

    def note(first: int, last: int, method: str, value: float) -> None:
        fills.append(Fill(member, column, FIRST_YEAR + first, FIRST_YEAR + last, method, value))

    if start:
        anchor = float(values[start])
        if column == "gdp":
            for year in range(start - 1, -1, -1):
                values[year] = values[year + 1] / (1 + growth[year])
            note(0, start - 1, "backcast", anchor)
        else:
            none_yet = column == "us_troops"
            values[:start] = 0.0 if none_yet else anchor
            note(0, start - 1, "zero" if none_yet else "first held", 0.0 if none_yet else anchor)
    for left, right in pairwise(known):
        if right - left > 1:
            inside = np.arange(left + 1, right)
            values[inside] = np.interp(inside, [left, right], [values[left], values[right]])
            note(int(left) + 1, int(right) - 1, "interpolated", math.nan)
    if end < values.size - 1:
        values[end + 1 :] = values[end]
        note(end + 1, values.size - 1, "last held", float(values[end]))
    return fills


@cache
def _completed() -> tuple[dict[str, Floats], tuple[Fill, ...]]:
    """Every column of history without gaps, as actors x years, and all fills."""
    raw = read("history")
    names = ("gdp", "population", "debt", "balance", "us_troops")
    grids = {name: _grid(raw, name) for name in names}
    grids["share"] = _share_used(raw)
    growth = _member_growth(grids["gdp"])
    fills: list[Fill] = []
    for name in ("gdp", "population", "share", "debt", "balance", "us_troops"):
        for row, code in enumerate(ACTORS):
            fills += _fill_row(code, name, grids[name][row], growth)
    return grids, tuple(fills)


def _clipped(fills: Iterable[Fill], first: int, last: int) -> list[Fill]:
    """The fills that touch first..last, cut to those years."""
    return [
        fill._replace(first_year=max(fill.first_year, first), last_year=min(fill.last_year, last))
        for fill in fills
        if fill.first_year <= last and fill.last_year >= first
    ]


def complete_history(first: int, last: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Figures without gaps for the 32 members and Russia over first..last, and what was filled.

    The first table has member, year, gdp (constant 2015 US$ bn), population (millions), share,
    debt, balance (of GDP) and us_troops (persons), sorted by member and year, no NaN. `share` is
    NATO's from 2014 and the World Bank's before; the two definitions differ, so a member's series
    may step in 2014 (Türkiye, Spain, Italy and Greece by over .1 point). Russia's is the World Bank's
    throughout.

    The second table has one row a filled run: member, column, first_year, last_year, method and
    value (the figure held, or the one a backcast starts from; NaN if interpolated). Methods:

    - backcast: GDP before the first figure goes back with the GDP-weighted growth of the members
      that have figures in both years. East European GDP before 1990 is therefore not an estimate
      of what happened there, only a path that keeps totals comparable.
    - first held: share, debt or balance before the first figure. Germany has no debt or balance
      before 1991 and is West Germany in its shares before 1990; the United States has none before
      2001, Türkiye none before 2000, Romania no debt before 2000: starts in the 1990s read these.
    - zero: US troops before the first count (Czechia before 1993, Montenegro before 2006).
    - interpolated: a gap inside a series, linearly. There is none in the present edition.
    - last held: after the last figure, as Russia's share of 2024 in 2025.

    Russia before 1992 is not the Soviet Union: GDP is Russia's alone, backcast before 1989, and
    the share is that of 1992. Runs that start before 1992 should not read the adversary's figures
    as history. Debt and balance before 1990 are held at their first figure for everybody.

    Years 1960 to 2025; else DataError.
    """
    import numpy as np
    import pandas as pd

    _years_checked(first, last, FIRST_YEAR)
    grids, fills = _completed()
    years = np.arange(first, last + 1)
    window = slice(first - FIRST_YEAR, last - FIRST_YEAR + 1)
    table = pd.DataFrame(
        {"member": np.repeat(ACTORS, years.size), "year": np.tile(years, len(ACTORS))}
    )
    for name in ("gdp", "population", "share", "debt", "balance", "us_troops"):
        table[name] = grids[name][:, window].ravel()
    return table, pd.DataFrame(_clipped(fills, first, last), columns=list(Fill._fields))


def _growth(member: str, year: int) -> tuple[float, float, list[Fill]]:
    """Mean growth of the last ten years, s.d. of the last twenty, and what they rest on if filled.

    The mean is of the completed GDP. The s.d. is of the known growth figures among the last
    twenty years; where fewer than five are known, of the completed GDP.
    """
    import numpy as np

    row, end = ACTORS.index(member), year - FIRST_YEAR
    levels = _completed()[0]["gdp"][row]
    known_levels = _grid(read("history"), "gdp")[row]
    rates = levels[1:] / levels[:-1] - 1
    known_rates = known_levels[1:] / known_levels[:-1] - 1
    ten, twenty = slice(end - GROWTH_YEARS, end), slice(end - SPREAD_YEARS, end)
    mean = float(rates[ten].mean())
    known = known_rates[twenty][np.isfinite(known_rates[twenty])]
    enough = known.size >= SPREAD_LEAST
    spread = float((known if enough else rates[twenty]).std(ddof=1))
    fills = []
    if not np.isfinite(known_rates[ten]).all():
        fills.append(Fill(member, "growth", year, year, "from backcast gdp", mean))
    if not enough:
        fills.append(Fill(member, "growth_spread", year, year, "from backcast gdp", spread))
    return mean, spread, fills


def _economies(codes: tuple[str, ...], year: int) -> tuple[pd.DataFrame, list[dict[str, object]]]:
    """GDP, share, growth, debt and so on of some actors in a year, and the fills behind them."""
    import pandas as pd

    table, fills = complete_history(year, year)
    growth = [_growth(code, year) for code in codes]
    frame = table.set_index("member").loc[list(codes)].drop(columns="year")
    frame = frame.rename(columns={"share": "defence_share"}).reset_index()
    frame["growth"] = [mean for mean, _, _ in growth]
    frame["growth_spread"] = [spread for _, spread, _ in growth]
    extra = pd.DataFrame([fill for _, _, own in growth for fill in own], columns=fills.columns)
    listed = [
        {
            "member": str(fill.member),
            "column": "defence_share" if fill.column == "share" else str(fill.column),
            "method": str(fill.method),
            "value": float(str(fill.value)),
        }
        for source in (fills, extra)
        for fill in source.itertuples()
        if fill.member in codes
    ]
    return frame, listed


def members(year: int) -> pd.DataFrame:
    """The 32 members as they stood in a year, one row each, in the order of MEMBERS.

    Columns: member, name, gdp (constant 2015 US$ bn), population (millions), defence_share (of
    GDP, the series used: see `complete_history`), world_bank_share and nato_share (of GDP, NaN
    where none), growth (mean of the last ten years), growth_spread (s.d. of the last twenty, or as
    many as there are, at least five), debt, balance (of GDP), in_alliance, in_eu (at the end of
    the year), distance_km, border, us_troops (persons), support_share (of GDP; 0 before 2022),
    armed_forces, pledge_ceiling (of GDP, NaN if none), loan_allotment_eur_bn, clause_activated,
    loan_spread (fraction), latitude, longitude. The four about pledge, loans and clause are those
    of 2025 whatever the year.

    All 32 are listed whether or not they had joined. `.attrs["filled"]` lists what is not the
    sources' own figure: dicts of member, column, method, value. Years 1990 to 2025, else DataError.
    """
    _years_checked(year, year, FIRST_START)
    frame, filled = _economies(MEMBERS, year)
    static = read("members")
    raw = read("history").query("year == @year").set_index("member").loc[list(MEMBERS)]
    aid = read("support").query("year == @year").set_index("member")["support_share"]
    left = static["eu_exit_year"].fillna(math.inf)
    frame = frame.merge(static, on="member", validate="one_to_one")
    frame["world_bank_share"] = raw["defence_share"].to_numpy()
    frame["nato_share"] = raw["nato_defence_share"].to_numpy()
    frame["in_alliance"] = static["accession_year"] <= year
    frame["in_eu"] = (static["eu_accession_year"] <= year) & (year < left)
    frame["support_share"] = frame["member"].map(aid).fillna(0.0)
    flags = ["border", "armed_forces", "clause_activated"]
    frame[flags] = frame[flags].astype(bool)
    frame = frame[MEMBER_COLUMNS]
    frame.attrs["filled"] = filled
    return frame


def adversary(year: int) -> pd.DataFrame:
    """Russia in a year, one row: member, name, gdp, population, defence_share, growth,
    growth_spread, debt, balance, latitude, longitude, in the units of `members`.

    `.attrs["filled"]` as in `members`; before 1992 read the warning in `complete_history`.
    Years 1990 to 2025, else DataError.
    """
    _years_checked(year, year, FIRST_START)
    frame, filled = _economies((ADVERSARY,), year)
    frame = frame.merge(read("adversary"), on="member", validate="one_to_one")
    frame = frame[[name for name in MEMBER_COLUMNS if name in frame and name != "us_troops"]]
    frame.attrs["filled"] = filled
    return frame
