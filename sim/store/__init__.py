"""Results on disk: written so that what exists is whole, read back as tables.

::

    results/threshold-0123456789ab/
        manifest.json               what is played, by which code, on which machine; written first, then never changed
        journal                     a line for every part that is a result, each built on the one before it
        cells.parquet               one row a cell: its number and what every axis takes there
        sample.parquet              one row a point of a sample: where it lies on every axis, from 0 to 1
        draws.parquet               the posterior's draws, where the scenario takes its parameters from them
        tables/lots.parquet         the table that the axis lots takes its rows from
        runs/part-00000.parquet     one row a run: cell, axes, replicate, summaries
        years/part-00000.parquet    one row a run and year, if the experiment records years
        quarantine/                 what was found damaged
        lock                        carries the system's lock while a sweep writes here

What is promised of it, with the test of every line, stands in docs/store.md.
"""

from sim.store.disk import DISK, Disk
from sim.store.errors import Damaged, FolderInUse, OtherVersion, ResultsError
from sim.store.layout import Shard, folder_of
from sim.store.results import Results
from sim.store.writing import Played, Store

__all__ = [
    "DISK", "Damaged", "Disk", "FolderInUse", "OtherVersion", "Played", "Results", "ResultsError", "Shard", "Store",
    "folder_of",
]  # fmt: skip
