"""Regret, pairs and tipping points on problems solved by hand, and their intervals by how often they hold."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from sim.insight import minimax, paired_differences, regret, tipping_point
from sim.scenario import Vary

Make = Callable[..., Any]
MEASURE = "european_share"
POLICY = Vary(
    name="policy",
    choices={
        "a": {"script.2026": "unconditional"},
        "b": {"script.2026": "conditional-2"},
        "c": {"script.2026": "graduated"},
    },
)
FUTURE = Vary(name="future", key="parameters.thinning", values=(0.1, 0.5, 0.9))
LINE = Vary(name="line", key="policies.conditional.tiers.1.minimum", start=0.0, stop=0.05, step=0.005)
PAYOFF = {"a": (10.0, 2.0, 5.0), "b": (6.0, 6.0, 6.0), "c": (8.0, 3.0, 9.0)}


def payoff(cells: pd.DataFrame, replicates: NDArray[np.int64]) -> NDArray[np.float64]:
    futures = cells["future"].map({0.1: 0, 0.5: 1, 0.9: 2})
    y = [PAYOFF[policy][future] for policy, future in zip(cells["policy"], futures, strict=True)]
    return np.array(y)[:, None] + np.zeros(replicates.size)


def test_regret_and_minimax_by_hand(pretend: Make) -> None:
    """Best by future: 10, 6, 9; so regrets a: 0 4 4, b: 4 0 3, c: 2 3 0. Largest: 4, 4, 3."""
    results = pretend(payoff, [POLICY], [FUTURE])
    table = regret(results, MEASURE)
    assert table["regret"].tolist() == [0, 4, 4, 4, 0, 3, 2, 3, 0]
    assert table.columns.tolist() == ["policy", "future", MEASURE, "regret"]
    choice = minimax(results, MEASURE)
    assert (choice.policy, choice.worst) == ({"policy": "c"}, 3)
    assert choice.regrets["mean"].tolist() == pytest.approx([8 / 3, 7 / 3, 5 / 3])
    cheapest = minimax(results, MEASURE, best="low")  # lowest by future: 6, 2, 5; a: 4 0 0, b: 0 4 1, c: 2 1 4
    assert (cheapest.policy, cheapest.worst) == ({"policy": "a"}, 4)


def test_regret_is_never_negative_and_somebody_has_none(pretend: Make) -> None:
    rng = np.random.default_rng(3)
    results = pretend(lambda cells, replicates: rng.normal(size=(len(cells), 1)), [POLICY], 2, kind="sobol", points=64)
    table = regret(results, MEASURE)
    assert (table["regret"] >= 0).all()
    assert (table.groupby(["x0", "x1"])["regret"].min() == 0).all()


def noisy(shift: dict[str, float], common: float, own: float, seed: int) -> Callable[..., NDArray[np.float64]]:
    def solved(cells: pd.DataFrame, replicates: NDArray[np.int64]) -> NDArray[np.float64]:
        rng = np.random.default_rng(seed)
        luck = common * rng.normal(size=replicates.size)
        return (
            cells["policy"].map(shift).to_numpy(float)[:, None]
            + luck
            + own * rng.normal(size=(len(cells), replicates.size))
        )

    return solved


def test_pairs_take_out_the_common_luck(pretend: Make) -> None:
    results = pretend(noisy({"a": 0.0, "b": 0.5, "c": 2.0}, common=5.0, own=0.1, seed=1), [POLICY], replicates=100)
    (row,) = paired_differences(results, MEASURE, {"policy": "c"}, {"policy": "b"}).to_dict("records")
    assert row["low"] < 1.5 < row["high"]
    assert row["high"] - row["low"] < 0.08  # 2 * 1.98 * .1 * sqrt(2) / 10, where runs of their own would give 2.8
    assert row["correlation"] > 0.99
    back = paired_differences(results, MEASURE, {"policy": "b"}, {"policy": "c"}).iloc[0]
    assert back["difference"] == -row["difference"]


def test_intervals_of_pairs_hold_as_often_as_they_say(pretend: Make) -> None:
    trials, hits = 120, 0
    cells = pretend(payoff, [POLICY], [FUTURE], replicates=12)
    for seed in range(trials):
        results = cells.under(noisy({"a": 0.0, "b": 0.3, "c": 0.0}, 1.0, 1.0, seed))
        row = paired_differences(results, MEASURE, {"policy": "b"}, {"policy": "a"}, confidence=0.9).iloc[0]
        hits += row["low"] <= 0.3 <= row["high"]
    assert abs(hits / trials - 0.9) < 4 * math.sqrt(0.9 * 0.1 / trials)


def test_pairs_by_the_other_axes(pretend: Make) -> None:
    results = pretend(payoff, [POLICY], [FUTURE], replicates=3)
    table = paired_differences(results, MEASURE, {"policy": "a"}, {"policy": "b"})
    assert table["future"].tolist() == [0.1, 0.5, 0.9]
    assert table["difference"].tolist() == [4, -4, -1]
    assert table["low"].tolist() == table["high"].tolist() == [4, -4, -1]


@pytest.mark.parametrize(
    ("one", "two", "how", "words"),
    [
        ({"policy": "a"}, {"policy": "z"}, {}, "no cell has 'z'; there are a, b, c"),
        ({"polcy": "a"}, {"polcy": "b"}, {}, "did you mean policy"),
        ({"policy": "a"}, {"future": 0.1}, {}, "the same levers"),
        ({"policy": "a"}, {"policy": "b"}, {"luck": "independent"}, "do not come in pairs"),
        ({"policy": "a"}, {"policy": "b"}, {"replicates": 1}, "one replicate"),
    ],
)
def test_pairs_that_are_none(pretend: Make, one: Any, two: Any, how: dict[str, Any], words: str) -> None:
    results = pretend(payoff, [POLICY], [FUTURE], **({"replicates": 2} | how))
    with pytest.raises(ValueError, match=words):
        paired_differences(results, MEASURE, one, two)


def test_runs_without_pairs_have_no_regret(pretend: Make) -> None:
    """Three policies that are the same would be regretted for their luck."""
    results = pretend(payoff, [POLICY], [FUTURE], replicates=2, luck="independent")
    for function in (regret, minimax):
        with pytest.raises(ValueError, match="do not come in pairs"):
            function(results, MEASURE)


def line(slope: float, noise: float, seed: int) -> Callable[..., NDArray[np.float64]]:
    """Crosses 1 at .022 where there is no noise; all lines have the same luck."""

    def solved(cells: pd.DataFrame, replicates: NDArray[np.int64]) -> NDArray[np.float64]:
        luck = noise * np.random.default_rng(seed).normal(size=replicates.size)
        return 1.0 + slope * (cells["line"].to_numpy()[:, None] - 0.022) + luck

    return solved


def test_a_tipping_point_between_two_values(pretend: Make) -> None:
    found = tipping_point(pretend(line(100.0, 0.0, 0), [LINE], replicates=3), MEASURE, "line", 1.0, samples=20)
    assert (found.at, found.low, found.high) == pytest.approx((0.022, 0.022, 0.022))
    assert (found.crossing, found.crossings) == (1.0, 1)
    never = tipping_point(pretend(line(100.0, 0.0, 0), [LINE], replicates=3), MEASURE, "line", 9.0, samples=20)
    assert math.isnan(never.at)
    assert (never.crossing, never.crossings) == (0.0, 0)


def test_a_hump_crosses_twice(pretend: Make) -> None:
    def hump(cells: pd.DataFrame, replicates: NDArray[np.int64]) -> NDArray[np.float64]:
        return (1 - ((cells["line"] - 0.025) / 0.025) ** 2).to_numpy()[:, None]

    found = tipping_point(pretend(hump, [LINE]), MEASURE, "line", 0.5, samples=10)
    assert found.crossings == 2
    assert found.at == pytest.approx(0.025 - 0.025 * math.sqrt(0.5), abs=5e-4)


def test_intervals_of_tipping_points_hold_about_as_often_as_they_say(pretend: Make) -> None:
    trials, hits = 60, 0
    cells = pretend(line(100.0, 1.0, 0), [LINE], replicates=40)
    for seed in range(trials):
        results = cells.under(line(100.0, 1.0, seed))
        found = tipping_point(results, MEASURE, "line", 1.0, confidence=0.9, samples=200)
        hits += found.low <= 0.022 <= found.high
    assert 0.8 < hits / trials <= 0.97


def test_other_axes_have_to_be_settled(pretend: Make) -> None:
    results = pretend(lambda cells, replicates: cells[["line"]].to_numpy() * 40, [LINE], [FUTURE])
    with pytest.raises(ValueError, match="axis future has several values"):
        tipping_point(results, MEASURE, "line", 1.0)
    assert tipping_point(results, MEASURE, "line", 1.0, where={"future": 0.5}, samples=5).at == pytest.approx(0.025)
    with pytest.raises(ValueError, match="not an axis of numbers"):
        tipping_point(results, MEASURE, "lime", 1.0)
