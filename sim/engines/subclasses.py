"""Agents that a user has subclassed, in words: which class, from which file, with which text.

Another process gets such a class by name and imports the module that defines it, so it has to be found there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any

from sim import source
from sim.data import DataError, member_code
from sim.scenario.errors import ScenarioError

__all__ = ["described", "spelt"]

ALONE = ("adversary", "administration", "congress", "european_union")  # of whom there is one


def described(agents: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Agent -> its class and the SHA-256 of the files that define it and what it uses (``sim.source``).

    ``agents`` is what ``AllianceModel`` takes, such as ``{"members": {"DEU": Stubborn}}``.

    Raises:
        ScenarioError: an agent that there is not, something else than a subclass, or a class that a worker process
            could not import, or whose files have changed since this process imported it.
    """
    found = {}
    for name, kind in _each(agents):
        _check(name, kind)
        found[name] = {"module": kind.__module__, "class": kind.__qualname__, "sha256": _text(name, kind)}
    return found


def spelt(described: Mapping[str, Mapping[str, str]]) -> str:
    """The agents of a manifest as they are given in Python: ``members={"DEU": stubborn.Stubborn}``."""
    members = {name.removeprefix("members."): one for name, one in described.items() if name.startswith("members.")}
    pairs = ", ".join(f'"{code}": {one["module"]}.{one["class"]}' for code, one in members.items())
    alone = [f"{name}={one['module']}.{one['class']}" for name, one in described.items() if name in ALONE]
    return ", ".join([*([f"members={{{pairs}}}"] if members else []), *alone])


def _each(agents: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, given in agents.items():
        if name == "members":
            for code, kind in given.items():
                try:
                    yield f"members.{member_code(code)}", kind
                except DataError as error:
                    raise ScenarioError(f"members: {error}") from None
        elif name in ALONE:
            yield name, given
        else:
            raise ScenarioError(f"{name}: no such agents; allowed: members, {', '.join(ALONE)}")


def _usual(name: str) -> type:
    """The class that an agent has to be a subclass of."""
    from sim.engines import agents  # here, because Mesa takes long to load

    if name in ALONE:
        alone = (agents.Adversary, agents.Administration, agents.Congress, agents.EuropeanUnion)
        return alone[ALONE.index(name)]
    return agents.UnitedStates if name == "members.USA" else agents.Member


def _check(name: str, kind: Any) -> None:
    usual = _usual(name)
    if not (isinstance(kind, type) and issubclass(kind, usual)):
        shown = kind.__name__ if isinstance(kind, type) else repr(kind)
        raise ScenarioError(f"{name} = {shown}: allowed: a subclass of sim.engines.agents.{usual.__name__}")
    try:
        same = reduce(getattr, kind.__qualname__.split("."), sys.modules.get(kind.__module__)) is kind
    except AttributeError:
        same = False
    if not same or kind.__module__ == "__main__":
        words = "a worker process cannot import it; allowed: a class at the top of a module of its own, such as own.py"
        raise ScenarioError(f"{name} = {kind.__module__}.{kind.__qualname__}: {words}")


def _text(name: str, kind: type) -> str:
    try:
        return source.agents_text(kind)
    except source.SourceChanged as error:
        raise ScenarioError(f"{name} = {kind.__qualname__}: {error}") from None
