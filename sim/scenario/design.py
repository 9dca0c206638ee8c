"""Which places on their axes the cells of an experiment take: a grid, or a sample crossed with the levers.

Levers come first and move slowest, so that every policy meets the same points; the last axis of a grid moves fastest.
Nothing is built to count, and of a grid nothing is built to find one cell.

What a sampler draws depends on its version. A sweep therefore stores its sample and names its digest, and whoever reads
results gets the points that were played: ``sample_of`` draws only where nothing is stored.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.scenario.axes import at_unit, size
from sim.scenario.errors import ScenarioError
from sim.scenario.models import Design, Experiment, Scenario, Vary
from sim.scenario.rows import MOST_NUMBERS, Rows

__all__ = [
    "axes", "count", "crossed", "drawn_anew", "keep_sample", "luck", "points", "positions", "sample", "sample_of",
    "sampled", "sizes", "together", "unit_problem",
]  # fmt: skip

MOST_REPLICATES = 1_000_000  # of a cell; cells of independent luck have so many numbers each


def axes(experiment: Experiment) -> tuple[Vary, ...]:
    """Levers, then uncertainties."""
    return experiment.levers + experiment.uncertainties


def sampled(experiment: Experiment) -> tuple[Vary, ...]:
    """The axes that the sample is taken of; none of a grid."""
    if experiment.design.kind == "grid":
        return ()
    return axes(experiment) if experiment.design.levers == "sampled" else experiment.uncertainties


def crossed(experiment: Experiment) -> tuple[Vary, ...]:
    """The axes of which every combination is taken."""
    return axes(experiment)[: len(axes(experiment)) - len(sampled(experiment))]


def drawn(design: Design, many: int) -> int:
    """Points of a sample of so many axes."""
    return (design.points or 1) * together(design, many)


def together(design: Design, many: int) -> int:
    """Points in a row that are compared with each other: those of a base point or a trajectory.

    Saltelli et al. 2010; Morris 1991. Of the other designs 1.
    """
    if design.kind == "saltelli":
        return 2 * many + 2 if design.second_order else many + 2
    return many + 1 if design.kind == "morris" else 1


def sizes(experiment: Experiment) -> list[int]:
    """What the cells are counted by: the sizes of the crossed axes, then the points of the sample if there is one."""
    taken = sampled(experiment)
    counted = [size(axis) for axis in crossed(experiment)]
    return [*counted, drawn(experiment.design, len(taken))] if taken else counted


def count(experiment: Experiment) -> int:
    """How many cells there are; counted, not built."""
    return math.prod(sizes(experiment))


def points(experiment: Experiment) -> int:
    """How many points of the uncertainties there are, each met by every combination of levers."""
    if experiment.design.kind == "grid":
        return math.prod(size(axis) for axis in experiment.uncertainties)
    return sizes(experiment)[-1]


def luck(experiment: Experiment, cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """The number that replicate 0 of each cell has as a run: cells with the same number have the same luck.

    Points that a design compares with each other share it, else their luck would count as an effect of the axes.
    """
    if experiment.luck == "common":
        return np.zeros_like(cells)
    if experiment.luck == "independent":
        return MOST_REPLICATES * cells
    return MOST_REPLICATES * (cells % points(experiment) // together(experiment.design, len(sampled(experiment))))


def positions(experiment: Experiment, base: Scenario, cells: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """Axis by axis, in their order: where each of these cells stands on it, see ``sim.scenario.axes``."""
    found: dict[str, NDArray[Any]] = {}
    left, taken = cells, sampled(experiment)
    if taken:
        left, point = np.divmod(left, sizes(experiment)[-1])
        unit = sample_of(experiment).columns
        for axis in taken:
            found[axis.name] = at_unit(axis, unit[axis.name][point], base)
    for axis in reversed(crossed(experiment)):
        left, found[axis.name] = np.divmod(left, size(axis))
    return {axis.name: found[axis.name] for axis in axes(experiment)}


def sample_of(experiment: Experiment) -> Rows:
    """Where the points of the sample lie on its axes, from 0 to 1: as stored with results, else drawn."""
    asked, stored = experiment._points or (None, None)
    return stored if stored is not None and asked == _asked(experiment) else drawn_anew(experiment)


def keep_sample(experiment: Experiment, stored: Rows) -> None:
    """From now on the experiment has this sample, as long as its design, its axes and its seed stay what they are."""
    experiment._points = _asked(experiment), stored


def drawn_anew(experiment: Experiment) -> Rows:
    """The sample as the samplers that are installed draw it now; raises as ``sample``."""
    return _named(*_asked(experiment))


def _asked(experiment: Experiment) -> tuple[Design, tuple[str, ...], int]:
    """What a sample is drawn by."""
    return experiment.design, tuple(axis.name for axis in sampled(experiment)), experiment.seed


@lru_cache(maxsize=1)
def _named(design: Design, names: tuple[str, ...], seed: int) -> Rows:
    return Rows(dict(zip(names, sample(design, len(names), seed).T, strict=True)))


@lru_cache(maxsize=1)
def sample(design: Design, many: int, seed: int) -> NDArray[np.float64]:
    """The points of a sample in the unit cube, (points, axes); ScenarioError if they are too many to hold.

    Scrambled Sobol sequences (Owen 1998) and Latin hypercubes by scipy, Saltelli's and Morris's designs by SALib.
    """
    total = drawn(design, many)
    if total * many > MOST_NUMBERS:
        words = f"{total:,} points of {many} axes are more than {MOST_NUMBERS:,} numbers"
        raise ScenarioError(f"design.points = {design.points}: {words}; allowed: fewer points, and more replicates")
    found = np.asfortranarray(_sampled(design, many, seed), dtype=np.float64)  # axes are read one by one
    found.setflags(write=False)
    return found


def _sampled(design: Design, many: int, seed: int) -> Any:
    from scipy.stats import qmc

    if design.kind == "latin-hypercube":  # axis by axis, which are independent: all at once needs four times the memory
        rng = np.random.default_rng(seed)
        found = np.empty((design.points or 1, many))
        for number in range(many):
            found[:, number] = qmc.LatinHypercube(1, rng=rng).random(design.points)[:, 0]
        return found
    if design.kind == "sobol":
        return qmc.Sobol(many, rng=seed).random(design.points)
    from SALib.sample import morris, sobol

    problem = unit_problem([f"x{number}" for number in range(many)])
    if design.kind == "saltelli":
        return sobol.sample(problem, design.points, calc_second_order=design.second_order, seed=seed)
    return morris.sample(problem, design.points, num_levels=design.levels, seed=seed)


def unit_problem(names: list[str]) -> dict[str, Any]:
    """Axes as SALib calls them, each from 0 to 1."""
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
