"""The steps of a submodel for one member, and the loops over members made of them.

A step is a function of the run's world ``w``, of what is fixed before it starts ``s``, of what is the same for all
members in this stage ``c``, and of the member's number ``i``; a step for every tier of the policy in force takes the
``tier`` too. ``c`` is a named tuple that the stage's ``begin(g, t)`` reads once: passed by value, it stays in the
processor's registers. A stage is a list of steps in their order. The batch engine takes every step for all members
before the next one, in a short loop that a processor overlaps; an agent takes them all for itself. Members act at once,
so both come to the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from sim.compiled import kernel
from sim.registry import check, unrolled
from sim.world import Game, N

__all__ = ["stage"]

Step = Callable[..., None]


ForAll = Callable[[Game, int], None]  # of the run and the year
ForOne = Callable[[Game, int, int], None]  # of the run, the member and the year


def stage(begin: Callable[[Game, int], Any], *steps: Step, actors: int = N) -> tuple[ForAll, ForOne]:
    """A stage of a submodel as two kernels, for all members and for one.

    Args:
        begin: of the run and the year; what all members share, with ``tiers`` where a step takes a tier.
        steps: in the order of play.
        actors: for how many the first kernel takes them; N + 1 with the adversary, who stands behind the members.

    Raises:
        RegistrationError: a step that takes other arguments.
    """
    kernels = [(_kernel(check(step, *_arguments(step))), "tier" in _arguments(step)) for step in steps]
    members = f"for i in range({actors}): {{}}(w, s, c, i"
    every = [(f"for tier in range(c.tiers):\n        {members}, tier)" if tiers else f"{members})", step)
             for step, tiers in kernels]  # fmt: skip
    own = [("for tier in range(c.tiers): {}(w, s, c, i, tier)" if tiers else "{}(w, s, c, i)", step)
           for step, tiers in kernels]  # fmt: skip
    shared = ("w, s, c = g.w, g.s, {}(g, t)", begin)
    return unrolled("g, t", [shared, *every]), unrolled("g, i, t", [shared, *own])


_kernel = cache(kernel)  # a step may be taken in two stages


def _arguments(step: Step) -> tuple[str, ...]:
    return ("w", "s", "c", "i", *(["tier"] if step.__code__.co_argcount > 4 else []))
