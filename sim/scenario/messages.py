"""pydantic's errors -> one line for the person who wrote the file: key = value: problem; allowed: ..."""

from __future__ import annotations

import datetime
import json
import math
import shlex
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sim.scenario.allowed import allowed, few, keys, meant, node
from sim.scenario.errors import CONTRADICTION, UNKNOWN

__all__ = ["ABSENT", "Problem", "command", "problem", "written"]

ABSENT = object()
Place = tuple[str | int, ...]
BOUNDS = {"greater_than_equal", "less_than_equal", "greater_than", "less_than"}
TYPES = {
    "float_type",
    "int_type",
    "int_from_float",
    "bool_type",
    "string_type",
    "tuple_type",
    "dict_type",
    "model_type",
    "model_attributes_type",
}
TOO = {
    "string_too_short": "empty",
    "too_short": "too short",
    "string_too_long": "too long",
    "too_long": "too long",
    "finite_number": "not a finite number",
    "string_pattern_mismatch": "not a valid name",
}


class Problem(NamedTuple):
    """What is wrong with one key; `found` is ABSENT where the key is missing."""

    place: Place
    found: object
    problem: str
    allowed: str
    kind: str

    @property
    def key(self) -> str:
        return _dotted(self.place)

    def text(self) -> str:
        key = self.key if len(self.key) <= 120 else f"{self.key[:117]}..."
        shown = [key] * bool(self.place) + [written(self.found)] * (self.found is not ABSENT)
        where = " = ".join(shown)
        tail = f"{self.problem}; allowed: {self.allowed}" if self.allowed else self.problem
        return f"{where}: {tail}" if where else tail


def command(*words: object) -> str:
    """A command of ours for a shell, each word quoted where it has to be."""
    return shlex.join(["burdenshare", *map(str, words)])


def written(value: object) -> str:
    """A value as TOML writes it, shortened."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**20:
        return "a number of more than 20 digits"
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Mapping):
        return "{...}" if value else "{}"
    if isinstance(value, list | tuple):
        text = "[" + ", ".join(written(one) for one in value[:9]) + "]"
    else:
        text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


def kind_of(value: object) -> str:
    """What a value is, in a user's words."""
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, int):
        return "a whole number"
    names: list[tuple[type | tuple[type, ...], str]] = [
        (str, "text"),
        (float, "a number with a point"),
        ((datetime.date, datetime.time), "a date or time"),
        (Mapping, "a table"),
        ((list, tuple), "a list"),
    ]
    return next((words for types, words in names if isinstance(value, types)), "something else")


def problem(
    error: ValidationError, model: type[BaseModel], data: Mapping[str, Any], line: Callable[[str], int] = len
) -> Problem:
    """The first problem that pydantic found, by the line of its key; a misspelt key before a missing one."""
    listed = error.errors(include_url=False, include_input=False)
    first = min(listed, key=lambda one: (one["type"] == "missing", line(_dotted(_place(one)))))
    return _problem(first, model, data)


def _place(details: ErrorDetails) -> Place:
    """Where pydantic, or a model's own check, found it."""
    return details["loc"] + tuple(details.get("ctx", {}).get("place", ()))


def _dotted(place: Place) -> str:
    return ".".join(str(part) for part in place)


def _reach(place: Place, data: Any) -> tuple[Place, object]:
    """As much of a place as the data has, and what stands there."""
    for depth, part in enumerate(place):
        inside = isinstance(data, Mapping) and part in data
        if not inside and not (isinstance(data, list | tuple) and isinstance(part, int) and part < len(data)):
            return place[:depth], data
        data = data[part]
    return place, data


def _problem(details: ErrorDetails, model: type[BaseModel], data: Mapping[str, Any]) -> Problem:
    kind = details["type"]
    context = details.get("ctx", {})
    loc = _place(details)
    place, found = _reach(loc, data)
    if kind == "missing":
        return Problem(loc, ABSENT, "missing", allowed(model, loc), kind)
    loc = loc[:-1] if kind == CONTRADICTION and loc[-1:] == ("[key]",) else loc
    if kind in (CONTRADICTION, UNKNOWN):  # perhaps of a key that was left to its default
        value = found if place == loc and not isinstance(found, Mapping) else ABSENT
        return Problem(loc, value, context["problem"], context["allowed"], kind)
    if kind == "extra_forbidden":
        known = keys(model, place[:-1])
        return Problem(place, found, f"no such key{meant(place[-1], known)}", few(known), kind)
    if loc[-1:] == ("[key]",):
        return Problem(place, ABSENT, "not a valid name", "small letters, digits, - and .", kind)
    return Problem(place, found, _wrong(kind, place, found, model), allowed(model, place), kind)


def _wrong(kind: str, place: Place, found: object, model: type[BaseModel]) -> str:
    if kind in BOUNDS:
        return "out of range"
    if isinstance(found, float) and not math.isfinite(found):
        return TOO["finite_number"]
    if kind == "float_type" and isinstance(found, int) and not isinstance(found, bool):
        return "too large"
    if kind in TYPES:
        return kind_of(found) + " does not belong here"
    if kind == "literal_error":
        return f"unknown{meant(found, (str(one) for one in node(model, place).get('enum', [])))}"
    return TOO.get(kind, kind.replace("_", " "))
