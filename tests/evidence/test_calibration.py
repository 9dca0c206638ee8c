"""Calibration: the likelihood by hand, no look ahead, the same bytes, and known parameters found again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim import data
from sim.cli import main
from sim.evidence.calibration import estimate, ridge
from sim.evidence.matching import CUT, TOLERANCES, implausibility, matched
from sim.evidence.observed import Observed, observed
from sim.evidence.pool import HORIZONS, TARGETS, Pool, planned, play
from sim.evidence.posterior import LEAST_DRAWS, accumulated, effective, resample, scales, weigh
from sim.evidence.priors import NOISE, PRIORS, drawn
from sim.evidence.recovery import synthetic
from sim.scenario.parameters import Parameters

ROOT = Path(__file__).parents[2]
ORIGINS = range(1996, 2006, 3)


@pytest.fixture(scope="module")
def seen() -> Observed:
    return observed("nato")


@pytest.fixture(scope="module")
def pool(seen: Observed) -> Pool:
    return play(seen, drawn(64, 1), ORIGINS, threads=2)


def made(loss: Any, sign: Any, count: int = 10, speed: float = 1.0) -> Pool:
    """A pool by hand: (draws, origins) mean errors, the same at every horizon; targets that hit."""
    loss, sign = (np.repeat(np.asarray(one, float)[:, :, None], 3, axis=2) for one in (loss, sign))
    draws, origins = loss.shape[:2]
    table = {name: np.full(draws, prior.low) for name, prior in PRIORS.items()}
    table["adjustment_speed"] = np.full(draws, speed)
    hit = np.zeros((origins, 3, len(TARGETS)))
    counted = np.full((origins, 3), float(count))
    return Pool("nato", table, np.arange(1990, 1990 + origins), counted, loss, sign, np.zeros((draws, *hit.shape)), hit)


# Priors


def test_priors_lie_within_the_model_and_say_why() -> None:
    for name, prior in PRIORS.items():
        limits = {type(rule).__name__: rule for rule in Parameters.model_fields[name].metadata}
        assert limits["Ge"].ge <= prior.low < prior.high <= limits["Le"].le
        assert len(prior.basis) > 10


def test_draws_fill_every_prior_evenly_and_come_again() -> None:
    draws, again = drawn(100, 3), drawn(100, 3)
    for name, prior in PRIORS.items():
        place = (draws[name] - prior.low) / (prior.high - prior.low)
        assert sorted(np.floor(place * 100).astype(int)) == list(range(100))
        np.testing.assert_array_equal(draws[name], again[name])


# The likelihood by hand


def test_noise_adds_up_like_a_random_walk_at_speed_0_and_not_at_all_at_1() -> None:
    slow, fast, half = accumulated(np.array([0.0, 1.0, 0.5]))
    assert list(slow) == list(HORIZONS)
    assert list(fast) == [1.0, 1.0, 1.0]
    np.testing.assert_allclose(half, [(1 - 0.25**h) / 0.75 for h in HORIZONS])


def test_the_scale_is_the_mean_scaled_error() -> None:
    scale, loss = scales(made([[0.002, 0.004], [0.001, 0.001]], np.zeros((2, 2))), 2000)
    np.testing.assert_allclose(scale, [0.003, 0.001])
    np.testing.assert_allclose(loss, np.log(scale))


def test_a_draw_with_half_the_error_weighs_two_to_the_n_eff() -> None:
    loss = np.full((300, 6), 0.001)
    loss[:150] *= 1.01
    weighed = weigh(made(loss, np.tile([1.0, -1.0], (300, 3))), 2000, np.ones(300, bool))
    assert weighed.temper == 1.0
    assert weighed.weights[200] / weighed.weights[0] == pytest.approx(1.01**weighed.n_eff)
    assert weighed.ess >= LEAST_DRAWS


def test_few_draws_that_count_are_tempered_to_a_hundred() -> None:
    rng = np.random.default_rng(1)
    weighed = weigh(
        made(rng.uniform(0.001, 0.01, (500, 8)), rng.uniform(-0.3, 0.3, (500, 8))), 2000, np.ones(500, bool)
    )
    assert 0.0 < weighed.temper < 1.0
    assert weighed.ess == pytest.approx(LEAST_DRAWS)
    assert weighed.weights.sum() == pytest.approx(1.0)


def test_what_all_members_share_counts_once_a_year_and_overlap_less() -> None:
    years = 200
    rng = np.random.default_rng(2)
    common = rng.choice([-1.0, 1.0], (1, years))
    shared = effective(made(np.ones((1, years)), common, count=20), 2500, 0)
    assert 0.6 * years < shared < 1.5 * years  # of 3 x 20 x 200 errors
    lasting = np.repeat(rng.choice([-1.0, 1.0], (1, years // 5)), 5, axis=1)
    assert effective(made(np.ones((1, years)), lasting, count=20), 2500, 0) < 0.5 * shared
    apart = rng.choice([-1.0, 1.0], (1, years, 20)).mean(axis=2)
    assert effective(made(np.ones((1, years)), apart, count=20), 2500, 0) > 10 * shared


def test_resampling_keeps_the_weights_and_names_the_noise() -> None:
    loss = np.full((400, 6), 0.01)
    loss[:200] = 0.001
    many = made(loss, np.tile([0.5, -0.5], (400, 3)))
    many.draws["thinning"][:] = np.arange(400) / 1000
    table = resample(many, weigh(many, 2000, np.ones(400, bool)), 200, 1)
    assert set(table) == {*PRIORS, NOISE}
    assert (table["thinning"] < 0.2).mean() == pytest.approx(1.0, abs=0.02)
    assert np.median(table[NOISE]) == pytest.approx(np.sqrt(2.0) * 0.001, rel=0.1)


# History matching


def test_a_hit_is_not_implausible_and_a_far_miss_is_ruled_out() -> None:
    some = made(np.full((3, 8), 0.001), np.zeros((3, 8)))
    allowed = np.hypot(TOLERANCES["europe"].discrepancy, TOLERANCES["europe"].observation)
    some.targets[1, :, :, 0] = 2.0 * allowed
    some.targets[2, :, :, 0] = 4.0 * allowed
    left, table = matched(some, 1997)
    assert list(left) == [True, True, False]
    found = implausibility(some, 1997)["europe, 1991-1997"]
    np.testing.assert_allclose(found, [0.0, 2.0, 4.0])
    assert CUT == 3.0
    assert table["ruled_out"].iloc[-1] == pytest.approx(1 / 3)


def test_plans_count_where_somebody_said_what_he_wants() -> None:
    assert planned(2025) == pytest.approx(data.plans()["share"].mean())
    assert np.isnan(planned(2024))
    some = made(np.full((2, 8), 0.001), np.zeros((2, 8)))
    plans, allowed = TARGETS.index("plans"), np.hypot(TOLERANCES["plans"].discrepancy, TOLERANCES["plans"].observation)
    some.actual[:, :, plans] = np.nan
    assert not any(name.startswith("plans") for name in implausibility(some, 1997))
    some.actual[1, 2, plans] = 0.05  # said in 1996
    some.targets[:, :, :, plans] = np.array([0.05, 0.05 + 4.0 * allowed])[:, None, None]
    np.testing.assert_allclose(implausibility(some, 1997)["plans, 1991-1997"], [0.0, 4.0])
    assert list(matched(some, 1997)[0]) == [True, False]


# No look ahead, same bytes


def test_a_cut_off_sees_no_later_share(seen: Observed, pool: Pool) -> None:
    later = np.arange(seen.first, seen.first + len(seen.share)) > 2003
    changed = replace(seen, share=np.where(later[:, None], seen.share * 1.4 + 0.002, seen.share))
    other = play(changed, drawn(64, 1), ORIGINS, threads=2)
    assert not np.allclose(other.loss, pool.loss)
    before, after = (estimate(one, 2003, match=False) for one in (pool, other))
    pd.testing.assert_frame_equal(before.table, after.table, check_exact=True)
    pd.testing.assert_frame_equal(before.matching, after.matching, check_exact=True)


def test_threads_change_nothing(seen: Observed, pool: Pool) -> None:
    alone = play(seen, drawn(64, 1), ORIGINS, threads=1)
    for name in ("loss", "sign", "targets", "actual", "count"):
        np.testing.assert_array_equal(getattr(alone, name), getattr(pool, name))


def test_the_pool_forecasts_as_hindcasts_do(pool: Pool) -> None:
    quiet = {name: values[:1] for name, values in pool.draws.items()} | {NOISE: [0.0], "belief_noise": [0.0]}
    table = sim.hindcast(
        1999, 2005, 1999, horizons=[1, 3, 5], series=["world-bank"], variants=["conditional"], replicates=1,
        parameters={**quiet, "challenge_rate": [0.0]},
    )  # fmt: skip
    own = play(observed("world-bank"), {name: values[:1] for name, values in pool.draws.items()}, [1999])
    first = table[(table["origin"] == 1999) & (table["member"] != "EUROPE")]
    error = (first["forecast"] - first["actual"]).abs().groupby(first["horizon"]).mean()
    np.testing.assert_allclose(own.loss[0, 0], error.to_numpy(), rtol=1e-12)


def test_a_ridge_has_its_top_at_nought_and_holds_every_draw(pool: Pool) -> None:
    table = ridge(pool, 2005, "thinning", "allied_weight", bins=2)
    assert table["log_likelihood"].max() == 0.0
    assert table["draws"].sum() == 64
    assert table["thinning_to"].max() == PRIORS["thinning"].high


# Known parameters


def test_slow_and_fast_budgets_are_told_apart(seen: Observed) -> None:
    middle = {name: (prior.low + prior.high) / 2 for name, prior in PRIORS.items()}
    draws, medians = drawn(512, 1), []
    for speed in (0.06, 0.3):
        made_up = synthetic(seen, middle | {"adjustment_speed": speed, NOISE: 0.0005}, 1)
        some = play(made_up, draws, range(1998, 2020, 3))
        found = estimate(some, 2025, match=False).summary().loc["adjustment_speed"]
        assert found["lower_90"] < speed < found["upper_90"]
        medians.append(found["median"])
    assert medians[0] + 0.03 < medians[1]


# What is asked for, and what is shipped


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"until": 1994}, "until 1994; allowed: a whole number from 1995 to 2025"),
        ({"until": 2030}, "until 2030"),
        ({"until": 2013.5}, "until 2013.5"),
        ({"until": 2013, "draws": 3}, "draws 3; allowed: a whole number from 500 to 200000"),
        ({"until": 2013, "size": 0}, "size 0"),
        ({"until": 2013, "seed": -1}, "seed -1"),
        ({"until": 2013, "threads": 0}, "threads 0"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(sim.ScenarioError) as caught:
        sim.calibrate(**asked)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_command_writes_its_tables_or_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "--until", "1990", "--into", str(tmp_path)]) == 2
    assert list(tmp_path.iterdir()) == []
    assert "allowed" in capsys.readouterr().err
    assert main(["calibrate", "--until", "1996", "--draws", "500", "--into", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "not identified" in said
    names = {"posterior.csv", "summary.csv", "correlations.csv", "matching.csv"}
    assert {path.name for path in (tmp_path / "calibration-1996").iterdir()} == names


def test_the_shipped_posterior_can_be_played() -> None:
    table = pd.read_csv(ROOT / "scenarios" / "tables" / "posterior.csv")
    assert list(table) == [*PRIORS, NOISE]
    assert len(table) == 200
    for name, prior in PRIORS.items():
        assert table[name].between(prior.low, prior.high).all()
    forecast = sim.hindcast(2020, 2021, horizons=[1], series=["nato"], replicates=1, parameters=table)
    assert (forecast["lower_90"] < forecast["upper_90"]).all()
