"""The actors as a run finds them in its start year."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sim.data.filling import COLUMNS, FIRST_FILLED, Fill, clipped, completed, grid, known
from sim.data.loader import years_checked
from sim.data.tables import ACTORS, ADVERSARY, FIRST_YEAR, MEMBERS, columns

if TYPE_CHECKING:
    import pandas as pd

FIRST_RUSSIAN_START = 1990  # runs that start before it face the Soviet Union
GROWTH_YEARS, SPREAD_YEARS, SPREAD_LEAST = 10, 20, 5

Columns = dict[str, Any]  # name -> list or array, one value an actor

FLAGS = ("border", "armed_forces", "clause_activated")
NUMBERS = ("distance_km", "pledge_ceiling", "loan_allotment_eur_bn", "loan_spread", "latitude", "longitude")
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


def _economies(codes: tuple[str, ...], year: int) -> tuple[Columns, list[dict[str, object]]]:
    """GDP, share, growth, debt and so on of some actors in a year, and the fills behind them."""
    import numpy as np

    soviet = faces_soviet_union(year)
    grids, fills = completed(soviet)
    rows = [ACTORS.index(code) for code in codes]
    figures = {_called(name): grids[name][rows, year - FIRST_FILLED] for name in COLUMNS}
    growth = [_growth(code, year, soviet) for code in codes]
    figures["growth"] = np.array([mean for mean, _, _ in growth])
    figures["growth_spread"] = np.array([spread for _, spread, _ in growth])
    behind = [*clipped(fills, year, year), *(fill for _, _, own in growth for fill in own)]
    return {"member": list(codes), **figures}, [
        {"member": fill.member, "column": _called(fill.column), "method": fill.method, "value": fill.value}
        for fill in behind
        if fill.member in codes
    ]


def _called(name: str) -> str:
    """What a column of history is called here."""
    return "defence_share" if name == "share" else name


def _frame(found: Columns, filled: list[dict[str, object]]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame({name: found[name] for name in MEMBER_COLUMNS if name in found})
    frame.attrs["filled"] = [dict(fill) for fill in filled]
    return frame


@cache
def member_columns(year: int) -> tuple[Columns, list[dict[str, object]]]:
    """The columns and the fills of `members`; kept, so that callers must not change them."""
    import numpy as np

    found, filled = _economies(MEMBERS, year)
    static, support = columns("members"), columns("support")
    rows, at = [ACTORS.index(code) for code in MEMBERS], year - FIRST_FILLED
    given = zip(support["member"], support["year"], support["support_share"], strict=True)
    aid = {code: share for code, when, share in given if when == year}
    accession, joined, left = (
        np.array(static[name], float) for name in ("accession_year", "eu_accession_year", "eu_exit_year")
    )
    found |= {
        "name": static["name"],
        "world_bank_share": grid("defence_share")[rows, at],
        "nato_share": grid("nato_defence_share")[rows, at],
        "in_alliance": accession <= year,
        "in_eu": (joined <= year) & ~(left <= year),
        "support_share": np.array([aid.get(code, 0.0) for code in MEMBERS]),
    }
    found |= {name: np.array(static[name], bool) for name in FLAGS}
    found |= {name: np.array(static[name], float) for name in NUMBERS}
    return found, filled


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
    return _frame(*member_columns(year))


@cache
def adversary_columns(year: int) -> tuple[Columns, list[dict[str, object]]]:
    """The columns and the fills of `adversary`; kept, so that callers must not change them."""
    found, filled = _economies((ADVERSARY,), year)
    del found["us_troops"]
    found |= {name: values for name, values in columns("adversary").items() if name != "member"}
    if faces_soviet_union(year):
        found["name"] = ["Soviet Union"]
    return found, filled


def adversary(year: int) -> pd.DataFrame:
    """Russia in a year, before 1990 the Soviet Union, one row: member, name, gdp, population, defence_share, growth,
    growth_spread, debt, balance (both Russia's own, and read by nothing), latitude, longitude, in the units of
    `members`.

    `.attrs["filled"]` as in `members`; for 1990 and 1991 read the warning in `complete_history`.
    Years 1960 to 2025, else DataError.
    """
    years_checked(year, year, FIRST_YEAR)
    return _frame(*adversary_columns(year))
