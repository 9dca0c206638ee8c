"""The manifest: what is played, by which code, on which machine. Written before the first run, and never changed.

Its last entry is a checksum of all others, and its bytes are a function of what it says: any byte that changes shows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.store.declared import MOST_MANIFEST, check_manifest, most_of_journal
from sim.store.disk import DISK, Disk
from sim.store.errors import Damaged
from sim.store.files import checksum
from sim.store.journal import JOURNAL, Read, State, read, state

__all__ = ["MANIFEST", "Found", "decode", "differences", "encode", "found_in", "of"]

MANIFEST = "manifest.json"
SHOWN = 6  # differences in a message


def encode(manifest: Mapping[str, Any]) -> bytes:
    """A JSON file that a person can read."""
    sealed = {**manifest, "checksum": checksum(_canonical(manifest))}
    return (json.dumps(sealed, indent=1, ensure_ascii=False) + "\n").encode()


def _canonical(manifest: Mapping[str, Any]) -> bytes:
    return json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode()


def decode(data: bytes) -> dict[str, Any] | None:
    """What the bytes say; None if they are not as they were written."""
    try:
        found = json.loads(data)
        if isinstance(found, dict) and found.pop("checksum", None) and encode(found) == data:
            return found
    except (ValueError, RecursionError):
        pass
    return None


class Found:
    """What lies in a folder, looked at and not touched.

    Attributes:
        manifest: from its own file, else the journal's copy; None if neither is good.
        state: what the journal comes to. journal, sealed: what its bytes held, and whether the manifest's were good.
        has_manifest: whether its file is there. here: whether that or a journal is.
    """

    def __init__(self, manifest: bytes | None, journal: bytes | None) -> None:
        self.journal: Read = read(journal or b"")
        self.state: State = state(self.journal.records)
        own = decode(manifest or b"")
        self.sealed = own is not None
        self.manifest = own or self.state.manifest
        self.has_manifest = manifest is not None
        self.here = self.has_manifest or journal is not None


def found_in(folder: Path, disk: Disk = DISK) -> Found:
    """Read the manifest and the journal of a folder; both may be missing.

    Damaged for what is no regular file, is larger than it can be, or declares what cannot be.
    """
    manifest = _bytes(disk, folder, MANIFEST, MOST_MANIFEST)
    own = decode(manifest or b"")
    if own is not None:
        check_manifest(folder / MANIFEST, own)
    found = Found(manifest, _bytes(disk, folder, JOURNAL, most_of_journal(own)))
    if own is None and found.manifest is not None:
        check_manifest(folder / JOURNAL, found.manifest)
    return found


def _bytes(disk: Disk, folder: Path, name: str, most: int) -> bytes | None:
    try:
        return disk.read(folder, name, most)
    except (FileNotFoundError, NotADirectoryError):
        return None


def of(folder: Path, found: Found) -> dict[str, Any]:
    """The manifest of a folder that has one; Damaged if it cannot be read."""
    if found.manifest is None:
        words = "damaged, and so is its copy in the journal; allowed: the same sweep again, which keeps both aside"
        raise Damaged(f"{folder / MANIFEST}: {words}")
    return found.manifest


def plain(value: Any, before: str = "") -> dict[str, Any]:
    """Nested tables as one, with dotted names."""
    if isinstance(value, Mapping) and value:
        pairs = value.items()
    elif isinstance(value, list | tuple) and value:
        pairs = enumerate(value)  # type: ignore[assignment]
    else:
        return {before.removesuffix("."): value}
    return {name: one for key, below in pairs for name, one in plain(below, f"{before}{key}.").items()}


def differences(then: Mapping[str, Any], now: Mapping[str, Any], files: Mapping[str, str]) -> str:
    """What differs between a manifest and what would be played now, in words; empty if nothing does."""
    found = []
    for group in ("experiment", "scenario", "agents"):
        old, new = (plain(one[group]) if one.get(group) else {} for one in (then, now))
        for name in sorted(old.keys() | new.keys()):
            if old.get(name) != new.get(name) or (name in old) != (name in new):
                found.append(f"{group}.{name} was {_shown(old, name)}, is {_shown(new, name)}")
    if then.get("posterior") != now.get("posterior"):
        found.append("the shipped table posterior")
    if then["code"] != now["code"]:
        before = then.get("files", {})
        changed = [name for name in sorted(before.keys() | files.keys()) if before.get(name) != files.get(name)]
        found += [f"sim/{name} {_change(name, before, files)}" for name in changed] or ["the code"]
    return ", ".join(found[:SHOWN]) + (f" and {len(found) - SHOWN} more" if len(found) > SHOWN else "")


def _shown(table: Mapping[str, Any], name: str) -> str:
    return json.dumps(table[name], ensure_ascii=False)[:60] if name in table else "not there"


def _change(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> str:
    return "changed" if name in before and name in after else "is new" if name in after else "is gone"
