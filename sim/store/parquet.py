"""A Parquet file of results -> tables, a row group at a time, once it is known what room they take.

A file of some kilobytes can unpack to gigabytes, by a long text that a million rows share, by pages that say so, by a
number of rows. What footer and pages say is looked at before anything is unpacked; texts are unpacked as references to
a dictionary, and written out only when their length is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.scenario.unpacking import MOST_UNPACKED, written_out
from sim.store.pages import pages

__all__ = ["examine", "groups"]

MOST_FOOTER = 16 * 2**20  # bytes: a thousand row groups of sixty columns
MOST_LISTED = 10_000  # row groups, columns
FEWEST = 1_000  # rows of a row group, on average, but for the last
CODECS = ("ZSTD", "SNAPPY", "UNCOMPRESSED")
WIDTHS = {"BOOLEAN": 1, "INT32": 4, "INT64": 8, "FLOAT": 4, "DOUBLE": 8, "BYTE_ARRAY": 4}  # a text: its place
TAIL = 8  # bytes: the footer's length and the mark


def groups(
    data: Any, rows: int, columns: Sequence[str] | None = None, needed: Sequence[str] = ()
) -> Iterator[pa.Table]:
    """Tables of a file's content, one a row group, with all columns or some; at least one table, maybe without rows.

    Args:
        data: the content. rows: how many there have to be. needed: columns of whole numbers that have to be there.

    Raises:
        KeyError: a column that is not there; its note says which are.
        ValueError, pa.ArrowException: it is not what our writer writes, or takes too much room; in words.
    """
    file, texts = _opened(data, rows)
    names = file.schema_arrow.names
    for name in needed:
        if name not in names or not pa.types.is_integer(file.schema_arrow.field(name).type):
            raise ValueError(f"has no column {name} of whole numbers")
    wanted = names if columns is None else list(columns)
    for name in wanted:
        if name not in names:
            error = KeyError(name)
            error.add_note(", ".join(names))
            raise error
    if not file.num_row_groups:
        yield file.schema_arrow.empty_table().select(wanted)
    for number in range(file.num_row_groups):
        found = file.read_row_group(number, columns=wanted, use_threads=False).select(wanted)
        yield written_out(found, texts)


def examine(path: Path, rows: int) -> pa.Schema:
    """The columns of a file that somebody else is going to read; raises as ``groups``. Its texts alone are unpacked."""
    with pa.memory_map(str(path)) as file:
        data = file.read_buffer()
        found, texts = _opened(data, rows)
        for number in range(found.num_row_groups if texts else 0):
            written_out(found.read_row_group(number, columns=texts, use_threads=False), texts)
        return pa.schema([(one.name, pa.string() if one.name in texts else one.type) for one in found.schema_arrow])


def _opened(data: Any, rows: int) -> tuple[pq.ParquetFile, list[str]]:
    """The file and its columns of text, which come as references to a dictionary."""
    view = memoryview(data)
    if len(view) < 2 * TAIL or int.from_bytes(view[-TAIL:-4], "little") > min(MOST_FOOTER, len(view)):
        raise ValueError("its footer is too large, or none")
    limits = {"thrift_string_size_limit": 2**20, "thrift_container_size_limit": MOST_LISTED}
    first = pq.ParquetFile(pa.BufferReader(data), **limits)
    texts = _columns(first.schema_arrow)
    found = first.metadata
    if not str(found.created_by).startswith("parquet-cpp-arrow"):
        raise ValueError("was written by another program")
    if found.num_rows != rows:
        raise ValueError(f"has {found.num_rows:,} rows where {rows:,} were written")
    if found.num_row_groups > 1 + rows // FEWEST:
        raise ValueError(f"has {found.num_row_groups:,} row groups for {rows:,} rows")
    for number in range(found.num_row_groups):
        _check_group(view, found.row_group(number))
    return pq.ParquetFile(pa.BufferReader(data), metadata=found, read_dictionary=texts, **limits), texts


def _columns(schema: pa.Schema) -> list[str]:
    """The names of the columns of text; ValueError unless all are plain and have names of their own."""
    if len(set(schema.names)) < len(schema.names):
        raise ValueError("has two columns of one name")
    texts = []
    for field in schema:
        if pa.types.is_string(field.type):
            texts.append(field.name)
        elif not any(check(field.type) for check in (pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating)):
            raise ValueError(f"column {field.name}: {field.type}, where numbers, truth values and texts can be")
    return texts


def _check_group(view: memoryview, group: pq.RowGroupMetaData) -> None:
    """ValueError unless everything in a row group has room."""
    room = 0
    for number in range(group.num_columns if group.num_rows else 0):  # of no rows no page is read
        column = group.column(number)
        width = WIDTHS.get(column.physical_type)
        if width is None or column.compression not in CODECS or column.file_path:
            raise ValueError(f"column {column.path_in_schema}: not stored as our columns are")
        if column.num_values != group.num_rows:
            raise ValueError(f"column {column.path_in_schema}: {column.num_values:,} values in {group.num_rows:,} rows")
        start = column.data_page_offset
        if column.dictionary_page_offset and column.dictionary_page_offset < start:
            start = column.dictionary_page_offset
        end = start + column.total_compressed_size
        if not 0 < start <= end <= len(view):
            raise ValueError(f"column {column.path_in_schema}: lies outside of the file")
        room += group.num_rows * width + sum(page.unpacked for page in pages(view, start, end))
        if room > MOST_UNPACKED:
            raise ValueError(f"unpacks to more than {MOST_UNPACKED:,} bytes in a row group of {group.num_rows:,} rows")
