"""What runs have measured, as columns of tables: one row a run, a run and year, or a year and member."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.data import MEMBERS
from sim.measures import COUNTS, LEVELS, MEMBER
from sim.rules import washington
from sim.scenario.models import Scenario

__all__ = ["COLUMNS", "MEASURES", "History", "chosen", "measures_of", "member_columns", "summarise", "year_columns"]

MEASURES = (*LEVELS, *COUNTS)
AVERAGED = ("members_at_2", "members_at_3_5", "members_at_5", "protected_members")  # counts that have a mean and an end
# what happened in any year -> the measure that shows it, and how
EVER: dict[str, tuple[str, Callable[[NDArray[Any]], NDArray[Any]]]] = {
    "challenged": ("challenge", lambda years: years > 0),
    "lost": ("lost", lambda years: years > 0),
    "lawful_exit": ("treaty_status", lambda years: years == washington.LEFT_LAWFULLY),
    "unilateral_exit": ("treaty_status", lambda years: years == washington.LEFT_ALONE),
    "de_facto_exit": ("de_facto_exit", lambda years: years > 0),
}
# column of runs or of years -> the measures that it is made of
COLUMNS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in MEASURES},
    **{f"{how}_{name}": (name,) for name in (*LEVELS, *AVERAGED) for how in ("mean", "end")},
    **{name: (measure,) for name, (measure, _) in EVER.items()},
    "autonomy_year": ("enabler_ratio",),
    "total_cost": ("european_spending",),
    "us_spending_share": ("us_spending", "european_spending"),
    "grievance": ("us_spending", "european_spending", "us_gdp_share"),
}


@dataclass(frozen=True, repr=False)
class History:
    """One run in full: levels (T+1, len(LEVELS)), counts (T+1, len(COUNTS)), members (T+1, len(MEMBER), n)."""

    levels: NDArray[np.float64]
    counts: NDArray[np.int16]
    members: NDArray[np.float64]

    def __repr__(self) -> str:
        shapes = ", ".join(f"{name} of shape {part.shape}" for name, part in vars(self).items())
        return f"History({shapes})"


def measures_of(columns: Iterable[str]) -> tuple[str, ...]:
    """The measures that columns of runs or of years are made of, in the order of all.

    Raises:
        ValueError: a name of no column.
    """
    needed: set[str] = set()
    for column in columns:
        if column not in COLUMNS:
            raise ValueError(f"no such measure {column!r}; there are {', '.join(COLUMNS)}")
        needed |= {*COLUMNS[column]}
    return tuple(name for name in MEASURES if name in needed)


def chosen(
    levels: NDArray[np.float64], counts: NDArray[np.int16], measures: Collection[str]
) -> tuple[NDArray[np.float64], NDArray[np.int16]]:
    """The columns of some measures out of those of all, the last axis of both; what was not asked for is not there."""
    if len(measures) == len(MEASURES):
        return levels, counts
    one, other = (np.array([name in measures for name in names]) for names in (LEVELS, COUNTS))
    return levels[..., one], counts[..., other]


def summarise(
    scenario: Scenario, levels: NDArray[np.float64], counts: NDArray[np.int16], measures: Collection[str] = MEASURES
) -> dict[str, NDArray[Any]]:
    """One value a run: means over the simulated years, ends, and what happened at all; no view that keeps the rest.

    Args:
        levels, counts: (runs, T+1, columns) of ``measures``; what needs another measure is left out.
    """
    names, played = [name for name in LEVELS if name in measures], levels[:, 1:]
    summary: dict[str, NDArray[Any]] = {}
    for name, mean, end in zip(names, _mean(played).T, played[:, -1].T, strict=True):
        summary[f"mean_{name}"], summary[f"end_{name}"] = mean.copy(), end.copy()
    happened = {name: values[:, 1:] for name, values in _by_name(COUNTS, measures, counts).items()}
    for name in AVERAGED:
        if name in happened:
            summary[f"mean_{name}"], summary[f"end_{name}"] = _mean(happened[name]), happened[name][:, -1].copy()
    for name, (measure, ever) in EVER.items():
        if measure in happened:
            summary[name] = np.asarray(ever(happened[measure]).any(axis=1))
    if "enabler_ratio" in names:
        autonomous = levels[:, :, names.index("enabler_ratio")] >= 1.0
        year = scenario.start + autonomous.argmax(axis=1).astype(float)
        summary["autonomy_year"] = np.where(autonomous.any(axis=1), year, np.nan)
    if "european_spending" in names:
        summary["total_cost"] = played[:, :, names.index("european_spending")].sum(axis=1)
    return summary


def _by_name(names: Iterable[str], measures: Collection[str], table: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """The columns of a table of those of ``names`` that were measured."""
    return {name: table[:, :, k] for k, name in enumerate(name for name in names if name in measures)}


def _mean(years: NDArray[Any]) -> NDArray[np.float64]:
    """The mean over axis 1, added up year by year, so that it does not depend on how many runs there are."""
    total: NDArray[np.float64] = years[:, 0].astype(float)
    for year in range(1, years.shape[1]):
        total += years[:, year]
    total /= years.shape[1]
    return total


def year_columns(
    scenario: Scenario, replicates: NDArray[np.int64], levels: NDArray[np.float64], counts: NDArray[np.int16],
    measures: Collection[str] = MEASURES,
) -> dict[str, NDArray[Any]]:  # fmt: skip
    """The yearly table, column by column: one row a run and year; what needs another measure is left out."""
    runs, years = levels.shape[:2]
    table: dict[str, NDArray[Any]] = {
        "replicate": np.repeat(replicates, years),
        "year": np.tile(np.arange(scenario.start, scenario.start + years), runs),
    }
    table |= {name: values.ravel() for name, values in _by_name(LEVELS, measures, levels).items()}
    if {*COLUMNS["us_spending_share"]} <= table.keys():
        allied = table["us_spending"] + table["european_spending"]
        part = np.divide(table["us_spending"], allied, out=np.zeros(allied.size), where=allied > 0.0)
        table["us_spending_share"] = part
        if "us_gdp_share" in table:
            table["grievance"] = part - table["us_gdp_share"]
    table |= {name: values.ravel() for name, values in _by_name(COUNTS, measures, counts).items()}
    for name, words in (("us_policy", list(scenario.policies)), ("target", [*MEMBERS, ""])):
        if name in table:
            table[name] = np.array(words)[table[name]]
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
