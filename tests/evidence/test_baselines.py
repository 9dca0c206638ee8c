"""Baselines on series with known parameters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from sim.data import MEMBERS
from sim.evidence import baselines
from sim.evidence.observed import Observed, observed, places
from sim.world import UNITED_STATES, N


@pytest.fixture(scope="module")
def bank() -> Observed:
    return observed("world-bank")


def made(bank: Observed, logs: np.ndarray) -> Observed:
    """Shares e^logs from 1960 on, (years, n), known throughout."""
    share = np.exp(np.column_stack([logs, np.full(len(logs), np.log(0.04))]))
    years = len(logs)
    return replace(
        bank, share=share, known=np.ones(share.shape, bool), gdp=bank.gdp[:years], end=1959 + years,
        armed=np.ones(N, bool),
    )  # fmt: skip


def test_no_change(bank: Observed) -> None:
    assert (baselines.no_change(bank.until(2000), 7) == bank.share[40, :N]).all()


def test_drift_goes_on_as_before(bank: Observed) -> None:
    rates = np.linspace(-0.05, 0.05, N)
    past = made(bank, np.log(0.02) + np.arange(30)[:, None] * rates)
    assert baselines.drift(past, 5) == pytest.approx(past.share[-1, :N] * np.exp(5 * rates))


def test_autoregression_finds_the_process(bank: Observed) -> None:
    slopes, means = np.linspace(0.3, 0.95, N), np.linspace(-5.0, -3.0, N)
    logs = np.empty((40, N))
    logs[0] = means + 0.5
    for t in range(1, 40):
        logs[t] = means + slopes * (logs[t - 1] - means)
    forecast = baselines.autoregression(made(bank, logs[:25]), 10)
    assert np.log(forecast) == pytest.approx(logs[34], abs=1e-6)


def test_autoregression_never_explodes(bank: Observed) -> None:
    growing = made(bank, -5.0 + 0.1 * 1.2 ** np.arange(12)[:, None] * np.ones(N))
    change = np.log(baselines.autoregression(growing, 2) / baselines.autoregression(growing, 1))
    assert change == pytest.approx(np.log(baselines.autoregression(growing, 1) / growing.share[-1, :N]))


def test_distance_finds_the_coefficients(bank: Observed) -> None:
    logs = -2.0 - 0.3 * np.log(bank.distance) + 0.7 * (np.arange(N) == UNITED_STATES)
    past = replace(made(bank, np.tile(logs, (66, 1))), end=2025)
    assert np.log(baselines.distance(past, 3)) == pytest.approx(logs)


@pytest.mark.parametrize("horizon", [1, 5])
def test_the_panel_is_the_regression_with_a_dummy_for_every_member(bank: Observed, horizon: int) -> None:
    past = bank.until(2005)
    share = np.where(past.known[:, :N] & (past.share[:, :N] > 0), past.share[:, :N], np.nan)
    years = np.arange(1960, 2006)
    spending = past.share[:, :N] * past.gdp[:, :N] * (past.accession <= years[:, None])
    table = pd.DataFrame(
        {
            "member": np.tile(MEMBERS, years.size), "year": np.repeat(years, N), "now": np.log(share).ravel(),
            "gdp": np.log(past.gdp[:, :N]).ravel(),
            "others": np.log(spending.sum(axis=1, keepdims=True) - spending).ravel(),
        }
    )  # fmt: skip
    table["later"] = table.groupby("member")["now"].shift(-horizon)
    sample = table[table["year"] >= 1975].dropna()
    fit = smf.ols("later ~ C(member) + now + gdp + others", sample).fit()
    origin = table[(table["year"] == 2005) & table["member"].isin(sample["member"])].dropna(subset=["now"])
    expected = np.exp(fit.predict(origin).to_numpy())
    found = baselines.panel(past, horizon)[places(tuple(origin["member"]))]
    assert found == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("name", baselines.BASELINES)
def test_no_baseline_looks_past_the_origin(bank: Observed, name: str) -> None:
    changed = replace(bank, share=bank.share.copy(), gdp=bank.gdp.copy())
    changed.share[41:], changed.gdp[41:] = 0.07, 1.0
    members = bank.judged(2000)
    for horizon in (1, 10):
        one, other = (baselines.Dressed(name, seen) for seen in (bank, changed))
        assert (one.point(2000, horizon, members) == other.point(2000, horizon, members)).all()
        assert (one.ensemble(2000, horizon, members) == other.ensemble(2000, horizon, members)).all()


def test_the_ensemble_has_the_errors_of_the_past(bank: Observed) -> None:
    # half of the years up 10 %, half down: no change is wrong by as much either way
    wave = np.where(np.arange(66) % 2, 0.1, 0.0)[:, None] * np.ones(N)
    dressed = baselines.Dressed("no change", replace(made(bank, -4.0 + wave), end=2025))
    members = bank.judged(2000)
    ensemble = dressed.ensemble(2000, 1, members)
    assert ensemble.shape == (99, len(members) + 1)
    low, high = np.quantile(np.log(ensemble / dressed.point(2000, 1, members)), [0.05, 0.95], axis=0)
    assert low == pytest.approx(-0.1)
    assert high == pytest.approx(0.1)
    assert dressed.ensemble(2000, 2, members).std(axis=0) == pytest.approx(0.0, abs=1e-12)


def test_too_little_history_is_no_forecast(bank: Observed) -> None:
    past = bank.until(1999)
    assert np.isnan(baselines.autoregression(past, 1)[MEMBERS.index("MNE")])
    assert np.isnan(baselines.drift(past, 1)[MEMBERS.index("MNE")])
    for year, horizon in ((1961, 1), (1961, 5), (1965, 10)):
        assert np.isnan(baselines.panel(bank.until(year), horizon)).all()
