"""Scenes 1, 2 and 5, rule by rule."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules import budgets
from sim.rules.economy import debt, growth
from sim.rules.statements import AUTHORITY, authority, belief, is_made, tone

part = st.floats(0.0, 1.0)
share = st.floats(0.0, 0.5)
normal = st.floats(-5.0, 5.0)


# --- economy --------------------------------------------------------------------------------------


def test_growth_by_hand() -> None:
    assert growth(0.02, 0.0, 0.5, 3.0, 3.0) == 0.02
    assert growth(0.02, 0.03, 1.0, 1.0, 99.0) == pytest.approx(0.05)
    assert growth(0.02, 0.03, 0.0, 99.0, -1.0) == pytest.approx(-0.01)
    assert growth(0.02, 0.03, 0.25, 1.0, 1.0) == pytest.approx(0.02 + 0.03 * (0.5 + math.sqrt(0.75)))
    assert growth(0.0, 1.0, 0.5, -4.0, -4.0) == -0.3, "no worse than that"


@given(omega=part)
def test_the_spread_of_growth_does_not_depend_on_what_is_common(omega: float) -> None:
    own = growth(0.0, 0.1, omega, 0.0, 1.0), growth(0.0, 0.1, omega, 1.0, 0.0)
    assert math.hypot(*own) == pytest.approx(0.1, rel=1e-12)


def test_debt_by_hand() -> None:
    assert debt(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5) == 1.0
    assert debt(1.0, 0.25, 0.0, 0.0, 0.0, 0.0, 0.5) == pytest.approx(0.8)
    assert debt(1.0, 0.0, 0.25, -0.03, 0.0, 0.0, 0.5) == pytest.approx(0.83)
    assert debt(0.5, 0.0, 0.0, 0.0, 0.01, 0.01, 0.5) == pytest.approx(0.51), (
        "half of it borrowed, clause spending whole"
    )
    assert debt(0.5, 0.0, 0.0, 0.0, -0.01, 0.0, 0.5) == 0.5, "savings are spent elsewhere"
    assert debt(0.5, 0.0, 0.0, 0.0, -0.01, 0.015, 0.5) == 0.5, "clause spending before the start is in the balance"
    assert debt(0.5, 0.0, 0.0, 0.0, 0.004, 0.015, 0.5) == pytest.approx(0.504)
    assert debt(0.01, 0.0, 0.0, 0.1, 0.0, 0.0, 0.5) == 0.0


# --- statements and beliefs -----------------------------------------------------------------------


@given(odds=normal, mean=normal, m=part, words=normal, acts=normal, noise=part, luck=normal)
def test_belief_is_linear_in_log_odds(
    odds: float, mean: float, m: float, words: float, acts: float, noise: float, luck: float
) -> None:
    after = belief(odds, mean, m, words, 0.3, acts, 0.8, noise, luck)
    assert after == pytest.approx((1 - m) * odds + m * mean + 0.3 * words + 0.8 * acts + noise * luck, abs=1e-12)
    assert belief(odds, mean, m, words, 0.0, acts, 0.8, 0.0, luck) == belief(
        odds, mean, m, 0.0, 0.0, acts, 0.8, 0.0, 0.0
    )


def test_memory_fades_to_the_mean() -> None:
    odds = 2.0
    for _ in range(300):
        odds = belief(odds, -0.5, 0.1, 0.0, 0.3, 0.0, 0.8, 0.0, 0.0)
    assert odds == pytest.approx(-0.5, abs=1e-12)


def test_four_slots_share_the_rate_of_statements() -> None:
    assert is_made(4.0, 1 - 2.0**-33)
    assert not is_made(0.0, 2.0**-33)
    assert is_made(1.0, 0.2499)
    assert not is_made(1.0, 0.25)


def test_who_speaks() -> None:
    assert [authority(u) for u in (2.0**-33, 0.25, 0.5, 0.75, 1 - 2.0**-33)] == [1.0, 0.7, 0.4, 0.2, 0.2]
    assert tuple(sorted(AUTHORITY, reverse=True)) == AUTHORITY


@given(mean=st.floats(-1, 1), noise=st.floats(0, 2), luck=normal)
def test_a_tone_stays_a_tone(mean: float, noise: float, luck: float) -> None:
    assert tone(mean, noise, luck) == max(-1.0, min(1.0, mean + noise * luck))
    assert tone(mean, 0.0, luck) == mean


# --- spill-in and threat --------------------------------------------------------------------------


def test_proximity_by_hand() -> None:
    assert budgets.proximity(0.0, False, 0.25, 1200.0) == 1.0
    assert budgets.proximity(1200.0, False, 0.25, 1200.0) == pytest.approx(math.exp(-1), rel=1e-14)
    assert budgets.proximity(1600.0, True, 0.25, 1200.0) == pytest.approx(math.exp(-1), rel=1e-14)


@given(gdp=st.floats(1.0, 1e4), exponent=part)
def test_thinning(gdp: float, exponent: float) -> None:
    """0: all of it reaches everybody; 1: everybody its share by income; for the whole, always all of it."""
    assert budgets.thinning(gdp, 2e4, exponent) == pytest.approx((gdp / 2e4) ** exponent, rel=1e-12)
    assert budgets.thinning(gdp, 2e4, 0.0) == 1.0
    assert budgets.thinning(2e4, 2e4, exponent) == 1.0


def test_spillin_and_threat_by_hand() -> None:
    assert budgets.spillin(0.01, 0.3, 50.0) == pytest.approx(0.15)
    assert budgets.threat(0.05, 0.4, 1.5) == pytest.approx(0.03)
    assert budgets.threat(0.0, 0.4, 1.5) == 0.0
    assert budgets.exposure(50.0, 0.4) == 20.0


# --- lines and protection -------------------------------------------------------------------------


def test_lines_by_what_a_policy_measures() -> None:
    assert budgets.line(budgets.SHARE, 0.02, 0.03, 0.015) == 0.02
    assert budgets.line(budgets.EFFORT, 0.005, 0.03, 0.015) == pytest.approx(0.02)
    assert budgets.line(budgets.EFFORT, -0.2, 0.03, 0.015) == 0.0
    assert budgets.line(budgets.PLEDGE, 0.9, 0.03, 0.015) == pytest.approx(0.027)
    assert budgets.line(budgets.SHARE, -0.1, 0.03, 0.015) == 0.0


@given(beta=part, c=part, level=part, more=part)
def test_protection(beta: float, c: float, level: float, more: float) -> None:
    """Eq. 5: never above the belief in commitment; exclusion matters below full protection only."""
    assert 0.0 <= budgets.protection(beta, c, level) <= beta + 1e-16
    assert budgets.protection(beta, c, 1.0) == beta
    assert budgets.protection(beta, 0.0, level) == beta, "who believes in no exclusion sees no condition"
    assert budgets.protection(beta, 1.0, 0.0) == 0.0
    low, high = sorted((level, more))
    assert budgets.protection(beta, c, low) <= budgets.protection(beta, c, high) + 1e-16
    assert budgets.protection(min(level, more), c, beta) <= budgets.protection(max(level, more), c, beta)


@pytest.mark.parametrize(
    ("covered", "level", "expected"), [(1.0, 0.5, 1), (1.0, 0.49, 0), (1.0, 1.0, 1), (0.0, 1.0, 0)]
)
def test_who_counts_as_protected(covered: float, level: float, expected: int) -> None:
    assert int(budgets.is_protected(covered, level)) == expected


# --- from wanted to voted -------------------------------------------------------------------------


def test_a_vote_by_hand() -> None:
    assert budgets.vote(0.02, 0.03, 0.025, 0.2, 0.1, 0.0001, 0.003, 0.01) == pytest.approx(0.0226)
    assert budgets.vote(0.02, 0.03, 0.0, 1.0, 0.0, 0.0, 0.003, 0.003) == pytest.approx(0.023), "no more than the room"
    assert budgets.vote(0.02, 0.0, 0.0, 1.0, 0.0, 0.0, 0.003, 0.003) == pytest.approx(0.017), "no cut beyond that"
    assert budgets.vote(0.02, 0.02, 0.01, 0.2, 0.5, 0.0, 0.003, 0.01) == 0.02, "a pledge below pulls nobody down"


@given(
    now=share, wanted=share, pledge=st.floats(0, 0.1), speed=part, pull=part, surprise=st.floats(-0.1, 0.1),
    cut=st.floats(0, 0.1), room=st.floats(0, 0.1),
)  # fmt: skip
def test_a_vote_stays_within_the_budget(
    now: float, wanted: float, pledge: float, speed: float, pull: float, surprise: float, cut: float, room: float
) -> None:
    voted = budgets.vote(now, wanted, pledge, speed, pull, surprise, cut, room)
    assert max(0.0, now - cut) <= voted <= min(0.5, now + room)
    assert voted <= budgets.vote(now, min(0.5, wanted + 0.01), pledge, speed, pull, surprise, cut, room)
    assert voted <= budgets.vote(now, wanted, pledge + 0.01, speed, pull, surprise, cut, room)
    assert budgets.vote(now, wanted, pledge, 0.0, 0.0, 0.0, cut, room) == now, "nothing moves it"


@given(active=st.booleans(), now=share, base=share, ceiling=st.floats(0, 0.1))
def test_room_used_never_exceeds_the_ceiling(active: bool, now: float, base: float, ceiling: float) -> None:
    used = budgets.room_used(active, now, base, ceiling)
    assert used == (min(ceiling, max(0.0, now - base)) if active else 0.0)


# --- support and enablers -------------------------------------------------------------------------


def test_support_by_hand() -> None:
    assert budgets.support(0.001, 0.003, 0.5) == pytest.approx(0.002)


def test_enabler_orders_by_hand() -> None:
    """As before: what keeps them up. Half the trust gone: half of the priority is bought besides."""
    assert budgets.enabler_order(4e-5, 0.08, 0.7, 0.7, 270.0, 420.0) == pytest.approx(0.0168)
    assert budgets.enabler_order(4e-5, 0.08, 0.9, 0.7, 270.0, 420.0) == pytest.approx(0.0168), (
        "more trust saves nothing"
    )
    assert budgets.enabler_order(4e-5, 0.08, 0.35, 0.7, 270.0, 420.0) == pytest.approx(0.0168 + 0.04 * 420 / 270)
