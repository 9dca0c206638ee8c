"""Growth beyond what is known fades to one long run (docs/model.md, "How a scenario becomes numbers")."""

from __future__ import annotations

import numpy as np
import pytest

from sim import data
from sim.scenario import Scenario, historical, load_scenario, with_values
from sim.setup import ACTORS, prepare

LONG_RUN, YEAR = 0.017, 2060


def growth(scenario: Scenario) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Expected growth, a row a year from the start, a column an actor."""
    found: np.ndarray[tuple[int, int], np.dtype[np.float64]] = prepare(scenario).years["growth"]
    return found


@pytest.fixture(scope="module")
def far() -> Scenario:
    return with_values(load_scenario("status-quo"), {"end": 2100})


def test_the_rate_and_its_year_are_the_tables() -> None:
    table = data.instruments().set_index("name")["value"]
    assert (table["long_run_growth"], table["long_run_growth_year"]) == (LONG_RUN, YEAR)


def test_projections_hold_while_there_are_some_and_fade_in_a_straight_line(far: Scenario) -> None:
    rates, table = growth(far), data.projections().pivot(index="year", columns="member", values="growth")
    assert np.array_equal(rates[1:7], table[list(ACTORS)].to_numpy())
    last = rates[6]
    for year in (2032, 2045, 2059):
        part = (year - 2031) / (YEAR - 2031)
        assert rates[year - 2025] == pytest.approx(last + part * (LONG_RUN - last), abs=1e-15)
    assert rates[YEAR - 2025 :] == pytest.approx(LONG_RUN, abs=1e-15)
    assert np.all(np.abs(np.diff(rates[6:36], axis=0)) < 0.001)  # no country jumps


def test_no_economy_runs_away(far: Scenario) -> None:
    """Held for ever, the rates of 2031 made Türkiye 3.6 times Germany in 2100."""
    now = prepare(far).setup["gdp"][0]
    then = now * np.prod(1.0 + growth(far)[1:], axis=0)
    turkiye, germany = ACTORS.index("TUR"), ACTORS.index("DEU")
    assert now[turkiye] / now[germany] == pytest.approx(0.370, abs=0.001)
    assert then[turkiye] / then[germany] == pytest.approx(0.699, abs=0.001)


def test_a_trend_holds_as_long_as_it_was_measured_over() -> None:
    russia = growth(historical(1998, 2060, hindsight=False))[:, -1]
    assert russia[1:11] == pytest.approx(-0.0521, abs=1e-4)
    assert russia[25] == pytest.approx(-0.0521 + 15 / 29 * (LONG_RUN + 0.0521), abs=1e-4)
    assert russia[39:] == pytest.approx(LONG_RUN, abs=1e-15)


def test_figures_stay_and_growth_after_them_is_on_its_way() -> None:
    actual, trend = (growth(historical(1998, 2060, hindsight=known)) for known in (True, False))
    later = slice(2026 - 1998, None)
    assert np.array_equal(actual[later], trend[later])
    figures = data.complete_history(1998, 2025)[0].pivot(index="year", columns="member", values="gdp")[list(ACTORS)]
    assert actual[1 : 2026 - 1998] == pytest.approx(figures.pct_change().iloc[1:].to_numpy(), abs=1e-12)
