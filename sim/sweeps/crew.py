"""Threads that have parts played, and somebody who notices when one no longer answers.

Each thread has a hand that plays: the thread itself, a process of its own, or a worker on another machine. A thread
cannot be ended from outside. One that is stuck is given up: it gets no more work, another takes its place, and since
it is a daemon it does not keep the process alive. What its hand plays with is ended, where that can be done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Protocol

from sim import machine
from sim.engines.batch import MOST_WORKERS
from sim.scenario import ScenarioError
from sim.store import Played
from sim.sweeps.part import Beat, Run, play_part
from sim.sweeps.plan import Plan

__all__ = ["Crew", "Died", "Hand", "Here", "Task", "WorkersLost", "hired"]

POLL = 0.1  # seconds between two looks at how far the threads are
STUCK = 30.0  # seconds without a sign, after which a stretch of runs counts as stuck
ATTEMPTS = 3
LEAVE = 1.0  # seconds that threads have to end, all of them together


class Stopped(Exception):
    """A thread was told to stop."""


class Died(Exception):
    """What plays a part has died under it; the part is played again."""


class WorkersLost(Exception):
    """Nobody is left to play, and nobody comes; what was committed is whole, and the sweep can go on later."""


def hired(workers: int | None, each: int = 0) -> int:
    """How many play at once: as many as are asked for, else as many as this machine has cores and memory for.

    ``each``: bytes that one of them takes. ScenarioError for a number that cannot be.
    """
    if workers is not None and not 1 <= workers <= MOST_WORKERS:
        raise ScenarioError(f"workers = {workers}: out of range; allowed: 1 to {MOST_WORKERS:,}")
    return workers or machine.workers(each)


class Hand(Protocol):
    """What a thread has parts played by."""

    def play(self, number: int, beat: Beat, lost: Mapping[Run, str], suspects: Collection[Run]) -> Played:
        """Play a part; Died if whoever played it is gone, WorkersLost if nobody can be had."""
        ...

    def end(self) -> None:
        """End whoever plays, at once; may be called by any thread."""
        ...


class Here:
    """A thread that plays itself; there is nothing to end."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def play(self, number: int, beat: Beat, lost: Mapping[Run, str], suspects: Collection[Run]) -> Played:
        """As ``play_part``."""
        return play_part(self._plan, number, beat, lost, suspects)

    def end(self) -> None:
        """Nothing."""


class Task:
    """A part that is being played: how far it is, and where it last gave a sign.

    Attributes:
        number: of the part. at: the runs it is at. done: how many are behind it. waited: seconds since its last sign.
        lost, suspects: runs that are not played any more, runs that are played one by one. hand: who plays it.
    """

    def __init__(self, number: int, lost: dict[Run, str], suspects: set[Run], stop: Event) -> None:
        self.number, self.lost, self.suspects, self._stop = number, lost, suspects, stop
        self.at: Sequence[Run] = ()
        self.done = 0
        self.signs, self.heard, self.waited = 0, 0, 0.0
        self.given_up = False
        self.hand: Hand | None = None
        self.played: Played | None = None
        self.error: BaseException | None = None

    def beat(self, runs: Sequence[Run]) -> None:
        """A sign of life: these runs are next."""
        if self._stop.is_set() or self.given_up:
            raise Stopped
        if runs[0] not in self.at:  # not the same ones again
            self.done += len(self.at)
        self.at = runs
        self.signs += 1


class Crew:
    """A number of threads; used by the one thread that made it."""

    def __init__(self, hire: Callable[[], Hand], workers: int) -> None:
        """``hire`` makes a thread's hand; what it plays with is loaded and compiled before."""
        self._hire = hire
        self._stop = Event()
        self._todo: SimpleQueue[Task | None] = SimpleQueue()
        self._done: SimpleQueue[Task] = SimpleQueue()
        self.tasks: dict[int, Task] = {}
        self._strikes: dict[Run, int] = {}
        self._unplayed: dict[int, int] = {}  # part -> how often its hand died before the first run
        self._looked = time.monotonic()
        self._threads = [self._start() for _ in range(workers)]

    def _start(self) -> Thread:
        thread = Thread(target=self._serve, daemon=True)
        thread.start()
        return thread

    def _serve(self) -> None:
        hand = self._hire()
        while (task := self._todo.get()) is not None and not self._stop.is_set():
            task.hand = hand
            try:
                task.played = hand.play(task.number, task.beat, task.lost, task.suspects)
            except BaseException as error:  # handed to whoever waits
                task.error = error
            if task.given_up:
                break  # another thread has taken this one's place
            self._done.put(task)
        hand.end()

    def submit(self, number: int, lost: dict[Run, str] | None = None, suspects: set[Run] | None = None) -> None:
        """Have a part played."""
        task = self.tasks[number] = Task(number, lost or {}, suspects or set(), self._stop)
        self._todo.put(task)

    def wait(self) -> list[Played]:
        """The parts that are done, after a moment at most; raises what a thread has raised."""
        finished: list[Task] = []
        try:
            finished.append(self._done.get(timeout=POLL))
            while True:
                finished.append(self._done.get_nowait())
        except Empty:
            pass
        found = []
        for task in finished:
            if task.given_up or self.tasks.get(task.number) is not task:
                continue  # it did answer after all, but is being played again by now
            del self.tasks[task.number]
            if isinstance(task.error, Died):
                self._once_more(task, str(task.error))
            elif task.error is not None:
                raise task.error
            elif task.played is not None:
                found.append(task.played)
        self._watch()
        return found

    def _watch(self) -> None:
        """Give up what has not answered for long. A machine that slept, or that stopped us too, does not count."""
        now = time.monotonic()
        passed, self._looked = min(now - self._looked, 1.0), now
        for task in list(self.tasks.values()):
            quiet = task.signs == task.heard and task.signs > 0
            task.waited, task.heard = (task.waited + passed if quiet else 0.0), task.signs
            if task.waited >= STUCK:
                task.given_up = True
                if task.hand:
                    task.hand.end()
                self._threads.append(self._start())
                self._once_more(task, f"no answer for {STUCK:g} s")

    def _once_more(self, task: Task, why: str) -> None:
        """Play the part again, these runs one by one; a run that ends its hand for the third time is lost."""
        lost = dict(task.lost)
        if not task.at:
            self._unplayed[task.number] = self._unplayed.get(task.number, 0) + 1
            if self._unplayed[task.number] >= ATTEMPTS:
                raise WorkersLost(f"part {task.number}: {why} before its first run, {ATTEMPTS} times")
        elif task.at[0] in task.suspects:
            run = task.at[0]
            self._strikes[run] = self._strikes.get(run, 1) + 1  # the first time it was among others
            if self._strikes[run] >= ATTEMPTS:
                lost[run] = f"{why}, {ATTEMPTS} times"
        self.submit(task.number, lost, task.suspects | set(task.at))

    def close(self) -> None:
        """Let the threads end, and what they play with; those that are stuck are left behind."""
        self._stop.set()
        for task in self.tasks.values():
            if task.hand:
                task.hand.end()
        for _ in self._threads:
            self._todo.put(None)
        until = time.monotonic() + LEAVE
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
