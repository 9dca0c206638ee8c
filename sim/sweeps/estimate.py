"""What a sweep will cost before it starts: counted by multiplication, measured on a few of its own runs.

Pieces from the beginning, the middle and the end of the sweep are played and encoded here, on one thread, in its own
time and not the clock's; nothing is written, and no more cells are built than those have. Cells are built and prepared
one at a time, however many threads wait for them, which is measured and counted apart. What is assumed: the other cells
cost what these do, workers do not hinder each other, and nothing else runs on the machine.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from sim.engines.batch import CHUNK
from sim.machine import memory
from sim.scenario import Experiment, ScenarioError
from sim.scenario.design import sampled, sizes
from sim.store.files import encoded
from sim.sweeps.crew import hired
from sim.sweeps.design import KEPT, Blocks
from sim.sweeps.part import Columns, append, joined, warm
from sim.sweeps.pieces import Piece, pieces
from sim.sweeps.plan import Plan

__all__ = ["Estimate", "estimate", "refuse_large", "size_words"]

PROCESS = 330 * 2**20  # bytes of a process with pandas, scipy and the compiled engine, measured on Linux
COPIES = 3  # of a part's columns: in pieces, joined, encoded
DRAWN = {"latin-hypercube": 1.5, "sobol": 2, "saltelli": 3, "morris": 3}  # copies of a sample while it is drawn
ENTRY = 1000  # bytes of a part in the manifest, as it is held and written
AHEAD = 2  # parts beside those that workers play
FULL = 0.9  # of the free disk, and of this process's share of the memory, that a sweep may fill
LARGE = 200_000  # runs below which looking costs more than it saves
LOOKED_AT = 1_000  # cells whose checking is timed
PIECES = 16  # of a part that are played, and cells whose preparing is timed
MEMORY = 2 * 2**30  # bytes that a sweep may take without being asked twice


@dataclass(frozen=True)
class Estimate:
    """What a sweep will take.

    Attributes:
        cells, replicates, runs, parts: how many; of ``replicates = "auto"`` the most.
        a_run: seconds of one thread that a run takes, encoding its rows among them.
        cells_first: seconds that looking at all cells, building and preparing them takes, on one thread.
        seconds: of it all by ``workers`` workers. disk, memory: bytes. free: bytes on the disk of the results.
    """

    cells: int
    replicates: int
    runs: int
    parts: int
    workers: int
    a_run: float
    cells_first: float
    seconds: float
    disk: int
    memory: int
    free: int


def estimate(experiment: Experiment, into: str | Path = "results", workers: int | None = None) -> Estimate:
    """Measure a few runs and multiply; ScenarioError for an experiment that could not be played."""
    plan, workers = Plan(most(experiment)), hired(workers)
    warm(plan)
    first = checking(plan) * plan.cells + preparing(plan)
    tried = [_tried(plan, number) for number in sorted({0, plan.parts // 2, plan.parts - 1})]
    runs = sum(one.tables[0].num_rows for one in tried)
    a_run = sum(one.seconds for one in tried) / runs
    empty = [len(encoded([table.slice(0, 1)])[0]) for table in tried[0].tables]  # names, types, checksums of a file
    rows = sum(max(0, size - least) for one in tried for size, least in zip(one.sizes, empty, strict=True)) / runs
    raw = sum(table.nbytes for one in tried for table in one.tables) / runs
    cell = next(plan.cell_tables())
    cells = len(encoded([cell])[0]) / cell.num_rows * plan.cells
    made = sum(table.nbytes for table in plan.tables().values())
    part = COPIES * raw * plan.together * plan.stretch
    held = sample_bytes(plan) + (workers + AHEAD) * part + 2 * cells + ENTRY * len(plan.kinds) * plan.parts
    return Estimate(
        plan.cells, plan.replicates, plan.runs, plan.parts, workers, a_run, first, first + a_run * plan.runs / workers,
        int(plan.parts * sum(empty) + plan.runs * rows + cells + made), int(PROCESS + held), free(Path(into)),
    )  # fmt: skip


class Tried(NamedTuple):
    """The first runs of a part: seconds of one thread, the tables as they would be stored, bytes of each."""

    seconds: float
    tables: list[pa.Table]
    sizes: list[int]


def _tried(plan: Plan, number: int) -> Tried:
    some: list[Piece] = []
    for piece in pieces(plan, plan.part(number), CHUNK):  # builds and prepares their cells, which is measured apart
        some.append(piece)
        if len(some) == PIECES or sum(one.replicates.size for one in some) >= CHUNK:
            break
    begun = time.thread_time()
    columns: dict[str, Columns] = {kind: {} for kind in plan.kinds}
    for piece in some:
        append(piece, columns)
    tables = [joined(plan, columns[kind]) for kind in plan.kinds]
    sizes = [len(encoded([table])[0]) for table in tables]
    return Tried(time.thread_time() - begun, tables, sizes)


def refuse_large(experiment: Experiment, into: str | Path, workers: int | None = None) -> None:
    """ScenarioError for a sweep of too many runs, or one that would fill the disk or the memory.

    They are counted; only what is large is measured.
    """
    plan = Plan(most(experiment))
    plan.allow(False)
    if plan.runs < LARGE:
        return
    found = estimate(experiment, into, workers)
    most_memory = min(MEMORY, int(FULL * (memory() or MEMORY)))
    for what, needed, limit in (("disk", found.disk, int(FULL * found.free)), ("memory", found.memory, most_memory)):
        if needed > limit:
            words = f"about {size_words(needed)} of {what}; allowed: {size_words(limit)}, or --yes"
            raise ScenarioError(f"experiment {experiment.name}: {found.runs:,} runs take {words}")


def most(experiment: Experiment) -> Experiment:
    """The experiment with the most replicates that it may come to."""
    if experiment.replicates != "auto" or experiment.auto is None:
        return experiment
    return experiment.model_copy(update={"replicates": experiment.auto.most})


def checking(plan: Plan) -> float:
    """Seconds that looking at a cell takes before anything is played."""
    plan.blocks.check(range(1))  # draws the sample
    some = min(plan.cells, LOOKED_AT)
    begun = time.thread_time()
    plan.blocks.check(range(some))
    return (time.thread_time() - begun) / some


def preparing(plan: Plan) -> float:
    """Seconds that building and preparing the cells takes while it is played, one after the other."""
    last, half = plan.cells - LOOKED_AT, plan.cells // 2
    ranges = [np.arange(max(0, low), min(max(0, low) + LOOKED_AT, plan.cells)) for low in (0, half, last)]
    cells = np.unique(np.concatenate(ranges))
    moves, values = plan.blocks.preparations(cells)
    times = values if values <= KEPT else 1 + moves / cells.size * plan.cells
    new = Blocks(plan.experiment)
    begun = time.thread_time()
    made = len(list(islice(new.of(range(min(plan.cells, LOOKED_AT))), PIECES)))
    return times * (time.thread_time() - begun) / made


def sample_bytes(plan: Plan) -> int:
    taken = len(sampled(plan.experiment))
    return int(DRAWN[plan.experiment.design.kind] * 8 * taken * sizes(plan.experiment)[-1]) if taken else 0


def free(folder: Path) -> int:
    """Bytes that are free where a folder is, or will be."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    return shutil.disk_usage(there).free


def size_words(size: float) -> str:
    """Bytes as a person says them."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:,.3g} TB"
