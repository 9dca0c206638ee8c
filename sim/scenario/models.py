"""What a user writes: a world to start from, policies, what is said, what one wants to vary."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PrivateAttr, field_validator, model_validator

from sim.data import MEMBERS
from sim.data.names import ALLOWED, country_code, no_member
from sim.scenario.errors import fault
from sim.scenario.parameters import DATES, Drawn, Frozen
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
)
from sim.scenario.rows import Rows
from sim.scenario.showing import Shown
from sim.scenario.varying import Auto, Design, FileName, Measure, Scalar, Vary

__all__ = [
    "Auto",
    "Design",
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
]


def _member(name: str) -> str:
    """The code of a member by its code or name."""
    code = country_code(name)
    if code not in MEMBERS:
        raise fault(f"member {no_member(name)}", allowed=ALLOWED)
    return str(code)


MemberCode = Annotated[str, AfterValidator(_member)]
FIRST_START, LAST_START = 1960, 2025  # the years that the figures allow a start in
FIRST_WINDOW = 1951  # the figures begin a year before: tastes look at the years before theirs too


class Scenario(Shown, Frozen):
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
    taste_window: tuple[int, int] | None = Field(None, description="first and last year that tastes are taken from")
    reaction: Reaction = Field("joint-product", description="how members react to what the others spend")
    reactions: dict[MemberCode, Reaction] = Field(
        default_factory=dict, description="member, by code or name -> its own reaction rule"
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
    elections: tuple[Elections, ...] = Field((), description="policies that elections choose from; empty: none")
    statements: tuple[Statement, ...] = Field((), description="what is known to be said")
    instruments: Instruments = Instruments()
    parameters: Drawn = Field(
        Drawn(), description='numbers of the model; "posterior", or table = "posterior" among them: drawn'
    )

    def _facts(self) -> dict[str, Any]:
        set_here = len(self.parameters.model_fields_set)
        return {
            "name": self.name, "years": f"{self.start}-{self.end}", "policies": ", ".join(self.policies),
            "reaction": self.reaction, "parameters": f"{set_here} set here" if set_here else "defaults",
        }  # fmt: skip

    @field_validator("reactions", mode="before")
    @classmethod
    def _each_once(cls, value: object) -> object:
        """No member by two of its names."""
        seen: dict[str, str] = {}
        for name in value if isinstance(value, dict) else ():
            code = country_code(name) if isinstance(name, str) else None
            if code is not None and seen.setdefault(code, name) != name:
                raise fault(f"the same member as {seen[code]}", name, allowed="each member once")
        return value

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
        for name in DATES:
            if 0 < getattr(self.parameters, name) <= self.start:
                first = self.start + 1
                wrong = f"too early: the first simulated year is {first}"
                raise fault(wrong, "parameters", name, allowed=f"0 (never by date), or {first} to 2200")

    def _check_window(self) -> None:
        if self.taste_window is None:
            return
        first, last = self.taste_window
        if not FIRST_WINDOW <= first <= last <= self.start:
            allowed = f"[first, last], rising, from {FIRST_WINDOW} to start = {self.start}"
            raise fault("no such window of years", "taste_window", allowed=allowed)


class Experiment(Shown, Frozen):
    """A scenario, what varies in it, and how many replicates."""

    name: Name
    title: Text
    question: Text
    scenario: FileName = Field(description="the scenario that is varied: a preset, or a .toml in the same folder")
    levers: tuple[Vary, ...] = Field((), max_length=20, description="what somebody can choose")
    uncertainties: tuple[Vary, ...] = Field((), max_length=40, description="what nobody controls")
    design: Design = Field(Design(), description="how cells are chosen among what the axes allow")
    outcomes: tuple[Measure, ...] = Field((), description="measures that the experiment is about")
    replicates: Annotated[int, Field(ge=1, le=1_000_000)] | Literal["auto"] = Field(
        100, description='runs of every cell; "auto": as many as the table auto asks for'
    )
    auto: Auto | None = Field(None, description='when there are enough, with replicates = "auto"')
    luck: Literal["common", "points", "independent"] = Field(
        "common",
        description="common: run k of every cell has the same draws; points: every point of the uncertainties has "
        "its own, the same under all levers (of saltelli every base point, of morris every trajectory); independent: "
        "every cell has its own",
    )
    seed: int = Field(1, ge=0, le=2**63 - 1, description="of the luck and of the sample")
    record: Literal["runs", "years", "members"] = Field(
        "years", description="summaries of runs; and their years; and every member's years"
    )
    measures: tuple[Measure, ...] = Field(
        (), description="columns to record, empty: all; a measure of years keeps its mean and its end too"
    )

    _base: Scenario | None = PrivateAttr(None)  # the scenario as it was when the file was read
    _base_name: str | None = PrivateAttr(None)  # what the experiment called it then; a copy may name another one
    _points: tuple[tuple[Design, tuple[str, ...], int], Rows] | None = PrivateAttr(None)  # the sample as it was played

    def _facts(self) -> dict[str, Any]:
        axes = ", ".join(axis.name for axis in (*self.levers, *self.uncertainties))
        return {
            "name": self.name, "scenario": self.scenario, "axes": axes or "none", "design": self.design.kind,
            "replicates": self.replicates, "seed": self.seed,
        }  # fmt: skip

    @model_validator(mode="after")
    def _whole(self) -> Experiment:
        self.check_names()
        self._check_design()
        if (self.replicates == "auto") and self.auto is None:
            raise fault("auto needs to know when to stop", "replicates", allowed="a table auto, or a number")
        return self

    def check_names(self) -> None:
        """No two axes have one name or move one field."""
        names: set[str] = set()
        keys: dict[str, str] = {}
        for group in ("levers", "uncertainties"):
            for index, axis in enumerate(getattr(self, group)):
                if axis.name in names:
                    raise fault("two axes of this name", group, index, "name", allowed="each name once")
                names.add(axis.name)
                for key in sorted(axis.keys):
                    field = "parameters.table" if key == "parameters" else key  # the one field of two names
                    if field in keys:
                        wrong = f"{key} is moved by the axis {keys[field]} already"
                        raise fault(wrong, group, index, "name", allowed="each field on one axis")
                    keys[field] = axis.name

    def _check_design(self) -> None:
        """Ranges are sampled, and a sample needs something to sample."""
        sampled = self.design.kind != "grid"
        levers = sampled and self.design.levers == "sampled"
        for group, taken in (("levers", levers), ("uncertainties", sampled)):
            for index, axis in enumerate(getattr(self, group)):
                if axis.is_range and not taken:
                    other = 'levers = "sampled" in the table design' if sampled else "a design that samples"
                    allowed = f"values, steps, or {other}"
                    raise fault("a range has no values to cross", group, index, "low", allowed=allowed)
        if sampled and not (self.uncertainties or (levers and self.levers)):
            raise fault(f"{self.design.kind} has nothing to sample", "design", allowed="at least one uncertainty")
        if self.design.kind in ("saltelli", "morris") and self.luck == "independent":
            wrong = f"{self.design.kind} would take the luck of every cell for an effect of the axes"
            raise fault(wrong, "luck", allowed="common, points")
