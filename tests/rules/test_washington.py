"""Scene 3's rules: the law of leaving, votes in Congress, posture, elections."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.rules.washington import (
    ALONE,
    FAILED,
    HOUSE_MAJORITY,
    IN_FORCE,
    LAWFUL,
    LAWFUL_NOTICE,
    LEFT_ALONE,
    LEFT_LAWFULLY,
    LONE_NOTICE,
    NO_ATTEMPT,
    REPRESENTATIVES,
    act,
    asks,
    consents,
    elect,
    is_de_facto_exit,
    posture,
    treaty,
    votes,
    withdrawal_favour,
)
from sim.world import POLICY

luck = st.floats(1e-9, 1 - 1e-9)
flags = st.booleans()


# --- the two lawful roads -------------------------------------------------------------------------


@pytest.mark.parametrize(("present", "needed"), [(100, 67), (96, 64), (90, 60), (51, 34)])
def test_two_thirds_of_those_present(present: int, needed: int) -> None:
    """22 U.S.C. 1928f: two thirds of the senators present."""
    assert consents(needed, present, 1000, 0)
    assert not consents(needed - 1, present, 1000, 0)


@given(present=st.integers(51, 100), senators=st.integers(0, 100))
def test_two_thirds_are_rounded_up(present: int, senators: int) -> None:
    assert bool(consents(senators, present, 1000, 0)) == (senators >= math.ceil(2 * present / 3))


@pytest.mark.parametrize(
    ("senators", "representatives", "passes"), [(60, 218, True), (59, 435, False), (66, 217, False), (67, 0, True)]
)
def test_an_act_needs_cloture_and_a_majority_of_the_house(senators: int, representatives: int, passes: bool) -> None:
    assert bool(consents(senators, 100, 60, representatives)) is passes
    assert 2 * HOUSE_MAJORITY > REPRESENTATIVES


def test_an_act_by_simple_majority_is_a_setting() -> None:
    assert consents(50, 100, 50, 218)
    assert not consents(49, 100, 50, 218)


# --- votes ----------------------------------------------------------------------------------------


def distribution(present: int, favour: float, polarisation: float) -> stats.rv_frozen:
    if polarisation == 0:
        return stats.binom(present, favour)
    spread = (1 - polarisation) / polarisation
    return stats.betabinom(present, favour * spread, (1 - favour) * spread)


@given(
    present=st.sampled_from([51, 64, 96, 100, 435]), favour=st.floats(0.001, 0.999),
    polarisation=st.one_of(st.just(0.0), st.floats(0.001, 0.95)), u=luck,
)  # fmt: skip
def test_votes_are_drawn_by_inversion(present: int, favour: float, polarisation: float, u: float) -> None:
    """The smallest count whose distribution function reaches the uniform; the nays' if most are in favour."""
    rare = min(favour, 1 - favour)
    yeas = votes(present, favour, polarisation, u)
    count = yeas if favour <= 0.5 else present - yeas
    below, upto = distribution(present, rare, polarisation).cdf([count - 1, count])
    slack = 1e-9
    assert below - slack < u <= upto + slack


@pytest.mark.parametrize(
    ("favour", "polarisation", "needed", "expected"),
    [(0.3, 0.1, 67, 0.015), (0.5, 0.1, 67, 0.17), (0.3, 0.0, 67, 0.0), (0.1, 0.05, 60, 0.0)],
)
def test_the_chance_of_two_thirds(favour: float, polarisation: float, needed: int, expected: float) -> None:
    """Bisect for the luck from which on that many are in favour: the rest of the interval is the chance."""
    low, high = 0.0, 1.0 - 2.0**-40
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if votes(100, favour, polarisation, middle) >= needed else (middle, high)
    assert 1 - high == pytest.approx(expected, abs=0.005)
    assert 1 - high == pytest.approx(distribution(100, favour, polarisation).sf(needed - 1), abs=1e-9)


