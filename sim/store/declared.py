"""What a manifest and a journal declare, checked before anything is computed from it.

Their checksums say that they are as somebody wrote them, not that he wrote them well: a manifest may declare 10**11
parts, or a name that leads elsewhere. Only what is relied on here is checked; the experiment and the scenario in it are
checked by their own models when they are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, TypeAdapter, ValidationError

from sim.store.errors import Damaged
from sim.store.layout import CELLS, PART, belongs, kinds, runs_in

__all__ = [
    "MOST_FILES", "MOST_JOURNAL", "MOST_MANIFEST", "check_manifest", "declared", "most_of_file", "most_of_journal",
]  # fmt: skip

MOST_FILES = 10**6
MOST_MANIFEST = 16 * 2**20  # bytes: of files of at most 1 MB each, one value a line
MOST_JOURNAL = 512 * 2**20  # bytes: a million files, and as much again for what failed or was played again
A_FILE, A_RUN = 1024, 1024  # bytes of a journal for every file and every run: a failure is told in 300 letters
MOST_IN_A_PART = 65_536  # runs; a sweep puts 10,000 at most
MOST_OF_A_PART = 128 * 2**20  # bytes: 50,000 rows of 200 columns are 80 MB before they are packed
MOST_OF_A_TABLE = 2**30  # bytes of the cells, and of an axis' table
DEEPEST = 32  # a file's tables are at most 24 deep
HEX = r"\A[0-9a-f]{8,128}\z"

Whole = Annotated[int, Field(ge=0, lt=2**63)]
Some = Annotated[int, Field(ge=1, lt=2**63)]
Digest = Annotated[str, Field(pattern=HEX)]
Line = Annotated[str, Field(max_length=300, pattern=r"\A[^\x00-\x1f\x7f-\x9f]*\z")]
Name = Annotated[str, Field(pattern=r"\A[a-z0-9][a-z0-9.-]{0,59}\z")]
Column = Annotated[str, Field(pattern=r"\A[a-z][a-z0-9_]{0,59}\z")]
Module = Annotated[str, Field(max_length=300, pattern=r"\A[^\W\d]\w*(\.[^\W\d]\w*)*\z")]


class Open(BaseModel):
    """Checked as it is, nothing turned into another type; what else stands there is left alone."""

    model_config = ConfigDict(strict=True, extra="allow")


class PartSize(Open):
    """How many cells and replicates a part has."""

    cells: Some
    replicates: Some


class Recorded(Open):
    """What is relied on of an experiment."""

    record: Literal["runs", "years", "members"]


class Agent(BaseModel):
    """A class of the user's; its names become part of a command to copy."""

    model_config = ConfigDict(strict=True, extra="allow", populate_by_name=True)

    module: Module
    kind: Module = Field(alias="class")


class Commit(Open):
    """A state of git."""

    commit: Line
    changed: bool


class Manifest(Open):
    """What is relied on of a manifest."""

    name: Name
    digest: Digest
    code: Digest
    seed: Whole
    cells: Some
    replicates: Some
    runs: Some
    number_of_parts: Annotated[int, Field(ge=1, le=MOST_FILES)]
    part: PartSize
    experiment: Recorded
    scenario: dict[str, Any]
    tables: dict[Column, Digest] = Field({}, max_length=100)
    sample: Digest | None = None
    draws: Digest | None = None
    agents: dict[Module, Agent] = Field({}, max_length=100)
    shard: list[Some] | None = Field(None, min_length=2, max_length=2)
    started: Line = ""
    git: Commit | None = None
    packages: dict[Line, Line | None] = Field({}, max_length=100)
    files: dict[Line, Digest] = Field({}, max_length=10_000)


class Entry(Open):
    """What a journal says of a file."""

    rows: Whole
    bytes: Whole
    sha256: Digest
    failed: list[Annotated[tuple[Whole, Whole, str], Strict(False)]] = []


@cache
def _entries() -> TypeAdapter[dict[str, Entry]]:
    return TypeAdapter(dict[str, Entry])


def check_manifest(path: Path, manifest: Mapping[str, Any]) -> None:
    """Damaged, with the key, what was found there and what can be, unless a manifest can be relied on."""
    if _deeper(manifest, DEEPEST):
        raise Damaged(f"{path}: nested too deep; allowed: at most {DEEPEST}")
    try:
        found = Manifest.model_validate(manifest)
    except ValidationError as error:
        raise Damaged(f"{path}: {_first(error)}") from None
    for name, value, wanted in _counted(found):
        if value != wanted:
            raise Damaged(f"{path}: {name} = {value:,}: contradicts the rest; allowed: {wanted:,}")
    for name, value, most in (
        ("number_of_parts", found.number_of_parts, MOST_FILES // len(kinds(manifest))),
        ("runs in a part", found.part.cells * found.part.replicates, MOST_IN_A_PART),
    ):
        if value > most:
            raise Damaged(f"{path}: {name} = {value:,}: out of range; allowed: at most {most:,}")


def _deeper(value: Any, than: int) -> bool:
    """Whether tables and lists stand in each other deeper."""
    if not isinstance(value, dict | list):
        return False
    return than == 0 or any(_deeper(one, than - 1) for one in (value.values() if isinstance(value, dict) else value))


def _counted(found: Manifest) -> list[tuple[str, int, int]]:
    """Numbers that follow from others: name, as found, as it has to be."""
    groups, pieces = -(-found.cells // found.part.cells), -(-found.replicates // found.part.replicates)
    first, of = found.shard or (1, 1)
    return [
        ("runs", found.runs, found.cells * found.replicates),
        ("number_of_parts", found.number_of_parts, groups * pieces),
        ("shard", first, min(first, of)),
    ]


def declared(path: Path, manifest: Mapping[str, Any], listed: Mapping[str, Any]) -> dict[str, Any]:
    """What a journal says of the files that belong to a manifest; Damaged unless it has the form it has to have."""
    parts = {name: one for name, one in listed.items() if belongs(manifest, name)}
    try:
        _entries().validate_python(parts)
    except ValidationError as error:
        raise Damaged(f"{path}: {_first(error)}") from None
    for name, one in parts.items():
        found, runs = PART.fullmatch(name), one["rows"] + len(one.get("failed", ()))
        wanted = manifest["cells"] if name == CELLS else runs_in(manifest, int(found[2])) if found else runs
        if runs != wanted and (name == CELLS or name.startswith("runs/")):
            raise Damaged(f"{path}: {name}: {runs:,} rows and failed runs; allowed: {wanted:,}")
    return parts


def most_of_file(name: str) -> int:
    """Bytes that a file of results can have."""
    return MOST_OF_A_PART if PART.fullmatch(name) else MOST_OF_A_TABLE


def _first(error: ValidationError) -> str:
    """The first thing that is wrong: where, what, and what there should be."""
    one = error.errors(include_url=False)[0]
    found = "" if one["type"] == "missing" else f" = {repr(one['input'])[:60]}"
    words = one["msg"].removeprefix("Input ").removeprefix("should be ")
    return f"{'.'.join(map(str, one['loc']))}{found}: not what a sweep writes; allowed: {words}"


def most_of_journal(manifest: Mapping[str, Any] | None) -> int:
    """Bytes that a journal can have: what it begins with, and so much for every file and every run."""
    if manifest is None:
        return MOST_JOURNAL
    files, runs = 3 * int(manifest["number_of_parts"]), int(manifest["runs"])
    return min(MOST_JOURNAL, 2 * MOST_MANIFEST + A_FILE * files + A_RUN * runs)
