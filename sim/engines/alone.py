"""Rules of ``sim.rules``, and luck, compiled to be called from Python for one actor; kept on disk.

What a member does many thousand times a second is in ``turns``.
"""

from __future__ import annotations

import math

from sim import chance
from sim.compiled import alone
from sim.rules import brussels, crisis, demand, moscow, washington

__all__ = ["best_response"]  # the rest is for the agents of this package

respond = alone(demand.best_response)
comes = alone(crisis.comes)
consents = alone(washington.consents)
contest = alone(moscow.contest)
pro_rata = alone(brussels.pro_rata)
votes = alone(washington.votes)
withdrawal_favour = alone(washington.withdrawal_favour)


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
    return float(respond(gdp, spillin, collective_taste, national_taste, price))


@alone
def uniforms(seed: int, replicate: int, stream: int, year: int, actor: int) -> tuple[float, float, float, float]:
    """The four words of one stream for one actor in a year, as uniforms."""
    first, second, third, fourth = chance.block(seed, replicate, stream, year, actor)
    return chance.uniform(first), chance.uniform(second), chance.uniform(third), chance.uniform(fourth)
