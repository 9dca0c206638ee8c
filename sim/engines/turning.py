"""The decorator ``@turn``: one actor's turn as a function that Python calls many thousand times a second."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from sim.compiled import COMPILED, alone, compiling

__all__ = ["turn"]

F = TypeVar("F", bound=Callable[..., Any])
KINDS = {"Board": "int64", "float": "float64", "int": "int64", "bool": "boolean"}
_dispatchers: list[Any] = []  # they own the compiled code


def turn(function: F) -> F:
    """Compiled at once, for the types that the annotations name.

    Without numba's choice among overloads and without letting go of the interpreter's lock, which take longer than a
    rule: a year of 32 members has two hundred calls.
    """
    if not COMPILED:
        return function
    compiled: Any = alone(function)
    compiled.targetoptions["nogil"] = False
    kinds = [KINDS[kind] for name, kind in compiled.py_func.__annotations__.items() if name != "return"]
    with compiling():
        compiled.compile(f"({', '.join(kinds)},)")
    _dispatchers.append(compiled)
    (overload,) = compiled.overloads.values()
    return cast(F, getattr(overload, "entry_point", compiled))
