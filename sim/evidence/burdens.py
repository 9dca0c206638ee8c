"""Who bears how much, year by year: the statistics of the burden-sharing literature, the same for data and for runs."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from sim import data

__all__ = ["burdens", "from_data", "significance", "spearman"]

NO_FORCES = "ISL"  # has no armed forces, and stands outside every study of burdens


def from_data(first: int = 1960, last: int = 2025) -> pd.DataFrame:
    """The allies of each year: year, member, gdp (constant 2015 US$ bn), defence_share (NATO's from 2014)."""
    table, _ = data.complete_history(first, last)
    joined = data.memberships().set_index("member")["accession_year"]
    table = table[table["member"] != data.ADVERSARY]
    inside = table["member"].map(joined) <= table["year"]
    return table[inside].rename(columns={"share": "defence_share"})[["year", "member", "gdp", "defence_share"]]


def burdens(panel: pd.DataFrame) -> pd.DataFrame:
    """One row a year of a panel with year, member, gdp and defence_share.

    Columns: year, members (with armed forces), rank (Spearman's correlation of GDP and share: the exploitation of the
    large by the small, Olson & Zeckhauser 1966), p_value (two-sided, t approximation), european_share (all but the US,
    GDP-weighted), us_share, us_spending_share, variation (s.d. over mean of the shares outside the US).
    """
    return pd.DataFrame([{"year": int(str(year)), **_year(rows)} for year, rows in panel.groupby("year")])


def _year(rows: pd.DataFrame) -> dict[str, float]:
    armed = rows[rows["member"] != NO_FORCES]
    gdp, share = rows["gdp"].to_numpy(float), rows["defence_share"].to_numpy(float)
    us = (rows["member"] == "USA").to_numpy()
    outside = armed.loc[armed["member"] != "USA", "defence_share"]
    rank = spearman(armed["gdp"], armed["defence_share"])
    return {
        "members": len(armed),
        "rank": rank,
        "p_value": significance(rank, len(armed)),
        "european_share": float((gdp * share)[~us].sum() / gdp[~us].sum()),
        "us_share": float(share[us][0]),
        "us_spending_share": float((gdp * share)[us].sum() / (gdp * share).sum()),
        "variation": float(outside.std() / outside.mean()),
    }


def spearman(x: pd.Series[float], y: pd.Series[float]) -> float:
    """Spearman's rank correlation, ties by mean ranks."""
    return float(np.corrcoef(x.rank(), y.rank())[0, 1])


def significance(rank: float, n: int) -> float:
    """Two-sided p of a rank correlation of n pairs, by Student's t with n - 2 degrees of freedom."""
    from scipy.stats import t

    if n < 3 or abs(rank) >= 1.0:
        return math.nan if n < 3 else 0.0
    return float(2.0 * t.sf(abs(rank) * math.sqrt((n - 2) / (1.0 - rank * rank)), n - 2))
