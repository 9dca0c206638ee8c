"""How far a sweep is: a bar on a terminal, a line now and then elsewhere, or JSON for logs; always on stderr."""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.table import Column
from rich.text import Text

from sim.scenario.errors import one_line

__all__ = ["Bar", "Form"]

Form = Literal["words", "json", "none"]

EVERY = 10.0  # seconds between two lines where there is no terminal
PATIENCE = 2.0  # seconds of loading after which one says why it takes so long


class Bar:
    """Called with runs (or what ``unit`` names) done and in all.

    In a ``with`` block, so that the terminal is left as it was.

    "json" writes a line with name, done, total, rate (runs/s), seconds_left (null while unknown), failed (runs, since
    this process began), peak_memory (bytes, of this process and the workers it has now) and seconds (since it began):
    every 10 s, and one at the end.
    """

    def __init__(self, console: Console, name: str, form: Form = "words", unit: str = "runs") -> None:
        self._console, self._name, self._form, self._unit = console, one_line(name), form, unit
        self._said = self._begun = time.monotonic()
        self._failed = self._peak = 0
        self._last: tuple[int, int] | None = None
        self._first: tuple[int, float] | None = None  # runs done and time at the first new run: compiling is no playing
        self._kept: int | None = None
        self._bar: Progress | None = None

    def __enter__(self) -> Bar:
        if self._console.is_terminal and not self._console.is_dumb_terminal and self._form == "words":
            self._bar = Progress(
                TextColumn("{task.description}", markup=False), BarColumn(None), Far(self._unit, Column(no_wrap=True)),
                console=self._console, transient=True, expand=True,
            )  # fmt: skip
            self._bar.add_task(self._name, total=None, state="")
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()
        if self._form == "json" and self._last:
            self._line(*self._last)

    def failing(self, cell: int, replicate: int, why: str) -> None:
        """Called with every run that fails."""
        self._failed += 1

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        self._kept = done if self._kept is None else self._kept
        if self._first is None and done > self._kept:
            self._first = done, now
        self._last = done, total
        if self._bar:
            self._draw(self._bar, done, total)
        elif now - self._said >= EVERY and self._form != "none":
            self._said = now
            self._line(done, total)

    def _line(self, done: int, total: int) -> None:
        now = time.monotonic()
        runs, since = self._first or (done, now)
        rate, elapsed = (done - runs) / max(now - since, 1e-9), now - self._begun
        self._peak = max(self._peak, peak_memory())
        if self._form == "words":
            words = f"{_words(done, total, rate, self._unit)}{_state(self._failed, self._peak)}"
            self._console.print(f"{self._name}: {words}", soft_wrap=True)
            return
        left = 0.0 if done == total else (total - done) / rate if rate > 0.0 else None
        line = {
            "name": self._name, "done": done, "total": total, "rate": round(rate, 3),
            "seconds_left": None if left is None else round(left, 1), "failed": self._failed,
            "peak_memory": self._peak, "seconds": round(elapsed, 1),
        }  # fmt: skip
        self._console.file.write(json.dumps(line) + "\n")
        self._console.file.flush()

    def _draw(self, bar: Progress, done: int, total: int) -> None:
        if bar.tasks[0].total is None:  # what an earlier sweep has played does not count for the rate
            bar.reset(bar.tasks[0].id, total=total, completed=done)
            return
        now = time.monotonic()
        if now - self._said >= 1.0:
            self._said, self._peak = now, max(self._peak, peak_memory())
        bar.update(bar.tasks[0].id, completed=done, state=_state(self._failed, self._peak))


class Far(ProgressColumn):
    """Runs done, rate, time left, failures, peak memory."""

    def __init__(self, unit: str, column: Column) -> None:
        super().__init__(column)
        self._unit = unit

    def render(self, task: Task) -> Text:
        if task.total is None:  # loading, which compiles at the first time
            return Text("compiling once" if (task.elapsed or 0.0) > PATIENCE else "loading")
        words = _words(int(task.completed), int(task.total), task.speed or 0.0, self._unit)
        return Text(f"{words}{task.fields['state']}")


def _words(done: int, total: int, rate: float, unit: str) -> str:
    counted = f"{done:,} of {total:,} {unit}"
    if rate > 0.0:
        return f"{counted}, {rate:,.{0 if rate >= 10 else 1}f}/s, {_duration((total - done) / rate)} left"
    return counted


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 7200 else f"{whole / 3600:.1f} h"


def _state(failed: int, peak: int) -> str:
    """What else there is to say: failures if there are any, peak memory if it is known."""
    return (f", {failed:,} failed" if failed else "") + (f", {peak / 1e6:,.0f} MB" if peak else "")


def peak_memory() -> int:
    """Bytes that this process has held at most, and with it the worker processes that it has now; 0 where unknown."""
    workers = [_high_water(Path(f"/proc/{one.pid}/status")) for one in multiprocessing.active_children()]
    return _own_peak() + sum(workers)


def _own_peak() -> int:
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _high_water(status: Path) -> int:
    """Linux's VmHWM; 0 where there is no /proc, or the worker has just ended."""
    try:
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)
