"""How a member forms the share that it wants; the literature disagrees, so the rule is an axis that a sweep can vary.

One file a rule. Each is called once for every tier of the policy in force and returns the share that the member would
want within [low, high] and how well it would like it; the tier that it likes best decides, the higher one on a tie.

Arguments, all per GDP: ``low``, ``high`` the tier's lines; ``allies`` what spills in from allies; ``us`` from the United
States at this tier; ``threat``; ``collective`` and ``national`` tastes; ``price`` of defence; ``share`` last year's;
``pledge`` this year's; ``followed`` the other allies' mean share, weighted by proximity.
"""

from sim.rules.reactions import follow, inertia, joint_product, pledge_driven, pure_public, threat_only

__all__ = ["REACTIONS"]

# name in a scenario -> rule, in the order of their codes in World.reaction
REACTIONS = {
    "joint-product": joint_product.wanted,
    "pure-public": pure_public.wanted,
    "threat-only": threat_only.wanted,
    "follow": follow.wanted,
    "pledge-driven": pledge_driven.wanted,
    "inertia": inertia.wanted,
}
