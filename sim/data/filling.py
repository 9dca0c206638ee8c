"""Completes the history: figures without gaps from 1950, and a list of what was filled and how."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sim.data.loader import years_checked
from sim.data.tables import ACTORS, ADVERSARY, FIRST_YEAR, LAST_YEAR, DataError, columns

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FIRST_FILLED = 1950  # ten years before the first start, for the forces that a run starts with
FIRST_BALANCE = 1990  # first year of the IMF's figures
NATO_SERIES_FROM = 2014  # first year of NATO's own shares; the World Bank's before
COLUMNS = ("gdp", "population", "share", "debt", "balance", "us_troops")


class Fill(NamedTuple):
    """One run of filled years; value is the figure held or started from, NaN if there is no one figure."""

    member: str
    column: str
    first_year: int
    last_year: int
    method: str
    value: float


def grid(column: str) -> Floats:
    """A column of history as actors x years from 1950, in the order of ACTORS; NaN before 1960."""
    import numpy as np

    values: Floats = np.array(columns("history")[column], float).reshape(len(ACTORS), LAST_YEAR - FIRST_YEAR + 1)
    return np.pad(values, ((0, 0), (FIRST_YEAR - FIRST_FILLED, 0)), constant_values=np.nan)


@cache
def known(soviet: bool) -> dict[str, Floats]:
    """Every column as actors x years from 1950, NaN where the tables have nothing; callers must copy."""
    import numpy as np

    grids = {name: grid(name) for name in COLUMNS if name != "share"} | {"share": _share_used()}
    early = columns("early")
    codes = list(dict.fromkeys(early["member"]))
    gdp = np.array(early["gdp"], float).reshape(len(codes), -1)
    grids["gdp"][[ACTORS.index(code) for code in codes], : gdp.shape[1]] = gdp
    if soviet:
        table, rival = columns("soviet_union"), ACTORS.index(ADVERSARY)
        for name, column in (("gdp", "gdp"), ("population", "population"), ("share", "defence_share")):
            grids[name][rival, : len(table[column])] = table[column]
    return grids


def _share_used() -> Floats:
    """NATO's share from 2014 for members, the World Bank's before it and for the adversary."""
    share, nato = grid("defence_share"), grid("nato_defence_share")
    rows = [row for row, code in enumerate(ACTORS) if code != ADVERSARY]
    start = NATO_SERIES_FROM - FIRST_FILLED
    share[rows, start:] = nato[rows, start:]
    return share


def _member_growth(gdp: Floats) -> Floats:
    """GDP-weighted growth into every year but the first, of members with figures in both years."""
    import numpy as np

    rows = np.array([code != ADVERSARY for code in ACTORS])
    before, after = gdp[rows, :-1], gdp[rows, 1:]
    both = np.isfinite(before) & np.isfinite(after)
    total_after = np.where(both, after, 0).sum(axis=0)
    growth: Floats = total_after / np.where(both, before, 0).sum(axis=0) - 1
    return growth


def _fill_row(member: str, column: str, values: Floats, growth: Floats) -> list[Fill]:
    """Fill one actor's series, up to LAST_YEAR, in place by the rules of `complete_history`; returns the fills."""
    import numpy as np

    there = np.flatnonzero(np.isfinite(values))
    if not there.size:
        raise DataError(f"history.csv, column {column}: no figure at all for {member}")
    base, end = LAST_YEAR - values.size + 1, int(there[-1])
    fills = []

    def note(first: int, last: int, method: str, value: float) -> None:
        if first <= last:
            fills.append(Fill(member, column, base + first, base + last, method, value))

    _fill_start(column, values, int(there[0]), growth, note)
    for left, right in pairwise(there):
        if right - left > 1:
            inside = np.arange(left + 1, right)
            values[inside] = np.interp(inside, [left, right], [values[left], values[right]])
            note(int(left) + 1, int(right) - 1, "interpolated", math.nan)
    values[end + 1 :] = values[end]
    note(end + 1, values.size - 1, "last held", float(values[end]))
    return fills


