"""The command doctor: tries what a sweep relies on, and says what to do where it does not hold."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from sim.cli.screen import say
from sim.compiled import COMPILED, is_ready
from sim.engines.kernels import play_runs
from sim.scenario.errors import ScenarioError, one_line
from sim.store import DISK, FolderInUse, OtherVersion, Results, ResultsError
from sim.store.files import write_whole
from sim.store.lock import FolderLock
from sim.store.manifest import MANIFEST
from sim.store.provenance import machine, packages

__all__ = ["doctor"]

LITTLE = 1_000_000_000  # bytes: about four million runs at run level
SLOW = 0.25  # seconds that a flush may take


class Finding(NamedTuple):
    """One thing that was tried; ``do`` says what to do about it, empty if it holds."""

    what: str
    found: str
    do: str = ""


def doctor(folder: Path) -> int:
    """Print a line for everything that was tried; 74 if the storage cannot keep results, else 0."""
    code = 0
    for finding in _findings(folder):
        mark = "look" if finding.do else "ok"
        say(one_line(f"{mark:<5} {finding.what}: {finding.found}"))
        if finding.do:
            say(one_line(f"      {finding.do}"))
            code = 74 if finding.what in ("disk", "lock") else code
    return code


def _findings(folder: Path) -> Iterator[Finding]:
    here = machine()
    yield Finding("machine", f"Python {here['python']}, {here['system']}, {here['cores']} cores")
    yield Finding("packages", ", ".join(f"{name} {version}" for name, version in packages().items() if version))
    yield _compiler()
    there = next(path for path in (folder, *folder.absolute().parents) if path.is_dir())
    yield _space(there)
    trial = there / f".burdenshare-doctor-{secrets.token_hex(4)}"
    for what, tried in (("disk", _disk), ("lock", _locks)):
        yield _tried(what, trial, tried)
    if (folder / MANIFEST).exists():
        yield _results(folder)


def _compiler() -> Finding:
    if not COMPILED:
        return Finding("compiler", "none, rules are interpreted, some hundred times slower", "Install numba.")
    ready = "has compiled the model" if is_ready(play_runs) else "there; the first sweep compiles for some seconds"
    return Finding("compiler", f"numba {ready}")


def _space(there: Path) -> Finding:
    free = shutil.disk_usage(there).free
    little = "Free some: a million runs take about 0.2 GB, with every year about 2 GB." if free < LITTLE else ""
    return Finding("space", f"{free / 1e9:,.1f} GB free in {there}", little)


def _tried(what: str, trial: Path, attempt: Callable[[Path], Finding]) -> Finding:
    """Try something in a folder of its own, which is gone afterwards."""
    try:
        trial.mkdir()
        return attempt(trial)
    except (OSError, ResultsError) as error:
        words = "Sweep into another folder, --into: this one cannot keep results."
        return Finding(what, f"{type(error).__name__}: {getattr(error, 'strerror', None) or error}", words)
    finally:
        shutil.rmtree(trial, ignore_errors=True)


def _disk(trial: Path) -> Finding:
    """Write, flush, rename and read back, ten times."""
    begun = time.perf_counter()
    for number in range(10):
        content = os.urandom(100_000)
        write_whole(DISK, trial / f"{number}", content)
        if (trial / f"{number}").read_bytes() != content:
            return Finding("disk", "reads back something else than was written", "Do not use this disk.")
    each = (time.perf_counter() - begun) / 10
    slow = "Every part waits for it; a local disk is faster." if each > SLOW else ""
    return Finding("speed" if slow else "disk", f"a file is written, flushed and renamed in {each * 1000:.0f} ms", slow)


def _locks(trial: Path) -> Finding:
    """A second lock on the same folder has to be refused."""
    with FolderLock(trial):
        try:
            with FolderLock(trial):
                pass
        except FolderInUse:
            return Finding("lock", "a second writer is refused")
    return Finding("lock", "a second writer is let in", "Use another disk: two sweeps could write into one folder.")


def _results(folder: Path) -> Finding:
    """Whether this code goes on with these results."""
    from sim.store.manifest import differences, writer
    from sim.store.provenance import code_files
    from sim.sweeps.plan import Plan

    words = "They can be read; to go on, use the code as it was. A new sweep goes into another folder."
    try:
        results = Results.open(folder)
        header = Plan(results.asked()).header
    except OtherVersion as error:
        return Finding("results", str(error), words)
    except (ResultsError, ScenarioError) as error:
        return Finding("results", str(error), f"To look at every byte: burdenshare verify {folder}")
    changed = differences(results.manifest, header, code_files(), packages())
    if changed:
        return Finding("results", f"{writer(results.manifest)} played them, and this is other code: {changed}", words)
    return Finding("results", f"{results.status}; this code can go on with them")
