"""Results on disk: written so that what exists is whole, read back as tables.

::

    results/threshold-0123456789ab/
        manifest.json               what was run, by which code, on which machine; a checksum of every file below
        cells.parquet               one row a cell: its number and what every axis takes there
        runs/part-00000.parquet     one row a run: cell, axes, replicate, summaries
        years/part-00000.parquet    one row a run and year, if the experiment records years
"""

from sim.store.files import ResultsError
from sim.store.results import Results
from sim.store.writing import Store

__all__ = ["Results", "ResultsError", "Store"]
