"""The command doctor: tries what a sweep relies on, and says what to do where it does not hold."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from sim.cli.screen import say
from sim.codecache import CodeCacheWarning, notes
from sim.compiled import CACHE, COMPILED, numba_version
from sim.engines.loop import FEW, ready
from sim.faults import MachineFault
from sim.scenario import load_scenario
from sim.scenario.errors import ScenarioError, one_line
from sim.store import DISK, FolderInUse, OtherVersion, Results, ResultsError
from sim.store.files import write_whole
from sim.store.lock import FolderLock
from sim.store.manifest import MANIFEST
from sim.store.provenance import machine, packages

__all__ = ["doctor"]

CODES = {"disk": 74, "lock": 74, "compiler": 3}
LITTLE = 1_000_000_000  # bytes: about four million runs at run level
SLOW = 0.25  # seconds that a flush may take


class Finding(NamedTuple):
    """One thing that was tried; ``do`` says what to do about it, empty if it holds."""

    what: str
    found: str
    do: str = ""


def doctor(folder: Path) -> int:
    """Print a line for everything that was tried.

    Returns 74 if the storage cannot keep results, else 3 if the compiler that is there does not work, else 0.
    """
    code = 0
    for finding in _findings(folder):
        mark = "look" if finding.do else "ok"
        say(one_line(f"{mark:<5} {finding.what}: {finding.found}"))
        if finding.do:
            say(one_line(f"      {finding.do}"))
            code = max(code, CODES.get(finding.what, 0) if COMPILED or finding.what != "compiler" else 0)
    return code


def _findings(folder: Path) -> Iterator[Finding]:
    here = machine()
    yield Finding("machine", f"Python {here['python']}, {here['system']}, {here['cores']} cores")
    yield Finding("packages", ", ".join(f"{name} {version}" for name, version in packages().items() if version))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CodeCacheWarning)  # said in the lines below
        yield _compiler()
    if COMPILED:
        yield _code_cache()
    there = next(path for path in (folder, *folder.absolute().parents) if path.is_dir())
    yield _space(there)
    trial = there / f".burdenshare-doctor-{secrets.token_hex(4)}"
    for what, tried in (("disk", _disk), ("lock", _locks)):
        yield _tried(what, trial, tried)
    if (folder / MANIFEST).exists():
        yield _results(folder)


def _compiler() -> Finding:
    """Whether numba plays what plain Python plays; it compiles where no process has done that yet."""
    if not COMPILED:
        found = "none, plain Python plays, a hundred times slower"
        off = "Unset NUMBA_DISABLE_JIT to compile." if numba_version() else "Install numba."
        return Finding("compiler", found, off)
    try:
        ready(load_scenario("status-quo"), FEW + 1)
    except (MachineFault, MemoryError) as error:
        return Finding("compiler", str(error) or "out of memory", "A sweep stops with this line before its first run.")
    return Finding("compiler", f"numba {numba_version()}, a run is the same compiled and in plain Python")


def _code_cache() -> Finding:
    """Where compiled code is kept, whose that folder is, and whether what lies there is what was written."""
    folder = CACHE.folder
    if folder is None:
        return Finding("cache", "compiled code cannot be kept", notes[-1])
    files = CACHE.damage()
    size, mode = (sum((folder / name).lstat().st_size for name in files), stat.S_IMODE(folder.stat().st_mode))
    found = f"{folder}, ours alone to write (mode {mode:o}), {len(files)} files of compiled code, {size / 1e6:.1f} MB"
    unfit = {name: why for name, why in files.items() if why}
    if unfit:
        name, why = next(iter(unfit.items()))
        words = f"{found}, {len(unfit)} of them not used, such as {name}: {why}"
        return Finding("cache", words, f"Delete {folder}; it is made anew.")
    return Finding("cache", found, notes[-1] if notes else "")


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
