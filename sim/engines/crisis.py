"""Scene 8 for agents: at most one challenge, and what everybody does and learns then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sim.engines import turns
from sim.engines.members import MemberTurns
from sim.engines.moscow import AdversaryTurns
from sim.engines.situation import Situation
from sim.engines.washington import AdministrationTurns

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
    """There is a challenge if the year's luck is below its risk; then the members' hazards draw the target."""
    if not turns.crisis.open_scene(now.board):
        return NONE
    chosen = members[turns.crisis.target(now.board)]
    promised = chosen.protection * now.treaty
    came = administration.come(promised)
    lost = turns.crisis.prevails(now.board, chosen.index, came, _help(now, members, chosen))
    if lost:
        chosen.lose()
    else:
        adversary.lose()
    turns.crisis.close(now.board, chosen.index, came, lost, promised)
    return Crisis(True, chosen.code, came, lost)


def _help(now: Situation, members: Sequence[MemberTurns], target: MemberTurns) -> float:
    """Forces of the allies that come."""
    forces, ally, capability = 0.0, now.state.ally, now.state.capability
    for i, member in enumerate(members):
        if ally[i] > 0.0 and member is not target and member.help():
            forces += capability[i]
    return forces
