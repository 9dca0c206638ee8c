"""The scenes in which everybody has a turn, for agents: members in alphabetical order, each on what all knew before.

What a scene adds up over the alliance is summed in the order of the batch engine.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.engines import turns
from sim.engines.members import MemberTurns
from sim.engines.moscow import AdversaryTurns
from sim.engines.situation import Situation
from sim.engines.washington import AdministrationTurns

__all__ = ["budgets", "economy", "forces", "statements", "support"]

Members = Sequence[MemberTurns]


def economy(now: Situation, members: Members, adversary: AdversaryTurns) -> None:
    """Scene 1: nobody decides; what everybody earns, and who is in the alliance."""
    for member in members:
        member.grow()
    adversary.grow()
    turns.economy.close(now.board, now.t)


def statements(
    now: Situation, members: Members, adversary: AdversaryTurns, administration: AdministrationTurns
) -> None:
    """Scene 2: leaders speak; members and the adversary listen."""
    administration.speak()
    for member in members:
        member.listen()
    adversary.listen()
    turns.statements.close(now.board, now.t)


def budgets(now: Situation, members: Members, all_usual: bool) -> None:
    """Scene 5: everybody wants, then every parliament votes; ``all_usual`` if nobody replaces a decision."""
    if all_usual:
        for member in members:
            member.budget()
    else:
        for member in members:
            member.weigh()
        for member in members:
            member.spend()
    now.voted = now.t


def support(now: Situation, members: Members, all_usual: bool) -> None:
    """Scene 5, second part: support to a partner under attack, and the enablers that Europe orders."""
    turns.support.open_scene(now.board, now.t)
    if all_usual:
        for member in members:
            member.support()
    else:
        for member in members:
            member.hand_over()
    turns.support.close(now.board, now.t)


def forces(now: Situation, members: Members) -> None:
    """Scene 6: nobody decides; what was ordered arrives."""
    for member in members:
        member.build()
    turns.forces.close(now.board, now.t)
