"""How a member forms the share that it wants; the literature disagrees, so the rule is an axis that a sweep can vary.

One file a rule, named as the rule with underscores; it is registered by lying in this folder. It has two functions,
each called once for every tier of the policy in force: ``wanted(v)`` returns the share that the member would want
within the tier, ``liked(v, share)`` how well it would like that share. The tier liked best decides, the higher one on a
tie. They are two because a processor overlaps short loops only. ``v`` is a `sim.rules.view.View`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from importlib import import_module
from types import FunctionType
from typing import Any, NamedTuple

from sim.registry import check, refusal, unrolled
from sim.rules.view import View
from sim.scenario.parts import REACTIONS as NAMES

__all__ = [
    "FOLLOWS", "REACTIONS", "TRIED", "WEIGHS_TIERS", "Reaction", "admitted", "liked", "reads", "wanted",
]  # fmt: skip


class Reaction(NamedTuple):
    """A rule's two functions."""

    wanted: Callable[[View], float]
    liked: Callable[[View, float], float]


def _view(low: float, high: float, spillin: float, threat: float, share: float) -> View:
    return View(low, high, 0.5 * spillin, spillin, threat, 0.02, 0.005, 0.95, share, 0.02, 1.1 * share)


# situations that every rule is tried in when it is registered: nothing at all, peace, danger, two tiers, a high line
TRIED = (
    View(0.0, math.inf, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0),
    _view(0.0, math.inf, 0.02, 0.0, 0.018),
    _view(0.0, math.inf, 0.0, 0.06, 0.018),
    _view(0.0, 0.035, 0.01, 0.02, 0.021),
    _view(0.035, math.inf, 0.04, 0.02, 0.021),
    _view(0.9, math.inf, 0.01, 0.01, 0.5),
)


def admitted(reaction: Reaction) -> Reaction:
    """A rule whose functions take what all take, and stay within their bounds where they are tried.

    Raises:
        RegistrationError: it does not.
    """
    check(reaction.wanted, "v")
    check(reaction.liked, "v", "share")
    for view in TRIED:
        share = reaction.wanted(view)
        most = max(1.0 / view.price, view.low)
        if not 0.0 <= share <= most:
            raise refusal(reaction.wanted, f"returns {share} for {view}; allowed: 0 to {most:g} there")
        if math.isnan(liking := reaction.liked(view, share)):
            raise refusal(reaction.liked, f"returns {liking} for {view} and share {share:g}; allowed: any number")
    return reaction


def reads(function: Callable[..., Any], field: str) -> bool:
    """Whether a rule, or a function that it calls, reads this field of a `View`."""
    names = function.__code__.co_names
    called = [function.__globals__.get(name) for name in names]
    others = [one for one in called if isinstance(one, FunctionType) and one is not function]
    return field in names or any(reads(one, field) for one in others)


def _read(name: str) -> Reaction:
    module = import_module(f"{__name__}.{name.replace('-', '_')}")
    return admitted(Reaction(module.wanted, module.liked))


# name in a scenario -> rule; its place is its code
REACTIONS = {name: _read(name) for name in NAMES}

# by code: whether a rule likes some tiers better than others, and whether it asks what the others spend
WEIGHS_TIERS = tuple(len({rule.liked(view, 0.02) for view in TRIED}) > 1 for rule in REACTIONS.values())
FOLLOWS = tuple(any(reads(one, "followed") for one in rule) for rule in REACTIONS.values())


def _by_code(given: str, functions: Sequence[Callable[..., float]]) -> Callable[..., float]:
    """One function that calls that of a code."""
    *others, last = functions
    lines = [(f"if code == {k}: return {{}}({given})", one) for k, one in enumerate(others)]
    return unrolled(f"code, {given}", [*lines, (f"return {{}}({given})", last)])


wanted = _by_code("v", [rule.wanted for rule in REACTIONS.values()])
liked = _by_code("v, share", [rule.liked for rule in REACTIONS.values()])
