"""Tables of scores and the judgement of the rules, on forecasts made by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim
from sim.evidence.comparing import energy_table, score_table, skill_table
from sim.evidence.hindcast import Issued
from sim.evidence.judging import mixture, rules_by_era, rules_by_member
from sim.evidence.observed import EUROPE
from sim.scenario.models import REACTIONS


def forecasts(errors: dict[str, float], *, horizon: int = 5) -> pd.DataFrame:
    """Two members and Europe from 1995 to 2012; each method errs by so many percentage points, upwards."""
    rng = np.random.default_rng(1)
    rows = [
        {
            "origin": origin, "horizon": horizon, "year": origin + horizon, "member": member, "actual": actual,
            "forecast": actual + error / 100, "lower_90": actual, "upper_90": actual + 0.01, "series": "world-bank",
            "variant": "conditional", "method": method, "crps": error / 200, "pit": 0.0,
        }
        for origin in range(1995, 2013)
        for member in ("DEU", "FRA", EUROPE)
        for actual in [float(rng.uniform(0.01, 0.03))]
        for method, error in errors.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_scores_by_hand() -> None:
    table = score_table(forecasts({"no change": 0.4, "joint-product": 0.1})).set_index(["who", "method"])
    own = table.loc["members", "joint-product"]
    assert own["forecasts"] == 36
    assert own[["mean_absolute_error", "bias", "crps", "coverage_90", "mean_pit"]].tolist() == pytest.approx(
        [0.1, 0.1, 0.05, 1.0, 0.0]
    )
    assert table.loc[EUROPE, "no change"]["forecasts"] == 18


def test_skill_by_hand() -> None:
    table = skill_table(forecasts({"no change": 0.4, "joint-product": 0.1})).set_index("who")
    assert table.loc["members", ["skill", "lower_90", "upper_90", "skill_crps"]].tolist() == pytest.approx([0.75] * 4)
    assert table.loc["members", "origins"] == 18
    with pytest.raises(ValueError, match="needs the horizon"):
        skill_table(forecasts({"no change": 0.4}), by=["series"])


def test_energy_by_hand() -> None:
    sure = np.array([[0.02, 0.03, 0.02]])
    issued = Issued(
        "nato", "conditional", "inertia", 2014, 1, 2014, ("DEU", "FRA"), sure[0], sure, sure[0] - [0.003, 0.004, 0.5],
        sure[0],
    )  # fmt: skip
    assert energy_table([issued])["energy"].tolist() == pytest.approx([0.5])


def test_a_mixture_finds_its_weights() -> None:
    rng = np.random.default_rng(2)
    rules = rng.uniform(0.01, 0.04, (300, 4))
    weights = np.array([0.5, 0.3, 0.2, 0.0])
    assert mixture(rules, rules @ weights) == pytest.approx(weights, abs=1e-6)
    assert mixture(rules, 0.2 * rules[:, 0]).sum() == pytest.approx(1.0)


def test_the_rule_that_is_right_wins() -> None:
    errors = dict.fromkeys(REACTIONS, 0.5) | {"pure-public": 0.02}
    table = rules_by_era(forecasts(errors), draws=40).set_index(["era", "rule"])
    assert set(table.index.get_level_values("era")) == {"1991-2013", "2014-25"}
    best = table.loc["1991-2013", "pure-public"]
    assert best[["mean_absolute_error", "best", "weight"]].tolist() == pytest.approx([0.02, 1.0, 1.0], abs=1e-3)
    assert table["weight"].groupby("era").sum().tolist() == pytest.approx([1.0, 1.0])
    by_member = rules_by_member(forecasts(errors), draws=40)
    assert set(by_member["rule"]) == {"pure-public"}
    assert set(by_member["member"]) == {"DEU", "FRA"}
    with pytest.raises(ValueError, match="by follow"):
        rules_by_era(forecasts({k: 0.1 for k in REACTIONS if k != "follow"}))


def test_the_rules_are_judged_on_hindcasts() -> None:
    window = {"series": ["world-bank"], "variants": ["conditional"], "horizons": [5]}
    table = sim.hindcast(2000, 2011, methods=REACTIONS, replicates=4, **window)
    judged = rules_by_era(table, horizon=5, draws=50)
    assert len(judged) == len(REACTIONS)
    assert (judged["lower_90"] <= judged["mean_absolute_error"]).all()
    assert (judged["mean_absolute_error"] <= judged["upper_90"]).all()
    assert judged["best"].sum() == pytest.approx(1.0)


def test_too_few_origins_have_no_interval() -> None:
    """Five origins five years ahead are one block: nothing would be resampled."""
    table = forecasts(dict.fromkeys(REACTIONS, 0.2) | {REACTIONS[0]: 0.1})
    few = rules_by_era(table[table["origin"].between(2009, 2013)], draws=50)
    assert few["mean_absolute_error"].tolist() == pytest.approx([0.1] + [0.2] * 5)
    assert few[["lower_90", "upper_90", "best", "weight_lower_90", "weight_upper_90"]].isna().to_numpy().all()
    assert rules_by_era(table, draws=50)["best"].notna().any()
    assert rules_by_member(table[table["origin"].between(2009, 2013)], draws=50)["best"].isna().all()
