"""The published tables of trials."""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from sim.store.provenance import git, machine, now

__all__ = ["Kind", "Line", "bound", "carry_out", "publish"]

PUBLISHED = Path(__file__).parents[1] / "results" / "published"
W = TypeVar("W")


class Line(NamedTuple):
    """What was done, how often, how often it did not hold."""

    what: str
    trials: int
    failed: int
    seconds: float


def bound(line: Line) -> str:
    """What the trials say of the true rate: none in n bounds it at 95 % by 1 - .05^(1/n), about 3/n."""
    if line.failed or not line.trials:
        return "-"
    return f"below {100 * (1 - 0.05 ** (1 / line.trials)):.2g} %"


@dataclass(frozen=True)
class Kind(Generic[W]):
    """A kind of disturbance: its trials in a world and an empty folder, how many at most, a few, and what it is."""

    trials: Callable[[W, Path, int], Iterator[bool]]
    many: int
    few: int
    words: str


def carry_out(name: str, words: str, kinds: Mapping[str, Kind[W]], world: Callable[[Path], W], command: str) -> int:
    """All kinds of trials one after the other, published as they end; returns the exit code."""
    parser = argparse.ArgumentParser(prog=f"python -m trials.{name}", description=words.split("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--at-most", type=int, default=10**6)
    given = parser.parse_args()
    lines: list[Line] = []
    command = command if given.at_most == 10**6 else f"python -m trials.{name} --at-most {given.at_most}"
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix=f"burdenshare-{name}-", dir=memory) as folder:
        there = world(Path(folder))
        for label, kind in kinds.items():
            begun, passed, failed = time.monotonic(), 0, 0
            (own := Path(folder) / label).mkdir()
            for held in kind.trials(there, own, kind.few if given.quick else min(kind.many, given.at_most)):
                passed, failed = passed + held, failed + (not held)
            lines.append(Line(kind.words, passed + failed, failed, time.monotonic() - begun))
            print(f"{label}: {passed + failed} trials, {failed} failed, {bound(lines[-1])}", flush=True)
            shutil.rmtree(own)
            if not given.quick:
                publish(PUBLISHED / f"{name}.md", name.capitalize(), words, lines, command)
    return int(any(line.failed for line in lines))


def publish(path: Path, title: str, words: str, lines: list[Line], command: str) -> None:
    """A page with a row a kind of trial, and where and when it was made."""
    here, commit = machine(), git() or {}
    rows = [f"| {one.what} | {one.trials:,} | {one.failed:,} | {bound(one)} | {one.seconds:,.0f} |" for one in lines]
    text = [
        f"# {title}", "", " ".join(words.split("\n\n")[1].split()), "",
        "| disturbance | trials | promise broken | rate, 95 % | seconds |", "|---|---:|---:|---:|---:|", *rows, "",
        f"By `{command}` on {now()[:10]}, commit {str(commit.get('commit', 'unknown'))[:12]}"
        f"{' with changes' if commit.get('changed') else ''}; Python {here['python']}, {here['system']}, "
        f"{here['cores']} cores. No failure in n trials bounds the rate, it does not make it zero.", "",
    ]  # fmt: skip
    path.write_text("\n".join(text), encoding="utf-8")
