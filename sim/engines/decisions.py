"""Decisions of agents that a subclass may replace, and what each may return.

The shipped decisions are called as they are. One that a subclass replaces is checked every time, so that a number that
no government could decide ends the run with a line that says whose it was, instead of being played.
"""

from __future__ import annotations

import inspect
import math
import numbers
import warnings
from collections.abc import Callable, Iterator
from functools import wraps
from types import FunctionType, MethodType
from typing import Any, ClassVar, NamedTuple, TypeVar, cast

import numpy as np

from sim.scenario.allowed import meant
from sim.scenario.messages import written

__all__ = ["CHANCE", "GRANTED", "POLICY", "POSTURE", "SHARE", "YES_OR_NO", "Deciding", "decision"]

F = TypeVar("F", bound=Callable[..., Any])
NEAR = 0.75  # how much of a name has to agree: wnat for want


class Allowed(NamedTuple):
    """What a decision may return: the words for it, and the value as the model takes it, None for any other."""

    words: str
    taken: Callable[[Any, Any], Any]  # of the agent and the value


def _number(words: str, low: float, high: float) -> Allowed:
    def taken(agent: Any, value: Any) -> float | None:
        is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        return float(value) if is_number and low <= value <= high and math.isfinite(value) else None

    return Allowed(words, taken)


SHARE = _number("a share of GDP from 0 to 0.5", 0.0, 0.5)
CHANCE = _number("a probability from 0 to 1", 0.0, 1.0)
POSTURE = _number("US forces over those of the start, from 0 to 3", 0.0, 3.0)
GRANTED = _number("constant 2015 US$ bn, a finite number of at least 0", 0.0, math.inf)
YES_OR_NO = Allowed("True or False", lambda _, value: bool(value) if isinstance(value, bool | np.bool_) else None)
POLICY = Allowed(
    "the name of a policy of the scenario",
    lambda agent, value: value if value in [policy.name for policy in agent.now.begun.policies] else None,
)


class Decision:
    """A method that a subclass may replace; it may not be set on one agent, where nobody would look for it."""

    def __init__(self, decide: FunctionType, allowed: Allowed) -> None:
        self.decide, self.allowed = decide, allowed

    def __get__(self, agent: Any, kind: type | None = None) -> Any:
        return self.decide if agent is None else MethodType(self.decide, agent)

    def __set__(self, agent: Any, value: Any) -> None:
        name = f"{type(agent).__name__}.{self.decide.__name__}"
        raise AttributeError(f"{name} cannot be set on one agent; allowed: a subclass that replaces it")


def decision(allowed: Allowed) -> Callable[[F], F]:
    """A decorator for decisions: what a replacement may return."""

    def named(decide: F) -> F:
        return cast(F, Decision(cast(FunctionType, decide), allowed))

    return named


class Deciding:
    """An actor with decisions; a class that replaces some of them gets them checked.

    Raises, where such a class is made:
        TypeError: a decision that is no method, or a method replaced that is not called for such a class.
    """

    SHORTCUTS: ClassVar[dict[str, str]] = {}  # methods that are called where nothing is replaced -> what to replace

    def __init_subclass__(cls, **words: Any) -> None:
        super().__init_subclass__(**words)
        if Deciding in cls.__bases__:  # an actor of the model itself
            return
        usual = dict(_decisions(cls))
        for name, one in usual.items():
            found = inspect.getattr_static(cls, name)
            if isinstance(found, Decision):
                continue
            if not isinstance(found, FunctionType):
                raise TypeError(f"{cls.__name__}.{name} = {_shown(found)}; allowed: a method that returns {one.words}")
            setattr(cls, name, Decision(_checked(found, name, one), one))
        for name, value in vars(cls).items():
            if name in cls.SHORTCUTS:
                raise TypeError(f"{cls.__name__}.{name} would not be called; allowed: to replace {cls.SHORTCUTS[name]}")
            if isinstance(value, FunctionType):
                _doubt(cls, name, list(usual))


def _decisions(cls: type) -> Iterator[tuple[str, Allowed]]:
    """The decisions that a class has, and what each may return."""
    for base in cls.__mro__:
        for name, value in vars(base).items():
            if isinstance(value, Decision):
                yield name, value.allowed


def _doubt(cls: type, name: str, usual: list[str]) -> None:
    """Warn of a new method whose name is nearly a decision's."""
    is_new = not name.startswith("_") and not any(hasattr(base, name) for base in cls.__bases__)
    if is_new and (hint := meant(name, usual, NEAR)):
        words = f"{cls.__name__}.{name} replaces no decision and is not called by the model{hint}"
        warnings.warn(words, UserWarning, stacklevel=4)


def _checked(decide: FunctionType, name: str, allowed: Allowed) -> FunctionType:
    """The decision, with what it returns looked at."""

    @wraps(decide)
    def decided(self: Any, *given: Any) -> Any:
        value = decide(self, *given)
        taken = allowed.taken(self, value)
        if taken is None:
            who = f"{type(self).__name__}.{name}" + (f" of {self.code}" if hasattr(self, "code") else "")
            raise ValueError(f"{who} in {self.now.year} returned {_shown(value)}; allowed: {allowed.words}")
        return taken

    return cast(FunctionType, decided)


def _shown(value: Any) -> str:
    """A value in a message: a number or a text as it is written, else its type."""
    if value is None or isinstance(value, bool | int | str):
        return "nothing" if value is None else written(value)
    if isinstance(value, numbers.Real):
        return repr(float(value))
    return f"an object of type {type(value).__name__}"
