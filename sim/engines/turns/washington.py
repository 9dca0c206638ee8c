"""Scene 3: the steps of the administration."""

from __future__ import annotations

from sim import chance
from sim.engines.board import Board, game
from sim.engines.turning import turn
from sim.rules import washington
from sim.scenes import washington as scene

__all__ = ["adopt", "deploy", "elect", "leave", "move"]


@turn
def elect(board: Board) -> int:
    """The code of the policy that wins this year's election."""
    g = game(board)
    return int(washington.elect(g.policies, g.w.grievance, chance.uniform(g.w.words[0, chance.OF_OFFICE])))


@turn
def adopt(board: Board, policy: int) -> None:
    """The policy in force, by its code."""
    w = game(board).w
    w.is_new = 1 if policy != w.policy else 0
    w.policy = policy


@turn
def leave(board: Board, t: int, seeks: bool, consent: bool, goes_alone: bool) -> None:
    """What becomes of the treaty, and the act that others read in it; last year's acts are forgotten."""
    scene.settle(game(board), t, seeks, consent, goes_alone)


@turn
def deploy(board: Board, t: int) -> float:
    """Where the policy in force moves the forces in Europe."""
    return scene.deploy(game(board), t)


@turn
def move(board: Board, posture: float) -> None:
    """The forces as deployed and the support as the policy has it, and the act that others read in both."""
    scene.move(game(board), posture)
