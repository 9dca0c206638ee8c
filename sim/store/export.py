"""One file from many parts: Parquet, or CSV that a spreadsheet can open without harm; beside it its codebook.

Rows stand in the order of cell and replicate, in stretches that do not depend on how they were played, so the same
experiment exports to the same bytes: the canonical form that two sweeps are compared by.

``runs.csv`` has ``runs.csv.codebook.json`` beside it: every column with its meaning, unit, type and how many rows miss
it; seed, digest, code and version of the runs. A Parquet file holds all but the counts in its metadata too, which
pandas shows as ``DataFrame.attrs``.

In a CSV file a text that a spreadsheet would take for a formula gets an apostrophe before it: one that begins, behind
blanks or what cannot be seen, with ``=``, ``+``, ``-``, ``@`` or a sign that looks like one of these, or with a tab, a
line end or another character that cannot be seen. Numbers stay as they are, with all their digits, and one that is
missing is an empty cell. Parquet holds every text as it is.
"""

from __future__ import annotations

import contextlib
import json
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv

from sim.store.codebook import described, varied
from sim.store.disk import DISK
from sim.store.errors import ResultsError
from sim.store.files import ENDING, parquet_writer
from sim.store.provenance import packages

if TYPE_CHECKING:
    from sim.store.results import Results

__all__ = ["CODEBOOK", "Book", "book_of", "defused", "export", "safe", "save"]

ROWS = 65_536  # in a stretch
# = + - @ as they are, wide, small, raised, lowered, the Hebrew plus and the minus sign
SIGNS = "=＝﹦⁼₌+＋﹢⁺₊﬩\\-－﹣⁻₋−@＠﹫"
FORMULA = f"^[\\p{{Cc}}\\p{{Cf}}]|^[\\p{{Cc}}\\p{{Cf}}\\p{{Z}}]*[{SIGNS}]"
ENDINGS = (".parquet", ".csv")
CODEBOOK = ".codebook.json"


class Book(NamedTuple):
    """What is to be said of a table: its kind, where it comes from, and what its experiment varies."""

    kind: str
    source: Mapping[str, Any]
    axes: Mapping[str, str]


def book_of(results: Results, kind: str, **more: Any) -> Book:
    """The book of a table of results; ``more`` says which run, of a table of one."""
    manifest = results.manifest
    experiment, scenario = manifest["experiment"], manifest["scenario"]
    done, wanted = results.runs_done, int(manifest["runs"])
    source = {
        "table": kind, **more, "experiment": experiment["name"], "title": experiment.get("title", ""),
        "scenario": scenario.get("name", ""), "seed": manifest["seed"], "digest": manifest["digest"],
        "code": manifest["code"], "version": (manifest.get("packages") or {}).get("burdenshare"),
        "exported_by": f"burdenshare {packages()['burdenshare']}", "cells": manifest["cells"],
        "replicates": manifest["replicates"], "runs": wanted, "runs_done": done, "runs_failed": len(results.failed()),
        "complete": results.complete and done == wanted,
    }  # fmt: skip
    return Book(kind, source, varied(experiment))


def export(results: Results, kind: str, to: Path) -> Path:
    """Write a table to a file, its codebook beside it.

    Args:
        kind: ``cells``, ``runs``, ``years`` or ``members``, as far as the experiment recorded them.

    Raises:
        ResultsError, OSError: as ``save`` and ``Results.tables``.
    """
    return save(results.tables(kind), to, book_of(results, kind))


def save(tables: Iterator[pa.Table], to: Path, book: Book | None = None) -> Path:
    """Write tables of one schema as one file that is not there yet, whole or not at all; with a book, a codebook too.

    Raises:
        ResultsError: another ending, a file that is there.
        OSError: the disk.
    """
    if to.suffix not in ENDINGS:
        raise ResultsError(f"{to}: no format is known by this ending; allowed: {' or '.join(ENDINGS)}")
    beside = to.with_name(to.name + CODEBOOK)
    _check_free(to, *([beside] if book else []))
    DISK.make_folder(to.parent)
    with contextlib.ExitStack() as undo:
        with _placed(to) as sink:
            told = _write(sink, tables, book, csv=to.suffix == ".csv")
            if told is not None:
                with _placed(beside) as other:
                    other.write((json.dumps({"file": to.name, **told}, indent=1, ensure_ascii=False) + "\n").encode())
                undo.callback(DISK.remove, beside)
        undo.pop_all()  # the table has its name, so its codebook stays
    DISK.sync_folder(to.parent)
    return to


