"""Folders that earlier releases wrote, opened by every command: read, verified and exported, neither played nor mended.

``python -m trials.release`` adds the folders of a release.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from sim import insight
from sim.cli import main
from sim.store import OtherVersion, Results
from sim.store.journal import read, written
from sim.store.manifest import FORMAT, MANIFEST, decode, encode

RELEASES = Path(__file__).parent / "releases"
FOLDERS = sorted(path.parent for path in RELEASES.glob(f"*/*/{MANIFEST}"))
OLD = [folder for folder in FOLDERS if json.loads((folder / MANIFEST).read_text())["format"] < FORMAT]
Captured = pytest.CaptureFixture[str]


def named(folder: Path) -> str:
    return f"{folder.parent.name}-{folder.name.split('-')[0]}"


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def copied(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder; nothing in it may change but its figures."""
    folder: Path = shutil.copytree(request.param, tmp_path / request.param.name)
    before = files(folder)
    yield folder
    after = files(folder)
    assert {name: data for name, data in after.items() if not name.startswith("figures/")} == before


every = pytest.mark.parametrize("copied", FOLDERS, ids=named, indirect=True)


def test_there_is_a_folder_of_the_first_release() -> None:
    assert {folder.parent.name for folder in FOLDERS} >= {"0.1.0"}


@every
def test_it_is_read_verified_and_exported(copied: Path, tmp_path: Path, capsys: Captured) -> None:
    assert main(["status", str(copied)]) == 0
    assert main(["verify", str(copied)]) == 0
    assert "all as written; complete" in capsys.readouterr().out
    for table in ("cells", "runs"):
        assert main(["export", str(copied), str(tmp_path / f"{table}.parquet"), "--table", table]) == 0
    results = Results.open(copied)
    assert pd.read_parquet(tmp_path / "runs.parquet").equals(results.runs())
    assert pd.read_parquet(tmp_path / "cells.parquet").equals(results.cells())
    assert results.sql("select count(*) as n from runs")["n"].tolist() == [results.manifest["runs"]]


@every
def test_it_is_drawn(copied: Path, capsys: Captured) -> None:
    assert main(["plot", str(copied)]) == 0, capsys.readouterr().err
    assert list((copied / "figures").glob("*.png"))


@every
@pytest.mark.parametrize("typed", [["resume"], ["replay", "0", "1"], ["merge"]])
def test_it_is_not_played(copied: Path, typed: list[str], capsys: Captured) -> None:
    """Nor merged, if it is of another format."""
    results = Results.open(copied)
    if typed == ["merge"] and results.manifest["format"] == FORMAT:
        pytest.skip("of this format")
    command, *rest = typed
    assert main([command, str(copied), *rest]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"by burdenshare {results.manifest['packages']['burdenshare']} (code {results.manifest['code'][:12]}" in said
    with pytest.raises(OtherVersion):
        results.replay(0, 0)


@every
def test_doctor_says_who_can_go_on(copied: Path, capsys: Captured) -> None:
    assert main(["doctor", str(copied)]) == 0
    said = capsys.readouterr().out
    assert f"burdenshare {Results.open(copied).manifest['packages']['burdenshare']} (code " in said
    assert "They can be read" in said


@every
def test_another_sweep_of_its_name_is_not_disturbed(copied: Path, capsys: Captured) -> None:
    from sim.cli.storing import begun_before

    name = copied.name.split("-")[0]
    begun_before(sim.load_experiment("policies").model_copy(update={"name": name}), copied.parent)
    assert capsys.readouterr().err == "", "it is complete"


@pytest.mark.parametrize("copied", [one for one in OLD if one.name.startswith("screening")], ids=named, indirect=True)
def test_what_its_sample_was_is_not_guessed(copied: Path) -> None:
    with pytest.raises(OtherVersion, match="kept no sample; allowed: its tables can be read, verified and exported"):
        insight.morris(Results.open(copied), "european_share")


@pytest.mark.parametrize("copied", [one for one in FOLDERS if one.name.startswith("grid")], ids=named, indirect=True)
def test_what_this_version_knows_is_analysed(copied: Path) -> None:
    table = insight.paired_differences(
        Results.open(copied), "european_share", {"policy": "line"}, {"policy": "unconditional"}
    )
    assert table["runs"].tolist() == [3]


def changed(folder: Path, where: str, change: Any) -> None:
    """The manifest as another version would have written it, in the journal too."""
    manifest = decode((folder / MANIFEST).read_bytes())
    assert manifest is not None
    change(manifest[where])
    (folder / MANIFEST).write_bytes(encode(manifest))
    records = read((folder / "journal").read_bytes(), chained=False).records[1:]
    lines = [written([one])[0] for one in ({"manifest": manifest}, *records)]
    (folder / "journal").write_bytes(b"".join(lines))


@pytest.mark.parametrize(
    ("where", "change", "words"),
    [
        ("scenario", lambda one: one["parameters"].update(thining=0.5), "scenario.parameters.thining"),
        ("scenario", lambda one: one.pop("question"), "scenario.question"),
        ("scenario", lambda one: one.update(answer=one.pop("question")), "scenario."),
        ("experiment", lambda one: one.update(colour="red"), "experiment.colour"),
        ("experiment", lambda one: one.update(luck="shared"), "experiment.luck"),
    ],
    ids=["more", "fewer", "renamed", "a new key", "a new value"],
)
def test_a_version_with_other_fields_is_one_line_everywhere(
    tmp_path: Path, where: str, change: Any, words: str, capsys: Captured
) -> None:
    source = next(folder for folder in OLD if folder.name.startswith("grid"))
    folder = shutil.copytree(source, tmp_path / source.name)
    changed(folder, where, change)
    before = files(folder)
    for command in ("status", "verify"):
        assert main([command, str(folder)]) == 0
    assert main(["export", str(folder), str(tmp_path / "runs.csv")]) == 0
    if words == "scenario.parameters.thining":  # of what does not ask this version's models, once is enough
        assert main(["plot", str(folder)]) == 0
    capsys.readouterr()
    for typed in (["resume", str(folder)], ["replay", str(folder), "0", "0"]):
        assert main(typed) == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert "by burdenshare 0.1.0 (code " in said
    with pytest.raises(OtherVersion, match=f"{words}.* is not what this version knows"):
        _ = Results.open(folder).experiment
    assert main(["doctor", str(folder)]) == 0
    assert words in capsys.readouterr().out
    assert {name: data for name, data in files(folder).items() if not name.startswith("figures/")} == before
