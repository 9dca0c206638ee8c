"""Files that are whole or not there: written beside their place, flushed to the disk, then renamed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["ResultsError", "checksum", "clear", "encoded", "read_manifest", "write_json", "write_whole"]

MANIFEST = "manifest.json"
ENDING = ".tmp"
FORGOTTEN = 3600.0  # seconds after which a temporary file belongs to a run that was killed


class ResultsError(ValueError):
    """A folder of results is not what it should be; the message is one line."""


def checksum(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def write_whole(path: Path, data: bytes) -> None:
    """The file with this content, or the file as it was: never half of it, whatever happens on the way."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}{ENDING}")
    try:
        with open(beside, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:  # a full disk does not say where
            error.filename = str(path)
        raise
    _flush(path.parent)


def _flush(folder: Path) -> None:
    """Make a rename last; where a folder cannot be opened (Windows) the system sees to it."""
    with contextlib.suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write_json(path: Path, value: dict[str, Any]) -> None:
    """A JSON file that a person can read."""
    write_whole(path, (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode())


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """What a folder of results says of itself; None without a manifest, ResultsError if it is damaged."""
    path = folder / MANIFEST
    try:
        found = json.loads(path.read_bytes())
        if isinstance(found, dict) and isinstance(found["parts"], dict) and isinstance(found["digest"], str):
            return found
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, KeyError):
        pass
    raise ResultsError(f"{path}: damaged; allowed: as burdenshare sweep has written it (delete it and sweep again)")


def clear(folder: Path) -> None:
    """Remove what a killed run left behind; a run that still writes touches its files much sooner."""
    for path in folder.rglob(f".*{ENDING}"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > FORGOTTEN:
                path.unlink()


def encoded(tables: Iterable[pa.Table]) -> tuple[bytes, int]:
    """Tables of one schema as one Parquet file, and its number of rows; the same tables give the same bytes."""
    sink, rows, writer = pa.BufferOutputStream(), 0, None
    for table in tables:
        whole = table.combine_chunks()
        writer = writer or _writer(sink, whole.schema)
        writer.write_table(whole, row_group_size=max(1, whole.num_rows))
        rows += whole.num_rows
    if writer is None:
        raise ValueError("encoded needs at least one table")
    writer.close()
    return sink.getvalue().to_pybytes(), rows


def _writer(sink: pa.BufferOutputStream, schema: pa.Schema) -> pq.ParquetWriter:
    """Real numbers byte by byte, all else by dictionary: a seventh smaller and three times as fast as the default."""
    real = [field.name for field in schema if pa.types.is_floating(field.type)]
    rest = [field.name for field in schema if field.name not in real]
    return pq.ParquetWriter(
        sink, schema, compression="zstd", compression_level=3, use_dictionary=rest, use_byte_stream_split=real
    )
