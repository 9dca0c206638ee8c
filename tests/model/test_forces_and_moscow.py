"""Forces and crises in the whole model."""

from __future__ import annotations

import numpy as np
import pytest

from sim.chance import WORLD, block, uniform
from sim.data import MEMBERS
from sim.engines.batch import run_batch, run_members
from sim.setup import prepare
from sim.world import MEMORY
from tests.model.worlds import (
    EUROPE,
    FREE,
    NEEDS_COMPILER,
    QUIET,
    US,
    WITHDRAWN,
    count,
    level,
    member,
    policy,
    same,
    world,
)

pytestmark = NEEDS_COMPILER


# Forces


@pytest.mark.parametrize(
    "values", [{"depreciation": 1.0, "lead_time": 0}, {"equipment_share": 0.0}], ids=["D=1", "e=0"]
)
def test_capability_that_is_spending(values: dict[str, float | int]) -> None:
    run = run_members(world(parameters=values | {"challenge_rate": 0.0}), 1)
    assert member(run, "capability") == pytest.approx(member(run, "spending"), rel=1e-12)


@pytest.mark.parametrize(
    ("r", "o", "expected"),
    [(1.0, 0.3, 0.7 + 0.3 * 0.21), (-1.0, 0.3, 1 / (0.7 + 0.3 / 0.21)), (0.0, 0.3, 0.21**0.3),
     (-20.0, 0.3, 0.21 * 0.3**-0.05), (-20.0, 0.999, 0.21), (-1.0, 0.0, 1.0), (1.0, 1.0, 0.21)],
)  # fmt: skip
def test_how_enablers_count(r: float, o: float, expected: float) -> None:
    """Added up, averaged, the weakest link; with the US all are there at the start."""
    plain, run = (
        run_batch(world(parameters=p, years=1), 1, 1)
        for p in ({"enabler_weight": 0.0}, {"enabler_weight": o, "enabler_power": r})
    )
    ratios = [level(run, n)[0, 0] / level(plain, n)[0, 0] for n in ("europe_without_us", "europe_with_us")]
    assert ratios == pytest.approx([expected, 1.0], rel=2e-3 if r == -20 else 1e-12)


def test_what_us_protection_is_worth_at_the_start() -> None:
    """w_U C_US is v_U of the protected GDP: the difference that the US makes to Europe's capability."""
    without, with_us = (
        run_batch(world(parameters={"enabler_weight": 0.0, "us_protection_value": v}, years=1), 1, 1)
        for v in (0.0, 0.03)
    )
    held = member(run_members(world(years=1), 1), "capability")[0, EUROPE].sum()
    rival = held / level(without, "europe_without_us")[0, 0]
    wealth = level(without, "european_spending")[0, 0] / level(without, "european_share")[0, 0]
    gained = level(with_us, "europe_with_us")[0, 0] - level(without, "europe_with_us")[0, 0]
    assert gained * rival == pytest.approx(0.03 * wealth, rel=1e-12)


def test_a_patron_whose_protection_is_worth_nothing_may_as_well_leave() -> None:
    """v_U = 0 and E_US = 0: staying, leaving and withholding give the same budgets and the same risk."""
    useless = {
        "us_protection_value": 0.0, "enabler_us_share": 0.0, "withdrawal_support": 0.99, "polarisation": 0.0,
        "act_weight": 0.0, "adversary_act_weight": 0.0, "challenge_rate": 0.0,
    }  # fmt: skip
    stays = run_batch(world(policy(), useless), 1, 20)
    leaves = run_batch(world(policy(seeks_withdrawal=True, posture=0.0, certifies=True), useless), 1, 20)
    withheld = run_batch(world(policy(WITHDRAWN), useless), 1, 20)
    assert leaves.summaries["lawful_exit"].all()
    apart = ("treaty_status", "attempt", "protected_members", "posture", "de_facto_exit")
    assert same(stays, leaves, but=apart)
    assert same(stays, withheld, but=apart)