def _check_free(*paths: Path) -> None:
    for path in paths:
        if path.exists() or path.is_symlink():
            raise ResultsError(f"{path}: is there already, and nothing is overwritten; allowed: another name")


@contextlib.contextmanager
def _placed(to: Path) -> Iterator[IO[bytes]]:
    """A file to write into, which gets its name when all is written and is gone if anything is wrong."""
    beside = to.with_name(f".{to.name}.{secrets.token_hex(6)}{ENDING}")
    try:
        with open(beside, "xb") as sink:
            yield sink
        DISK.sync(beside)
        DISK.rename(beside, to)
    except OSError as error:
        if error.filename is None:  # a full disk does not say where
            error.filename = str(to)
        raise
    finally:
        DISK.remove(beside)


def _write(sink: Any, tables: Iterator[pa.Table], book: Book | None, csv: bool) -> dict[str, Any] | None:
    """The table into an open file; returns what the codebook says of it."""
    writer, rows, missing, told = None, 0, Counter[str](), None
    for table in stretches(tables):
        told = told or (book and _told(book, table.schema))
        shown = safe(table) if csv else table.replace_schema_metadata(_attributes(told))
        writer = writer or (pc_csv.CSVWriter if csv else parquet_writer)(sink, shown.schema)
        rows += table.num_rows
        missing.update({name: _missing(table[name]) for name in table.column_names})
        if csv:
            writer.write_table(shown)
        else:
            writer.write_table(shown, row_group_size=ROWS)
    if writer is not None:
        writer.close()
    if told is None:
        return None
    return {**told, "rows": rows, "columns": [{**one, "missing": missing[one["column"]]} for one in told["columns"]]}


def _told(book: Book, schema: pa.Schema) -> dict[str, Any]:
    """Where the table comes from, and its columns."""
    columns = []
    for field in schema:
        meaning, unit = described(book.kind, field.name, book.axes)
        columns.append({"column": field.name, "type": str(field.type), "unit": unit, "meaning": meaning})
    return {**book.source, "columns": columns}


def _attributes(told: Mapping[str, Any] | None) -> dict[str, str] | None:
    """What pandas reads into DataFrame.attrs."""
    return None if told is None else {"PANDAS_ATTRS": json.dumps(told)}


def _missing(column: pa.ChunkedArray) -> int:
    """Rows without a value."""
    nan = pc.sum(pc.is_nan(column)).as_py() or 0 if pa.types.is_floating(column.type) else 0
    return int(column.null_count + nan)


def stretches(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in tables of ``ROWS`` rows and a last one of what is left."""
    held: list[pa.Table] = []
    rows = 0
    for table in tables:
        held, rows = [*held, table], rows + table.num_rows
        if rows >= ROWS:
            whole = pa.concat_tables(held)
            for start in range(0, rows - ROWS + 1, ROWS):
                yield whole.slice(start, ROWS).combine_chunks()
            left = whole.slice(rows - rows % ROWS)
            held, rows = [left], left.num_rows
    if rows or held:
        yield pa.concat_tables(held).combine_chunks()


def safe(table: pa.Table) -> pa.Table:
    """Texts that a spreadsheet would compute get an apostrophe before them; a missing number is an empty cell."""
    for place, field in enumerate(table.schema):
        if pa.types.is_floating(field.type):
            numbers = table[field.name]
            empty = pc.if_else(pc.is_nan(numbers), pa.scalar(None, field.type), numbers)
            table = table.set_column(place, field.name, empty)
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            table = table.set_column(place, field.name, _harmless(table[field.name]))
    return table


def _harmless(text: pa.ChunkedArray) -> pa.ChunkedArray:
    quoted = pc.binary_join_element_wise("'", text, "")
    return pc.if_else(pc.match_substring_regex(text, FORMULA), quoted, text)


def defused(texts: Sequence[str | None]) -> list[str | None]:
    """Texts as a CSV file may hold them."""
    found: list[str | None] = _harmless(pa.chunked_array([texts], pa.string())).to_pylist()
    return found
