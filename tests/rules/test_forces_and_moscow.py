"""Scenes 6 to 8: capability, enablers, the contest, the hazard, who comes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.rules.crisis import comes, lesson, solidarity
from sim.rules.forces import capability, delivered, enabled, stock
from sim.rules.moscow import budget, contest, hazard, prize, strength, weighed

part = st.floats(0.0, 1.0)
apart_from_0 = st.floats(-20.0, -1e-3) | st.floats(1e-3, 1.0)


# --- capability -----------------------------------------------------------------------------------


@given(spending=st.floats(0.0, 900.0), e=part, d=st.floats(0.01, 1.0))
def test_in_a_steady_state_capability_is_spending(spending: float, e: float, d: float) -> None:
    steady = e * spending / d
    assert stock(steady, d, e, spending, 0.0) == pytest.approx(steady, rel=1e-12)
    assert capability(spending, steady, e, d) == pytest.approx(spending, rel=1e-12)


@given(spending=st.floats(0.0, 900.0), before=st.floats(0.0, 900.0), e=part)
def test_equipment_that_lasts_a_year_or_no_equipment_is_spending(spending: float, before: float, e: float) -> None:
    assert capability(spending, stock(before, 1.0, e, spending, 0.0), e, 1.0) == pytest.approx(spending, rel=1e-12)
    assert capability(spending, before, 0.0, 0.0) == spending


def test_a_jump_in_spending_arrives_by_and_by() -> None:
    held, path = 0.25 * 100 / 0.08, []
    for _ in range(60):
        held = stock(held, 0.08, 0.25, 200.0, 0.0)
        path.append(capability(200.0, held, 0.25, 0.08))
    assert path[0] == pytest.approx(0.75 * 200 + 0.08 * (0.92 * 312.5 + 50))
    assert np.all(np.diff(path) > 0)
    assert path[-1] == pytest.approx(200, rel=0.01)


def test_losses_never_make_a_stock_negative() -> None:
    assert stock(10.0, 0.1, 0.2, 10.0, 4.0) == pytest.approx(7.0)
    assert stock(10.0, 0.1, 0.2, 10.0, 400.0) == 0.0


def test_enablers_are_kept_up_by_replacing_what_ages() -> None:
    assert delivered(0.21, 0.08, 0.08 * 0.21) == pytest.approx(0.21, rel=1e-14)


# --- enablers -------------------------------------------------------------------------------------


@given(have=part, o=part)
def test_with_exponent_one_enablers_add_up(have: float, o: float) -> None:
    assert enabled(have, o, 1.0) == pytest.approx(1 - o + o * have, rel=1e-12, abs=1e-15)


@given(have=st.floats(0.001, 1.0), o=st.floats(0.01, 1.0), r=st.floats(-20.0, -0.05))
def test_towards_minus_infinity_the_weakest_link_decides(have: float, o: float, r: float) -> None:
    """Between min(E, 1) and min(E, 1) o^(1/r), which closes in on it: by 6 % at o = .3 and r = -20."""
    used = enabled(have, o, r)
    assert have * (1 - 1e-9) <= used <= min(1.0, have * o ** (1 / r)) * (1 + 1e-9)
    assert enabled(have, 0.3, -20.0) <= 1.063 * have


def test_the_default_is_the_harmonic_mean() -> None:
    assert enabled(0.21, 0.3, -1.0) == pytest.approx(1 / (0.7 + 0.3 / 0.21), rel=1e-13)
    assert enabled(0.21, 0.3, 0.0) == pytest.approx(0.21**0.3, rel=1e-13)


@given(have=st.floats(0.01, 1.0), o=part, low=apart_from_0, high=apart_from_0)
def test_the_easier_to_replace_the_more_is_used(have: float, o: float, low: float, high: float) -> None:
    low, high = sorted((low, high))
    assert enabled(have, o, low) <= enabled(have, o, high) * (1 + 1e-9)


@given(have=st.floats(0.0, 3.0), more=st.floats(0.0, 1.0), o=part, r=st.just(0.0) | apart_from_0)
def test_enablers_help_up_to_what_is_needed(have: float, more: float, o: float, r: float) -> None:
    assert 0.0 <= enabled(have, o, r) <= enabled(have + more, o, r) * (1 + 1e-9) <= 1 + 2e-9
    assert enabled(max(1.0, have), o, r) == pytest.approx(1.0, abs=1e-12)
    assert enabled(have, 0.0, r) == pytest.approx(1.0, abs=1e-12) or have == 0


def test_no_enablers_at_all() -> None:
    assert enabled(0.0, 0.3, -1.0) == 0.0
    assert enabled(0.0, 0.3, 0.0) == 0.0
    assert enabled(0.0, 0.3, 0.5) == pytest.approx(0.49)


@pytest.mark.parametrize("r", [-2.220446049250313e-16, 1e-17, 1e-15])
def test_next_to_exponent_zero(r: float) -> None:
    assert enabled(0.21, 0.3, r) == pytest.approx(0.21**0.3, rel=1e-6)


# --- the contest ----------------------------------------------------------------------------------


def test_contest_by_hand() -> None:
    assert contest(100.0, 60.0, 1.0) == pytest.approx(0.625, abs=1e-12)
    assert contest(100.0, 160.0, 1.0) == pytest.approx(0.384615, abs=5e-7)
    assert contest(1.0, 2.0, 2.0) == pytest.approx(0.2, rel=1e-12)


@given(attack=st.floats(0.01, 1e4), defence=st.floats(0.01, 1e4), kappa=st.floats(0.1, 10), by=st.floats(0.01, 100))
@example(attack=5.78125, defence=0.01, kappa=5.78125, by=0.0625)
def test_contest(attack: float, defence: float, kappa: float, by: float) -> None:
    """Ratio form: the two sides' chances add up to 1, only the ratio counts, more defence never hurts."""
    chance = contest(attack, defence, kappa)
    assert 0 <= chance <= 1
    assert chance + contest(defence, attack, kappa) == pytest.approx(1, rel=1e-12)
    assert contest(by * attack, by * defence, kappa) == pytest.approx(chance, rel=1e-9)
    assert contest(attack, defence * (1 + by), kappa) <= chance * (1 + 1e-15)  # one rounding
    assert contest(attack, attack, kappa) == 0.5


