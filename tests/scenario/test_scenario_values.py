"""`with_values`: what is set is set, the rest stays, and what is wrong is said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario import Parameters, ScenarioError, load_scenario, with_values

BASE = load_scenario("us-policies")
OPENINGS = {"loan_opens", "clause_opens"}


def error(values: dict[str, Any]) -> str:
    with pytest.raises(ScenarioError) as caught:
        with_values(BASE, values)
    assert str(caught.value).isprintable()
    return str(caught.value)


def any_of(name: str, schema: dict[str, Any]) -> st.SearchStrategy[float]:
    """Numbers that a parameter may take."""
    low, high = schema["minimum"], schema["maximum"]
    if name in OPENINGS:
        return st.just(0) | st.integers(2026, high)
    return st.integers(low, high) if schema["type"] == "integer" else st.floats(low, high)


NUMBERS = {name: any_of(name, field) for name, field in Parameters.model_json_schema()["properties"].items()}


@given(st.fixed_dictionaries({}, optional=NUMBERS))
def test_any_parameters_survive(values: dict[str, float]) -> None:
    changed = with_values(BASE, {f"parameters.{name}": value for name, value in values.items()})
    for name in Parameters.model_fields:
        assert getattr(changed.parameters, name) == values.get(name, getattr(BASE.parameters, name)), name
    assert changed.model_copy(update={"parameters": BASE.parameters}) == BASE


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.floats() | st.text()))
def test_any_values_are_a_scenario_or_a_scenario_error(values: dict[str, Any]) -> None:
    said = ""
    try:
        with_values(BASE, values)
    except ScenarioError as caught:
        said = str(caught)
    assert said == "" or said.isprintable()


def test_nothing_changes_nothing() -> None:
    assert with_values(BASE, {}) == BASE


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("policies.conditional.tiers.1.minimum", 0.05),
        ("policies.conditional-3.5.tiers.1.minimum", 0.04),
        ("policies.graduated.posture", 0.5),
        ("policies.graduated.seeks_withdrawal", True),
        ("reaction", "follow"),
        ("instruments.take_up", "decided"),
        ("economy", "actual"),
        ("end", 2060),
        ("title", "Another"),
    ],
)
def test_a_field_by_its_dotted_name(key: str, value: object) -> None:
    found: Any = with_values(BASE, {key: value}).model_dump()
    for part in key.replace("conditional-3.5", "conditional-3,5").split("."):
        found = found[int(part) if part.isdigit() else part.replace(",", ".")]
    assert found == value
    assert with_values(with_values(BASE, {key: value}), {key: _old(key)}) == BASE


def _old(key: str) -> object:
    old = {"policies.conditional.tiers.1.minimum": 0.035, "policies.conditional-3.5.tiers.1.minimum": 0.035}
    old |= {"policies.graduated.posture": 1.0, "policies.graduated.seeks_withdrawal": False}
    rest = {"reaction": BASE.reaction, "economy": BASE.economy, "end": BASE.end, "title": BASE.title}
    return (old | rest | {"instruments.take_up": "recorded"})[key]


def test_script_and_reactions_may_grow() -> None:
    changed = with_values(BASE, {"script.2030": "graduated", "reactions.DEU": "follow"})
    assert changed.script == {"2025": "unconditional", "2026": "conditional", "2030": "graduated"}
    assert changed.reactions == {"DEU": "follow"}
    assert BASE.reactions == {}


def test_several_are_checked_together() -> None:
    assert with_values(BASE, {"end": 2055, "script.2050": "graduated"}).script["2050"] == "graduated"
    with pytest.raises(ScenarioError, match=r"^script\.2050 = \"graduated\": 2050 is not a year"):
        with_values(BASE, {"script.2050": "graduated"})


def test_lists_and_numpy_numbers() -> None:
    changed = with_values(
        BASE,
        {
            "policies.conditional.tiers": [{"minimum": 0, "protection": 1}],
            "parameters.thinning": np.float64(0.25),
            "parameters.lead_time": np.int64(2),
        },
    )
    assert len(changed.policies["conditional"].tiers) == 1
    assert (changed.parameters.thinning, changed.parameters.lead_time) == (0.25, 2)


def test_messages() -> None:
    assert error({"parameters.thinning": 2}) == "parameters.thinning = 2: out of range; allowed: a number from 0 to 1"
    assert error({"parameters.thinning": True}).startswith("parameters.thinning = true: a truth value does not")
    assert error({"parameters.thinning": None}).startswith("parameters.thinning = null: ")
    no = "no such key in us-policies, did you mean"
    assert f"thinning = 1: {no} parameters.thinning?; " in error({"thinning": 1})
    assert f"thining = 1: {no} parameters.thinning?; " in error({"thining": 1})
    assert f"{no} policies.graduated.posture?; " in error({"policies.graduatd.posture": 1})
    assert error({"policies.conditional.tiers.2.minimum": 1}).endswith(
        "; allowed: policies.conditional.tiers.0, policies.conditional.tiers.1"
    )
    assert f"{no} parameters.thinning?" in error({"parameters.thinning.x": 1})
    assert error({"parameters": 3}).startswith("parameters = 3: a whole number does not belong here; allowed: a table")
    assert error({"script.2026": "leave"}).startswith('script.2026 = "leave": unknown policy; allowed: conditional,')
    assert error({"": 1}).startswith(" = 1: no such key")
