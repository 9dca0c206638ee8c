"""One decision taken apart: why a member's voted defence share is not last year's.

    explained = sim.run(scenario, seed=1).explain("DEU", 2030)
    explained.text(); explained.table()

The run is played again to that year; the member then takes its decision again, by the step that the engines play
(docs/model.md, scene 5), with some of its reasons switched off (`sim.insight.decision`). What each input adds to the
wanted share depends on which others are on already, so its part is the mean over all orders in which they can be
switched on (`sim.insight.shapley`; Shapley 1953): no order is favoured, and the parts sum to the whole. Doubt about the
United States and conditions of its promise can only follow the promise itself, so orders that would put them first are
left out.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from sim import data
from sim.data.names import member_names
from sim.engines.agents import AllianceModel, Member, Run
from sim.insight.decision import SWITCHES, Decision
from sim.insight.explanation import PARTS, Explanation, Part, Tier
from sim.insight.shapley import shapley
from sim.rules import reactions
from sim.scenario.errors import ScenarioError
from sim.scenario.given import scenario_of, whole
from sim.scenario.models import Scenario

__all__ = ["PARTS", "Explanation", "Part", "Tier", "explain", "member_code"]

AFTER = {"doubt": "us", "conditions": "us"}
RULES = tuple(reactions.REACTIONS)


def explain(
    scenario: Scenario | str | Path, member: str, year: int, *, seed: int = 1, replicate: int = 0, **agents: Any
) -> Explanation:
    """Why the member's voted share of GDP changed from the year before.

    Args:
        scenario: the world, a preset's name or a path. member: code or name, in any case. year: a year that is played.
        seed, replicate: which run. agents: what else `sim.run` took, such as ``members={"FRA": Mine}``.

    Raises:
        ScenarioError: a member or a year that has no such decision; the message says what is allowed.
    """
    scenario, code, year = scenario_of(scenario), member_code(member), whole("year", year, 0, 9999)
    if not scenario.start < year <= scenario.end:
        first = f"{scenario.start} is where it starts from; " if year == scenario.start else ""
        raise ScenarioError(
            f"year {year}: not voted in scenario {scenario.name}; {first}"
            f"allowed: {scenario.start + 1} to {scenario.end}"
        )
    model = AllianceModel(scenario, seed, replicate, **agents)
    actor = model.members[code]
    _check(actor, code)
    while model.year < year:
        model.step()
    if not actor.in_alliance:
        inside = ", ".join(other for other, one in model.members.items() if one.in_alliance and one.armed and one.ally)
        raise ScenarioError(f"member {code}: outside the alliance in {year}; allowed then: {inside}")
    return _explained(scenario, actor, seed, replicate)


def member_code(member: str) -> str:
    """The code of a member given by code or name, in any case; ScenarioError if there is none."""
    try:
        return data.member_code(member)
    except data.DataError as error:
        raise ScenarioError(str(error)) from None


def _check(actor: Member, code: str) -> None:
    """Whom this is not for."""
    allowed = "allowed: an ally with armed forces other than USA"
    if code == "USA":
        raise ScenarioError(f"member USA: it protects the others and nobody protects it; {allowed}")
    if not actor.armed:
        raise ScenarioError(f"member {code}: has no armed forces and votes nothing; {allowed}")
    if type(actor).want is not Member.want or type(actor).vote is not Member.vote:
        kind = type(actor).__name__
        raise ScenarioError(f"member {code}: decides by a rule of its own, {kind}; allowed: members that do not")


def _explained(scenario: Scenario, actor: Member, seed: int, replicate: int) -> Explanation:
    """The decision of the year that was played last."""
    decision = Decision(actor)
    parts, tiers = _parts(decision), _tiers(decision, actor)
    return Explanation(
        actor.code, member_names()[actor.code], actor.now.year, scenario.name, scenario.title, seed, replicate,
        RULES[actor.reaction], decision.before, decision.share, decision.wanted, parts, _limit(parts[-1].value), tiers,
        _choice(tiers),
    )  # fmt: skip


def _parts(decision: Decision) -> tuple[Part, ...]:
    """Eqs. 1 to 5 by switches, Eq. 6 step by step."""
    d, wants = decision, dict[frozenset[str], float]()

    def want(on: frozenset[str]) -> float:
        wants[on] = wants[on] if on in wants else d.want(on)
        return wants[on]

    def voted(on: frozenset[str]) -> float:
        return d.vote(want(on), 0.0, 0.0)

    names = tuple(SWITCHES)
    wanted = {"taste": want(frozenset()), **shapley(names, want, AFTER)}
    change = {"taste": voted(frozenset()) - d.before, **shapley(names, voted, AFTER)}
    towards, pledged = voted(frozenset(names)), d.vote(d.wanted, d.pull, 0.0)
    lucky = d.vote(d.wanted, d.pull, d.normal)
    change |= {"pledge": pledged - towards, "luck": lucky - pledged, "limits": d.share - lucky}
    return tuple(Part(key, label, change[key], wanted.get(key, 0.0)) for key, label in PARTS.items())


def _limit(moved: float) -> str:
    """Which limit bound, by what it did."""
    return "room" if moved < 0.0 else ("cut" if moved > 0.0 else "")


def _tiers(decision: Decision, actor: Member) -> tuple[Tier, ...]:
    """What the member compared, tier by tier, with the rule that it decides by."""
    rows = decision.weighed()
    if not rows:
        return ()
    chosen = max(range(len(rows)), key=lambda tier: (rows[tier].utility, tier))
    others = 1.0 - actor.collective_taste - actor.national_taste  # the exponent of all other income in Eq. 1
    best = rows[chosen].utility
    lost = [0.0 if tier == chosen else _loss(row.utility, best, others) for tier, row in enumerate(rows)]
    return tuple(Tier(*row, lost[tier], tier == chosen) for tier, row in enumerate(rows))


def _loss(utility: float, best: float, others: float) -> float:
    """The part of other income whose loss is as bad as a lower utility; NaN where Eq. 1 has no value and none is."""
    return 1.0 - math.exp((utility - best) / others) if math.isfinite(utility) else math.nan


def _choice(tiers: tuple[Tier, ...]) -> str:
    """What it makes of them."""
    for number, tier in enumerate(tiers):
        if tier.chosen and number > 0:
            return "complies" if tier.share == tier.line > 0.0 else "above"
    return "gives up" if tiers else ""


def again(run: Run, member: str, year: int) -> Explanation:
    """``explain`` for a run that has been played, with the agents that it had."""
    capitals = ("adversary", "administration", "congress", "european_union")
    agents: dict[str, Any] = {name: type(getattr(run.model, name)) for name in capitals}
    agents["members"] = {code: type(one) for code, one in run.model.members.items()}
    return explain(run.scenario, member, year, seed=run.seed, replicate=run.replicate, **agents)
