"""What runs and sweeps say, in one line each.

Of a stored sweep: what drives an outcome, where it turns, what one regrets least. Of a run: why a member voted as it
did. Of scenarios: what differs on the same luck, and which policies are equilibria.
"""

from typing import TYPE_CHECKING, Any

from sim.insight.comparing import compare
from sim.insight.dilemmas import classify, limits
from sim.insight.discovery import Box, feature_scores, prim
from sim.insight.explanation import Explanation
from sim.insight.games import PolicyGame, Weights, equilibria, policy_game
from sim.insight.policies import Choice, Tipping, minimax, paired_differences, regret, tipping_point
from sim.insight.sensitivity import morris, sobol

if TYPE_CHECKING:
    from sim.insight.explaining import explain

__all__ = [
    "Box",
    "Choice",
    "Explanation",
    "PolicyGame",
    "Tipping",
    "Weights",
    "classify",
    "compare",
    "equilibria",
    "explain",
    "feature_scores",
    "limits",
    "minimax",
    "morris",
    "paired_differences",
    "policy_game",
    "prim",
    "regret",
    "sobol",
    "tipping_point",
]


def __getattr__(name: str) -> Any:
    if name == "explain":  # loaded when it is first used: it plays with agents, and Mesa takes a second to import
        from sim.insight.explaining import explain

        return explain
    raise AttributeError(f"module 'sim.insight' has no attribute {name!r}")
