"""Eq. 2 and its inverse against closed forms of the literature, a numerical optimiser and exact arithmetic.

Olson & Zeckhauser 1966; Bergstrom, Blume & Varian 1986; Cornes & Sandler 1984, 1996; Richardson 1960.
"""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import spearmanr

from sim.rules.demand import best_in_tier, best_response, equilibrium, taste, utility

tastes = st.tuples(st.floats(0.001, 0.6), st.floats(0.001, 0.35))
incomes = st.floats(0.5, 30_000.0)
over_income = st.floats(0.0, 0.5)  # a spill-in over income
prices = st.floats(0.6, 1.5)


def exactly(y: float, n: float, b: float, g: float, price: float = 1.0) -> float:
    """The larger root of the first-order condition in 80 digits, within [0, y/price]."""
    with localcontext() as context:
        context.prec = 80
        y, n, b, g, price = (Decimal(one) for one in (y, n, b, g, price))
        income = y / price
        half = (b + g) * income - (1 - b) * n
        root = max(Decimal(0), half * half + 4 * g * income * n).sqrt()
        return float(min(max(Decimal(0), (half + root) / 2), income))


def welfare(q: float, y: float, n: float, b: float, g: float, price: float) -> float:
    """Eq. 1 with the library's logarithm."""
    terms = ((1 - b - g, y - price * q), (g, q), (b, q + n))
    if any(weight > 0 >= inside for weight, inside in terms):
        return -math.inf
    return sum(weight * math.log(inside) for weight, inside in terms if weight > 0)


# --- Eq. 2 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spillin", "spending"), [(40.0, 1.204651), (0.0, 6.0), (-3.0, 8.496931)], ids=["allies", "autarky", "threat"]
)
def test_fixtures(spillin: float, spending: float) -> None:
    assert best_response(100.0, spillin, 0.05, 0.01, 1.0) == pytest.approx(spending, abs=5e-7)


def test_no_number_does_better() -> None:
    """Two thousand governments: what a bounded optimiser finds is never better, and lies where Eq. 2 says."""
    rng = np.random.default_rng(1966)
    for _ in range(2000):
        b, g = rng.choice([0.0, rng.uniform(0, 0.6)], p=[0.1, 0.9]), rng.uniform(0.002, 0.3)
        y, price = 10.0 ** rng.uniform(0, 4), rng.uniform(0.6, 1.5)
        least = -0.4 if b > 0 else -g / price  # with B = 0 a threat beyond G y is another matter, see below
        n = y * rng.uniform(least, 0.5)
        q = best_response(y, n, b, g, price)
        low, high = max(0.0, -n), y / price
        if low >= high:
            continue
        found = minimize_scalar(
            lambda x, *a: -welfare(x, *a), bounds=(low, high), args=(y, n, b, g, price), method="bounded",
            options={"xatol": 1e-10 * y},
        )  # fmt: skip
        assert welfare(q, y, n, b, g, price) >= -found.fun - 1e-13
        assert q == pytest.approx(found.x, abs=2e-5 * y)


@given(y=incomes, n=over_income, both=tastes, price=prices)
@example(y=100.0, n=0.5, both=(0.001, 1e-9), price=1.0)
@example(y=1e-3, n=1e6, both=(0.001, 1e-12), price=1.0)
@example(y=3e4, n=0.5, both=(0.5, 1e-14), price=1.5)
def test_it_is_exact_where_the_textbook_form_cancels(
    y: float, n: float, both: tuple[float, float], price: float
) -> None:
    b, g = both
    q = best_response(y, n * y, b, g, price)
    assert q == pytest.approx(exactly(y, n * y, b, g, price), rel=1e-12, abs=0)


def test_the_textbook_form_would_not_do() -> None:
    y, n, b, g = 100.0, 4e5, 0.05, 1e-12
    half = (b + g) * y - (1 - b) * n
    textbook = (half + math.sqrt(half * half + 4 * g * y * n)) / 2
    assert abs(textbook / exactly(y, n, b, g) - 1) > 0.01
    assert best_response(y, n, b, g, 1.0) == pytest.approx(exactly(y, n, b, g), rel=1e-13)


