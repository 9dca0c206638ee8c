"""The tables of this folder, read and checked against `columns`."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.data.columns import FIRST_YEAR, LAST_YEAR, TABLES, Column, DataError, Table

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ACTORS", "ADVERSARY", "FIRST_YEAR", "FOLDER", "LAST_YEAR", "MEMBERS", "TABLES", "DataError", "columns", "read",
]  # fmt: skip

FOLDER = Path(__file__).parent
ADVERSARY = "RUS"


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The lines of a csv file with their numbers; the header is line 1."""
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            reader = csv.reader(handle, strict=True)
            for fields in reader:
                yield reader.line_num, fields
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path.name}: cannot be read: {error}") from error


def _codes() -> tuple[str, ...]:
    """The members' ISO 3166 codes in the order of members.csv."""
    rows = list(_lines(FOLDER / "members.csv"))[1:]
    return tuple(fields[0] for _, fields in rows if fields)


MEMBERS: tuple[str, ...] = _codes()
ACTORS: tuple[str, ...] = tuple(sorted((*MEMBERS, ADVERSARY)))
# the members that the World Bank has GDP of in 1960
WEST = (
    "BEL", "CAN", "DEU", "DNK", "ESP", "FIN", "FRA", "GBR", "GRC", "HUN", "ISL", "ITA", "LUX", "NLD", "NOR", "PRT",
    "SWE", "TUR", "USA",
)  # fmt: skip


def _expected(name: str) -> list[tuple[object, ...]] | None:
    """The keys a table must hold, in order; None where any unique keys will do."""
    if name == "members":
        return [(code,) for code in MEMBERS]
    if name == "adversary":
        return [(ADVERSARY,)]
    if name in ("instruments", "events", "plans", "olson_zeckhauser"):
        return None
    if name == "early":
        return [(code, year) for code in WEST for year in range(1950, FIRST_YEAR)]
    period = TABLES[name].columns["year"]
    years = range(int(period.low), int(period.high))
    if name in ("europe_canada", "soviet_union"):
        return [(year,) for year in years]
    codes = MEMBERS if name == "support" else ACTORS
    return [(code, year) for code in codes for year in years]


def _allowed(column: Column) -> str:
    """What a column allows, in words."""
    if column.kind == "flag":
        return "0 or 1"
    if column.kind == "text":
        return ", ".join(column.allowed) or "a text that is not blank"
    if column.kind == "date":
        return "a date such as 2014-09-05, 2014-09 or 2014"
    whole = "a whole number" if column.kind == "year" else "a finite number"
    bounded = math.isfinite(column.low) and math.isfinite(column.high)
    bounds = f", at least {column.low:g} and below {column.high:g}" if bounded else ""
    return whole + bounds + (", or blank" if column.blank else "")


def _value(text: str, column: Column) -> str | int | float | None:
    """One field as the column's type, nan for a blank that is allowed; None if it is not allowed."""
    if text == "" and column.blank:
        return math.nan
    if column.kind == "date":
        return text if _is_date(text) else None
    if column.kind == "text":
        return text if text.strip() and (not column.allowed or text in column.allowed) else None
    if column.kind == "flag":
        return int(text) if text in ("0", "1") else None
    if "_" in text or text != text.strip():  # Python reads these as numbers, others do not
        return None
    try:
        number = int(text) if column.kind == "year" else float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and column.low <= number < column.high else None


def _is_date(text: str) -> bool:
    """A year, a month or a day in ISO 8601."""
    if not re.fullmatch(r"\d{4}(-\d\d){0,2}", text, re.ASCII):
        return False
    try:
        date.fromisoformat(text + "-01" * (2 - text.count("-")))
    except ValueError:
        return False
    return True


def _parse(path: Path, table: Table) -> dict[str, list[Any]]:
    """The checked columns of a file; DataError names the file, line, column, found and allowed."""
    lines = _lines(path)
    _, header = next(lines, (1, []))
    if header != list(table.columns):
        wanted = ",".join(table.columns)
        raise DataError(f"{path.name}, line 1: columns are {','.join(header)!r}; allowed: {wanted!r}")
    data: dict[str, list[Any]] = {name: [] for name in table.columns}
    seen: dict[tuple[object, ...], int] = {}
    for line, fields in lines:
        if len(fields) != len(header):
            raise DataError(f"{path.name}, line {line}: found {len(fields)} fields; allowed: {len(header)}")
        for (name, column), text in zip(table.columns.items(), fields, strict=True):
            value = _value(text, column)
            if value is None:
                raise DataError(f"{path.name}, line {line}, column {name}: found {text!r}; allowed: {_allowed(column)}")
            data[name].append(value)
        key = tuple(data[name][-1] for name in table.key)
        if key in seen:
            raise DataError(
                f"{path.name}, line {line}, column {'+'.join(table.key)}: found {key} again, "
                f"first on line {seen[key]}; allowed: each once"
            )
        seen[key] = line
    return data


def _check_keys(path: Path, table: Table, data: dict[str, list[Any]]) -> None:
    """Raise DataError unless a table holds exactly the rows it should, in order."""
    expected = _expected(path.stem)
    if expected is None:
        return
    found = list(zip(*(data[name] for name in table.key), strict=True))
    columns = "+".join(table.key)
    known = set(expected)
    for line, key in enumerate(found, start=2):
        if key not in known:
            raise DataError(
                f"{path.name}, line {line}, column {columns}: found {key}; "
                f"allowed: {len(expected)} keys from {expected[0]} to {expected[-1]}"
            )
    there = set(found)
    missing = [key for key in expected if key not in there]
    if missing:
        raise DataError(
            f"{path.name}, line {len(found) + 1}, column {columns}: found {len(found)} rows, "
            f"{missing[0]} and {len(missing) - 1} others missing; allowed: {len(expected)} rows"
        )
    for line, (key, wanted) in enumerate(zip(found, expected, strict=True), start=2):
        if key != wanted:
            raise DataError(
                f"{path.name}, line {line}, column {columns}: found {key}; allowed: {wanted} (rows are sorted)"
            )


@cache
def columns(name: str, folder: Path = FOLDER) -> dict[str, list[Any]]:
    """The table `name` of `folder` as lists, checked as `read` says; kept, so that callers must not change them."""
    if name not in TABLES:
        raise DataError(f"no table {name!r}; available: {', '.join(TABLES)}")
    path, table = folder / f"{name}.csv", TABLES[name]
    data = _parse(path, table)
    _check_keys(path, table, data)
    return data


@cache
def _frame(name: str, folder: Path) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns(name, folder))


def read(name: str, folder: Path = FOLDER) -> pd.DataFrame:
    """The table `name` of `folder`, checked.

    Checks: exact columns, every field's type and range, finite numbers, unique keys, and every
    member, actor and year present in order. DataError names the file, line and column, and says
    what was found and what is allowed.
    """
    return _frame(name, folder).copy()
