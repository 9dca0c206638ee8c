"""What the agents of one run share: the year, the numbers of the scenario, what is publicly known.

A member decides by its own attributes and by this; it looks into no other agent.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from pydantic_core import PydanticSerializationError

from sim import chance
from sim.engines import turns
from sim.engines.board import Records, attributes, own
from sim.rules import washington
from sim.scenario.models import Scenario
from sim.scenario.parameters import Parameters
from sim.scenario.setting import checked, restored
from sim.setup import Prepared, of_runs, prepare
from sim.world import MEMORY, PARAMETERS, PATH, WORLD, N

__all__ = ["Begun", "Policy", "Situation", "Year", "begin"]

Floats = NDArray[np.float64]


class Policy(NamedTuple):
    """A policy of the United States."""

    name: str
    code: int  # its place in the scenario
    measure: int  # what the tiers ask for
    offer: Floats  # (2, tiers): what each asks for and what it promises
    posture: float
    support: float
    tone: float
    conditionality: float
    resolve: float
    goes_alone: float
    seeks_withdrawal: bool
    certifies: bool


class Year(NamedTuple):
    """What the scenario fixes for one year; lists run over the members, and the adversary where it has a value."""

    year: int
    script: int
    hostility: float
    war: float
    words_commitment: float
    words_exclusion: float
    growth: list[float]
    growth_spread: list[float]
    pledge: list[float]
    balance: list[float]
    in_alliance: list[int]
    in_eu: list[int]


class Begun(NamedTuple):
    """The start of a scenario; runs copy what they change."""

    prepared: Prepared
    world: NDArray[Any]  # the start, one record of WORLD
    path: NDArray[Any]  # of PATH, filled up to the start
    parameters: Parameters  # of the run
    years: list[Year]
    policies: list[Policy]
    elections: bool  # whether there is a policy to elect

    def __repr__(self) -> str:
        return f"Begun({self.prepared!r})"

    def policy(self, name: str) -> Policy:
        """The policy of this name."""
        for policy in self.policies:
            if policy.name == name:
                return policy
        known = ", ".join(policy.name for policy in self.policies)
        raise ValueError(f"no policy {name!r} in this scenario; there are {known}")


class Numbers:
    """The parameters once more: their class looks every attribute up twice, which a year of turns feels."""

    def __init__(self, values: Iterable[tuple[str, Any]]) -> None:
        self.__dict__.update(values)


class Situation(Records):
    """What everybody can see in a year of one run, and the records in which all its numbers lie."""

    # fixed for the run
    begun: Begun
    parameters: Parameters
    us_weight: float  # what US capability weighs in Europe
    nearest: float  # the highest proximity
    trust_start: float  # trust at the start
    upkeep: float  # enabler orders over spending that keep today's
    adversary_start: float  # its capability over protected GDP at the start
    allied_start: float
    # the year
    t: int
    voted: int  # the year of the latest budgets, counted likewise
    year: int
    given: Year
    policy: Policy  # in force
    measure: int  # what its tiers ask for
    offer: Floats  # its tiers: row 0 what each asks for, row 1 what it promises
    posture: float
    tone: float  # what was said this year on commitment, times authority
    conditionality: float  # and on conditionality
    act_commitment: float  # last year's costly acts until scene 3, then this year's
    act_exclusion: float
    grievance: float  # of the year before, while a year is played
    protected_gdp: float
    trust: float  # the European allies' mean belief in commitment, weighted by GDP
    war: float
    aftermath: float  # of a challenge
    support_before: float  # US$ bn, at last year's shares
    total_support: float
    enablers: float
    enabled_with_us: float
    enabled_without_us: float

    def __init__(self, begun: Begun, seed: int, replicate: int) -> None:
        prepared = begun.prepared._replace(years=own(begun.prepared.years))  # a member that leaves changes them
        super().__init__(prepared, own(begun.prepared.setup), own(begun.world), own(begun.path), seed, replicate)
        self.begun, self.parameters = begun, begun.parameters
        self.voted = 0
        self.enter(0)
        self.adopt(begun.policies[self.given.script])

    def enter(self, t: int) -> None:
        """Year ``t``, counted from the start."""
        self.t, self.given = t, self.begun.years[t]
        self.year = self.given.year

    def adopt(self, policy: Policy) -> None:
        """The policy in force from now on."""
        self.policy, self.measure, self.offer = policy, policy.measure, policy.offer
        turns.washington.adopt(self.board, policy.code)

    def part_with(self, member: int) -> None:
        """A member leaves the alliance, for the rest of the run."""
        years, later = self.prepared.years, slice(self.t + 1, None)
        years["in_alliance"][later, member], years["pledge"][self.t :, member] = 0, 0.0
        for name in ("member", "ally", "given", "pledge", "expected", "hazard"):
            getattr(self.state, name)[member] = 0.0
        self.state.protected[member] = 0

    @property
    def treaty(self) -> float:
        """1 while the treaty binds the United States."""
        return 1.0 if self.state.status[0] <= washington.LONE_NOTICE else 0.0

    @property
    def gdps(self) -> Floats:
        """Of the members, shape (n,)."""
        return np.array(self.state.gdp[:N])

    @property
    def gifts(self) -> Floats:
        """Their support shares, 0 outside the alliance, shape (n,)."""
        return np.array(self.state.given)

    @property
    def allied_capability(self) -> float:
        """Forces of the European allies."""
        return turns.forces.of_allies(self.board)

    @property
    def from_us(self) -> float:
        """What the United States adds to them."""
        return turns.forces.of_us(self.board)

    def history(self, name: str, actor: int, last: int) -> list[float]:
        """``share`` or ``spending`` of one actor, year by year, from MEMORY years before the start to ``last``."""
        years: list[float] = self.path[name][: MEMORY + last + 1, actor].tolist()
        return years

    def uniforms(self, stream: int, actor: int) -> tuple[float, float, float, float]:
        """This year's uniforms of one stream for one actor."""
        first, second, third, fourth = chance.block(self.seed, self.replicate, stream, self.year, actor)
        return chance.uniform(first), chance.uniform(second), chance.uniform(third), chance.uniform(fourth)


