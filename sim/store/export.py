"""One file from many parts: Parquet, or CSV that a spreadsheet can open without harm.

Rows stand in the order of cell and replicate, in stretches that do not depend on how they were played, so the same
experiment exports to the same bytes: the canonical form that two sweeps are compared by.

In a CSV file a text that a spreadsheet would take for a formula (it begins with ``=``, ``+``, ``-``, ``@``, a tab, a
return or a line feed, or the wide forms of these signs) gets an apostrophe before it; numbers stay as they are, with
all their digits, and one that is missing is an empty cell. Parquet holds every text as it is.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv

from sim.store.disk import DISK
from sim.store.errors import ResultsError
from sim.store.files import ENDING, parquet_writer

if TYPE_CHECKING:
    from sim.store.results import Results

__all__ = ["export", "safe", "save"]

ROWS = 65_536  # in a stretch
FORMULA = "^[=+\\-@\t\r\n＝＋－＠]"
ENDINGS = (".parquet", ".csv")


def export(results: Results, kind: str, to: Path) -> Path:
    """Write the table ``cells``, ``runs`` or ``years`` to a file; raises as ``save`` and ``Results.tables``."""
    return save(results.tables(kind), to)


def save(tables: Iterator[pa.Table], to: Path) -> Path:
    """Write tables of one schema as one file that is not there yet, whole or not at all.

    Raises:
        ResultsError: another ending, a file that is there.
        OSError: the disk.
    """
    if to.suffix not in ENDINGS:
        raise ResultsError(f"{to}: no format is known by this ending; allowed: {' or '.join(ENDINGS)}")
    if to.exists() or to.is_symlink():
        raise ResultsError(f"{to}: is there already, and nothing is overwritten; allowed: another name")
    DISK.make_folder(to.parent)
    beside = to.with_name(f".{to.name}.{secrets.token_hex(6)}{ENDING}")
    try:
        with open(beside, "xb") as sink:
            _write(sink, tables, csv=to.suffix == ".csv")
        DISK.sync(beside)
        DISK.rename(beside, to)
    finally:
        DISK.remove(beside)
    DISK.sync_folder(to.parent)
    return to


def _write(sink: Any, tables: Iterator[pa.Table], csv: bool) -> None:
    writer = None
    for table in stretches(tables):
        shown = safe(table) if csv else table
        writer = writer or (pc_csv.CSVWriter if csv else parquet_writer)(sink, shown.schema)
        if csv:
            writer.write_table(shown)
        else:
            writer.write_table(shown, row_group_size=ROWS)
    if writer is not None:
        writer.close()


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
            text = table[field.name]
            quoted = pc.binary_join_element_wise("'", text, "")
            harmless = pc.if_else(pc.match_substring_regex(text, FORMULA), quoted, text)
            table = table.set_column(place, field.name, harmless)
    return table
