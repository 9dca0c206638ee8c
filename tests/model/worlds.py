"""Worlds for tests of the whole model, and how their results are read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim import data
from sim.compiled import COMPILED
from sim.data import MEMBERS
from sim.measures import COUNTS, LEVELS, MEMBER
from sim.scenario import Policy, Scenario, Tier
from sim.scenario.parameters import Parameters

# Too many runs for plain Python; test_invariants tests that it plays the same ones, where there is a compiler.
NEEDS_COMPILER = pytest.mark.skipif(not COMPILED, reason="thousands of runs need a compiler")
ROOT = Path(sim.__file__).parents[1]
US = MEMBERS.index("USA")
EUROPE = [i for i in range(len(MEMBERS)) if i != US]
UNCONDITIONAL, WITHDRAWN = ((0.0, 1.0),), ((0.0, 0.0),)
CONDITIONAL = ((0.0, 0.0), (0.035, 1.0))
QUIET = {"budget_noise": 0.0, "belief_noise": 0.0, "statement_rate": 0.0, "challenge_rate": 0.0}
FREE = {
    "adjustment_speed": 1.0,
    "pledge_pull": 0.0,
    "fiscal_room": 0.1,
    "fiscal_cut": 0.1,
    "absorption": 0.1,
    "debt_drag": 0.0,
}


def policy(tiers: tuple[tuple[float, float], ...] = UNCONDITIONAL, **fields: Any) -> Policy:
    return Policy(tiers=tuple(Tier(minimum=line, protection=level) for line, level in tiers), **fields)


def world(
    offered: Policy | None = None, parameters: Mapping[str, Any] | None = None, start: int = 2025, years: int = 15,
    **fields: Any,
) -> Scenario:  # fmt: skip
    """A world in which ``offered`` comes into force in the first year that is played."""
    asked: dict[str, Any] = {
        "name": "mine", "title": "Mine", "question": "What?", "cannot_say": "Much.", "sources": ("me",),
        "start": start, "end": start + years,
        "policies": {"before": policy(), "offered": offered or policy()},
        "script": {str(start): "before", str(start + 1): "offered"},
        "parameters": Parameters(**(parameters or {})),
    }  # fmt: skip
    return Scenario(**(asked | fields))


def level(history: Any, name: str) -> np.ndarray:
    """A yearly measure, years last."""
    return history.levels[..., LEVELS.index(name)]


def count(history: Any, name: str) -> np.ndarray:
    return history.counts[..., COUNTS.index(name)]


def member(history: Any, name: str) -> np.ndarray:
    """A member's measure, shape (years, members)."""
    return history.members[:, MEMBER.index(name)]


def same(one: Any, other: Any, but: tuple[str, ...] = ()) -> bool:
    """Whether two results agree bit for bit, save the measures named."""
    levels = [k for k, name in enumerate(LEVELS) if name not in but]
    counts = [k for k, name in enumerate(COUNTS) if name not in but]
    return (
        one.levels[..., levels].tobytes() == other.levels[..., levels].tobytes()
        and one.counts[..., counts].tobytes() == other.counts[..., counts].tobytes()
    )


@cache
def euro() -> float:
    return float(data.instruments().set_index("name")["value"]["eur_to_usd2015"])
