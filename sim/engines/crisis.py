"""Scene 8 for agents: at most one challenge, and what everybody does and learns then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sim import chance
from sim.engines import alone
from sim.engines.members import MemberTurns
from sim.engines.moscow import AdversaryTurns
from sim.engines.situation import Situation
from sim.engines.washington import AdministrationTurns

__all__ = ["Crisis", "answer"]


class Crisis(NamedTuple):
    """What happened in a year: whether a member was challenged, which one, whether the US came, whether it was lost."""

    challenge: bool = False
    target: str = ""
    us_came: bool = False
    lost: bool = False


def answer(
    now: Situation, members: Sequence[MemberTurns], united_states: MemberTurns, administration: AdministrationTurns,
    adversary: AdversaryTurns, challenge: float, target: float,
) -> Crisis:  # fmt: skip
    """There is a challenge if the uniform ``challenge`` is below the year's risk; ``target`` draws the member."""
    now.aftermath *= 0.5
    if challenge >= adversary.challenge_risk:
        return Crisis()
    now.aftermath = 1.0
    chosen = _target(members, target)
    promised = chosen.protection * now.treaty
    came = administration.come(promised)
    defence = chosen.capability / chosen.thinning + now.parameters.allied_weight * _help(members, chosen)
    if came:
        defence += now.us_weight * now.posture * united_states.capability
    enabled = now.enabled_with_us if came else now.enabled_without_us
    lost = alone.comes(
        alone.contest(adversary.capability, enabled * defence, now.parameters.decisiveness),
        now.uniforms(chance.WASHINGTON, 1)[2],
    )
    if lost:
        chosen.lose()
    else:
        adversary.lose()
    commitment, exclusion = alone.lesson(came, promised)
    now.act_commitment += commitment
    now.act_exclusion += exclusion
    return Crisis(True, chosen.code, came, lost)


def _target(members: Sequence[MemberTurns], luck: float) -> MemberTurns:
    """The first member at which the cumulated hazards reach a part ``luck`` of their sum."""
    hazards = 0.0
    for member in members:
        hazards += member.hazard
    drawn, reached = luck * hazards, 0.0
    for member in members:
        reached += member.hazard
        if member.hazard > 0.0 and reached >= drawn:
            return member
    raise AssertionError("a challenge needs a hazard")


def _help(members: Sequence[MemberTurns], target: MemberTurns) -> float:
    """Forces of the allies that come."""
    forces = 0.0
    for member in members:
        if member.ally > 0.0 and member is not target and member.help():
            forces += member.capability
    return forces
