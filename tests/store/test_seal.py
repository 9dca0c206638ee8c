"""Manifest, cells, journal and parts are bound to each other: a file of another sweep, or a line elsewhere, is seen."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sim.cli import main
from sim.scenario import load_experiment
from sim.store import Damaged, OtherVersion, Results, Store, folder_of
from sim.store.checking import verify
from sim.store.journal import line, read, written
from sim.store.manifest import FORMAT, MANIFEST, decode, encode
from sim.sweeps import resume
from sim.sweeps.plan import Plan
from sim.sweeps.runner import play
from tests.small import thinning
from tests.store.conftest import SHORT

Same = Callable[[Results], bool]
Captured = pytest.CaptureFixture[str]


@dataclass(frozen=True)
class Pair:
    """A sweep, an earlier one of the same digest, and one of another seed: folders that are copied, never changed."""

    one: Path
    earlier: Path
    sibling: Path


@pytest.fixture(scope="module")
def pair(small: Any, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    into = tmp_path_factory.mktemp("pair")
    (into / "short.toml").write_text(SHORT)
    (into / "small.toml").write_text(thinning(4))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.sweeps.plan.RUNS", 4)
        other = Plan(load_experiment(into / "small.toml").model_copy(update={"seed": 8}))
        sibling = play(other, Store(folder_of(into, other.header), other.header), workers=1).folder
        one = small.play(into / "one").folder
        patch.setattr("sim.store.writing.now", lambda: "2026-01-01T00:00:00+00:00")
        return Pair(one, small.play(into / "earlier").folder, sibling)


@pytest.fixture
def folder(pair: Pair, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pair.one, tmp_path / pair.one.name))


def refused(folder: Path, words: str, capsys: Captured) -> None:
    """Every command says so in one line with 74, and nothing has changed."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for command in ("verify", "resume", "status", "plot"):
        assert main([command, str(folder)]) == 74, command
        said = capsys.readouterr().err
        assert words in said, command
        assert said.count("\n") == 1
    with pytest.raises(Damaged, match=words):
        resume(folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("of", ["sibling", "earlier"])
def test_a_manifest_of_another_sweep_is_refused(pair: Pair, folder: Path, of: str, capsys: Captured) -> None:
    shutil.copy(getattr(pair, of) / MANIFEST, folder / MANIFEST)
    refused(folder, "is of another sweep than the journal beside it", capsys)


def test_without_the_stranger_the_journal_mends_the_manifest(pair: Pair, folder: Path, same: Same) -> None:
    before = (folder / MANIFEST).read_bytes()
    shutil.copy(pair.sibling / MANIFEST, folder / MANIFEST)
    (folder / MANIFEST).unlink()
    assert same(resume(folder))
    assert (folder / MANIFEST).read_bytes() == before


def test_a_journal_of_another_sweep_is_refused(pair: Pair, folder: Path, capsys: Captured) -> None:
    shutil.copy(pair.sibling / "journal", folder / "journal")
    refused(folder, "is of another sweep than the journal beside it", capsys)


def test_manifest_and_journal_of_another_sweep_are_not_of_this_folder(
    pair: Pair, folder: Path, capsys: Captured
) -> None:
    for name in (MANIFEST, "journal"):
        shutil.copy(pair.sibling / name, folder / name)
    refused(folder, "is of another sweep than its folder", capsys)


def test_a_folder_may_get_another_name(pair: Pair, tmp_path: Path, same: Same) -> None:
    moved = Path(shutil.copytree(pair.one, tmp_path / "figure-3"))
    assert list(verify(Results.open(moved))) == []
    assert same(resume(moved))


@pytest.mark.parametrize("name", ["cells.parquet", "runs/part-00001.parquet"])
def test_a_file_of_another_sweep_is_named_and_played_again(pair: Pair, folder: Path, name: str, same: Same) -> None:
    stranger = pair.sibling / name if name != "cells.parquet" else pair.one / "runs" / "part-00000.parquet"
    shutil.copy(stranger, folder / name)
    assert list(verify(Results.open(folder))) == [f"{folder / name}: damaged"]
    assert same(resume(folder))
    assert (folder / "quarantine").is_dir()


def doubled(lines: list[bytes]) -> list[bytes]:
    return [*lines, lines[-1]]


def swapped(lines: list[bytes]) -> list[bytes]:
    return [*lines[:-2], lines[-1], lines[-2]]


def shuffled(lines: list[bytes]) -> list[bytes]:
    return [lines[0], *lines[:0:-1]]


def without_one(lines: list[bytes]) -> list[bytes]:
    return [*lines[:3], *lines[4:]]


@pytest.mark.parametrize("how", [doubled, swapped, shuffled, without_one])
def test_lines_that_stand_elsewhere_are_named_and_mended(folder: Path, how: Any, same: Same) -> None:
    journal = folder / "journal"
    whole = journal.read_bytes()
    changed = b"".join(how(whole.splitlines(keepends=True)))
    assert changed != whole
    journal.write_bytes(changed)
    found = list(verify(Results.open(folder)))
    assert found
    assert all("not where it was written" in one for one in found)
    assert same(resume(folder))
    assert list(verify(Results.open(folder))) == []
    assert (folder / "quarantine" / "journal.0").read_bytes() == changed


def test_a_line_of_another_journal_is_no_line_of_this_one(pair: Pair, folder: Path) -> None:
    stranger = (pair.sibling / "journal").read_bytes().splitlines(keepends=True)[-1]
    with open(folder / "journal", "ab") as journal:
        journal.write(stranger)
    assert any("not where it was written" in one for one in verify(Results.open(folder)))


def test_every_line_builds_on_the_one_before() -> None:
    records = [{"put": {str(k): {}}} for k in range(4)]
    data, mark = written(records)
    assert read(data).records == records
    assert (read(data).mark, read(data).bad) == (mark, [])
    more, _ = written([{"drop": []}], mark)
    assert read(data + more).bad == []
    assert read(data + line({"drop": []})).bad == [5]
    cut = data[: data.index(b"\n") + 1]
    assert read(data.replace(cut, b"", 1)).bad == [1]


def resealed(folder: Path, **changes: Any) -> None:
    """A manifest that its writer meant so: sealed, and in the journal too."""
    manifest = decode((folder / MANIFEST).read_bytes())
    assert manifest is not None
    manifest = {name: value for name, value in (manifest | changes).items() if value is not None}
    (folder / MANIFEST).write_bytes(encode(manifest))
    records = read((folder / "journal").read_bytes()).records[1:]
    (folder / "journal").write_bytes(written([{"manifest": manifest}, *records])[0])


@pytest.mark.parametrize(
    ("changes", "words", "code"),
    [
        ({"scenario": None}, "scenario", 74),
        ({"scenario": [1]}, "scenario", 74),
        ({"scenario": {"name": "short"}}, "scenario.title is not what this version knows", 2),
        ({"experiment": 3}, "experiment", 74),
        ({"experiment": {"record": "years"}}, "experiment.name is not what this version knows", 2),
        ({"format": None}, "format: no number of a format; allowed: 1 to 2", 74),
        ({"format": FORMAT + 1}, f"of format {FORMAT + 1}, by burdenshare", 2),
    ],
)
def test_a_manifest_that_says_something_else_is_one_line(
    folder: Path, changes: dict[str, Any], words: str, code: int, capsys: Captured
) -> None:
    resealed(folder, **changes)
    assert main(["resume", str(folder)]) == code
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert main(["doctor", str(folder)]) == 0
    assert words in capsys.readouterr().out


def test_a_newer_format_is_not_read_at_all(folder: Path) -> None:
    resealed(folder, format=FORMAT + 1)
    with pytest.raises(OtherVersion, match="allowed: format 1 to 2, or that version"):
        Results.open(folder)


def test_the_manifest_says_its_format_and_the_versions_that_a_result_hangs_on(pair: Pair) -> None:
    manifest = json.loads((pair.one / MANIFEST).read_text())
    assert manifest["format"] == FORMAT
    assert manifest["machine"]["python"]
    named = {"SALib", "scipy", "numpy", "mesa", "numba", "llvmlite", "pyarrow"}
    assert named <= {name for name, version in manifest["packages"].items() if version}
