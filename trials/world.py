"""The small sweep that the trials disturb, and what it gives when nothing does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sim.scenario import load_experiment
from sim.store import DISK, Disk, FolderInUse, Results, Store, folder_of
from sim.store.checking import count, verify
from sim.store.files import checksum
from sim.store.manifest import MANIFEST
from sim.sweeps import plan as planning
from sim.sweeps.plan import Plan
from sim.sweeps.runner import play

__all__ = ["PART", "PLAYER", "ROOT", "SHORT", "SMALL", "Player", "World"]

ROOT = Path(__file__).parents[1]
SHORT = 'extends = "status-quo"\nname = "short"\ntitle = "Short"\nend = 2028\n'
SMALL = """name = "small"
title = "Small"
question = "Does it hold?"
scenario = "short.toml"
replicates = 40
record = "years"

[[levers]]
name = "thinning"
key = "parameters.thinning"
start = 0.2
stop = 0.9
step = 0.1

[[uncertainties]]
name = "lead"
key = "parameters.lead_time"
values = [1, 2, 3]
"""
PART = 40  # runs
PLAYER = """
import os, signal, sys
from pathlib import Path
from sim.scenario import load_experiment
from sim.store import FolderInUse
from sim.sweeps import plan, sweep
from sim.sweeps.pieces import pieces
plan.RUNS = {part}
experiment = load_experiment(sys.argv[1])
small = plan.Plan(experiment)
next(pieces(small, small.part(0), {part})).played()  # loads the compiled model, so that a fork begins with playing
for into in sys.stdin:
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        try:
            sweep(experiment, into.strip(), workers=2)
            os._exit(0)
        except FolderInUse:
            os._exit(73)
        except BaseException:
            os._exit(1)
    print(child, flush=True)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""


@dataclass
class World:
    """The sweep that is disturbed, and what it gives when it is not."""

    folder: Path
    plan: Plan = field(init=False)
    whole: Results = field(init=False)

    def __post_init__(self) -> None:
        (self.folder / "short.toml").write_text(SHORT)
        (self.folder / "small.toml").write_text(SMALL)
        planning.RUNS = PART
        self.plan = Plan(load_experiment(self.folder / "small.toml"))
        self.whole = self.play(self.folder / "whole")

    def into(self, into: Path) -> Path:
        return folder_of(into, self.plan.header)

    def play(self, into: Path, disk: Disk = DISK) -> Results:
        return play(self.plan, Store(self.into(into), self.plan.header, disk), workers=2)

    def committed(self, into: Path) -> dict[str, str]:
        """Every file that the journal speaks of, with the checksum of its bytes."""
        folder = self.into(into)
        if not (folder / MANIFEST).exists():
            return {}
        results = Results.open(folder)
        found = {name: checksum((folder / name).read_bytes()) for name in results.parts}
        if found != {name: one["sha256"] for name, one in results.parts.items()}:
            raise AssertionError("a part is listed that is not as it was written")
        if results.complete != (len(found) == len(self.whole.parts)):
            raise AssertionError("says complete and is not")
        return found

    def _go_on(self, into: Path, patience: float = 10.0) -> Results:
        """Play what is missing; what a killed sweep had just forked may hold its lock a moment longer."""
        until = time.monotonic() + patience
        while True:
            try:
                return self.play(into)
            except FolderInUse:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def holds(self, into: Path) -> bool:
        """Disturbed as it is: go on, and see whether the promise is kept; says on stderr which is not."""
        begun, before = time.monotonic(), self.committed(into)
        results = self._go_on(into)
        broken = list(self._broken(before, self.committed(into), results))
        if broken:
            took = f"it took {time.monotonic() - begun:.1f} s to go on"
            print(f"{into.name}: {'; '.join(broken)}; {took}", file=sys.stderr, flush=True)
        return not broken

    def _broken(self, before: dict[str, str], after: dict[str, str], results: Results) -> Iterator[str]:
        """The promises that a sweep which went on does not keep, in words."""
        runs = results.runs(["cell", "replicate"])
        if not before.items() <= after.items():
            yield f"not kept: {sorted(before.items() - after.items())}"
        if runs.duplicated().any():
            yield "a run is there twice"
        if not len(runs) == count(results).done == self.plan.runs:
            yield f"{len(runs)} rows and {count(results).done} runs done of {self.plan.runs}; {results.failed()[:3]}"
        differ = [name for name in self.whole.parts if results.parts.get(name) != self.whole.parts[name]]
        if differ:
            yield f"not the same: {differ[:3]}: {[results.parts.get(name) for name in differ[:3]]}"
        yield from verify(results)


class Player:
    """A process that has the model in memory and forks one sweep after the other, each in a group of its own."""

    def __init__(self, world: World) -> None:
        command = [sys.executable, "-c", PLAYER.format(part=PART), str(world.folder / "small.toml")]
        there = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(command, env=there, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def begin(self, into: Path) -> int:
        """Start a sweep; returns the number of its process."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{into}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self) -> int:
        """Wait for it; returns how it ended."""
        assert self._process.stdout
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()
