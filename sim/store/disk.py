"""All that the store asks of a file system, in one small class: tests put one in its place that fails or forgets.

Nothing here flushes by itself. A file lasts a power loss once ``sync`` has returned; its name, a rename, a new folder
once ``sync_folder`` has.
"""

from __future__ import annotations

import contextlib
import errno
import os
import warnings
from pathlib import Path

from sim.store import folder as inside

__all__ = ["DISK", "Disk", "FlushWarning"]

NO_FLUSH = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EBADF, errno.ENOSYS}  # what says that it cannot


class Disk:
    """The file system as it is; every method raises OSError, and Damaged for what is no file or folder of results."""

    def make_folder(self, path: Path) -> None:
        """A folder and those above it that are missing, each of which lasts."""
        if path.is_dir():
            return
        self.make_folder(path.parent)
        try:
            path.mkdir()
        except FileExistsError:
            if not path.is_dir():  # another sweep may have been quicker
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path)) from None
        self.sync_folder(path.parent)

    def read(self, folder: Path, name: str, most: int) -> bytes:
        """A file of a folder that may be anybody's; raises as ``sim.store.folder.read``."""
        return inside.read(folder, name, most)

    def names(self, folder: Path) -> list[str]:
        """What lies in a folder, in order; nothing if there is none."""
        try:
            return sorted(os.listdir(folder))
        except FileNotFoundError:
            return []

    def write(self, path: Path, data: bytes) -> None:
        """A file that was not there."""
        with open(path, "xb") as file:
            file.write(data)

    def append(self, path: Path, data: bytes) -> None:
        with open(inside.writable(path.parent, path.name), "r+b") as file:
            file.seek(0, os.SEEK_END)
            file.write(data)

    def truncate(self, path: Path, size: int) -> None:
        with open(inside.writable(path.parent, path.name), "r+b") as file:
            file.truncate(size)

    def rename(self, path: Path, to: Path) -> None:
        os.replace(path, to)

    def remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def sync(self, path: Path) -> None:
        """What was written to a file lasts."""
        handle = os.open(path, os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def sync_folder(self, path: Path) -> None:
        """The names in a folder last; where a folder cannot be opened (Windows) the system sees to it.

        Where it can be opened and not flushed (SMB, sshfs), a warning says once that names may not last a power loss.
        """
        with contextlib.suppress(PermissionError):
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            except OSError as error:
                if error.errno not in NO_FLUSH:
                    raise
                _warn_once(path, handle)
            finally:
                os.close(handle)


class FlushWarning(RuntimeWarning):
    """A file system that does not flush all that it is asked to."""


def _warn_once(path: Path, handle: int) -> None:
    device = os.fstat(handle).st_dev
    if device not in _warned:
        _warned.add(device)
        words = "its file system flushes no folders; after a power loss files may be missing, which resume plays again"
        warnings.warn(f"{path}: {words}", FlushWarning, stacklevel=3)


_warned: set[int] = set()  # file systems


DISK = Disk()
