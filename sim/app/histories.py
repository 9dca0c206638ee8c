"""Playing worlds for the page: cached by what they depend on, shared by all sessions, never changed afterwards."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.app.state import World
from sim.app.worlds import scenario_of
from sim.compiled import is_ready
from sim.engines.batch import Runs, run_batch, run_members
from sim.engines.kernels import play_runs
from sim.engines.tables import member_columns, year_columns
from sim.measures import COUNTS, LEVELS, MEMBER

__all__ = ["QUANTILES", "Compiler", "History", "batch", "column", "history", "paired", "quantiles"]

Floats = NDArray[np.float64]
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
NAMES = ("q05", "q25", "q50", "q75", "q95")
# what only a played year decides is no value of the start
UNPLAYED = ("protected_members", "challenge_risk")
UNPLAYED_BY_MEMBER = ["expected_protection", "hazard"]
USUAL = (World(), 0, 1)  # world, horizon and seed of the year whose risk is 100


@dataclass(frozen=True)
class History:
    """One history: its years, and its members' years."""

    years: pd.DataFrame
    members: pd.DataFrame


class Compiler:
    """Compiles the engine once for the whole process, in a thread of its own, and says when it is done."""

    def __init__(self) -> None:
        self._done = threading.Event()
        self.failed = ""
        self.kept = is_ready(play_runs)  # compiled by an earlier process: only to be loaded

    def start(self) -> None:
        """Begin; returns at once."""
        threading.Thread(target=self._compile, name="compile", daemon=True).start()

    def done(self) -> bool:
        """Whether histories are played at full speed from now on."""
        return self._done.is_set()

    def _compile(self) -> None:
        try:
            run_batch(scenario_of(World()), 1, 32, workers=1)  # more than the engine would play uncompiled
        except Exception as error:  # shown on the page; anything else would leave it waiting for ever
            self.failed = str(error)
        self._done.set()


@lru_cache(maxsize=48)
def batch(world: World, horizon: int, seed: int, runs: int) -> Runs:
    """Many histories of a world; ScenarioError if there is no such world."""
    return run_batch(scenario_of(world, horizon), seed, runs)


@lru_cache(maxsize=48)
def history(world: World, horizon: int, seed: int, replicate: int) -> History:
    """One of them, with every member's year; NaN in the start year for what that year does not decide."""
    scenario = scenario_of(world, horizon)
    played = run_members(scenario, seed, replicate)
    years = pd.DataFrame(year_columns(scenario, np.array([replicate]), played.levels[None], played.counts[None]))
    members = pd.DataFrame(member_columns(scenario, replicate, played))
    years = years.astype(dict.fromkeys(UNPLAYED, float))
    years.loc[years["year"] == scenario.start, list(UNPLAYED)] = np.nan
    members.loc[members["year"] == scenario.start, UNPLAYED_BY_MEMBER] = np.nan
    years["challenge_risk"] = indexed(years["challenge_risk"].to_numpy(float), _risk())
    members["hazard"] = indexed(members["hazard"].to_numpy(float), _hazard())
    return History(years, members)


def indexed(values: Floats, base: float) -> Floats:
    """An ordinal measure in whole hundredths of the base, as only its order means anything."""
    return np.round(100.0 * values / base)


@lru_cache(maxsize=1)
def _risk() -> float:
    """The median chance of a challenge in the first year of the status quo."""
    levels = batch(*USUAL, 300).levels
    assert levels is not None  # recorded unless something else is asked for
    return float(np.median(levels[:, 1, LEVELS.index("challenge_risk")]))


@lru_cache(maxsize=1)
def _hazard() -> float:
    """The mean over allies of the same, in one history."""
    played = run_members(scenario_of(*USUAL[:2]), USUAL[2], 0)
    hazards: Floats = played.members[1, MEMBER.index("hazard")]
    return float(hazards[hazards > 0.0].mean())


def column(runs: Runs, measure: str) -> Floats:
    """A measure of every run and year, shape (runs, T+1); NaN in the start year for what that year does not decide."""
    if runs.levels is None or runs.counts is None:
        raise ValueError("yearly measures were not recorded")
    if measure in LEVELS:
        values = np.array(runs.levels[:, :, LEVELS.index(measure)])
    else:
        values = np.array(runs.counts[:, :, COUNTS.index(measure)], float)
    if measure in UNPLAYED:
        values[:, 0] = np.nan
    return indexed(values, _risk()) if measure == "challenge_risk" else values


def quantiles(values: Floats, start: int) -> pd.DataFrame:
    """One row a year: year, runs, q05, q25, q50, q75, q95 of values of shape (runs, years)."""
    levels = np.quantile(values, QUANTILES, axis=0)
    years = np.arange(start, start + values.shape[1])
    table = pd.DataFrame({"year": years, "runs": values.shape[0]})
    return table.assign(**dict(zip(NAMES, levels, strict=True)))


def paired(here: Runs, there: Runs, measure: str) -> pd.DataFrame | None:
    """Run by run on the same luck, here less there, in the years that both have; None if there are none.

    Raises:
        ValueError: other seeds or other runs, which share no luck.
    """
    if here.seed != there.seed or not np.array_equal(here.replicates, there.replicates):
        raise ValueError("the two worlds were not played on the same luck")
    if here.scenario.start != there.scenario.start:
        return None
    one, other = column(here, measure), column(there, measure)
    years = min(one.shape[1], other.shape[1])
    return quantiles(one[:, :years] - other[:, :years], here.scenario.start)
