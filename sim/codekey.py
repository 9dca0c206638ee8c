"""The key of compiled code: what of the sources, as this process has imported them, a compiled function depends on.

Code objects and not files are read. So a comment, a docstring or another module changes nothing, a number that comes
from a table of figures does, and what a file says since it was imported does not count.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

__all__ = ["code_key", "code_parts", "digest"]

OUTSIDE = {"llvmlite", "math", "numba", "numpy"}  # known by their versions
HAS_DOCSTRING = 0x4000000  # a flag of code since Python 3.13; before, only a docstring is a string in the first place


def code_key(function: Callable[..., Any], ways: Mapping[Any, str]) -> str:
    """SHA-256 of a function, of the functions it calls and of the values they use, each known by its name.

    Args:
        function: plain Python, as is all that it calls. ways: how a function is compiled, where that is no usual way.

    Raises:
        TypeError: a global value of a kind that compiled code has no use for.
    """
    return digest(_Walk(ways).value(function))


def digest(parts: Iterator[str]) -> str:
    """SHA-256 of strings, one after the other."""
    found = hashlib.sha256()
    for part in parts:
        found.update(part.encode() + b"\0")
    return found.hexdigest()


def code_parts(code: CodeType) -> Iterator[str]:
    """What code does, without its docstring, its file and its lines."""
    yield from (code.co_code.hex(), code.co_exceptiontable.hex(), *code.co_names, "", *code.co_freevars, "")
    yield f"{code.co_argcount} {code.co_flags & ~HAS_DOCSTRING}"
    for constant in code.co_consts[_has_docstring(code) :]:
        if isinstance(constant, CodeType):
            yield from code_parts(constant)
        else:
            yield repr(sorted(constant, key=repr) if isinstance(constant, frozenset) else constant)


def _has_docstring(code: CodeType) -> bool:
    first = code.co_consts[0] if code.co_consts else None
    marked = sys.version_info < (3, 13) or bool(code.co_flags & HAS_DOCSTRING)
    return isinstance(first, str) and marked and not code.co_name.startswith("<")


class _Walk:
    """From a function to all that it uses, each thing once."""

    def __init__(self, ways: Mapping[Any, str]) -> None:
        self._ways = ways
        self._seen: set[FunctionType] = set()

    def value(self, value: Any) -> Iterator[str]:
        value = _plain(value)
        if isinstance(value, FunctionType):
            yield from self._function(value)
        elif isinstance(value, bool | int | float | str | np.generic | np.dtype) or value is None:
            yield f"{type(value).__name__} {value!r}"
        elif isinstance(value, tuple):
            yield f"tuple {len(value)}"
            for one in value:
                yield from self.value(one)
        elif isinstance(value, np.ndarray):
            yield f"array {value.dtype!r} {value.shape} {value.tobytes().hex()}"
        elif isinstance(value, type | BuiltinFunctionType):
            yield f"{value.__module__}.{value.__qualname__} {getattr(value, '_fields', '')}"
        elif _is_outside(type(value)):  # a type of numba's, say, which names each field, its type and its place
            yield str(value)
        else:
            raise TypeError(f"compiled code depends on a value of type {type(value).__name__}: {value!r:.60}")

    def _function(self, function: FunctionType) -> Iterator[str]:
        yield f"{function.__module__}.{function.__qualname__}"
        if _is_outside(function) or function in self._seen:
            return
        self._seen.add(function)
        yield self._ways.get(function, "")
        yield from code_parts(function.__code__)
        yield repr((function.__defaults__, function.__kwdefaults__))
        names = _names(function.__code__)
        for cell in function.__closure__ or ():
            yield from self._named(cell.cell_contents, names)
        for name in names:
            if name in function.__globals__:
                yield name
                yield from self._named(function.__globals__[name], names)

    def _named(self, value: Any, names: list[str], way: tuple[Any, ...] = ()) -> Iterator[str]:
        """A value from outside of the function; of a module what is used of it."""
        if not isinstance(value, ModuleType):
            yield from self.value(value)
        elif value.__name__.split(".")[0] not in OUTSIDE and value not in way:
            for name in names:
                if name in vars(value):
                    yield f".{name}"
                    yield from self._named(vars(value)[name], names, (*way, value))


def _names(code: CodeType) -> list[str]:
    """The names of globals and attributes that code uses, and the functions within it."""
    inner = [name for one in code.co_consts if isinstance(one, CodeType) for name in _names(one)]
    return list(dict.fromkeys([*code.co_names, *inner]))


def _plain(value: Any) -> Any:
    """A function as it was before it was decorated."""
    for name in ("py_func", "_defn", "__wrapped__"):
        value = getattr(value, name, value)
    return value


def _is_outside(value: Any) -> bool:
    return str(getattr(value, "__module__", "")).split(".")[0] in OUTSIDE
