"""What a user writes: a world to start from, policies, what is said, what one wants to vary."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PrivateAttr, field_validator, model_validator

from sim.data import MEMBERS
from sim.scenario.errors import fault
from sim.scenario.parameters import Frozen, Parameters
from sim.scenario.parts import (
    REACTIONS,
    Elections,
    Instruments,
    Name,
    Path,
    Policy,
    Reaction,
    Statement,
    Text,
    Tier,
    Year,
    visible,
)

__all__ = [
    "Elections",
    "Experiment",
    "Instruments",
    "Path",
    "Policy",
    "REACTIONS",
    "Scalar",
    "Scenario",
    "Statement",
    "Tier",
    "Vary",
    "flat",
]

FIRST_START, LAST_START = 1990, 2025  # the years that the figures allow a start in
FIRST_FIGURES = 1960
MOST_STEPS, SMALLEST_STEP = 10**9, 1e-9

Measure = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Label = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(visible)]


class Scenario(Frozen):
    """One world: where it starts, who decides how, what is known to happen."""

    name: Name
    title: Text
    question: Text
    cannot_say: Text = Field(description="what nobody should conclude from it")
    sources: tuple[Text, ...] = Field(min_length=1)
    start: Annotated[int, Field(ge=FIRST_START, le=LAST_START)] = Field(
        2025, description="year of the figures to start from; the first simulated year is the next one"
    )
    end: Year = Field(2045, description="last simulated year")
    economy: Literal["trend", "actual"] = Field(
        "trend", description="growth as projected, or as it was while there are figures"
    )
    taste_window: tuple[int, int] | None = Field(
        None, description="first and last year that tastes are taken from"
    )
    reaction: Reaction = Field("joint-product", description="how members react to what the others spend")
    reactions: dict[str, Reaction] = Field(
        default_factory=dict, description="member -> its own reaction rule"
    )
    pledge: tuple[Path, ...] = Field(
        (), description="the agreed path, linear between its points; empty: as agreed in 2014 and 2025"
    )
    hostility: tuple[Path, ...] = Field((), description="steps; empty: the table in sim/data")
    war: tuple[Path, ...] = Field(
        (), description="intensity of the adversary's war, steps; empty: the table in sim/data"
    )
    policies: dict[Name, Policy] = Field(min_length=1, description="name -> what a US administration does")
    script: dict[str, Name] = Field(min_length=1, description="year -> policy in force from then on")
    elections: tuple[Elections, ...] = Field(
        (), description="policies that elections choose from; empty: none"
    )
    statements: tuple[Statement, ...] = Field((), description="what is known to be said")
    instruments: Instruments = Instruments()
    parameters: Parameters = Parameters()

    @model_validator(mode="after")
    def _whole(self) -> Scenario:
        if self.end <= self.start:
            raise fault(f"end must be after start = {self.start}", "end", allowed=f"{self.start + 1} to 2200")
        self._check_script()
        self._check_names()
        self._check_years()
        self._check_window()
        return self

    def _check_script(self) -> None:
        years = f"a year from start = {self.start} to end = {self.end}"
        for year, policy in self.script.items():
            plain = len(year) == 4 and year.isascii() and year.isdigit()
            if not (plain and self.start <= int(year) <= self.end):
                raise fault(f"{year} is not a year of this scenario", "script", year, allowed=years)
            self._check_policy(policy, "script", year)
        if str(self.start) not in self.script:
            wrong = f"nothing says which policy is in force at the start, {self.start}"
            raise fault(wrong, "script", allowed=f'a line such as {self.start} = "{min(self.policies)}"')

    def _check_policy(self, name: str, *place: str | int) -> None:
        if name not in self.policies:
            raise fault("unknown policy", *place, name=name, known=sorted(self.policies))

    def _check_names(self) -> None:
        seen: set[str] = set()
        for index, choice in enumerate(self.elections):
            self._check_policy(choice.policy, "elections", index, "policy")
            if choice.policy in seen:
                raise fault("a policy stands here twice", "elections", index, "policy", allowed="each policy once")
            seen.add(choice.policy)
        for member in self.reactions:
            if member not in MEMBERS:
                codes = "the members' three-letter codes, such as DEU"
                raise fault("unknown member", "reactions", member, allowed=codes, name=member, known=MEMBERS)

    def _check_years(self) -> None:
        for name in ("pledge", "hostility", "war"):
            for index, (before, after) in enumerate(pairwise(getattr(self, name)), start=1):
                if after.year <= before.year:
                    wrong = f"years must rise, but the point before is of {before.year}"
                    raise fault(wrong, name, index, "year", allowed=f"a year after {before.year}")
        played = f"{self.start + 1} to {self.end}"
        for index, statement in enumerate(self.statements):
            if not self.start < statement.year <= self.end:
                raise fault("not a simulated year", "statements", index, "year", allowed=played)
        for name in ("loan_opens", "clause_opens"):
            if 0 < getattr(self.parameters, name) <= self.start:
                first = self.start + 1
                wrong = f"too early: the first simulated year is {first}"
                raise fault(wrong, "parameters", name, allowed=f"0 (never by date), or {first} to 2200")

    def _check_window(self) -> None:
        if self.taste_window is None:
            return
        first, last = self.taste_window
        if not FIRST_FIGURES <= first <= last <= self.start:
            allowed = f"[first, last], rising, from {FIRST_FIGURES} to start = {self.start}"
            raise fault("no such window of years", "taste_window", allowed=allowed)


Scalar = str | bool | int | float


class Vary(Frozen):
    """One axis of a grid: one field and the values it takes, or choices that move several fields together."""

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
    choices: dict[Label, dict[str, Scalar]] = Field(
        default_factory=dict, description="label -> dotted names and their values, set together"
    )

    @field_validator("choices", mode="before")
    @classmethod
    def _flatten(cls, value: object) -> object:
        """`parameters.thinning = 0.5` without quotes is a table in a table; it means the dotted name."""
        if not isinstance(value, Mapping):
            return value
        return {label: flat(table) if isinstance(table, Mapping) else table for label, table in value.items()}

    @model_validator(mode="after")
    def _one_way(self) -> Vary:
        if self.name in ("cell", "scenario", "seed", "replicate", "year", "member"):
            raise fault("this name is taken by a column of the results", "name", allowed="another name")
        ranged = [name for name in ("start", "stop", "step") if getattr(self, name) is not None]
        used: dict[str, Sized] = {"values": self.values, "start": ranged, "choices": self.choices}
        ways = [way for way, content in used.items() if content]
        for way in ("values", "choices"):
            if way in self.model_fields_set and not used[way]:
                raise fault("empty", way, allowed="at least one")
        how = "key with values, key with start, stop and step, or choices"
        if len(ways) != 1 or (self.key is None) != (ways == ["choices"]):
            found = ", ".join((["key"] if self.key is not None else []) + ways) or "none of them"
            raise fault(f"an axis has {how}; found {found}", allowed="one of the three ways")
        if ranged:
            self._check_range()
        self._check_distinct()
        return self

    def _check_range(self) -> None:
        if self.start is None or self.stop is None or self.step is None:
            raise fault("start, stop and step go together", allowed="all three")
        if self.step < SMALLEST_STEP:
            raise fault("out of range", "step", allowed=f"a number of at least {SMALLEST_STEP:g}")
        if self.stop < self.start:
            raise fault(f"stop is below start = {self.start:g}", "stop", allowed=f"{self.start:g} or more")
        if (self.stop - self.start) / self.step > MOST_STEPS:
            raise fault(f"more than {MOST_STEPS:,} steps", "step", allowed="a larger step")

    def _check_distinct(self) -> None:
        seen: set[tuple[bool, Scalar]] = set()
        for index, value in enumerate(self.values):
            if (isinstance(value, bool), value) in seen:
                raise fault("given twice", "values", index, allowed="each value once")
            seen.add((isinstance(value, bool), value))
        for label, table in self.choices.items():
            if not table:
                raise fault("a choice that sets nothing", "choices", label, allowed="dotted names and values")


def flat(table: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Tables in tables as one table with dotted names."""
    result: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping) and value:
            result |= flat(value, f"{before}{key}.")
        else:
            result[f"{before}{key}"] = value
    return result


