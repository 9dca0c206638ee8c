"""The folder of one sweep while it is played: the one place where results are committed, dropped and set aside.

The order of every step is the promise. A part: its files are written aside, flushed, renamed, their names flushed; then
its line in the journal is added and flushed. Whatever stops the sweep between two steps, the line speaks only of files
that are whole, and a file without a line is no result. Damage: the file goes to ``quarantine/``, then a line drops it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa

from sim.codecache import notes
from sim.machine import threads
from sim.store.declared import MOST_JOURNAL, MOST_MANIFEST, declared, most_of_file, most_of_journal
from sim.store.disk import DISK, Disk
from sim.store.errors import Damaged, OtherVersion, ResultsError
from sim.store.files import checksum, clear, encoded, place, write_whole
from sim.store.folder import own, size
from sim.store.journal import JOURNAL, written
from sim.store.layout import common, files_in, kinds, names, numbers
from sim.store.lock import FolderLock
from sim.store.manifest import FORMAT, MANIFEST, encode, found_in, of, writer
from sim.store.provenance import code_files, git, machine, now, packages

__all__ = ["QUARANTINE", "Played", "Store"]

QUARANTINE = "quarantine"


@dataclass(frozen=True)
class Played:
    """One part as bytes, made by whatever machine.

    Attributes:
        files: name -> content and number of rows.
        failed: (cell, replicate, why) of the runs that are not in them.
    """

    files: dict[str, tuple[bytes, int]]
    failed: list[tuple[int, int, str]] = field(default_factory=list)

    @property
    def runs(self) -> int:
        """How many runs it accounts for."""
        return next(iter(self.files.values()))[1] + len(self.failed)

    def entries(self) -> dict[str, Any]:
        """What the journal says of it; the failed runs stand with the first file."""
        found: dict[str, Any] = {
            name: {"rows": rows, "bytes": len(data), "sha256": checksum(data)}
            for name, (data, rows) in self.files.items()
        }
        if self.failed:
            found[next(iter(found))]["failed"] = [list(one) for one in self.failed]
        return found


class Store:
    """Writes one folder of results; in a ``with`` block it holds the folder's lock.

    Only one thread may call it. Every method may raise OSError; nothing that was committed is lost by that, and no
    other method may be called after it.

    Attributes:
        folder: where. manifest: what is played. known: whether a sweep of this digest has begun here before.
        mended: what was found damaged here, in words; it is in quarantine and has to be played again.
    """

    def __init__(self, folder: Path, header: dict[str, Any], disk: Disk = DISK) -> None:
        """Look, write nothing yet; ``header`` is what the manifest says of the experiment, name and digest among it."""
        self.folder, self._header, self._disk = folder, header, disk
        self._lock = FolderLock(folder)
        self.mended: list[str] = []
        self._mark = b""  # of the journal's last line
        self._look()

    def _look(self) -> None:
        self._found = found = found_in(self.folder, self._disk)
        self.known = found.manifest is not None
        here = of(self.folder, found) if self.known else self._header
        if here.get("format", FORMAT) != FORMAT:
            words = f"by {writer(here)}, in format {here['format']}; allowed: to read it, or another folder, --into"
            raise OtherVersion(f"{self.folder}: {words}")
        if any(here.get(name) != self._header.get(name) for name in ("digest", "shard", "part")):
            raise ResultsError(f"{self.folder}: holds another experiment; allowed: another folder, --into")
        if not self.known and len(encode(here)) > MOST_MANIFEST // 2:  # the rest is for machine, packages and files
            raise ResultsError(f"{self.folder}: too long an experiment to be written down; allowed: a table of cells")
        self.manifest = here
        listed = found.state.parts if self.known else {}  # without a manifest nobody can say what they are of
        self._parts = declared(self.folder / JOURNAL, here, listed)

    def __enter__(self) -> Store:
        self._disk.make_folder(self.folder)
        self._lock.take()
        try:
            self._look()  # again: it may have changed until we had the lock
            self._mend()
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    # What is there

    @property
    def complete(self) -> bool:
        """Whether the journal names every file there is to be; ``whole`` says whether they are as they were written."""
        return len(self._parts) == files_in(self.manifest)

    @property
    def failed(self) -> list[int]:
        """The numbers of the parts in which runs failed."""
        return [n for n in numbers(self.manifest) if self._parts.get(names(self.manifest, n)[0], {}).get("failed")]

    def has(self, name: str) -> bool:
        """Whether a file is part of the results."""
        return name in self._parts

    def whole(self) -> bool:
        """Whether everything is complete and as it was written, to the last bit; looks and writes nothing."""
        found = self._found
        clean = found.sealed and found.state.manifest is not None and not found.journal.bad and not found.journal.torn
        return clean and self.complete and not self._damaged()

    def missing(self) -> list[int]:
        """The numbers of the parts that have to be played."""
        return [n for n in numbers(self.manifest) if any(name not in self._parts for name in names(self.manifest, n))]

    def _damaged(self) -> list[tuple[str, str]]:
        """The files that are not as they were written: name and what is wrong."""
        with threads() as pool:  # hashing leaves Python's lock alone
            wrong = pool.map(self._wrong, self._parts.items())
            return [(name, why) for name, why in zip(self._parts, wrong, strict=True) if why]

    def _wrong(self, part: tuple[str, dict[str, Any]]) -> str:
        name, entry = part
        try:
            data = self._disk.read(self.folder, name, most_of_file(name))
        except FileNotFoundError:
            return "missing"
        except Damaged:
            return "damaged"
        return "" if checksum(data) == entry["sha256"] else "damaged"

    # What changes it

    def begin(self) -> None:
        """Set aside what is damaged, and say that a sweep plays here from now on."""
        for name, why in self._damaged():
            self.drop([name], why)
        warned = {"warned": list(notes)} if notes else {}
        session = {"at": now(), "packages": packages(), "machine": machine(), "git": git(), **warned}
        self._write_down([{"session": session}])

    def keep(self, sessions: Iterable[dict[str, Any]]) -> None:
        """Note where and with what parts were played that come from another folder."""
        known = self._found.state.sessions
        self._write_down([{"session": session} for session in sessions if session not in known])

    def put(self, name: str, tables: Iterable[pa.Table]) -> None:
        """Write a file that is of no part, such as the table of cells, unless it is there."""
        if not self.has(name):
            self._disk.make_folder((self.folder / name).parent)
            self.commit([Played({name: encoded(tables)})])

    def commit(self, played: Sequence[Played]) -> None:
        """Make parts results: when this returns, they last."""
        self._lock.check()
        folders = set()
        for part in played:
            for name, (data, _) in part.files.items():
                if len(data) > most_of_file(name):
                    words = f"{len(data):,} bytes; allowed: at most {most_of_file(name):,}"
                    raise ResultsError(f"{self.folder / name}: too large to be read again, {words}")
                place(self._disk, self.folder / name, data)
                folders.add((self.folder / name).parent)
        for folder in sorted(folders):
            self._disk.sync_folder(folder)
        entries = [part.entries() for part in played]
        self._write_down([{"put": entry} for entry in entries])
        for entry in entries:
            self._parts |= entry

    def drop(self, names: Sequence[str], why: str) -> None:
        """Take files out of the results; those that are damaged are kept in quarantine."""
        for name in names:
            if why == "damaged":
                self._set_aside(name)
            if why in ("damaged", "missing"):
                kept = f"; kept in {self.folder / QUARANTINE}" if why == "damaged" else ""
                self.mended.append(f"{self.folder / name}: {why}{kept}, and played again")
            self._parts.pop(name, None)
        self._write_down([{"drop": list(names), "why": why}])

    def drop_failed(self) -> None:
        """Take the parts in which runs failed out of the results, so that they are played again."""
        for number in self.failed:
            self.drop(names(self.manifest, number), "to be played again")

    def _write_down(self, records: Sequence[dict[str, Any]]) -> None:
        added, self._mark = written(records, self._mark)
        if (size(self.folder, JOURNAL) or 0) + len(added) > most_of_journal(self.manifest):
            words = "too long to be read again; allowed: another folder, --into"
            raise ResultsError(f"{self.folder / JOURNAL}: {words}")
        self._disk.append(self.folder / JOURNAL, added)
        self._disk.sync(self.folder / JOURNAL)

    def _set_aside(self, name: str) -> None:
        aside = self._aside(name)
        self._disk.rename(self.folder / name, aside)
        self._disk.sync_folder(aside.parent)
        self._disk.sync_folder((self.folder / name).parent)

    def _aside(self, name: str) -> Path:
        """A free name in quarantine: what is damaged may still be worth a look."""
        folder = own(self.folder, QUARANTINE)
        self._disk.make_folder(folder)
        taken, flat = set(self._disk.names(folder)), name.replace("/", "-")
        return folder / next(f"{flat}.{k}" for k in range(len(taken) + 1) if f"{flat}.{k}" not in taken)

    # Mending manifest and journal

    def _mend(self) -> None:
        """Whatever a crash or a bad disk has left, manifest and journal are whole afterwards and agree."""
        clear(self._disk, self.folder)
        tables = {name.split("/")[0] for name in common(self._header) if "/" in name}
        for name in sorted({*kinds(self._header), *tables}):
            self._disk.make_folder(own(self.folder, name))
            clear(self._disk, self.folder / name)
        found, self._mark = self._found, self._found.journal.mark
        if not found.sealed:
            if found.has_manifest:
                self._keep_damaged(MANIFEST)
            self.manifest = found.manifest or self._new()
            write_whole(self._disk, self.folder / MANIFEST, encode(self.manifest))
        if found.journal.bad:
            lines = ", ".join(map(str, found.journal.bad[:6]))
            self._keep_damaged(JOURNAL, f" in line {lines}")
        if found.journal.bad or found.state.manifest is None:
            self._rewrite()
        elif found.journal.torn:
            self._disk.truncate(self.folder / JOURNAL, found.journal.end)
            self._disk.sync(self.folder / JOURNAL)

    def _new(self) -> dict[str, Any]:
        origin = {"packages": packages(), "machine": machine(), "git": git(), "files": code_files()}
        return {"format": FORMAT, **self._header, "started": now(), **origin, **self._header}

    def _keep_damaged(self, name: str, where: str = "") -> None:
        """A copy into quarantine; the file itself is replaced in one step, so there is no moment without one."""
        most = MOST_MANIFEST if name == MANIFEST else MOST_JOURNAL
        write_whole(self._disk, self._aside(name), self._disk.read(self.folder, name, most))
        self.mended.append(f"{self.folder / name}: damaged{where}; kept in {self.folder / QUARANTINE}, and mended")

    def _rewrite(self) -> None:
        """The journal anew, from its good lines."""
        records = [] if not self.known else [one for one in self._found.journal.records if "manifest" not in one]
        content, self._mark = written([{"manifest": self.manifest}, *records])
        write_whole(self._disk, self.folder / JOURNAL, content)
