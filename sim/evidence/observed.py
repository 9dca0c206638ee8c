"""What was observed, in one series of shares, and what of it a forecaster could know in a year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import data
from sim.data import ADVERSARY, MEMBERS
from sim.setup import recorded
from sim.world import UNITED_STATES, N

__all__ = ["EUROPE", "LEAST", "SERIES", "Observed", "observed"]

EUROPE = "EUROPE"  # European allies and Canada together, weighted by GDP
SERIES = ("nato", "world-bank")
NATO_FROM = 2014
LEAST = 6  # years of figures that a member needs behind an origin
ACTORS = [*MEMBERS, ADVERSARY]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Observed:
    """Shares and GDP of the members and the adversary by year.

    Attributes:
        name: of SERIES. first: year of row 0. start: first year with figures of this very series. end: the last.
        share: (years, n+1) of GDP, gaps filled. known: (years, n+1) where it is a source's figure.
        gdp: (years, n+1) constant 2015 US$ bn. accession: (n,) year in which each joined the alliance.
        armed: (n,) False for a member without armed forces. distance: (n,) km to the adversary's capital.
        debt, balance: (years, n) of GDP, NaN where there is no figure.
    """

    name: str
    first: int
    start: int
    end: int
    share: Floats
    known: Flags
    gdp: Floats
    accession: Floats
    armed: Flags
    distance: Floats
    debt: Floats
    balance: Floats

    def series(self, first: int, last: int, soviet: bool = False) -> tuple[Floats, Floats]:
        """Shares and GDP from one year to another, for ``sim.setup.prepare``; the adversary's as recorded."""
        share, gdp = (values.copy() for values in recorded(first, last, soviet))
        before = max(0, self.first - first)  # years that only the recorded series are carried back to
        share[before:, :N] = self.share[first + before - self.first : last - self.first + 1, :N]
        return share, gdp

    def until(self, year: int) -> Observed:
        """What was known at the end of a year: no later row."""
        rows = slice(0, year - self.first + 1)
        cut = {name: getattr(self, name)[rows] for name in ("share", "known", "gdp", "debt", "balance")}
        return Observed(
            **vars(self) | cut | {"end": year, "accession": np.where(self.accession <= year, self.accession, np.inf)}
        )

    def inside(self, year: int) -> Flags:
        """Who was in the alliance, (n,)."""
        inside: Flags = self.accession <= year
        return inside

    def europe(self, year: int) -> Flags:
        """European allies and Canada in a year, (n,)."""
        europe: Flags = self.inside(year) & (np.arange(N) != UNITED_STATES)
        return europe

    def history(self, year: int) -> NDArray[np.int64]:
        """How many years of figures there are up to a year, (n,)."""
        counted: NDArray[np.int64] = self.known[: year - self.first + 1, :N].sum(axis=0)
        return counted

    def judged(self, year: int) -> tuple[str, ...]:
        """Members that a forecast of a year is judged on: allies with armed forces and LEAST years of figures."""
        who = self.inside(year) & self.armed & (self.history(year) >= LEAST)
        return tuple(np.array(MEMBERS)[who])

    def of(self, year: int, origin: int, members: tuple[str, ...]) -> Floats:
        """Shares of the members in a year and of the Europe of the origin, (members + 1,)."""
        row = year - self.first
        europe = self.europe(origin)
        spent, income = (self.share[row, :N] * self.gdp[row, :N])[europe], self.gdp[row, :N][europe]
        return np.append(self.share[row, places(members)], spent.sum() / income.sum())


def places(members: tuple[str, ...]) -> list[int]:
    """Where members stand in the order of MEMBERS."""
    return [MEMBERS.index(member) for member in members]


def observed(name: str) -> Observed:
    """One of SERIES. NATO's is carried back before 2014 with the World Bank's, at NATO's level of 2014."""
    raw, static = data.history(), data.members(2025)
    bank, nato = _wide(raw, "defence_share"), _wide(raw, "nato_defence_share")
    years = bank.index.to_numpy(int)
    own = bank.copy()
    if name == "nato":
        level = (nato.loc[NATO_FROM] / bank.loc[NATO_FROM]).fillna(1.0)
        own = bank.mul(level, axis=1)
        own.loc[NATO_FROM:, list(MEMBERS)] = nato.loc[NATO_FROM:, list(MEMBERS)]
    known = own.notna().to_numpy()
    complete, _ = data.complete_history(int(years[0]), int(years[-1]))
    ends = years[known[:, :N].mean(axis=1) > 0.5][-1]
    return Observed(
        name, int(years[0]), NATO_FROM if name == "nato" else int(years[0]), int(ends),
        own.ffill().bfill().to_numpy(float), known, _wide(complete, "gdp").to_numpy(float),
        data.memberships()["accession_year"].to_numpy(float), static["armed_forces"].to_numpy(bool),
        static["distance_km"].to_numpy(float), *(_wide(raw, k).to_numpy(float)[:, :N] for k in ("debt", "balance")),
    )  # fmt: skip


def _wide(table: pd.DataFrame, column: str) -> pd.DataFrame:
    return table.pivot(index="year", columns="member", values=column)[ACTORS]
