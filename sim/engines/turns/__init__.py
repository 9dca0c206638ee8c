"""One actor's turn in each scene, one file a scene, in one compiled call on the board of the run.

Each only puts together the rules that the loops of ``sim.scenes`` apply to everybody in that scene, in the same order
and on the same records, so the last bit agrees with the batch engine. ``i`` is the member, or N for the adversary;
``t`` the year, counted from the start. What a scene opens and closes with for all alike stands beside its turns.
"""

from __future__ import annotations

from sim.engines.turns import (
    brussels,
    budgets,
    course,
    crisis,
    economy,
    forces,
    moscow,
    statements,
    support,
    washington,
)

__all__ = [
    "brussels", "budgets", "course", "crisis", "economy", "forces", "moscow", "statements", "support", "washington",
]  # fmt: skip
