"""The command ``burdenshare``, also ``python -m sim``: how it ends when somebody ends it.

The first Ctrl-C, or a cluster's SIGTERM, stops what runs in order: what was committed is whole, and a line says how to
go on. A second one ends the process at once. Both have a documented exit code, also while the first modules are
imported and while Python takes itself down.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from types import FrameType

__all__ = ["main"]

INTERRUPTED = 130
STOPS = (signal.SIGINT, signal.SIGTERM)
SHOW_CURSOR = b"\x1b[?25h"  # a bar hides it


def main() -> int:
    """Run the command; returns the exit code."""
    _on_stop(_first)
    try:
        from sim.cli import main as command

        code = command()
    except KeyboardInterrupt:  # between what knows better
        code = INTERRUPTED
    _on_stop(signal.SIG_IGN)  # all is done and said, and Python would take its own handlers away before it ends
    _leave_nobody(code)
    return code


def _on_stop(handler: object) -> None:
    for one in STOPS:
        if signal.getsignal(one) is not signal.SIG_IGN or handler is signal.SIG_IGN:  # as in the background of a shell
            signal.signal(one, handler)  # type: ignore[arg-type]


def _first(number: int, frame: FrameType | None) -> None:
    _on_stop(_second)
    raise KeyboardInterrupt


def _second(number: int, frame: FrameType | None) -> None:
    """End now: whatever has been committed is whole, locks and workers go with this process."""
    with contextlib.suppress(OSError):
        if os.isatty(2):
            os.write(2, SHOW_CURSOR)
        os.write(2, b"burdenshare: interrupted twice, ended at once; what was committed is whole\n")
    os._exit(INTERRUPTED)


def _leave_nobody(code: int) -> None:
    """End without Python's farewell if a thread is left that is stuck: it would be stopped inside of foreign code."""
    if any(one.daemon for one in threading.enumerate()):
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