def test_one_side_without_forces() -> None:
    assert contest(0.0, 5.0, 1.0) == pytest.approx(0, abs=1e-300)
    assert contest(5.0, 0.0, 1.0) == pytest.approx(1)


def test_the_adversary_never_vanishes_from_a_ratio() -> None:
    assert strength(2.5, 40.0) == 100.0
    assert 0.0 < strength(2.5, 0.0) < 1e-3


def test_neither_side_has_forces() -> None:
    assert 0.0 <= contest(0.0, 0.0, 1.0) <= 1.0


# --- hazard ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("noise", [1e-4, 1e-6])
def test_without_noise_the_hazard_is_the_threshold_of_perfect_deterrence(noise: float) -> None:
    """Zagare & Kilgour 2000: R = 100, D = 60 or 160, k = .45, p* = (F0 - k) / (F0 - F1) = .728."""
    alone, aided, cost = contest(100.0, 60.0, 1.0), contest(100.0, 160.0, 1.0), 0.45
    low, high = 0.0, 1.0
    for _ in range(60):
        p = (low + high) / 2
        low, high = (p, high) if hazard(0.1, 1.0, weighed(p, aided, alone), cost, noise) > 0.05 else (low, p)
    assert low == pytest.approx((alone - cost) / (alone - aided), abs=1e-12)
    assert low == pytest.approx(0.728, abs=5e-5)
    step = 40 * noise
    assert hazard(0.1, 1.0, weighed(low - step, aided, alone), cost, noise) == pytest.approx(0.1, abs=2e-4)
    assert hazard(0.1, 1.0, weighed(low + step, aided, alone), cost, noise) == pytest.approx(0.0, abs=2e-4)


