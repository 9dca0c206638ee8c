"""The shards of a job array -> the one folder that a sweep without shards would have written, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sim.scenario.messages import command
from sim.store import Damaged, OtherVersion, Played, Results, ResultsError, Store, folder_of
from sim.store.layout import common, names, numbers
from sim.store.manifest import FORMAT, differences, writer

__all__ = ["merge"]


def merge(folders: Sequence[str | Path], into: str | Path | None = None) -> Results:
    """Copy what is whole in every shard into one folder beside them; the shards stay as they are.

    May be called before all shards are complete, and again when they are: what is there is not copied twice.

    Args:
        folders: of the shards, in any order.
        into: the folder that gets the merged folder; by default the one that the first shard lies in.

    Raises:
        ResultsError: shards of different experiments, of different code, or with different samples.
        Damaged: a part of a shard is not as it was written.
        FolderInUse, OSError: as ``sweep``.
    """
    shards = [Results.open(folder) for folder in folders]
    if not shards:
        raise ResultsError("merge: no shards; allowed: the folders of one experiment's shards")
    for shard in shards:
        _check(shard, shards[0])
    header = {name: value for name, value in shards[0].manifest.items() if name not in OWN}
    target = folder_of(Path(into) if into else shards[0].folder.parent, header)
    with Store(target, header) as store:
        store.keep(session | {"shard": shard.folder.name} for shard in shards for session in shard.sessions)
        store.begin()
        for played in _taken(shards, store):
            store.commit([played])
    return Results.open(target)


# What is a shard's own; the code, the packages and the machine remain those that played the first one.
OWN = ("format", "started", "shard")


def _check(shard: Results, first: Results) -> None:
    """ResultsError unless a shard is of the same sweep as the first, and of a format that is still written."""
    one, other = first.manifest, shard.manifest
    if other["format"] != FORMAT:
        words = f"by {writer(other)}, in format {other['format']}; allowed: to merge with that version"
        raise OtherVersion(f"{shard.folder}: {words}")
    if other["digest"] != one["digest"]:
        changed = differences(one, other, other.get("files", {}), other.get("packages", {}))
        words = f"{changed or 'another digest'}; allowed: shards of one experiment, played by the same code"
        raise ResultsError(f"{shard.folder}: not of the same sweep as {first.folder}: {words}")


def _taken(shards: Sequence[Results], store: Store) -> Iterator[Played]:
    """The parts that the store lacks and a shard has, as they are on its disk."""
    missing = set(store.missing())
    for shard in shards:
        for name in common(shard.manifest):
            if not store.has(name) and name in shard.parts:
                yield _read(shard, [name])
        for number in numbers(shard.manifest):
            files = names(shard.manifest, number)
            if number in missing and all(name in shard.parts for name in files):
                missing.remove(number)
                yield _read(shard, files)


def _read(shard: Results, files: Sequence[str]) -> Played:
    content = {}
    for name in files:
        data = shard.content(name)
        if data is None:
            words = f"damaged or missing; allowed: {command('resume', shard.folder)}, then merge again"
            raise Damaged(f"{shard.folder / name}: {words}")
        content[name] = data, shard.parts[name]["rows"]
    return Played(content, [tuple(one) for one in shard.parts[files[0]].get("failed", ())])
