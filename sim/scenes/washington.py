"""Scene 3, Washington: the administration's policy, the treaty, the forces in Europe."""

from __future__ import annotations

from sim import chance
from sim.compiled import kernel
from sim.rules import washington
from sim.world import Game

__all__ = ["govern"]


@kernel
def govern(g: Game, t: int) -> None:
    """Scene 3: the policy in force, the treaty, the forces in Europe, and the acts that others will read."""
    p, w, y = g.p, g.w, g.years[t]
    before = w.policy
    elected = -1
    if y.year % 4 == 1:  # the year after an election
        elected = washington.elect(g.policies, w.grievance, chance.uniform(w.words[0, chance.OF_OFFICE]))
    if elected >= 0:
        w.policy = elected
    elif y.script != g.years[t - 1].script:
        w.policy = y.script
    w.is_new = 1 if w.policy != before else 0
    policy = g.policies[w.policy]
    leave(g, t)
    stays = w.status <= washington.LONE_NOTICE
    binds = stays and p.floor_from <= y.year and y.year <= p.floor_until and policy.certifies == 0
    target = policy.posture if stays else 0.0
    moved = washington.posture(w.posture, target, p.drawdown_rate, p.buildup_rate, p.posture_floor, binds)
    w.act_commitment += washington.act(
        moved - w.posture, p.posture_act, policy.support - w.support_factor, p.support_act
    )
    w.posture, w.support_factor = moved, policy.support
    best = policy.protection[policy.tiers - 1]
    w.de_facto = 1 if washington.is_de_facto_exit(w.status, best, w.posture, p.posture_floor) else 0


@kernel
def leave(g: Game, t: int) -> None:
    """What Congress, the administration and the courts make of the treaty; last year's acts are forgotten."""
    p, w, y = g.p, g.w, g.years[t]
    policy = g.policies[w.policy]
    seeks = policy.seeks == 1
    consent, blocked, goes_alone = False, False, False
    if seeks:
        luck = w.words[:, chance.OF_CONGRESS]
        favour = washington.withdrawal_favour(p.withdrawal_support, p.grievance_weight, w.grievance)
        senators = washington.votes(p.senators_present, favour, p.polarisation, chance.uniform(luck[0]))
        house = washington.votes(washington.REPRESENTATIVES, favour, p.polarisation, chance.uniform(luck[1]))
        consent = washington.consents(senators, p.senators_present, p.act_threshold, house)
        goes_alone = chance.uniform(luck[2]) < policy.goes_alone
        blocked = chance.uniform(luck[3]) < p.court_block
    w.status, w.notice_ends, w.attempt = washington.treaty(
        w.status, y.year, w.notice_ends, seeks, w.is_new == 1, blocked, consent, goes_alone
    )
    noticed = w.attempt == washington.LAWFUL or w.attempt == washington.ALONE
    failed = w.attempt == washington.FAILED
    w.act_commitment = -p.notice_act if noticed else (-p.attempt_act if failed else 0.0)
    w.act_exclusion = 0.0
