"""What a sweep will play, before it plays: parts, their runs, the columns they get, the digest of it all.

A part is a file: whole cells while they are small, else a stretch of one cell's replicates. How runs fall into parts
depends on the experiment alone, never on threads or memory, so the same experiment gives the same files anywhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.data import MEMBERS
from sim.engines.subclasses import described
from sim.engines.tables import COLUMNS, MEASURES, measures_of, summarise, year_columns
from sim.measures import COUNTS, LEVELS, MEMBER
from sim.scenario import Experiment, Scenario, ScenarioError, Vary, axes, base_scenario, cell, count, draws
from sim.scenario.allowed import meant
from sim.scenario.axes import rows, value
from sim.scenario.design import drawn_anew, positions, sampled
from sim.scenario.grid import allow
from sim.setup import points_of
from sim.store.declared import MOST_FILES
from sim.store.layout import DRAWS, SAMPLE
from sim.store.provenance import code_digest, code_files, packages
from sim.sweeps.design import Blocks

__all__ = ["Engine", "Part", "Plan", "checked"]

Engine = Literal["batch", "mesa"]

RUNS = 2_000  # in a part, about; five times as many where runs alone are recorded by the million
MOST_RUNS = 100_000_000  # of a sweep, unless more are allowed
ROWS = 50_000  # in the longest table of a part
CELLS = 65_536  # cells that are checked together, and rows that their table is written by
KINDS = ("runs", "years", "members")
ALWAYS = {"cell", "replicate", "year", "member"}  # columns that say whose row it is


@dataclass(frozen=True)
class Part:
    """The runs of one file: all of these replicates of all of these cells."""

    number: int
    cells: range
    replicates: range

    @property
    def runs(self) -> int:
        return len(self.cells) * len(self.replicates)


class Plan:
    """An experiment with its scenario, taken apart.

    Attributes:
        cells, replicates, runs: how many there are.
        together: cells in a part. stretch: replicates in a part.
        blocks: the cells as the engine plays them.
        engine, agents: what plays, and the subclasses that decide otherwise (``AllianceModel`` takes them).
        scenario: cell -> its scenario; the last ones are kept.
    """

    def __init__(
        self, experiment: Experiment, engine: Engine = "batch", agents: Mapping[str, Any] | None = None
    ) -> None:
        """ScenarioError if an axis or an outcome has a name that the results cannot have, or replicates are open.

        Also for an engine that there is not, and for agents that the engine or its workers cannot have.
        """
        self.engine, self.agents = engine, dict(agents or {})
        self._described = _agents(engine, self.agents)
        if experiment.replicates == "auto":
            raise ScenarioError(f'experiment {experiment.name}: replicates = "auto": not settled; allowed: a number')
        self.base = base_scenario(experiment)
        self.experiment = experiment.model_copy()
        self.experiment._base, self.experiment._base_name = self.base, None  # no file is read again
        self.experiment._points = None  # what is played is drawn; the digest says whether it is what was stored
        checked(self.experiment)
        self.blocks = Blocks(self.experiment)
        self.cells, self.replicates = count(experiment), experiment.replicates
        self.runs = self.cells * self.replicates
        self.scenario = lru_cache(8)(lambda number: cell(self.experiment, number).scenario)
        large = min(max(1, self.runs // 500_000), 5)  # fewer files, which is what reading many runs costs
        most = max(1, min(large * RUNS, ROWS // rows_a_run(self.experiment, self.base)))
        self.together = max(1, most // self.replicates)
        self.stretch = -(-self.replicates // -(-self.replicates // most))

    def __reduce__(self) -> tuple[Any, ...]:
        """For workers: the parts stay as they were cut here."""
        cut = {"together": self.together, "stretch": self.stretch}
        return Plan, (self.experiment, self.engine, self.agents), cut

    @property
    def records_years(self) -> bool:
        return self.experiment.record != "runs"

    @property
    def records_members(self) -> bool:
        return self.experiment.record == "members"

    @property
    def kinds(self) -> tuple[str, ...]:
        """The folders that every part has a file in."""
        return KINDS[: 1 + KINDS.index(self.experiment.record)]

    @property
    def parts(self) -> int:
        return -(-self.cells // self.together) * self._a_cell

    @property
    def _a_cell(self) -> int:
        return -(-self.replicates // self.stretch)

    def part(self, number: int) -> Part:
        """The cells and replicates of a part."""
        group, piece = divmod(number, self._a_cell)
        first, low = group * self.together, piece * self.stretch
        cells = range(first, min(first + self.together, self.cells))
        return Part(number, cells, range(low, min(low + self.stretch, self.replicates)))

    def allow(self, allow_many: bool) -> None:
        """ScenarioError for too many cells, runs or files, counted and not built."""
        allow(self.experiment, allow_many)
        if (files := self.parts * len(self.kinds)) > MOST_FILES:
            words = f"its results would be {files:,} files; allowed: {MOST_FILES:,}, or to record less"
            raise ScenarioError(f"experiment {self.experiment.name}: {words}")
        if self.runs > MOST_RUNS and not allow_many:
            words = f"{self.cells:,} cells x {self.replicates:,} replicates = {self.runs:,} runs"
            allowed = f"{MOST_RUNS:,}, or allow_many=True (--yes on the command line)"
            raise ScenarioError(f"experiment {self.experiment.name}: {words}; allowed: {allowed}")

    def check(self, allow_many: bool) -> None:
        """ScenarioError for too many cells or runs, or for the first cell that is wrong."""
        self.allow(allow_many)
        for first in range(0, self.cells, CELLS):
            self.blocks.check(range(first, min(first + CELLS, self.cells)))

    @cached_property
    def measured(self) -> tuple[str, ...]:
        """The measures that what the experiment records is made of; the others are not computed."""
        wanted = {*self.experiment.measures, *self.experiment.outcomes}
        return measures_of(wanted & COLUMNS.keys()) if self.experiment.measures else MEASURES

    def kept(self, columns: dict[str, Any]) -> dict[str, Any]:
        """The columns that the experiment records."""
        if not self.experiment.measures:
            return columns
        wanted = {*self.experiment.measures, *self.experiment.outcomes}
        return {name: values for name, values in columns.items() if {name, measure_of(name)} & (wanted | ALWAYS)}

    @property
    def _draws(self) -> bool:
        """Whether any cell takes its parameters from the posterior."""
        named = {"parameters", "parameters.table"}
        return self.base.parameters.table is not None or any(named & set(axis.keys) for axis in axes(self.experiment))

    @cached_property
    def header(self) -> dict[str, Any]:
        """What the manifest says of the experiment; a function of experiment, scenario, figures and code alone."""
        what = {
            "experiment": _dumped(self.experiment),
            "scenario": self.base.model_dump(mode="json"),
            "tables": {axis.name: rows(axis).digest for axis in axes(self.experiment) if axis.table is not None},
            "code": code_digest(),
        }
        if sampled(self.experiment):
            what["sample"] = drawn_anew(self.experiment).digest
        if self._draws:
            what["draws"] = draws.posterior().digest
        if self._described:  # the usual agents play the same bits as the batch engine
            what["agents"] = self._described
        text = json.dumps(what, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        shape = {"cells": self.cells, "replicates": self.replicates, "runs": self.runs, "number_of_parts": self.parts}
        return {
            "name": self.experiment.name,
            "digest": hashlib.sha256(text.encode()).hexdigest(),
            "seed": self.experiment.seed,
            **shape,
            "part": {"cells": self.together, "replicates": self.stretch},
            "pledge": self._pledge(),
            **what,
        }

    def check_code(self) -> None:
        """ResultsError or ScenarioError if code, figures or agents have changed since this process imported them."""
        code_files()
        described(self.agents)

    def identity(self) -> list[Any]:
        """Of a plan, and of what this process plays it with: the same for all that play it. Raises as check_code."""
        self.check_code()
        return [self.header["digest"], packages()]

    def _pledge(self) -> list[dict[str, float]]:
        """The points of the agreed path, the table's where the scenario has none: what is drawn beside runs."""
        when, value = points_of("pledge", self.base.pledge)
        return [{"year": year, "value": share} for year, share in zip(when.tolist(), value.tolist(), strict=True)]

    def axis_columns(self, cells: NDArray[np.int64]) -> dict[str, pa.Array]:
        """The values of all axes in these cells, a column an axis; of a table the numbers of its rows."""
        places = positions(self.experiment, self.base, cells)
        columns: dict[str, pa.Array] = {}
        for axis in axes(self.experiment):
            at = places[axis.name]
            if axis.is_range or axis.table is not None:
                columns[axis.name] = pa.array(at)
                continue
            used, inverse = np.unique(at, return_inverse=True)
            columns[axis.name] = _column([value(axis, int(one)) for one in used], _kind(axis)).take(pa.array(inverse))
        return columns

    def table(self, columns: dict[str, NDArray[Any]]) -> pa.Table:
        """Columns of runs as a table, with the axes behind the cell."""
        rest = dict(columns)
        cells = rest.pop("cell")
        return pa.table({"cell": cells, **self.axis_columns(cells), **rest})

    def cell_tables(self) -> Iterator[pa.Table]:
        """The table of cells, a stretch at a time: every axis, and what the rows of tables say."""
        for first in range(0, self.cells, CELLS):
            cells = np.arange(first, min(first + CELLS, self.cells))
            columns = self.axis_columns(cells)
            for axis in axes(self.experiment):
                if axis.table is not None:
                    at = columns[axis.name].to_numpy()
                    columns |= {key: pa.array(column[at]) for key, column in rows(axis).columns.items()}
            yield pa.table({"cell": cells, **columns})

    def tables(self) -> dict[str, pa.Table]:
        """What cells were made of, by the names of its files among the results, so that these stand alone."""
        tabled = (axis for axis in axes(self.experiment) if axis.table is not None)
        found = {f"tables/{axis.name}.parquet": rows(axis).table() for axis in tabled}
        if sampled(self.experiment):
            found[SAMPLE] = drawn_anew(self.experiment).table()
        if self._draws:
            found[DRAWS] = draws.posterior().table()
        return found


