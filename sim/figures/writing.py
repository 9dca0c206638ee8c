"""Figures as files that belong together: all of a set are written or none, and what is not drawn again goes.

A list beside them, ``drawn.json``, says which sweep each file shows and holds its checksum. Only files on it are ever
removed, and only while they are as they were written.
"""

from __future__ import annotations

import errno
import json
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sim.store.disk import DISK
from sim.store.errors import Damaged, ResultsError
from sim.store.files import ENDING, checksum, place

__all__ = ["LIST", "listed", "place_all", "place_set"]

LIST = "drawn.json"
LARGEST = 64_000_000  # bytes of a figure or a list that is read


def place_all(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write files into a folder, each over one of its name: all of them, or none if one cannot be written.

    Raises:
        OSError: the disk, naming the file; what was there is as it was.
    """
    DISK.make_folder(folder)
    waiting: dict[str, Path] = {}
    try:
        for name, content in contents.items():
            waiting[name] = folder / f".{name}.{secrets.token_hex(6)}{ENDING}"
            _write(waiting[name], folder / name, content)
        for name in contents:
            DISK.rename(waiting[name], folder / name)
            del waiting[name]
    finally:
        for path in waiting.values():
            DISK.remove(path)
    DISK.sync_folder(folder)
    return [folder / name for name in contents]


def _write(beside: Path, path: Path, content: bytes) -> None:
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "is a folder", str(path))
        DISK.write(beside, content)
        DISK.sync(beside)
    except OSError as error:
        error.filename = str(path)  # a full disk does not say where, and nobody knows the other name
        raise


def place_set(folder: Path, contents: Mapping[str, bytes], source: str, about: str, own: bool) -> list[Path]:
    """Write the figures of a sweep, and clear those of it that are not drawn any more.

    Args:
        source: which sweep they show. about: how far it is, for the list.
        own: whether the folder holds nothing but the figures of this sweep, so that any may be written over.

    Raises:
        ResultsError: a file of a figure's name that is none of this sweep's figures.
        OSError: as ``place_all``.
    """
    before = listed(folder)
    mine = before.get(source, {}).get("files", {})
    for name in contents:
        path = folder / name
        if not own and name not in mine and (path.exists() or path.is_symlink()):
            words = "is there already and is no figure of these results; allowed: another folder"
            raise ResultsError(f"{path}: {words}")
    now = {name: checksum(content) for name, content in contents.items()}
    entry = {"shows": about, "files": {**mine, **now}}
    paths = place_all(folder, {**contents, LIST: _encoded({**before, source: entry})})[:-1]
    old = _stale(folder, mine, now)
    for path in old:
        DISK.remove(path)
    if old:
        place(DISK, folder / LIST, _encoded({**before, source: {"shows": about, "files": now}}))
    return paths


def _stale(folder: Path, files: Mapping[str, str], kept: Iterable[str]) -> list[Path]:
    """The files of a list that are as they were written, but for those that are kept."""
    return [folder / name for name in files if name not in kept and _as_written(folder, name, files[name])]


def _as_written(folder: Path, name: str, written: str) -> bool:
    try:
        return "/" not in name and checksum(DISK.read(folder, name, LARGEST)) == written
    except (Damaged, FileNotFoundError):  # also for a link, and what else is no file of ours
        return False


def _encoded(entries: Mapping[str, Any]) -> bytes:
    return (json.dumps(entries, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def listed(folder: Path) -> dict[str, Any]:
    """What the list says: sweep -> what it ``shows``, and ``files`` with their checksums; nothing without one of ours.

    Raises:
        Damaged: a link or no regular file where the list belongs.
    """
    try:
        found = json.loads(DISK.read(folder, LIST, LARGEST))
    except (FileNotFoundError, NotADirectoryError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and all(map(_well_formed, found.values())) else {}


def _well_formed(entry: object) -> bool:
    files = entry.get("files") if isinstance(entry, dict) else None
    return isinstance(files, dict) and all(isinstance(one, str) for one in files.values())
