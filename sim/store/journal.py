"""The journal: one line a record, each with a checksum of its own, only ever added to.

::

    3f1c0a5be07d2264 {"manifest":{...}}                      first: the manifest once more, so that either can be mended
    90aa14c2b1e0c3d7 {"session":{"at":...,"git":...}}        a sweep began to play here
    c55e9f20d4413b0a {"put":{"runs/part-00003.parquet":{"rows":2000,"bytes":...,"sha256":"..."}}}
    77b0c1f3a9e2d811 {"drop":["runs/part-00003.parquet"],"why":"damaged"}

A part belongs to the results from the moment its line is on the disk. A line that was cut off by a crash has no end:
it was never promised, and is cut away. A whole line whose checksum is wrong is damage: it is named, the journal is
kept in quarantine, and what only that line knew is played again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sim.store.files import checksum

__all__ = ["JOURNAL", "Read", "State", "line", "read", "state"]

JOURNAL = "journal"
DIGITS = 16
FORMS = (("manifest", dict), ("session", dict), ("put", dict), ("drop", list))  # what a record holds, and as what


def line(record: dict[str, Any]) -> bytes:
    """A record as it stands in the file."""
    text = json.dumps(record, separators=(",", ":")).encode()
    return checksum(text)[:DIGITS].encode() + b" " + text + b"\n"


@dataclass(frozen=True)
class Read:
    """What a journal's bytes hold: its good records, the numbers of its bad lines, where a cut-off tail begins."""

    records: list[dict[str, Any]]
    bad: list[int]
    end: int
    torn: bool


def read(data: bytes) -> Read:
    """Take a journal apart; nothing in it is believed without its checksum."""
    end = data.rfind(b"\n") + 1
    records, bad = [], []
    for number, one in enumerate(data[:end].split(b"\n")[:-1], start=1):
        found = _record(one)
        if found is None:
            bad.append(number)
        else:
            records.append(found)
    return Read(records, bad, end, end < len(data))


def _record(one: bytes) -> dict[str, Any] | None:
    mark, _, text = one.partition(b" ")
    if mark != checksum(text)[:DIGITS].encode():
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    formed = isinstance(found, dict) and all(isinstance(found.get(key, made()), made) for key, made in FORMS)
    return found if formed else None


@dataclass(frozen=True)
class State:
    """What the records come to.

    Attributes:
        manifest: the copy of the manifest, if its line is good.
        parts: name of a file -> its rows, bytes, sha256, and the runs of it that failed.
        sessions: when and with what a sweep began to play here.
    """

    manifest: dict[str, Any] | None
    parts: dict[str, Any]
    sessions: list[dict[str, Any]]


def state(records: Iterable[dict[str, Any]]) -> State:
    """Play the records through; of two that speak of the same file the later one holds."""
    manifest: dict[str, Any] | None = None
    parts: dict[str, Any] = {}
    sessions: list[dict[str, Any]] = []
    for record in records:
        if "manifest" in record:
            manifest = record["manifest"]
        elif "session" in record:
            sessions.append(record["session"])
        elif "put" in record:
            parts |= record["put"]
        elif "drop" in record:
            for name in filter(parts.__contains__, map(str, record["drop"])):
                del parts[name]
    return State(manifest, parts, sessions)
