"""The manifest: what is played, by which code, on which machine. Written before the first run, and never changed.

Its last entry is a checksum of all others, and its bytes are a function of what it says: any byte that changes shows.

What lies in a folder is bound together: the folder's name ends in the manifest's digest, the journal begins with the
manifest, each of its lines builds on the one before it, and they hold the checksums of all other files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.store.declared import MOST_MANIFEST, check_manifest, most_of_journal
from sim.store.disk import DISK, Disk
from sim.store.errors import Damaged, OtherVersion
from sim.store.files import checksum
from sim.store.journal import JOURNAL, Read, State, read, state

__all__ = ["FORMAT", "MANIFEST", "Found", "decode", "differences", "encode", "found_in", "of", "writer"]

# Of what lies in a folder, and of what it means. Raised when an older version could not read it, or would read it
# wrongly; all that came before can still be read. 2: the journal is a chain, samples and draws are stored, points that
# a design compares share their luck.
FORMAT = 2
MANIFEST = "manifest.json"
SHOWN = 6  # differences in a message
NAMED = re.compile(r"-([0-9a-f]{12})(-[0-9]{1,6}of[0-9]{1,6})?\Z")  # how a sweep ends the name of its folder


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
        two: whether both are good and speak of different sweeps.
        has_manifest: whether its file is there. here: whether that or a journal is.
    """

    def __init__(self, manifest: bytes | None, journal: bytes | None) -> None:
        own = decode(manifest or b"")
        self.journal: Read = read(journal or b"", chained=_format(own or _first(journal or b"")) != 1)
        self.state: State = state(self.journal.records)
        self.sealed = own is not None
        self.manifest = own or self.state.manifest
        self.two = self.sealed and self.state.manifest not in (None, own)
        self.has_manifest = manifest is not None
        self.here = self.has_manifest or journal is not None


def _first(journal: bytes) -> Any:
    """The manifest in a journal's first line, which every format writes alike."""
    records = read(journal[: journal.find(b"\n") + 1]).records
    return records[0].get("manifest") if records else None


def _format(manifest: Any) -> Any:
    """Of a manifest; that of this version where there is none to say."""
    return manifest.get("format") if isinstance(manifest, Mapping) else FORMAT


def found_in(folder: Path, disk: Disk = DISK) -> Found:
    """Read the manifest and the journal of a folder; both may be missing.

    Raises:
        Damaged: what is no regular file, is larger than it can be, or declares what cannot be.
        OtherVersion: a format that came after this version.
    """
    manifest = _bytes(disk, folder, MANIFEST, MOST_MANIFEST)
    own = decode(manifest or b"")
    if own is not None:
        _check(folder / MANIFEST, own)
    found = Found(manifest, _bytes(disk, folder, JOURNAL, most_of_journal(own)))
    if own is None and found.manifest is not None:
        _check(folder / JOURNAL, found.manifest)
    return found


def _bytes(disk: Disk, folder: Path, name: str, most: int) -> bytes | None:
    try:
        return disk.read(folder, name, most)
    except (FileNotFoundError, NotADirectoryError):
        return None


def of(folder: Path, found: Found) -> dict[str, Any]:
    """The manifest of a folder that has one.

    Raises:
        Damaged: it cannot be read, or belongs to another sweep than the journal or the folder.
    """
    path = folder / MANIFEST
    if found.manifest is None:
        words = "damaged, and so is its copy in the journal; allowed: the same sweep again, which keeps both aside"
        raise Damaged(f"{path}: {words}")
    if found.two:
        words = "is of another sweep than the journal beside it; allowed: the one that was written here, which resume"
        raise Damaged(f"{path}: {words} takes from the journal if there is none")
    named = NAMED.search(folder.resolve().name)
    if named and not str(found.manifest.get("digest")).startswith(named[1]):
        words = f"is of another sweep than its folder, whose digest begins with {named[1]}"
        raise Damaged(f"{path}: {words}; allowed: the one that was written here")
    return found.manifest


def _check(path: Path, manifest: Mapping[str, Any]) -> None:
    """Raises as ``found_in``."""
    form = manifest.get("format")
    if type(form) is not int or form < 1:
        raise Damaged(f"{path}: format: no number of a format; allowed: 1 to {FORMAT}")
    if form > FORMAT:
        words = f"of format {form}, by {writer(manifest)}; allowed: format 1 to {FORMAT}, or that version"
        raise OtherVersion(f"{path}: {words}")
    check_manifest(path, manifest)


def writer(manifest: Mapping[str, Any]) -> str:
    """Who wrote a folder, in words: the version, the code and the state of git."""
    packages, git = manifest.get("packages"), manifest.get("git")
    version = packages.get("burdenshare") if isinstance(packages, Mapping) else None
    commit = str(git.get("commit"))[:12] if isinstance(git, Mapping) else ""
    changed = " with changes" if isinstance(git, Mapping) and git.get("changed") else ""
    code = f"code {str(manifest.get('code'))[:12]}"
    return f"burdenshare {version or 'of unknown version'} ({code}{f', git {commit}{changed}' if commit else ''})"


def plain(value: Any, before: str = "") -> dict[str, Any]:
    """Nested tables as one, with dotted names."""
    if isinstance(value, Mapping) and value:
        pairs = value.items()
    elif isinstance(value, list | tuple) and value:
        pairs = enumerate(value)  # type: ignore[assignment]
    else:
        return {before.removesuffix("."): value}
    return {name: one for key, below in pairs for name, one in plain(below, f"{before}{key}.").items()}


def differences(
    then: Mapping[str, Any], now: Mapping[str, Any], files: Mapping[str, str], packages: Mapping[str, Any]
) -> str:
    """What differs between a manifest and what would be played now, in words; empty if nothing does.

    ``files`` and ``packages`` are those at hand; packages are named where a sample differs, which they draw.
    """
    found = []
    for group in ("experiment", "scenario", "agents"):
        old, new = (plain(one[group]) if one.get(group) else {} for one in (then, now))
        for name in sorted(old.keys() | new.keys()):
            if old.get(name) != new.get(name) or (name in old) != (name in new):
                found.append(f"{group}.{name} was {_shown(old, name)}, is {_shown(new, name)}")
    if then.get("draws") != now.get("draws"):
        found.append("the shipped table posterior")
    if then.get("sample") != now.get("sample"):
        found.append(f"the sample that the design draws{_samplers(then.get('packages', {}), packages)}")
    if then["code"] != now["code"]:
        before = then.get("files", {})
        changed = [name for name in sorted(before.keys() | files.keys()) if before.get(name) != files.get(name)]
        found += [f"sim/{name} {_change(name, before, files)}" for name in changed] or ["the code"]
    return ", ".join(found[:SHOWN]) + (f" and {len(found) - SHOWN} more" if len(found) > SHOWN else "")


def _samplers(then: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    moved = [name for name in ("SALib", "scipy", "numpy") if then.get(name) != now.get(name)]
    told = ", ".join(f"{name} was {then.get(name)}, is {now.get(name)}" for name in moved)
    return f" ({told})" if told else ""


def _shown(table: Mapping[str, Any], name: str) -> str:
    return json.dumps(table[name], ensure_ascii=False)[:60] if name in table else "not there"


def _change(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> str:
    return "changed" if name in before and name in after else "is new" if name in after else "is gone"
