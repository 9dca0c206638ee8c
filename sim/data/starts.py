"""The actors as a run finds them in its start year."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.data.filling import FIRST_FILLED, Fill, complete_history, completed, known
from sim.data.loader import years_checked
from sim.data.tables import ACTORS, ADVERSARY, FIRST_YEAR, MEMBERS, read

if TYPE_CHECKING:
    import pandas as pd

FIRST_RUSSIAN_START = 1990  # runs that start before it face the Soviet Union
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


def faces_soviet_union(start: int) -> bool:
    """Whether a run that starts in this year has the Soviet Union as its adversary, to 1991."""
    return start < FIRST_RUSSIAN_START


def _growth(member: str, year: int, soviet: bool) -> tuple[float, float, list[Fill]]:
    """Mean growth of the last ten years, s.d. of the last twenty, and what they rest on if filled.

    The mean is of the completed GDP. The s.d. is of the known growth figures among the last
    twenty years, or since 1950; where fewer than five are known, of the completed GDP.
    """
    import numpy as np

    row, end = ACTORS.index(member), year - FIRST_FILLED
    levels, figures = completed(soviet)[0]["gdp"][row], known(soviet)["gdp"][row]
    rates, known_rates = levels[1:] / levels[:-1] - 1, figures[1:] / figures[:-1] - 1
    ten, twenty = slice(end - GROWTH_YEARS, end), slice(max(0, end - SPREAD_YEARS), end)
    mean = float(rates[ten].mean())
    there = known_rates[twenty][np.isfinite(known_rates[twenty])]
    enough = there.size >= SPREAD_LEAST
    spread = float((there if enough else rates[twenty]).std(ddof=1))
    fills = []
    if not np.isfinite(known_rates[ten]).all():
        fills.append(Fill(member, "growth", year, year, "from backcast gdp", mean))
    if not enough:
        fills.append(Fill(member, "growth_spread", year, year, "from backcast gdp", spread))
    return mean, spread, fills


def _economies(codes: tuple[str, ...], year: int) -> tuple[pd.DataFrame, list[dict[str, object]]]:
    """GDP, share, growth, debt and so on of some actors in a year, and the fills behind them."""
    import pandas as pd

    soviet = faces_soviet_union(year)
    table, fills = complete_history(year, year, soviet=soviet)
    growth = [_growth(code, year, soviet) for code in codes]
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
    sources' own figure: dicts of member, column, method, value. Years 1960 to 2025, else DataError.
    """
    years_checked(year, year, FIRST_YEAR)
    frame, filled = _economies(MEMBERS, year)
    static = read("members")
    raw, aid = (table[table["year"] == year].set_index("member") for table in (read("history"), read("support")))
    raw = raw.loc[list(MEMBERS)]
    left = static["eu_exit_year"].fillna(math.inf)
    frame = frame.merge(static, on="member", validate="one_to_one")
    frame["world_bank_share"] = raw["defence_share"].to_numpy()
    frame["nato_share"] = raw["nato_defence_share"].to_numpy()
    frame["in_alliance"] = static["accession_year"] <= year
    frame["in_eu"] = (static["eu_accession_year"] <= year) & (year < left)
    frame["support_share"] = frame["member"].map(aid["support_share"]).fillna(0.0)
    flags = ["border", "armed_forces", "clause_activated"]
    frame[flags] = frame[flags].astype(bool)
    frame = frame[MEMBER_COLUMNS]
    frame.attrs["filled"] = filled
    return frame


def adversary(year: int) -> pd.DataFrame:
    """Russia in a year, before 1990 the Soviet Union, one row: member, name, gdp, population, defence_share, growth,
    growth_spread, debt, balance (both Russia's own, and read by nothing), latitude, longitude, in the units of
    `members`.

    `.attrs["filled"]` as in `members`; for 1990 and 1991 read the warning in `complete_history`.
    Years 1960 to 2025, else DataError.
    """
    years_checked(year, year, FIRST_YEAR)
    frame, filled = _economies((ADVERSARY,), year)
    frame = frame.merge(read("adversary"), on="member", validate="one_to_one")
    if faces_soviet_union(year):
        frame["name"] = "Soviet Union"
    frame = frame[[name for name in MEMBER_COLUMNS if name in frame and name != "us_troops"]]
    frame.attrs["filled"] = filled
    return frame
