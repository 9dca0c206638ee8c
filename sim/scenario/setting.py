"""A scenario with some of its fields set to other values, by dotted names."""

from __future__ import annotations

import difflib
import json
import numbers
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from sim.data import MEMBERS
from sim.data.names import country_code
from sim.scenario.allowed import few
from sim.scenario.errors import CONTRADICTION, ScenarioError
from sim.scenario.messages import Problem, problem
from sim.scenario.models import Scenario

__all__ = ["checked", "current", "restored", "trouble", "tupled", "with_values"]

OPEN = {"script", "reactions"}  # tables that may get new keys
Path = tuple[str | int, ...]


def with_values(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """The scenario with other values, checked as a whole: {"script.2026": "graduated"}.

    Lists are counted from 0: `policies.conditional.tiers.1.minimum` is the second tier. `script` and
    `reactions` may get new keys; everything else must be there. ScenarioError says what is wrong.
    """
    if not hasattr(scenario, "model_dump"):
        words = f"{type(scenario).__name__}: not a scenario; allowed: a Scenario, as load_scenario returns it"
        raise ScenarioError(words)
    result = _attempt(scenario, values)
    if isinstance(result, Problem):
        raise ScenarioError(result.text())
    return result


def current(scenario: Scenario, key: str) -> Any:
    """What stands at a dotted name now, None if there is no such name."""
    data: Any = _whole(scenario, scenario.model_dump(warnings=False))
    path, _ = _path(data, key)
    for part in path or ():
        data = data.get(part) if isinstance(data, Mapping) else data[part]
    return None if path is None else data


def trouble(scenario: Scenario, values: Mapping[str, Any]) -> Problem | None:
    """What is wrong with the scenario with these values, if anything is."""
    result = _attempt(scenario, values)
    return result if isinstance(result, Problem) else None


def checked(scenario: Scenario) -> Scenario:
    """The scenario, checked again as a whole: a copy with other fields (``model_copy``) was not.

    Raises:
        ScenarioError: a scenario that no file could hold.
    """
    result = _attempt(scenario, {})
    if isinstance(result, Problem):
        raise ScenarioError(f"scenario {scenario.name}: {result.text()}")
    return result


def restored(text: str) -> Scenario:
    """The scenario of a text that ``model_dump_json`` wrote; ScenarioError if it is none."""
    data = tupled(json.loads(text))
    result = _validated(data)
    if isinstance(result, Problem):
        raise ScenarioError(f"scenario {data.get('name')}: {result.text()}")
    return result


def _attempt(scenario: Scenario, values: Mapping[str, Any]) -> Scenario | Problem:
    data = scenario.model_dump(warnings=False)
    seen: dict[Path, str] = {}
    for key, value in values.items():
        path, known = _path(_whole(scenario, data), key)
        if path is None:
            return _unknown(scenario, key, value, known)
        if seen.setdefault(path, key) != key:
            return Problem((key,), value, f"the same field as {seen[path]}", "each field once", CONTRADICTION)
        if path == ("parameters",) and isinstance(value, str):  # a table of draws; what the scenario sets stays
            path = ("parameters", "table")
        data = _replaced(data, path, tupled(value))
    return _validated(data)


def _validated(data: dict[str, Any]) -> Scenario | Problem:
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        return problem(error, Scenario, data)


def _whole(scenario: Scenario, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data with the parameters that the scenario leaves to their defaults or draws."""
    return {**data, "parameters": dict(scenario.parameters) | data["parameters"]}


def tupled(value: Any) -> Any:
    """TOML's lists as the tuples that the models hold, NumPy's numbers as Python's."""
    if isinstance(value, Mapping):
        return {key: tupled(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return tuple(tupled(one) for one in value)
    if isinstance(value, bool | str):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    return float(value) if isinstance(value, numbers.Real) else value


def _path(data: Any, key: str) -> tuple[Path | None, list[str]]:
    """A dotted name as a path into the data, or what there is where it leaves the data."""
    path: Path = ()
    rest = key.split(".")
    while rest:
        name, rest = _next(data, rest)
        if name is not None:
            path, data = (*path, name), data[name]
        elif len(path) == 1 and path[0] in OPEN:
            key = ".".join(rest)
            code = country_code(key) if path[0] == "reactions" else None
            return (*path, code if code in MEMBERS else key), []
        else:
            there = data if isinstance(data, Mapping) else range(len(data)) if isinstance(data, tuple) else ()
            return None, [".".join(str(part) for part in (*path, one)) for one in there]
    return path, []


def _next(data: Any, rest: list[str]) -> tuple[str | int | None, list[str]]:
    """The next key, which may have points in it, and what is left; None if there is no such key."""
    if isinstance(data, Mapping):
        for end in range(len(rest), 0, -1):
            if (name := ".".join(rest[:end])) in data:
                return name, rest[end:]
    if isinstance(data, tuple) and (number := _number(rest[0])) < len(data):
        return number, rest[1:]
    return None, rest


def _number(name: str) -> int:
    """A place in a list, or one that no list has; 01 is none, so that every field has one name."""
    return int(name) if name.isascii() and name.isdigit() and len(name) < 6 and str(int(name)) == name else sys.maxsize


def _replaced(data: Any, path: Path, value: Any) -> Any:
    """A copy of the data with one value replaced."""
    if not path:
        return value
    part = path[0]
    if isinstance(data, tuple) and isinstance(part, int):
        return (*data[:part], _replaced(data[part], path[1:], value), *data[part + 1 :])
    return data | {part: _replaced(data.get(part), path[1:], value)}


def _unknown(scenario: Scenario, key: str, value: object, known: list[str]) -> Problem:
    """A key that the scenario does not have: perhaps one with the same ending, or one that looks like it."""
    leaves = list(_leaves(_whole(scenario, scenario.model_dump(warnings=False))))
    likely = {leaf.rpartition(".")[2]: leaf for leaf in reversed(leaves)} | {leaf: leaf for leaf in leaves}
    close = difflib.get_close_matches(key[:200], likely, n=1, cutoff=0.75)
    hint = f", did you mean {likely[close[0]]}?" if close else ""
    return Problem((key,), value, f"no such key in {scenario.name}{hint}", few(known), "unknown")


def _leaves(data: Any, before: str = "") -> Iterator[str]:
    items = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, tuple) else ()
    for key, value in items:
        yield f"{before}{key}"
        yield from _leaves(value, f"{before}{key}.")
