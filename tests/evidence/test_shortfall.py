"""Where the target is missed: by hand, and on a small window."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim import data
from sim.evidence.literature import THINNINGS, thinned
from sim.evidence.shortfall import MECHANISMS, by_member, duels, mechanisms, shortfall, surprises
from sim.scenario.parameters import Parameters


def forecasts(rows: list[tuple[str, int, float, float, float]], horizon: int = 5) -> pd.DataFrame:
    """Member, origin, forecast, actual and no change in percentage points, at the target."""
    table = pd.DataFrame(rows, columns=["member", "origin", "forecast", "actual", "no_change"])
    table[["forecast", "actual", "no_change"]] /= 100.0
    return table.assign(
        horizon=horizon, year=table["origin"] + horizon, series="nato", variant="conditional", method="joint-product",
        lower_90=table["forecast"] - 0.001, upper_90=table["forecast"] + 0.001, crps=0.001, pit=0.5,
    )  # fmt: skip


TARGET = forecasts(
    [
        ("POL", 2014, 2.0, 2.3, 1.9),
        ("DEU", 2014, 1.4, 1.3, 1.2),
        ("DEU", 2015, 1.5, 1.5, 1.1),
        ("EUROPE", 2014, 0.0, 9.0, 9.0),
    ]
)


def test_the_excess_by_hand() -> None:
    table = shortfall(TARGET).set_index(["by", "value"])
    assert table.loc[("member", "POL"), ["mean_absolute_error", "bias", "no_change_error"]].tolist() == pytest.approx(
        [0.3, -0.3, 0.4]
    )
    assert table.loc[("member", "DEU"), "ratio"] == pytest.approx(0.05 / 0.25)
    # Poland is .3 - .2 above half of no change, Germany .1 - .25 below: -.05 in all
    assert table.loc[("member", "POL"), "excess"] == pytest.approx(0.1 / -0.05)
    for cut in ("group", "member", "year"):
        assert table.loc[cut, "excess"].sum() == pytest.approx(1.0)
    assert set(table.loc["group"].index) == {"border with Russia or Belarus", "other allies"}


def test_duels_by_hand() -> None:
    rivals = TARGET.assign(forecast=TARGET["no_change"], method="no change")
    table = duels(pd.concat([TARGET, rivals])).set_index("who")
    assert table.loc["members", "against"] == "no change"
    assert table.loc["members", ["error", "other_error"]].tolist() == pytest.approx([0.4 / 3, 0.9 / 3])
    assert table.loc["members", "skill"] == pytest.approx(1.0 - (0.2 + 0.0) / (0.25 + 0.4))  # by origin


def test_scores_of_each_member() -> None:
    table = by_member(TARGET, ["horizon"]).set_index("member")
    assert list(table.index) == ["DEU", "EUROPE", "POL"]
    assert table.loc["DEU", ["forecasts", "coverage_90"]].tolist() == [2, 1.0]


def test_budgets_fixed_in_money_are_found() -> None:
    gdp = data.history().pivot(index="year", columns="member", values="gdp")
    growth = gdp.apply(np.log).diff()
    surprise = growth - growth.rolling(10).mean().shift()
    rows = [
        (member, year - 1, 2.0, 2.0 * float(np.exp(-surprise.loc[year, member])), 2.0)
        for member in ("DEU", "FRA", "GRC") for year in range(2014, 2025)
    ]  # fmt: skip
    row = surprises(forecasts(rows, horizon=1)).iloc[0]
    assert (row["first"], row["last"], row["forecasts"]) == (2014, 2024, 33)
    assert row["slope"] == pytest.approx(-1.0)
    assert row["left"] == pytest.approx(0.0, abs=1e-9)


def test_one_mechanism_at_a_time() -> None:
    names = [name for name, _, _ in MECHANISMS]
    assert len(set(names)) == len(names)
    assert {parameter for _, parameter, _ in MECHANISMS} <= set(Parameters.model_fields)
    table = mechanisms(2014, 2019, most=2).set_index("mechanism")
    assert table["quiet_error"].isna().all()
    still, moved = table.loc["as estimated", "target_bias"], table["target_bias"]
    assert moved["threat moves no budget"] < still < moved["threat twice as strong"]
    assert moved["no pull of the pledge"] < still < moved["pledge pulls twice as hard"]


def test_thinning_does_not_end_exploitation() -> None:
    table = thinned(2).set_index("thinning")
    assert list(table.index) == ["figures", *(f"{value:g}" for value in THINNINGS)]
    assert table.loc["figures", "ended"] == 1.0
    assert table.loc["figures", "fall"] > 0.3 > table["fall"].drop("figures").max()