def test_no_protection_expected_and_no_enablers_lent_is_withdrawal() -> None:
    """P = 0 and E_US = 0 against the treaty left: budgets come to the same."""
    calm = QUIET | FREE | {
        "enabler_us_share": 0.0, "exclusion_start": 0.999, "exclusion_mean": 0.999, "commitment_mean": 0.001,
        "belief_reversion": 1.0, "act_weight": 0.0, "statement_weight": 0.0, "withdrawal_support": 0.99,
        "polarisation": 0.0, "depreciation": 1.0, "lead_time": 0,
    }  # fmt: skip
    hollow = run_members(world(policy(WITHDRAWN), calm), 1)
    left = run_members(world(policy(WITHDRAWN, seeks_withdrawal=True), calm), 1)
    assert count(left, "treaty_status").tolist() == [0, 1] + [3] * 14
    assert member(left, "wanted_share")[5:, EUROPE] == pytest.approx(
        member(hollow, "wanted_share")[5:, EUROPE], abs=1e-6
    )
    assert level(left, "europe_without_us") == pytest.approx(level(hollow, "europe_without_us"), rel=1e-4)


@pytest.mark.parametrize("lag", [0, 1, 3, 10])
def test_capability_is_what_was_paid_years_ago(lag: int) -> None:
    """Perpetual inventory by hand: ten years of figures, then the run's own; each arrives ``lag`` years late."""
    run = run_members(world(parameters={"lead_time": lag, "challenge_rate": 0.0}), 1)
    paid = list(prepare(world()).setup["spending"][0, :, :-1]) + list(member(run, "spending")[1:])
    held = 0.25 * paid[0] / 0.08
    for t in range(1, len(paid)):
        held = 0.92 * held + 0.25 * paid[max(0, t - lag)]
        if t >= MEMORY:
            expected = 0.75 * paid[t] + 0.08 * held
            assert member(run, "capability")[t - MEMORY] == pytest.approx(expected, rel=1e-12)


# Crises


def test_who_is_challenged_is_drawn_by_hazard() -> None:
    scenario = world(parameters={"challenge_rate": 0.4, "challenge_noise": 1.0, "challenge_cost": 0.3}, years=20)
    challenged = 0
    for replicate in range(9):
        run = run_members(scenario, 9, replicate)
        for t in range(1, 21):
            hazards = member(run, "hazard")[t]
            _, _, whether, whom = (uniform(word) for word in block(9, replicate, WORLD, 2025 + t, 0))
            expected = -1
            if whether < 1 - np.prod(1 - hazards):
                expected = int(np.searchsorted(np.cumsum(hazards), whom * hazards.sum()))
                challenged += 1
            assert count(run, "target")[t] == expected
            assert hazards[US] == 0
    assert challenged > 50


def test_a_lost_crisis_costs_its_target_and_nobody_else() -> None:
    """GDP and capability of the target fall by their shares; nobody else's do."""
    risky = {"challenge_rate": 1.0, "prize": 3.0, "loss_gdp": 0.25, "loss_capability": 0.5, "equipment_share": 0.0}
    seen = set()
    for replicate in range(6):
        run = run_members(world(parameters=risky), 9, replicate)
        for t in range(1, 16):
            target, lost = count(run, "target")[t], count(run, "lost")[t]
            spared = member(run, "spending")[t] / (member(run, "defence_share")[t] + 1e-300)
            armed = member(run, "spending")[t] > 0
            kept = member(run, "gdp")[t] / np.where(armed, spared, member(run, "gdp")[t])
            expected = np.where((np.arange(len(MEMBERS)) == target) & armed & (lost == 1), 0.75, 1.0)
            assert kept == pytest.approx(expected, rel=1e-12)
            halved = np.where(expected < 1, 0.5, 1.0)
            assert member(run, "capability")[t] == pytest.approx(halved * member(run, "spending")[t], rel=1e-12)
            seen.add((int(count(run, "challenge")[t]), int(lost)))
    assert {(1, 0), (1, 1)} <= seen
