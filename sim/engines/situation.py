"""What the agents of one run share: the year, the numbers of the scenario, what is publicly known.

A member decides by its own attributes and by this; it looks into no other agent.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from sim.engines import alone, turns
from sim.engines.turns import Shared
from sim.scenario.models import Scenario
from sim.scenario.parameters import Parameters
from sim.setup import Prepared, of_runs, prepare
from sim.world import MEMORY, PARAMETERS, PATH, UNITED_STATES, WORLD, N

__all__ = ["MEMBER_FIELDS", "MEMBER_START", "Begun", "Policy", "Situation", "Year", "begin"]

Floats = NDArray[np.float64]
Start = dict[str, Any]  # attribute -> value at the start

# attribute of a member -> its field in the batch engine's record of the world
MEMBER_FIELDS = {
    "gdp": "gdp", "growth": "growth", "debt": "debt", "defence_share": "share", "wanted_share": "wanted",
    "support_share": "support", "given": "given", "drawn": "drawn", "grant": "grant", "loan": "loan",
    "price": "price", "room": "room", "room_used": "room_used", "uses_clause": "clause", "stock": "stock",
    "capability": "capability",
    "commitment": "commitment", "commitment_mean": "commitment_mean", "commitment_belief": "commitment_belief",
    "exclusion": "exclusion", "exclusion_mean": "exclusion_mean", "exclusion_belief": "exclusion_belief",
    "collective_taste": "collective", "national_taste": "national", "proximity": "proximity", "thinning": "thinning",
    "allied_spillin": "allies", "us_spillin": "us", "threat": "threat", "pledge": "pledge", "protection": "level",
    "expected_protection": "expected", "protected": "protected", "hazard": "hazard",
}  # fmt: skip
# attribute of a member -> the column of the figures that it comes from
FIGURES = {
    "armed": "armed", "base_share": "base_share", "allotment": "allotment", "advantage": "advantage",
    "loan_flag": "loan_flag", "clause_flag": "clause_flag", "reaction": "reaction", "population": "population",
}  # fmt: skip
# all attributes of a member at the start, in the order in which ``MemberTurns.begin`` takes them
MEMBER_START = (
    "in_alliance", "ally", "covered", "armed", "gdp", "growth", "debt", "population", "proximity", "commitment",
    "commitment_mean", "commitment_belief", "exclusion", "exclusion_mean", "exclusion_belief", "collective_taste",
    "national_taste", "thinning", "allied_spillin", "us_spillin", "threat", "reaction", "clause_flag", "uses_clause",
    "base_share", "room", "room_used", "loan_flag", "allotment", "advantage", "grant", "loan", "drawn", "price",
    "pledge", "first_share", "wanted_share", "defence_share", "spending", "stock", "capability", "protection",
    "expected_protection", "protected", "support_share", "given", "hazard",
)  # fmt: skip
ADVERSARY_FIELDS = (
    "gdp", "growth", "stock", "commitment", "commitment_mean", "commitment_belief", "exclusion", "exclusion_mean",
    "exclusion_belief",
)  # fmt: skip


class Policy(NamedTuple):
    """A policy of the United States."""

    name: str
    code: int  # its place in the scenario
    measure: int  # what the tiers ask for
    offer: Floats  # (2, tiers): what each asks for and what it promises
    best_protection: float
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
    pledge: list[float]
    balance: list[float]
    growth: list[float]
    growth_spread: list[float]
    in_alliance: list[int]
    in_eu: list[int]
    member: Floats  # 1 in the alliance, 0 outside
    ally: Floats  # the same, 0 for the United States


class Begun(NamedTuple):
    """All that two runs of a scenario have in common; never written to."""

    prepared: Prepared
    world: NDArray[Any]  # the start, one record of WORLD
    path: NDArray[Any]  # of PATH, filled up to the start
    parameters: Parameters  # of the run
    years: list[Year]
    policies: list[Policy]
    elections: bool  # whether there is a policy to elect
    members: list[tuple[Any, ...]]
    spending: list[list[float]]  # of every actor, the years up to the start
    shares: list[list[float]]  # of every member, the same years
    orders: list[float]  # of enablers, the same years
    envelope: float  # of loans
    adversary: Start
    situation: Start

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


class Situation:
    """What everybody can see in a year of one run."""

    # fixed for the run
    seed: int
    replicate: int
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
    year: int
    given: Year
    policy: Policy  # in force
    measure: int  # what its tiers ask for
    offer: Floats  # its tiers: row 0 what each asks for, row 1 what it promises
    treaty: float  # 1 while the treaty binds the United States
    posture: float
    tone: float  # what was said this year on commitment, times authority
    conditionality: float  # and on conditionality
    act_commitment: float  # last year's costly acts until scene 3, then this year's
    act_exclusion: float
    grievance: float  # of last year, where somebody decides by it; ``AllianceModel.measure`` brings it up to date
    gdps: Floats
    protected_gdp: float
    trust: float  # the European allies' mean belief in commitment, weighted by GDP
    allied_capability: float  # of the European allies
    from_us: float  # what the United States adds
    shares: list[list[float]]  # of every member, year by year from MEMORY years before the start
    gifts: Floats  # support shares, 0 outside the alliance
    clause_ceiling: float
    votes: Shared  # what every vote needs (``turns.vote``)
    rooms: Shared  # and every finance ministry (``turns.find_room``)
    giving: Shared  # what every gift needs (``turns.give``)
    war: float
    aftermath: float  # of a challenge
    support_before: float  # US$ bn, at last year's shares
    total_support: float
    enablers: float
    orders: list[float]  # of enablers, year by year
    enabled_with_us: float
    enabled_without_us: float

    def __init__(self, begun: Begun, seed: int, replicate: int) -> None:
        self.__dict__.update(begun.situation)
        self.begun, self.parameters = begun, begun.parameters
        self.seed, self.replicate, self.orders = seed, replicate, begun.orders[:]
        self.enter(0)
        self.adopt(self.policy)

    def enter(self, t: int) -> None:
        """Year ``t``, counted from the start."""
        self.t, self.given = t, self.begun.years[t]
        self.year = self.given.year

    def adopt(self, policy: Policy) -> None:
        """The policy in force from now on."""
        self.policy, self.measure, self.offer = policy, policy.measure, policy.offer

    def followed(self, member: int) -> float:
        """What the allies of one member spent last year on average, nearer ones counting more."""
        separation = self.begun.prepared.setup["separation"][0]
        last = np.array([shares[MEMORY + self.t - 1] for shares in self.shares])
        return alone.follow(member, self.given.member, last, separation, self.parameters.threat_distance)

    def uniforms(self, stream: int, actor: int) -> tuple[float, float, float, float]:
        """This year's uniforms of one stream for one actor."""
        return alone.uniforms(self.seed, self.replicate, stream, self.year, actor)


