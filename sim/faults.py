"""Faults of the machine. The run that meets one is not to blame: what plays stops, and can go on when it is mended."""

from __future__ import annotations

import errno

__all__ = ["MachineFault", "of_machine"]

# what a process is out of, or a disk that fails
SPENT = {
    getattr(errno, name, -1)
    for name in ("EAGAIN", "EDQUOT", "EIO", "EMFILE", "ENFILE", "ENOLCK", "ENOMEM", "ENOSPC", "EROFS", "ESTALE")
}


class MachineFault(RuntimeError):
    """Something that playing takes does not work here; one line that says what to do."""


def of_machine(error: Exception, *, foreign: bool) -> bool:
    """Whether what a run raised is the machine's fault.

    ``foreign``: the run plays a user's code, which may open files and import modules of its own.
    """
    if isinstance(error, OSError):
        return not foreign or error.errno in SPENT
    return isinstance(error, MemoryError | MachineFault) or (isinstance(error, ImportError) and not foreign)
