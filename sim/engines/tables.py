"""What runs have measured, as columns of tables: one row a run, a run and year, or a year and member."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.data import MEMBERS
from sim.measures import COUNTS, LEVELS, MEMBER
from sim.rules import washington
from sim.scenario.models import Scenario

__all__ = ["History", "member_columns", "summarise", "year_columns"]


@dataclass(frozen=True, repr=False)
class History:
    """One run in full: levels (T+1, len(LEVELS)), counts (T+1, len(COUNTS)), members (T+1, len(MEMBER), n)."""

    levels: NDArray[np.float64]
    counts: NDArray[np.int16]
    members: NDArray[np.float64]

    def __repr__(self) -> str:
        shapes = ", ".join(f"{name} of shape {part.shape}" for name, part in vars(self).items())
        return f"History({shapes})"


def summarise(scenario: Scenario, levels: NDArray[np.float64], counts: NDArray[np.int16]) -> dict[str, NDArray[Any]]:
    """One value a run: means over the simulated years, ends, and what happened at all; no view that keeps the rest."""
    played, happened = levels[:, 1:], {name: counts[:, 1:, k] for k, name in enumerate(COUNTS)}
    summary: dict[str, NDArray[Any]] = {}
    for name, mean, end in zip(LEVELS, _mean(played).T, played[:, -1].T, strict=True):
        summary[f"mean_{name}"], summary[f"end_{name}"] = mean.copy(), end.copy()
    for name in ("members_at_2", "members_at_3_5", "members_at_5", "protected_members"):
        summary[f"mean_{name}"], summary[f"end_{name}"] = _mean(happened[name]), happened[name][:, -1].copy()
    status = happened["treaty_status"]
    ever = {
        "challenged": happened["challenge"] > 0,
        "lost": happened["lost"] > 0,
        "lawful_exit": status == washington.LEFT_LAWFULLY,
        "unilateral_exit": status == washington.LEFT_ALONE,
        "de_facto_exit": happened["de_facto_exit"] > 0,
    }
    summary |= {name: np.asarray(years.any(axis=1)) for name, years in ever.items()}
    autonomous = levels[:, :, LEVELS.index("enabler_ratio")] >= 1.0
    year = scenario.start + autonomous.argmax(axis=1).astype(float)
    summary["autonomy_year"] = np.where(autonomous.any(axis=1), year, np.nan)
    summary["total_cost"] = played[:, :, LEVELS.index("european_spending")].sum(axis=1)
    return summary


def _mean(years: NDArray[Any]) -> NDArray[np.float64]:
    """The mean over axis 1, added up year by year, so that it does not depend on how many runs there are."""
    total: NDArray[np.float64] = years[:, 0].astype(float)
    for year in range(1, years.shape[1]):
        total += years[:, year]
    total /= years.shape[1]
    return total


def year_columns(
    scenario: Scenario, replicates: NDArray[np.int64], levels: NDArray[np.float64], counts: NDArray[np.int16]
) -> dict[str, NDArray[Any]]:
    """The yearly table, column by column: one row a run and year."""
    runs, years = levels.shape[:2]
    table: dict[str, NDArray[Any]] = {
        "replicate": np.repeat(replicates, years),
        "year": np.tile(np.arange(scenario.start, scenario.start + years), runs),
    }
    table |= {name: levels[:, :, k].ravel() for k, name in enumerate(LEVELS)}
    allied = table["us_spending"] + table["european_spending"]
    table["us_spending_share"] = np.divide(table["us_spending"], allied, out=np.zeros(allied.size), where=allied > 0.0)
    table["grievance"] = table["us_spending_share"] - table["us_gdp_share"]
    table |= {name: counts[:, :, k].ravel() for k, name in enumerate(COUNTS)}
    table["us_policy"] = np.array(list(scenario.policies))[table["us_policy"]]
    table["target"] = np.array([*MEMBERS, ""])[table["target"]]
    return table


def member_columns(scenario: Scenario, replicate: int, history: History) -> dict[str, NDArray[Any]]:
    """The members' table of one run, column by column: one row a year and member."""
    years, _, n = history.members.shape
    table: dict[str, NDArray[Any]] = {
        "replicate": np.full(years * n, replicate),
        "year": np.repeat(np.arange(scenario.start, scenario.start + years), n),
        "member": np.tile(np.array(MEMBERS), years),
    }
    table |= {name: history.members[:, k].ravel() for k, name in enumerate(MEMBER)}
    table["protected"] = table["protected"] > 0.5
    return table