def begin(scenario: Scenario, replicate: int = 0) -> Begun:
    """The start of a scenario; computed once for the same text, where parameters are drawn for the same draw."""
    return _begin(scenario.model_dump_json(), replicate if scenario.parameters.table else 0)


@lru_cache(maxsize=16)
def _begin(text: str, replicate: int) -> Begun:
    scenario = Scenario.model_validate_json(text)
    prepared = prepare(scenario)
    prepared = prepared._replace(parameters=np.array(of_runs(prepared.parameters, np.array([replicate]))))
    row = prepared.parameters[0].item()
    p = cast(Parameters, Numbers(zip(PARAMETERS.names or (), row, strict=True)))
    world, path = np.zeros(1, WORLD), np.zeros(MEMORY + prepared.years.size, PATH)
    alone.start(prepared.parameters, prepared.setup, prepared.years, prepared.policies, world, path)
    policies = _policies(scenario, prepared)
    spending, shares = path["spending"][: MEMORY + 1].T.tolist(), path["share"][: MEMORY + 1].T.tolist()
    return Begun(
        prepared, world, path, p, _years(prepared), policies,
        bool(scenario.elections), _members(world, prepared, spending), spending, shares,
        path["order"][: MEMORY + 1].tolist(), world["envelope"][0].item(), _adversary(world, spending[N]),
        _shared(world, policies, p),
    )  # fmt: skip


