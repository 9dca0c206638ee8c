"""What runs and sweeps say, in one line each.

Of a stored sweep: what drives an outcome, where it turns, what one regrets least. Of a run: why a member voted as it
did. Of scenarios: what differs on the same luck, and which policies are equilibria.
"""

from sim.insight.comparing import compare
from sim.insight.dilemmas import classify, limits
from sim.insight.discovery import Box, feature_scores, prim
from sim.insight.explain import explain
from sim.insight.explanation import Explanation
from sim.insight.games import PolicyGame, Weights, equilibria, policy_game
from sim.insight.policies import Choice, Tipping, minimax, paired_differences, regret, tipping_point
from sim.insight.sensitivity import morris, sobol

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
