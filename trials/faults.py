"""``python -m trials.faults``: what the store promises, under kills, full disks, power losses and damage, in numbers.

Every trial plays a small sweep (24 parts), disturbs it, resumes it, and asks four questions: is everything that was
committed still there byte for byte, is every run there once, are all files those of an undisturbed sweep, and did no
step say more than was true. Flushing is simulated where it matters (power), so all of it may lie on a RAM disk.

The table goes to results/published/faults.md. ``--at-most N`` takes N trials of a kind, ``--quick`` a few and prints
them only.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from sim.scenario import ScenarioError, load_experiment, load_scenario
from sim.store import Damaged, Results, Store, folder_of
from sim.store.checking import verify
from sim.store.journal import JOURNAL
from sim.store.manifest import MANIFEST
from sim.sweeps.plan import Plan
from sim.sweeps.runner import play
from trials.compiler import beginnings, damages, stale
from trials.disks import HOW, Dead, Failing, Forgetful
from trials.report import Kind, carry_out
from trials.world import PART, PLAYER, ROOT, SHORT, SMALL, Player, World


def kills(world: World, folder: Path, number: int) -> Iterator[bool]:
    """SIGKILL to the whole process group at a random moment."""
    chance, player = Random(1), Player(world)
    whole = 0.0
    for warm in ("first", "second"):  # the first may compile the model
        player.begin(folder / warm)
        begun = time.monotonic()
        player.end()
        whole = time.monotonic() - begun
    for trial in range(number):
        into = folder / f"{trial}"
        child = player.begin(into)
        time.sleep(chance.uniform(0.0, 1.05) * whole)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        player.end()
        yield world.holds(into)
    player.close()


def operations(world: World, folder: Path, number: int) -> Iterator[bool]:
    """Every storage operation fails: before, half-way, after; and the process goes on, or dies there."""
    counted = Failing(None)
    world.play(folder / "count", counted)
    cases = [
        (at, how, dead)
        for at, name in enumerate(counted.done)
        for how in HOW
        for dead in (False, True)
        if how != "half" or name in ("write", "append")
    ]
    for at, how, dead in Random(2).sample(cases, min(number, len(cases))):
        into = folder / f"{at}-{how}-{dead}"
        with contextlib.suppress(OSError, Dead):
            world.play(into, Failing(at, how, dead=dead))
        yield world.holds(into)


def power(world: World, folder: Path, number: int) -> Iterator[bool]:
    """The power fails at a random operation; of what was not flushed the disk keeps what it pleases."""
    counted, chance = Failing(None), Random(3)
    world.play(folder / "count", counted)
    for trial in range(number):
        into, left = folder / f"{trial}", folder / f"{trial}-left"
        disk = Forgetful(chance.randrange(len(counted.done)))
        with contextlib.suppress(Dead):
            world.play(into, disk)
        disk.left(into, left, chance)
        yield world.holds(left)


def full(world: World, folder: Path, number: int) -> Iterator[bool]:
    """The disk is full from the n-th write on, half of which still finds room."""
    counted = Failing(None)
    world.play(folder / "count", counted)
    writes = [at for at, name in enumerate(counted.done) if name in ("write", "append")]
    for at in Random(4).sample(writes, min(number, len(writes))):
        into = folder / f"{at}"
        with contextlib.suppress(OSError):
            world.play(into, Failing(at, "half", lasting=True, code=28))
        yield world.holds(into)


def bytes_(world: World, folder: Path, number: int) -> Iterator[bool]:
    """One byte of one file changes; it has to be seen by verify, and mended by the next sweep."""
    chance, into = Random(5), folder / "one"
    results = world.play(into)
    names = [MANIFEST, "journal", *results.parts]
    whole = {name: (results.folder / name).read_bytes() for name in names}
    for _ in range(number):
        name = chance.choice(names)
        data = bytearray(whole[name])
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        (results.folder / name).write_bytes(bytes(data))
        seen = bool(list(verify(Results.open(results.folder))))
        mended = world.play(into).parts == world.whole.parts and not list(verify(Results.open(results.folder)))
        for one, content in whole.items():
            if one == name or one in (MANIFEST, "journal"):
                (results.folder / one).write_bytes(content)
        yield seen and mended


def writers(world: World, folder: Path, number: int) -> Iterator[bool]:
    """Two, then eight processes begin the same sweep at once: one writes, the others are refused or find it whole."""
    players = [Player(world) for _ in range(8)]
    for trial in range(number):
        into, some = folder / f"{trial}", players[: 2 if trial % 2 else 8]
        for player in some:
            player.begin(into)
        codes = [player.end() for player in some]
        yield 0 in codes and set(codes) <= {0, 73} and world.holds(into)
    for player in players:
        player.close()


def settings(world: World, folder: Path, number: int) -> Iterator[bool]:
    """Other clocks, locales, time zones and hash seeds: the same bytes."""
    chance = Random(6)
    for trial in range(number):
        into = folder / f"{trial}"
        setting = {
            "TZ": chance.choice(["UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham"]),
            "LC_ALL": chance.choice(["C", "C.UTF-8", "tr_TR.UTF-8", "de_DE.UTF-8"]),
            "PYTHONHASHSEED": str(chance.randrange(1000)),
        }
        shift = chance.choice([-10, -1, 1, 50]) * 365 * 86400
        clock = f"import time; real = time.time; time.time = lambda: real() + {shift}\n"
        code = clock + "from sim.store import provenance\n" + PLAYER.format(part=PART)
        command = [sys.executable, "-c", code, str(world.folder / "small.toml")]
        there = {**os.environ, **setting, "PYTHONPATH": str(ROOT)}
        subprocess.run(command, env=there, input=f"{into}\n", text=True, check=True, capture_output=True)
        yield Results.open(world.into(into)).parts == world.whole.parts and world.holds(into)


def strangers(world: World, folder: Path, number: int) -> Iterator[bool]:
    """A file of another sweep or part in the place of one: a manifest and a journal are refused, others mended."""
    chance, other = Random(8), Plan(world.plan.experiment.model_copy(update={"seed": 99}))
    sibling = play(other, Store(folder_of(folder / "other", other.header), other.header)).folder
    for trial in range(number):
        into = folder / f"{trial}"
        there = world.play(into).folder
        name = chance.choice([MANIFEST, JOURNAL, *world.whole.parts])
        source = sibling / name if chance.random() < 0.5 else there / chance.choice(sorted(world.whole.parts))
        before = (there / name).read_bytes()
        (there / name).write_bytes(source.read_bytes())
        same, own = (there / name).read_bytes() == before, name in (MANIFEST, JOURNAL)
        try:
            seen = bool(list(verify(Results.open(there))))
            mended = world.play(into).parts == world.whole.parts and not list(verify(Results.open(there)))
            yield seen != same and mended and not (own and source.name == name and not same)
        except Damaged:
            yield own and not same


def lines(world: World, folder: Path, number: int) -> Iterator[bool]:
    """A line of the journal is doubled, moved or taken out."""
    chance = Random(9)
    for trial in range(number):
        into = folder / f"{trial}"
        path = world.play(into).folder / JOURNAL
        found = path.read_bytes().splitlines(keepends=True)
        at, to = chance.sample(range(1, len(found)), 2)
        how = chance.choice(["doubled", "moved", "gone"])
        line = found[at] if how == "doubled" else found.pop(at)
        if how != "gone":
            found.insert(to, line)
        tail = how == "gone" and at == len(found)  # a journal that ends earlier is an earlier one, and whole
        path.write_bytes(b"".join(found))
        seen = bool(list(verify(Results.open(path.parent))))
        yield seen != tail and world.holds(into)


def cut(world: World, folder: Path, number: int) -> Iterator[bool]:
    """A scenario and an experiment cut after every byte: read whole, or refused in one line."""
    for text, load in ((SHORT, load_scenario), (SMALL, load_experiment)):
        for at in Random(7).sample(range(len(text)), min(number, len(text))):
            (folder / "short.toml").write_text(SHORT)
            path = folder / "cut.toml"
            path.write_text(text[:at])
            try:
                load(path)
                yield True
            except ScenarioError as error:
                yield "\n" not in str(error) and "cut.toml" in str(error)


KINDS: dict[str, Kind[World]] = {
    "kills": Kind(kills, 1000, 10, "SIGKILL to the process group at a random moment"),
    "operations": Kind(
        operations, 10**6, 40, "every storage operation fails before, half-way or after; raises or dies"
    ),
    "power": Kind(
        power, 1000, 20, "power loss at a random operation; what was not flushed is there, torn, zeros or gone"
    ),
    "full": Kind(full, 10**6, 10, "disk full from every write on"),
    "bytes": Kind(bytes_, 5000, 20, "one bit of one byte of a stored file changes"),
    "strangers": Kind(strangers, 1000, 20, "a file is replaced whole by that of another sweep, or of another part"),
    "lines": Kind(lines, 1000, 20, "a line of the journal is doubled, moved or taken out"),
    "writers": Kind(writers, 100, 2, "two or eight processes begin the same sweep at once"),
    "settings": Kind(settings, 20, 1, "clock moved by years, locales, time zones, hash seeds"),
    "compiled": Kind(
        damages, 1000, 14, "a file of compiled code is truncated, empty, overwritten, a bit off, foreign, another CPU's"
    ),
    "stale": Kind(stale, 200, 5, "a number, an operation or a table changes below a function that is kept compiled"),
    "beginnings": Kind(
        beginnings, 22, 11, "a new process finds compiled code damaged, foreign or no room for it, no numba, no memory"
    ),
    "cut": Kind(cut, 10**6, 60, "a scenario or an experiment cut after every byte"),
}


def main() -> int:
    return carry_out("faults", __doc__ or "", KINDS, World, "make faults")


if __name__ == "__main__":
    sys.exit(main())
