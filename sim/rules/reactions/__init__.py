"""How a member forms the share that it wants; the literature disagrees, so the rule is an axis that a sweep can vary.

One file a rule, with two functions, each called once for every tier of the policy in force: ``wanted`` returns the
share that the member would want within [low, high], ``liked`` how well it would like that share. The tier liked best
decides, the higher one on a tie. They are two because a processor overlaps short loops only.

Arguments, all per GDP: ``low``, ``high`` the tier's lines; ``allies`` what spills in from allies; ``us`` from the
United States at this tier; ``threat``; ``collective`` and ``national`` tastes; ``price`` of defence; ``share`` last
year's, of ``liked`` the wanted one; ``pledge`` this year's; ``followed`` the other allies' mean share, weighted by
proximity.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sim.compiled import rule
from sim.rules.reactions import follow, inertia, joint_product, pledge_driven, pure_public, threat_only

__all__ = ["REACTIONS", "Reaction", "liked", "wanted"]


class Reaction(NamedTuple):
    """A rule's two functions."""

    wanted: Callable[..., float]
    liked: Callable[..., float]


# name in a scenario -> rule; its place is its code
REACTIONS = {
    "joint-product": Reaction(joint_product.wanted, joint_product.liked),
    "pure-public": Reaction(pure_public.wanted, pure_public.liked),
    "threat-only": Reaction(threat_only.wanted, threat_only.liked),
    "follow": Reaction(follow.wanted, follow.liked),
    "pledge-driven": Reaction(pledge_driven.wanted, pledge_driven.liked),
    "inertia": Reaction(inertia.wanted, inertia.liked),
}


@rule
def wanted(
    code: int, low: float, high: float, allies: float, us: float, threat: float, collective: float, national: float,
    price: float, share: float, pledge: float, followed: float,
) -> float:  # fmt: skip
    """The share wanted by the rule of this code; compiled code cannot hold functions in a table, so it stands here."""
    if code == 0:
        return joint_product.wanted(
            low, high, allies, us, threat, collective, national, price, share, pledge, followed
        )
    if code == 1:
        return pure_public.wanted(low, high, allies, us, threat, collective, national, price, share, pledge, followed)
    if code == 2:
        return threat_only.wanted(low, high, allies, us, threat, collective, national, price, share, pledge, followed)
    if code == 3:
        return follow.wanted(low, high, allies, us, threat, collective, national, price, share, pledge, followed)
    if code == 4:
        return pledge_driven.wanted(
            low, high, allies, us, threat, collective, national, price, share, pledge, followed
        )
    return inertia.wanted(low, high, allies, us, threat, collective, national, price, share, pledge, followed)


@rule
def liked(
    code: int, share: float, allies: float, us: float, threat: float, collective: float, national: float, price: float
) -> float:
    """How well it is liked, likewise."""
    if code == 0:
        return joint_product.liked(share, allies, us, threat, collective, national, price)
    if code == 1:
        return pure_public.liked(share, allies, us, threat, collective, national, price)
    if code == 2:
        return threat_only.liked(share, allies, us, threat, collective, national, price)
    if code == 3:
        return follow.liked(share, allies, us, threat, collective, national, price)
    if code == 4:
        return pledge_driven.liked(share, allies, us, threat, collective, national, price)
    return inertia.liked(share, allies, us, threat, collective, national, price)
