"""Scene 5: what protection is worth, what a member votes, what it gives to a partner under attack."""

from __future__ import annotations

from sim.compiled import exp, log, rule

__all__ = [
    "enabler_order", "exposure", "heading", "is_protected", "line", "log_part", "protection", "proximity", "reaches",
    "room_used", "spillin", "support", "thinned", "thinning", "threat", "vote", "wanted_at_most",
]  # fmt: skip

SHARE, EFFORT, PLEDGE = 0, 1, 2  # what a policy's tiers measure
HIGHEST_SHARE = 0.5
HALF_A_DIGIT = 0.00005  # of shares published as 2.00 % of GDP


@rule
def proximity(distance: float, border: bool, discount: float, decay: float) -> float:
    """How much of the adversary's threat arrives: e^(-d/d0), nearer for members that share a border with it."""
    return exp(-distance * (1.0 - discount * border) / decay)


@rule
def thinning(gdp: float, protected_gdp: float, exponent: float) -> float:
    """A member's part k of forces that thin as they cover more (Eq. 3); 1 for a pure public good.

    Sandler 1977, "Impurity of defense"; with exponent 1 the forces are fully rival.
    """
    return thinned(log_part(gdp, protected_gdp), exponent)


@rule
def log_part(gdp: float, protected_gdp: float) -> float:
    """The logarithm of a member's part of protected GDP, half of `thinning`: two short loops are quicker than one."""
    return log(gdp) - log(protected_gdp)


@rule
def thinned(log_part: float, exponent: float) -> float:
    """`thinning` from there."""
    return exp(exponent * log_part)


@rule
def threat(hostility: float, proximity: float, capability_ratio: float) -> float:
    """Threat over GDP (Eq. 4); the ratio is of the adversary's capability over protected GDP, now to the start."""
    return hostility * proximity * capability_ratio


@rule
def heading(share: float, lag: float, gap: float, speed: float, pull: float, trend: float) -> float:
    """The share that a window's budgets were heading for, from means over its years: of shares, of those a year before
    and of the gap to the pledge then.

    Eq. 6 solved for the wanted share and averaged, within half and twice the mean share; ``trend`` is the weight of
    that against the mean share itself, because noise of the votes counts 1/speed times in it.
    """
    aim = lag + (share - lag - pull * gap) / speed if speed > 0.0 else share
    return share + trend * (min(2.0 * share, max(0.5 * share, aim)) - share)


@rule
def spillin(per_gdp: float, allied_weight: float, allied: float) -> float:
    """Spill-in over GDP of ``allied`` capability; ``per_gdp`` is k/y (Eq. 3)."""
    return per_gdp * (allied_weight * allied)


@rule
def line(measure: int, minimum: float, pledge: float, earlier_share: float) -> float:
    """The share of GDP at which a tier starts, whatever the policy measures."""
    by_effort = minimum + earlier_share
    by_pledge = minimum * pledge
    return max(0.0, by_effort if measure == EFFORT else (by_pledge if measure == PLEDGE else minimum))


@rule
def reaches(share: float, line: float) -> bool:
    """Whether a share is at a line, as NATO publishes shares: to two decimals of a per cent."""
    return share + HALF_A_DIGIT >= line


@rule
def protection(commitment: float, exclusion: float, level: float) -> float:
    """The protection that is expected at a tier (Eq. 5), from the two beliefs, both probabilities."""
    return commitment * (1.0 - exclusion * (1.0 - level))


@rule
def vote(
    share: float, wanted: float, pledge: float, speed: float, pull: float, surprise: float, cut: float, room: float,
) -> float:  # fmt: skip
    """The share that is voted (Eq. 6): part of the way to what is wanted, pulled by the pledge, within the budget."""
    voted = share + speed * (wanted - share) + pull * max(0.0, pledge - share) + surprise
    return min(HIGHEST_SHARE, max(0.0, min(share + room, max(share - cut, voted))))


@rule
def wanted_at_most(share: float) -> float:
    """A share that is wanted or given: never more than half of GDP, the most that is voted."""
    return min(HIGHEST_SHARE, share)


@rule
def is_protected(covered: float, level: float) -> int:
    """1 for a member whom the treaty covers and whom the policy promises at least half of full protection."""
    return 1 if covered * level >= 0.5 else 0


@rule
def room_used(active: bool, share: float, base: float, ceiling: float) -> float:
    """What is spent under the escape clause, over GDP: never more than the ceiling."""
    return min(ceiling, max(0.0, share - base)) if active else 0.0


@rule
def support(given: float, wanted: float, speed: float) -> float:
    """Support share next, part of the way to the wanted one."""
    return given + speed * (wanted - given)


@rule
def enabler_order(upkeep: float, priority: float, belief: float, before: float, cost: float, spending: float) -> float:
    """Enablers ordered this year, in units of today's need; more as trust in the US falls below what it was."""
    return (upkeep + priority * max(0.0, 1.0 - belief / before) / cost) * spending


@rule
def exposure(gdp: float, proximity: float) -> float:
    """Income within the adversary's reach, one of the three benefits of defence."""
    return gdp * proximity
