"""Commands in processes of their own that are disturbed from outside: kinds of ``trials.workers``.

A worker is killed while it starts; the package, or a user's agents, change on the disk under a sweep whose worker is
replaced; a sweep hears Ctrl-C twice; and a folder is verified again and again, which has to end as it said.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from sim.store import Results
from sim.store.checking import verify
from trials.world import ROOT, SHORT

__all__ = ["changed", "interrupted", "killed_while_starting", "verified"]

START = 1.5  # seconds that a worker takes to start, about
EARLY = 0.1  # seconds in which Python itself starts, and nothing of ours runs
PATIENCE = 120.0
OWN = "import sim\n\nclass Own(sim.Member):\n    def want(self):\n        return 0.021\n"
PLAYER = """
import sys
import sim, own
from sim.sweeps import plan

def tell(done, total):
    print(done, flush=True)
    if done:
        input()

if __name__ == "__main__":
    plan.RUNS = 3
    how = {"workers": 1, "engine": "mesa", "members": {"DEU": own.Own}, "progress": tell}
    try:
        found = sim.sweep(sim.load_experiment("small.toml"), "out", **how)
    except Exception as error:
        print(type(error).__name__, error, file=sys.stderr)
        sys.exit(2)
    print(found.folder)
"""
SMALL = """name = "small"
title = "Small"
question = "Does it hold?"
scenario = "short.toml"
replicates = 3

[[levers]]
name = "thinning"
key = "parameters.thinning"
values = [0.5, 0.6, 0.7, 0.8]
"""
LONG = SMALL.replace("replicates = 3", "replicates = 20000")


def killed_while_starting(folder: Path, number: int) -> Iterator[bool]:
    """SIGKILL to the first worker of a sweep, at a random moment of its start."""
    chance = Random(9)
    whole = _sweep(folder, "whole", "small.toml")
    _answer(whole)
    expected = _parts(folder / "whole")
    for trial in range(number):
        begun = _sweep(folder, f"{trial}", "small.toml", "--engine", "mesa", "--workers", "1")
        worker = _worker(begun.pid)
        time.sleep(chance.uniform(0.0, START))
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
        _, said = _answer(begun)
        yield begun.returncode == 0 and not said and _parts(folder / f"{trial}") == expected


def changed(folder: Path, number: int) -> Iterator[bool]:
    """A file of the package, or of the agents, changes after the first part, and the worker is killed.

    The sweep has to stop with a line that names the file, hold no run of other code and none that failed, and go on to
    the bytes of an undisturbed sweep once the file is as it was.
    """
    package = folder / "package"
    shutil.copytree(ROOT / "sim", package / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "scenarios", package / "scenarios")
    files = [package / "sim" / "rules" / "budgets.py", package / "sim" / "data" / "members.csv", None]
    _play_on(_playing(folder / "whole", package))
    for trial in range(number):
        desk = folder / f"{trial}"
        disturbed = _playing(desk, package)
        assert disturbed.stdout
        while disturbed.stdout.readline().strip() in ("0", ""):
            pass
        file = files[trial % len(files)] or desk / "own.py"
        before = file.read_text()
        file.write_text(before + ("\n" if file.suffix == ".csv" else "# other\n"))
        os.kill(_worker(disturbed.pid), signal.SIGKILL)
        said = _play_on(disturbed)
        stopped = disturbed.returncode == 2 and f"{file.name}: changed since this process imported it" in said
        held = Results.open(next((desk / "out").glob("small-*")))
        clean = not held.complete and not held.failed() and not list(verify(held))
        file.write_text(before)
        _play_on(_playing(desk, package))
        yield stopped and clean and _parts(desk / "out") == _parts(folder / "whole" / "out")


def interrupted(folder: Path, number: int) -> Iterator[bool]:
    """Ctrl-C at a random moment of a sweep, and again a moment later."""
    chance = Random(10)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background of a shell, and inherited
    for trial in range(number):
        some = ["--engine", "mesa", "--workers", "2"] if trial % 2 else []
        begun = _sweep(folder, f"{trial}", "long.toml", *some)
        time.sleep(chance.uniform(EARLY, 2 * START))
        for _ in range(2):
            begun.send_signal(signal.SIGINT)
            time.sleep(chance.choice([0.0, 0.01, chance.uniform(0.0, 0.5)]))
        _, said = _answer(begun)
        found = [Results.open(one) for one in (folder / f"{trial}").glob("long-*") if (one / "manifest.json").exists()]
        whole = all(not list(verify(one)) and not one.failed() for one in found)
        yield begun.returncode in (3, 130) and "Traceback" not in said and whole


def verified(folder: Path, number: int) -> Iterator[bool]:
    """A folder of results is verified in a process of its own."""
    _answer(_sweep(folder, "whole", "small.toml"))
    (results,) = (folder / "whole").glob("small-*")
    for _ in range(number):
        begun = _command(folder, "verify", str(results))
        told, said = _answer(begun)
        yield begun.returncode == 0 and "all as written; complete" in told and not said


def _desk(folder: Path) -> Path:
    """A folder with the experiments in it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "short.toml").write_text(SHORT)
    (folder / "small.toml").write_text(SMALL)
    (folder / "long.toml").write_text(LONG.replace('"small"', '"long"'))
    return folder


def _sweep(folder: Path, into: str, experiment: str, *words: str) -> subprocess.Popen[str]:
    return _command(_desk(folder), "sweep", experiment, "--quiet", "--into", into, *words)


def _command(desk: Path, *words: str) -> subprocess.Popen[str]:
    return _begin([sys.executable, "-m", "sim", *words], desk, ROOT)


def _playing(desk: Path, package: Path) -> subprocess.Popen[str]:
    """A sweep of agents that waits after every part until it is told to go on, by a copy of the package."""
    _desk(desk)
    (desk / "own.py").write_text(OWN)
    (desk / "play.py").write_text(PLAYER)
    return _begin([sys.executable, "play.py"], desk, package)


def _begin(command: list[str], desk: Path, package: Path) -> subprocess.Popen[str]:
    there = {**os.environ, "PYTHONPATH": str(package)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=desk, env=there, text=True, **pipes)  # type: ignore[call-overload,no-any-return]


def _answer(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What a process says until it ends; one that does not is killed, which no trial expects."""
    try:
        return process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()


def _play_on(process: subprocess.Popen[str]) -> str:
    """Tell it to go on after every part; what it says at the end."""
    assert process.stdin
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write("\n" * 20)
        process.stdin.flush()
    told, said = _answer(process)
    return told.strip().splitlines()[-1] if process.returncode == 0 else said


def _worker(parent: int) -> int:
    """The first worker process of a sweep."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                for one in children.read_text().split():
                    if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes():
                        return int(one)
        time.sleep(0.002)
    raise TimeoutError("no worker was started")


def _parts(into: Path) -> dict[str, object]:
    (folder,) = into.glob("small-*")
    return dict(Results.open(folder).parts)
