"""A sweep's results, read back: tables of cells, runs and years, and single runs played again."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.engines.batch import History, member_columns, run_members, summarise
from sim.scenario import Experiment, Scenario, axes, cell
from sim.scenario.design import luck
from sim.scenario.rows import Rows
from sim.store.files import MANIFEST, ResultsError, checksum, read_manifest

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Results"]


class Results:
    """What a sweep has found, complete or as far as it got.

    Attributes:
        folder: where it lies.
        manifest: what was run, by which code, on which machine, and a checksum of every file.
    """

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder = folder
        self.manifest = manifest

    @classmethod
    def open(cls, folder: str | Path) -> Results:
        """The results in a folder; ResultsError if it holds none."""
        manifest = read_manifest(Path(folder))
        if manifest is None:
            raise ResultsError(f"{folder}: {_no_results(Path(folder))}")
        return cls(Path(folder), manifest)

    def __repr__(self) -> str:
        counted = f"{self.manifest['cells']:,} cells, {self.manifest['runs']:,} runs"
        return f"<Results {self.folder}: {counted}, {self.manifest['status']}>"

    @property
    def complete(self) -> bool:
        """Whether all parts are there."""
        return bool(self.manifest["status"] == "complete")

    @cached_property
    def experiment(self) -> Experiment:
        """The experiment as it was, with its scenario."""
        experiment = Experiment.model_validate_json(json.dumps(self.manifest["experiment"]))
        experiment._base = Scenario.model_validate_json(json.dumps(self.manifest["scenario"]))
        for axis in axes(experiment):
            if axis.table is not None:
                axis._rows = Rows.of_table(self._table(f"tables/{axis.name}.parquet", None))
        return experiment

    def cells(self) -> pd.DataFrame:
        """One row a cell: its number and what every axis takes there."""
        return self._read(["cells.parquet"], None)

    def runs(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """One row a run: cell, axes, replicate and summaries, or the columns that are named."""
        return self._read(self._names("runs"), columns)

    def years(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """One row a run and year: cell, axes, replicate, year and measures, or the columns that are named."""
        if self.manifest["experiment"]["record"] == "runs":
            raise ResultsError(f'{self.folder}: no years here; allowed: an experiment with record = "years"')
        return self._read(self._names("years"), columns)

    def all_members(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """One row a run, year and member, where the experiment recorded them."""
        if self.manifest["experiment"]["record"] != "members":
            raise ResultsError(f'{self.folder}: no members here; allowed: an experiment with record = "members"')
        return self._read(self._names("members"), columns)

    def members(self, cell: int, replicate: int) -> pd.DataFrame:
        """One row a year and member of one run, played again.

        Raises:
            ResultsError: no such run, or this version of the code does not play it as it was played then.
        """
        import pandas as pd

        self._check_run(cell, replicate)
        scenario = self._scenario(cell)
        number = replicate + int(luck(self.experiment, np.array([cell]))[0])
        history = run_members(scenario, self.manifest["seed"], number)
        self._check_same(cell, replicate, scenario, history)
        return pd.DataFrame(member_columns(scenario, replicate, history))

    def _scenario(self, number: int) -> Scenario:
        return cell(self.experiment, number).scenario

    def _check_run(self, number: int, replicate: int) -> None:
        for name, value, end in (
            ("cell", number, self.manifest["cells"]),
            ("replicate", replicate, self.manifest["replicates"]),
        ):
            if not 0 <= value < end:
                raise ResultsError(f"{self.folder}: {name} = {value}: there is none; allowed: 0 to {end - 1}")

    def _check_same(self, number: int, replicate: int, scenario: Scenario, history: History) -> None:
        """The run played again must have the recorded summaries, to the last bit."""
        name = part_of(self.manifest, number, replicate)
        if name not in self.manifest["parts"]:
            return  # not played yet, so nothing contradicts
        table = self._table(name, None)
        chosen = (np.asarray(table["cell"]) == number) & (np.asarray(table["replicate"]) == replicate)
        recorded = table.filter(pa.array(chosen)).to_pylist()[0]
        again = summarise(scenario, history.levels[None], history.counts[None])
        kept = [name for name in again if name in recorded]
        same = all(np.array_equal(recorded[name], again[name][0], equal_nan=True) for name in kept)
        if not same:
            words = "this version of the code plays the run differently; allowed: sweep again with this version"
            raise ResultsError(f"{self.folder}: {words}")

    def _names(self, kind: str) -> list[str]:
        """The parts of a kind that are whole, in order; the manifest is a file, so its names are looked at."""
        found = [name for name in self.manifest["parts"] if re.fullmatch(rf"{kind}/part-\d{{5,12}}\.parquet", name)]
        if not found:
            raise ResultsError(f"{self.folder}: no part is whole yet; allowed: sweep again, and it goes on")
        return sorted(found, key=lambda name: (len(name), name))

    def _read(self, names: Sequence[str], columns: Sequence[str] | None) -> pd.DataFrame:
        frame: pd.DataFrame = pa.concat_tables([self._table(name, columns) for name in names]).to_pandas()
        return frame

    def _table(self, name: str, columns: Sequence[str] | None) -> pa.Table:
        """One file, if it is as it was written."""
        path = self.folder / name
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            data = b""
        if checksum(data) != self.manifest["parts"].get(name, {}).get("sha256"):
            raise ResultsError(f"{path}: damaged or missing; allowed: sweep again, and it is played again")
        return pq.read_table(pa.BufferReader(data), columns=None if columns is None else list(columns))


def part_of(manifest: dict[str, Any], number: int, replicate: int) -> str:
    """The part that a run lies in."""
    cells, replicates = manifest["part"]["cells"], manifest["part"]["replicates"]
    a_cell = -(-manifest["replicates"] // replicates)
    return f"runs/part-{number // cells * a_cell + replicate // replicates:05d}.parquet"


def _no_results(folder: Path) -> str:
    """Why a folder holds no results, and which ones do."""
    if not folder.exists():
        return "no such folder; allowed: a folder that burdenshare sweep has written"
    inside = sorted(path.parent for path in folder.glob(f"*/{MANIFEST}")) if folder.is_dir() else []
    if inside:
        others = f" and {len(inside) - 3} more" if len(inside) > 3 else ""
        return f"no results, but it holds some; allowed: {', '.join(map(str, inside[:3]))}{others}"
    return "no results here; allowed: a folder that burdenshare sweep has written"
