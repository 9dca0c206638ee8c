"""Compiled code on disk, disturbed: files that are damaged or foreign, rules that change, no room, no numba.

Most trials compile a function of a few lines, in this process. Those of a whole sweep start a process that reads or
compiles the model, which takes long.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any
from unittest import mock

from sim import compiled
from sim.codecache import CHECKED, CodeCache, CodeCacheWarning
from trials.world import PART, ROOT, World

__all__ = ["beginnings", "damages", "stale"]

SOURCE = """
import numpy as np
from sim.compiled import kernel, rule

FACTOR = {factor}
TABLE = np.array([{entry}, 1.0])

@rule
def scaled(x):
    return x * FACTOR + TABLE[0]

@kernel
def twice(x):
    return scaled(scaled(x)) {operation} 2.0

def total(x):
    return twice(x) + {constant}
"""
SWEEP = f"""
import sys
from sim.cli import main
from sim.sweeps import plan
plan.RUNS = {PART}
sys.argv[1:] = ["sweep", sys.argv[1], "--into", sys.argv[2], "--workers", "2", "--quiet"]
sys.exit(main())
"""
names = itertools.count()


# Files


def damages(world: World, folder: Path, number: int) -> Iterator[bool]:
    """A file of compiled code is not what was written; it has to be told once, and compiled anew."""
    chance, ways = Random(9), [*DAMAGES, "another processor"]
    for trial in range(number):
        own = folder / f"{trial}"
        own.mkdir(mode=0o700)
        function, kind = _module(own, chance).total, chance.choice(ways)
        expected = function(1.5)
        written = _called(function, own)[0] == expected
        (path,) = _files(own)
        if kind in DAMAGES:
            DAMAGES[kind](path, chance)
            value, told, hits = _called(function, own)
        else:
            with mock.patch("numba.core.codegen.JITCPUCodegen.magic_tuple", return_value=("another", "processor")):
                value, told, hits = _called(function, own)
        seen = (len(told), hits) == (int(kind in DAMAGES), 0)
        healed = kind == "foreign" or _called(function, own) == (expected, [], 1)
        yield written and value == expected and seen and healed
        shutil.rmtree(own)


def stale(world: World, folder: Path, number: int) -> Iterator[bool]:
    """A number, an operation or a table changes somewhere below a function that is kept, and then back."""
    chance = Random(10)
    for trial in range(number):
        own = folder / f"{trial}"
        own.mkdir(mode=0o700)
        first, second = (_module(own, chance).total for _ in range(2))
        _called(first, own)
        changed = _called(second, own)
        back = _called(first, own)
        yield changed == (second(1.5), [], 0) and back == (first(1.5), [], 1)
        shutil.rmtree(own)


def _module(folder: Path, chance: Random) -> ModuleType:
    """A module with a function to compile, of random numbers; always under the same name."""
    text = SOURCE.format(
        factor=chance.random(), entry=chance.random(), operation=chance.choice("+-*"), constant=chance.random()
    )
    path = folder / f"module{next(names)}.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location("tried", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["tried"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _called(function: Callable[[float], float], folder: Path) -> tuple[float, list[str], int]:
    """Its value as a new process has it: with what was warned of, and how often it was read and not compiled."""
    with mock.patch.object(compiled, "CACHE", CodeCache(folder)), warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", CodeCacheWarning)
        once: Any = compiled.alone(function)
        value = float(once(1.5))
    return value, [str(one.message) for one in told], sum(once.stats.cache_hits.values())


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix != ".py" and path.is_file()]


def _truncate(path: Path, chance: Random) -> None:
    path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size)])


def _flip(path: Path, chance: Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def _overwrite(path: Path, chance: Random) -> None:
    """Its beginning stays: what is behind it is unpickled in other caches."""
    path.write_bytes(path.read_bytes()[:CHECKED] + chance.randbytes(chance.randrange(1, 5000)))


def _zeros(path: Path, chance: Random) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _foreign(path: Path, chance: Random) -> None:
    """Another user's, where we may give it away; else open to others."""
    if os.getuid() == 0:
        os.chown(path, 12345, 12345)
    else:
        path.chmod(0o666)


