"""Scene 2: words and acts move two beliefs, kept as log odds.

Talk without a cost can say nothing (Crawford & Sobel 1982), acts with a cost can (Fearon 1997, "Signaling foreign
policy interests"); so each has a weight of its own, and with a weight of 0 statements are babbling.
"""

from __future__ import annotations

from sim.compiled import rule

__all__ = ["AUTHORITY", "belief", "random_statement"]

AUTHORITY = (1.0, 0.7, 0.4, 0.2)  # assumed: president, cabinet, adviser, legislator


@rule
def belief(
    odds: float, mean: float, reversion: float, words: float, word_weight: float, acts: float, act_weight: float,
    noise: float, normal: float,
) -> float:  # fmt: skip
    """A belief's log odds after this year's words and last year's acts (Eq. 7)."""
    return odds + reversion * (mean - odds) + word_weight * words + act_weight * acts + noise * normal


@rule
def random_statement(
    rate: float, made: float, who: float, tone: float, noise: float, normal: float
) -> float:
    """Authority times tone of what is said in one of the year's four slots; 0 if nothing is said.

    ``made`` and ``who`` are uniforms; ``tone`` is what the policy in force would say, in [-1, 1].
    """
    authority = AUTHORITY[int(4.0 * who)]
    said = min(1.0, max(-1.0, tone + noise * normal))
    return authority * said if made < 0.25 * rate else 0.0