class Experiment(Frozen):
    """A scenario, what varies in it, and how many replicates."""

    name: Name
    title: Text
    question: Text
    scenario: Name = Field(description="name of the scenario that is varied")
    levers: tuple[Vary, ...] = Field((), max_length=20, description="what somebody can choose")
    uncertainties: tuple[Vary, ...] = Field((), max_length=20, description="what nobody controls")
    outcomes: tuple[Measure, ...] = Field((), description="measures that the experiment is about")
    replicates: int = Field(100, ge=1, le=1_000_000)
    seed: int = Field(1, ge=0, le=2**63 - 1)
    record: Literal["runs", "years"] = "years"

    _base: Scenario | None = PrivateAttr(None)  # the scenario as it was when the file was read

    @model_validator(mode="after")
    def _axes_differ(self) -> Experiment:
        names: set[str] = set()
        keys: dict[str, str] = {}
        for group in ("levers", "uncertainties"):
            for index, axis in enumerate(getattr(self, group)):
                if axis.name in names:
                    raise fault("two axes of this name", group, index, "name", allowed="each name once")
                names.add(axis.name)
                moved = {axis.key} if axis.key else {key for table in axis.choices.values() for key in table}
                for key in sorted(moved):
                    if key in keys:
                        wrong = f"{key} is moved by the axis {keys[key]} already"
                        raise fault(wrong, group, index, "name", allowed="each field on one axis")
                    keys[key] = axis.name
        return self
