"""What varies in an experiment, how its points are chosen, and when there are runs enough."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sized
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PrivateAttr, field_validator, model_validator

from sim.scenario.errors import fault
from sim.scenario.parameters import Frozen
from sim.scenario.parts import visible
from sim.scenario.rows import Rows

__all__ = ["Auto", "Design", "FileName", "Measure", "Scalar", "Vary", "flat"]

MOST_STEPS, SMALLEST_STEP = 10**9, 1e-9
MOST_POINTS = 10_000_000

Scalar = str | bool | int | float
Measure = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Label = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(visible)]
FileName = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(visible)]
WAYS = "key with values, key with start, stop and step, key with low and high, choices, or table"


class Vary(Frozen):
    """One axis: a field and the values it takes, or choices or rows of a table that move several fields together."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")] = Field(
        description="name of the axis, a column in the results"
    )
    key: Label | None = Field(
        None, description="dotted name, such as parameters.thinning or policies.conditional.tiers.1.minimum"
    )
    values: tuple[Scalar, ...] = Field((), max_length=100_000, description="the values of key, one by one")
    start: int | float | None = Field(None, description="first value of key")
    stop: int | float | None = Field(None, description="last value of key, if the steps meet it")
    step: int | float | None = Field(None, description="from one value to the next")
    low: int | float | None = Field(None, description="lower end of a range of key, all of it as likely; sampled")
    high: int | float | None = Field(None, description="upper end of that range")
    choices: dict[Label, dict[str, Scalar]] = Field(
        default_factory=dict, description="label -> dotted names and their values, set together"
    )
    table: FileName | None = Field(
        None,
        description="a .csv or .parquet beside the experiment, or a shipped one's name: a column a field "
        "(its dotted name, or a parameter's own), a row a value of the axis",
    )

    _rows: Rows | None = PrivateAttr(None)  # the table, as it was when the experiment was read

    @field_validator("choices", mode="before")
    @classmethod
    def _flatten(cls, value: object) -> object:
        """`parameters.thinning = 0.5` without quotes is a table in a table; it means the dotted name."""
        if not isinstance(value, Mapping):
            return value
        for label, table in value.items():
            if isinstance(table, Mapping) and (twice := again(table)):
                raise fault(f"{twice} is set here twice, in two spellings", label, allowed="each field once")
        return {label: flat(table) if isinstance(table, Mapping) else table for label, table in value.items()}

    @model_validator(mode="after")
    def _one_way(self) -> Vary:
        if self.name in ("cell", "scenario", "seed", "replicate", "year", "member"):
            raise fault("this name is taken by a column of the results", "name", allowed="another name")
        stepped = [name for name in ("start", "stop", "step") if getattr(self, name) is not None]
        ranged = [name for name in ("low", "high") if getattr(self, name) is not None]
        used: dict[str, Sized] = {"values": self.values, "start": stepped, "low": ranged, "choices": self.choices}
        ways = [way for way, content in used.items() if content] + ["table"] * (self.table is not None)
        for way in ("values", "choices"):
            if way in self.model_fields_set and not used[way]:
                raise fault("empty", way, allowed="at least one")
        if len(ways) != 1 or (self.key is None) != (ways[0] in ("choices", "table")):
            found = ", ".join((["key"] if self.key is not None else []) + ways) or "none of them"
            raise fault(f"an axis has {WAYS}; found {found}", allowed="one of the five ways")
        if stepped:
            self._check_steps()
        if ranged:
            self._check_range()
        self._check_distinct()
        return self

    def _check_steps(self) -> None:
        if self.start is None or self.stop is None or self.step is None:
            raise fault("start, stop and step go together", allowed="all three")
        if self.step < SMALLEST_STEP:
            raise fault("out of range", "step", allowed=f"a number of at least {SMALLEST_STEP:g}")
        if self.stop < self.start:
            raise fault(f"stop is below start = {self.start:g}", "stop", allowed=f"{self.start:g} or more")
        if (self.stop - self.start) / self.step > MOST_STEPS:
            raise fault(f"more than {MOST_STEPS:,} steps", "step", allowed="a larger step")

    def _check_range(self) -> None:
        if self.low is None or self.high is None:
            raise fault("low and high go together", allowed="both")
        if self.high <= self.low:
            raise fault(f"high must be above low = {self.low:g}", "high", allowed=f"more than {self.low:g}")

    def _check_distinct(self) -> None:
        seen: set[tuple[bool, Scalar]] = set()
        for index, value in enumerate(self.values):
            if (isinstance(value, bool), value) in seen:
                raise fault("given twice", "values", index, allowed="each value once")
            seen.add((isinstance(value, bool), value))
        for label, table in self.choices.items():
            if not table:
                raise fault("a choice that sets nothing", "choices", label, allowed="dotted names and values")

    @property
    def is_range(self) -> bool:
        """Whether it takes any value between two, and so has to be sampled."""
        return self.low is not None

    @property
    def keys(self) -> tuple[str, ...]:
        """The dotted names that it sets; of a table those that were read."""
        if self.key is not None:
            return (self.key,)
        if self.table is not None:
            return tuple(self._rows.columns) if self._rows else ()
        return tuple(dict.fromkeys(key for table in self.choices.values() for key in table))


