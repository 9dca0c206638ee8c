"""The share of the machine that this process may use: processors and memory.

Containers, batch systems and ``taskset`` give a process less than the machine has. It is asked of the process's
affinity, of Linux's control groups (both versions), of SLURM and of the limits of the process; the least holds.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from math import ceil
from pathlib import Path, PurePosixPath

__all__ = ["cores", "memory", "threads", "workers"]

PROC, GROUPS = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")


def workers(each: int = 0) -> int:
    """How many play at once unless somebody says so: one a core, as far as ``each``'s bytes of memory go."""
    limit = memory()
    fit = limit // each if each and limit else cores()
    return max(1, min(cores(), fit))


@contextmanager
def threads(many: int | None = None) -> Iterator[ThreadPoolExecutor]:
    """So many threads, or one a core; where Ctrl-C or an error ends the block, what has not begun is not begun."""
    with ThreadPoolExecutor(many or cores()) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def cores() -> int:
    """The processors that this process may keep busy; a share of one counts as one."""
    return max(1, min([_affinity(), *_quotas(), *_slurm_cores()]))


def memory() -> int | None:
    """The bytes that this process may hold; None where nobody says."""
    found = [*_physical(), *_group_memory(), *_slurm_memory(), *_own_limit()]
    return min(found, default=None)


def _affinity() -> int:
    if hasattr(os, "process_cpu_count"):  # from Python 3.13 on
        return os.process_cpu_count() or 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _quotas() -> Iterator[int]:
    """Processors by the quotas of the control groups that this process is in."""
    for words in _settings("cpu", "cpu.max"):
        quota, period = words.split()
        if quota != "max":
            yield ceil(int(quota) / int(period))
    periods = _settings("cpu", "cpu.cfs_period_us")
    for quota, period in zip(_settings("cpu", "cpu.cfs_quota_us"), periods, strict=False):
        if int(quota) > 0:
            yield ceil(int(quota) / int(period))


def _group_memory() -> Iterator[int]:
    for name in ("memory.max", "memory.limit_in_bytes"):
        yield from (int(words) for words in _settings("memory", name) if words != "max")


def _settings(controller: str, name: str) -> Iterator[str]:
    """A setting of the process's control group and of those above it.

    In a container the group's path may be the host's, and only the topmost folder be there: that one is its own.
    """
    try:
        lines = PROC.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and controller not in controllers.split(","):
            continue
        top = GROUPS / controllers if controllers else GROUPS
        inside = PurePosixPath(path.lstrip("/"))
        for group in (inside, *inside.parents):
            try:
                yield (top / group / name).read_text().strip()
            except (OSError, ValueError):
                continue


def _slurm_cores() -> Iterator[int]:
    """What SLURM gives a task, or where it does not say so all tasks on this machine."""
    found = [_number(name) for name in ("SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE")]
    yield from [one for one in found if one][:1]


def _slurm_memory() -> Iterator[int]:
    """What SLURM gives a job on this machine; 0 is all of it."""
    if megabytes := _number("SLURM_MEM_PER_NODE"):
        yield megabytes * 2**20
    elif megabytes := _number("SLURM_MEM_PER_CPU"):
        yield megabytes * 2**20 * (_number("SLURM_CPUS_ON_NODE") or 1)


def _number(name: str) -> int:
    """A number from the environment; 0 where it is not there, or none."""
    text = os.environ.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else 0


def _physical() -> Iterator[int]:
    try:
        yield os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # Windows; a system that does not know
        return


def _own_limit() -> Iterator[int]:
    """Of addresses, as ``ulimit -v`` sets it."""
    if sys.platform != "win32":
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit != resource.RLIM_INFINITY:
            yield limit