@given(rate=part, worth=st.floats(0.0, 5.0), success=part, cost=st.floats(0, 5), noise=st.floats(1e-4, 10))
@example(rate=0.9453125, worth=3.0, success=1.0, cost=0.0625, noise=0.0625)  # the rate and one rounding more
def test_hazard(rate: float, worth: float, success: float, cost: float, noise: float) -> None:
    chance = hazard(rate, worth, success, cost, noise)
    rounding = 1e-15  # of a quotient and a difference of two numbers near 1
    assert 0 <= chance <= rate * (1 + rounding)
    assert hazard(rate, worth, min(1.0, success + 0.1), cost, noise) >= chance - rounding
    assert hazard(rate, worth, success, cost + 0.1, noise) <= chance + rounding
    assert hazard(rate, 0.0, success, cost, noise) == 0.0


@given(expected=part, with_us=part, without=part)
def test_trust_in_us_protection_deters(expected: float, with_us: float, without: float) -> None:
    with_us, without = sorted((with_us, without))
    assert with_us - 1e-15 <= weighed(expected, with_us, without) <= without + 1e-15
    assert weighed(0.0, with_us, without) == without
    assert weighed(1.0, with_us, without) == with_us


def test_prize_by_hand() -> None:
    assert prize(2.0, 0.05, 0.05, 0.3, 0.6) == pytest.approx(1.0)
    assert prize(2.0, 0.5, 0.05, 0.6, 0.6) == pytest.approx(2.0), "hostility counts up to its reference"
    assert prize(2.0, 0.025, 0.05, 0.6, 0.6) == pytest.approx(1.0)
    assert prize(2.0, 0.0, 0.05, 0.6, 0.6) == 0.0


@given(share=st.floats(0, 0.5), wanted=st.floats(0, 0.6), speed=part, surprise=st.floats(-0.1, 0.1))
def test_the_adversarys_budget(share: float, wanted: float, speed: float, surprise: float) -> None:
    assert budget(share, wanted, speed, surprise) == np.clip(share + speed * (wanted - share) + surprise, 0, 0.5)
    assert budget(share, min(wanted, 0.5), 1.0, 0.0) == pytest.approx(min(wanted, 0.5), abs=1e-15)


# --- crisis ---------------------------------------------------------------------------------------


@given(least=part, near=part)
def test_solidarity_is_certain_at_the_front_and_least_far_away(least: float, near: float) -> None:
    assert least - 1e-15 <= solidarity(least, near) <= 1 + 1e-15
    assert solidarity(least, 0.0) == least
    assert solidarity(least, 1.0) == pytest.approx(1.0)


def test_who_comes() -> None:
    assert comes(0.5, 0.49)
    assert not comes(0.5, 0.5)
    assert not comes(0.0, 2.0**-33)


@pytest.mark.parametrize(
    ("came", "level", "expected"),
    [(True, 1, (1, 0)), (True, 0.4, (1, -0.6)), (True, 0, (1, -1)), (False, 1, (-1, 0)), (False, 0, (0, 1))],
)
def test_what_everybody_learns(came: bool, level: float, expected: tuple[float, float]) -> None:
    """A broken promise counts as far as there was one; help below the line is proof against exclusion."""
    assert lesson(came, float(level)) == pytest.approx(expected)


def test_log_of_a_ratio_is_not_the_ratio_of_logs() -> None:
    """The contest is computed through logarithms; it agrees with powers taken directly."""
    for attack, defence, kappa in ((3.0, 7.0, 1.7), (250.0, 1.0, 0.3), (0.02, 0.01, 10.0)):
        direct = attack**kappa / (attack**kappa + defence**kappa)
        assert contest(attack, defence, kappa) == pytest.approx(direct, rel=1e-12)
    assert math.isclose(contest(1e300, 1e-300, 10.0), 1.0)
