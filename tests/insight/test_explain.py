"""A decision taken apart: the parts sum to the change, whatever the world; each part does what its name says."""

from __future__ import annotations

import math
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.data import MEMBERS
from sim.engines.agents import Member
from sim.insight import Explanation, explain
from sim.insight.explain import PARTS, member_code
from sim.insight.shapley import shapley
from sim.scenario import REACTIONS, Path, Scenario, ScenarioError, Tier, scenario_names

CLOSE = 1e-15
ALLIES = [code for code in MEMBERS if code not in ("USA", "ISL")]


def sound(one: Explanation) -> None:
    """What holds of every explanation."""
    value = {part.key: part.value for part in one.parts}
    assert list(value) == list(PARTS)
    assert sum(value.values()) == pytest.approx(one.after - one.before, abs=CLOSE)
    assert sum(part.wanted for part in one.parts) == pytest.approx(one.wanted, abs=CLOSE)
    assert value["limits"] * {"room": -1, "cut": 1, "": 0}[one.limit] == abs(value["limits"])
    table = one.table()
    assert table["change"].sum() == pytest.approx(one.after - one.before, abs=CLOSE)
    assert table.columns.tolist() == ["key", "part", "change", "wanted"]
    assert one.text().startswith(f"In {one.year} {one.name} ")
    assert "nan" not in one.text()


def policy(scenario: Scenario, measure: str, tiers: tuple[Tier, ...]) -> Scenario:
    """With one policy's tiers for all."""
    policies = {
        name: one.model_copy(update={"measure": measure, "tiers": tiers}) for name, one in scenario.policies.items()
    }
    return scenario.model_copy(update={"policies": policies})


@st.composite
def worlds(draw: st.DrawFn) -> Scenario:
    """Shipped scenarios, some with another rule, other tiers or other limits."""
    scenario = sim.load_scenario(draw(st.sampled_from(scenario_names())))
    change: dict[str, object] = {"reaction": draw(st.sampled_from(list(REACTIONS)))}
    number = st.floats(0.0, 1.0)
    change["parameters"] = scenario.parameters.model_copy(
        update={
            name: draw(st.floats(low, high))
            for name, low, high in (
                ("adjustment_speed", 0.0, 1.0), ("pledge_pull", 0.0, 0.5), ("budget_noise", 0.0, 0.01),
                ("fiscal_cut", 0.0, 0.02), ("fiscal_room", 0.0, 0.01), ("collective_share", 0.0, 1.0),
            )
        }
    )  # fmt: skip
    scenario = scenario.model_copy(update=change)
    if draw(st.booleans()):
        return scenario
    measure = draw(st.sampled_from(["share", "effort", "pledge"]))
    high = {"share": 0.06, "effort": 0.01, "pledge": 1.2}[measure]
    lines = sorted(draw(st.lists(st.floats(0.001, high), max_size=3, unique=True)))
    tiers = tuple(Tier(minimum=line, protection=p) for line, p in zip([0.0, *lines], sorted(
        draw(st.lists(number, min_size=len(lines) + 1, max_size=len(lines) + 1))), strict=True))  # fmt: skip
    return policy(scenario, measure, tiers)


@settings(max_examples=60)
@given(worlds(), st.sampled_from(ALLIES), st.integers(1, 12), st.integers(0, 2**40))
def test_parts_sum_to_the_change_and_to_what_is_wanted(
    scenario: Scenario, member: str, later: int, replicate: int
) -> None:
    year = min(scenario.start + later, scenario.end)
    try:
        one = explain(scenario, member, year, seed=3, replicate=replicate)
    except ScenarioError as error:
        assert "outside the alliance" in str(error)
        return
    sound(one)
    value = {part.key: part.value for part in one.parts}
    zero = {
        "follow": {"taste", "allies", "us", "doubt", "conditions", "threat", "price", "target"},
        "inertia": {"taste", "allies", "us", "doubt", "conditions", "threat", "price", "neighbours", "target"},
        "pledge-driven": {"allies", "us", "doubt", "conditions", "threat", "price", "neighbours"},
        "threat-only": {"allies", "us", "doubt", "neighbours", "target"},
    }.get(one.reaction, {"neighbours", "target"})
    assert {key: value[key] for key in zero} == pytest.approx(dict.fromkeys(zero, 0.0), abs=CLOSE)
    signs = {"threat": 1, "pledge": 1}
    if one.reaction != "pure-public" and not one.tiers:
        signs |= {"allies": -1, "us": -1, "doubt": 1, "conditions": 1, "price": 1}
    assert {key: value[key] for key, sign in signs.items() if sign * value[key] < -CLOSE} == {}
