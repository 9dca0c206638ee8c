"""Questions in SQL: DuckDB over the Parquet files, which stay where they are."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from sim.store.errors import Damaged, ResultsError
from sim.store.layout import CELLS, kinds

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from sim.store.results import Results

__all__ = ["ask"]


def ask(results: Results, query: str) -> pd.DataFrame:
    """The answer as a table; what does not fit into memory is spilled to a temporary folder that goes away."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="burdenshare-") as spill:
        connection = duckdb.connect(config={"temp_directory": spill, "autoinstall_known_extensions": "false"})
        try:
            for name, files in _views(results).items():
                _view(connection, name, files)
            connection.execute("set enable_external_access = false; set lock_configuration = true")
            frame: pd.DataFrame = connection.execute(query).df()
            return frame
        except duckdb.Error as error:
            raise ResultsError(f"{results.folder}: sql: {' '.join(str(error).split())}") from None
        finally:
            connection.close()


def _views(results: Results) -> dict[str, list[str]]:
    """Table -> the files it has, all of their full length."""
    files = {"cells": [CELLS], **{kind: results.files(kind) for kind in kinds(results.manifest)}}
    found: dict[str, list[str]] = {}
    for table, listed in files.items():
        found[table] = []
        for name in listed:
            path = results.folder / name
            if not path.is_file() or path.stat().st_size != results.parts.get(name, {}).get("bytes"):
                words = f"missing or cut short; allowed: burdenshare resume {results.folder}, which plays it again"
                raise Damaged(f"{path}: {words}")
            found[table].append(str(path.resolve()))
    return found


def _view(connection: duckdb.DuckDBPyConnection, name: str, files: list[str]) -> None:
    """A table over files: read by Arrow, so that no file name is a pattern and none is part of the SQL."""
    import pyarrow.dataset as ds

    connection.register(name, ds.dataset(files, format="parquet"))
