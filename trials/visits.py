"""Every command on a folder that somebody handed on, each in a process of its own with little time and memory.

What is right: a documented exit code, at most one line of complaint, no traceback, nothing that steers a terminal, and
nothing changed outside of the folder. A process is forked from this one, which has everything loaded.
"""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sim.cli import main
from sim.cli.screen import PLAIN
from sim.scenario import load_experiment
from sim.store import Results, ResultsError
from sim.sweeps import sweep
from trials.folders import YEARS, Spoil, outside

__all__ = ["COMMANDS", "Visit", "complaint", "good", "visits"]

CODES = {0, 2, 3, 4, 73, 74}
SECONDS = 20  # of processor time, for one command
PATIENCE = 60  # seconds on the clock, on a machine that has other things to do
MEMORY = 1500 * 2**20  # bytes beyond what is loaded
SHORT = 'extends = "status-quo"\nname = "short"\ntitle = "Short"\nend = 2027\n'
SMALL = """name = "small"
title = "Small"
question = "Does it hold?"
scenario = "short.toml"
replicates = 3
record = "years"

[[levers]]
name = "thinning"
key = "parameters.thinning"
values = [0.5, 0.9]

[[uncertainties]]
name = "draw"
table = "draws.csv"
"""
DRAWS = "draw,parameters.lead_time\n0,2\n1,3\n"


class Visit:
    """One command on one folder.

    Attributes:
        folder: of results. there: the folder that holds it, a folder to work in, and what nobody may touch.
    """

    def __init__(self, good: Path, there: Path, spoil: Spoil) -> None:
        self.there = there
        shutil.rmtree(there, ignore_errors=True)
        beside = outside(there / "outside")
        (there / "desk").mkdir()
        self.folder = there / "box" / good.name
        shutil.copytree(good, self.folder)
        for name in ("short.toml", "small.toml", "draws.csv"):
            shutil.copy(good.parent / name, there / "desk")
        spoil(self.folder, beside)

    def untouched(self) -> str:
        """A digest of everything outside of the folder and the desk."""
        found = hashlib.sha256(repr(sorted(os.listdir(self.there))).encode())
        for path in sorted((self.there / "outside").rglob("*")):
            found.update(f"{path}{path.lstat().st_mode}".encode() + (path.read_bytes() if path.is_file() else b""))
        found.update(repr(sorted(name for name in os.listdir(self.there / "box") if name != "out")).encode())
        return found.hexdigest()


def good(folder: Path) -> Path:
    """A small sweep as it should be, beside the files that it was made from."""
    for name, text in (("short.toml", SHORT), ("small.toml", SMALL), ("draws.csv", DRAWS)):
        (folder / name).write_text(text)
    return sweep(load_experiment(folder / "small.toml"), folder, workers=1).folder


def _ask(folder: Path) -> int:
    """What a notebook does; the errors of this package are lines."""
    results = Results.open(folder)
    print(repr(results))
    results.experiment  # noqa: B018
    results.cells(), results.runs(), results.years(["cell", "year"])
    return 0


def _sql(folder: Path) -> int:
    print(Results.open(folder).sql("select * from runs join cells using (cell) order by all limit 3").to_string()[:0])
    return 0


def _mend(folder: Path) -> int:
    """Resume with a part to play."""
    part = folder / YEARS
    if part.is_file() and not part.is_symlink() and not part.parent.is_symlink():
        part.unlink()
    return main(["resume", str(folder), "--workers", "1"])


def _caught(what: Callable[[Path], int], folder: Path) -> int:
    try:
        return what(folder)
    except (ResultsError, ValueError, OSError, MemoryError) as error:
        print(f"burdenshare: {error}", file=sys.stderr)
        known = isinstance(error, ResultsError | OSError | MemoryError) or type(error).__module__.startswith("sim.")
        return 74 if known else 1


COMMANDS: dict[str, Callable[[Path], int]] = {
    "status": lambda folder: main(["status", str(folder)]),
    "verify": lambda folder: main(["verify", str(folder)]),
    "doctor": lambda folder: main(["doctor", str(folder)]),
    "replay": lambda folder: main(["replay", str(folder), "0", "0"]),
    "export runs": lambda folder: main(["export", str(folder), "runs.csv"]),
    "export cells": lambda folder: main(["export", str(folder), "cells.parquet", "--table", "cells"]),
    "plot": lambda folder: main(["plot", str(folder)]),
    "merge": lambda folder: main(["merge", str(folder), "--into", "merged"]),
    "merge beside": lambda folder: main(["merge", str(folder)]),
    "resume": lambda folder: main(["resume", str(folder), "--workers", "1"]),
    "resume a part": _mend,
    "sweep": lambda folder: main(["sweep", "small.toml", "--into", str(folder.parent), "--workers", "1"]),
    "Results": lambda folder: _caught(_ask, folder),
    "Results.sql": lambda folder: _caught(_sql, folder),
}


def visits(good: Path, there: Path, kinds: dict[str, Spoil], commands: list[str]) -> Iterator[tuple[str, str, float]]:
    """Each kind with each command: their names, what was wrong or nothing, and seconds of processor time."""
    for kind, spoil in kinds.items():
        for command in commands:
            visit = Visit(good, there, spoil)
            before = visit.untouched()
            code, said, seconds = _forked(lambda: COMMANDS[command](visit.folder), visit.there / "desk")  # noqa: B023
            wrong = complaint(code, said) or ("changed something outside" if visit.untouched() != before else "")
            yield f"{command} on {kind}", wrong, seconds


def complaint(code: int, said: str) -> str:
    """What is wrong with an exit code and what was printed on both streams; nothing if nothing is."""
    last = said.strip().split("\n")[-1][:300]
    if code not in CODES:
        return f"exit code {code}: {last}"
    if "Traceback" in said or "Exception ignored" in said:
        return f"traceback: {last}"
    if said.count("\nburdenshare: ") + said.startswith("burdenshare: ") > 1:
        return f"more than one line: {said[:300]!r}"
    steering = {c for c in said if not c.isprintable() and c not in PLAIN}
    return f"steers a terminal: {steering}" if steering else ""


def _forked(act: Callable[[], int], desk: Path) -> tuple[int, str, float]:
    """Run in a process of its own: the exit code, what was printed, seconds of processor time."""
    told = desk / "said"
    child = os.fork()
    if not child:
        code = 70
        try:
            _confined(desk, told)
            code = act()
            sys.stdout.flush()
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    until = time.monotonic() + PATIENCE
    while True:
        done, status, used = os.wait4(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            return code, told.read_text(errors="backslashreplace"), used.ru_utime + used.ru_stime
        if time.monotonic() > until:
            os.kill(child, 9)
        time.sleep(0.002)


def _confined(desk: Path, told: Path) -> None:
    """In the child: little time and memory, and both streams into a file."""
    os.chdir(desk)
    into = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(into, 1)
    os.dup2(into, 2)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * os.sysconf("SC_PAGE_SIZE") + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
