"""The engine against the oracle, which recomputes the model from docs/model.md alone: every measure of every year.

The worlds below are the shipped scenarios, and others that make each rule of the page work at least once. Both sides
count in double precision but not in the same order, so a share that lies exactly on a tier's line, or two tiers of
the same utility, could fall either way; no seed here meets one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.data import MEMBERS
from sim.engines.batch import run_members
from sim.measures import COUNTS, LEVELS, MEMBER
from sim.scenario import REACTIONS, Parameters, Scenario, load_scenario, scenario_names
from tests.oracle import simulate

RELATIVE, ABSOLUTE = 1e-9, 1e-12
RANDOM_WORLDS = 16


# ------------------------------------------------------------------------------------------- compare


def differences(scenario: Scenario, seed: int, replicate: int) -> list[str]:
    """Where the engine and the oracle part, the earliest year first."""
    engine, oracle = run_members(scenario, seed, replicate), simulate(scenario, seed, replicate)
    found: list[tuple[int, str]] = []
    for names, ours, theirs, close in (
        (MEMBER, engine.members, oracle.members, RELATIVE),
        (LEVELS, engine.levels, oracle.years, RELATIVE),
        (COUNTS, engine.counts, oracle.years, 0.0),
    ):
        assert ours.shape[1] == len(names)
        for column, name in enumerate(names):
            a, b = ours[:, column], theirs[name]
            wrong = ~np.isclose(a, b, rtol=close, atol=ABSOLUTE if close else 0.0)
            for place in zip(*np.nonzero(wrong), strict=True):
                who = MEMBERS[place[1]] if len(place) > 1 else ""
                year = scenario.start + int(place[0])
                found.append((year, f"{year} {name} {who}: engine {a[place]!r}, page {b[place]!r}"))
    return [text for _, text in sorted(found, key=lambda one: one[0])]


def agree(scenario: Scenario, seed: int = 1, replicate: int = 0) -> None:
    found = differences(scenario, seed, replicate)
    assert not found, "\n".join([f"{scenario.name}, {len(found)} differences, the first:", *found[:12]])


@pytest.mark.parametrize("name", scenario_names())
def test_shipped_scenarios(name: str) -> None:
    agree(load_scenario(name))


LUCK = [(1, 1), (1, 2), (7, 0), (2**40 + 9, 2**33 + 5)]  # the last: seeds and replicates have high words too


@pytest.mark.parametrize(("seed", "replicate"), LUCK)
@pytest.mark.parametrize("name", ["crimea-2014", "conditional-3.5", "exit-blocked", "turbulence"])
def test_other_luck(name: str, seed: int, replicate: int) -> None:
    agree(load_scenario(name), seed, replicate)


# -------------------------------------------------------------------------------------- other worlds


def policy(*tiers: tuple[float, float], **fields: Any) -> dict[str, Any]:
    return {"tiers": tuple({"minimum": line, "protection": v} for line, v in tiers or [(0.0, 1.0)])} | fields


LEAVE = {"seeks_withdrawal": True, "posture": 0.0, "tone": -0.6, "resolve": 0.4}
POLICIES = {
    "all": policy(),
    "graduated": policy((0.0, 0.0), (0.01, 0.4), (0.02, 0.7), (0.035, 1.0), support=0.5, conditionality=0.6),
    "line": policy((-0.01, 0.1), (0.025, 1.0), support=0.0, tone=-0.1, conditionality=0.8),
    "effort": policy((-0.1, 0.0), (0.0, 0.5), (0.004, 1.0), measure="effort", conditionality=0.5, posture=1.4),
    "pledge": policy((0.0, 0.2), (0.8, 0.5), (1.0, 0.9), measure="pledge", conditionality=0.4, resolve=0.7),
    "none": policy((0.0, 0.0), posture=0.2, support=0.0, tone=-0.9, resolve=0.1),
    "certified": policy((0.0, 0.6), posture=0.3, certifies=True, support=2.0),
    "asks": policy(**LEAVE),
    "alone": policy((0.0, 0.3), (0.02, 0.8), goes_alone=0.6, **LEAVE),
}


def world(start: int = 2025, end: int = 0, script: dict[int, str] | None = None, **fields: Any) -> Scenario:
    """A scenario with all of POLICIES and the defaults of everything that is not given."""
    script = script or {start: "all", start + 1: "graduated"}
    texts = {"name": "test", "title": "t", "question": "q", "cannot_say": "c", "sources": ("s",)}
    data = texts | {"start": start, "end": end or start + 20, "policies": POLICIES} | fields
    return Scenario.model_validate(data | {"script": {str(year): name for year, name in script.items()}})


def path(*points: tuple[int, float]) -> tuple[dict[str, float], ...]:
    return tuple({"year": year, "value": value} for year, value in points)


DECIDED, REFUSED = {"take_up": "decided"}, {"take_up": "none"}
MIXED = {code: REACTIONS[i % len(REACTIONS)] for i, code in enumerate(MEMBERS)}
MEASURES = {2025: "all", 2027: "effort", 2031: "pledge", 2035: "line", 2039: "graduated"}
CRISES = {"challenge_cost": 0.2, "challenge_rate": 0.4, "challenge_noise": 0.2, "belief_noise": 0.4}
ELECTIONS = tuple(
    {"policy": name, "alpha": alpha, "gamma": gamma}
    for name, alpha, gamma in [("line", 0.0, 2.0), ("alone", -0.5, 3.0), ("all", 0.3, 0.0), ("pledge", 0.0, -1.0)]
)
WAVERS = {2025: "all", 2026: "alone", 2027: "graduated", 2028: "alone", 2033: "certified", 2035: "asks"}
THREATENED = path((1949, 0.01), (2025, 0.03), (2028, 0.06), (2034, 0.0), (2036, 0.02))
WORLDS: dict[str, Scenario] = {
    **{f"all {rule}": world(reaction=rule) for rule in REACTIONS},
    "mixed reactions": world(reactions=MIXED),
    "mixed reactions of 2014": world(2014, economy="actual", reactions=MIXED, parameters={"partner_spillin": 0.4}),
    "three measures": world(script=MEASURES),
    "three measures of 2000": world(2000, script={2000: "effort", 2005: "line", 2016: "pledge"}),
    "elections": world(end=2065, elections=ELECTIONS, script=MEASURES),
    "elections of 2012": world(2012, 2050, elections=ELECTIONS, parameters={"grievance_weight": 8.0}),
    "left by consent": world(
        script={2025: "all", 2030: "asks"}, parameters={"withdrawal_support": 0.8, "senators_present": 96}
    ),
    "left by an Act": world(
        script={2025: "all", 2026: "asks"},
        parameters={"withdrawal_support": 0.5, "senators_present": 90, "act_threshold": 51, "polarisation": 0.3},
    ),
    "left alone": world(script={2025: "all", 2026: "alone"}, parameters={"court_block": 0.0, "polarisation": 0.0}),
    "stopped by courts": world(script={2025: "asks", 2026: "alone"}, parameters={"court_block": 1.0}),
    "notices withdrawn": world(script=WAVERS, parameters={"polarisation": 0.6, "withdrawal_support": 0.4}),
    "left de facto": world(
        script={2025: "all", 2028: "none", 2036: "all"}, parameters={"floor_until": 2030, "drawdown_rate": 0.04}
    ),
    "left in crises": world(script={2025: "all", 2026: "alone"}, parameters=CRISES | {"court_block": 0.2}),
    "trigger": world(
        script={2025: "all", 2028: "none"}, instruments=DECIDED, parameters={"trigger": 0.6, "debt_drag": 3.0}
    ),
    "trigger of 2008": world(
        2008, script={2008: "all", 2011: "none"}, instruments=DECIDED, parameters={"trigger": 0.695, "tripwire": 1.0}
    ),
    "decided by 2014": world(
        2014, instruments=DECIDED, parameters={"loan_opens": 2016, "clause_opens": 2015, "loan_appetite": 2.0}
    ),
    "recorded by 2014": world(2014, economy="actual", parameters={"loan_opens": 2016, "clause_opens": 2015}),
    "small envelope": world(
        parameters={"loan_opens": 2027, "clause_opens": 2026, "loan_envelope": 40.0, "loan_years": 7}
    ),
    "no instruments": world(instruments=REFUSED, parameters={"loan_opens": 2027, "clause_opens": 2026}),
    "no lags": world(parameters={"lead_time": 0, "enabler_lead_time": 0, "enabler_power": 1.0}),
    "long lags": world(end=2055, parameters={"lead_time": 10, "enabler_lead_time": 10, "enabler_power": 0.0}),
    "needed enablers": world(parameters={"enabler_power": -5.0, "enabler_weight": 0.8, "enabler_priority": 0.9}),
    "crises": world(
        end=2060, script=MEASURES, instruments=DECIDED,
        parameters=CRISES | {"prize": 2.0, "loan_opens": 2026, "clause_opens": 2026, "clause_years": 9},
    ),
    "crises of 2014": world(
        2014, 2050, parameters=CRISES | {"solidarity": 0.0, "threat_distance": 3000.0, "decisiveness": 4.0}
    ),
    "nothing to win": world(parameters=CRISES | {"prize": 0.0}),
    "own paths": world(
        hostility=THREATENED, war=path((2026, 0.4), (2029, 0.0)), pledge=path((2020, 0.0), (2026, 0.02), (2032, 0.05)),
        taste_window=(2005, 2012), script=MEASURES, parameters={"hostility_reference": 0.02},
    ),
    "1960 as it was": world(1960, 2030, economy="actual"),
    "1975 by trend": world(1975, 1995),
    "1990 as it was": world(1990, 2030, economy="actual", script={1990: "all", 2017: "line"}),
    "1990 by trend": world(1990, 2015),
    "2000 as it was": world(2000, 2030, economy="actual"),
    "2025 as it was": world(2025, economy="actual"),
}  # fmt: skip


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("seed", [1, 2])
def test_other_worlds(name: str, seed: int) -> None:
    agree(WORLDS[name], seed)


def test_what_the_worlds_reach() -> None:
    """The comparison is worth something only where things happen."""
    seen: dict[str, set[float]] = {name: set() for name in COUNTS}
    most: dict[str, float] = dict.fromkeys((*LEVELS, *MEMBER), 0.0)
    crises = set()
    for scenario in WORLDS.values():
        trace = run_members(scenario, 1, 0)
        counts = {name: trace.counts[:, column] for column, name in enumerate(COUNTS)}
        for name in COUNTS:
            seen[name] |= set(counts[name].tolist())
        for names, values in ((LEVELS, trace.levels), (MEMBER, trace.members)):
            for column, name in enumerate(names):
                most[name] = max(most[name], float(np.abs(values[:, column]).max()))
        challenged = counts["challenge"] > 0
        columns = (counts[name][challenged].tolist() for name in ("us_came", "lost", "treaty_status"))
        crises |= set(zip(*columns, strict=True))
    assert seen["treaty_status"] == {0, 1, 2, 3, 4}
    assert seen["attempt"] == {0, 1, 2, 3}
    assert seen["de_facto_exit"] == {0, 1}
    assert seen["us_policy"] == set(range(len(POLICIES)))
    assert {(came, lost) for came, lost, _ in crises} == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert {status >= 3 for _, _, status in crises} == {False, True}
    assert all(most.values()), most


# ------------------------------------------------------------------------------------- random worlds


def drawn(rng: np.random.Generator, start: int) -> dict[str, float | int]:
    """A third of the parameters anywhere in their ranges, some of them at an end."""
    values: dict[str, float | int] = {}
    for name, field in Parameters.model_fields.items():
        low, high = (next(getattr(one, end) for one in field.metadata if hasattr(one, end)) for end in ("ge", "le"))
        if rng.random() > 1 / 3:
            continue
        if high == 2200:  # a year
            values[name] = int(rng.integers(start + 1, start + 15))
        elif field.annotation is int:
            values[name] = int(rng.integers(low, high, endpoint=True))
        else:
            values[name] = float(rng.choice([low, high]) if rng.random() < 0.15 else rng.uniform(low, high))
    return values


def random_world(number: int) -> Scenario:
    rng = np.random.default_rng(number)
    start = int(rng.choice([1990, 1997, 2008, 2014, 2021, 2024, 2025]))
    changes = sorted(rng.choice(np.arange(start + 1, start + 16), size=4, replace=False).tolist())
    names = rng.choice(sorted(POLICIES), size=5).tolist()
    return world(
        start,
        script=dict(zip([start, *changes], names, strict=True)),
        elections=ELECTIONS if rng.random() < 0.3 else (),
        economy=str(rng.choice(["trend", "actual"])),
        reactions={code: str(rng.choice(REACTIONS)) for code in MEMBERS if rng.random() < 0.3},
        instruments={"take_up": str(rng.choice(["recorded", "decided", "none"]))},
        parameters=drawn(rng, start),
    )


@pytest.mark.parametrize("number", range(RANDOM_WORLDS))
def test_random_worlds(number: int) -> None:
    agree(random_world(number), seed=number)
