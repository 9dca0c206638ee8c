"""Scene 8, crisis: the US and the allies answer a challenge, and everybody learns."""

from __future__ import annotations

from sim import chance
from sim.compiled import kernel
from sim.rules import crisis, moscow
from sim.scenes.luck import luck_of
from sim.world import UNITED_STATES, Game, N, Record, treaty_stands

__all__ = ["answer", "target"]


@kernel
def answer(g: Game, t: int) -> None:
    """Scene 8: at most one challenge, on a target drawn by hazard; who comes, what is lost and learned."""
    w, luck = g.w, g.w.words[:, chance.OF_WORLD]
    w.challenge, w.target, w.us_came, w.lost = 0, -1, 0, 0
    w.aftermath *= 0.5
    if chance.uniform(luck[2]) < w.challenge_risk:
        w.target = target(w)
        w.challenge, w.aftermath = 1, 1.0
        fight(g, t)


@kernel
def target(w: Record) -> int:
    """Who is challenged: the first member at which the cumulated hazards reach a drawn part of their sum."""
    total, reached = 0.0, 0.0
    for i in range(N):
        total += w.hazard[i]
    drawn = chance.uniform(w.words[3, chance.OF_WORLD]) * total
    for i in range(N):
        reached += w.hazard[i]
        if w.hazard[i] > 0.0 and reached >= drawn:
            return i
    return -1


@kernel
def fight(g: Game, t: int) -> None:
    """The challenge to ``w.target``: help that comes decides, and everybody draws a lesson."""
    p, w, y, us, target = g.p, g.w, g.years[t], UNITED_STATES, g.w.target
    policy = g.policies[w.policy]
    office = w.words[:, chance.OF_OFFICE]
    promised = w.level[target] * treaty_stands(w)
    willing = policy.resolve * promised
    came = crisis.comes(willing, chance.uniform(office[1]))
    help_of_allies = 0.0
    for j in range(N):
        if y.in_alliance[j] and j != us and j != target:
            luck = luck_of(g, chance.ALLY, t, j)
            if crisis.comes(crisis.solidarity(p.solidarity, w.proximity[j]), chance.uniform(luck[0])):
                help_of_allies += w.capability[j]
    defence = w.capability[target] / w.thinning[target] + p.allied_weight * help_of_allies
    if came:
        defence += w.us_weight * w.posture * w.capability[us]
    enabled = w.enabled_with_us if came else w.enabled_without_us
    success = moscow.contest(w.adversary_capability, enabled * defence, p.decisiveness)
    w.us_came = 1 if came else 0
    w.lost = 1 if chance.uniform(office[2]) < success else 0
    if w.lost == 1:
        w.gdp[target] *= 1.0 - p.loss_gdp
        w.capability[target] *= 1.0 - p.loss_capability
        w.stock[target] *= 1.0 - p.loss_capability
    else:
        w.stock[N] *= 1.0 - p.repelled_loss
    commitment, exclusion = crisis.lesson(came, promised)
    w.act_commitment += commitment
    w.act_exclusion += exclusion