DAMAGES: dict[str, Callable[[Path, Random], None]] = {
    "truncated": _truncate,
    "empty": lambda path, chance: path.write_bytes(b"") and None,
    "a bit": _flip,
    "overwritten": _overwrite,
    "zeros": _zeros,
    "open": lambda path, chance: path.chmod(0o622),
    "foreign": _foreign,
}


# Whole sweeps


def beginnings(world: World, folder: Path, number: int) -> Iterator[bool]:
    """A sweep begins in a new process where compiled code, its folder, numba or memory is not as it should be.

    It ends with all runs and at most one warning, or stops with one line before its first run; no run ever fails.
    """
    chance, good = Random(11), folder / "good"
    code, said = _swept(world, folder / "first", {"NUMBA_CACHE_DIR": str(good)}, "")
    assert code == 0, said
    for trial, kind in zip(range(number), itertools.cycle(BEGINNINGS), strict=False):
        own, into = folder / f"cache-{trial}", folder / f"into-{trial}"
        shutil.copytree(good, own)
        settings, limit, allowed = BEGINNINGS[kind](own, chance)
        code, said = _swept(world, into, {"NUMBA_CACHE_DIR": str(own), **settings}, limit)
        held = code in allowed and len(said.splitlines()) <= 1 and world.holds(into)
        if not held:
            print(f"{kind}: exit code {code}, {said}", file=sys.stderr, flush=True)
        yield held
        shutil.rmtree(own, ignore_errors=True)


def _swept(world: World, into: Path, settings: dict[str, str], limit: str) -> tuple[int, str]:
    """Exit code and stderr of a sweep."""
    command = [sys.executable, "-c", SWEEP, str(world.folder / "small.toml"), str(into)]
    paths = os.pathsep.join([*([settings["PYTHONPATH"]] if "PYTHONPATH" in settings else []), str(ROOT)])
    there = {**os.environ, **settings, "PYTHONPATH": paths}
    done = subprocess.run(
        ["bash", "-c", f'{limit} exec "$@"', "sweep", *command], env=there, capture_output=True, text=True, timeout=600
    )
    return done.returncode, done.stderr


Beginning = tuple[dict[str, str], str, set[int]]  # environment, what the shell does before, exit codes


def _damaged(kind: str) -> Callable[[Path, Random], Beginning]:
    def begin(own: Path, chance: Random) -> Beginning:
        for path in (own / "burdenshare").iterdir():
            DAMAGES[kind](path, chance)
        return {}, "", {0}

    return begin


def _open_folder(own: Path, chance: Random) -> Beginning:
    (own / "burdenshare").chmod(0o777)
    return {"HOME": str(own)}, "", {0}


def _no_folder(own: Path, chance: Random) -> Beginning:
    (own / "file").touch()
    return dict.fromkeys(("NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "HOME"), str(own / "file")), "", {0}


def _no_room(own: Path, chance: Random) -> Beginning:
    """Small files only: results have room, compiled code has not."""
    shutil.rmtree(own / "burdenshare")
    return {}, "ulimit -f 1000;", {0}


def _no_working_folder(own: Path, chance: Random) -> Beginning:
    return {}, f'mkdir "{own}/gone"; cd "{own}/gone"; rmdir "{own}/gone";', {3}


def _broken_numba(own: Path, chance: Random) -> Beginning:
    (own / "numba").mkdir()
    (own / "numba" / "__init__.py").write_text('raise ImportError("Numba needs another NumPy")\n')
    return {"PYTHONPATH": str(own)}, "", {3}


def _little_memory(own: Path, chance: Random) -> Beginning:
    return {}, f"ulimit -v {chance.choice([400, 450, 480]) * 1024};", {3}


BEGINNINGS: dict[str, Callable[[Path, Random], Beginning]] = {
    **{kind: _damaged(kind) for kind in ("truncated", "empty", "a bit", "overwritten", "foreign")},
    "open folder": _open_folder,
    "no folder": _no_folder,
    "no room": _no_room,
    "no working folder": _no_working_folder,
    "numba cannot be imported": _broken_numba,
    "little memory": _little_memory,
}
