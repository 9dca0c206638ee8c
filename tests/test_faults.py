"""Whose fault it is that a run raised."""

from __future__ import annotations

import errno

import pytest

from sim.faults import MachineFault, of_machine


@pytest.mark.parametrize(
    ("error", "batch", "agents"),
    [
        (MemoryError(), True, True),
        (MachineFault("numba cannot compile the model"), True, True),
        (OSError(errno.ENOSPC, "no space left"), True, True),
        (OSError(errno.EDQUOT, "quota exceeded"), True, True),
        (OSError(errno.EMFILE, "too many open files"), True, True),
        (OSError(errno.EIO, "input or output error"), True, True),
        (FileNotFoundError(errno.ENOENT, "no such file"), True, False),  # a file of the agent's own
        (PermissionError(errno.EACCES, "not permitted"), True, False),
        (ImportError("failed to map segment"), True, False),
        (EOFError("ran out of input"), False, False),
        (ValueError("no equilibrium"), False, False),
        (FloatingPointError("not a finite number"), False, False),
    ],
)
def test_whose_fault(error: Exception, batch: bool, agents: bool) -> None:
    """The compiled engine opens and imports nothing in a run; agents of a user may."""
    assert (of_machine(error, foreign=False), of_machine(error, foreign=True)) == (batch, agents)
