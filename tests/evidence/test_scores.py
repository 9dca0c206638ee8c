"""Scores against closed forms and cases solved by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, ttest_1samp

from sim.evidence import scores

PROBABILITIES = (np.arange(4000) + 0.5) / 4000


@pytest.mark.parametrize(("mean", "spread", "actual"), [(0.0, 1.0, 0.0), (2.0, 0.5, 1.1), (-1.0, 3.0, 4.0)])
def test_crps_of_a_normal(mean: float, spread: float, actual: float) -> None:
    z = (actual - mean) / spread
    closed = spread * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / math.sqrt(math.pi))
    ensemble = norm.ppf(PROBABILITIES, mean, spread)
    assert scores.crps(ensemble, actual) == pytest.approx(closed, abs=2e-4 * spread)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=9), st.floats(-5, 5))
def test_crps_is_its_definition_and_the_energy_score_in_one_dimension(values: list[float], actual: float) -> None:
    x = np.array(values)
    defined = np.abs(x - actual).mean() - np.abs(x[:, None] - x).mean() / 2
    assert scores.crps(x, actual) == pytest.approx(defined, abs=1e-12)
    assert scores.energy_score(x[:, None], [actual]) == pytest.approx(defined, abs=1e-12)


def test_a_point_scores_its_error() -> None:
    assert scores.crps([[3.0, 1.0]], [1.0, 1.5]).tolist() == [2.0, 0.5]
    assert scores.absolute_error([3.0, 1.0], [1.0, 1.5]).tolist() == [2.0, 0.5]


def test_energy_score_by_hand() -> None:
    # distances 5 and 0 to the outcome, 5 between the two: 2.5 - 5 * 2 / 4 / 2
    assert scores.energy_score([[3.0, 4.0], [0.0, 0.0]], [0.0, 0.0]) == pytest.approx(2.5 - 1.25)


def test_coverage_and_pit() -> None:
    truth = norm.ppf((np.arange(1000) + 0.5) / 1000)
    ensemble = np.tile(norm.ppf(PROBABILITIES)[:, None], 1000)
    places = scores.pit(ensemble, truth)
    assert np.histogram(places, 10, (0, 1))[0].tolist() == [100] * 10
    low, high = np.quantile(ensemble, [0.05, 0.95], axis=0)
    assert scores.coverage(low, high, truth) == pytest.approx(0.9, abs=0.002)
    assert scores.pit([1.0, 1.0, 2.0], 1.0) == pytest.approx(1 / 3)


def test_blocks_are_runs_of_origins() -> None:
    places = scores.resampled(7, 3, 50)
    assert places.shape == (50, 7)
    steps = np.diff(places, axis=1) % 7
    assert (steps[:, [0, 1, 3, 4]] == 1).all()
    assert len(np.unique(places[:, 0])) == 7
    assert (scores.resampled(7, 3, 50) == places).all()
    assert (scores.resampled(7, 3, 50, seed=2) != places).any()


def test_skill() -> None:
    reference = np.array([1.0, 2.0, 3.0, 2.0, 1.0, 4.0])
    assert scores.skill(reference / 2, reference, 2) == pytest.approx((0.5, 0.5, 0.5))
    better = reference - np.array([0.5, 1.0, 0.2, 0.9, 0.0, 1.5])
    found = scores.skill(better, reference, 2)
    assert found.value == pytest.approx(1 - better.mean() / reference.mean())
    assert 0 < found.lower < found.value < found.upper < 1
    assert math.isnan(scores.skill(better, reference, 6).lower)
    with pytest.raises(ValueError, match="one length"):
        scores.skill([1.0], [1.0, 2.0], 1)


def test_one_year_ahead_diebold_mariano_is_a_paired_t_test() -> None:
    rng = np.random.default_rng(3)
    one, other = rng.exponential(1.0, 20), rng.exponential(1.4, 20)
    expected = ttest_1samp(one - other, 0.0)
    assert scores.diebold_mariano(one, other, 1) == pytest.approx((expected.statistic, expected.pvalue))


@pytest.mark.parametrize("horizon", [1, 3])
def test_diebold_mariano_rejects_as_often_as_it_says(horizon: int) -> None:
    rng = np.random.default_rng(5)
    shocks = rng.normal(size=(1500, 120 + horizon - 1))
    series = sum(shocks[:, k : 120 + k] for k in range(horizon))  # overlapping, as losses h years ahead
    tests = [scores.diebold_mariano(one, np.zeros(120), horizon) for one in series]
    assert np.mean([test.p_value < 0.1 for test in tests]) == pytest.approx(0.1, abs=0.03)
    shifted = [scores.diebold_mariano(one - 1.5, np.zeros(120), horizon) for one in series[:200]]
    assert np.mean([test.statistic < 0 and test.p_value < 0.1 for test in shifted]) > 0.9


def test_diebold_mariano_says_when_it_cannot_tell() -> None:
    for loss, horizon in (([1.0, 2.0, 3.0], 3), ([1.0, 2.0, 3.0, 4.0], 1)):
        test = scores.diebold_mariano(loss, np.array(loss) - 1.0, horizon)
        assert math.isnan(test.statistic)
        assert math.isnan(test.p_value)
