"""The files of a folder that its journal names: whether they lie there, their bytes, their tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from sim.scenario.messages import command
from sim.store import folder as inside
from sim.store.declared import declared, most_of_file
from sim.store.errors import Damaged, ResultsError
from sim.store.files import checksum
from sim.store.journal import JOURNAL
from sim.store.layout import CELLS, kinds
from sim.store.parquet import examine, groups

__all__ = ["Files"]

MOST_AT_ONCE = 2**30  # bytes of one file's table, unpacked
OURS = "allowed: the file as a sweep wrote it"  # it is as somebody sealed it, so resume would not play it again
RUN = ("cell", "replicate")
WHOSE = {CELLS: ("cell",), "runs": RUN, "years": (*RUN, "year"), "members": (*RUN, "year")}  # needed


class Files:
    """What a journal names.

    Attributes:
        folder: where it lies. manifest: what was run.
        parts: name of a file -> its rows, bytes, sha256, and the runs of it that failed.
    """

    def __init__(self, folder: Path, manifest: dict[str, Any], listed: Mapping[str, Any]) -> None:
        """Damaged if what the journal lists has not the form that it has to have."""
        self.folder, self.manifest = folder, manifest
        self.parts = declared(folder / JOURNAL, manifest, listed)

    def absent(self) -> list[str]:
        """The files that the journal names and that do not lie there with the length that was written."""
        return [name for name in self.parts if not self._lies(name)]

    def _lies(self, name: str) -> bool:
        try:
            return inside.size(self.folder, name) == int(self.parts[name]["bytes"])
        except Damaged:
            return False

    def files(self, kind: str) -> list[str]:
        """The parts of a table that are there, in the order of cells and replicates; ResultsError if there are none."""
        if kind not in kinds(self.manifest):
            raise ResultsError(f'{self.folder}: no {kind} here; allowed: an experiment with record = "{kind}"')
        found = [name for name in self.parts if name.startswith(f"{kind}/")]
        if not found:
            words = f"no part is whole yet; allowed: {command('resume', self.folder)}"
            raise ResultsError(f"{self.folder}: {words}")
        return sorted(found, key=lambda name: (len(name), name))

    def tables(self, kind: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The rows of a table in pieces, one after the other, each checked as it is read; all have the same columns.

        Raises:
            ResultsError: no such table or column. Damaged: a file that is not as it was written.
        """
        first: pa.Schema | None = None
        for name in [CELLS] if kind == "cells" else self.files(kind):
            for piece in self.groups(name, columns):
                first = first or piece.schema
                if piece.schema != first:
                    raise Damaged(f"{self.folder / name}: has other columns than the parts before it; {OURS}")
                yield piece

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """One file, if it is as it was written; raises as ``tables``."""
        found: list[pa.Table] = []
        size = 0
        for piece in self.groups(name, columns):
            found, size = [*found, piece], size + piece.nbytes
            if size > MOST_AT_ONCE:
                words = "too large to be read at once; allowed: Results.tables, or Results.sql"
                raise ResultsError(f"{self.folder / name}: {words}")
        return pa.concat_tables(found)

    def groups(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """One file in pieces; raises as ``tables``."""
        data = self.content(name)
        if data is None:
            raise Damaged(f"{self.folder / name}: damaged or missing; {self._again}")
        yield from self.unpacked(name, data, columns)

    def unpacked(self, name: str, data: bytes, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The content of a file in pieces; raises as ``tables``."""
        path = self.folder / name
        try:
            yield from groups(data, self.parts[name]["rows"], columns, WHOSE.get(name.split("/")[0], ()))
        except KeyError as error:
            raise ResultsError(f"{path}: no column {error}; allowed: {error.__notes__[0]}") from None
        except (ValueError, pa.ArrowException, OSError) as error:
            raise Damaged(f"{path}: cannot be read as results: {error}; {OURS}") from None

    def content(self, name: str) -> bytes | None:
        """The bytes of a file; None if it is missing or they are not those that were written.

        Damaged if it is a link or no regular file, lies behind a link, or is too large.
        """
        try:
            data = inside.read(self.folder, name, most_of_file(name))
        except FileNotFoundError:
            return None
        return data if checksum(data) == self.parts.get(name, {}).get("sha256") else None

    @property
    def _again(self) -> str:
        return f"allowed: {command('resume', self.folder)}, which plays it again"

    def examined(self, names: Sequence[str]) -> list[Path]:
        """The paths of files of one table that can be read without their checksums."""
        first: pa.Schema | None = None
        for name in names:
            path = self.folder / name
            if not self._lies(name):
                raise Damaged(f"{path}: missing or cut short; {self._again}")
            try:
                schema = examine(path, self.parts[name]["rows"])
            except (ValueError, pa.ArrowException, OSError) as error:
                raise Damaged(f"{path}: cannot be read as results: {error}; {OURS}") from None
            first = first or schema
            if schema != first:
                raise Damaged(f"{path}: has other columns than the parts before it; {OURS}")
        return [self.folder / name for name in names]
