"""Rules of ``sim.rules``, and sums and luck, compiled to be called from Python for one actor; kept on disk.

What a member does many thousand times a second is in ``turns``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import chance, world
from sim.compiled import alone
from sim.rules import brussels, budgets, crisis, demand, economy, forces, moscow, washington
from sim.scenes import moscow as scenes
from sim.world import Game

__all__ = ["best_response"]  # the rest is for the agents of this package

Floats = NDArray[np.float64]

respond = alone(demand.best_response)

act = alone(washington.act)
build_enablers = alone(forces.delivered)
comes = alone(crisis.comes)
consents = alone(washington.consents)
contest = alone(moscow.contest)
elect = alone(washington.elect)
enabled = alone(forces.enabled)
growth = alone(economy.growth)
is_de_facto_exit = alone(washington.is_de_facto_exit)
lesson = alone(crisis.lesson)
order_enablers = alone(budgets.enabler_order)
posture = alone(washington.posture)
strength = alone(moscow.strength)
pro_rata = alone(brussels.pro_rata)
solidarity = alone(crisis.solidarity)
treaty = alone(washington.treaty)
votes = alone(washington.votes)
withdrawal_favour = alone(washington.withdrawal_favour)
loan_price = alone(brussels.loan_price)
budget = alone(moscow.budget)
of_any = alone(scenes.of_any)


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
def start(
    parameters: NDArray[Any], setup: NDArray[Any], years: NDArray[Any], policies: NDArray[Any], begun: NDArray[Any],
    path: NDArray[Any],
) -> None:  # fmt: skip
    """The world of the start year, into ``begun`` (one record of WORLD) and ``path``."""
    world.start(Game(parameters[0], setup[0], years, policies, begun[0], path, 0, 0))


@alone
def uniforms(seed: int, replicate: int, stream: int, year: int, actor: int) -> tuple[float, float, float, float]:
    """The four words of one stream for one actor in a year, as uniforms."""
    first, second, third, fourth = chance.block(seed, replicate, stream, year, actor)
    return chance.uniform(first), chance.uniform(second), chance.uniform(third), chance.uniform(fourth)


@alone
def ask_loan(
    flag: int, allotment: float, years: float, drawn: float, appetite: float, wanted: float, pledge: float,
    share: float, gdp: float, advantage: float,
) -> float:  # fmt: skip
    """The loan that a member asks for."""
    gap = brussels.gap(wanted, pledge, share)
    return brussels.asks(flag, allotment, years, drawn, appetite, gap, gdp, advantage)


@alone
def follow(me: int, inside: Floats, last: Floats, separation: Floats, decay: float) -> float:
    """The other allies' average share of last year, nearer ones counting more."""
    shares, weights = 0.0, 0.0
    for j in range(last.size):
        near = budgets.proximity(float(separation[me, j]), False, 0.0, decay)
        weight = near if inside[j] > 0.0 and j != me else 0.0
        shares += weight * float(last[j])
        weights += weight
    return shares / weights if weights > 0.0 else float(last[me])
