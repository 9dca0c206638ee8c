"""Washington in the whole model: who leaves, how, and what the law keeps."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.chance import WASHINGTON, block, uniform
from sim.engines.batch import run_batch, run_members
from sim.scenario import load_scenario, scenario_names, with_values
from tests.model.worlds import (
    EUROPE,
    NEEDS_COMPILER,
    WITHDRAWN,
    count,
    level,
    member,
    policy,
    world,
)

pytestmark = NEEDS_COMPILER


@pytest.mark.parametrize("name", scenario_names())
def test_without_votes_and_without_going_alone_nobody_leaves(name: str) -> None:
    scenario = load_scenario(name)
    tame = {f"policies.{one}.goes_alone": 0.0 for one in scenario.policies}
    runs = run_batch(with_values(scenario, tame | {"parameters.withdrawal_support": 0.0}), 1, 100)
    assert not runs.summaries["lawful_exit"].any()
    assert not runs.summaries["unilateral_exit"].any()
    assert set(np.unique(count(runs, "treaty_status"))) == {0}
    wild = {f"policies.{one}.goes_alone": 1.0 for one in scenario.policies}
    runs = run_batch(
        with_values(scenario, wild | {"parameters.withdrawal_support": 0.0, "parameters.court_block": 1.0}), 1, 100
    )
    assert set(np.unique(count(runs, "treaty_status"))) <= {0, 2}, "with courts that always block, notice but no exit"


LEAVING = policy(seeks_withdrawal=True, goes_alone=1.0, posture=0.0, certifies=True)


@pytest.mark.parametrize(
    ("support", "blocked", "status", "attempts"),
    [
        (0.99, 1.0, [0, 1, 3, 3, 3, 3], [0, 2, 0, 0, 0, 0]),
        (0.0, 0.0, [0, 2, 4, 4, 4, 4], [0, 3, 0, 0, 0, 0]),
        (0.0, 1.0, [0, 2, 0, 0, 2, 0], [0, 3, 1, 0, 3, 1]),
    ],
    ids=["lawful", "alone", "blocked"],
)
def test_stories_of_leaving(support: float, blocked: float, status: list[int], attempts: list[int]) -> None:
    """Notice in 2026, out a year later; or stopped in 2027 and tried again in 2029, by the next new Congress."""
    values = {"withdrawal_support": support, "polarisation": 0.0, "court_block": blocked}
    runs = run_batch(world(LEAVING, values, years=5), 1, 30)
    assert count(runs, "treaty_status").tolist() == [status] * 30
    assert count(runs, "attempt").tolist() == [attempts] * 30


def test_after_the_treaty_nobody_is_protected_and_no_force_stays() -> None:
    run = run_members(world(LEAVING, {"withdrawal_support": 0.99, "polarisation": 0.0}), 1)
    assert member(run, "expected_protection")[2:].max() == 0
    assert member(run, "protected")[2:].max() == 0
    assert count(run, "us_came")[2:].max() == 0
    assert level(run, "posture") == pytest.approx(np.maximum(0, 1 - 0.15 * np.arange(16)), abs=1e-12)
    assert member(run, "expected_protection")[1, EUROPE].min() > 0.5, "the year of notice is covered"


def test_forces_follow_their_rates_and_the_floor() -> None:
    leaves = policy(posture=0.0)
    held = run_batch(world(leaves, {"floor_until": 2030, "posture_floor": 0.7}), 1, 1)
    assert level(held, "posture")[0, :10] == pytest.approx([1, 0.85, 0.7, 0.7, 0.7, 0.7, 0.55, 0.4, 0.25, 0.1])
    certified = run_batch(world(policy(posture=0.5, certifies=True)), 1, 1)
    assert level(certified, "posture")[0, :6] == pytest.approx([1, 0.85, 0.7, 0.55, 0.5, 0.5])
    more = run_batch(world(policy(posture=1.25)), 1, 1)
    assert level(more, "posture")[0, :5] == pytest.approx([1, 1.1, 1.2, 1.25, 1.25])


def test_a_de_facto_exit_needs_no_congress_and_is_reported_apart() -> None:
    runs = run_batch(world(policy(WITHDRAWN, posture=0.0)), 1, 20)
    assert count(runs, "de_facto_exit")[:, 1:].min() == 1
    assert runs.summaries["de_facto_exit"].all()
    assert not runs.summaries["lawful_exit"].any()
    assert not runs.summaries["unilateral_exit"].any()
    lawful = run_batch(world(LEAVING, {"withdrawal_support": 0.99, "polarisation": 0.0}), 1, 20)
    assert not lawful.summaries["de_facto_exit"].any()


def test_a_new_policy_takes_back_the_notice() -> None:
    scenario = world(
        LEAVING,
        {"withdrawal_support": 0.99, "polarisation": 0.0},
        script={"2025": "before", "2026": "offered", "2027": "before"},
    )
    runs = run_batch(scenario, 1, 20)
    assert count(runs, "treaty_status")[:, :4].tolist() == [[0, 1, 0, 0]] * 20


def test_elections_every_four_years_by_grievance_and_luck() -> None:
    """Eq. 8 from the yearly table: the winner of 2028 takes office in 2029, chosen by the first word of its key."""
    scenario = load_scenario("backlash")
    runs = run_batch(scenario, 5, 40)
    names = list(scenario.policies)
    years = runs.years().set_index(["replicate", "year"])
    for replicate in range(40):
        for year in range(2026, 2046):
            before, now = years.loc[(replicate, year - 1)], years.loc[(replicate, year)]
            expected = before["us_policy"]
            if year % 4 == 1:
                weights = {
                    one.policy: math.exp(one.alpha + one.gamma * before["grievance"]) for one in scenario.elections
                }
                reached = np.cumsum([weights.get(name, 0.0) for name in names])
                luck = uniform(block(5, replicate, WASHINGTON, year, 1)[0])
                expected = names[int(np.searchsorted(reached / reached[-1], luck))]
            assert now["us_policy"] == expected
    assert set(years["us_policy"]) == set(names)
