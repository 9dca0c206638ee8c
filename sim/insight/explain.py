"""One decision taken apart: why a member's voted defence share is not last year's.

    explained = sim.run(scenario, seed=1).explain("DEU", 2030)
    explained.text(); explained.table()

The run is played again to that year; the member's own inputs then go through the model's own rules (docs/model.md,
scene 5) with some of them switched off. What each input adds to the wanted share depends on which others are on
already, so its part is the mean over all orders in which they can be switched on (`sim.insight.shapley`; Shapley 1953):
no order is favoured, and the parts sum to the whole. Doubt about the United States and conditions of its promise can
only follow the promise itself, so orders that would put them first are left out.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim import data
from sim.compiled import alone
from sim.data.names import member_names
from sim.engines import turns
from sim.engines.agents import AllianceModel, Member, Run
from sim.insight.explanation import PARTS, Explanation, Part, Tier
from sim.insight.shapley import shapley
from sim.rules import budgets, reactions
from sim.scenario.errors import ScenarioError
from sim.scenario.given import scenario_of, whole
from sim.scenario.models import Scenario

__all__ = ["PARTS", "Explanation", "Part", "Tier", "explain", "member_code"]

SWITCHES = ("allies", "us", "doubt", "conditions", "threat", "price", "neighbours", "target")
AFTER = {"doubt": "us", "conditions": "us"}
NO_CONDITIONS = np.array([[0.0], [1.0]])  # one tier, full protection
RULES = tuple(reactions.REACTIONS)
DEMAND = ("joint-product", "pure-public", "threat-only")  # rules that weigh tiers by utility

choose = alone(turns.budgets.choosing)
vote = alone(budgets.vote)


class Decision(NamedTuple):
    """What a member knew when it decided."""

    reaction: int
    allies: float
    us: float
    threat: float
    collective: float
    national: float
    price: float
    share: float
    pledge: float
    followed: float
    commitment: float
    exclusion: float
    offer: Any  # (2, tiers): lines in shares of GDP, whatever the policy measures, and what they promise

    def wanted(self) -> float:
        """The share that is wanted."""
        return choose(
            self.reaction, self.allies, self.us, self.threat, self.collective, self.national, self.price, self.share,
            self.pledge, self.followed, self.commitment, self.exclusion, 0.0, budgets.SHARE,
            self.offer.shape[1], self.offer[0], self.offer[1],
        )  # fmt: skip

    def under(self, on: frozenset[str]) -> Decision:
        """With these switches on and the others off."""
        return self._replace(**{field: value for name, (field, value) in self._off().items() if name not in on})

    def _off(self) -> dict[str, tuple[str, Any]]:
        """Switch -> its field, and the value that takes it out."""
        return {
            "allies": ("allies", 0.0), "us": ("us", 0.0), "doubt": ("commitment", 1.0),
            "conditions": ("offer", NO_CONDITIONS), "threat": ("threat", 0.0), "price": ("price", 1.0),
            "neighbours": ("followed", self.share), "target": ("pledge", 0.0),
        }  # fmt: skip


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
    decision = _decision(actor)
    parts, tiers = _parts(decision, actor), _tiers(decision)
    return Explanation(
        actor.code, member_names()[actor.code], actor.now.year, scenario.name, scenario.title, seed, replicate,
        RULES[actor.reaction], decision.share, actor.defence_share, actor.wanted_share, parts,
        _limit(parts[-1].value), tiers, _choice(tiers),
    )  # fmt: skip


def _decision(actor: Member) -> Decision:
    """Its inputs, which a year leaves as they were; the lines drawn as the policy measures them."""
    now, before = actor.now, actor.shares[-2]
    offer = now.offer.copy()
    for tier in range(1, offer.shape[1]):
        offer[0, tier] = budgets.line(now.measure, float(offer[0, tier]), actor.pledge, actor.shares[-4])
    offer[0, 0] = 0.0
    return Decision(
        actor.reaction, actor.allied_spillin, actor.us_spillin, actor.threat, actor.collective_taste,
        actor.national_taste, actor.price, before, actor.pledge, actor.followed, actor.commitment_belief,
        actor.exclusion_belief, offer,
    )  # fmt: skip


def _parts(decision: Decision, actor: Member) -> tuple[Part, ...]:
    """Eqs. 1 to 5 by switches, Eq. 6 step by step."""
    p, before = actor.now.parameters, decision.share
    wants: dict[frozenset[str], float] = {}

    def freely(wanted: float, pull: float, normal: float) -> float:
        """The vote without a limit on rises or cuts."""
        surprise = p.budget_noise * normal
        return vote(before, wanted, decision.pledge, p.adjustment_speed, pull, surprise, math.inf, math.inf)

    def want(on: frozenset[str]) -> float:
        wants[on] = wants[on] if on in wants else decision.under(on).wanted()
        return wants[on]

    def voted(on: frozenset[str]) -> float:
        return freely(want(on), 0.0, 0.0)

    wanted = {"taste": want(frozenset()), **shapley(SWITCHES, want, AFTER)}
    change = {"taste": voted(frozenset()) - before, **shapley(SWITCHES, voted, AFTER)}
    towards = voted(frozenset(SWITCHES))
    pledged = freely(actor.wanted_share, p.pledge_pull, 0.0)
    lucky = freely(actor.wanted_share, p.pledge_pull, actor.luck[3])
    change |= {"pledge": pledged - towards, "luck": lucky - pledged, "limits": actor.defence_share - lucky}
    return tuple(Part(key, label, change[key], wanted.get(key, 0.0)) for key, label in PARTS.items())


def _limit(moved: float) -> str:
    """Which limit bound, by what it did."""
    return "room" if moved < 0.0 else ("cut" if moved > 0.0 else "")


def _tiers(decision: Decision) -> tuple[Tier, ...]:
    """What the member compared, tier by tier, with the rule that it decides by."""
    d, lines, rows = decision, [*decision.offer[0].tolist(), math.inf], []
    if len(lines) == 2 or RULES[d.reaction] not in DEMAND:
        return ()
    for tier, promised in enumerate(d.offer[1].tolist()):
        expected = budgets.protection(d.commitment, d.exclusion, promised)
        seen = d.allies, expected * d.us, d.threat, d.collective, d.national, d.price
        share = reactions.wanted(d.reaction, lines[tier], lines[tier + 1], *seen, d.share, d.pledge, d.followed)
        utility = reactions.liked(d.reaction, share, *seen)
        rows.append((lines[tier], promised, expected, share, utility))
    chosen = max(range(len(rows)), key=lambda tier: (rows[tier][4], tier))
    others = 1.0 - d.collective - d.national  # the exponent of all other income in Eq. 1
    best = rows[chosen][4]
    lost = [0.0 if tier == chosen else _loss(row[4], best, others) for tier, row in enumerate(rows)]
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
