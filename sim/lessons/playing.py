"""A run of a story -> its table, what came out, and one sentence that says so. Nothing here knows a result."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.data import MEMBERS
from sim.engines.batch import play_members, run_batch
from sim.lessons.measures import MEASURES, Measure
from sim.lessons.models import Case, Game, Run
from sim.lessons.saying import outcome_of, sentence_of, told
from sim.rules.demand import equilibrium
from sim.scenario import Scenario
from sim.setup import prepare

__all__ = ["Reveal", "play", "solve"]

Floats = NDArray[np.float64]
COLUMNS = ("case", "x", "median", "low", "high", "runs")


@dataclass(frozen=True)
class Reveal:
    """What a run showed.

    Attributes:
        run: what was played. outcome: one of ``run.outcomes``. sentence: the answer in words, with its numbers.
        table: one row a case, in order: case, x, median, low and high (5-95 % of the runs; of what happens or not, the
            share of runs and Wilson's 95 % interval; of a game the one value), runs (0 for a game), in the tables'
            unit; ``MEASURES[run.measure]`` says how to show them.
        basis: how many runs, from which seed, what the interval is.
    """

    run: Run
    outcome: str
    sentence: str
    table: pd.DataFrame
    basis: str

    @property
    def measure(self) -> Measure:
        """How to show the table's numbers."""
        return MEASURES[self.run.measure]

    @property
    def meaning(self) -> str:
        """What the outcome means, by the story; empty where it says the same of all."""
        return self.run.told.get(self.outcome, "")

    def shown(self) -> list[str]:
        """Every case's median in words."""
        return [told(self.run, self.table, place, self.measure) for place in range(len(self.table))]


def play(run: Run) -> Reveal:
    """Play every case on the same luck. Deterministic: the same run gives the same reveal, to the bit."""
    measure = MEASURES[run.measure]
    values = [_values(case, run, measure) for case in run.cases]
    rows = [
        (case.label, case.x, *_summary(found, measure), 0 if case.game else found.size)
        for case, found in zip(run.cases, values, strict=True)
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    outcome = outcome_of(run, table, measure)
    return Reveal(run, outcome, sentence_of(run, table, values, outcome), table, _basis(run, measure))


def solve(game: Game) -> dict[str, float]:
    """Nash spending of each country of a game, in the unit of its GDP."""
    gdp = np.array(list(game.gdp.values()))
    thinned = game.weight * (gdp / gdp.sum()) ** game.thinning
    weights = np.broadcast_to(thinned[:, None], (gdp.size, gdp.size))
    rho = game.collective_share
    spent = equilibrium(gdp, rho * game.taste, (1.0 - rho) * game.taste, weights)
    return dict(zip(game.gdp, map(float, spent), strict=True))


def _values(case: Case, run: Run, measure: Measure) -> Floats:
    """One value a run."""
    if case.game is not None:
        spent = solve(case.game)
        if case.member is None:
            return np.array([sum(spent.values())])
        return np.array([spent[case.member] / case.game.gdp[case.member]])
    found = _measured(case.world(), case.member, run)
    return found if case.minus is None else found - _measured(case.other(), case.member, run)


def _measured(scenario: Scenario, member: str | None, run: Run) -> Floats:
    if member is not None:
        runs = np.arange(run.replicates)
        shares = play_members(prepare(scenario), run.seed, runs, [run.measure])[:, 1:, 0, MEMBERS.index(member)]
        found: Floats = shares[:, -1] if run.at == "end" else shares.mean(axis=1)
        return found
    summaries = run_batch(scenario, run.seed, run.replicates, record="runs").summaries
    name = run.measure if MEASURES[run.measure].yes_or_no else f"{run.at}_{run.measure}"
    return np.asarray(summaries[name], float)


def _summary(values: Floats, measure: Measure) -> tuple[float, float, float]:
    """The middle and the ends of the interval."""
    if measure.yes_or_no:
        from statsmodels.stats.proportion import proportion_confint

        low, high = proportion_confint(int(values.sum()), values.size, alpha=0.05, method="wilson")
        return float(values.mean()), float(low), float(high)
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return float(middle), float(low), float(high)


def _basis(run: Run, measure: Measure) -> str:
    if measure.of_game:
        return "A small alliance solved exactly: each country's best reply to all others (Eq. 2); no chance in it."
    when = {"end": "in the last year", "mean": "as a mean over the years"}[run.at]
    kind = "Share of runs with Wilson's 95\u00a0% interval" if measure.yes_or_no else "Median and 5\u201395\u00a0%"
    place = "" if measure.yes_or_no else f", {when}"
    return f"{kind} of {run.replicates} runs a case on the same luck, seed {run.seed}{place}."
