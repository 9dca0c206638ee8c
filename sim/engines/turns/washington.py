"""Scene 3: the steps of the administration."""

from __future__ import annotations

from sim import chance
from sim.engines.board import Board, game
from sim.engines.turning import turn
from sim.rules import washington

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
    g = game(board)
    p, w = g.p, g.w
    blocked = chance.uniform(w.words[3, chance.OF_CONGRESS]) < p.court_block
    w.status, w.notice_ends, w.attempt = washington.treaty(
        w.status, g.years[t].year, w.notice_ends, seeks, w.is_new == 1, blocked, consent, goes_alone
    )
    noticed = w.attempt == washington.LAWFUL or w.attempt == washington.ALONE
    failed = w.attempt == washington.FAILED
    w.act_commitment = -p.notice_act if noticed else (-p.attempt_act if failed else 0.0)
    w.act_exclusion = 0.0


@turn
def deploy(board: Board, t: int) -> float:
    """Where the policy in force moves the forces in Europe."""
    g = game(board)
    p, w, year, policy = g.p, g.w, g.years[t].year, g.policies[g.w.policy]
    stays = w.status <= washington.LONE_NOTICE
    binds = stays and p.floor_from <= year and year <= p.floor_until and policy.certifies == 0
    target = policy.posture if stays else 0.0
    return float(washington.posture(w.posture, target, p.drawdown_rate, p.buildup_rate, p.posture_floor, binds))


@turn
def move(board: Board, posture: float) -> None:
    """The forces as deployed and the support as the policy has it, and the act that others read in both."""
    g = game(board)
    p, w, policy = g.p, g.w, g.policies[g.w.policy]
    w.act_commitment += washington.act(
        posture - w.posture, p.posture_act, policy.support - w.support_factor, p.support_act
    )
    w.posture, w.support_factor = posture, policy.support
    best = policy.protection[policy.tiers - 1]
    w.de_facto = 1 if washington.is_de_facto_exit(w.status, best, posture, p.posture_floor) else 0
