"""``python -m trials.workers``: what a sweep promises when its worker processes fail, in numbers.

Every trial is one run of a small sweep of agents in which a worker fails once, at a random year of a random run of a
part: it is killed, runs out of memory, hangs or leaves. The sweep has to notice, have the part played by a new worker,
and end with every run there, none listed as failed, and the part's bytes those of an undisturbed sweep. Where memory
runs out the sweep stops by design, and the same call has to go on. Beside these, commands are disturbed from outside:
a worker is killed while it starts, code changes under a sweep, Ctrl-C comes twice, a folder is verified.

The table goes to results/published/workers.md. ``--at-most N`` takes N trials of a kind, ``--quick`` a few and prints
them only.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from sim.scenario import Experiment, load_experiment
from sim.store import Results
from sim.store.checking import verify
from sim.sweeps import crew, sweep
from sim.sweeps import plan as planning
from trials import commands
from trials.agents import FOLDER, Once, fault_file
from trials.report import Kind, carry_out
from trials.world import SHORT

REPLICATES, YEARS = 3, (2026, 2027, 2028)
SILENCE = 5.0  # seconds after which a worker counts as hung; 30 in earnest
SMALL = """name = "workers"
title = "Workers"
question = "Does it hold?"
scenario = "short.toml"
replicates = 3

[[levers]]
name = "thinning"
key = "parameters.thinning"
start = 0.001
stop = {stop:.3f}
step = 0.001
"""


def fail(kind: str, folder: Path, number: int) -> Iterator[bool]:
    """A sweep of as many parts as there are trials, a fault in each."""
    whole, found = _played("", folder / "whole", number), _played(kind, folder / "disturbed", number)
    sound = not list(verify(found)) and found.parts.keys() == whole.parts.keys() and not found.failed()
    left = {float(path.name.split("-")[0]) for path in (folder / "disturbed" / "faults").iterdir()}
    for cell in range(number):
        names = [name for name in whole.parts if f"part-{cell:05d}." in name]
        same = bool(names) and all(found.parts.get(name) == whole.parts[name] for name in names)
        yield sound and same and round((cell + 1) / 1000, 3) not in left


def _played(kind: str, folder: Path, number: int) -> Results:
    """The sweep with a fault of this kind in every part, or with none."""
    faults, chance = folder / "faults", Random(8)
    faults.mkdir(parents=True)
    for cell in range(number if kind else 0):
        fault_file(faults, (cell + 1) / 1000, chance.randrange(REPLICATES), chance.choice(YEARS)).write_text(kind)
    os.environ[FOLDER] = str(faults)
    experiment = _experiment(folder, number)
    agents: dict[str, Any] = {"members": {"DEU": Once}}
    for _ in range(number):
        try:
            return sweep(experiment, folder, workers=2, engine="mesa", **agents)
        except MemoryError:
            continue
    return sweep(experiment, folder, workers=2, engine="mesa", **agents)


def _experiment(folder: Path, number: int) -> Experiment:
    (folder / "short.toml").write_text(SHORT)
    path = folder / "workers.toml"
    path.write_text(SMALL.format(stop=number / 1000))
    return load_experiment(path)


def _commands(trials: Callable[[Path, int], Iterator[bool]], many: int, words: str) -> Kind[None]:
    return Kind(lambda _, folder, number: trials(folder, number), many, 2, words)


def _kind(kind: str, words: str) -> Kind[None]:
    return Kind(lambda _, folder, number: fail(kind, folder, number), 50, 2, words)


KINDS = {
    "killed": _kind("killed", "SIGKILL to a worker in the middle of a run"),
    "memory": _kind("memory", "a worker may have no more memory; the sweep stops and is called again"),
    "hung": _kind("hung", f"a worker gives no sign any more; given up after {SILENCE:g} s"),
    "exits": _kind("exits", "a worker leaves by sys.exit in the middle of a run"),
    "starting": _commands(commands.killed_while_starting, 50, "SIGKILL to a worker while it starts"),
    "code": _commands(commands.changed, 30, "package, table or agents change on the disk, and a worker is replaced"),
    "interrupted": _commands(commands.interrupted, 200, "Ctrl-C to a sweep, and again a moment later"),
    "verify": _commands(commands.verified, 300, "`verify` in a process of its own, which ends as it says"),
}


def main() -> int:
    crew.STUCK, planning.RUNS = SILENCE, REPLICATES  # a cell a part
    return carry_out("workers", __doc__ or "", KINDS, lambda _: None, "make runners")


if __name__ == "__main__":
    sys.exit(main())
