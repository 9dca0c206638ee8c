"""The scanner that finds the lines of keys: checked against tomllib, and on TOML at its most awkward."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from sim.scenario.lines import deepest, scan

FILES = sorted((Path(__file__).parents[2] / "scenarios").rglob("*.toml"))

AWKWARD = '''# [comment] = "not a table"
plain = 1 # plain
"quoted.key" = 2 # quoted.key
'single "quoted"' = 3 # single "quoted"
dotted . name = 4 # dotted.name
text = "# [no] = { comment" # text
long = """ # long
[not.a.table]
key = \\""" 1 ""
""""
raw = \'\'\' # raw
"""
x = [ \'\'\'
list = [ # list
  1, # list.0
  [2, 3], # list.1.0 list.1.1
  { a = 1, b.c = [ # list.2.a list.2.b.c
    "]", # list.2.b.c.0
  ] },
]
date = 2025-03-06 12:30:00.5+01:00 # date
float = +1_0.5e-3 # float
inline = { x = "}", "y.z" = { } } # inline.x inline.y.z

[table] # table
key = 1 # table.key
[table."sub.table"] # table.sub.table
key = 1 # table.sub.table.key

[[many]] # many.0
x = 1 # many.0.x
[many.inner] # many.0.inner
y = 1 # many.0.inner.y
[[many.deep]] # many.0.deep.0
z = 1 # many.0.deep.0.z
[[ many ]] # many.1
[[many.deep]] # many.1.deep.0
z = 1 # many.1.deep.0.z
[[many.deep]] # many.1.deep.1
'''


def test_awkward_toml() -> None:
    tomllib.loads(AWKWARD)
    lines = scan(AWKWARD)
    marks = 0
    for number, line in enumerate(AWKWARD.split("\n"), start=1):
        comment = line.rpartition(" # ")[2] if " # " in line else ""
        places = [comment] if 'single "quoted"' in comment else comment.split()
        for place in places:
            assert lines.of.get(place) == number, place
            marks += 1
    assert marks == 32
    assert lines.again == {}


def leaves(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The places of everything in a TOML document."""
    if place:
        yield place
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from leaves(inner, (*place, str(key)))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_key_of_a_shipped_file_is_found_on_a_line_that_has_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines, rows = scan(text), text.split("\n")
    for place in leaves(tomllib.loads(text)):
        row = rows[lines.of[".".join(place)] - 1]
        assert place[-1].isdigit() or place[-1] in row, place


def test_the_awkward_one_is_complete() -> None:
    lines = scan(AWKWARD)
    assert [place for place in leaves(tomllib.loads(AWKWARD)) if ".".join(place) not in lines.of] == []


def test_what_is_given_again() -> None:
    assert scan("a = 1\nb = 2\na = 3").again == {"a": (1, 3)}
    assert scan("[t]\na = 1\n[t]\n").again == {"t": (1, 3)}
    assert scan("x = { a = 1, a = 2 }").again == {"x.a": (1, 1)}
    assert scan("[a.b]\n[a]\nc = 1").again == {}
    assert scan("[[a]]\nx = 1\n[[a]]\nx = 1").again == {}


def test_the_longest_known_part_of_a_place() -> None:
    lines = scan("[a]\nb = 1\n")
    assert lines.find("a.b") == (3, 2)
    assert lines.find("a.c.d") == (1, 1)
    assert lines.find("x.y") == (0, 1)


def test_depth() -> None:
    assert deepest("a = 1") == (0, 1)
    assert deepest("a = 1\nb = [[1], [2]]\n") == (2, 2)
    assert deepest("a = '[[[['\n# [[[[\n[x.y.z]\n")[0] == 2
