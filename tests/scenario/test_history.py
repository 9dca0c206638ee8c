"""Runs of the past: what happened, or what was known when they began."""

from __future__ import annotations

import pytest

from sim import data
from sim.scenario import historical, load_scenario


def test_with_hindsight_all_that_happened_is_in_it() -> None:
    scenario = historical(2013, 2025)
    table = data.paths()
    for kind in ("hostility", "war", "pledge"):
        points = table.loc[table["path"] == kind, ["year", "value"]].itertuples(index=False, name=None)
        assert [(point.year, point.value) for point in getattr(scenario, kind)] == list(points)
    assert [said.year for said in scenario.statements] == [2014, 2016, 2017, 2024, 2024, 2025, 2025, 2025, 2025]
    assert scenario.economy == "actual"
    assert (scenario.parameters.clause_opens, scenario.parameters.loan_opens) == (2025, 2026)
    assert scenario.parameters.statement_rate == 0


@pytest.mark.parametrize(
    ("start", "hostility", "pledge"),
    [(1960, 0.12, 0), (1991, 0.0, 0), (2006, 0.0, 0), (2013, 0.0, 0), (2014, 0.01, 0.02), (2022, 0.06, 0.02)],
)
def test_without_it_nothing_is_known_that_came_later(start: int, hostility: float, pledge: float) -> None:
    scenario = historical(start, start + 10, hindsight=False)
    assert scenario.economy == "trend"
    assert scenario.hostility[-1].value == hostility
    assert scenario.pledge[-1].value == pledge
    assert scenario.statements == ()
    assert scenario.parameters.clause_opens == scenario.parameters.loan_opens == 0


def test_what_is_agreed_for_later_is_known_when_it_is_agreed() -> None:
    table = data.events()
    late = table[(table["kind"] == "pledge") & (table["known"] < "2025")]
    assert late["value"].max() == 0.02
    assert historical(2024, 2034, hindsight=False).pledge[-1].value == 0.02
    assert historical(2024, 2034).pledge[-1].value == 0.035


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        (1959, 1970, "start: found 1959; allowed: a whole number from 1960 to 2024"),
        (2025, 2030, "start: found 2025; allowed: a whole number from 1960 to 2024"),
        (2000, 2000, "end: found 2000; allowed: a whole number from 2001 to 2200"),
        ("2000", 2001, "start: found '2000'"),
        (True, 2001, "start: found True"),
    ],
)
def test_other_years_are_refused(start: int, end: int, message: str) -> None:
    with pytest.raises(data.DataError, match=message):
        historical(start, end)


@pytest.mark.parametrize("name", ["crimea-2014", "march-2025"])
def test_what_a_scenario_quotes_is_in_the_table(name: str) -> None:
    table = data.events().query("kind == 'statement'")
    known = set(zip(table["year"], table["value"], table["tone"], table["conditionality"], table["basis"], strict=True))
    said = load_scenario(name).statements
    assert said
    assert {(s.year, s.authority, s.tone, s.conditionality, s.source) for s in said} <= known
