"""A part in pieces: as many runs as the engine takes at a time, of one cell or of hundreds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.data import MEMBERS
from sim.engines.batch import play_chunk, play_histories
from sim.engines.tables import History, chosen, member_columns, summarise, year_columns
from sim.measures import COUNTS, LEVELS, MEMBER
from sim.scenario.design import luck
from sim.sweeps.design import Block
from sim.sweeps.plan import Part, Plan

__all__ = ["Piece", "pieces", "unplayed"]

Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Piece:
    """Runs of one block, one for each entry of ``at`` (the cell's place in the block) and ``replicates``."""

    plan: Plan
    block: Block
    at: NDArray[np.int64]
    replicates: NDArray[np.int64]

    @property
    def cells(self) -> NDArray[np.int64]:
        """The cell of every run."""
        return self.block.cells[self.at]

    def runs(self) -> list[tuple[int, int]]:
        """Cell and replicate of every run."""
        return list(zip(self.cells.tolist(), self.replicates.tolist(), strict=True))

    def only(self, chosen: NDArray[Any]) -> Piece:
        """Some of its runs."""
        return Piece(self.plan, self.block, self.at[chosen], self.replicates[chosen])

    def levels(self, measures: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.int16]]:
        """Yearly levels and counts of some measures, played."""
        return play_chunk(self.block.prepared, self._rows(), self.plan.experiment.seed, self._numbers(), measures)

    def played(self) -> list[Columns]:
        """The columns of runs and, as the experiment records them, of years and members."""
        whole: list[History] = []
        if self.plan.records_members or self.plan.engine == "mesa":
            whole = list(self._whole())
            levels, counts = np.stack([one.levels for one in whole]), np.stack([one.counts for one in whole])
            levels, counts = chosen(levels, counts, self.plan.measured)
        else:
            levels, counts = self.levels(self.plan.measured)
        if not np.isfinite(levels).all():
            raise FloatingPointError("a measure is not a finite number")
        return self._columns(levels, counts, whole)

    def _whole(self) -> Iterator[History]:
        """Every run with its members' years."""
        seed, numbers = self.plan.experiment.seed, self._numbers()
        if self.plan.engine == "batch":
            yield from play_histories(self.block.prepared, self._rows(), seed, numbers)
            return
        from sim.engines.agents import run

        for cell, number in zip(self.cells.tolist(), numbers.tolist(), strict=True):
            yield run(self.plan.scenario(cell), seed, number, **self.plan.agents).history

    def _columns(self, levels: NDArray[np.float64], counts: NDArray[np.int16], whole: list[History]) -> list[Columns]:
        scenario, runs, measured = self.block.scenario, self.replicates.size, self.plan.measured
        tables: list[Columns] = [{"replicate": self.replicates, **summarise(scenario, levels, counts, measured)}]
        if self.plan.records_years:
            tables.append(year_columns(scenario, self.replicates, levels, counts, measured))
        if self.plan.records_members:
            numbered = zip(self.replicates, whole, strict=True)
            of_runs = [member_columns(scenario, int(number), one) for number, one in numbered]
            tables.append({name: np.concatenate([one[name] for one in of_runs]) for name in of_runs[0]})
        return [{"cell": np.repeat(self.cells, len(one["replicate"]) // runs), **self.plan.kept(one)} for one in tables]

    def _rows(self) -> NDArray[Any]:
        """The parameters of every run."""
        return self.block.rows(self.at, self._numbers())

    def _numbers(self) -> NDArray[np.int64]:
        """The numbers of the runs, which their luck comes from."""
        return luck(self.plan.experiment, self.block.cells)[self.at] + self.replicates


def pieces(plan: Plan, part: Part, chunk: int) -> Iterator[Piece]:
    """The runs of a part in order, at most ``chunk`` at a time."""
    many = len(part.replicates)
    for block in plan.blocks.of(part.cells):
        for first in range(0, block.cells.size * many, chunk):
            at, moved = np.divmod(np.arange(first, min(first + chunk, block.cells.size * many)), many)
            yield Piece(plan, block, at, part.replicates.start + moved)


def unplayed(plan: Plan) -> list[Columns]:
    """The columns of a run of which nothing is known yet, for their names and types."""
    block, none = next(plan.blocks.of(range(1))), np.zeros(1, np.int64)
    levels, counts = np.zeros((1, 2, len(LEVELS))), np.zeros((1, 2, len(COUNTS)), np.int16)
    whole = [History(levels[0], counts[0], np.zeros((2, len(MEMBER), len(MEMBERS))))]
    return Piece(plan, block, none, none)._columns(*chosen(levels, counts, plan.measured), whole)
