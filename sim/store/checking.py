"""Is a folder of results as it was written? Looks at every byte and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from sim.store import folder as inside
from sim.store.errors import Damaged
from sim.store.journal import JOURNAL
from sim.store.layout import common, keys, names, numbers, sources
from sim.store.lock import holder
from sim.store.manifest import MANIFEST, found_in
from sim.store.results import Results
from sim.store.writing import QUARANTINE

__all__ = ["Counts", "count", "verify"]


class Counts(NamedTuple):
    """Runs of a folder; ``absent`` and ``quarantined`` count files. ``writer`` is who writes just now, in words.

    ``absent``: that the journal names and that do not lie there with the length that was written.
    """

    wanted: int
    done: int
    failed: int
    missing: int
    absent: int
    quarantined: int
    writer: str | None

    @property
    def code(self) -> int:
        """The exit code that a folder in this state means: 0 complete, 3 can go on, 4 some runs failed."""
        return 3 if self.missing else 4 if self.failed else 0


def count(results: Results) -> Counts:
    """How far a folder is: what its journal names and what lies there."""
    wanted, done, failed = results.runs_wanted, results.runs_done, len(results.failed())
    missing = wanted - done - failed if results.complete else max(1, wanted - done - failed)
    quarantined = len(inside.names(results.folder, QUARANTINE))
    return Counts(wanted, done, failed, missing, len(results.absent()), quarantined, holder(results.folder))


def verify(results: Results) -> Iterator[str]:
    """What is wrong with the bytes, a line each; nothing if all that is listed is as it was written."""
    folder, found = results.folder, found_in(results.folder)
    if not found.sealed:
        yield f"{folder / MANIFEST}: damaged or missing; the journal holds a copy"
    if found.state.manifest is None and not found.journal.bad:
        yield f"{folder / JOURNAL}: damaged or missing"
    for number in found.journal.bad:
        yield f"{folder / JOURNAL}:{number}: damaged, or not where it was written"
    if found.journal.torn:
        yield f"{folder / JOURNAL}: its last line was cut off by a crash, or is being written"
    for name in common(results.manifest):
        if name in results.parts:
            yield from _file(results, name)
    for number in numbers(results.manifest):
        for name in names(results.manifest, number):
            if name in results.parts:
                yield from _file(results, name, number)


def _file(results: Results, name: str, number: int | None = None) -> Iterator[str]:
    path = results.folder / name
    try:
        data = results.content(name)
        if data is None:
            yield f"{path}: {'missing' if inside.size(results.folder, name) is None else 'damaged'}"
            return
        runs = number is not None and name.startswith("runs/")
        pieces = [piece.select(["cell", "replicate"] if runs else []) for piece in results.unpacked(name, data)]
    except (Damaged, OSError) as error:
        yield str(error)
        return
    if name in sources(results.manifest):
        try:
            results.source(name)
        except Damaged as error:
            yield str(error)
    if number is not None and runs and not _once(results, pa.concat_tables(pieces), name, number):
        yield f"{path}: not one row for each of its runs"


def _once(results: Results, table: pa.Table, name: str, number: int) -> bool:
    """Whether each run of the part has one row, in order, but for those that failed."""
    cells, replicates = keys(results.manifest, number)
    lost = {(cell, replicate) for cell, replicate, _ in results.parts[name].get("failed", ())}
    wanted = [(cell, replicate) for cell in cells for replicate in replicates if (cell, replicate) not in lost]
    found = np.column_stack([np.asarray(table["cell"]), np.asarray(table["replicate"])])
    return bool(np.array_equal(found, np.array(wanted, np.int64).reshape(-1, 2)))