@given(y=incomes, threat=st.floats(0.0, 0.6), both=tastes, price=prices)
def test_it_is_exact_under_threat(y: float, threat: float, both: tuple[float, float], price: float) -> None:
    q = best_response(y, -threat * y, *both, price)
    assert q == pytest.approx(exactly(y, -threat * y, *both, price), rel=1e-10)
    assert q > threat * y or q == y / price, "what is left must exceed the threat"


@given(y=incomes, n=over_income, both=tastes)
def test_floor_and_ceiling(y: float, n: float, both: tuple[float, float]) -> None:
    b, g = both
    q = best_response(y, n * y, b, g, 1.0)
    assert g * y / (1 - b) * (1 - 1e-12) <= q <= (b + g) * y * (1 + 1e-12)


@given(y=incomes, n=st.floats(-0.3, 0.5), both=tastes, step=st.floats(1e-4, 0.1))
def test_slope_in_spillin(y: float, n: float, both: tuple[float, float], step: float) -> None:
    """Between -(1-B), as for a pure public good, and 0; under a threat too."""
    b, g = both
    near, far = (best_response(y, at * y, b, g, 1.0) for at in (n, n + step))
    slope = (far - near) / (step * y)
    assert -(1 - b) - 1e-9 <= slope <= 1e-9


@given(y=incomes, n=st.floats(-0.3, 0.5), both=tastes, by=st.floats(0.01, 100.0))
def test_homogeneous_in_income_and_spillin(y: float, n: float, both: tuple[float, float], by: float) -> None:
    one = best_response(y, n * y, *both, 1.0)
    assert best_response(by * y, by * n * y, *both, 1.0) == pytest.approx(by * one, rel=1e-9)


@given(y=incomes, n=st.floats(0.0, 0.5), both=tastes, more=st.floats(1.0, 2.0))
def test_it_rises_with_income_and_with_either_taste(y: float, n: float, both: tuple[float, float], more: float) -> None:
    b, g = both
    q = best_response(y, n * y, b, g, 1.0)
    slack = q * 1e-12
    assert best_response(more * y, n * y, b, g, 1.0) >= q - slack
    assert best_response(y, n * y, b, min(more * g, 0.39), 1.0) >= q - slack
    assert best_response(y, n * y, min(more * b, 0.6), g, 1.0) >= q - slack


@given(y=incomes, n=st.floats(-0.3, 0.5), both=tastes, price=prices)
def test_a_price_is_a_poorer_government(y: float, n: float, both: tuple[float, float], price: float) -> None:
    assert best_response(y, n * y, *both, price) == best_response(y / price, n * y, *both, 1.0)


@given(y=incomes, n=st.floats(-0.9, 0.9), b=st.floats(0, 0.9), g=st.floats(0, 0.9), price=prices)
def test_never_below_nothing_nor_above_income(y: float, n: float, b: float, g: float, price: float) -> None:
    assume(b + g < 1)
    assert 0.0 <= best_response(y, n * y, b, g, price) <= y / price


@given(y=incomes, n=st.floats(-0.5, 0.9), b=st.floats(0.001, 0.9))
def test_pure_public_good(y: float, n: float, b: float) -> None:
    """G = 0: spend the taste's part of full income, less what others give (Olson & Zeckhauser 1966)."""
    assert best_response(y, n * y, b, 0.0, 1.0) == pytest.approx(
        min(y, max(0.0, b * y - (1 - b) * n * y)), abs=1e-12 * y
    )


@given(y=incomes, both=tastes)
def test_autarky(y: float, both: tuple[float, float]) -> None:
    assert best_response(y, 0.0, *both, 1.0) == pytest.approx(sum(both) * y, rel=1e-14)


