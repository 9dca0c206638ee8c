"""Play a sweep: parts on threads, processes or a cluster, each committed once and whole, here and nowhere else."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sim.scenario import Experiment, ScenarioError
from sim.scenario.given import experiment_of
from sim.scenario.messages import command
from sim.store import FolderInUse, OtherVersion, Results, Shard, Store, folder_of
from sim.store.layout import CELLS, numbers, runs_in
from sim.store.manifest import MANIFEST, differences, writer
from sim.store.provenance import code_files, packages
from sim.sweeps.auto import settled
from sim.sweeps.crew import Crew, Hand, Here, hired
from sim.sweeps.part import warm
from sim.sweeps.plan import Engine, Plan

__all__ = ["resume", "sweep"]

Progress = Callable[[int, int], None]
Told = Callable[[str], None]
Failing = Callable[[int, int, str], None]
Hands = tuple[Callable[[], Hand], int]
AHEAD = 2  # parts that wait for a thread; together with those being played they bound the memory


def sweep(
    experiment: Experiment | str | Path,
    into: str | Path = "results",
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    allow_many: bool = False,
    shard: Shard | None = None,
    tell: Told | None = None,
    failing: Failing | None = None,
    engine: Engine = "batch",
    dask: str | None = None,
    **agents: Any,
) -> Results:
    """Play every cell of an experiment, all under the same luck, and write the results part by part.

    Run k of every cell has replicate number k and the same draws, so cells differ by what was varied and not by luck.
    If the sweep is stopped, what is whole stays; the same call goes on from there and ends with the same bytes.

    Args:
        experiment: from ``sim.load_experiment``, or what that takes: a name or a path.
        into: the folder that gets the folder of results, ``<name>-<digest>``.
        workers: how many parts are played at a time: on threads, for Mesa by processes, with Dask on its cluster. By
            default as many as this process may use cores, for Mesa as have memory too, with Dask as its workers have
            threads. Results do not depend on it.
        progress: called with the runs done and the runs in all, from the calling thread.
        allow_many: play more than a million cells too.
        shard: play only every n-th part, into a folder of its own; ``merge`` makes one of them.
        tell: called with a line for every file that was found damaged.
        failing: called with cell, replicate and why for every run that fails, as it is committed.
        engine: "batch" is compiled; "mesa" plays agents in worker processes, for models that you have subclassed.
        dask: address of a Dask scheduler whose workers play, such as "tcp://127.0.0.1:8786".
        agents: with "mesa" what ``AllianceModel`` takes, such as ``members={"DEU": Stubborn}``; classes of a module
            that workers can import.

    Raises:
        WorkersLost: no worker is left and none comes; what was committed is whole.
        ScenarioError: a cell that contradicts itself, a bad name, too many cells; nothing has been written then.
        FolderInUse: another sweep writes into the folder.
        OSError: the disk is full or closed to us; the parts that were committed are whole.
        MachineFault, MemoryError: what playing takes does not work here, as where numba cannot be imported.
    """
    experiment = experiment_of(experiment)
    if agents and experiment.replicates == "auto":
        words = "how many are enough is found with the usual agents; allowed: a number"
        raise ScenarioError(f'experiment {experiment.name}: replicates = "auto": {words}')
    plan = Plan(settled(experiment, workers, allow_many=allow_many), engine, agents)
    header = plan.header | ({"shard": list(shard)} if shard else {})
    store = Store(folder_of(Path(into), header, shard), header)
    if not store.known:
        plan.check(allow_many)  # a bad cell shows before anything is written
    return play(plan, store, workers=workers, progress=progress, tell=tell, failing=failing, dask=dask)


def resume(
    folder: str | Path,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    again: bool = False,
    tell: Told | None = None,
    failing: Failing | None = None,
    engine: Engine = "batch",
    dask: str | None = None,
    **agents: Any,
) -> Results:
    """Go on with a sweep from its folder alone: what is missing or damaged is played, nothing else.

    Args:
        folder: of the sweep. again: play the parts in which runs failed once more.
        workers, progress, tell, failing, engine, dask, agents: as for ``sweep``; the agents have to be the same.

    Raises:
        ResultsError: no results here. OtherVersion: the code, the figures or what is drawn have changed since, with
            what has changed.
        FolderInUse, OSError: as ``sweep``.
    """
    found = Results.open(folder)
    plan = Plan(found.asked(), engine, agents)
    shard = found.manifest.get("shard")
    header = plan.header | ({"shard": shard} if shard else {})
    if header["digest"] != found.manifest["digest"]:
        changed = differences(found.manifest, header, code_files(), packages()) or "the manifest"
        words = f"allowed: the code as it was, or burdenshare sweep, which begins anew and leaves {folder} as it is"
        problem = f"cannot be resumed, what it would play has changed: {changed}; begun by {writer(found.manifest)}"
        raise OtherVersion(f"{folder}: {problem}; {words}")
    store = Store(found.folder, header)
    how: dict[str, Any] = {"workers": workers, "progress": progress, "tell": tell, "failing": failing, "dask": dask}
    return play(plan, store, again=again, **how)


def play(
    plan: Plan,
    store: Store,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    again: bool = False,
    tell: Told | None = None,
    failing: Failing | None = None,
    dask: str | None = None,
) -> Results:
    """Bring the folder of a store to its end."""
    hired(workers)
    total = sum(runs_in(store.manifest, number) for number in numbers(store.manifest))
    if not (store.whole() and not (again and store.failed)):
        with _marked(store), _hands(plan, workers, dask) as (hire, many), store:
            store.begin()
            for damage in store.mended:
                if tell:
                    tell(damage)
            if again:
                store.drop_failed()
            store.put(CELLS, plan.cell_tables())
            for name, table in plan.tables().items():
                store.put(name, [table])
            _play(store, total, Crew(hire, many), many + AHEAD, progress, failing)
    elif progress:
        progress(total, total)
    return Results.open(store.folder)


@contextlib.contextmanager
def _marked(store: Store) -> Iterator[None]:
    """Whatever stops a sweep leaves a note of how far it got, and how to go on."""
    try:
        yield
    except FolderInUse:
        raise
    except BaseException as error:
        if (store.folder / MANIFEST).exists():
            count = len(numbers(store.manifest))
            whole = f"{count - len(store.missing()):,} of {count:,} parts are whole in {store.folder}"
            error.add_note(f"{whole}; to go on: {command('resume', store.folder)}")
        raise


@contextlib.contextmanager
def _hands(plan: Plan, workers: int | None, dask: str | None) -> Iterator[Hands]:
    """Who plays: what makes a hand, and how many there are. What they play with is loaded and compiled here."""
    if dask is not None:
        from sim.sweeps.cluster import Cluster

        with Cluster(dask, plan) as cluster:
            yield cluster.hand, workers or cluster.threads()
    elif plan.engine == "mesa":
        from sim.sweeps.workers import BYTES, Process

        warm(plan)  # once here, and not by every worker at the same time
        yield partial(Process, plan), hired(workers, BYTES)
    else:
        warm(plan)
        plan.check_code()  # now that all is imported
        yield partial(Here, plan), hired(workers)


def _play(store: Store, total: int, crew: Crew, ahead: int, progress: Progress | None, failing: Failing | None) -> None:
    """Play the missing parts, a bounded number at a time; only this thread commits and reports."""
    todo = store.missing()
    committed, shown = total - sum(runs_in(store.manifest, number) for number in todo), -1
    left = iter(todo)
    try:
        while True:
            for number in islice(left, ahead - len(crew.tasks)):
                crew.submit(number)
            done = committed + sum(task.done for task in crew.tasks.values())
            if progress and done > shown:
                shown = done
                progress(done, total)
            if not crew.tasks:  # asked here and not after the wait, in which all that was submitted may have ended
                return
            played = crew.wait()
            if played:
                store.commit(played)
                committed += sum(one.runs for one in played)
                if failing:
                    for run in (run for one in played for run in one.failed):
                        failing(*run)
    finally:
        crew.close()