@pytest.mark.parametrize(("favour", "polarisation"), [(0.1, 0.05), (0.6, 0.3), (0.35, 0.0)])
def test_votes_have_the_mean_and_the_spread_of_their_distribution(favour: float, polarisation: float) -> None:
    grid = (np.arange(4000) + 0.5) / 4000
    yeas = np.array([votes(100, favour, polarisation, float(u)) for u in grid])
    expected = distribution(100, favour, polarisation)
    assert yeas.mean() == pytest.approx(expected.mean(), rel=0.003)
    assert yeas.std() == pytest.approx(expected.std(), rel=0.01)
    assert np.all(np.diff(yeas) >= 0) if favour <= 0.5 else np.all(np.diff(yeas) <= 0)


@given(present=st.integers(51, 435), favour=st.floats(0, 1), polarisation=st.floats(0, 0.95), u=luck)
def test_never_more_votes_than_voters(present: int, favour: float, polarisation: float, u: float) -> None:
    assert 0 <= votes(present, favour, max(polarisation, 1e-9) if polarisation else 0.0, u) <= present


def test_unanimity() -> None:
    for u in (1e-12, 0.5, 1 - 1e-12):
        assert votes(100, 0.0, 0.2, u) == 0
        assert votes(100, 1.0, 0.2, u) == 100


@pytest.mark.parametrize("polarisation", [0.0, 0.05, 0.95])
def test_the_house_is_large_but_its_first_mass_does_not_vanish(polarisation: float) -> None:
    assert votes(435, 0.5, polarisation, 1e-300) == 0
    assert votes(435, 0.5, polarisation, 1 - 1e-16) >= 290


@given(base=st.floats(0.01, 0.98), weight=st.floats(0, 20), less=st.floats(-0.5, 0.5), more=st.floats(0, 0.5))
def test_favour_rises_with_grievance(base: float, weight: float, less: float, more: float) -> None:
    assert withdrawal_favour(base, weight, less) <= withdrawal_favour(base, weight, less + more) <= 1
    assert withdrawal_favour(base, weight, 0.0) == pytest.approx(base, rel=1e-12)


def test_nobody_in_favour_at_any_grievance() -> None:
    assert withdrawal_favour(0.0, 20.0, 1.0) == 0.0
    assert votes(100, withdrawal_favour(0.0, 20.0, 1.0), 0.5, 1 - 1e-12) == 0


def test_favour_by_hand() -> None:
    assert withdrawal_favour(0.1, 2.0, 0.15) == pytest.approx(1 / (1 + 9 * math.exp(-0.3)), rel=1e-14)


# --- notice, courts, exit -------------------------------------------------------------------------


def step(status: int, year: int, ends: int = 0, **said: bool) -> tuple[int, int, int]:
    """One year of the treaty; whatever is not said is not so."""
    asked = {name: said.get(name, False) for name in ("seeks", "is_new", "blocked", "consent", "goes_alone")}
    return tuple(map(int, treaty(status, year, ends, *asked.values())))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, (IN_FORCE, 0, NO_ATTEMPT)),
        ({"consent": True, "goes_alone": True}, (IN_FORCE, 0, NO_ATTEMPT)),
        ({"seeks": True}, (IN_FORCE, 0, FAILED)),
        ({"seeks": True, "consent": True}, (LAWFUL_NOTICE, 2028, LAWFUL)),
        ({"seeks": True, "goes_alone": True}, (LONE_NOTICE, 2028, ALONE)),
        ({"seeks": True, "goes_alone": True, "consent": True}, (LAWFUL_NOTICE, 2028, LAWFUL)),
    ],
    ids=str,
)
def test_an_attempt_in_a_new_congress(said: dict[str, bool], expected: tuple[int, int, int]) -> None:
    assert step(IN_FORCE, 2027, **said) == expected


def test_between_congresses_only_a_new_policy_asks() -> None:
    assert step(IN_FORCE, 2026, seeks=True, consent=True) == (IN_FORCE, 0, NO_ATTEMPT)
    assert step(IN_FORCE, 2026, seeks=True, consent=True, is_new=True) == (LAWFUL_NOTICE, 2027, LAWFUL)


@pytest.mark.parametrize("status", [IN_FORCE, LAWFUL_NOTICE, LONE_NOTICE, LEFT_LAWFULLY, LEFT_ALONE])
@pytest.mark.parametrize("year", [2026, 2027])
@pytest.mark.parametrize(("seeks", "is_new"), [(False, True), (True, False), (True, True)])
def test_when_congress_is_asked(status: int, year: int, seeks: bool, is_new: bool) -> None:
    """In no other year does it matter what Congress would say."""
    expected = status == IN_FORCE and seeks and (is_new or year == 2027)
    assert asks(status, year, seeks, is_new) == expected
    answers = [step(status, year, 2027, seeks=seeks, is_new=is_new, consent=one) for one in (False, True)]
    assert (answers[0] != answers[1]) == expected


