"""Scene 8 for agents: at most one challenge, and what everybody does and learns then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sim import chance
from sim.engines import alone, turns
from sim.engines.members import MemberTurns
from sim.engines.moscow import AdversaryTurns
from sim.engines.situation import Situation
from sim.engines.washington import AdministrationTurns
from sim.world import UNITED_STATES

__all__ = ["NONE", "Crisis", "answer"]


class Crisis(NamedTuple):
    """What happened in a year: whether a member was challenged, which one, whether the US came, whether it was lost."""

    challenge: bool = False
    target: str = ""
    us_came: bool = False
    lost: bool = False


NONE = Crisis()


def answer(
    now: Situation, members: Sequence[MemberTurns], administration: AdministrationTurns, adversary: AdversaryTurns
) -> Crisis:
    """There is a challenge if the year's luck is below its risk; more luck draws the member."""
    if not turns.crisis.open_scene(now.board):
        return NONE
    chosen = _target(members, now.uniforms(chance.WORLD, 0)[3])
    promised = chosen.protection * now.treaty
    came = administration.come(promised)
    defence = chosen.capability / chosen.thinning + now.parameters.allied_weight * _help(members, chosen)
    if came:
        defence += now.us_weight * now.posture * members[UNITED_STATES].capability
    enabled = now.enabled_with_us if came else now.enabled_without_us
    lost = alone.comes(
        alone.contest(adversary.capability, enabled * defence, now.parameters.decisiveness),
        now.uniforms(chance.WASHINGTON, 1)[2],
    )
    if lost:
        chosen.lose()
    else:
        adversary.lose()
    turns.crisis.close(now.board, chosen.index, came, lost, promised)
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