def _agents(engine: str, agents: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What the manifest says of agents; ScenarioError for what cannot be played."""
    if engine not in ("batch", "mesa"):
        raise ScenarioError(f"engine = {engine!r}: no such engine; allowed: batch, mesa")
    if agents and engine != "mesa":
        raise ScenarioError(f'{", ".join(agents)}: agents of your own need Mesa; allowed: engine="mesa"')
    return described(agents)


def rows_a_run(experiment: Experiment, base: Scenario) -> int:
    """Rows that a run has in its longest table."""
    years = base.end - base.start + 1
    return {"runs": 1, "years": years, "members": years * len(MEMBERS)}[experiment.record]


def measure_of(column: str) -> str:
    """The measure of years that a column of runs is the mean or the end of."""
    return column.removeprefix("mean_").removeprefix("end_")


def _dumped(experiment: Experiment) -> dict[str, Any]:
    """The experiment as plain data, defaults filled in; of axes and design only what they use, to be read back."""
    data: dict[str, Any] = experiment.model_dump(mode="json")
    data["design"] = {"kind": experiment.design.kind} | experiment.design.model_dump(mode="json", exclude_defaults=True)
    for group in ("levers", "uncertainties"):
        data[group] = [axis.model_dump(mode="json", exclude_defaults=True) for axis in getattr(experiment, group)]
    return data


def _kind(axis: Vary) -> pa.DataType:
    """The type of an axis's column; it does not depend on which cells are looked at."""
    given = axis.values if axis.step is None else (axis.start, axis.step)
    found: set[type] = {type(one) for one in given} or {str}
    for types, kind in (({bool}, pa.bool_()), ({int}, pa.int64()), ({int, float}, pa.float64())):
        if found <= types:
            return kind
    return pa.string()


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    return pa.array([str(one) if pa.types.is_string(kind) else one for one in values], kind)


def checked(experiment: Experiment) -> tuple[str, ...]:
    """The columns of runs that the outcomes mean: themselves, or their means over the years.

    ScenarioError if an outcome is no measure, or an axis has the name of one: it could not be a column beside it.
    """
    runs, years = measures(base_scenario(experiment))
    recorded = runs | years | (set(MEMBER) if experiment.record == "members" else set())
    tabled = {key for axis in axes(experiment) if axis.table is not None for key in axis.keys}
    for axis in axes(experiment):
        if axis.name in recorded | tabled:
            words = "this name is taken by a column of the results; allowed: another name"
            raise ScenarioError(f"experiment {experiment.name}: axis name = {axis.name!r}: {words}")
    meaning = {name for name in runs | years if of_runs(name, runs) in runs}
    for place, names, known in (
        ("outcomes", experiment.outcomes, years | runs),
        ("measures", experiment.measures, recorded),
        ("auto.outcome", (experiment.auto.outcome,) if experiment.auto else (), meaning),
    ):
        for name in names:
            if name not in known:
                words = f"no such measure{meant(name, known)}; allowed: {', '.join(sorted(years))}, or a column of runs"
                raise ScenarioError(f"experiment {experiment.name}: {place}: {name!r}: {words}")
    columns = [of_runs(name, runs) for name in experiment.outcomes]
    return tuple(name for name in dict.fromkeys(columns) if name in runs)


def of_runs(name: str, runs: Container[str]) -> str:
    """The column of runs that an outcome means."""
    return name if name in runs else f"mean_{name}"


def measures(scenario: Scenario) -> tuple[set[str], set[str]]:
    """The names of what is measured: by run, by year."""
    levels, counts = np.zeros((1, 2, len(LEVELS))), np.zeros((1, 2, len(COUNTS)), np.int16)
    with np.errstate(invalid="ignore"):
        years = year_columns(scenario, np.zeros(1, np.int64), levels, counts)
    return set(summarise(scenario, levels, counts)), set(years) - {"replicate", "year"}