def test_a_story_of_a_lawful_exit() -> None:
    """Article 13: the treaty ends for a member one year after its notice."""
    story = []
    status, ends = IN_FORCE, 0
    for year in range(2026, 2030):
        status, ends, attempt = step(status, year, ends, seeks=True, is_new=year == 2026, consent=True)
        story.append((year, status, attempt))
    assert story == [
        (2026, LAWFUL_NOTICE, LAWFUL),
        (2027, LEFT_LAWFULLY, NO_ATTEMPT),
        (2028, LEFT_LAWFULLY, NO_ATTEMPT),
        (2029, LEFT_LAWFULLY, NO_ATTEMPT),
    ]


@pytest.mark.parametrize(
    ("status", "blocked", "expected"),
    [
        (LAWFUL_NOTICE, False, (LEFT_LAWFULLY, 0, NO_ATTEMPT)),
        (LAWFUL_NOTICE, True, (LEFT_LAWFULLY, 0, NO_ATTEMPT)),
        (LONE_NOTICE, False, (LEFT_ALONE, 0, NO_ATTEMPT)),
        (LONE_NOTICE, True, (IN_FORCE, 0, FAILED)),
    ],
)
def test_when_the_year_is_over(status: int, blocked: bool, expected: tuple[int, int, int]) -> None:
    """Courts can stop a notice without Congress, and no other; a stopped one is not tried again the same year."""
    assert step(status, 2027, 2027, seeks=True, blocked=blocked, consent=True, goes_alone=True) == expected


@pytest.mark.parametrize("status", [LAWFUL_NOTICE, LONE_NOTICE])
def test_a_year_is_a_year(status: int) -> None:
    assert step(status, 2026, 2027, seeks=True, consent=True) == (status, 2027, NO_ATTEMPT)


@pytest.mark.parametrize("status", [LAWFUL_NOTICE, LONE_NOTICE])
@pytest.mark.parametrize("year", [2026, 2027])
def test_a_new_policy_withdraws_the_notice(status: int, year: int) -> None:
    assert step(status, year, 2027, is_new=True, consent=True, goes_alone=True) == (IN_FORCE, 0, NO_ATTEMPT)


@given(year=st.integers(2000, 2100), ends=st.integers(2000, 2100), said=st.tuples(*[flags] * 5))
def test_there_is_no_way_back(year: int, ends: int, said: tuple[bool, ...]) -> None:
    for status in (LEFT_LAWFULLY, LEFT_ALONE):
        assert treaty(status, year, ends, *said)[0] == status


@given(
    status=st.integers(0, 4), year=st.integers(2000, 2100), ends=st.integers(2000, 2100), said=st.tuples(*[flags] * 5)
)
def test_nobody_leaves_within_a_year_of_asking(status: int, year: int, ends: int, said: tuple[bool, ...]) -> None:
    after, when, attempt = treaty(status, year, ends, *said)
    if status == IN_FORCE:
        assert after in (IN_FORCE, LAWFUL_NOTICE, LONE_NOTICE)
        assert (when == year + 1) == (after != IN_FORCE)
    if after == LAWFUL_NOTICE and status != LAWFUL_NOTICE:
        assert attempt == LAWFUL
        assert said[3], "with consent only"
    if after == LEFT_LAWFULLY:
        assert status in (LAWFUL_NOTICE, LEFT_LAWFULLY)


# --- forces ---------------------------------------------------------------------------------------


def test_forces_leave_at_the_rate_of_withdrawal_and_stop_at_the_floor() -> None:
    now, path = 1.0, []
    for year in range(6):
        now = posture(now, 0.0, 0.15, 0.1, 0.5, year < 4)
        path.append(now)
    assert path == pytest.approx([0.85, 0.7, 0.55, 0.5, 0.35, 0.2])


