"""The share of a machine that a process may use: the least of what anybody gives it."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Timer

import pytest

from sim import machine

GB = 2**30
HOST = 64
SILENT = ("SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE", "SLURM_MEM_PER_NODE", "SLURM_MEM_PER_CPU")


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of 64 processors and 256 GB, in which nobody limits anything; returns where control groups lie."""
    for name in SILENT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(machine, "_affinity", lambda: HOST)
    monkeypatch.setattr(machine, "_physical", lambda: [256 * GB])
    monkeypatch.setattr(machine, "_own_limit", list)
    monkeypatch.setattr(machine, "PROC", tmp_path / "cgroup")
    monkeypatch.setattr(machine, "GROUPS", tmp_path / "groups")
    return tmp_path


def grouped(host: Path, line: str, settings: dict[str, str]) -> None:
    (host / "cgroup").write_text(line + "\n")
    for name, value in settings.items():
        path = host / "groups" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value + "\n")


def test_without_limits_it_is_the_machine(host: Path) -> None:
    assert (machine.cores(), machine.memory(), machine.workers()) == (HOST, 256 * GB, HOST)


@pytest.mark.parametrize(
    ("line", "settings", "cores", "memory"),
    [
        ("0::/job", {"job/cpu.max": "200000 100000", "job/memory.max": str(4 * GB)}, 2, 4 * GB),
        ("0::/job/step", {"job/cpu.max": "150000 100000", "job/step/cpu.max": "max 100000"}, 2, 256 * GB),
        ("0::/job", {"job/cpu.max": "10000 100000", "job/memory.max": "max"}, 1, 256 * GB),
        ("0::/on/the/host", {"cpu.max": "300000 100000", "memory.max": str(GB)}, 3, GB),  # as in a container
        ("4:cpu,cpuacct:/j", {"cpu,cpuacct/j/cpu.cfs_quota_us": "400000", "cpu,cpuacct/j/cpu.cfs_period_us": "100000"},
         4, 256 * GB),
        ("4:cpu:/", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, HOST, 256 * GB),
        ("9:memory:/j", {"memory/j/memory.limit_in_bytes": str(2 * GB)}, HOST, 2 * GB),
        ("9:memory:/j", {"memory/j/memory.limit_in_bytes": "9223372036854771712"}, HOST, 256 * GB),  # none
        ("1:name=systemd:/", {}, HOST, 256 * GB),
    ],
)  # fmt: skip
def test_control_groups_of_both_versions(
    host: Path, line: str, settings: dict[str, str], cores: int, memory: int
) -> None:
    grouped(host, line, settings)
    assert (machine.cores(), machine.memory()) == (cores, memory)


@pytest.mark.parametrize(
    ("given", "cores", "memory"),
    [
        ({"SLURM_CPUS_PER_TASK": "4", "SLURM_CPUS_ON_NODE": "16", "SLURM_MEM_PER_NODE": "8192"}, 4, 8 * GB),
        ({"SLURM_CPUS_ON_NODE": "16", "SLURM_MEM_PER_CPU": "1024"}, 16, 16 * GB),
        ({"SLURM_MEM_PER_NODE": "0"}, HOST, 256 * GB),  # all of it
        ({"SLURM_CPUS_PER_TASK": "two"}, HOST, 256 * GB),
        ({"SLURM_CPUS_PER_TASK": "128"}, HOST, 256 * GB),  # more than there are
    ],
)
def test_slurm(host: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], cores: int, memory: int) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert (machine.cores(), machine.memory()) == (cores, memory)


def test_the_least_holds(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grouped(host, "0::/", {"cpu.max": "800000 100000", "memory.max": str(8 * GB)})
    monkeypatch.setenv("SLURM_CPUS_PER_TASK", "16")
    monkeypatch.setattr(machine, "_own_limit", lambda: [3 * GB])
    assert (machine.cores(), machine.memory()) == (8, 3 * GB)
    assert machine.workers(GB) == 3
    assert machine.workers(4 * GB) == 1
    monkeypatch.setattr(machine, "_affinity", lambda: 1)
    assert machine.workers(GB) == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_what_has_not_begun_is_not_begun_after_an_error(error: type[BaseException]) -> None:
    begun, ends, done = Event(), Event(), list[int]()

    def work(number: int) -> None:
        begun.set()
        ends.wait()
        done.append(number)

    def stopped() -> None:
        with machine.threads(1) as pool:
            for number in range(100):
                pool.submit(work, number)
            begun.wait()
            Timer(0.05, ends.set).start()
            raise error

    with pytest.raises(error):
        stopped()
    assert done == [0]


def test_this_machine_has_some() -> None:
    assert machine.cores() >= 1
    assert machine.memory() is None or machine.memory() > 2**27
