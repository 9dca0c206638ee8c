"""A folder of results is input, like a file that somebody sends: what is opened in it, and how much is read.

Nothing below the folder is reached through a link, only regular files are opened, never more is read than the caller
says there can be, and no name leads out. The folder itself may be reached through links: whoever typed it chose them.
This is a guard against what a folder holds, not against a process that changes it at the same moment.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from sim.store.errors import Damaged

__all__ = ["names", "opened", "own", "read", "size", "writable"]

NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")  # no dot first: no "..", no ".x.tmp"
GUARDED = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
KINDS = (
    (stat.S_ISLNK, "a link, which is not followed"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read(folder: Path, name: str, most: int) -> bytes:
    """The content of a file; ``most`` is how many bytes it can have.

    Raises:
        FileNotFoundError: there is none.
        Damaged: it is a link or no regular file, lies behind a link, or is larger.
        OSError: the disk.
    """
    handle = opened(folder, name)
    with open(handle, "rb") as file:
        found = os.fstat(handle).st_size
        if found > most:
            raise Damaged(f"{folder / name}: has {found:,} bytes; allowed: at most {most:,}")
        return file.read(found)  # what is added to it meanwhile is not looked at


def opened(folder: Path, name: str, flags: int = os.O_RDONLY) -> int:
    """A handle of a regular file, to be closed; raises as ``read``. With O_CREAT the file is made if it is missing."""
    path = folder / name
    found = _looked_at(folder, name)
    if found is None and not flags & os.O_CREAT:
        raise FileNotFoundError(2, os.strerror(2), str(path))
    if found is not None:
        _regular(path, found)
    handle = os.open(path, flags | GUARDED, 0o644)
    try:
        _regular(path, os.fstat(handle))
    except BaseException:
        os.close(handle)
        raise
    return handle


def writable(folder: Path, name: str, flags: int = 0) -> int:
    """``opened`` for reading and writing; Damaged also if the file has a second name, which would change with it."""
    handle = opened(folder, name, os.O_RDWR | flags)
    if os.fstat(handle).st_nlink > 1:
        os.close(handle)
        raise Damaged(f"{folder / name}: has a second name, a hard link; allowed: a copy of its own")
    return handle


def size(folder: Path, name: str) -> int | None:
    """How many bytes a regular file has; None if there is none. Damaged as ``read``."""
    found = _looked_at(folder, name)
    if found is None:
        return None
    _regular(folder / name, found)
    return found.st_size


def own(folder: Path, name: str) -> Path:
    """The path of a folder below this one, there or not; Damaged if it is something else or lies behind a link."""
    found = _looked_at(folder, name)
    if found is not None and not stat.S_ISDIR(found.st_mode):
        raise Damaged(f"{folder / name}: is {_kind(found)}; allowed: a folder")
    return folder / name


def names(folder: Path, name: str) -> list[str]:
    """What lies in a folder below this one, in order, nothing if it is missing; Damaged as ``own``."""
    try:
        return sorted(os.listdir(own(folder, name)))
    except FileNotFoundError:
        return []


def _looked_at(folder: Path, name: str) -> os.stat_result | None:
    """What lies there, looked at itself and not where it points; None if nothing. Every folder on the way is one."""
    if not NAME.fullmatch(name):
        raise Damaged(f"{folder}: names {name!r}; allowed: names of files in the folder")
    path, parts = folder, name.split("/")
    for number, part in enumerate(parts, start=1):
        path /= part
        try:
            found = os.lstat(path)
        except FileNotFoundError:
            return None
        if number < len(parts) and (not stat.S_ISDIR(found.st_mode) or _leads_away(found)):
            raise Damaged(f"{path}: is {_kind(found)}; allowed: a folder")
    return found


def _regular(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise Damaged(f"{path}: is {_kind(found)}; allowed: a regular file")


def _kind(found: os.stat_result) -> str:
    if _leads_away(found):
        return KINDS[0][1]
    return next((words for check, words in KINDS if check(found.st_mode)), "a regular file")


def _leads_away(found: os.stat_result) -> bool:
    """Whether it is a junction, which Windows follows as others follow a link."""
    return getattr(found, "st_reparse_tag", 0) == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1)
