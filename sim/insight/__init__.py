"""What a stored sweep says, in one line each: what drives an outcome, where it turns, what one regrets least."""

from sim.insight.discovery import Box, feature_scores, prim
from sim.insight.explain import explain
from sim.insight.explanation import Explanation
from sim.insight.policies import Choice, Tipping, minimax, paired_differences, regret, tipping_point
from sim.insight.sensitivity import morris, sobol

__all__ = [
    "Box",
    "Choice",
    "Explanation",
    "Tipping",
    "explain",
    "feature_scores",
    "minimax",
    "morris",
    "paired_differences",
    "prim",
    "regret",
    "sobol",
    "tipping_point",
]
