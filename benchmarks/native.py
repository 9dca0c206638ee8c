"""Scene 5 in C beside sim's own, on the same records: the same numbers, and how long each takes.

``kernel.c`` is compiled by gcc into a temporary folder, three times over (``VARIANTS``). Nothing of it is kept.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import COMPILED, entry
from sim.scenario.models import Scenario
from sim.scenes.budgets import vote
from sim.setup import prepare
from sim.world import MEMORY, PARAMETERS, PATH, POLICY, SETUP, UNITED_STATES, WORLD, YEAR, Game, N, start
from sim.year import play_year

__all__ = ["FLAGS", "VARIANTS", "Board", "build", "differences", "gcc", "halfway", "ours"]

FLAGS = ("-O3", "-march=native", "-std=gnu11", "-shared", "-fPIC")
# name -> further options. The first is the one to beat: without the other two gcc leaves the loops with logarithms
# and square roots scalar, because each might set errno or raise a floating-point exception.
VARIANTS = {
    "C, vectorised": ("-fno-math-errno", "-fno-trapping-math"),
    "C, plain": (),
    "C, exp and log of libm": ("-DLIBM",),
}
RECORDS = {"Parameters": PARAMETERS, "Setup": SETUP, "Year": YEAR, "Policy": POLICY, "Path": PATH, "World": WORLD}
# fields of World that nobody reads afterwards
SCRATCH = ("best", "low", "high", "one", "two", "scratch", "rank", "other_rank", "rounded")
Play = Callable[["Board", int], None]


class Board(NamedTuple):
    """One run in the middle of a year: what ``Game`` holds, as arrays, and the year."""

    parameters: NDArray[Any]
    setup: NDArray[Any]
    years: NDArray[Any]
    policies: NDArray[Any]
    world: NDArray[Any]
    path: NDArray[Any]
    t: int

    def copy(self) -> Board:
        """The same board again, to play on."""
        return self._replace(world=self.world.copy(), path=self.path.copy())


@entry
def vote_again(
    parameters: NDArray[Any], setup: NDArray[Any], years: NDArray[Any], policies: NDArray[Any], world: NDArray[Any],
    path: NDArray[Any], t: int, times: int,
) -> None:  # fmt: skip
    """sim's scene 5 of year t, ``times`` times over from last year's shares."""
    g = Game(parameters[0], setup[0], years, policies, world[0], path, 1, 0)
    share, last = g.w.share, g.path[MEMORY + t - 1].share
    for _ in range(times):
        for i in range(N):
            share[i] = last[i]
        vote(g, t)


def ours(board: Board, times: int) -> None:
    """sim's scene 5."""
    vote_again(*board, times)


@entry
def open_board(
    parameters: NDArray[Any], setup: NDArray[Any], years: NDArray[Any], policies: NDArray[Any], world: NDArray[Any],
    path: NDArray[Any], t: int,
) -> None:  # fmt: skip
    """The years before year t."""
    g = Game(parameters[0], setup[0], years, policies, world[0], path, 1, 0)
    start(g)
    for year in range(1, t):
        play_year(g, year)


def halfway(scenario: Scenario, t: int = 6) -> Board:
    """A run that is about to vote on the budgets of year t, with the draws of the year before."""
    ready = prepare(scenario)
    board = Board(*ready, np.zeros(1, WORLD), np.zeros(MEMORY + ready.years.size, PATH), t)
    open_board(*board)
    return board


def gcc() -> str | None:
    """The first line of the compiler's version; None where there is none, or no numba to compare it with."""
    if not COMPILED or shutil.which("gcc") is None:
        return None
    return subprocess.run(["gcc", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]


def build(folder: Path, *options: str) -> Play:
    """``kernel.c`` compiled with further ``options`` into ``folder`` and loaded."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "records.h").write_text(header(), encoding="utf-8")
    library, source = folder / "kernel.so", Path(__file__).with_name("kernel.c")
    subprocess.run(["gcc", *FLAGS, *options, f"-I{folder}", str(source), "-o", str(library), "-lm"], check=True)
    function = ctypes.CDLL(str(library)).vote_again
    function.argtypes, function.restype = [ctypes.c_void_p] * 6 + [ctypes.c_int64] * 2, None

    def play(board: Board, times: int) -> None:
        function(*(array.ctypes.data for array in board[:6]), board.t, times)

    return play


def header() -> str:
    """sim.world's record types as C structs, field by field."""
    lines = ["#pragma once", "#include <stdint.h>"]
    numbers = {"N": N, "UNITED_STATES": UNITED_STATES, "MEMORY": MEMORY}
    lines += [f"#define {name} {value}" for name, value in numbers.items()]
    for name, record in RECORDS.items():
        lines += [f"typedef struct {{ {' '.join(fields(record))} }} {name};"]
        lines += [f'_Static_assert(sizeof({name}) == {record.itemsize}, "{name}");']
    return "\n".join(lines) + "\n"


def fields(record: np.dtype[Any]) -> list[str]:
    """Declarations of a packed record."""
    declared = []
    for name in record.names or ():
        part = record[name]
        kind = {"f8": "double", "i8": "int64_t", "f4": "float", "i4": "int32_t"}[part.base.str[1:]]
        declared.append(f"{kind} {name}{''.join(f'[{n}]' for n in part.shape)};")
    return declared


def differences(one: Board, other: Board) -> dict[str, float]:
    """Field -> largest relative difference, of the fields in which two boards differ; scratch left out."""
    found = {}
    for name in WORLD.names or ():
        if name not in SCRATCH:
            found[name] = relative(one.world[name], other.world[name])
    for name in ("share", "spending"):
        found[name] = max(found.get(name, 0.0), relative(one.path[name], other.path[name]))
    return {name: value for name, value in found.items() if value > 0.0}


def relative(a: NDArray[Any], b: NDArray[Any]) -> float:
    """Largest relative difference; infinities and zeros must be the same."""
    same = a == b
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))
    return float(np.where(same, 0.0, gap).max())