@given(y=incomes, n=st.floats(0.0, 0.9), g=st.floats(0.001, 0.5), threatened=st.booleans())
def test_no_collective_taste_no_free_riding(y: float, n: float, g: float, threatened: bool) -> None:
    """B = 0: the national share whatever the allies do, and whatever the threat up to that share."""
    spillin = -n * g * y if threatened else n * y
    assert best_response(y, spillin, 0.0, g, 1.0) == pytest.approx(g * y, rel=1e-9)


@given(threat=st.floats(0.05, 0.4), g=st.floats(0.001, 0.04))
def test_a_threat_beyond_the_national_share_is_met_however_small_the_collective_taste(threat: float, g: float) -> None:
    """The limit of Eq. 2 as B goes to 0 is max(G, threat): ln(q + N) has to be defined as long as B > 0."""
    assert best_response(1.0, -threat, 0.0, g, 1.0) == pytest.approx(threat, rel=1e-12)
    assert best_response(1.0, -threat, 1e-9, g, 1.0) == pytest.approx(threat, rel=1e-5)


def test_no_taste_no_spending() -> None:
    assert best_response(100.0, 0.0, 0.0, 0.0, 1.0) == 0.0
    assert best_response(100.0, 7.0, 0.0, 0.0, 1.0) == 0.0


@given(n=st.floats(0.0, 0.05), both=tastes, doubt=st.floats(0.0, 1.0))
def test_more_doubt_never_lowers_spending(n: float, both: tuple[float, float], doubt: float) -> None:
    assert best_response(1.0, (1 - doubt) * n, *both, 1.0) >= best_response(1.0, n, *both, 1.0) - 1e-15


# --- Eq. 2b ---------------------------------------------------------------------------------------


@given(theta=st.floats(0.002, 0.5), n=st.floats(-0.05, 0.1), rho=st.floats(0.0, 1.0))
@example(theta=0.03, n=0.0, rho=0.8)
@example(theta=0.5, n=0.02, rho=0.0)
def test_a_taste_comes_back_from_the_share_it_explains(theta: float, n: float, rho: float) -> None:
    share = best_response(1.0, n, rho * theta, (1 - rho) * theta, 1.0)
    assume(share > 1e-6 and share + n > 1e-6 and share < 1)
    below = share * (1 + rho * n) + (1 - rho) * n
    assume(below > 1e-6)
    assert taste(share, n, rho) == pytest.approx(theta, rel=1e-6)


@given(share=st.floats(0.001, 0.2), n=st.floats(-0.05, 0.1), rho=st.floats(0.0, 1.0))
def test_a_taste_explains_the_share_that_it_comes_from(share: float, n: float, rho: float) -> None:
    theta = taste(share, n, rho)
    assert 0.0 <= theta <= 0.5
    assume(0.0 < theta < 0.5 and share + n > 1e-6)
    assume(rho > 0.01 or share + n > 0.02)  # next to B = 0 and n = -share the larger root is another
    assert best_response(1.0, n, rho * theta, (1 - rho) * theta, 1.0) == pytest.approx(share, rel=1e-5)


@pytest.mark.parametrize(
    ("share", "spillin", "expected"),
    [(0.0, 0.01, 0.0), (-0.01, 0.05, 0.0), (0.02, -0.02, 0.0), (0.02, -0.03, 0.0), (0.9, 0.0, 0.5), (0.03, 0.0, 0.03)],
)
def test_tastes_of_odd_governments(share: float, spillin: float, expected: float) -> None:
    assert taste(share, spillin, 0.8) == pytest.approx(expected, rel=1e-14)


def test_taste_by_hand() -> None:
    """s = .02, n = .01, rho = .5: .02 * .03 / (.02 * 1.005 + .5 * .01)."""
    assert taste(0.02, 0.01, 0.5) == pytest.approx(0.0006 / 0.0251, rel=1e-14)


# --- Nash equilibria ------------------------------------------------------------------------------


def spent(collective: float, gdp: tuple[float, ...], weight: float = 1.0) -> np.ndarray:
    return equilibrium(gdp, collective, 0.0, weight)


