"""Scene 8, crisis: the US and the allies answer a challenge, and everybody learns."""

from __future__ import annotations

from sim import chance
from sim.compiled import kernel
from sim.rules import crisis, moscow
from sim.scenes.luck import luck_of
from sim.world import UNITED_STATES, Game, N, Record, treaty_stands

__all__ = ["answer", "conclude", "helps", "lose", "opens", "prevails", "target"]


@kernel
def opens(g: Game) -> bool:
    """Whether there is a challenge: the year's draw is below its risk."""
    w = g.w
    w.challenge, w.target, w.us_came, w.lost = 0, -1, 0, 0
    w.aftermath *= 0.5
    return bool(chance.uniform(w.words[2, chance.OF_WORLD]) < w.challenge_risk)


@kernel
def answer(g: Game, t: int) -> None:
    """Scene 8: at most one challenge, on a target drawn by hazard; who comes, what is lost and learned."""
    if opens(g):
        fight(g, t, target(g.w))


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
def fight(g: Game, t: int, target: int) -> None:
    """The challenge to a member: help that comes decides, and everybody draws a lesson."""
    w, y = g.w, g.years[t]
    promised = w.level[target] * treaty_stands(w)
    came = comes(g, promised)
    help_of_allies = 0.0
    for j in range(N):
        if y.in_alliance[j] and j != UNITED_STATES and j != target and helps(g, j, t):
            help_of_allies += w.capability[j]
    lost = prevails(g, target, came, help_of_allies)
    if lost:
        lose(g, target)
    else:
        w.stock[N] *= 1.0 - g.p.repelled_loss
    conclude(g, target, came, lost, promised)


@kernel
def comes(g: Game, promised: float) -> bool:
    """Whether the United States stands by a member that was ``promised`` so much."""
    luck = chance.uniform(g.w.words[1, chance.OF_OFFICE])
    return crisis.comes(g.policies[g.w.policy].resolve * promised, luck)


@kernel
def helps(g: Game, i: int, t: int) -> bool:
    """Whether an ally comes to the aid of another."""
    luck = luck_of(g, chance.ALLY, t, i)
    return crisis.comes(crisis.solidarity(g.p.solidarity, g.w.proximity[i]), chance.uniform(luck[0]))


@kernel
def prevails(g: Game, target: int, came: bool, help_of_allies: float) -> bool:
    """Whether the adversary wins against the target and those that come (Eq. 20)."""
    p, w = g.p, g.w
    defence = w.capability[target] / w.thinning[target] + p.allied_weight * help_of_allies
    if came:
        defence += w.us_weight * w.posture * w.capability[UNITED_STATES]
    enabled = w.enabled_with_us if came else w.enabled_without_us
    success = moscow.contest(w.adversary_capability, enabled * defence, p.decisiveness)
    return crisis.comes(success, chance.uniform(w.words[2, chance.OF_OFFICE]))


@kernel
def lose(g: Game, target: int) -> None:
    """What the target loses."""
    p, w = g.p, g.w
    w.gdp[target] *= 1.0 - p.loss_gdp
    w.capability[target] *= 1.0 - p.loss_capability
    w.stock[target] *= 1.0 - p.loss_capability


@kernel
def conclude(g: Game, target: int, came: bool, lost: bool, promised: float) -> None:
    """What happened, and what everybody learns of it."""
    w = g.w
    w.challenge, w.target, w.us_came, w.lost = 1, target, 1 if came else 0, 1 if lost else 0
    w.aftermath = 1.0
    commitment, exclusion = crisis.lesson(came, promised)
    w.act_commitment += commitment
    w.act_exclusion += exclusion