def test_forces_below_the_floor_need_not_rise_but_may_not_fall() -> None:
    assert posture(0.7, 0.0, 0.15, 0.1, 0.9, True) == pytest.approx(0.7)
    assert posture(0.7, 1.0, 0.15, 0.1, 0.9, True) == pytest.approx(0.8)
    assert posture(0.7, 0.0, 0.15, 0.1, 0.9, False) == pytest.approx(0.55)


@given(
    now=st.floats(0, 3), target=st.floats(0, 3), down=st.floats(0, 1), up=st.floats(0, 1), floor=st.floats(0, 1),
    binds=flags,
)  # fmt: skip
def test_posture(now: float, target: float, down: float, up: float, floor: float, binds: bool) -> None:
    """Eq. 9: towards the target and never past it, at most by the rates, never through a floor that binds."""
    after = posture(now, target, down, up, floor, binds)
    assert -down - 1e-12 <= after - now <= up + 1e-12
    assert min(now, target) - 1e-12 <= after <= max(now, target) + 1e-12 or (binds and target < floor)
    if binds:
        assert after >= min(now, floor)


@pytest.mark.parametrize(
    ("status", "best", "forces", "expected"),
    [
        (IN_FORCE, 0.0, 0.9, True), (LAWFUL_NOTICE, 0.0, 0.5, True), (LONE_NOTICE, 0.0, 0.9, True),
        (LEFT_LAWFULLY, 0.0, 0.0, False), (LEFT_ALONE, 0.0, 0.0, False), (IN_FORCE, 0.1, 0.9, False),
        (IN_FORCE, 0.0, 0.91, False), (IN_FORCE, 0.0, 0.1 + 0.8, True),
    ],
)  # fmt: skip
def test_out_in_all_but_name(status: int, best: float, forces: float, expected: bool) -> None:
    assert bool(is_de_facto_exit(status, best, forces, 0.9)) is expected


def test_acts_by_hand() -> None:
    assert act(-0.15, 1.0, -1.0, 0.3) == pytest.approx(-0.45)
    assert act(0.1, 2.0, 0.5, 0.3) == pytest.approx(0.35)
    assert act(0.0, 1.0, 0.0, 0.3) == 0.0


# --- elections ------------------------------------------------------------------------------------


def slate(*rows: tuple[float, float, int]) -> np.ndarray:
    table = np.zeros(len(rows), POLICY)
    for row, (alpha, gamma, electable) in zip(table, rows, strict=True):
        row["alpha"], row["gamma"], row["electable"] = alpha, gamma, electable
    return table


def test_nobody_stands() -> None:
    assert elect(slate((1.0, 1.0, 0), (5.0, 0.0, 0)), 0.1, 0.5) == -1


@given(
    rows=st.lists(st.tuples(st.floats(-5, 5), st.floats(-20, 20), st.integers(0, 1)), min_size=2, max_size=6),
    grievance=st.floats(-0.3, 0.3), u=luck,
)  # fmt: skip
def test_elections_are_drawn_by_inversion_of_eq_8(
    rows: list[tuple[float, float, int]], grievance: float, u: float
) -> None:
    weights = np.array([math.exp(alpha + gamma * grievance) * electable for alpha, gamma, electable in rows])
    winner = elect(slate(*rows), grievance, u)
    if weights.sum() == 0:
        assert winner == -1
        return
    reached = np.cumsum(weights) / weights.sum()
    assert rows[winner][2] == 1
    assert (reached[winner - 1] if winner else 0.0) - 1e-12 <= u <= reached[winner] + 1e-12


def test_free_riding_breeds_the_policy_that_ends_it() -> None:
    table = slate((0.0, 0.0, 1), (-1.0, 8.0, 1))
    grid = (np.arange(2000) + 0.5) / 2000
    share = [np.mean([elect(table, g, float(u)) == 1 for u in grid]) for g in (0.0, 0.15, 0.3)]
    expected = [1 / (1 + math.exp(1 - 8 * g)) for g in (0.0, 0.15, 0.3)]
    assert share == pytest.approx(expected, abs=1e-3)


def test_very_uneven_elections_do_not_overflow() -> None:
    assert elect(slate((50.0, 200.0, 1), (-50.0, -200.0, 1)), 1.0, 0.999) == 0
    assert elect(slate((-50.0, -200.0, 1), (50.0, 200.0, 1)), 1.0, 0.001) == 1
