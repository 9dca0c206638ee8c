"""Scene 7: the adversary arms and weighs a challenge. Its outputs are ordinal: they compare policies.

The contest is Tullock's in ratio form (Hirshleifer 1989). With no noise the hazard becomes the threshold of perfect
deterrence theory (Zagare & Kilgour 2000): it challenges when the chance p that the patron comes is below
p* = (F0 - k) / (F0 - F1).
"""

from __future__ import annotations

from sim.compiled import exp, log, logistic, rule

__all__ = ["budget", "contest", "hazard", "prize", "strength", "temptation", "weighed", "yielded"]


@rule
def budget(share: float, wanted: float, speed: float, surprise: float) -> float:
    """The adversary's defence share next, part of the way to the wanted one; it knows no fiscal rule (Eq. 13)."""
    return min(0.5, max(0.0, share + speed * (wanted - share) + surprise))


@rule
def strength(price_level: float, capability: float) -> float:
    """The adversary's capability in the allies' prices (Eq. 13); never quite nothing, so that ratios to it exist."""
    return max(1e-6, price_level * capability)


@rule
def contest(attack: float, defence: float, decisiveness: float) -> float:
    """The chance that the attack succeeds (Eq. 14): attack^k / (attack^k + defence^k)."""
    if decisiveness == 1.0:  # the default, without a logarithm
        return attack / (attack + defence) if attack > 0.0 else 0.0
    ratio = exp(decisiveness * (log(attack) - log(defence))) if attack > 0.0 else 0.0
    return ratio / (1.0 + ratio)


@rule
def prize(value: float, hostility: float, reference: float, proximity: float, nearest: float) -> float:
    """What a success is worth to the adversary: less far away, nothing without hostility."""
    return value * min(1.0, hostility / reference) / nearest * proximity


@rule
def weighed(expected: float, with_us: float, without_us: float) -> float:
    """The chance of success as the adversary expects the US to come."""
    return expected * with_us + (1.0 - expected) * without_us


@rule
def hazard(rate: float, prize: float, success: float, cost: float, noise: float) -> float:
    """The chance of a challenge in a year (Eq. 15), less what blur alone gives where nothing can be won."""
    return yielded(rate, temptation(prize, success, cost, noise), cost, noise)


@rule
def temptation(prize: float, success: float, cost: float, noise: float) -> float:
    """What a challenge promises over its blur, the first half of `hazard`: two short loops are quicker than one."""
    return (prize * success - cost) * (1.0 / noise)


@rule
def yielded(rate: float, temptation: float, cost: float, noise: float) -> float:
    """`hazard` from there."""
    by_noise = logistic(-cost * (1.0 / noise))
    return rate / (1.0 - by_noise) * max(0.0, logistic(temptation) - by_noise)
