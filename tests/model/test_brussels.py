"""Brussels in the whole model: amounts, years, and instruments that nobody uses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import data
from sim.engines.batch import play_chunk, run_batch, run_members
from sim.measures import LEVELS
from sim.scenario import Scenario
from sim.setup import prepare
from tests.model.worlds import (
    NEEDS_COMPILER,
    euro,
    level,
    member,
    same,
    world,
)

pytestmark = NEEDS_COMPILER


def in_europe(take_up: str, **parameters: Any) -> Scenario:
    opened = {"loan_opens": 2026, "clause_opens": 2026}
    return world(parameters=opened | parameters, instruments={"take_up": take_up})


@given(
    take_up=st.sampled_from(["recorded", "decided"]), appetite=st.floats(0, 2), envelope=st.floats(0, 400),
    years=st.integers(1, 20), trigger=st.floats(0, 1), seed=st.integers(0, 2**40),
)  # fmt: skip
@settings(max_examples=25)
def test_loans_never_exceed_the_envelope(
    take_up: str, appetite: float, envelope: float, years: int, trigger: float, seed: int
) -> None:
    values = {
        "loan_appetite": appetite,
        "loan_envelope": envelope,
        "loan_years": years,
        "trigger": trigger,
        "absorption": 0.1,
    }
    loans = level(run_batch(in_europe(take_up, **values), seed, 20), "loans")
    assert loans.min() >= 0
    assert loans.sum(axis=1).max() <= envelope * euro() * (1 + 1e-12) + 1e-12
    assert loans[:, 1 + years :].max(initial=0) == 0, "closed again"


@pytest.mark.parametrize(("take_up", "appetite"), [("recorded", 0.5), ("decided", 0.5), ("decided", 2.0)])
def test_150_bn_euro_are_the_end_of_it(take_up: str, appetite: float) -> None:
    runs = run_batch(in_europe(take_up, loan_appetite=appetite), 1, 50)
    lent = level(runs, "loans").sum(axis=1) / euro()
    assert lent.max() <= 150 * (1 + 1e-12)
    if take_up == "recorded":
        allotted = data.members(2025)["loan_allotment_eur_bn"].sum()
        assert lent == pytest.approx(np.full(50, allotted), rel=1e-12)
    else:
        less = run_batch(in_europe(take_up, loan_appetite=appetite, loan_envelope=5.0), 1, 50)
        assert level(less, "loans").sum(axis=1) / euro() == pytest.approx(np.full(50, 5.0), rel=1e-9), (
            "all is asked for"
        )


@pytest.mark.parametrize("take_up", ["recorded", "decided"])
@pytest.mark.parametrize("seed", range(5))
def test_the_clause_gives_a_point_and_a_half_for_four_years_to_eu_members(take_up: str, seed: int) -> None:
    run = run_members(in_europe(take_up, adjustment_speed=1.0, absorption=0.1), seed)
    used = member(run, "room_used")
    assert 0 < used.max() <= 0.015
    assert used[5:].max() == 0
    assert used[0].max() == 0
    eu = data.members(2025)["in_eu"].to_numpy(bool)
    assert used[:, ~eu].max() == 0
    assert member(run, "loan")[:, ~eu].max() == 0
    assert np.all(member(run, "price")[:, ~eu] == 1)
    price = member(run, "price")
    assert price.max() == 1
    assert np.array_equal(price < 1, (member(run, "loan") > 0) & (data.members(2025)["loan_spread"].to_numpy() > 0))


def test_instruments_that_nobody_uses_are_shut_ones() -> None:
    opened = run_batch(in_europe("none"), 1, 30)
    for take_up in ("recorded", "decided", "none"):
        shut = run_batch(in_europe(take_up, loan_opens=0, clause_opens=0), 1, 30)
        assert same(opened, shut)


def test_loans_without_an_advantage_change_nothing() -> None:
    """ge = 0 and the clause shut: money is lent, and nothing else is different."""
    prepared = prepare(in_europe("recorded", clause_opens=0))
    prepared.setup["spread"] = 0.0
    rows = np.repeat(prepared.parameters, 30)
    lent = play_chunk(prepared, rows, 1, np.arange(30))
    none = run_batch(in_europe("none"), 1, 30)
    keep = [k for k, name in enumerate(LEVELS) if name != "loans"]
    assert lent[0][:, :, keep].tobytes() == none.levels[:, :, keep].tobytes()
    assert lent[0][:, 1, LEVELS.index("loans")].min() > 0
