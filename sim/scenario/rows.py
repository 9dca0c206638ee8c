"""A table of cells or draws from a file: named columns of numbers, words or truth values, nothing else."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.scenario.unpacking import MOST_UNPACKED, written_out

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["MOST_NUMBERS", "Rows", "read_rows"]

LARGEST = 200_000_000  # bytes of a file
MOST_NUMBERS = 10_000_000  # of a table, and of a sample: 80 MB
MOST_COLUMNS = 200
LOOKED_AT = 1 << 16  # bytes of a text in which its mistakes of form are looked for
UNNAMED = re.compile(r"\s*|Unnamed: \d+|__index_level_\d+__")  # what pandas calls an index without a name
COUNTER = "draw"  # a column that numbers the rows and sets nothing
ENDINGS = (".csv", ".parquet")


class Rows:
    """Columns of one length by name; two are equal if their contents are.

    Attributes:
        columns: name -> (rows,) of int64, float64, bool or text.
        size: how many rows. digest: SHA-256 of names and contents.
    """

    def __init__(self, columns: Mapping[str, NDArray[Any]]) -> None:
        self.columns = dict(columns)
        self.size = len(next(iter(self.columns.values()))) if self.columns else 0
        found = hashlib.sha256()
        for name, column in self.columns.items():
            content = "\0".join(column).encode() if column.dtype.kind == "O" else column.tobytes()
            found.update(f"{name}\0{column.dtype.kind}\0{len(content)}\0".encode() + content)
        self.digest = found.hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rows) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def renamed(self, names: Mapping[str, str]) -> Rows:
        """The same columns under other names; ValueError, in words, for two that mean the same."""
        spelt: dict[str, str] = {}
        for name in self.columns:
            first = spelt.setdefault(names.get(name, name), name)
            if first != name:
                raise ValueError(f"the columns {first} and {name} set one field")
        return Rows({names.get(name, name): column for name, column in self.columns.items()})

    def table(self) -> pa.Table:
        """As it is stored beside the results."""
        import pyarrow as pa

        return pa.table({name: pa.array(column) for name, column in self.columns.items()})

    @classmethod
    def of_table(cls, table: pa.Table, counter: str | None = COUNTER) -> Rows:
        """All columns but the counter.

        ValueError, in words, for columns that are no numbers, words or truth values, have gaps, or one name.
        """
        import pyarrow as pa

        if len(set(table.column_names)) < table.num_columns:
            raise ValueError("two columns have one name")
        if not table.num_rows:
            raise ValueError("no rows")
        columns: dict[str, NDArray[Any]] = {}
        for number, (name, column) in enumerate(zip(table.column_names, table.columns, strict=True), start=1):
            if UNNAMED.fullmatch(name):
                raise ValueError(f"column {number} has no name; a table's index is left out (in pandas, index=False)")
            if name == counter:
                continue
            if column.null_count:
                at = int(np.argmax(column.is_null().to_numpy()))
                raise ValueError(f"column {name}, row {at}: empty")
            kinds: tuple[tuple[Any, Any], ...] = (
                (pa.types.is_boolean, bool), (pa.types.is_integer, np.int64), (pa.types.is_floating, np.float64),
                (pa.types.is_string, object), (pa.types.is_large_string, object),
            )  # fmt: skip
            if pa.types.is_dictionary(column.type):
                raise ValueError(f"column {name}: categories; write them as words (in pandas, .astype(str))")
            if pa.types.is_binary(column.type):
                raise ValueError(f"column {name}: its words are not in UTF-8")
            kind = next((made for check, made in kinds if check(column.type)), None)
            if kind is None:
                raise ValueError(f"column {name}: neither numbers, words nor truth values ({column.type})")
            columns[name] = _plain(name, np.asarray(column.to_numpy(), kind))
        if not columns:
            raise ValueError("no columns")
        return cls(columns)


def _plain(name: str, column: NDArray[Any]) -> NDArray[Any]:
    if column.dtype.kind == "f" and not np.isfinite(column).all():
        raise ValueError(f"column {name}, row {int(np.argmin(np.isfinite(column)))}: not a finite number")
    column.setflags(write=False)
    return column


def read_rows(path: Path) -> Rows:
    """A .csv (a line of names, then a row a line, UTF-8) or a .parquet; ValueError says in words why it is none."""
    import pyarrow as pa

    try:
        if not path.is_file():
            raise ValueError("no such file")
        if path.stat().st_size > LARGEST:
            raise ValueError(f"larger than {LARGEST // 10**6} MB")
        return Rows.of_table(_csv(path) if path.suffix == ".csv" else _parquet(path))
    except (OSError, pa.ArrowException) as error:
        said = " ".join(str(error).split())[:160]
        raise ValueError(f"not a table that can be read, {said}") from None


def _csv(path: Path) -> pa.Table:
    from pyarrow import csv

    _read_by_eye(path)
    table = csv.read_csv(path, csv.ReadOptions(use_threads=False))
    _small(table.num_rows, table.num_columns)
    return table


def _read_by_eye(path: Path) -> None:
    """ValueError for what the reader would misunderstand or complain of in other words, in the first lines at least."""
    with path.open("rb") as file:
        head = file.read(LOOKED_AT)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head:
        raise ValueError("its letters are in UTF-16, or it is no text; they have to be in UTF-8")
    if head.startswith(b"PK\x03\x04"):
        raise ValueError("an archive, such as a file of Excel's; it has to be text with commas")
    lines = head.decode("utf-8-sig", errors="replace").splitlines()
    for number, line in enumerate(lines, start=1):
        if line.startswith("#"):
            raise ValueError(f"line {number} is a comment (#), and a table has none")
    first = lines[0] if lines else ""
    for mark, word in ((";", "semicolons"), ("\t", "tabs")):
        if mark in first and "," not in first:
            raise ValueError(f"line 1 has {word} between its columns; they have to be commas")


def _parquet(path: Path) -> pa.Table:
    """Only after its footer has said how much there is to unpack."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        _small(file.metadata.num_rows, file.metadata.num_columns)
        groups = [file.metadata.row_group(k) for k in range(file.metadata.num_row_groups)]
        size = sum(group.column(k).total_uncompressed_size for group in groups for k in range(group.num_columns))
        if size > MOST_UNPACKED:
            raise ValueError(f"unpacks to {size:,} bytes, where {MOST_UNPACKED:,} are the most")
        texts = [field.name for field in file.schema_arrow if str(field.type) in ("string", "large_string")]
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        return written_out(file.read(use_threads=False), texts)


def _small(rows: int, columns: int) -> None:
    if columns > MOST_COLUMNS or rows * columns > MOST_NUMBERS:
        found = f"{rows:,} rows of {columns} columns"
        raise ValueError(f"{found}, where {MOST_COLUMNS} columns and {MOST_NUMBERS:,} entries are the most")
