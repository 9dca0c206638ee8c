"""The situation in which a member forms the share that it wants, for one tier of the policy in force; all per GDP."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["View"]


class View(NamedTuple):
    """What a reaction rule is told.

    Attributes:
        low, high: the tier's lines; ``high`` is infinite in the last tier.
        allies, us: what spills in from allies, and from the United States at this tier. threat: of the adversary.
        collective, national: tastes. price: of defence.
        share: last year's. pledge: this year's. followed: the other allies' mean share, weighted by proximity.
    """

    low: float
    high: float
    allies: float
    us: float
    threat: float
    collective: float
    national: float
    price: float
    share: float
    pledge: float
    followed: float
