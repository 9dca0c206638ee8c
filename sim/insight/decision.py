"""One member's decision, to be taken again with some of its reasons switched off.

It is the step that the engines play (`sim.scenes.budgets`), on a copy of the run's records: a reason is switched off by
writing what it would be without it. So whatever the step takes into account is in one of the parts, or in what is left
when all reasons are off.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sim.engines import turns
from sim.engines.agents import Member
from sim.engines.board import Records, own
from sim.rules import budgets, reactions
from sim.scenes import budgets as scene

__all__ = ["SWITCHES", "Decision", "Weighed"]

Place = tuple[Any, Any, Any]  # an array, where in it, and what is written there


class Weighed(NamedTuple):
    """A tier as the member weighs it; the fields are those of `sim.insight.explanation.Tier`."""

    line: float
    promised: float
    expected: float
    share: float
    utility: float


class Decision:
    """The decision of the year that was played last.

    Attributes:
        before, share, wanted: last year's share of GDP, the one that was voted, the one that was wanted.
        tiers: of the policy in force.
    """

    def __init__(self, actor: Member) -> None:
        now = actor.now
        prepared = now.prepared._replace(parameters=own(now.prepared.parameters), policies=own(now.prepared.policies))
        self.records = Records(prepared, own(now.setup), own(now.world), own(now.path), now.seed, now.replicate)
        self.index, self.t, self.state = actor.index, now.t, self.records.state
        self.before, self.share, self.wanted = actor.shares[-2], actor.defence_share, actor.wanted_share
        self.reaction = actor.reaction
        self.policy = prepared.policies[self.state.policy[0] : self.state.policy[0] + 1]
        self.tiers = int(self.policy["tiers"][0])
        self.normal, self.pull = actor.luck[3], float(now.parameters.pledge_pull)
        self.state.share[self.index] = self.before

    def want(self, on: Iterable[str]) -> float:
        """The share that is wanted with these reasons of SWITCHES, and no others."""
        off = [place for name in SWITCHES if name not in on for place in SWITCHES[name](self)]
        with written(off):
            return float(turns.budgets.want(self.records.board, self.index, self.t))

    def vote(self, wanted: float, pull: float, normal: float) -> float:
        """The share that is voted with this want, pull of the pledge and luck, and without a limit on rises or cuts."""
        i, state, parameters = self.index, self.state, self.records.prepared.parameters
        places = [
            (state.wanted, i, wanted), (parameters["pledge_pull"], 0, pull), (state.normals, (3, i), normal),
            (parameters["fiscal_cut"], 0, math.inf), (state.room, i, math.inf),
        ]  # fmt: skip
        with written(places):
            return float(turns.budgets.vote(self.records.board, i, self.t))

    def weighed(self) -> list[Weighed]:
        """Every tier as the member weighs it, by its own rule; empty for a rule that knows no tiers."""
        i, w, rows = self.index, self.state, []
        if self.tiers == 1 or not reactions.WEIGHS_TIERS[self.reaction]:
            return []
        for tier, promised in enumerate(self.policy["protection"][0, : self.tiers].tolist()):
            low, high = w.lines[tier, i], w.lines[tier + 1, i]
            share = scene.propose(self.reaction, w, i, low, high, promised)
            utility = reactions.liked(self.reaction, scene.view(w, i, low, high), share)
            expected = budgets.protection(w.commitment_belief[i], w.exclusion_belief[i], promised)
            rows.append(Weighed(low, promised, expected, share, utility))
        return rows


def _member(field: str, value: float) -> Callable[[Decision], list[Place]]:
    """A reason that is a member's field of the world."""
    return lambda d: [(getattr(d.state, field), d.index, value)]


def _one_tier(d: Decision) -> list[Place]:
    """No conditions: full protection from the first tier on, and no other."""
    lines = [(d.state.lines, (tier, d.index), value) for tier, value in enumerate((0.0, math.inf))]
    return [(d.policy["tiers"], 0, 1), (d.policy["protection"], (0, 0), 1.0), *lines]


# reason -> what is written where it is switched off
SWITCHES: dict[str, Callable[[Decision], list[Place]]] = {
    "allies": _member("allies", 0.0),
    "us": _member("us", 0.0),
    "doubt": _member("commitment_belief", 1.0),
    "conditions": _one_tier,
    "threat": _member("threat", 0.0),
    "price": _member("price", 1.0),
    "neighbours": lambda d: [(d.state.followed, d.index, d.before)],
    "target": _member("pledge", 0.0),
}


@contextmanager
def written(places: list[Place]) -> Iterator[None]:
    """Numbers of the records while they are looked at, and then what stood there."""
    before = [(array, at, array[at]) for array, at, _ in places]
    for array, at, value in places:
        array[at] = value
    try:
        yield
    finally:
        for array, at, value in reversed(before):
            array[at] = value
