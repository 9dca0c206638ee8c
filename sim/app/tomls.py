"""A world as a scenario file, which the command and the library read like any other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sim.app.state import World
from sim.app.texts import moved
from sim.app.worlds import scenario_of

__all__ = ["scenario_file"]

PLAIN = re.compile(r"[A-Za-z0-9_-]+")


def scenario_file(world: World, horizon: int, name: str) -> str:
    """A world in full under a name, as TOML; what is as usual is left out."""
    scenario = scenario_of(world, horizon)
    usual = {"statements", "elections", "pledge", "hostility", "war", "reactions"}
    tables = scenario.model_dump(mode="python")
    tables = {key: value for key, value in tables.items() if value is not None and not (key in usual and not value)}
    tables["name"] = name
    if world.changed:
        tables["title"] = f"{scenario.title}, changed"
    tables["parameters"] = scenario.parameters.model_dump(exclude_defaults=True)
    head = f"# Made by the page of burdenshare from {world.preset}"
    return "\n".join([f"{head}; moved: {moved(world) or 'nothing'}.", "", *_lines(tables), ""])


def _lines(tables: Mapping[str, Any]) -> Iterator[str]:
    """Plain keys first, then tables."""
    for key, value in tables.items():
        if not isinstance(value, Mapping):
            yield f"{_key(key)} = {_value(value)}"
    for key, value in tables.items():
        if isinstance(value, Mapping) and value:
            yield from _table((key,), value)


def _table(path: tuple[str, ...], table: Mapping[str, Any]) -> Iterator[str]:
    plain = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    if plain:
        yield f"\n[{'.'.join(_key(part) for part in path)}]"
        yield from (f"{_key(key)} = {_value(value)}" for key, value in plain.items())
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _table((*path, key), value)


def _key(key: str) -> str:
    return key if PLAIN.fullmatch(key) else json.dumps(key)


def _value(value: Any) -> str:
    """A value as TOML writes it; JSON's strings are TOML's."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items() if one is not None)
        return f"{{ {inside} }}"
    return f"[{', '.join(_value(one) for one in value)}]"
