"""Rules and measures that are registered by being there, and one function made of all of them.

Compiled code cannot hold functions in a table, so `unrolled` writes their calls out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sim.compiled import kernel

__all__ = ["RegistrationError", "check", "refusal", "register", "unrolled"]

Function = Callable[..., Any]


class RegistrationError(Exception):
    """A rule or a measure that cannot be registered; one line with file, function and what is allowed."""


def register(table: dict[str, Function], function: Function, *arguments: str) -> Function:
    """Put a function into ``table`` under its own name, compiled as a kernel.

    Args:
        arguments: the names that it takes, in their order.

    Raises:
        RegistrationError: the name is taken, or it takes other arguments.
    """
    check(function, *arguments)
    if function.__name__ in table:
        raise refusal(function, f"the name is taken; allowed: any but {', '.join(table)}")
    table[function.__name__] = kernel(function)
    return function


def check(function: Function, *arguments: str) -> Function:
    """The function, if it takes these arguments and no others; else RegistrationError."""
    code = function.__code__
    found = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    if found != arguments or code.co_flags & 0b1100:  # *args and **kwargs
        raise refusal(function, f"takes {', '.join(found) or 'nothing'}; allowed: {', '.join(arguments)}")
    return function


def refusal(function: Function, why: str) -> RegistrationError:
    """The error for a function, with the file and the line where it stands."""
    code = function.__code__
    return RegistrationError(f"{Path(code.co_filename)}, line {code.co_firstlineno}: {function.__name__}: {why}")


def unrolled(head: str, calls: Iterable[tuple[str, Function]]) -> Function:
    """A kernel that takes ``head``, such as ``"g, t, out"``, with one line for each of ``calls``.

    A call is a line of Python, such as ``"out[3] = {}(g, t)"``, and the rule or kernel that stands for ``{}``.
    """
    names: dict[str, Any] = {}
    lines = [f"def in_turn({head}):"]
    for k, (line, function) in enumerate(calls):
        names[f"call_{k}"] = function
        lines.append(line.format(f"call_{k}"))
    exec("\n    ".join(lines), names)
    in_turn: Function = names["in_turn"]
    return kernel(in_turn)
