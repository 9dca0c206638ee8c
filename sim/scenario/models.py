"""What a user writes: a world to start from, policies, what is said, what one wants to vary."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from sim.data import MEMBERS
from sim.scenario.parameters import Frozen, Parameters

__all__ = ["Elections", "Experiment", "Instruments", "Policy", "Scenario", "Statement", "Tier", "Vary"]

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,59}$")]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Year = Annotated[int, Field(ge=1990, le=2200)]
Share = Annotated[float, Field(ge=0, le=0.2)]
Probability = Annotated[float, Field(ge=0, le=1)]
Tone = Annotated[float, Field(ge=-1, le=1)]
Reaction = Literal["joint-product", "pure-public", "threat-only", "follow", "pledge-driven", "inertia"]
REACTIONS: tuple[str, ...] = ("joint-product", "pure-public", "threat-only", "follow", "pledge-driven", "inertia")


class Tier(Frozen):
    """From this line on, this level of protection."""

    minimum: float = Field(ge=-0.2, le=2, description="where the tier starts, in what the policy measures")
    protection: Probability = Field(description="level of protection in [0, 1]")


class Policy(Frozen):
    """What a US administration offers and does; a new policy needs no code."""

    measure: Literal["share", "effort", "pledge"] = Field(
        "share", description="share of GDP; effort, its rise over three years; pledge, share over the agreed path"
    )
    tiers: tuple[Tier, ...] = Field((Tier(minimum=0.0, protection=1.0),), min_length=1, max_length=8)
    posture: float = Field(1.0, ge=0, le=3, description="target for US forces in Europe, 1 as at the start")
    support: float = Field(1.0, ge=0, le=5, description="factor on US support to a partner under attack")
    tone: Tone = Field(0.3, description="mean tone of statements on commitment")
    conditionality: Tone = Field(0.0, description="mean tone of statements on excluding those below a line")
    resolve: Probability = Field(0.9, description="true chance that the US comes to a fully protected ally; assumed")
    seeks_withdrawal: bool = Field(False, description="asks Congress to leave the treaty")
    goes_alone: Probability = Field(0.0, description="chance that it gives notice when Congress refuses")
    certifies: bool = Field(False, description="certifies a drawdown below the statutory floor")

    @model_validator(mode="after")
    def _sorted(self) -> Policy:
        lines = [tier.minimum for tier in self.tiers]
        levels = [tier.protection for tier in self.tiers]
        if lines[0] > 0.0:
            raise ValueError(f"the first tier must start at 0 or below, found {lines[0]:g}")
        if any(b <= a for a, b in zip(lines, lines[1:], strict=False)):
            raise ValueError(f"tiers must rise and not overlap, found minimum = {lines}")
        if any(b < a for a, b in zip(levels, levels[1:], strict=False)):
            raise ValueError(f"protection must not fall from tier to tier, found {levels}")
        return self


class Statement(Frozen):
    """Something that was, or is to be, said in public."""

    year: Year
    authority: Probability = Field(description="1 president, .7 cabinet, .4 adviser, .2 legislator")
    tone: Tone = Field(0.0, description="on commitment, -1 to 1")
    conditionality: Tone = Field(0.0, description="on exclusion, -1 to 1")
    source: Text = Field(description="where it is documented")


class Elections(Frozen):
    """Policies that voters choose between, with the weights of Eq. 8."""

    policy: Name
    alpha: float = Field(0.0, ge=-50, le=50, description="log weight at no grievance")
    gamma: float = Field(0.0, ge=-200, le=200, description="how grievance over burdens moves it")


class Instruments(Frozen):
    """How EU members take up loans and the escape clause."""

    take_up: Literal["recorded", "decided", "none"] = Field(
        "recorded", description="as recorded in 2025, by each member's own decision, or not at all"
    )


class Path(Frozen):
    """A value from a year on; between two points of a sloping path it is interpolated."""

    year: Annotated[int, Field(ge=1900, le=2200)]
    value: float = Field(ge=0, le=1)


class Scenario(Frozen):
    """One world: where it starts, who decides how, what is known to happen."""

    name: Name
    title: Text
    question: Text
    cannot_say: Text = Field(description="what nobody should conclude from it")
    sources: tuple[Text, ...] = Field(min_length=1)
    start: Annotated[int, Field(ge=1990, le=2025)] = 2025
    end: Year = 2045
    economy: Literal["trend", "actual"] = "trend"
    taste_window: tuple[int, int] | None = Field(None, description="first and last year that tastes are taken from")
    reaction: Reaction = "joint-product"
    reactions: dict[str, Reaction] = Field(default_factory=dict, description="member -> its own reaction rule")
    pledge: tuple[Path, ...] = Field((), description="the agreed path, linear between its points; empty: as agreed in 2014 and 2025")
    hostility: tuple[Path, ...] = Field((), description="steps; empty: the table in sim/data")
    war: tuple[Path, ...] = Field((), description="intensity of the adversary's war, steps; empty: the table in sim/data")
    policies: dict[Name, Policy] = Field(min_length=1)
    script: dict[str, Name] = Field(description="year -> policy in force from then on")
    elections: tuple[Elections, ...] = Field((), description="policies that elections choose from; empty: none")
    statements: tuple[Statement, ...] = ()
    instruments: Instruments = Instruments()
    parameters: Parameters = Parameters()

    @model_validator(mode="after")
    def _whole(self) -> Scenario:
        if self.end <= self.start:
            raise ValueError(f"end must be after start = {self.start}, found {self.end}")
        known = ", ".join(sorted(self.policies))
        for year, policy in self.script.items():
            if not (year.isdigit() and self.start <= int(year) <= self.end):
                raise ValueError(f"script: {year} is not a year from start = {self.start} to end = {self.end}")
            if policy not in self.policies:
                raise ValueError(f"script: unknown policy {policy!r}; there are {known}")
        if str(self.start) not in self.script:
            raise ValueError(f"script must say which policy is in force at the start, {self.start}")
        for choice in self.elections:
            if choice.policy not in self.policies:
                raise ValueError(f"elections: unknown policy {choice.policy!r}; there are {known}")
        for member in self.reactions:
            if member not in MEMBERS:
                raise ValueError(f"reactions: unknown member {member!r}; members are three-letter codes such as DEU")
        for name in ("pledge", "hostility", "war"):
            years = [point.year for point in getattr(self, name)]
            if any(b <= a for a, b in zip(years, years[1:], strict=False)):
                raise ValueError(f"{name}: years must rise, found {years}")
        return self


Scalar = str | bool | int | float


class Vary(Frozen):
    """One axis of a grid: a field of the scenario by its dotted name, and what it takes."""

    key: Text = Field(description="dotted name, such as parameters.thinning or policies.conditional.tiers.1.minimum")
    values: tuple[Scalar | dict[str, Scalar], ...] = Field((), description="the values, one by one")
    start: float | None = None
    stop: float | None = None
    step: float | None = Field(None, gt=0)


class Experiment(Frozen):
    """A scenario, what varies in it, and how many replicates."""

    name: Name
    title: Text
    question: Text
    scenario: Name = Field(description="name of the scenario that is varied")
    levers: tuple[Vary, ...] = Field((), description="what somebody can choose")
    uncertainties: tuple[Vary, ...] = Field((), description="what nobody controls")
    outcomes: tuple[Name, ...] = Field((), description="measures that the experiment is about")
    replicates: int = Field(100, ge=1, le=1_000_000)
    seed: int = Field(1, ge=0, lt=2**63)
    record: Literal["runs", "years"] = "years"
