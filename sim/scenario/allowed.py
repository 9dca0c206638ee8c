"""What a key may hold, in words, read off its model's JSON Schema; what a misspelt name may have meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel

__all__ = ["allowed", "few", "keys", "meant", "node"]

Place = Sequence[str | int]
LONG = 24  # names that a message can list
PATTERNS = {
    "[a-z0-9.-]": "a name of small letters, digits, - and .",
    "[a-z0-9_]": "a name of small letters, digits and _",
}


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def node(model: type[BaseModel], place: Place) -> dict[str, Any]:
    """The part of the model's schema at a place, {} if there is none."""
    root = _schema(model)
    here = _resolved(root, root)
    for part in place:
        here = next((found for option in _options(root, here) if (found := _step(root, option, part))), {})
    return here


def _resolved(root: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Follow references; what stands beside one, such as a description, is kept."""
    while "$ref" in part:
        rest = {key: value for key, value in part.items() if key != "$ref"}
        part = root["$defs"][part["$ref"].rpartition("/")[2]] | rest
    return part


def _options(root: dict[str, Any], part: dict[str, Any]) -> list[dict[str, Any]]:
    return [_resolved(root, one) for one in part.get("anyOf", [part]) if one.get("type") != "null"]


def _step(root: dict[str, Any], part: dict[str, Any], key: str | int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if isinstance(key, int):
        fixed = part.get("prefixItems", [])
        found = fixed[key] if key < len(fixed) else part.get("items", {})
    elif key in part.get("properties", {}):
        found = part["properties"][key]
    elif "patternProperties" in part:
        found = next(iter(part["patternProperties"].values()))
    elif isinstance(part.get("additionalProperties"), dict):
        found = part["additionalProperties"]
    return _resolved(root, found)


def keys(model: type[BaseModel], place: Place) -> list[str]:
    """The keys of a table, [] if it takes any."""
    options = _options(_schema(model), node(model, place))
    return [key for option in options for key in option.get("properties", {})]


def allowed(model: type[BaseModel], place: Place) -> str:
    """What may stand at a place, in words."""
    root = _schema(model)
    words = [_words(option) for option in _options(root, node(model, place))]
    return " or ".join(dict.fromkeys(words))


def _words(part: dict[str, Any]) -> str:
    if "enum" in part or "const" in part:
        return ", ".join(str(one) for one in part.get("enum", [part.get("const")]))
    kind = part.get("type")
    if kind in ("number", "integer"):
        return _number(part, "a whole number" if kind == "integer" else "a number")
    if kind == "string":
        pattern = next((words for key, words in PATTERNS.items() if key in part.get("pattern", "")), "")
        most = part.get("maxLength")
        return pattern or "text in quotes" + (f" of 1 to {most} characters" if most else "")
    if kind == "array":
        return _list(part)
    if kind == "object":
        return "a table" + (f" with {few(list(part['properties']))}" if "properties" in part else "")
    return {"boolean": "true or false"}.get(str(kind), "")


def _number(part: dict[str, Any], what: str) -> str:
    low, high = part.get("minimum"), part.get("maximum", part.get("exclusiveMaximum"))
    if low is not None and high is not None:
        return f"{what} from {_plain(low)} to {_plain(high)}"
    return what + (f" of at least {_plain(low)}" if low is not None else "")


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)


def _list(part: dict[str, Any]) -> str:
    low, high = part.get("minItems"), part.get("maxItems")
    if low == high and low is not None:
        return f"a list of {low}"
    if low is not None and high is not None:
        return f"a list of {low} to {high}"
    return "a list" + (f" of at least {low}" if low is not None else f" of at most {high}" if high else "")


def few(names: list[str]) -> str:
    """Names to choose from, if they are few."""
    return ", ".join(names) if len(names) <= LONG else f"{len(names)} keys, see burdenshare parameters"


def meant(name: object, known: Iterable[str], near: float = 0.6) -> str:
    """ ", did you mean x?" if one of the known names looks like it, by ``near`` from 0 to 1, else nothing."""
    if not isinstance(name, str) or len(name) > 200:
        return ""
    by_form = {re.sub(r"[\s_.-]", "", one).lower(): one for one in known}
    form = re.sub(r"[\s_.-]", "", name).lower()
    close = difflib.get_close_matches(form, by_form, n=1, cutoff=near)
    return f", did you mean {by_form[close[0]]}?" if close else ""
