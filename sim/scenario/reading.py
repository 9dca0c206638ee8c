"""A file -> its tables and the line of every key, or one line that says why it cannot be read."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from sim.scenario.errors import ScenarioError
from sim.scenario.lines import Lines, deepest, scan

__all__ = ["LARGEST", "Document", "read", "shown"]

LARGEST = 1_000_000  # bytes
DEEPEST = 24
EXAMPLE = 'lines such as thinning = 0.9 or reaction = "follow"'
PLACE = re.compile(r"(?P<what>.*?) \(at (?:line (?P<line>\d+), column \d+|end of document)\)", re.DOTALL)
HINTS = (  # what people write, what TOML wants
    (r"=[\s\[]*[+-]?\d{1000}", "fewer digits"),
    (r"=[\s\[]*[+-]?\.\d", "a number starts with a digit: 0.5, not .5"),
    (r"=[\s\[]*[+-]?\d+\.(?!\d)", "a number does not end with a point: 1.0, not 1."),
    (r"=[\s\[]*[+-]?[\d.]+\s*%", "a share is a fraction: 0.035 for 3.5 %"),
    (r"=[\s\[]*[+-]?\d+,\d", "a decimal point, not a comma"),
    (r"=[\s\[]*(True|False|TRUE|FALSE|yes|no)\b", "true or false, in small letters"),
    (r"=[\s\[]*0\d", "no zeros before a number"),
    (r"=\s*(#|$)", "a value after the ="),
    (r"=[\s\[]*[A-Za-z]", 'text in quotes: "follow", not follow'),
    (r"^[^=\"']*$", "key = value"),
)


class Document(NamedTuple):
    """A file that was read: how to name it, its tables, its lines."""

    path: Path
    tables: dict[str, Any]
    lines: Lines

    @property
    def name(self) -> str:
        return shown(self.path)


def shown(path: Path) -> str:
    """A path as short as it can be: from the working directory if it lies there."""
    try:
        return str(path.relative_to(Path.cwd())) if path.is_absolute() else str(path)
    except (ValueError, OSError):
        return str(path)


def read(path: Path) -> Document:
    """A TOML file; ScenarioError if it cannot be read."""
    text = _text(path)
    depth, line = deepest(text)
    if depth > DEEPEST:
        where = f"{shown(path)}:{line}: {_line(text, line)}"
        raise ScenarioError(f"{where}: nested {depth} deep; allowed: at most {DEEPEST}")
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # tomllib also lets the errors of int and datetime through
        raise ScenarioError(_complaint(path, text, str(error))) from None
    return Document(path, tables, scan(text))


def _text(path: Path) -> str:
    name, allowed = shown(path), "a TOML file of at most 1 MB in UTF-8"
    try:
        if path.is_dir():
            raise ScenarioError(f"{name}: is a folder; allowed: {allowed}")
        if not path.exists():
            raise ScenarioError(f"{name}: no such file; allowed: {allowed}, or the name of a preset")
        if not path.is_file():
            raise ScenarioError(f"{name}: is not an ordinary file; allowed: {allowed}")
        with path.open("rb") as handle:
            content = handle.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, ScenarioError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(f"{name}: cannot be read, {reason.lower()}; allowed: {allowed}") from None
    if len(content) > LARGEST:
        raise ScenarioError(f"{name}: too large; allowed: {allowed}")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        byte = content[error.start]
        raise ScenarioError(f"{name}:{line}: byte 0x{byte:02x} is not UTF-8; allowed: {allowed}") from None


def _line(text: str, number: int) -> str:
    """A line of the text, shortened."""
    lines = text.split("\n")
    line = lines[min(number, len(lines)) - 1].strip()
    return line if len(line) <= 60 else line[:57] + "..."


def _complaint(path: Path, text: str, error: str) -> str:
    """What tomllib says, with the line, and what to write instead."""
    match = PLACE.fullmatch(error)
    what = match["what"] if match else error
    if not match:  # an error of int or datetime: tomllib did not say where
        found = re.search(r"[0-9_]{4000,}", text)
        number = text.count("\n", 0, found.start()) + 1 if found else 1
    else:
        number = int(match["line"]) if match["line"] else len(text.rstrip().split("\n"))
    if re.match("Cannot|Duplicate", what):
        until = "\n".join(text.split("\n")[:number])
        for key, (first, second) in scan(until).again.items():
            problem = f"given again, first on line {first}"
            return f"{shown(path)}:{second}: {key}: {problem}; allowed: each key once"
    hints = (hint for pattern, hint in HINTS if re.search(pattern, text.split("\n")[number - 1].strip()))
    what = "a number of too many digits" if "digits" in what else what[:1].lower() + what[1:]
    return f"{shown(path)}:{number}: {_line(text, number)}: not TOML, {what}; allowed: {next(hints, EXAMPLE)}"