SHARED = (
    "us_weight", "nearest", "trust_start", "upkeep", "adversary_start", "allied_start", "posture", "act_commitment",
    "act_exclusion", "grievance", "protected_gdp", "trust", "war", "aftermath", "support_before", "total_support",
    "enablers", "enabled_with_us", "enabled_without_us",
)  # fmt: skip
SAID = {"tone": "words_commitment", "conditionality": "words_exclusion"}
attributes(Situation, "state", {name: name for name in SHARED} | SAID, at=0)


def begin(scenario: Scenario, replicate: int = 0) -> Begun:
    """The start of a scenario; computed once for the same text, where parameters are drawn for the same draw."""
    try:
        text = scenario.model_dump_json(warnings=False)
    except PydanticSerializationError:  # something in it that no file could hold
        text = checked(scenario).model_dump_json()
    return _begin(text, replicate if scenario.parameters.table else 0)


@lru_cache(maxsize=16)
def _begin(text: str, replicate: int) -> Begun:
    scenario = restored(text)
    prepared = prepare(scenario)
    prepared = prepared._replace(parameters=np.array(of_runs(prepared.parameters, np.array([replicate]))))
    row = prepared.parameters[0].item()
    p = cast(Parameters, Numbers(zip(PARAMETERS.names or (), row, strict=True)))
    world, path = np.zeros(1, WORLD), np.zeros(MEMORY + prepared.years.size, PATH)
    turns.course.begin(Records(prepared, prepared.setup, world, path, 0, 0).board)
    return Begun(prepared, world, path, p, _years(prepared), _policies(scenario, prepared), bool(scenario.elections))


def _policies(scenario: Scenario, prepared: Prepared) -> list[Policy]:
    policies = []
    for code, (name, row) in enumerate(zip(scenario.policies, prepared.policies, strict=True)):
        count = row["tiers"]
        offer = np.array([row["minimum"][:count], row["protection"][:count]])
        numbers = [float(row[field]) for field in Policy._fields[4:-2]]
        policies.append(
            Policy._make((name, code, int(row["measure"]), offer, *numbers, bool(row["seeks"]), bool(row["certifies"])))
        )
    return policies


def _years(prepared: Prepared) -> list[Year]:
    columns = [prepared.years[name].tolist() for name in Year._fields]
    return [Year._make(row) for row in zip(*columns, strict=True)]
