"""How many replicates are enough: runs are added until the mean of an outcome is known well enough in every cell.

After each round the interval is mean +- t s / sqrt(n) with Student's t for n - 1 degrees of freedom. The next round has
as many runs as the widest interval asks for if its spread stays as it is (Law & Kelton, Simulation Modeling and
Analysis, 9.4.1; the sequential rule of Chow & Robbins 1965). These runs are the first that the sweep itself plays, the
same seed and numbers, so what it stores has the intervals that were found here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engines.batch import CHUNK
from sim.engines.tables import measures_of, summarise
from sim.machine import threads
from sim.scenario import Auto, Experiment, ScenarioError
from sim.sweeps.crew import hired
from sim.sweeps.pieces import pieces
from sim.sweeps.plan import Part, Plan, measures, of_runs

__all__ = ["settled"]

Floats = NDArray[np.float64]
MARGIN = 1.02  # runs beyond what the spread so far asks for: the next spread may be a little larger
ROUND = 4096  # cells that are summed up together


@dataclass
class Sums:
    """Count, mean and sum of squared deviations of the outcome, cell by cell; rounds join as in Chan et al. 1983."""

    count: int
    mean: Floats
    squares: Floats

    def add(self, count: int, mean: Floats, squares: Floats) -> None:
        both, apart = self.count + count, mean - self.mean
        self.squares += squares + apart**2 * (self.count * count / both)
        self.mean += apart * (count / both)
        self.count = both

    def widest(self, confidence: float) -> tuple[float, int]:
        """The largest half-width of an interval, and the cell that has it."""
        from scipy.special import stdtrit  # quantiles of Student's t

        spread = np.sqrt(self.squares / (self.count - 1))
        cell = int(spread.argmax())
        quantile = float(stdtrit(self.count - 1, 0.5 + confidence / 2))
        return quantile * float(spread[cell]) / math.sqrt(self.count), cell


def settled(
    experiment: Experiment,
    workers: int | None = None,
    *,
    allow_many: bool = False,
    told: Callable[[int, float], None] | None = None,
) -> Experiment:
    """The experiment with a number of replicates; as it is unless they are "auto".

    Args:
        told: called after each round with the replicates so far and the widest half-width.

    Raises:
        ScenarioError: ``auto.most`` replicates are not enough; it says how narrow the widest interval got, and where.
    """
    auto = experiment.auto
    if experiment.replicates != "auto" or auto is None:
        return experiment
    sums: Sums | None = None
    wanted = auto.first
    while True:
        plan = Plan(experiment.model_copy(update={"replicates": wanted}))
        if sums is None:
            plan.check(allow_many)
        sums = _added(plan, auto, sums, workers)
        half, cell = sums.widest(auto.confidence)
        if not math.isfinite(half):
            words = "not every run has it; allowed: another outcome"
            raise ScenarioError(f"experiment {experiment.name}: auto.outcome = {auto.outcome!r}: {words}")
        if told:
            told(wanted, half)
        if half <= auto.within:
            return plan.experiment
        if wanted == auto.most:
            words = f"after {wanted:,} replicates the widest interval of {auto.outcome} is +-{half:.3g}, in cell {cell}"
            allowed = f"within of {half:.2g} or more, or a larger most"
            where = f"experiment {experiment.name}: auto.within = {auto.within:g}"
            raise ScenarioError(f"{where}: {words}; allowed: {allowed}")
        ratio = min(half / auto.within, math.sqrt(auto.most))  # more would only be cut back, or overflow
        wanted = min(auto.most, max(wanted + 1, math.ceil(MARGIN * wanted * ratio**2)))


def _added(plan: Plan, auto: Auto, sums: Sums | None, workers: int | None) -> Sums:
    """The sums with the replicates that they do not have yet, played on threads, cells in order."""
    before = sums.count if sums else 0
    fresh = range(before, plan.replicates)
    together = max(1, min(ROUND, CHUNK * 8 // len(fresh)))
    parts = (
        Part(0, range(first, min(first + together, plan.cells)), fresh) for first in range(0, plan.cells, together)
    )
    mean, squares = np.empty(plan.cells), np.empty(plan.cells)

    def play(part: Part) -> None:
        found = np.concatenate(list(_outcomes(plan, auto, part))).reshape(len(part.cells), len(fresh))
        here = slice(part.cells.start, part.cells.stop)
        mean[here] = found.mean(axis=1)
        squares[here] = ((found - mean[here, None]) ** 2).sum(axis=1)

    with threads(hired(workers)) as pool:
        for _ in pool.map(play, parts):
            pass
    if sums is None:
        return Sums(len(fresh), mean, squares)
    sums.add(len(fresh), mean, squares)
    return sums


def _outcomes(plan: Plan, auto: Auto, part: Part) -> Iterator[Floats]:
    name = of_runs(auto.outcome, measures(plan.base)[0])
    made_of = measures_of((name,))
    for piece in pieces(plan, part, CHUNK):
        yield summarise(piece.block.scenario, *piece.levels(made_of), made_of)[name].astype(float)
