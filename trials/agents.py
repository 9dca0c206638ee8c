"""A member that fails its worker once in a run that is named beforehand, and decides as usual otherwise."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from pathlib import Path

from sim.engines.agents import Member

__all__ = ["FOLDER", "Once", "fault_file"]

FOLDER = "BURDENSHARE_FAULTS"  # in the environment: where the faults lie, a file each


def fault_file(folder: Path, thinning: float, replicate: int, year: int) -> Path:
    """Where a fault lies that has not happened yet; what it says is its kind."""
    return folder / f"{thinning:.3f}-{replicate}-{year}"


class Once(Member):
    """Takes the fault of its run and year away before it commits it, so that the next attempt is an ordinary run."""

    def want(self) -> float:
        """As every member, unless a fault lies here."""
        now = self.model.now
        fault = fault_file(Path(os.environ[FOLDER]), now.parameters.thinning, now.replicate, self.model.year)
        if fault.exists():
            kind = fault.read_text()
            fault.unlink()
            _commit(kind)
        return super().want()


def _commit(kind: str) -> None:
    if kind == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif kind == "memory":  # as under a limit of a container or a batch system
        resource.setrlimit(resource.RLIMIT_AS, (1 << 20, resource.getrlimit(resource.RLIMIT_AS)[1]))
        bytearray(1 << 30)
    elif kind == "hung":
        time.sleep(3600.0)
    else:
        sys.exit(7)