def _fill_start(column: str, values: Floats, start: int, growth: Floats, note: Callable[..., None]) -> None:
    """Fill what lies before the first figure, at ``start``."""
    anchor = float(values[start])
    if column == "gdp":
        for year in range(start - 1, -1, -1):
            values[year] = values[year + 1] / (1 + growth[year])
        note(0, start - 1, "backcast", anchor)
        return
    zeros = {"us_troops": start, "balance": min(start, max(0, FIRST_BALANCE - (LAST_YEAR - values.size + 1)))}
    zero = zeros.get(column, 0)
    values[:zero], values[zero:start] = 0.0, anchor
    note(0, zero - 1, "zero", 0.0)
    note(zero, start - 1, "first held", anchor)


@cache
def completed(soviet: bool) -> tuple[dict[str, Floats], tuple[Fill, ...]]:
    """Every column of history without gaps, as actors x years from 1950, and all fills; callers must copy."""
    grids = {name: values.copy() for name, values in known(soviet).items()}
    growth = _member_growth(grids["gdp"])
    fills: list[Fill] = []
    for name in COLUMNS:
        for row, code in enumerate(ACTORS):
            fills += _fill_row(code, name, grids[name][row], growth)
    if soviet:
        years = columns("soviet_union")["year"]
        span = min(years), max(years)
        fills += [Fill(ADVERSARY, name, *span, "Soviet Union", math.nan) for name in ("gdp", "population", "share")]
    return grids, tuple(fills)


def clipped(fills: Iterable[Fill], first: int, last: int) -> list[Fill]:
    """The fills that touch first..last, cut to those years."""
    return [
        fill._replace(first_year=max(fill.first_year, first), last_year=min(fill.last_year, last))
        for fill in fills
        if fill.first_year <= last and fill.last_year >= first
    ]


def series(name: str, codes: Sequence[str], first: int, last: int, *, soviet: bool = False) -> Floats:
    """A column of `complete_history`, one row a year and one column an actor of ``codes``."""
    import numpy as np

    years_checked(first, last, FIRST_FILLED)
    rows = [ACTORS.index(code) for code in codes]
    return np.ascontiguousarray(completed(soviet)[0][name][rows, first - FIRST_FILLED : last - FIRST_FILLED + 1].T)


def complete_history(first: int, last: int, *, soviet: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Figures without gaps for the 32 members and Russia over first..last, and what was filled.

    The first table has member, year, gdp (constant 2015 US$ bn), population (millions), share,
    debt, balance (of GDP) and us_troops (persons), sorted by member and year, no NaN. `share` is
    NATO's from 2014 and the World Bank's before; the two definitions differ, so a member's series
    may step in 2014 (Türkiye, Spain, Italy and Greece by over .1 point). Russia's is the World Bank's
    throughout.

    The second table has one row a filled run: member, column, first_year, last_year, method and
    value (the figure held, or the one a backcast starts from; NaN if there is no one figure). Methods:

    - backcast: GDP before the first figure goes back with the GDP-weighted growth of the members
      that have figures in both years. East European GDP before 1990 is therefore not an estimate
      of what happened there, only a path that keeps totals comparable.
    - first held: share, debt or balance before the first figure. Germany has no debt or balance
      before 1991 and is West Germany in its shares before 1990; the United States has none before
      2001, Türkiye none before 2000, Romania no debt before 2000: starts in the 1990s read these.
      Before 1990 debt is the first figure of the 1990s for everybody; before 1960 shares are those of
      1960, too low for the early 1950s.
    - zero: US troops before the first count (Czechia before 1993, Montenegro before 2006, all before 1960);
      balances before 1990, which are assumed to be even.
    - interpolated: a gap inside a series, linearly. There is none in the present edition.
    - last held: after the last figure, as Russia's share of 2024 in 2025.
    - Soviet Union: with `soviet`, the rows of RUS to 1991 are those of `soviet_union`, whose share is assumed.

    Without `soviet`, Russia before 1992 is not the Soviet Union: GDP is Russia's alone, backcast before
    1989, and the share is that of 1992, so no history should be read from them.

    Years 1950 to 2025; else DataError.
    """
    import numpy as np
    import pandas as pd

    years_checked(first, last, FIRST_FILLED)
    grids, fills = completed(soviet)
    years = np.arange(first, last + 1)
    window = slice(first - FIRST_FILLED, last - FIRST_FILLED + 1)
    table = pd.DataFrame({"member": np.repeat(ACTORS, years.size), "year": np.tile(years, len(ACTORS))})
    for name in COLUMNS:
        table[name] = grids[name][:, window].ravel()
    return table, pd.DataFrame(clipped(fills, first, last), columns=list(Fill._fields))
