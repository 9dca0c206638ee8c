"""What ``check`` allows can be played, and every measure is finite and in its range: scenarios of all corners."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sim.engines.batch import run_batch
from sim.measures import LEVELS, MEMBER
from sim.scenario import REACTIONS, Scenario, load_scenario
from sim.scenario.parameters import DATES, Parameters, limits
from tests.model.worlds import NEEDS_COMPILER

pytestmark = NEEDS_COMPILER

STARTS = (1960, 1961, 1967, 1975, 1989, 1990, 1991, 1992, 1998, 2001, 2013, 2014, 2021, 2022, 2024, 2025)
UNIT, SHARE = (0.0, 1.0), (0.0, 0.5)
# of members, then of years; what is not listed is at least 0 and finite
MEMBERS_RANGES = {
    "defence_share": SHARE, "wanted_share": SHARE, "support_share": SHARE, "price": UNIT, "commitment_belief": UNIT,
    "exclusion_belief": UNIT, "expected_protection": UNIT, "protection": UNIT, "hazard": UNIT, "protected": UNIT,
}  # fmt: skip
YEARS_RANGES = {
    "us_gdp_share": UNIT, "commitment_belief": UNIT, "exclusion_belief": UNIT, "challenge_risk": UNIT,
    "exploitation_rank": (-1.0, 1.0), "concordance": (-1.0, 1.0), "exploitation_slope": (-math.inf, math.inf),
    "posture": (0.0, 3.0), "enabler_ratio": (0.0, math.inf),
}  # fmt: skip


def corner(chance: random.Random, low: float, high: float) -> float:
    """An end of a range more often than what lies between."""
    return float(chance.choice([low, low, high, high, chance.uniform(low, high)]))


def anything(chance: random.Random) -> dict[str, Any]:
    """A scenario with every kind of key, its values at the ends of what is allowed."""
    start = chance.choice(STARTS)
    end = chance.choice([start + 1, start + 2, start + 15, 2045 if start < 2045 else start + 3, 2200])
    policies = {f"p{number}": policy(chance) for number in range(chance.randint(1, 3))}
    names = list(policies)
    whole = {
        "name": "f", "title": "t", "question": "q", "cannot_say": "c", "sources": ("s",), "start": start, "end": end,
        "economy": chance.choice(["trend", "actual"]), "policies": policies,
        "script": {str(start): "p0", str(chance.randint(start, end)): chance.choice(names)} | {str(start): "p0"},
        "reaction": chance.choice(REACTIONS), "parameters": parameters(chance, start, end),
    }  # fmt: skip
    first = chance.randint(1951, start)
    sometimes = {
        "taste_window": (first, chance.randint(first, start)),
        "pledge": path(chance), "hostility": path(chance), "war": path(chance),
        "elections": tuple(
            {"policy": name, "alpha": corner(chance, -50, 50), "gamma": corner(chance, -200, 200)} for name in names
        ),
        "statements": tuple(said(chance, start, end) for _ in range(3)),
        "instruments": {"take_up": chance.choice(["recorded", "decided", "none"])},
        "reactions": {"DEU": chance.choice(REACTIONS), "USA": chance.choice(REACTIONS)},
    }  # fmt: skip
    return whole | {key: value for key, value in sometimes.items() if chance.random() < 0.4}


def parameters(chance: random.Random, start: int, end: int) -> dict[str, Any]:
    part, found = chance.choice([0.0, 0.05, 0.5, 1.0]), {}
    for name, field in Parameters.model_fields.items():
        low, high = limits(name)
        value: float = chance.choice([0, start + 1, end]) if name in DATES else corner(chance, low, high)
        if chance.random() < part:
            found[name] = int(value) if field.annotation is int else float(value)
    return found


def path(chance: random.Random) -> tuple[dict[str, Any], ...]:
    years = sorted(chance.sample(range(1950, 2200), chance.randint(1, 3)))
    return tuple({"year": year, "value": corner(chance, 0, 1)} for year in years)


def policy(chance: random.Random) -> dict[str, Any]:
    measure = chance.choice(["share", "effort", "pledge"])
    most = 2.0 if measure == "pledge" else 1.0
    lines = sorted({round(corner(chance, 0.0001, most), 4) for _ in range(chance.randint(0, 4))})
    promised = sorted(corner(chance, 0, 1) for _ in range(len(lines) + 1))
    starts = [chance.choice([0.0, -0.2]), *lines]
    return {
        "measure": measure, "posture": corner(chance, 0, 3), "support": corner(chance, 0, 5),
        "tiers": tuple({"minimum": a, "protection": b} for a, b in zip(starts, promised, strict=True)),
        "tone": corner(chance, -1, 1), "conditionality": corner(chance, -1, 1), "resolve": corner(chance, 0, 1),
        "seeks_withdrawal": chance.random() < 0.3, "goes_alone": corner(chance, 0, 1),
        "certifies": chance.random() < 0.5,
    }  # fmt: skip


def said(chance: random.Random, start: int, end: int) -> dict[str, Any]:
    tones = {"tone": corner(chance, -1, 1), "conditionality": corner(chance, -1, 1)}
    return {"year": chance.randint(start + 1, end), "authority": corner(chance, 0, 1), "source": "s", **tones}


def within(name: str, values: np.ndarray[Any, Any], ranges: dict[str, tuple[float, float]]) -> None:
    low, high = ranges.get(name, (0.0, math.inf))
    assert np.isfinite(values).all(), name
    assert values.min() >= low - 1e-12, name
    assert values.max() <= high + 1e-12, name


@pytest.mark.parametrize("block", range(10))
def test_what_is_allowed_plays_and_stays_in_range(block: int) -> None:
    allowed = 0
    for seed in range(20 * block, 20 * block + 20):
        try:
            scenario = Scenario.model_validate(anything(random.Random(seed)))
        except ValidationError:  # two keys that contradict each other
            continue
        allowed += 1
        runs = run_batch(scenario, seed, 2)
        assert runs.levels is not None
        for number, name in enumerate(LEVELS):
            within(name, runs.levels[:, :, number], YEARS_RANGES)
        members = runs.members()
        for name in MEMBER:
            within(name, members[name].to_numpy(float), MEMBERS_RANGES)
        assert (members["defence_share"].groupby(members["replicate"]).count() > 0).all()
    assert allowed >= 15


@pytest.mark.parametrize("window", [(1951, 1951), (1951, 1960), (1960, 1960)])
def test_the_first_years_that_tastes_may_be_taken_from(window: tuple[int, int]) -> None:
    scenario = load_scenario("cold-war-1960").model_copy(update={"taste_window": window})
    assert np.isfinite(run_batch(scenario, 1, 1).levels[0]).all()  # type: ignore[index]


def test_nobody_wants_what_it_cannot_have() -> None:
    """Every tier costs all that there is and nothing below saves anybody: the corner in which wants had no end."""
    base = load_scenario("conditional-3.5").model_dump()
    tiers = ({"minimum": 0.0, "protection": 0.0}, {"minimum": 1.0, "protection": 1.0})
    base["policies"] = {"p": {"measure": "effort", "tiers": tiers, "support": 5.0}}
    base |= {"script": {"2025": "p"}, "statements": (), "hostility": ({"year": 2025, "value": 1.0},)}
    base |= {"war": ({"year": 2025, "value": 1.0},)}
    base["parameters"] = {"threat_scale": 5.0, "support_collective": 0.1, "support_national": 0.1, "loan_appetite": 2.0}
    members = run_batch(Scenario.model_validate(base), 1, 2).members()
    assert members["wanted_share"].max() == 0.5
    assert members["support_share"].max() <= 0.5