@pytest.mark.parametrize(
    ("taste_", "gdp", "weight", "expected"),
    [
        (0.6, (100, 50), 1.0, (57.142857, 7.142857)),
        (0.7, (100, 80, 60), 1.0, (55, 35, 15)),
        (0.5, (100, 80, 60), 0.4, (41.071429, 28.571429, 16.071429)),
        (0.7, (100, 80, 10), 1.0, (58.461538, 38.461538, 0)),
    ],
    ids=["two", "three", "partial", "the smallest rides free"],
)
def test_published_equilibria(
    taste_: float, gdp: tuple[float, ...], weight: float, expected: tuple[float, ...]
) -> None:
    assert spent(taste_, gdp, weight) == pytest.approx(expected, abs=5e-7)


@given(b=st.floats(0.02, 0.95), gdp=st.lists(st.floats(1.0, 1000.0), min_size=1, max_size=7))
def test_olson_and_zeckhauser(b: float, gdp: list[float]) -> None:
    """Q* = B Y_C / (n - (n-1) B), where those contribute whose income exceeds (1-B)/B Q*, the richest first."""
    y = np.array(gdp)
    for n in range(1, y.size + 1):  # Bergstrom, Blume & Varian 1986, section 4
        richest = np.sort(y)[::-1][:n]
        total = b * richest.sum() / (n - (n - 1) * b)
        poorer = np.sort(y)[::-1][n:]
        if richest[-1] > (1 - b) / b * total and (poorer.size == 0 or poorer[0] <= (1 - b) / b * total):
            break
    q = equilibrium(y, b, 0.0)
    assert q == pytest.approx(np.maximum(0.0, y - (1 - b) / b * total), abs=1e-7 * y.max())
    assert q.sum() == pytest.approx(total, rel=1e-7)


def test_the_large_are_exploited() -> None:
    """Burdens rise with income: rank correlation +1 among members of one taste (Olson & Zeckhauser 1966)."""
    gdp = np.array([100.0, 95.0, 90.0, 80.0, 85.0])
    q = equilibrium(gdp, 0.8, 0.0)
    assert np.all(q > 0)
    assert spearmanr(gdp, q / gdp).statistic == pytest.approx(1.0)


def test_the_pure_model_has_one_contributor_in_1964() -> None:
    """On Olson & Zeckhauser's own table: the ranking may come out right, the levels never do."""
    gnp = [569.03, 88.87, 79.46, 73.40, 43.63, 38.14, 15.00, 13.43, 7.73, 6.69, 5.64, 4.31, 2.88, 0.53]
    share = [9.0, 5.5, 7.0, 6.7, 4.1, 4.4, 4.9, 3.7, 3.3, 5.8, 3.9, 4.2, 7.7, 1.7]
    assert spearmanr(gnp, share).statistic == pytest.approx(0.490, abs=5e-4)
    q = equilibrium(gnp, 0.09, 0.0)
    assert np.count_nonzero(q) == 1
    assert q[0] == pytest.approx(0.09 * 569.03)


@given(transfer=st.floats(-15.0, 15.0))
def test_transfers_among_contributors_change_nothing(transfer: float) -> None:
    """Bergstrom, Blume & Varian 1986: neither the total nor anybody's private consumption."""
    gdp = np.array([100.0, 80.0, 60.0])
    moved = gdp + np.array([-transfer, 0.0, transfer])
    before, after = (equilibrium(y, 0.8, 0.0) for y in (gdp, moved))
    assume(np.all(before > 0) and np.all(after > 0))
    assert after.sum() == pytest.approx(before.sum(), abs=1e-9)
    assert moved - after == pytest.approx(gdp - before, abs=1e-9)