def _policies(scenario: Scenario, prepared: Prepared) -> list[Policy]:
    policies = []
    for code, (name, row) in enumerate(zip(scenario.policies, prepared.policies, strict=True)):
        count = row["tiers"]
        offer = np.array([row["minimum"][:count], row["protection"][:count]])
        first = name, code, int(row["measure"]), offer, float(offer[1, -1])
        numbers = [float(row[field]) for field in Policy._fields[5:-2]]
        policies.append(Policy._make((*first, *numbers, bool(row["seeks"]), bool(row["certifies"]))))
    return policies


def _years(prepared: Prepared) -> list[Year]:
    columns = {name: prepared.years[name].tolist() for name in Year._fields[:-2]}
    member = prepared.years["in_alliance"].astype(float)
    ally = member.copy()
    ally[:, UNITED_STATES] = 0.0
    rows = zip(*columns.values(), strict=True)
    return [Year._make((*row, member[t], ally[t])) for t, row in enumerate(rows)]


def _members(world: NDArray[Any], prepared: Prepared, spending: list[list[float]]) -> list[tuple[Any, ...]]:
    """Every member's attributes at the start, in the order of ``MEMBER_START``."""
    columns = {name: world[field][0, :N].tolist() for name, field in MEMBER_FIELDS.items()}
    columns |= {name: prepared.setup[column][0, :N].tolist() for name, column in FIGURES.items()}
    columns["first_share"] = prepared.setup["shares"][0, MEMORY, :N].tolist()
    columns["spending"] = [record[-1] for record in spending[:N]]
    columns["ally"] = world["ally"][0].tolist()
    columns["covered"] = [0.0 if i == UNITED_STATES else 1.0 for i in range(N)]
    columns["in_alliance"] = [inside > 0.0 for inside in world["member"][0].tolist()]
    for flag in ("armed", "protected", "uses_clause"):
        columns[flag] = [bool(value) for value in columns[flag]]
    return list(zip(*(columns[name] for name in MEMBER_START), strict=True))


def _adversary(world: NDArray[Any], spending: list[float]) -> Start:
    """The adversary's attributes at the start."""
    start = {name: world[name][0, N].item() for name in ADVERSARY_FIELDS}
    names = {"capability": "capability", "collective_taste": "collective", "national_taste": "national"}
    for name, field in (names | {"defence_share": "share"}).items():
        start[name] = world[f"adversary_{field}"][0].item()
    return start | {"spending": spending[-1]}


def _shared(world: NDArray[Any], policies: list[Policy], p: Parameters) -> Start:
    """What everybody knows at the start."""
    names = (
        "us_weight", "nearest", "trust_start", "upkeep", "adversary_start", "allied_start", "posture",
        "act_commitment", "act_exclusion", "grievance", "protected_gdp", "trust", "war", "aftermath", "total_support",
        "enablers", "enabled_with_us", "enabled_without_us",
    )  # fmt: skip
    start: Start = {name: world[name][0].item() for name in names}
    return start | {
        "policy": policies[world["policy"][0].item()],
        "treaty": 1.0,
        "gdps": world["gdp"][0, :N].copy(),
        "gifts": world["given"][0].copy(),
        "clause_ceiling": p.clause_ceiling,
        "votes": turns.share(p.adjustment_speed, p.pledge_pull, p.budget_noise, p.fiscal_cut),
        "rooms": turns.share(p.fiscal_room, p.debt_drag, p.clause_cost, p.clause_ceiling, p.absorption),
    }
