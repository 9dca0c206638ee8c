"""What is measured of a member in a year."""

from __future__ import annotations

from sim.measures.register import of_member
from sim.world import MEMORY, Game


@of_member
def gdp(g: Game, t: int, i: int) -> float:
    """Constant 2015 US$ bn."""
    return g.w.gdp[i]


@of_member
def defence_share(g: Game, t: int, i: int) -> float:
    """Defence spending over GDP."""
    return g.w.share[i]


@of_member
def spending(g: Game, t: int, i: int) -> float:
    """Constant 2015 US$ bn."""
    return g.path[MEMORY + t].spending[i]


@of_member
def capability(g: Game, t: int, i: int) -> float:
    """Forces, in spending equivalents."""
    return g.w.capability[i]


@of_member
def commitment_belief(g: Game, t: int, i: int) -> float:
    """The probability it gives to the United States standing by its word."""
    return g.w.commitment_belief[i]


@of_member
def exclusion_belief(g: Game, t: int, i: int) -> float:
    """The probability it gives to the exclusion of those below the line."""
    return g.w.exclusion_belief[i]


@of_member
def expected_protection(g: Game, t: int, i: int) -> float:
    """Protection as it expects it (Eq. 5)."""
    return g.w.expected[i]


@of_member
def protected(g: Game, t: int, i: int) -> float:
    """1 where a treaty in force promises at least half of full protection, else 0."""
    return float(g.w.protected[i])


@of_member
def wanted_share(g: Game, t: int, i: int) -> float:
    """The share of GDP that its government wants."""
    return g.w.wanted[i]


@of_member
def support_share(g: Game, t: int, i: int) -> float:
    """Given to a partner under attack, over GDP."""
    return g.w.support[i]


@of_member
def loan(g: Game, t: int, i: int) -> float:
    """Granted by the European Union this year, constant 2015 US$ bn."""
    return g.w.loan[i]


@of_member
def room_used(g: Game, t: int, i: int) -> float:
    """Spent under the escape clause, over GDP."""
    return g.w.room_used[i]


@of_member
def price(g: Game, t: int, i: int) -> float:
    """The price of defence, 1 without a loan."""
    return g.w.price[i]


@of_member
def debt(g: Game, t: int, i: int) -> float:
    """Public debt over GDP."""
    return g.w.debt[i]


@of_member
def hazard(g: Game, t: int, i: int) -> float:
    """The chance of being challenged this year."""
    return g.w.hazard[i]


@of_member
def protection(g: Game, t: int, i: int) -> float:
    """Promised at the tier that it has reached."""
    return g.w.level[i]
