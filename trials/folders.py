"""Folders of results as strangers could hand them on: every file and folder of one, spoiled in every way we know.

A kind is a name and a function that spoils a copy of a good folder; ``outside`` is a folder with files that no command
may touch. What carries checksums is sealed anew after it was changed, as somebody would who means it.
"""

from __future__ import annotations

import functools
import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.store.files import checksum
from sim.store.journal import read, written
from sim.store.manifest import decode, encode

__all__ = ["FILES", "Spoil", "kinds", "outside"]

Spoil = Callable[[Path, Path], None]
PART, YEARS = "runs/part-00000.parquet", "years/part-00000.parquet"
CELLS, TABLE = "cells.parquet", "tables/draw.parquet"
FILES = ("manifest.json", "journal", "lock", CELLS, TABLE, PART, YEARS)
DRAWN = ("figures/drawn.json", "figures/sweep-end-european-share.png")
FOLDERS = ("runs", "years", "tables", "quarantine", "figures")
STEERING = "\x1b[2J\x1b]0;owned\x07\r\u202e[red]x[/red]"
HUGE = 2**40  # bytes of a file that is not there on the disk
LONG = 520 * 2**20  # letters of a text


def outside(folder: Path) -> Path:
    """A folder beside the results with what nobody may touch: a file, and what a killed sweep might have left."""
    (folder / "runs").mkdir(parents=True)
    for name in ("victim", "runs/.part-00000.parquet.0123456789ab.tmp", "runs/part-00000.parquet", "manifest.json"):
        (folder / name).write_bytes(b"precious\n")
    return folder


def kinds() -> dict[str, Spoil]:
    """All kinds by name."""
    found: dict[str, Spoil] = {}
    for name in FILES:
        for way, spoil in WAYS.items():
            found[f"{name}: {way}"] = functools.partial(spoil, name)
    for name in FOLDERS:
        for way in ("link out", "link to itself", "pipe", "empty file"):
            found[f"{name}/: {way}"] = functools.partial(WAYS[way], name)
    for name in DRAWN:
        for way in ("link out", "link to itself", "link to /dev/zero", "pipe", "folder", "huge and sparse"):
            found[f"{name}: {way}"] = functools.partial(WAYS[way], name)
    for name in ("runs", "years", "tables"):
        found[f"{name}/: gone"] = functools.partial(_gone, name)
    found |= {f"manifest: {words}": functools.partial(_remade, change) for words, change in MANIFESTS.items()}
    found |= {f"journal: {words}": functools.partial(_rewritten, change) for words, change in JOURNALS.items()}
    found |= {f"{PART}: {words}": functools.partial(_resealed, PART, make) for words, make in TABLES.items()}
    found |= {f"{name}: long text": functools.partial(_resealed, name, long_text) for name in (CELLS, TABLE, YEARS)}
    found["manifest, cells: a million cells of one text"] = many_cells
    found["manifest, cells: 10**11 cells"] = functools.partial(_remade, lambda m: m | counted(10**11, 1))
    return found


# Files and folders of another kind


def _gone(name: str, folder: Path, beside: Path) -> None:
    path = folder / name
    if path.is_dir():
        for one in path.iterdir():
            one.unlink()
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def _replaced(make: Callable[[Path, Path], None]) -> Callable[[str, Path, Path], None]:
    def spoil(name: str, folder: Path, beside: Path) -> None:
        _gone(name, folder, beside)
        (folder / name).parent.mkdir(exist_ok=True)
        make(folder / name, beside)

    return spoil


def _link_out(path: Path, beside: Path) -> None:
    """A folder to a folder, a file to a file; relative, as an archive would hold it."""
    aim = beside / "runs" if "." not in path.name and path.name in FOLDERS else beside / "victim"
    path.symlink_to(os.path.relpath(aim, path.parent))


