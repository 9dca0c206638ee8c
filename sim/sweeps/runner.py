"""Play a sweep: parts on threads, each written once and whole; what is there already is not played again."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from pathlib import Path
from threading import Event, Lock
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.compiled import COMPILED
from sim.engines.batch import CHUNK
from sim.scenario import Experiment, ScenarioError
from sim.store import Results, Store
from sim.sweeps.auto import settled
from sim.sweeps.pieces import pieces
from sim.sweeps.plan import Part, Plan

__all__ = ["sweep"]

Progress = Callable[[int, int], None]
Columns = dict[str, list[NDArray[Any]]]
POLL = 0.1  # seconds between two looks at how far the threads are
AHEAD = 2  # parts that wait for a thread; together with those being played they bound the memory


def sweep(
    experiment: Experiment,
    into: str | Path = "results",
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    allow_many: bool = False,
) -> Results:
    """Play every cell of an experiment, all under the same luck, and write the results part by part.

    Run k of every cell has replicate number k and the same draws, so cells differ by what was varied and not by luck.
    If the sweep is stopped, what is whole stays; the same call goes on from there and ends with the same bytes.

    Args:
        experiment: from ``sim.load_experiment``.
        into: the folder that gets the folder of results, ``<name>-<digest>``.
        threads: how many threads; all cores by default. Results do not depend on it.
        progress: called with the runs done and the runs in all, from the calling thread.
        allow_many: play more than a million cells or a hundred million runs too.

    Raises:
        ScenarioError: a cell that contradicts itself, a bad name, too many cells or runs; nothing is written then.
        OSError: the disk is full or closed to us; the parts that were written are whole.
    """
    if threads is not None and threads < 1:
        raise ScenarioError(f"threads = {threads}: out of range; allowed: 1 or more")
    plan = Plan(settled(experiment, threads, allow_many=allow_many))
    store = Store(Path(into), plan.header)
    if not store.known:
        plan.check(allow_many)  # a bad cell shows before anything is written
    todo, done = _missing(plan, store)
    if store.complete and not todo:
        if progress:
            progress(done, plan.runs)
        return Results.open(store.folder)
    store.begin()
    store.put_cells(plan.cell_tables())
    store.put_tables(plan.tables())
    with _marked(plan, store):
        _play(plan, store, todo, done, threads or os.cpu_count() or 1, progress)
    store.save("complete")
    return Results.open(store.folder)


def _missing(plan: Plan, store: Store) -> tuple[list[int], int]:
    """The parts that are not there or not whole, and the runs in those that are."""
    todo, done = [], 0
    for number in range(plan.parts):
        if all(store.keep(name) for name in _names(plan, number)):
            done += plan.part(number).runs
        else:
            todo.append(number)
    return todo, done


def _names(plan: Plan, number: int) -> list[str]:
    return [f"{kind}/part-{number:05d}.parquet" for kind in plan.kinds]


@contextlib.contextmanager
def _marked(plan: Plan, store: Store) -> Iterator[None]:
    """Whatever stops a sweep leaves a manifest that says so, and a note of how far it got."""
    try:
        yield
    except BaseException as error:
        with contextlib.suppress(OSError):  # the disk may be why it stopped
            store.save("interrupted")
        whole = f"{min(map(store.count, plan.kinds)):,} of {plan.parts:,} parts are whole"
        error.add_note(f"{whole} in {store.folder}; the same sweep again goes on from there")
        raise


class Stopped(Exception):
    """A thread was told to stop."""


class Tally:
    """How many runs are done, counted by all threads; and whether they should stop."""

    def __init__(self, done: int) -> None:
        self.done = done
        self.stop = Event()
        self._lock = Lock()

    def add(self, runs: int) -> None:
        if self.stop.is_set():
            raise Stopped
        with self._lock:
            self.done += runs


def _play(plan: Plan, store: Store, todo: list[int], done: int, threads: int, progress: Progress | None) -> None:
    """Play the missing parts, a bounded number at a time; only this thread counts parts and reports."""
    tally, shown, left = Tally(done), -1, iter(todo)
    running: set[Future[dict[str, Any]]] = set()
    with ThreadPoolExecutor(threads) as pool:
        try:
            while True:
                for number in islice(left, threads + AHEAD - len(running)):
                    running.add(pool.submit(_part, plan, store, plan.part(number), tally))
                finished, running = wait(running, POLL, FIRST_COMPLETED)
                for one in finished:
                    store.commit(one.result())
                if progress and tally.done > shown:
                    shown = tally.done
                    progress(shown, plan.runs)
                if not running and not finished:
                    return
        except BaseException:
            tally.stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            for one in running:  # what was written meanwhile counts too
                if not one.cancelled() and one.exception() is None:
                    store.commit(one.result())
            raise


def _part(plan: Plan, store: Store, part: Part, tally: Tally) -> dict[str, Any]:
    """Play one part and write its files."""
    entries: dict[str, Any] = {}
    for name, columns in zip(_names(plan, part.number), _played(plan, part, tally), strict=True):
        entries |= store.put(name, [_table(plan, columns)])
    return entries


def _played(plan: Plan, part: Part, tally: Tally) -> list[Columns]:
    """The columns of a part, a table a kind, as pieces in the order of cells and replicates."""
    tables: list[Columns] = [{} for _ in plan.kinds]
    chunk = CHUNK if COMPILED else 8  # plain Python is slow, and should be heard of and stopped as fast
    for piece in pieces(plan, part, chunk):
        for table, columns in zip(tables, piece.played(), strict=True):
            _append(table, columns)
        tally.add(piece.replicates.size)
    return tables


def _append(columns: Columns, piece: dict[str, NDArray[Any]]) -> None:
    """Put a piece below the others."""
    for name, values in piece.items():
        columns.setdefault(name, []).append(values)


def _table(plan: Plan, columns: Columns) -> pa.Table:
    """The pieces as one table."""
    return plan.table({name: np.concatenate(pieces) for name, pieces in columns.items()})