@given(b=st.floats(0.1, 0.9), t=st.floats(0.0, 0.9), gdp=st.lists(st.floats(50.0, 80.0), min_size=2, max_size=5))
def test_partial_spillovers(b: float, t: float, gdp: list[float]) -> None:
    """Interior: Q = B Y / (1 + (n-1) a) with a = (1-B) t, and q = (B y - a Q) / (1 - a)."""
    y, a = np.array(gdp), (1 - b) * t
    total = b * y.sum() / (1 + (y.size - 1) * a)
    expected = (b * y - a * total) / (1 - a)
    assume(np.all(expected > 0))
    assert equilibrium(y, b, 0.0, t) == pytest.approx(expected, abs=1e-8)


@given(
    gdp=st.lists(st.floats(1.0, 500.0), min_size=3, max_size=3),
    b=st.lists(st.floats(0.01, 0.5), min_size=3, max_size=3),
    g=st.lists(st.floats(0.0, 0.3), min_size=3, max_size=3), w=st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3),
    threat=st.lists(st.floats(0.0, 0.05), min_size=3, max_size=3),
)  # fmt: skip
def test_unique_and_relabelled_with_its_members(
    gdp: list[float], b: list[float], g: list[float], w: list[float], threat: list[float]
) -> None:
    """Members move in turn: whoever moves first, the equilibrium is the same, and nobody wants to leave it.

    Each weighs all others alike; with a weight for every pair there may be several (docs/theory.md).
    """
    y, weights = np.array(gdp), np.tile(np.array(w)[:, None], (1, 3))
    threats = np.array(threat) * y
    assume(np.ptp(y) == 0 or y.max() / y.min() < 200)
    q = equilibrium(y, b, g, weights, threats)
    for order in permutations(range(3)):
        k = list(order)
        other = equilibrium(y[k], np.array(b)[k], np.array(g)[k], weights[np.ix_(k, k)], threats[k])
        assert other == pytest.approx(q[k], abs=1e-9 * y.max())
    for i in range(3):
        others = sum(weights[i, j] * q[j] for j in range(3) if j != i)
        assert q[i] == pytest.approx(best_response(gdp[i], others - threats[i], b[i], g[i], 1.0), abs=1e-10 * y.max())


def test_rival_forces_burden_all_alike() -> None:
    """Thinning 1: spill-in per GDP does not depend on size, so burdens hardly do; with 0 the small ride free."""
    gdp = np.array([10.0, 20.0, 40.0, 80.0, 160.0, 320.0])
    rival = equilibrium(gdp, 0.02, 0.005, np.tile((gdp / gdp.sum())[:, None], (1, 6))) / gdp
    public = equilibrium(gdp, 0.02, 0.005, 1.0) / gdp
    assert rival.max() / rival.min() < 1.4
    assert public.max() / public.min() > 3
    assert np.all(rival <= 0.025 + 1e-15)


def test_no_spillins_is_autarky_for_all() -> None:
    assert equilibrium([10.0, 300.0], [0.02, 0.03], [0.01, 0.0], 0.0) == pytest.approx([0.3, 9.0], rel=1e-14)


