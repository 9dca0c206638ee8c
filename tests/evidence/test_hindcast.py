"""Hindcasts: what came later leaves no trace, and what is asked for beyond the figures is refused in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.data import MEMBERS, loader
from sim.engines.batch import play_members, run_members
from sim.evidence import worlds
from sim.evidence.hindcast import METHODS
from sim.evidence.observed import EUROPE, observed
from sim.setup import prepare

FORECAST = ["forecast", "lower_90", "upper_90", "no_change"]
Change = Callable[[str, pd.DataFrame], pd.DataFrame]


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Change], None]]:
    """Replaces every table that the package reads by a changed one."""
    read = loader.read

    def forget() -> None:
        for module in (loader, sim.setup):
            for thing in vars(module).values():
                if hasattr(thing, "cache_clear") and thing is not read:
                    thing.cache_clear()

    def change(how: Change) -> None:
        monkeypatch.setattr(loader, "read", lambda name: how(name, read(name).copy()))
        forget()

    yield change
    monkeypatch.undo()
    forget()


def hindcast(origin: int, variant: str) -> pd.DataFrame:
    """From one origin by every method, as far ahead as figures or ten years go."""
    ahead = min(10, 2024 - origin)
    return sim.hindcast(origin, origin + ahead, variants=[variant], methods=METHODS, replicates=4, horizons=[ahead])


@pytest.mark.parametrize("origin", [1995, 2014, 2017])
def test_unconditional_forecasts_know_nothing_later(origin: int, tables: Callable[[Change], None]) -> None:
    def otherwise(name: str, table: pd.DataFrame) -> pd.DataFrame:
        if name == "history":
            later = table["year"] > origin
            for column in table.columns.drop(["member", "year"]):
                table[column] = table[column].astype(float).where(~later, table[column] * 1.3 + 0.001)
        if name == "paths":
            table.loc[table["year"] > origin, "value"] = 0.123
        if name == "members":
            for column in ("accession_year", "eu_accession_year", "eu_exit_year"):
                table.loc[table[column] > origin, column] = origin + 1
        return table

    before = hindcast(origin, "unconditional")
    tables(otherwise)
    after = hindcast(origin, "unconditional")
    assert set(before["method"]) == set(METHODS)
    assert not np.allclose(before["actual"], after["actual"])
    pd.testing.assert_frame_equal(before[FORECAST], after[FORECAST], check_exact=True)


@pytest.mark.parametrize("origin", [1995, 2014, 2017])
def test_conditional_forecasts_know_no_later_share(origin: int, tables: Callable[[Change], None]) -> None:
    def otherwise(name: str, table: pd.DataFrame) -> pd.DataFrame:
        if name == "history":
            for column in ("defence_share", "nato_defence_share"):
                table[column] = table[column].where(table["year"] <= origin, table[column] * 1.3 + 0.001)
        return table

    before = hindcast(origin, "conditional")
    tables(otherwise)
    after = hindcast(origin, "conditional")
    assert not np.allclose(before["actual"], after["actual"])
    pd.testing.assert_frame_equal(before[FORECAST], after[FORECAST], check_exact=True)


def test_parameters_come_from_before_the_cut_off(tables: Callable[[Change], None]) -> None:
    def otherwise(name: str, table: pd.DataFrame) -> pd.DataFrame:
        if name == "history":
            later = table["year"].between(2001, 2002)
            table["defence_share"] = table["defence_share"].where(~later, table["defence_share"] * 1.3)
        return table

    def tastes() -> Any:
        seen = observed("world-bank")
        start = worlds.world(seen, 2003, 2004, worlds.fitted(2000), "conditional", "joint-product").setup
        return start["window_share"].copy(), start["window_gdp"].copy()

    before = tastes()
    tables(otherwise)
    assert all((one == other).all() for one, other in zip(before, tastes(), strict=True))


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return sim.hindcast(2020, 2025, methods=METHODS, replicates=20)


def test_the_table(table: pd.DataFrame) -> None:
    named = ["origin", "horizon", "year", "member", "actual", "forecast", "lower_90", "upper_90", "no_change"]
    assert list(table)[:9] == named
    assert not table.isna().any(axis=None)
    assert (table["year"] == table["origin"] + table["horizon"]).all()
    assert (table["lower_90"] <= table["upper_90"]).all()
    assert table[["crps", "pit"]].to_numpy().min() >= 0
    assert table["pit"].max() <= 1
    assert not table.duplicated(["series", "variant", "method", "origin", "horizon", "member"]).any()
    last = table.groupby("series")["year"].max()
    assert last.to_dict() == {"nato": 2025, "world-bank": 2024}
    assert (table["fit_until"] == table["origin"]).all()
    naive = table[table["method"] == "no change"]
    assert (naive["forecast"] - naive["no_change"]).abs().max() < 1e-15
    by_member = table.groupby(["origin", "horizon"])["member"].nunique()
    assert by_member[2020, 3] == 1 + 29  # Europe; of 30 members then, Iceland has no share


def test_nato_s_series_is_forecast_from_its_first_year() -> None:
    early = sim.hindcast(2012, 2016, methods=["no change"], horizons=[1])
    assert early.groupby("series")["origin"].min().to_dict() == {"nato": 2014, "world-bank": 2012}


def test_a_baseline_with_too_short_a_past_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.evidence.plan.FIRST_START", 1960)
    early = sim.hindcast(1966, 1986, methods=["no change", "panel"], horizons=[10])
    assert early[early["method"] == "panel"]["origin"].min() > 1966
    assert early["origin"].min() == 1966
    assert not early.isna().any(axis=None)


def test_actual_shares_are_the_published_ones(table: pd.DataFrame) -> None:
    published = sim.data.history().set_index(["member", "year"])
    for series, column in (("nato", "nato_defence_share"), ("world-bank", "defence_share")):
        own = table[(table["series"] == series) & (table["member"] != EUROPE)]
        shares = published.loc[zip(own["member"], own["year"], strict=True), column]
        assert own["actual"].to_numpy() == pytest.approx(shares.to_numpy())
    europe = table[(table["series"] == "nato") & (table["member"] == EUROPE)].groupby("year")["actual"].mean()
    nato = sim.data.europe_canada().set_index("year")["europe_canada_share"]
    assert (europe - nato).abs().max() < 0.0005


def test_inertia_without_surprises_is_no_change() -> None:
    still = sim.hindcast(
        2005, 2010, methods=["inertia"], series=["world-bank"], variants=["unconditional"],
        parameters={"budget_noise": [0.0], "pledge_pull": [0.0]}, replicates=2,
    )  # fmt: skip
    members = still[still["member"] != EUROPE]
    assert members["forecast"].to_numpy() == pytest.approx(members["no_change"].to_numpy(), abs=1e-15)
    assert members["pit"].isin([0.0, 1.0]).all()


def test_draws_become_the_ensemble() -> None:
    def spread(**draws: Any) -> float:
        run = sim.hindcast(
            2016, 2021, series=["nato"], variants=["conditional"], replicates=4, horizons=[5],
            parameters=pd.DataFrame(draws),
        )  # fmt: skip
        return float((run["upper_90"] - run["lower_90"]).mean())

    alone = spread(budget_noise=[0.0], belief_noise=[0.0], statement_noise=[0.0], statement_rate=[0.0])
    several = spread(
        budget_noise=[0.0] * 3, belief_noise=[0.0] * 3, statement_noise=[0.0] * 3, statement_rate=[0.0] * 3,
        pledge_pull=[0.0, 0.05, 0.1],
    )  # fmt: skip
    assert alone == pytest.approx(0.0, abs=1e-12)
    assert several > 1e-4
    with pytest.raises(ValueError, match="pledge_pull must lie from"):
        spread(pledge_pull=[2.0])
    with pytest.raises(ValueError, match="different lengths"):
        worlds.fitted(2010, {"pledge_pull": [0.1], "budget_noise": [0.0, 0.1]})


def test_neither_workers_nor_other_forecasts_matter(table: pd.DataFrame) -> None:
    few = sim.hindcast(2020, 2025, 2020, methods=METHODS, series=["nato"], replicates=20, workers=1, horizons=[5])
    own = few.set_index(["variant", "method", "member"])
    all_of_them = table[(table["series"] == "nato") & (table["origin"] == 2020) & (table["horizon"] == 5)]
    other = all_of_them.set_index(["variant", "method", "member"]).loc[own.index]
    pd.testing.assert_frame_equal(own, other, check_exact=True)


def test_members_of_many_runs_are_those_of_each() -> None:
    scenario = sim.load_scenario("crimea-2014")
    many = play_members(prepare(scenario), 3, np.array([0, 300, 7]), ("gdp", "defence_share"))
    assert many.shape == (3, 9, 2, len(MEMBERS))
    for k, replicate in enumerate((0, 300, 7)):
        assert (many[k] == run_members(scenario, 3, replicate).members[:, :2]).all()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"start": 1950, "end": 1970}, "no figures for all of 1950 to 1970; available: nato 2014 to 2025; world-bank"),
        ({"start": 2020, "end": 2030}, "no figures for all of 2020 to 2030; available: nato 2014 to 2025"),
        ({"start": 2020, "end": 2020}, "end 2020 is not after start 2020"),
        ({"start": 2015, "end": 2020, "fit_until": 2021}, "fit_until 2021; allowed: 1965 to end = 2020"),
        ({"start": 2015, "end": 2020, "fit_until": 1900}, "fit_until 1900; allowed: 1965"),
        ({"start": 1995, "end": 2010, "series": ["nato"]}, "no figures for all of 1995 to 2010; available: nato 2014"),
        ({"start": 2015, "end": 2025, "series": ["world-bank"]}, "available: world-bank"),
        ({"start": 2020, "end": 2023, "series": ["nato"], "horizons": [5]}, "at horizons 5; available: nato 2014"),
        ({"start": 2020, "end": 2023, "horizons": [5]}, "nato, world-bank: no figures both to start from and to judge"),
        ({"start": 2008, "end": 2012, "members": ["MNE"]}, "MNE joined in 2017, after the origin 2008"),
        ({"start": 2018, "end": 2020, "members": ["ISL"]}, "ISL has no armed forces"),
        ({"start": 2018, "end": 2020, "members": ["AUT"]}, "unknown member 'AUT'; available: ALB, BEL"),
        ({"start": 2018, "end": 2020, "methods": ["magic"]}, "unknown method 'magic'; available: joint-product"),
        ({"start": 2018, "end": 2020, "horizons": [0]}, "horizons [0]; allowed: whole years from 1"),
        ({"start": 2018, "end": 2020, "replicates": 0}, "nothing to forecast"),
        ({"start": 2018, "end": 2020, "series": []}, "nothing to forecast"),
        ({"start": 2018.5, "end": 2020}, "2018.5 is not a year"),
    ],
)
def test_what_is_not_there_is_refused(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(sim.ScenarioError, match=r"^hindcast: ") as caught:
        sim.hindcast(**asked)
    assert said in str(caught.value)


def test_a_member_without_enough_history_is_refused(tables: Callable[[Change], None]) -> None:
    def shorter(name: str, table: pd.DataFrame) -> pd.DataFrame:
        if name == "history":
            table.loc[(table["member"] == "EST") & (table["year"] < 2002), "defence_share"] = np.nan
        return table

    tables(shorter)
    with pytest.raises(sim.ScenarioError, match="EST has 4 years of figures in 2005, 6 are needed"):
        sim.hindcast(2005, 2010, members=["EST"], series=["world-bank"])
