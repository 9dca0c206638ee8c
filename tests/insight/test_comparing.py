"""Two scenarios on the same luck: against pairs made by hand from two batches, and in words."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import sim
from sim.insight import compare
from sim.insight.comparing import COMPARED, most_changed
from sim.scenario import ScenarioError, with_values

MANY, END = 12, 2031


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    return compare(sim.load_scenario("status-quo"), sim.load_scenario("exit-de-facto"), replicates=MANY, until=END)


def test_pairs_are_those_of_two_batches(found: pd.DataFrame) -> None:
    one, two = (
        sim.run_batch(with_values(sim.load_scenario(name), {"end": END}), 1, MANY)
        for name in ("status-quo", "exit-de-facto")
    )
    rows = found.set_index("measure")
    for name, scale in (("end_european_share", 100), ("end_protected_members", 1), ("challenged", 100)):
        first, second = (scale * runs.runs()[name].to_numpy(float) for runs in (one, two))
        assert rows.loc[name, ["first", "second"]].tolist() == pytest.approx([first.mean(), second.mean()])
        assert rows.loc[name, "difference"] == pytest.approx((second - first).mean())
    ends = [runs.years().query("year == @END")["us_spending_share"].mean() for runs in (one, two)]
    assert rows.loc["end_us_spending_share", ["first", "second"]].tolist() == pytest.approx([100 * e for e in ends])
    free = [100 * np.isfinite(runs.runs()["autonomy_year"]).mean() for runs in (one, two)]
    assert rows.loc["autonomous", ["first", "second"]].tolist() == pytest.approx(free)
    share = rows.loc["end_european_share"]
    assert share["low"] < share["difference"] < share["high"]
    assert found.attrs == {"seed": 1, "start": 2025, "end": END, "confidence": 0.95}


def test_what_is_ordinal_says_so(found: pd.DataFrame) -> None:
    deterrence = {"mean_challenge_risk", "challenged", "lost"}
    assert set(found.loc[found["ordinal"], "measure"]) == deterrence
    assert all("(ordinal)" in COMPARED[name].label for name in deterrence)


def test_the_other_way_round_is_minus_that_and_a_scenario_is_itself(found: pd.DataFrame) -> None:
    one, two = sim.load_scenario("status-quo"), sim.load_scenario("exit-de-facto")
    back = compare(two, one, replicates=MANY, until=END)
    assert back["difference"].tolist() == pytest.approx((-found["difference"]).tolist(), abs=1e-12)
    assert back["effect"].tolist() == pytest.approx((-found["effect"]).tolist(), abs=1e-12)
    same = compare(one, one, replicates=3, until=END)
    assert same[["difference", "low", "high", "effect"]].to_numpy().tolist() == [[0.0] * 4] * len(COMPARED)
    assert most_changed(same).startswith("Nothing that is more than an order")


def test_two_shares_of_runs_differ_by_no_more_than_all_of_them() -> None:
    table = compare(sim.load_scenario("status-quo"), sim.load_scenario("exit-lawful"), replicates=30, until=2042)
    found = table.set_index("measure").loc["autonomous"]
    assert 50.0 < found["difference"] < 100.0, "the same for all runs: it does not try the bound"
    assert found["high"] == 100.0 < 2 * found["difference"] - found["low"]


def test_what_changes_most_is_told_and_is_never_ordinal() -> None:
    table = pd.DataFrame(
        {
            "label": ["spending", "allies", "risk"], "unit": ["% of GDP", "allies", "%"],
            "ordinal": [False, False, True], "first": [2.0, 31.0, 1.0], "second": [2.5, 30.0, 9.0],
            "difference": [0.5, -1.0, 8.0], "low": [0.4, -2.5, 7.0], "high": [0.6, 0.5, 9.0], "effect": [3.0, -9.0, 50],
        }
    )  # fmt: skip
    assert most_changed(table) == (
        "What changes most: spending rises from 2.00 to 2.50 (% of GDP; difference 0.50, 0.40 to 0.60, 3.0 times what "
        "runs differ by)."
    )
    table.loc[1, "high"], table.loc[1, "effect"] = -0.5, -math.inf
    assert most_changed(table).startswith("What changes most: allies falls from 31.00 to 30.00 (allies;")


def test_ends_meet_at_the_earlier_one() -> None:
    one = with_values(sim.load_scenario("status-quo"), {"end": 2028})
    assert compare(one, sim.load_scenario("status-quo"), replicates=2).attrs["end"] == 2028


@pytest.mark.parametrize(
    ("other", "how", "words"),
    [
        ("drawdown-1990", {}, "status-quo starts in 2025 and drawdown-1990 in 1990; allowed"),
        ("status-quo", {"replicates": 1}, "allowed: at least 2"),
        ("status-quo", {"until": 2025}, "end = 2025.*allowed"),
    ],
)
def test_what_cannot_be_compared(other: str, how: dict[str, int], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        compare(sim.load_scenario("status-quo"), sim.load_scenario(other), **how)
