"""A part in pieces: as many runs as the engine takes at a time, of one cell or of hundreds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engines.batch import History, member_columns, play_chunk, play_histories, summarise, year_columns
from sim.scenario.design import luck
from sim.sweeps.design import Block
from sim.sweeps.plan import Part, Plan

__all__ = ["Piece", "pieces"]

Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Piece:
    """Runs of one block, one for each entry of ``at`` (the cell's place in the block) and ``replicates``."""

    plan: Plan
    block: Block
    at: NDArray[np.int64]
    replicates: NDArray[np.int64]

    def levels(self) -> tuple[NDArray[np.float64], NDArray[np.int16]]:
        """Yearly measures, played."""
        return play_chunk(self.block.prepared, self.block.rows[self.at], self.plan.experiment.seed, self._numbers())

    def played(self) -> list[Columns]:
        """The columns of runs and, as the experiment records them, of years and members."""
        whole: list[History] = []
        if self.plan.records_members:
            rows = self.block.rows[self.at]
            whole = list(play_histories(self.block.prepared, rows, self.plan.experiment.seed, self._numbers()))
            levels, counts = np.stack([one.levels for one in whole]), np.stack([one.counts for one in whole])
        else:
            levels, counts = self.levels()
        scenario, runs = self.block.scenario, self.replicates.size
        tables: list[Columns] = [{"replicate": self.replicates, **summarise(scenario, levels, counts)}]
        if self.plan.records_years:
            tables.append(year_columns(scenario, self.replicates, levels, counts))
        if whole:
            numbered = zip(self.replicates, whole, strict=True)
            of_runs = [member_columns(scenario, int(number), one) for number, one in numbered]
            tables.append({name: np.concatenate([one[name] for one in of_runs]) for name in of_runs[0]})
        cells = self.block.cells[self.at]
        return [{"cell": np.repeat(cells, len(one["replicate"]) // runs), **self.plan.kept(one)} for one in tables]

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
