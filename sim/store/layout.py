"""Which file of a folder holds which runs: a function of the manifest alone.

A part is a file a kind: whole cells while they are small, else a stretch of one cell's replicates. A shard of a job
array plays every n-th part into a folder of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sim.store.errors import ResultsError

__all__ = [
    "CELLS", "DRAWS", "KINDS", "SAMPLE", "Shard", "belongs", "common", "files_in", "folder_of", "keys", "kinds",
    "names", "numbers", "part_of", "runs_in", "sources",
]  # fmt: skip

CELLS = "cells.parquet"
SAMPLE = "sample.parquet"  # where the points of a sample lie on its axes, from 0 to 1
DRAWS = "draws.parquet"  # the posterior, where a scenario takes its parameters from it
KINDS = ("runs", "years", "members")
PART = re.compile(r"(runs|years|members)/part-([0-9]{5,12})\.parquet")
TABLE = re.compile(r"tables/[a-z][a-z0-9_]{0,59}\.parquet")


class Shard(NamedTuple):
    """The ``number``-th of ``of`` jobs, counted from 1."""

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """From "2/8"; ResultsError if it is none."""
        found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
        shard = cls(int(found[1]), int(found[2])) if found else cls(0, 0)
        if not 1 <= shard.number <= shard.of:
            raise ResultsError(f"--shard = {text}: no shard; allowed: i/n with i from 1 to n, such as 2/8")
        return shard


def folder_of(into: Path, header: Mapping[str, Any], shard: Shard | None = None) -> Path:
    """<name>-<first twelve letters of the digest>; a shard's ends in -2of8. The name is that of a checked file."""
    piece = f"-{shard.number}of{shard.of}" if shard else ""
    return into / f"{header['name']}-{header['digest'][:12]}{piece}"


def kinds(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """The tables that every part has a file in."""
    return KINDS[: 1 + KINDS.index(manifest["experiment"]["record"])]


def common(manifest: Mapping[str, Any]) -> list[str]:
    """The files that are of no part: the cells, and what they were made of."""
    return [CELLS, *sources(manifest)]


def sources(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The tables that cells and parameters come from, and the digests of their contents (``Rows.digest``).

    They are the rows of axes, the sample of the design, and the draws of the scenario's parameters.
    """
    found = {f"tables/{name}.parquet": digest for name, digest in manifest.get("tables", {}).items()}
    found = {name: digest for name, digest in found.items() if TABLE.fullmatch(name)}
    return found | {file: manifest[key] for file, key in ((SAMPLE, "sample"), (DRAWS, "draws")) if key in manifest}


def names(manifest: Mapping[str, Any], number: int) -> list[str]:
    """The files of a part."""
    return [f"{kind}/part-{number:05d}.parquet" for kind in kinds(manifest)]


def numbers(manifest: Mapping[str, Any]) -> range:
    """The parts that belong into this folder."""
    first, step = manifest.get("shard") or (1, 1)
    return range(first - 1, manifest["number_of_parts"], step)


def files_in(manifest: Mapping[str, Any]) -> int:
    """How many files make the folder complete."""
    return len(common(manifest)) + len(numbers(manifest)) * len(kinds(manifest))


def belongs(manifest: Mapping[str, Any], name: str) -> bool:
    """Whether a name is one of those files; what a journal says is not believed, so none leads out of the folder."""
    found = PART.fullmatch(name)
    if not found:
        return name in common(manifest)
    number = int(found[2])
    return number in numbers(manifest) and name in names(manifest, number)


def keys(manifest: Mapping[str, Any], number: int) -> tuple[range, range]:
    """The cells and the replicates of a part."""
    cells, replicates = manifest["part"]["cells"], manifest["part"]["replicates"]
    group, piece = divmod(number, -(-manifest["replicates"] // replicates))
    first, low = group * cells, piece * replicates
    return (
        range(first, min(first + cells, manifest["cells"])),
        range(low, min(low + replicates, manifest["replicates"])),
    )


def runs_in(manifest: Mapping[str, Any], number: int) -> int:
    """How many runs a part has."""
    cells, replicates = keys(manifest, number)
    return len(cells) * len(replicates)


def part_of(manifest: Mapping[str, Any], cell: int, replicate: int) -> int:
    """The number of the part that a run lies in."""
    cells, replicates = manifest["part"]["cells"], manifest["part"]["replicates"]
    a_cell = -(-manifest["replicates"] // replicates)
    return int(cell // cells * a_cell + replicate // replicates)
