"""Questions in SQL: DuckDB over the Parquet files, which stay where they are."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.machine import cores, memory
from sim.store.errors import ResultsError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ask"]


OF_MEMORY = 0.8  # of what this process may hold
Settings = dict[str, str | bool | int | float | list[str]]


def _settings(spill: str) -> Settings:
    """Where to spill, and this process's share of the machine: DuckDB would take all of it."""
    found: Settings = {"temp_directory": spill, "autoinstall_known_extensions": "false", "threads": cores()}
    if limit := memory():
        found["memory_limit"] = f"{int(OF_MEMORY * limit)}B"
    return found


def ask(folder: Path, tables: Mapping[str, Sequence[Path]], query: str) -> pd.DataFrame:
    """The answer as a table; what does not fit into memory is spilled to a temporary folder that goes away.

    Arrow reads the files, so that no name of one is a pattern and none is part of the SQL.
    """
    import duckdb
    import pyarrow as pa
    import pyarrow.dataset as ds

    with tempfile.TemporaryDirectory(prefix="burdenshare-") as spill:
        connection = duckdb.connect(config=_settings(spill))
        try:
            for name, files in tables.items():
                connection.register(name, ds.dataset([str(path.resolve()) for path in files], format="parquet"))
            connection.execute("set enable_external_access = false; set lock_configuration = true")
            frame: pd.DataFrame = connection.execute(query).df()
            return frame
        except (duckdb.Error, pa.ArrowException) as error:
            raise ResultsError(f"{folder}: sql: {' '.join(str(error).split())}") from None
        finally:
            connection.close()
