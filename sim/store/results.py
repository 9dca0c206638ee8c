"""A sweep's results, read back: tables of cells, runs and years, questions in SQL, and single runs played again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from sim.engines.batch import run_members
from sim.engines.subclasses import described, spelt
from sim.engines.tables import History, member_columns, summarise, year_columns
from sim.scenario import Experiment, Scenario, axes, cell
from sim.scenario.design import keep_sample, luck
from sim.scenario.messages import command
from sim.scenario.rows import Rows
from sim.store.errors import Damaged, ResultsError
from sim.store.layout import CELLS, SAMPLE, files_in, kinds, names, numbers, part_of, runs_in, sources
from sim.store.listed import Files
from sim.store.manifest import MANIFEST, found_in, of
from sim.store.recorded import check_player, read_experiment

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Results"]


class Results(Files):
    """What a sweep has found, complete or as far as it got.

    Attributes:
        folder: where it lies.
        manifest: what was run, by which code, on which machine.
        parts: name of a file -> its rows, bytes, sha256, and the runs of it that failed.
        sessions: when and with what a sweep began to play here.
    """

    def __init__(
        self, folder: Path, manifest: dict[str, Any], parts: dict[str, Any], sessions: Sequence[dict[str, Any]] = ()
    ) -> None:
        super().__init__(folder, manifest, parts)
        self.sessions = sessions

    @classmethod
    def open(cls, folder: str | Path) -> Results:
        """The results in a folder, looked at and not changed; ResultsError if it holds none."""
        found = found_in(Path(folder))
        if not found.here:
            raise ResultsError(f"{folder}: {_no_results(Path(folder))}")
        return cls(Path(folder), of(Path(folder), found), found.state.parts, found.state.sessions)

    def __repr__(self) -> str:
        counted = f"{self.manifest['cells']:,} cells, {self.manifest['runs']:,} runs"
        return f"<Results {self.folder}: {counted}, {self.status}>"

    @property
    def complete(self) -> bool:
        """Whether every file is there that there is to be; runs that failed are counted in ``failed``."""
        return len(self.parts) == files_in(self.manifest) and not self.absent()

    @property
    def status(self) -> str:
        """ "complete", "complete but for failed runs" or "incomplete"."""
        if not self.complete:
            return "incomplete"
        return "complete but for failed runs" if self.failed() else "complete"

    @property
    def runs_wanted(self) -> int:
        """How many runs belong here: all, or a shard's."""
        if not self.manifest.get("shard"):
            return int(self.manifest["runs"])
        return sum(runs_in(self.manifest, number) for number in numbers(self.manifest))

    @property
    def runs_done(self) -> int:
        """How many runs have a result, in parts of which every file is there."""
        there = self.parts.keys() - set(self.absent())
        whole = (names(self.manifest, number) for number in numbers(self.manifest)) if there else ()
        return sum(self.parts[files[0]]["rows"] for files in whole if there.issuperset(files))

    def failed(self) -> list[tuple[int, int, str]]:
        """The runs that failed: cell, replicate, why."""
        return sorted((int(a), int(b), str(why)) for one in self.parts.values() for a, b, why in one.get("failed", ()))

    @cached_property
    def experiment(self) -> Experiment:
        """The experiment as it was, with its scenario, its tables and its sample.

        Raises:
            OtherVersion: this version does not know all that it says. Damaged: a table of it is not as it was written.
        """
        experiment = self.asked()
        if "sample" in self.manifest:
            keep_sample(experiment, self.source(SAMPLE))
        return experiment

    def asked(self) -> Experiment:
        """The same without the sample, which is to be drawn; raises as ``experiment``."""
        experiment = read_experiment(self.folder, self.manifest)
        for axis in axes(experiment):
            if axis.table is not None:
                axis._rows = self.source(f"tables/{axis.name}.parquet")
        return experiment

    def source(self, name: str) -> Rows:
        """What cells were made of: an axis's table, the sample, the draws; Damaged unless it is what was played."""
        table, words = self.table(name), "not the table that the manifest names"
        try:
            rows = Rows.of_table(table, counter=None)
        except ValueError as error:
            raise Damaged(f"{self.folder / name}: {words}: {error}; allowed: the one that was written here") from None
        if rows.digest != sources(self.manifest).get(name):
            raise Damaged(f"{self.folder / name}: {words}; allowed: the one that was written here")
        return rows

    def columns(self, kind: str) -> list[str]:
        """The names of a table's columns; raises as ``tables``."""
        return list(next(self.tables(kind)).column_names)

    def cells(self) -> pd.DataFrame:
        """One row a cell: its number and what every axis takes there."""
        return self._read("cells", None)

    def runs(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """One row a run: cell, axes, replicate and summaries, or the columns that are named."""
        return self._read("runs", columns)

    def years(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """One row a run and year: cell, axes, replicate, year and measures, or the columns that are named."""
        return self._read("years", columns)

    def all_members(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """One row a run, year and member, where the experiment recorded them."""
        return self._read("members", columns)

    def sql(self, query: str) -> pd.DataFrame:
        """Ask in SQL of the tables ``cells``, ``runs`` and ``years``; they may be larger than memory.

        DuckDB reads the files where they lie, only the columns that are asked for, and cannot write or reach anything
        else. It believes their bytes; ``burdenshare verify`` checks them.

        Raises:
            ResultsError: what DuckDB does not understand, in one line. Damaged: a file that is missing or cut short.
        """
        from sim.store.queries import ask

        tables = {"cells": [CELLS], **{kind: self.files(kind) for kind in kinds(self.manifest)}}
        return ask(self.folder, {name: self.examined(files) for name, files in tables.items()}, query)

    def members(self, cell: int = 0, replicate: int = 0, **agents: Any) -> pd.DataFrame:
        """One row a year and member of one run, played again; ``agents`` as for ``replay``.

        Raises:
            ResultsError: no such run, or this version of the code does not play it as it was played then.
        """
        import pandas as pd

        scenario, history = self.replay(cell, replicate, **agents)
        return pd.DataFrame(member_columns(scenario, replicate, history))

    def replay(self, cell: int, replicate: int, **agents: Any) -> tuple[Scenario, History]:
        """One run played again, with every member's year; if it is stored it must be the same to the last bit.

        Args:
            cell, replicate: which run.
            agents: the subclasses that the sweep was played with, such as ``members={"DEU": Stubborn}``.

        Raises:
            ResultsError: as ``members``. OtherVersion: other code, or another table of draws, than played it.
            Whatever the run raises, if it is one that failed.
        """
        self._check_run(cell, replicate)
        check_player(self.folder, self.manifest)
        self._check_agents(cell, replicate, agents)
        scenario = self._scenario(cell)
        number = replicate + int(luck(self.experiment, np.array([cell]))[0])
        history = self._history(scenario, number, agents)
        self._check_same(cell, replicate, scenario, history)
        return scenario, history

    def to_replay(self, cell: int, replicate: int) -> str:
        """The line for a shell that plays a run again."""
        agents = self.manifest.get("agents")
        if not agents:
            return command("replay", self.folder, cell, replicate)
        modules = ", ".join(sorted({"sim", *(one["module"] for one in agents.values())}))
        call = f"sim.Results.open({str(self.folder)!r}).replay({cell}, {replicate}, {spelt(agents)})"
        return f"python -c {shlex.quote(f'import {modules}; {call}')}"

    def _history(self, scenario: Scenario, number: int, agents: Mapping[str, Any]) -> History:
        if not agents:
            return run_members(scenario, self.manifest["seed"], number)
        from sim.engines.agents import run  # here, because Mesa takes long to load

        history: History = run(scenario, self.manifest["seed"], number, **agents).history
        return history

    def _check_agents(self, cell: int, replicate: int, agents: Mapping[str, Any]) -> None:
        if described(agents) != self.manifest.get("agents", {}):
            words = f"played with other agents, or their text has changed; allowed: {self.to_replay(cell, replicate)}"
            raise ResultsError(f"{self.folder}: {words}")

    def _read(self, kind: str, columns: Sequence[str] | None) -> pd.DataFrame:
        # in this thread: one of Arrow's own may still hold a buffer of ours when Python ends, and ends it by an abort
        frame: pd.DataFrame = pa.concat_tables(self.tables(kind, columns)).to_pandas(use_threads=False)
        return frame

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
        """The run played again must have the recorded summaries and years, to the last bit."""
        again = {"runs": summarise(scenario, history.levels[None], history.counts[None])}
        again["years"] = year_columns(scenario, np.array([replicate]), history.levels[None], history.counts[None])
        again["members"] = member_columns(scenario, replicate, history)
        for name in names(self.manifest, part_of(self.manifest, number, replicate)):
            if name not in self.parts or name.split("/")[0] not in again:
                continue  # not played yet, so nothing contradicts
            table = self.table(name)
            rows = (np.asarray(table["cell"]) == number) & (np.asarray(table["replicate"]) == replicate)
            recorded = table.filter(pa.array(rows))
            played = {key: one for key, one in again[name.split("/")[0]].items() if key in table.column_names}
            if recorded.num_rows and not all(_equal(recorded[key], values) for key, values in played.items()):
                words = "this version of the code plays the run differently; allowed: sweep again with this version"
                raise ResultsError(f"{self.folder}: {words}")


def _equal(recorded: pa.ChunkedArray, again: np.ndarray[Any, Any]) -> bool:
    """Bit for bit, a missing value like a missing value."""
    now = pa.array(again).cast(recorded.type)
    return bool(np.array_equal(np.asarray(recorded), np.asarray(now), equal_nan=pa.types.is_floating(recorded.type)))


def _no_results(folder: Path) -> str:
    """Why a folder holds no results, and which ones do."""
    if not folder.exists():
        return "no such folder; allowed: a folder that burdenshare sweep has written"
    inside = sorted(path.parent for path in folder.glob(f"*/{MANIFEST}")) if folder.is_dir() else []
    if inside:
        others = f" and {len(inside) - 3} more" if len(inside) > 3 else ""
        return f"no results, but it holds some; allowed: {', '.join(map(str, inside[:3]))}{others}"
    return "no results here; allowed: a folder that burdenshare sweep has written"