@pytest.mark.parametrize(
    "wrong",
    [
        {"gdp": [1.0, 0.0]}, {"gdp": [1.0, -1.0]}, {"gdp": [1.0, math.nan]}, {"gdp": [[1.0, 2.0]]},
        {"collective_taste": -0.1}, {"national_taste": -0.1}, {"collective_taste": 0.6, "national_taste": 0.4},
        {"collective_taste": [0.1, 0.2, 0.3]}, {"weights": -1.0}, {"weights": np.ones((3, 3))},
        {"threat": [1.0, 2.0, 3.0]},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_alliance_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        equilibrium(**({"gdp": [1.0, 2.0], "collective_taste": 0.1, "national_taste": 0.1} | wrong))


def test_an_alliance_whose_spillins_need_not_settle_is_refused_or_solved() -> None:
    """With weights above 1 there may be several equilibria, but what is returned is one."""
    q = equilibrium([100.0, 100.0], 0.5, 0.0, 3.0)
    assert q == pytest.approx([max(0.0, 50 - 1.5 * q[1]), max(0.0, 50 - 1.5 * q[0])], abs=1e-9)


# --- an arms race ---------------------------------------------------------------------------------


def race(b: float, b_r: float, threat: float, threat_r: float, speed: float, years: int) -> tuple[float, float]:
    """Two rivals whose only spill-in is the other's threat, each going part of the way to its best response."""
    q = q_r = 1.0
    for _ in range(years):
        wanted = best_response(100.0, -threat * q_r, b, 0.0, 1.0)
        wanted_r = best_response(60.0, -threat_r * q, b_r, 0.0, 1.0)
        q, q_r = q + speed * (wanted - q), q_r + speed * (wanted_r - q_r)
    return q, q_r


@pytest.mark.parametrize(("threat", "threat_r"), [(0.3, 0.9), (0.9, 0.9), (2.0, 0.4), (0.0, 5.0)])
@pytest.mark.parametrize("speed", [0.2, 0.7])
def test_a_stable_arms_race_settles_where_richardson_says(threat: float, threat_r: float, speed: float) -> None:
    b, b_r = 0.03, 0.05
    slope, slope_r = (1 - b) * threat, (1 - b_r) * threat_r
    assert slope * slope_r < 1
    equilibrium_ = (b * 100 + slope * b_r * 60) / (1 - slope * slope_r)
    rival = b_r * 60 + slope_r * equilibrium_
    assert race(b, b_r, threat, threat_r, speed, 3000) == pytest.approx((equilibrium_, rival), rel=1e-6)


@pytest.mark.parametrize(("threat", "threat_r"), [(1.1, 1.0), (3.0, 0.5)])
def test_an_unstable_arms_race_ends_only_with_all_income_spent(threat: float, threat_r: float) -> None:
    b, b_r = 0.03, 0.05
    assert (1 - b) * threat * (1 - b_r) * threat_r > 1
    earlier, later = race(b, b_r, threat, threat_r, 0.2, 40), race(b, b_r, threat, threat_r, 0.2, 3000)
    assert later[0] > earlier[0]
    assert later[0] == pytest.approx(100, rel=1e-6) or later[1] == pytest.approx(60, rel=1e-6)


# --- tiers ----------------------------------------------------------------------------------------


def reply(
    lines: list[float], spillins: list[float], b: float, g: float, price: float = 1.0
) -> tuple[float, float]:  # fmt: skip
    """The best reply to a policy with tiers, as scene 5 takes it: the tier liked best, the higher one on a tie."""
    chosen = (0.0, -math.inf)
    for k, (low, spillin) in enumerate(zip(lines, spillins, strict=True)):
        high = lines[k + 1] if k + 1 < len(lines) else math.inf
        share = best_in_tier(low, high, spillin, b, g, price)
        liked = utility(share, spillin, b, g, price)
        chosen = (share, liked) if liked >= chosen[1] else chosen
    return chosen


@given(
    lines=st.lists(st.floats(0.002, 0.12), min_size=1, max_size=3, unique=True).map(lambda a: [0.0, *sorted(a)]),
    worth=st.floats(0.0, 0.05), threat=st.floats(-0.02, 0.02), b=st.floats(0.001, 0.06),
    g=st.one_of(st.just(0.0), st.floats(1e-6, 0.03)),
    price=st.floats(0.8, 1.0),
)  # fmt: skip
def test_tiers_against_brute_force(
    lines: list[float], worth: float, threat: float, b: float, g: float, price: float
) -> None:
    """No share on a fine grid, nor any line or its eve, is liked better than the closed form's choice."""
    levels = np.linspace(0.0, 1.0, len(lines))
    spillins = [worth * level + threat for level in levels]
    share, liked = reply(lines, spillins, b, g, price)
    edges = np.array(lines)
    grid = np.concatenate([np.linspace(0.0, 0.4, 4001), edges, np.maximum(0.0, edges - 1e-12), edges + 1e-12])
    net = np.array(spillins)[np.searchsorted(edges, grid, side="right") - 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [(b, grid + net), (g, grid), (1 - b - g, 1 - price * grid)]
        value = sum(np.where(x > 0, w * np.log(np.where(x > 0, x, 1.0)), -np.inf) for w, x in parts if w > 0)
    assert liked >= value.max() - 1e-13
    at = np.searchsorted(edges, share, side="right") - 1
    if share < edges[-1] and share in edges[1:]:  # the supremum below a line may be the line itself
        assert liked >= utility(share, spillins[at], b, g, price) - 1e-13


@pytest.mark.parametrize(("b", "g", "expected"), [(0.03, 0.0, 0.0564), (0.02, 0.012, 0.0545)])
def test_the_line_beyond_which_a_member_gives_up(b: float, g: float, expected: float) -> None:
    low, high = best_response(1.0, 0.005, b, g, 1.0), 0.5
    assert reply([0.0, low], [0.005, 0.03], b, g)[0] >= low
    assert reply([0.0, high], [0.005, 0.03], b, g)[0] < high
    for _ in range(60):
        line = (low + high) / 2
        low, high = (line, high) if reply([0.0, line], [0.005, 0.03], b, g)[0] >= line else (low, line)
    assert low == pytest.approx(expected, abs=5e-5)
    assert utility(low, 0.03, b, g, 1.0) == pytest.approx(
        utility(best_response(1.0, 0.005, b, g, 1.0), 0.005, b, g, 1.0), abs=1e-12
    )


@given(
    b=st.floats(0.002, 0.1), g=st.floats(0.0, 0.05), without=st.floats(-0.02, 0.03), gain=st.floats(1e-5, 0.05),
    beyond=st.floats(0.0, 1.0),
)  # fmt: skip
def test_a_member_meets_every_line_up_to_what_it_would_spend_anyway(
    b: float, g: float, without: float, gain: float, beyond: float
) -> None:
    """So the critical line lies above s*(n0)."""
    alone = best_response(1.0, without, b, g, 1.0)
    line = beyond * alone
    assert reply([0.0, line], [without, without + gain], b, g)[0] >= line


@given(both=tastes, spillin=st.floats(-0.01, 0.1), low=st.floats(0.0, 0.5), width=st.floats(0.0, 0.5))
def test_a_tier_is_a_clipped_best_response(both: tuple[float, float], spillin: float, low: float, width: float) -> None:
    share = best_in_tier(low, low + width, spillin, *both, 1.0)
    free = best_response(1.0, spillin, *both, 1.0)
    assert share == min(low + width, max(low, free))
    assert utility(share, spillin, *both, 1.0) <= utility(free, spillin, *both, 1.0)


@pytest.mark.parametrize(
    ("share", "spillin", "b", "g"),
    [(0.0, 0.1, 0.1, 0.1), (0.1, -0.1, 0.1, 0.0), (0.1, -0.2, 0.1, 0.1), (1.0, 0.0, 0.1, 0.1), (1.2, 0.0, 0.1, 0.1)],
)
def test_what_cannot_be_is_liked_least(share: float, spillin: float, b: float, g: float) -> None:
    assert utility(share, spillin, b, g, 1.0) == -math.inf


def test_a_taste_of_nothing_weighs_nothing() -> None:
    assert utility(0.0, -1.0, 0.0, 0.0, 1.0) == 0.0
    assert utility(0.0, 1.0, 0.5, 0.0, 1.0) == 0.0
    assert utility(0.5, -1.0, 0.0, 0.5, 1.0) == pytest.approx(math.log(0.5))


@given(share=st.floats(0.001, 0.9), n=st.floats(0.0, 0.5), both=tastes, price=st.floats(0.6, 1.0))
def test_utility_is_eq_1(share: float, n: float, both: tuple[float, float], price: float) -> None:
    assert utility(share, n, *both, price) == pytest.approx(welfare(share, 1.0, n, *both, price), rel=1e-13, abs=1e-15)
