"""Texts of a Parquet file, unpacked when it is known what room they take: one long text may stand in a million rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["MOST_UNPACKED", "written_out"]

MOST_UNPACKED = 512 * 2**20  # bytes of a column of texts, or of a row group: ten million numbers or words


def written_out(table: pa.Table, texts: Sequence[str]) -> pa.Table:
    """The texts themselves, instead of references to a dictionary; ValueError if they take too much room."""
    import pyarrow as pa

    for place, field in enumerate(table.schema):
        if field.name in texts:
            column = table[field.name]
            length = sum(map(_length, column.chunks))
            if length > MOST_UNPACKED:
                raise ValueError(f"column {field.name}: its texts unpack to {length:,} bytes")
            plain = pa.chunked_array([chunk.dictionary_decode() for chunk in column.chunks], pa.string())
            table = table.set_column(place, field.name, plain)
    return table


def _length(chunk: pa.DictionaryArray) -> int:
    """Bytes of all texts of a chunk."""
    texts = chunk.dictionary
    ends = np.frombuffer(texts.buffers()[1] or b"", np.int32)[texts.offset : texts.offset + len(texts) + 1]
    places = chunk.indices.to_numpy(zero_copy_only=False)
    if chunk.null_count:
        places = places[~np.isnan(places)].astype(np.int64)
    return int(np.diff(ends).astype(np.int64)[places].sum())
