"""Scene 4's rules: room under the escape clause, loans and what they are worth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules.brussels import (
    DECIDES,
    NEVER,
    RECORDED,
    activates,
    asks,
    clause_room,
    fiscal_room,
    gap,
    grant_equivalent,
    loan_price,
    ordinary_room,
    pro_rata,
)

share = st.floats(0.0, 0.2)


@pytest.mark.parametrize(
    ("wanted", "pledge", "now", "expected"),
    [(0.03, 0.02, 0.025, 0.005), (0.02, 0.035, 0.02, 0.015), (0.02, 0.02, 0.04, 0)],
)
def test_gap(wanted: float, pledge: float, now: float, expected: float) -> None:
    assert gap(wanted, pledge, now) == pytest.approx(expected)


def test_debt_above_sixty_per_cent_narrows_the_room() -> None:
    assert ordinary_room(0.003, 1.0, 0.6) == ordinary_room(0.003, 1.0, 0.1) == 0.003
    assert ordinary_room(0.003, 1.0, 1.6) == pytest.approx(0.0015)
    assert ordinary_room(0.003, 0.0, 1.6) == 0.003


@given(base=share, ceiling=st.floats(0.0, 0.1), now=share)
def test_the_clause_never_opens_more_than_its_ceiling(base: float, ceiling: float, now: float) -> None:
    room = clause_room(True, base, ceiling, now)
    assert room == pytest.approx(np.clip(base + ceiling - now, 0, ceiling), abs=1e-16)
    assert clause_room(False, base, ceiling, now) == 0.0


@given(ordinary=share, extra=share, absorption=st.floats(0, 0.1))
def test_no_ministry_spends_more_than_it_can_absorb(ordinary: float, extra: float, absorption: float) -> None:
    assert fiscal_room(ordinary, extra, absorption) == min(ordinary + extra, absorption)


@pytest.mark.parametrize(
    ("flag", "already", "gap_", "debt", "expected"),
    [
        (NEVER, True, 1.0, 0.0, False),
        (RECORDED, False, 0.0, 2.0, True),
        (DECIDES, False, 0.004, 0.6, True),
        (DECIDES, False, 0.002, 0.6, False),
        (DECIDES, False, 0.004, 1.6, False),
        (DECIDES, True, 0.0, 1.6, True),
    ],
)
def test_who_uses_the_clause(flag: int, already: bool, gap_: float, debt: float, expected: bool) -> None:
    assert bool(activates(flag, already, gap_, 0.003, 0.005, debt)) is expected


def test_a_recorded_loan_is_drawn_in_equal_parts_and_no_more() -> None:
    drawn, paid = 0.0, []
    for _ in range(7):
        paid.append(asks(RECORDED, 10.0, 5.0, drawn, 0.5, 0.0, 900.0, 0.0))
        drawn += paid[-1]
    assert paid == pytest.approx([2, 2, 2, 2, 2, 0, 0])


def test_a_decided_loan_follows_gap_and_spread() -> None:
    assert asks(DECIDES, 10.0, 5.0, 0.0, 0.5, 0.01, 900.0, 0.75) == pytest.approx(3.375)
    assert asks(DECIDES, 10.0, 5.0, 0.0, 0.5, 0.01, 900.0, 0.0) == 0.0
    assert asks(NEVER, 10.0, 5.0, 0.0, 0.5, 0.01, 900.0, 1.0) == 0.0


@given(
    asks_=st.lists(st.floats(0.0, 200.0), min_size=1, max_size=27), left=st.one_of(st.just(0.0), st.floats(1e-9, 300.0))
)
def test_loans_are_granted_pro_rata_and_never_beyond_what_is_left(asks_: list[float], left: float) -> None:
    part = pro_rata(sum(asks_), left)
    assert 0.0 <= part <= 1.0
    assert sum(one * part for one in asks_) <= left * (1 + 1e-12)
    assert part == 1.0 or sum(asks_) * part == pytest.approx(left, rel=1e-12)


@pytest.mark.parametrize(
    ("loan", "spending", "expected"), [(0.0, 10.0, 1.0), (5.0, 10.0, 0.9), (20.0, 10.0, 0.8), (5.0, 0.0, 1.0)]
)
def test_a_loan_lowers_the_price_of_what_it_pays_for(loan: float, spending: float, expected: float) -> None:
    assert loan_price(0.2, loan, spending) == pytest.approx(expected)
    assert loan_price(0.0, loan, spending) == 1.0, "without an advantage it changes nothing"


@pytest.mark.parametrize(("points", "worth"), [(0, 0), (25, 0.04), (50, 0.08), (100, 0.15), (150, 0.22), (200, 0.28)])
def test_what_a_loan_is_worth_by_the_spread(points: int, worth: float) -> None:
    assert grant_equivalent(points / 1e4, 0.0325) == pytest.approx(worth, abs=0.006), "and .15 at 3.5 %"


def test_what_a_loan_is_worth_year_by_year() -> None:
    """45 years, ten of grace, 35 equal repayments, the interest saved discounted at the member's own rate."""
    own, left, value = 0.0325 + 0.01, 1.0, 0.0
    for year in range(1, 46):
        value += 0.01 * left / (1 + own) ** year
        left -= 1 / 35 if year > 10 else 0.0
    assert left == pytest.approx(0, abs=1e-12)
    assert grant_equivalent(0.01, 0.0325) == pytest.approx(value, rel=1e-12)


@given(spread=st.floats(0.0, 0.05), more=st.floats(0.0, 0.05), rate=st.floats(0.001, 0.2))
def test_a_wider_spread_is_worth_more_but_never_the_whole_loan(spread: float, more: float, rate: float) -> None:
    low, high = grant_equivalent(spread, rate), grant_equivalent(spread + more, rate)
    assert 0 <= low <= high < 1
