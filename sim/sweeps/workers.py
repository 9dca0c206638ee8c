"""Worker processes, one a thread: what plays a user's own agents may crash, hang or leave, and takes no sweep with it.

A worker is spawned, so it shares nothing with its parent but a pipe. It plays a part run by run and names each before
it begins. Classes travel by name, from the classes that the caller holds: the worker imports the module that defines
them. What it has imported may be other code than its parent's, if a file was changed in between: it says what it would
play and with what, and plays nothing unless that is the same. It ends with its parent, however that ends: a thread of
its own waits for the parent's end, and on Linux the kernel ends it even where foreign code holds Python's lock.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Collection, Iterator, Mapping
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from threading import Thread
from typing import Any

from sim.codecache import CodeCacheWarning
from sim.faults import MachineFault, of_machine
from sim.store import Played
from sim.sweeps.crew import Died, WorkersLost
from sim.sweeps.part import Beat, Run, play_part, warm
from sim.sweeps.plan import Plan

__all__ = ["Process"]

START = 600.0  # seconds that a worker may take to import and compile before it says that it is ready
BYTES = 400 * 2**20  # that a worker takes, with Mesa and the compiled rules
PDEATHSIG = 1  # of Linux's prctl(2): the signal that one gets when the parent ends


class Process:
    """A worker process; started when it is first needed, and again after its death."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._process: SpawnProcess | None = None
        self._pipe: Connection[Any, Any] | None = None

    def play(self, number: int, beat: Beat, lost: Mapping[Run, str], suspects: Collection[Run]) -> Played:
        """As ``Hand.play``; what the part itself raises comes as MemoryError, MachineFault or RuntimeError."""
        try:
            pipe = self._pipe or self._started()
            self._say(pipe, (number, dict(lost), set(suspects)))
            while True:
                kind, what = self._heard(pipe)
                if kind == "beat":
                    beat(what)
                elif kind == "played":
                    return Played(*what)
                elif kind == "memory":
                    raise MemoryError
                elif kind == "machine":
                    raise MachineFault(f"a worker process cannot play: {what}")
                else:
                    raise RuntimeError(what)
        except BaseException:
            self.end()
            self._process = self._pipe = None
            raise

    def end(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.kill()

    def _started(self) -> Connection[Any, Any]:
        mine = self._plan.identity()
        spawn = multiprocessing.get_context("spawn")
        ours, theirs = spawn.Pipe()
        process = spawn.Process(target=_serve, args=(theirs,), daemon=True)
        try:
            with theirs, _deaf():
                process.start()
            self._process = process  # not before: only what has started can be ended
            self._answer(ours)
            ours.send(self._plan)
            kind, what = self._answer(ours)
        except (EOFError, ConnectionError):
            raise self._lost() from None
        if kind == "memory":
            raise MemoryError
        if kind == "unfit" or what != mine:
            self._plan.check_code()
            words = what if kind == "unfit" else "it has other code, or other versions of packages, than this process"
            raise WorkersLost(f"a worker process cannot play: {words}")
        self._pipe = ours
        return ours

    def _answer(self, pipe: Connection[Any, Any]) -> tuple[str, Any]:
        if not pipe.poll(START):
            raise Died(f"its worker did not start within {START:g} s")
        kind, what = pipe.recv()
        return kind, what

    def _lost(self) -> Exception:
        """What it means that a worker ended before it was ready: a signal may hit it at any time, all else returns."""
        how = self._how()
        if self._process is None or self._process.exitcode is None or self._process.exitcode < 0:
            return Died(f"its worker died while it started ({how})")
        self._plan.check_code()
        words = 'what it said stands above; a script needs if __name__ == "__main__": around its sweep'
        return WorkersLost(f"a worker process ended while it started ({how}): {words}")

    def _say(self, pipe: Connection[Any, Any], what: object) -> None:
        try:
            pipe.send(what)
        except ConnectionError:
            raise Died(f"its worker died ({self._how()})") from None

    def _heard(self, pipe: Connection[Any, Any]) -> tuple[str, Any]:
        try:
            kind, what = pipe.recv()
        except (EOFError, ConnectionError):
            raise Died(f"its worker died ({self._how()})") from None
        return kind, what

    def _how(self) -> str:
        """How it ended."""
        if self._process is None:
            return "ended"
        self._process.join(5.0)
        code = self._process.exitcode
        return signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Ctrl-C goes to all processes of a terminal and is meant for us, who end our workers: they never hear of it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # of this thread, and of what it starts
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# In the worker


def _serve(pipe: Connection[Any, Any]) -> None:
    """Play parts until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore", CodeCacheWarning)  # the parent has warned of it
    _end_with_parent()
    pipe.send(("here", None))
    try:
        plan: Plan = pipe.recv()  # imports the agents
        warm(plan)
        pipe.send(("ready", plan.identity()))  # now that all is imported
    except MemoryError:
        return pipe.send(("memory", None))
    except Exception as error:
        return pipe.send(("unfit", f"{type(error).__name__}: {error}"))
    while True:
        try:
            number, lost, suspects = pipe.recv()
        except EOFError:
            return
        try:
            played = play_part(plan, number, lambda runs: pipe.send(("beat", list(runs))), lost, suspects)
            pipe.send(("played", (played.files, played.failed)))
        except MemoryError:
            pipe.send(("memory", None))
        except Exception as error:
            kind = "machine" if of_machine(error, foreign=True) else "error"
            pipe.send((kind, f"{type(error).__name__}: {error}"))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    Thread(target=wait, daemon=True).start()
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PDEATHSIG, signal.SIGKILL)
