"""Scene 1: GDP grows, debt accumulates."""

from __future__ import annotations

import math

from sim.compiled import rule

__all__ = ["LEAST_GROWTH", "debt", "growth"]

LEAST_GROWTH = -0.3


@rule
def growth(mean: float, spread: float, common_share: float, common: float, own: float) -> float:
    """Growth of GDP in one year, a fraction, never below -30 %.

    ``mean`` and ``spread`` are the expected growth and its standard deviation; of the variance the part
    ``common_share`` is shared by the whole alliance. ``common`` and ``own`` are standard normals.
    """
    surprise = spread * (math.sqrt(common_share) * common + math.sqrt(1.0 - common_share) * own)
    return max(LEAST_GROWTH, mean + surprise)


@rule
def debt(
    ratio: float, growth: float, inflation: float, balance: float, extra: float, room: float, financed: float
) -> float:
    """Government debt over GDP at the end of the year.

    ``balance`` is the projected budget balance; of the defence share's rise since the start, ``extra``, the part
    ``financed`` is borrowed; what of it was spent under the escape clause, ``room``, is borrowed whole. The balance
    holds the rest of ``room``, which counts from an earlier year.
    """
    risen = max(0.0, extra)
    deficit = -balance + financed * risen + (1.0 - financed) * min(room, risen)
    return max(0.0, ratio / ((1.0 + growth) * (1.0 + inflation)) + deficit)
