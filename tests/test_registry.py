"""What is registered by being there: one line for what cannot be, and a place for each that nobody writes by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.measures import COUNTS, LEVELS, MEMBER, register
from sim.registry import RegistrationError, unrolled
from sim.registry import register as registered


def test_every_measure_stands_in_its_own_place() -> None:
    """The names are those of the functions, so a column cannot be another's."""
    for names, table in ((LEVELS, register.LEVELS), (COUNTS, register.COUNTS), (MEMBER, register.MEMBERS)):
        assert names == tuple(table)
        assert [function.__name__ for function in table.values()] == list(names)
        assert all((function.__doc__ or "").strip() for function in table.values())
    assert not set(LEVELS) & set(COUNTS), "both are columns of one table"


def test_what_is_unrolled_calls_each_once_and_in_order() -> None:
    out: list[Any] = [None] * 3
    unrolled("x, out", [("out[0] = {}(x)", str), ("out[1] = {}(x)", float), ("out[2] = {}(x)", abs)])(-2, out)
    assert out == ["-2", -2.0, 2]


def test_a_name_is_taken_once() -> None:
    def twice(g: Any, t: int) -> float:
        return 0.0

    table: dict[str, Any] = {}
    registered(table, twice, "g", "t")
    with pytest.raises(RegistrationError, match=r"twice: the name is taken; allowed: any but twice"):
        registered(table, twice, "g", "t")


def wrong_name(g: Any, year: int) -> float:
    return 0.0


def too_few(g: Any) -> float:
    return 0.0


def any_number(g: Any, t: int, *rest: int) -> float:
    return 0.0


def by_keyword(g: Any, t: int, *, i: int) -> float:
    return 0.0


@pytest.mark.parametrize("function", [wrong_name, too_few, any_number, by_keyword], ids=lambda f: f.__name__)
def test_other_arguments_are_refused_in_one_line(function: Any) -> None:
    table: dict[str, Any] = {}
    with pytest.raises(RegistrationError) as wrong:
        registered(table, function, "g", "t")
    line = str(wrong.value)
    where = f"{Path(__file__)}, line {function.__code__.co_firstlineno}: {function.__name__}: takes "
    assert line.startswith(where)
    assert line.endswith("allowed: g, t")
    assert "\n" not in line
    assert table == {}
