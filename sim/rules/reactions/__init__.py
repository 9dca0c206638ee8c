"""How a member forms the share that it wants; the literature disagrees, so the rule is an axis that a sweep can vary.

One file a rule. Each is called once for every tier of the policy in force and returns the share that the member would
want within [low, high] and how well it would like it; the tier that it likes best decides, the higher one on a tie.

Arguments, all per GDP: ``low``, ``high`` the tier's lines; ``allies`` what spills in from allies; ``us`` from the
United States at this tier; ``threat``; ``collective`` and ``national`` tastes; ``price`` of defence; ``share`` last
year's; ``pledge`` this year's; ``followed`` the other allies' mean share, weighted by proximity.
"""

from __future__ import annotations

from sim.compiled import rule
from sim.rules.reactions import follow, inertia, joint_product, pledge_driven, pure_public, threat_only

__all__ = ["REACTIONS", "wanted"]

# name in a scenario -> rule; its place is its code
REACTIONS = {
    "joint-product": joint_product.wanted,
    "pure-public": pure_public.wanted,
    "threat-only": threat_only.wanted,
    "follow": follow.wanted,
    "pledge-driven": pledge_driven.wanted,
    "inertia": inertia.wanted,
}


@rule
def wanted(
    code: int, low: float, high: float, allies: float, us: float, threat: float, collective: float, national: float,
    price: float, share: float, pledge: float, followed: float,
) -> tuple[float, float]:  # fmt: skip
    """The rule of this code; compiled code cannot hold functions in a table, so the table stands here again."""
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