def _socket(path: Path, beside: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        here = os.open(path.parent, os.O_RDONLY)  # the name of a socket is short
        made.bind(f"/proc/self/fd/{here}/{path.name}")
        os.close(here)


def _sparse(path: Path, beside: Path) -> None:
    path.touch()
    os.truncate(path, HUGE)


def _changed(change: Callable[[bytes], bytes]) -> Callable[[str, Path, Path], None]:
    def spoil(name: str, folder: Path, beside: Path) -> None:
        (folder / name).write_bytes(change((folder / name).read_bytes()))

    return spoil


WAYS: dict[str, Callable[[str, Path, Path], None]] = {
    "gone": _gone,
    "link out": _replaced(_link_out),
    "link to itself": _replaced(lambda path, beside: path.symlink_to(path.name)),
    "link to /dev/zero": _replaced(lambda path, beside: path.symlink_to("/dev/zero")),
    "hard link": _replaced(lambda path, beside: os.link(beside / "victim", path)),
    "pipe": _replaced(lambda path, beside: os.mkfifo(path)),
    "socket": _replaced(_socket),
    "folder": _replaced(lambda path, beside: path.mkdir()),
    "empty file": _replaced(lambda path, beside: path.touch()),
    "cut short": _changed(lambda data: data[: len(data) // 2]),
    "huge and sparse": _replaced(_sparse),
    "zeros": _changed(lambda data: bytes(len(data))),
    "UTF-16": _changed(lambda data: data.decode("latin-1").encode("utf-16")),
    "steering a terminal": _changed(lambda data: STEERING.encode() * 100 + data),
}


# Manifests and journals that are sealed well and say what cannot be


def manifest_of(folder: Path) -> dict[str, Any]:
    """The manifest of a good folder."""
    found = decode((folder / "manifest.json").read_bytes())
    assert found is not None
    return found


def records_of(folder: Path) -> list[dict[str, Any]]:
    """The records of a good journal."""
    return read((folder / "journal").read_bytes()).records


def _remade(change: Callable[[dict[str, Any]], dict[str, Any]], folder: Path, beside: Path) -> None:
    """Both copies of the manifest changed."""
    manifest = change(manifest_of(folder))
    (folder / "manifest.json").write_bytes(encode(manifest))
    records = [{"manifest": manifest}, *records_of(folder)[1:]]
    (folder / "journal").write_bytes(written(records)[0])


def _rewritten(change: Callable[[list[dict[str, Any]]], list[Any]], folder: Path, beside: Path) -> None:
    """Other lines in the journal."""
    (folder / "journal").write_bytes(written(change(records_of(folder)))[0])


def put(**entry: Any) -> Callable[[list[dict[str, Any]]], list[Any]]:
    """A journal in which the entries of runs say something else too."""

    def change(records: list[dict[str, Any]]) -> list[Any]:
        for record in records:
            for name, one in record.get("put", {}).items():
                one |= entry if name.startswith("runs/") else {}
        return records

    return change


def more(*records: Any) -> Callable[[list[dict[str, Any]]], list[Any]]:
    """A journal with more lines."""
    return lambda before: [*before, *records]


def inside(group: str, **entry: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A manifest of which one table says something else too."""
    return lambda manifest: manifest | {group: manifest[group] | entry}


def without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A manifest without an entry."""
    return lambda manifest: {key: one for key, one in manifest.items() if key != name}


def counted(cells: int, replicates: int) -> dict[str, Any]:
    """What a manifest says of so many runs, in parts as small as can be."""
    runs = cells * replicates
    return {
        "cells": cells, "replicates": replicates, "runs": runs, "number_of_parts": runs,
        "part": {"cells": 1, "replicates": 1},
    }  # fmt: skip


def deep(levels: int) -> Any:
    """Lists in each other."""
    return functools.reduce(lambda below, _: [below], range(levels), [])


AGENT = {"module": "os; import os; os.system('touch owned')", "class": "Stubborn", "sha256": "0" * 64}
LISTED = ("experiment", "scenario", "git")
NEEDED = ("name", "digest", "experiment", "scenario", "part", "format", "code")
MANIFESTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "empty": lambda manifest: {},
    **{f"without {name}": without(name) for name in NEEDED},
    **{f"{name} a list": lambda manifest, name=name: manifest | {name: [1]} for name in LISTED},
    "scenario a text": lambda manifest: manifest | {"scenario": "status-quo"},
    "scenario of another type within": inside("scenario", end="soon", members={"DEU": []}),
    "experiment with a key that there is not": inside("experiment", colour="red"),
    "experiment without axes": inside("experiment", levers=[], uncertainties=[]),
    "experiment with other axes": inside("experiment", levers=[{"name": "../../x", "key": "end", "values": [1]}]),
    "record that there is not": inside("experiment", record="everything"),
    "name that leads out": lambda manifest: manifest | {"name": "../../outside/x"},
    "name from the top": lambda manifest: manifest | {"name": "/tmp/owned"},
    "name that steers a terminal": lambda manifest: manifest | {"name": STEERING},
    "start that steers a terminal": lambda manifest: manifest | {"started": STEERING},
    "commit that steers a terminal": lambda manifest: manifest | {"git": {"commit": STEERING, "changed": True}},
    "packages that steer a terminal": lambda manifest: manifest | {"packages": {"burdenshare": STEERING}},
    "long start": lambda manifest: manifest | {"started": "x" * 100_000},
    "title that steers a terminal": inside("experiment", title=STEERING, question=STEERING),
    "tables that lead out": lambda manifest: manifest | {"tables": {"../../outside/victim": "0" * 64}},
    "a hundred thousand tables": lambda manifest: manifest | {"tables": {f"t{k}": "0" * 64 for k in range(100_000)}},
    "10**11 parts": lambda manifest: manifest | {"number_of_parts": 10**11},
    "10**11 parts that agree": lambda manifest: manifest | counted(2, 10**11 // 2),
    "as many parts as can be": lambda manifest: manifest | counted(2, 200_000),
    "cells a text": lambda manifest: manifest | {"cells": "2"},
    "cells below nothing": lambda manifest: manifest | {"cells": -2},
    "cells no whole number": lambda manifest: manifest | {"cells": 2.5},
    "cells not finite": lambda manifest: manifest | {"cells": float("inf")},
    "seed of a hundred digits": lambda manifest: manifest | {"seed": 10**100},
    "part of no cells": lambda manifest: manifest | {"part": {"cells": 0, "replicates": 0}},
    "shard beyond its number": lambda manifest: manifest | {"shard": [9, 2]},
    "shard of many": lambda manifest: manifest | {"shard": [1, 10**15]},
    "format of the future": lambda manifest: manifest | {"format": 99},
    "format a text": lambda manifest: manifest | {"format": "2"},
    "digest of another": lambda manifest: manifest | {"digest": "0" * 64},
    "other code": lambda manifest: manifest | {"code": "0" * 64},
    "agents that are a command": lambda manifest: manifest | {"agents": {"members.DEU": AGENT}},
    "nested without end": lambda manifest: manifest | {"more": deep(900)},
    "forty levels": lambda manifest: inside("experiment", more=deep(40))(manifest),
    "ten megabytes more": lambda manifest: manifest | {"more": "x" * 10_000_000},
    "twenty megabytes more": lambda manifest: manifest | {"more": "x" * 20_000_000},
}
PRECIOUS = {"rows": 6, "bytes": 9, "sha256": checksum(b"precious\n")}
JOURNALS: dict[str, Callable[[list[dict[str, Any]]], list[Any]]] = {
    "no lines": lambda records: [],
    "no manifest": lambda records: records[1:],
    "nothing but the manifest": lambda records: records[:1],
    "records of other types": more(5, [], "text", None, {"put": 5}, {"put": {"x": 5}}, {"drop": 5}, {"drop": [[], {}]}),
    "entries of other types": put(rows="6", bytes=None),
    "entries without checksums": put(sha256=5),
    "rows below nothing": put(rows=-1),
    "rows without number": put(rows=10**30),
    "bytes without number": put(bytes=2**62),
    "failed that steer a terminal": put(failed=[[0, 0, STEERING]], rows=5),
    "failed of a long text": put(failed=[[0, 0, "x" * 100_000]], rows=5),
    "failed of another type": put(failed="all"),
    "names that lead out": more({"put": {"../../outside/victim": PRECIOUS}}),
    "names from the top": more({"put": {"/etc/passwd": {"rows": 6, "bytes": 9, "sha256": "0" * 64}}}),
    "session that steers a terminal": more({"session": {"at": STEERING, "packages": STEERING}}),
    "session without a time": more({"session": {}}),
    "nested without end": more({"session": {"at": deep(900)}}),
    "a number of 10,000 digits": more({"session": {"at": "x"}, "more": float("nan")}),
    "a manifest at the end": lambda records: [*records, {"manifest": {"name": "other"}}],
    "thirty megabytes of sessions": more(*[{"session": {"at": "x" * 1000}}] * 30_000),
    "fifty megabytes of sessions": more(*[{"session": {"at": "x" * 1000}}] * 50_000),
}


# Parquet files that are sealed well and are not what a sweep writes


MADE: dict[tuple[str, str, Callable[[pa.Table], bytes]], bytes] = {}


def _resealed(name: str, make: Callable[[pa.Table], bytes], folder: Path, beside: Path) -> None:
    """Another content of a file, with its length and checksum in the journal."""
    if (folder.name, name, make) not in MADE:  # some take long to make
        MADE[folder.name, name, make] = make(pq.read_table(folder / name))
    data = MADE[folder.name, name, make]
    (folder / name).write_bytes(data)

    def change(records: list[dict[str, Any]]) -> list[Any]:
        for record in records:
            if name in record.get("put", {}):
                record["put"][name] |= {"bytes": len(data), "sha256": checksum(data)}
        return records

    _rewritten(change, folder, beside)


def file_of(table: pa.Table, **how: Any) -> bytes:
    """A table as Parquet, as the store packs it unless ``how`` says otherwise."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **{"compression": "zstd", **how})
    return bytes(sink.getvalue())


def long_text(table: pa.Table) -> bytes:
    """One text of hundreds of megabytes, packed into some kilobytes."""
    texts = pa.array(["x" * LONG, *[""] * (table.num_rows - 1)])
    return file_of(table.append_column("long", texts), use_dictionary=False, write_statistics=False)


def with_column(values: Callable[[int], Any], **how: Any) -> Callable[[pa.Table], bytes]:
    """A file with one more column, of so many values."""
    return lambda table: file_of(table.append_column("more", pa.array(values(table.num_rows))), **how)


def instead(name: str, values: Callable[[int], Any]) -> Callable[[pa.Table], bytes]:
    """A file in which a column holds something else."""

    def make(table: pa.Table) -> bytes:
        place = table.column_names.index(name)
        return file_of(table.set_column(place, name, pa.array(values(table.num_rows))))

    return make


def _two_names(table: pa.Table) -> bytes:
    return file_of(table.append_column(table.column_names[0], table.column(0)))


TABLES: dict[str, Callable[[pa.Table], bytes]] = {
    "long text": long_text,
    "other columns": lambda table: file_of(pa.table({"x": range(table.num_rows)})),
    "one column more": with_column(lambda rows: [0.5] * rows),
    "no cells": lambda table: file_of(table.drop_columns(["cell"])),
    "cells as texts": instead("cell", lambda rows: ["0"] * rows),
    "cells without number": instead("cell", lambda rows: [2**62] * rows),
    "the share as texts": instead("end_european_share", lambda rows: ["much"] * rows),
    "the share missing": lambda table: file_of(table.drop_columns(["end_european_share"])),
    "the axis missing": lambda table: file_of(table.drop_columns(["thinning"])),
    "texts that steer a terminal": with_column(lambda rows: [STEERING] * rows),
    "lists": with_column(lambda rows: [[1, 2]] * rows),
    "structures": with_column(lambda rows: [{"a": 1}] * rows),
    "bytes": with_column(lambda rows: [b"x"] * rows),
    "times": with_column(lambda rows: pa.array([0] * rows, pa.timestamp("ns"))),
    "texts packed by what they share": with_column(
        lambda rows: ["x" * 10_000_000] * rows, use_dictionary=False, column_encoding={"more": "DELTA_BYTE_ARRAY"}
    ),
    "packed otherwise": lambda table: file_of(table, compression="gzip"),
    "two columns of one name": _two_names,
    "no rows": lambda table: file_of(table.slice(0, 0)),
    "ten million rows": lambda table: file_of(pa.table({"cell": pa.repeat(pa.scalar(0), 10**7)})),
    "a row group a row": lambda table: file_of(table, row_group_size=1),
    "ten thousand columns": lambda table: file_of(pa.table({f"c{k}": [0] * table.num_rows for k in range(10_000)})),
    "a footer of megabytes": lambda table: file_of(table.replace_schema_metadata({"x": "y" * 20_000_000})),
    "no Parquet": lambda table: b"PAR1" + STEERING.encode() + b"\xff\xff\xff\x7fPAR1",
    "no Parquet at all": lambda table: json.dumps({"hello": STEERING}).encode(),
}


def many_cells(folder: Path, beside: Path) -> None:
    """As many cells as there can be parts for, all of one long label: some kilobytes that unpack to gigabytes."""
    cells = 333_333
    labels = pa.DictionaryArray.from_arrays(pa.array([0] * cells, pa.int32()), pa.array(["x" * 100_000]))
    data = file_of(pa.table({"cell": range(cells), "thinning": labels}), store_schema=False)
    (folder / CELLS).write_bytes(data)
    manifest = manifest_of(folder) | counted(cells, 1)
    entry = {"rows": cells, "bytes": len(data), "sha256": checksum(data)}
    (folder / "manifest.json").write_bytes(encode(manifest))
    (folder / "journal").write_bytes(written([{"manifest": manifest}, {"put": {CELLS: entry}}])[0])
