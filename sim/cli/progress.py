"""How far a sweep is: a bar on a terminal, a line now and then elsewhere; always on stderr."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.table import Column
from rich.text import Text

__all__ = ["Bar"]

EVERY = 10.0  # seconds between two lines where there is no terminal
PATIENCE = 2.0  # seconds without a run after which one says why


class Bar:
    """Called with runs (or what ``unit`` names) done and in all.

    In a ``with`` block, so that the terminal is left as it was.
    """

    def __init__(self, console: Console, name: str, silent: bool = False, unit: str = "runs") -> None:
        self._console, self._name, self._silent, self._unit = console, name, silent, unit
        self._said = self._begun = time.monotonic()
        self._first: tuple[int, float] | None = None  # runs done and time at the first new run: compiling is no playing
        self._kept: int | None = None
        self._bar: Progress | None = None

    def __enter__(self) -> Bar:
        if self._console.is_terminal and not self._console.is_dumb_terminal and not self._silent:
            self._bar = Progress(
                TextColumn("{task.description}", markup=False), BarColumn(None), Far(self._unit, Column(no_wrap=True)),
                console=self._console, transient=True, expand=True,
            )  # fmt: skip
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        self._kept = done if self._kept is None else self._kept
        if self._first is None and done > self._kept:
            self._first = done, now
        if self._bar:
            self._draw(self._bar, done, total)
        elif now - self._said >= EVERY and not self._silent:
            self._said = now
            runs, since = self._first or (done, now)
            rate = (done - runs) / max(now - since, 1e-9)
            words = _words(done, total, rate, now - self._begun, self._unit)
            self._console.print(f"{self._name}: {words}", soft_wrap=True)

    def _draw(self, bar: Progress, done: int, total: int) -> None:
        if not bar.tasks:  # what an earlier sweep has played does not count for the rate
            bar.add_task(self._name, total=total, completed=done)
        else:
            bar.update(bar.tasks[0].id, completed=done)


class Far(ProgressColumn):
    """Runs done, rate, time left."""

    def __init__(self, unit: str, column: Column) -> None:
        super().__init__(column)
        self._unit = unit

    def render(self, task: Task) -> Text:
        done, total, rate = int(task.completed), int(task.total or 0), task.speed or 0.0
        return Text(_words(done, total, rate, task.elapsed or 0.0, self._unit))


def _words(done: int, total: int, rate: float, elapsed: float, unit: str) -> str:
    counted = f"{done:,} of {total:,} {unit}"
    if rate > 0.0:
        return f"{counted}, {rate:,.{0 if rate >= 10 else 1}f}/s, {_duration((total - done) / rate)} left"
    return f"{counted}, compiling once" if elapsed > PATIENCE and not done else counted


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 7200 else f"{whole / 3600:.1f} h"
