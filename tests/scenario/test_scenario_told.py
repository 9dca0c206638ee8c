"""Words for statements and for the escape clause's years."""

from __future__ import annotations

import pytest

from sim.rules.statements import AUTHORITY
from sim.scenario import Parameters, Statement
from sim.scenario.told import OFFICES, clause_years, office, tones


def test_offices_are_those_that_the_rules_know() -> None:
    assert tuple(OFFICES) == AUTHORITY


@pytest.mark.parametrize(
    ("authority", "expected"),
    [(1.0, "president"), (0.8, "cabinet"), (0.7, "cabinet"), (0.5, "adviser"), (0.1, "legislator")],
)
def test_a_statement_has_the_weight_of_the_nearest_office(authority: float, expected: str) -> None:
    assert office(authority) == expected


def test_tones_have_signs_and_nothing_said_is_0() -> None:
    one = Statement(year=2025, authority=1.0, tone=-0.25, source="x")
    assert tones(one) == "commitment -0.25, exclusion 0"


def test_the_clause_is_open_for_its_years_or_never() -> None:
    assert list(clause_years(Parameters(clause_years=3), 2026)) == [2026, 2027, 2028]
    assert not clause_years(Parameters(), 0)