def flat(table: Mapping[str, Any]) -> dict[str, Any]:
    """Tables in tables as one table with dotted names."""
    return dict(_leaves(table))


def again(table: Mapping[str, Any]) -> str:
    """A dotted name that nested tables and a key in quotes give both; empty if there is none."""
    names = [name for name, _ in _leaves(table)]
    return next((name for place, name in enumerate(names) if name in names[:place]), "")


def _leaves(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


class Design(Frozen):
    """How the points of an experiment are chosen: all combinations, or a sample of them."""

    kind: Literal["grid", "latin-hypercube", "sobol", "saltelli", "morris"] = Field(
        "grid", description="grid: every combination; the others sample the uncertainties"
    )
    points: Annotated[int, Field(ge=1, le=MOST_POINTS)] | None = Field(
        None, description="points of a sample; of saltelli base points, of morris trajectories"
    )
    levers: Literal["crossed", "sampled"] = Field(
        "crossed", description="crossed: every combination of levers meets every point; sampled: as uncertainties are"
    )
    second_order: bool = Field(False, description="saltelli: pairs of axes too, 2 axes + 2 cells a base point")
    levels: int = Field(4, ge=2, le=100, multiple_of=2, description="morris: values that an axis is tried at")

    @model_validator(mode="after")
    def _whole(self) -> Design:
        if self.kind == "grid":
            given = next((name for name in type(self).model_fields if name in self.model_fields_set - {"kind"}), None)
            if given:
                raise fault("a grid takes every combination", given, allowed="no such line, or another kind")
            return self
        if self.points is None:
            raise fault(f"{self.kind} needs points", "points", allowed=f"a whole number from 1 to {MOST_POINTS}")
        if self.kind in ("sobol", "saltelli") and self.points & (self.points - 1):
            below = 1 << (self.points.bit_length() - 1)
            wrong = "a Sobol sequence is balanced only at powers of two"
            raise fault(wrong, "points", allowed=f"{below} or {2 * below}")
        for name, kind in (("second_order", "saltelli"), ("levels", "morris")):
            if name in self.model_fields_set and self.kind != kind:
                raise fault(f"{name} belongs to kind {kind}", name, allowed=f"no such line with {self.kind}")
        return self


class Auto(Frozen):
    """When there are replicates enough: the mean of an outcome is known well enough in every cell."""

    outcome: Measure = Field(description="a column of runs, or a measure of years, which means its mean over the years")
    within: float = Field(gt=0, description="largest half-width of the interval of its mean in any cell")
    confidence: float = Field(0.95, ge=0.5, le=0.9999, description="of that interval")
    first: int = Field(50, ge=10, le=1_000_000, description="replicates to begin with")
    most: int = Field(10_000, ge=10, le=1_000_000, description="replicates to give up at")

    @model_validator(mode="after")
    def _rises(self) -> Auto:
        if self.most < self.first:
            raise fault(f"most is below first = {self.first}", "most", allowed=f"{self.first} or more")
        return self
