"""A rule for one actor alone, with its arguments checked."""

from __future__ import annotations

import math

from sim.rules import demand

__all__ = ["best_response"]


def best_response(
    gdp: float, spillin: float, collective_taste: float, national_taste: float, price: float = 1.0
) -> float:
    """Spending that maximises Eq. 1, in the unit of ``gdp``, within [0, gdp/price] (Eq. 2 of docs/model.md).

    Args:
        gdp: above 0, any unit. spillin: in that unit, above -gdp/price; negative for a threat.
        collective_taste, national_taste: B and G, 0 or more, with a sum below 1.
        price: of defence, above 0.

    Raises:
        ValueError: anything else, NaN and infinity included.
    """
    income = gdp / price if price > 0.0 else math.nan
    if not (0.0 < income < math.inf and gdp > 0.0 and -income < spillin < math.inf):
        raise ValueError(f"gdp > 0, price > 0 and spillin > -gdp/price are needed, found {gdp}, {price}, {spillin}")
    if not (collective_taste >= 0.0 and national_taste >= 0.0 and collective_taste + national_taste < 1.0):
        raise ValueError(f"tastes >= 0 with a sum below 1 are needed, found {collective_taste} and {national_taste}")
    return demand.best_response(gdp, spillin, collective_taste, national_taste, price)
