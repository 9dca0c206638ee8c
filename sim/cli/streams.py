"""Standard streams that are closed, full, or read by nobody any more."""

from __future__ import annotations

import errno
import os
import sys

__all__ = ["UNREAD", "flush", "open_closed"]

UNREAD = 141  # as of any command whose reader ends first, such as head


def open_closed() -> None:
    """Open what was closed before we began (``>&-``) as nothing: what is printed there goes nowhere.

    Else the next file that is opened, the journal perhaps, would be what a library writes its messages into.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free, which is this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115


def flush() -> tuple[int, str]:
    """Write out what was printed; the exit code and words if it could not be. It is dropped then, not tried again."""
    try:
        sys.stdout.flush()
    except OSError as error:
        if sys.stdout is sys.__stdout__ and sys.stdout is not None:
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, sys.stdout.fileno())
            os.close(nothing)
        return (UNREAD, "") if error.errno == errno.EPIPE else (74, f"standard output: {error.strerror}")
    return 0, ""
