"""What only a process of its own can show: start-up, with a warm and a cold compile cache, and peak memory."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.timing import Row, interleaved, missing, seconds

__all__ = ["memory", "startup"]

ROOT = Path(__file__).parents[1]
IMPORT = "import sim"
RESULT = 'import os, sim; print(sim.run_batch(sim.load_scenario("status-quo"), replicates={}).runs(), flush=True); '
FIRST = RESULT.format(1) + "os._exit(0)"  # until the result can be read; leaving Python takes a tenth of a second more
THOUSAND = RESULT.format(1000) + "os._exit(0)"
HELP = 'import sys; sys.argv = ["burdenshare", "--help"]; from sim.cli import main; main()'
# VmHWM where there is one: on Linux ru_maxrss starts at what the parent held when it forked.
PLAYED = """
import re, resource, sys, sim
scenario = sim.load_scenario("status-quo").model_copy(update={"end": 2050})
runs = sim.run_batch(scenario, replicates=int(sys.argv[1]), record=sys.argv[2])
"""
SWEPT = """
import re, resource, sys, tempfile, sim
experiment = sim.load_experiment("policies").model_copy(update={"replicates": int(sys.argv[1]) // 6})
with tempfile.TemporaryDirectory() as folder:
    sim.sweep(experiment, folder)
"""
PEAK = """
try:
    print(int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) * 1024)
except OSError:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024))
"""


def python(code: str, *arguments: str, folder: Path) -> str:
    """What another Python prints that finds ``sim`` in ``folder``."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = str(folder)
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{code.strip().splitlines()[0]} ...: {(done.stderr.strip() or 'failed').splitlines()[-1]}")
    return done.stdout


@contextmanager
def fresh_copy() -> Iterator[Path]:
    """The package and its scenarios in a temporary folder, with nothing compiled yet."""
    with tempfile.TemporaryDirectory(prefix="burdenshare-") as name:
        for part in ("sim", "scenarios"):
            shutil.copytree(ROOT / part, Path(name) / part, ignore=shutil.ignore_patterns("__pycache__"))
        yield Path(name)


def startup(rounds: int, cold_rounds: int) -> list[Row]:
    """From a command to its answer: cold in new copies of the package, warm in the last of them."""
    cold, thousand = [], []
    for turn in range(cold_rounds):
        with fresh_copy() as folder:
            cold.append(seconds(partial(python, FIRST, folder=folder)))
            thousand.append(seconds(partial(python, THOUSAND, folder=folder)))
            warm = started_warm(folder, rounds) if turn == cold_rounds - 1 else []
    note = "a new copy of the package: no byte code, no compiled kernels; plain Python plays the first few runs"
    return [
        *warm,
        Row("start to first result, cold", "s", cold, at_most=8.0, note=note),
        Row("start to 1,000 runs, cold", "s", thousand, note="the kernels are compiled, once for each installation"),
    ]


def started_warm(folder: Path, rounds: int) -> list[Row]:
    """Start-up in a copy that has been used before."""
    has_cli = importlib.util.find_spec("sim.cli") is not None
    codes = {"python": "pass", "import": IMPORT, "first": FIRST, "thousand": THOUSAND}
    codes |= {"help": HELP} if has_cli else {}
    times = interleaved({name: partial(python, code, folder=folder) for name, code in codes.items()}, rounds)
    helped = Row("`burdenshare --help`", "s", times.get("help", []), at_most=0.4)
    helped.note = "" if has_cli else "there is no sim.cli yet"
    return [
        Row("Python alone", "s", times["python"], note="`python -c pass`; part of each of the others"),
        Row("`import sim`", "s", times["import"], at_most=0.5),
        helped,
        Row("start to first result, warm", "s", times["first"], at_most=1.0, note="played in plain Python"),
        Row("start to 1,000 runs, warm", "s", times["thousand"], note="numba and the compiled kernels read from disk"),
    ]


def memory(runs: int, rounds: int) -> list[Row]:
    """Peak memory of processes that play ``runs`` runs of 25 years, with a warm compile cache; and that of one run."""
    try:
        import resource  # noqa: F401
    except ImportError:  # Windows
        return [missing(f"{runs:,} runs", "MB", "this system does not tell a process's peak memory")]
    with fresh_copy() as folder:
        python(THOUSAND, folder=folder)  # compiling takes memory of its own

        def peaks(number: int, record: str, code: str = PLAYED) -> list[float]:
            return [float(python(code + PEAK, str(number), record, folder=folder)) / 1e6 for _ in range(rounds)]

        return [
            Row("1 run", "MB", peaks(1, "runs"), note="Python and the libraries, without numba"),
            Row(f'{runs:,} runs, record="runs"', "MB", peaks(runs, "runs"), at_most=500.0),
            Row(f'{runs:,} runs, record="years", in memory', "MB", peaks(runs, "years"), note="442 MB are the tables"),
            Row(f"{runs:,} runs, yearly, a sweep", "MB", peaks(runs, "years", SWEPT), at_most=500.0, note="stored"),
        ]
