"""One writer a folder: a lock that the operating system holds and lets go of when its process ends, however it ends.

A file that merely says "locked" lies after a kill, and two processes that look for it at once both see none. Here the
file ``lock`` only carries the system's lock; what stands in it is for messages.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import platform
import sys
from pathlib import Path
from types import TracebackType

from sim.scenario.errors import one_line
from sim.store.errors import FolderInUse
from sim.store.folder import opened, read, writable
from sim.store.provenance import now

__all__ = ["FolderLock", "holder"]

NAME = "lock"
TAKEN = {errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK}
TRIES = 10
SIGNED = 4096  # bytes that say who holds it


class FolderLock:
    """The right to write into a folder, from ``take`` until ``release``."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._handle: int | None = None

    def take(self) -> None:
        """Raises FolderInUse if somebody else has it; Damaged if it is a link or no file; OSError for the disk."""
        for _ in range(TRIES):  # again only if the file was taken away between opening and locking
            handle = writable(self.path.parent, NAME, os.O_CREAT)
            try:
                _lock(handle)
            except OSError as error:
                os.close(handle)
                if error.errno in TAKEN:
                    raise FolderInUse(_in_use(self.path.parent)) from None
                error.filename = str(self.path)
                raise
            if self._is_named(handle):
                self._handle = handle
                self._sign(handle)
                return
            os.close(handle)
        raise FolderInUse(_in_use(self.path.parent))

    def check(self) -> None:
        """FolderInUse if the lock's file is no longer the one that was locked: another could hold the new one."""
        if self._handle is None or not self._is_named(self._handle):
            words = "its file lock was removed while this sweep was writing; allowed: to leave it there"
            raise FolderInUse(f"{self.path.parent}: {words}")

    def release(self) -> None:
        if self._handle is not None:
            with contextlib.suppress(OSError):
                os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> FolderLock:
        self.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _is_named(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), os.lstat(self.path))
        except FileNotFoundError:
            return False

    def _sign(self, handle: int) -> None:
        """Who holds it; only for messages, so a full disk does not matter."""
        who = json.dumps({"process": os.getpid(), "host": platform.node(), "since": now()})
        with contextlib.suppress(OSError):
            os.ftruncate(handle, 0)
            os.pwrite(handle, who.encode(), 0) if hasattr(os, "pwrite") else os.write(handle, who.encode())


def holder(folder: Path) -> str | None:
    """Who writes into a folder just now, in words; None if nobody does, or nobody can tell. Damaged as ``take``."""
    try:
        handle = opened(folder, NAME, os.O_RDWR)
    except OSError:
        return None
    try:
        _lock(handle)
    except OSError as error:
        return _who(folder) if error.errno in TAKEN else None
    finally:
        os.close(handle)
    return None


def _who(folder: Path) -> str:
    try:
        found = json.loads(read(folder, NAME, SIGNED))
        return one_line(f"process {found['process']} on {found['host']}, since {found['since']}")
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return "another process"


def _in_use(folder: Path) -> str:
    return f"{folder}: in use by {_who(folder)}; allowed: to wait until it ends, or another folder, --into"


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        os.lseek(handle, 1 << 30, os.SEEK_SET)  # far behind the words, which stay readable
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
