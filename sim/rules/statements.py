"""Scene 2: words and acts move two beliefs, kept as log odds.

Talk without a cost can say nothing (Crawford & Sobel 1982), acts with a cost can (Fearon 1997, "Signaling foreign
policy interests"); so each has a weight of its own, and with a weight of 0 statements are babbling.
"""

from __future__ import annotations

from sim.compiled import rule

__all__ = ["AUTHORITY", "authority", "belief", "is_made", "tone"]

AUTHORITY = (1.0, 0.7, 0.4, 0.2)  # assumed: president, cabinet, adviser, legislator


@rule
def belief(
    odds: float, mean: float, reversion: float, words: float, word_weight: float, acts: float, act_weight: float,
    noise: float, normal: float,
) -> float:  # fmt: skip
    """A belief's log odds after this year's words and last year's acts (Eq. 7)."""
    return odds + reversion * (mean - odds) + word_weight * words + act_weight * acts + noise * normal


@rule
def is_made(rate: float, luck: float) -> bool:
    """Whether something is said in one of the year's four slots, which share the ``rate`` a year."""
    return luck < 0.25 * rate


@rule
def authority(luck: float) -> float:
    """Who speaks, drawn evenly from president, cabinet, adviser and legislator."""
    return AUTHORITY[int(4.0 * luck)]


@rule
def tone(mean: float, noise: float, normal: float) -> float:
    """What is said, around what the policy in force would say, in [-1, 1]."""
    return min(1.0, max(-1.0, mean + noise * normal))
