"""A small sweep: three parts of two files each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sim.scenario import load_experiment
from sim.store import DISK, Disk, Results, Store, folder_of
from sim.store.export import CODEBOOK, export
from sim.store.files import checksum
from sim.sweeps import plan as planning
from sim.sweeps.plan import Plan
from sim.sweeps.runner import play
from tests.small import thinning

SHORT = 'extends = "status-quo"\nname = "short"\ntitle = "Short"\nend = 2027\n'


def canonical(results: Results, beside: Path) -> str:
    """The hash of the canonical export of runs and years."""
    found = hashlib.sha256()
    for kind in ("runs", "years"):
        path = export(results, kind, beside / f"{kind}.csv")
        found.update(path.read_bytes())
        path.unlink()
        path.with_name(path.name + CODEBOOK).unlink()
    return found.hexdigest()


@dataclass(frozen=True)
class Small:
    """The experiment, played wherever it is asked for, on whatever disk."""

    plan: Plan

    def folder(self, into: Path) -> Path:
        return folder_of(into, self.plan.header)

    def play(self, into: Path, disk: Disk = DISK) -> Results:
        return play(self.plan, Store(self.folder(into), self.plan.header, disk), workers=1)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small parts. No flush really takes place: a killed process needs none, and a power loss is simulated."""
    monkeypatch.setattr("sim.store.disk.os.fsync", lambda handle: None)
    monkeypatch.setattr(planning, "RUNS", 4)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    folder = tmp_path_factory.mktemp("small")
    (folder / "short.toml").write_text(SHORT)
    (folder / "small.toml").write_text(thinning(4))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "RUNS", 4)
        made = Plan(load_experiment(folder / "small.toml"))
    return Small(made)


@pytest.fixture(scope="module")
def same(small: Small, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Results], bool]:
    """Whether results are those of a sweep that nothing has disturbed: the same parts, and on the disk their bytes."""
    whole = small.play(tmp_path_factory.mktemp("whole"))

    def compare(results: Results) -> bool:
        found = Results.open(results.folder)
        sums = {name: checksum((found.folder / name).read_bytes()) for name in found.parts}
        as_written = sums == {name: one["sha256"] for name, one in found.parts.items()}
        return found.complete and found.parts == whole.parts and as_written

    return compare
