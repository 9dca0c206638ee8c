"""Compiled code on disk: a folder that is ours alone, and files that are checked before anything in them is trusted.

What is read is unpickled and run. So a folder or file that belongs to somebody else, or that others may write to, is
not used, and neither is a file whose checksum does not hold. Nothing here ends a run: what cannot be read is compiled
anew, and what cannot be written is compiled by every process; there is one warning of each kind.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

__all__ = ["CodeCache", "CodeCacheWarning", "notes", "places", "unfit"]

MARK = b"burdenshare compiled code 1\n"
CHECKED = len(MARK) + hashlib.sha256().digest_size
KEPT = 8  # files of a function: for other sources, processors and releases of what compiles
UNFINISHED = ".new"
LEFT = 3600.0  # seconds after which a file that somebody has not written to its end is removed

notes: list[str] = []  # what was warned of in this process


class CodeCacheWarning(RuntimeWarning):
    """Compiled code cannot be kept, or cannot be trusted."""


def places() -> Iterator[tuple[Path, str]]:
    """Where the folder may lie, the first choice first, each with the variable of the environment that names it."""
    if named := os.environ.get("NUMBA_CACHE_DIR"):
        with contextlib.suppress(OSError):  # a relative one, and the working folder is gone
            yield Path(named, "burdenshare").absolute(), "NUMBA_CACHE_DIR"
    if os.path.isabs(named := os.environ.get("XDG_CACHE_HOME", "")):  # as its specification has it
        yield Path(named, "burdenshare"), "XDG_CACHE_HOME"
    with contextlib.suppress(RuntimeError):  # there is no home
        yield Path("~/.cache/burdenshare").expanduser(), ""
    with contextlib.suppress(OSError):  # nor a folder for temporary files
        yield Path(tempfile.gettempdir(), f"burdenshare-{_user()}"), ""


def unfit(folder: Path) -> str:
    """Why a folder is not used, empty if it can be; made if it is not there."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = os.lstat(folder)
    except OSError as error:
        return error.strerror or str(error)
    if not stat.S_ISDIR(found.st_mode):
        return "no folder, or a link to one"
    return _foreign(found) or ("" if os.access(folder, os.W_OK | os.X_OK) else "not writable")


class CodeCache:
    """The files of one folder, found when it is first needed."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._sought = folder is not None
        self._warned: set[str] = set()

    @property
    def folder(self) -> Path | None:
        """The first of ``places`` that can be used; None if there is none."""
        if not self._sought:
            self._folder, self._sought = self._found(), True
        return self._folder

    def _found(self) -> Path | None:
        passed: list[str] = []
        told = False  # what somebody has named, or lies there and is not as it should be, is not passed by in silence
        for folder, variable in places():
            why = unfit(folder)
            if not why:
                if told:
                    self._warn("folder", f"{'; '.join(passed)}; compiled code is kept in {folder}")
                return folder
            passed.append(f"{folder}: {why}")
            told = told or bool(variable) or os.path.lexists(folder)
        self._warn("folder", f"{'; '.join(passed) or 'no folder'}; {EVERY_PROCESS}")
        return None

    def holds(self, start: str) -> bool:
        """Whether a file's name begins so."""
        with contextlib.suppress(OSError):
            return self.folder is not None and any(name.startswith(start) for name in os.listdir(self.folder))
        return False

    def read(self, name: str) -> bytes | None:
        """What was written under this name; None if it is not there, or is not that."""
        if self.folder is None:
            return None
        path = self.folder / name
        content, why = _verified(path)
        if why:
            self.distrust(name, why)
        if content is not None:
            with contextlib.suppress(OSError):
                os.utime(path)  # the files that are used stay
        return content

    def damage(self) -> dict[str, str]:
        """Every file of compiled code, with why it is not used, empty if it is; none without a folder."""
        if self.folder is None:
            return {}
        names = sorted(name for name in os.listdir(self.folder) if not name.endswith(UNFINISHED))
        return {name: _verified(self.folder / name)[1] for name in names}

    def distrust(self, name: str, why: str) -> None:
        """Say that a file is not used."""
        self._warn("read", f"{self.folder}/{name}: {why}; it is not used, and compiled anew")

    def write(self, name: str, content: bytes) -> None:
        """Keep something under a name, whole or not at all, and only the newest files of the same function."""
        if self.folder is None:
            return
        new = self.folder / f"{name}.{secrets.token_hex(4)}{UNFINISHED}"
        try:
            with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(_head(name, content) + content)
            os.replace(new, self.folder / name)
            self._prune(name.split("-")[0])
        except OSError as error:
            with contextlib.suppress(OSError):
                new.unlink()
            self._warn("write", f"{self.folder}: {error.strerror or error}; {EVERY_PROCESS}")

    def _prune(self, function: str) -> None:
        found = []
        for one in os.scandir(self.folder):
            with contextlib.suppress(FileNotFoundError):  # another process does the same
                if one.name.endswith(UNFINISHED):
                    if time.time() - one.stat().st_mtime > LEFT:
                        os.unlink(one.path)
                elif one.name.startswith(f"{function}-"):
                    found.append((one.stat().st_mtime, one.path))
        for _, path in sorted(found)[:-KEPT]:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)

    def _warn(self, kind: str, words: str) -> None:
        """One warning of a kind."""
        if kind not in self._warned:
            self._warned.add(kind)
            notes.append(f"compiled code: {words}")
            warnings.warn(notes[-1], CodeCacheWarning, stacklevel=2)


EVERY_PROCESS = "every process compiles for itself; set NUMBA_CACHE_DIR to a folder that you alone can write to"


def _verified(path: Path) -> tuple[bytes | None, str]:
    """What was written into a file, or None and why it must not be used; None alone if it is not there."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(path, flags), "rb") as file:
            found = os.fstat(file.fileno())
            why = _foreign(found) if stat.S_ISREG(found.st_mode) else "no file"
            content = b"" if why else file.read()
    except FileNotFoundError:
        return None, ""
    except OSError as error:
        return None, error.strerror or str(error)
    whole = content[:CHECKED] == _head(path.name, content[CHECKED:])
    return (content[CHECKED:], "") if whole and not why else (None, why or "damaged")


def _head(name: str, content: bytes) -> bytes:
    return MARK + hashlib.sha256(name.encode() + b"\0" + content).digest()


def _foreign(found: os.stat_result) -> str:
    """Why something cannot be trusted to hold what we wrote."""
    if not hasattr(os, "getuid"):
        return ""
    if found.st_uid != os.getuid():
        return "belongs to another user"
    return "others may write to it" if found.st_mode & 0o022 else ""


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else "user"
