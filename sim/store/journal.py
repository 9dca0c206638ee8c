"""The journal: one line a record, only ever added to, each line with a digest over itself and the line before it.

::

    3f1c0a5be07d2264 {"manifest":{...}}                      first: the manifest once more, so that either can be mended
    90aa14c2b1e0c3d7 {"session":{"at":...,"git":...}}        a sweep began to play here
    c55e9f20d4413b0a {"put":{"runs/part-00003.parquet":{"rows":2000,"bytes":...,"sha256":"..."}}}
    77b0c1f3a9e2d811 {"drop":["runs/part-00003.parquet"],"why":"damaged"}

A part belongs to the results from the moment its line is on the disk. A line that was cut off by a crash has no end:
it was never promised, and is cut away. A whole line whose digest is wrong was changed, or stands where it was not
written: doubled, moved, after one that is gone, of another journal. It is named, the journal is kept in quarantine, and
what only that line knew is played again. In folders of format 1 every line stands for itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sim.store.files import checksum

__all__ = ["JOURNAL", "Read", "State", "line", "read", "state", "written"]

JOURNAL = "journal"
DIGITS = 16
FORMS = (("manifest", dict), ("session", dict), ("put", dict), ("drop", list))  # what a record holds, and as what


def line(record: dict[str, Any], after: bytes = b"") -> bytes:
    """A record as it stands in the file after the line with this mark; the first stands after none."""
    text = json.dumps(record, separators=(",", ":")).encode()
    return _digest(text, after) + b" " + text + b"\n"


def written(records: Iterable[dict[str, Any]], after: bytes = b"") -> tuple[bytes, bytes]:
    """Records as lines, the first of them after the line with this mark; and the mark of the last."""
    lines = []
    for record in records:
        lines.append(line(record, after))
        after = _mark_of(lines[-1])
    return b"".join(lines), after


def _mark_of(one: bytes) -> bytes:
    """What a line begins with, which the next one builds on."""
    return one.partition(b" ")[0]


def _digest(text: bytes, after: bytes) -> bytes:
    return checksum(after + text)[:DIGITS].encode()


@dataclass(frozen=True)
class Read:
    """What a journal's bytes hold.

    Attributes:
        records: of its good lines. bad: numbers of the others. end: where a tail that was cut off begins. torn: if any.
        mark: of its last whole line.
    """

    records: list[dict[str, Any]]
    bad: list[int]
    end: int
    torn: bool
    mark: bytes


def read(data: bytes, chained: bool = True) -> Read:
    """Take a journal apart; nothing in it is believed without its digest. ``chained``: of format 2 or later."""
    end = data.rfind(b"\n") + 1
    records, bad, after = [], list[int](), b""
    for number, one in enumerate(data[:end].split(b"\n")[:-1], start=1):
        found = _record(one, after if chained else b"")
        if found is None:
            bad.append(number)
        else:
            records.append(found)
        after = _mark_of(one)
    return Read(records, bad, end, end < len(data), after)


def _record(one: bytes, after: bytes) -> dict[str, Any] | None:
    mark, _, text = one.partition(b" ")
    if mark != _digest(text, after):
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
