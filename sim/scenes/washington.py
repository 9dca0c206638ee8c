"""Scene 3, Washington: the administration's policy, the treaty, the forces in Europe."""

from __future__ import annotations

from sim import chance
from sim.compiled import kernel
from sim.rules import washington
from sim.world import Game

__all__ = ["deploy", "govern", "move", "settle"]


@kernel
def govern(g: Game, t: int) -> None:
    """Scene 3: the policy in force, the treaty, the forces in Europe, and the acts that others will read."""
    w, y = g.w, g.years[t]
    before = w.policy
    elected = -1
    if y.year % 4 == 1:  # the year after an election
        elected = washington.elect(g.policies, w.grievance, chance.uniform(w.words[0, chance.OF_OFFICE]))
    if elected >= 0:
        w.policy = elected
    elif y.script != g.years[t - 1].script:
        w.policy = y.script
    w.is_new = 1 if w.policy != before else 0
    leave(g, t)
    move(g, deploy(g, t))


@kernel
def deploy(g: Game, t: int) -> float:
    """Where the policy in force moves the forces in Europe, above the law's floor where that binds."""
    p, w, year, policy = g.p, g.w, g.years[t].year, g.policies[g.w.policy]
    stays = w.status <= washington.LONE_NOTICE
    binds = stays and p.floor_from <= year and year <= p.floor_until and policy.certifies == 0
    target = policy.posture if stays else 0.0
    return float(washington.posture(w.posture, target, p.drawdown_rate, p.buildup_rate, p.posture_floor, binds))


@kernel
def move(g: Game, posture: float) -> None:
    """The forces as deployed and the support as the policy has it, and the act that others read in both."""
    p, w, policy = g.p, g.w, g.policies[g.w.policy]
    w.act_commitment += washington.act(
        posture - w.posture, p.posture_act, policy.support - w.support_factor, p.support_act
    )
    w.posture, w.support_factor = posture, policy.support
    best = policy.protection[policy.tiers - 1]
    w.de_facto = 1 if washington.is_de_facto_exit(w.status, best, posture, p.posture_floor) else 0


@kernel
def leave(g: Game, t: int) -> None:
    """What Congress, the administration and the courts make of the treaty; last year's acts are forgotten."""
    p, w, policy = g.p, g.w, g.policies[g.w.policy]
    seeks = policy.seeks == 1
    consent, goes_alone = False, False
    if washington.asks(w.status, g.years[t].year, seeks, w.is_new == 1):
        luck = w.words[:, chance.OF_CONGRESS]
        favour = washington.withdrawal_favour(p.withdrawal_support, p.grievance_weight, w.grievance)
        senators = washington.votes(p.senators_present, favour, p.polarisation, chance.uniform(luck[0]))
        house = washington.votes(washington.REPRESENTATIVES, favour, p.polarisation, chance.uniform(luck[1]))
        consent = washington.consents(senators, p.senators_present, p.act_threshold, house)
        goes_alone = chance.uniform(luck[2]) < policy.goes_alone
    settle(g, t, seeks, consent, goes_alone)


@kernel
def settle(g: Game, t: int, seeks: bool, consent: bool, goes_alone: bool) -> None:
    """What becomes of the treaty, and the act that others read in it."""
    p, w = g.p, g.w
    blocked = chance.uniform(w.words[3, chance.OF_CONGRESS]) < p.court_block
    w.status, w.notice_ends, w.attempt = washington.treaty(
        w.status, g.years[t].year, w.notice_ends, seeks, w.is_new == 1, blocked, consent, goes_alone
    )
    noticed = w.attempt == washington.LAWFUL or w.attempt == washington.ALONE
    failed = w.attempt == washington.FAILED
    w.act_commitment = -p.notice_act if noticed else (-p.attempt_act if failed else 0.0)
    w.act_exclusion = 0.0
