"""The folder of one sweep while it is played: what is whole is kept, what is missing is known."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from sim.store.files import MANIFEST, ResultsError, checksum, clear, encoded, read_manifest, write_json, write_whole
from sim.store.provenance import git, machine, now, packages

__all__ = ["Store"]

CELLS = "cells.parquet"
PAUSE = 2.0  # seconds between two manifests: parts that no manifest names are played again, no more


class Store:
    """Writes one folder of results.

    Many threads may ``put``; one thread, the one that made the store, may call the other methods.

    Attributes:
        folder: ``into``/<name>-<first twelve letters of the digest>.
        known: whether an earlier sweep of the same digest began here. complete: whether it came to its end.
    """

    def __init__(self, into: Path, header: dict[str, Any]) -> None:
        """Look, write nothing yet; ``header`` is what the manifest says of the experiment, name and digest among it."""
        self.folder = into / f"{header['name']}-{header['digest'][:12]}"
        before = read_manifest(self.folder)
        if before is not None and before["digest"] != header["digest"]:
            raise ResultsError(f"{self.folder}: holds another experiment; allowed: another folder, --into")
        self._before: dict[str, Any] = before["parts"] if before else {}
        self._started = before.get("started", now()) if before else now()
        self._header = header
        self._parts: dict[str, Any] = {}
        self.known = before is not None
        self.complete = before is not None and before.get("status") == "complete" and self.keep(CELLS)
        self._pause, self._saved = PAUSE, 0.0

    def keep(self, name: str) -> bool:
        """Whether a file is there and whole; from then on it belongs to the results."""
        entry = self._before.get(name)
        try:
            whole = isinstance(entry, dict) and checksum((self.folder / name).read_bytes()) == entry["sha256"]
        except (OSError, KeyError):
            whole = False
        if whole:
            self._parts[name] = entry
        return whole

    def begin(self) -> None:
        """Say that a sweep is under way."""
        self.folder.mkdir(parents=True, exist_ok=True)
        clear(self.folder)
        self._origin = {"packages": packages(), "machine": machine(), "git": git()}
        self.save("running")

    def put(self, name: str, tables: Iterable[pa.Table]) -> dict[str, Any]:
        """Write one file; what it returns goes to ``commit``."""
        data, rows = encoded(tables)
        write_whole(self.folder / name, data)
        return {name: {"rows": rows, "bytes": len(data), "sha256": checksum(data)}}

    def put_cells(self, tables: Iterable[pa.Table]) -> None:
        """Write the table of cells, unless it is there and whole."""
        if not self.keep(CELLS):
            self.commit(self.put(CELLS, tables))

    def put_tables(self, tables: Mapping[str, pa.Table]) -> None:
        """Write the tables that axes took their values from, so that the results can be read without them."""
        for name, table in tables.items():
            if not self.keep(name):
                self.commit(self.put(name, [table]))

    def count(self, kind: str) -> int:
        """How many parts of a kind are whole."""
        return sum(name.startswith(f"{kind}/") for name in self._parts)

    def commit(self, entries: dict[str, Any]) -> None:
        """Count files as part of the results; now and then the manifest says so too."""
        self._parts |= entries
        if time.monotonic() - self._saved > self._pause:
            self.save("running")

    def save(self, status: str) -> None:
        """Write the manifest: running, interrupted or complete."""
        begun = time.monotonic()
        parts = dict(sorted(self._parts.items()))
        ended = {} if status == "running" else {"ended": now()}
        head = {"status": status, **self._header, "started": self._started, **ended}
        write_json(self.folder / MANIFEST, head | self._origin | {"parts": parts})
        self._saved = time.monotonic()
        self._pause = max(PAUSE, 20.0 * (self._saved - begun))  # a long manifest must not take all the time
