"""The commands that look after a folder of results: what they say, and what a script can tell from how they end."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.cli import main
from sim.codecache import CodeCache, unfit
from sim.compiled import COMPILED
from sim.faults import MachineFault
from sim.scenario import load_scenario
from sim.store import Disk, Results
from sim.store.lock import FolderLock
from sim.sweeps import pieces, runner

Captured = pytest.CaptureFixture[str]
SMALL = """name = "small"
title = "Small"
question = "Does it work?"
scenario = "exit-blocked"
replicates = 3

[[levers]]
name = "thinning"
key = "parameters.thinning"
values = [0.5, 0.9]
"""


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.toml").write_text(SMALL)
    return tmp_path


@pytest.fixture
def folder(capsys: Captured) -> str:
    assert main(["sweep", "small.toml", "--quiet"]) == 0
    return capsys.readouterr().out.strip()


def test_status_and_verify_of_a_whole_folder(folder: str, capsys: Captured) -> None:
    assert main(["status", folder]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{folder}: complete\n")
    assert "6 of 6 done, 0 failed, 0 missing" in said
    assert re.search(r"writer +nobody", said)
    assert main(["verify", folder]) == 0
    assert re.fullmatch(r"\S+: 3 files, [\d,]+ bytes, all as written; complete\n", capsys.readouterr().out)


def test_damage_is_named_quarantined_and_mended(folder: str, capsys: Captured) -> None:
    path = Path(folder, "runs", "part-00000.parquet")
    path.write_bytes(b"")
    assert main(["verify", folder]) == 74
    printed = capsys.readouterr()
    assert printed.err == f"{path}: damaged\n"
    assert f"1 thing is not as written; to mend: burdenshare resume {folder}" in printed.out
    assert main(["export", folder, "runs.csv"]) == 74
    assert re.fullmatch(rf"burdenshare: {path}: damaged or missing; allowed: [^\n]+\n", capsys.readouterr().err)
    assert main(["resume", folder]) == 0
    printed = capsys.readouterr()
    assert f"{path}: damaged; kept in {folder}/quarantine, and played again" in printed.err
    assert "6 of 6 done" in printed.out
    assert re.search(r"quarantine +1 file", printed.out)
    assert main(["verify", folder]) == 0


def test_what_is_missing_is_three(folder: str, capsys: Captured) -> None:
    journal = Path(folder, "journal")
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-1]))
    assert main(["status", folder]) == 3
    said = capsys.readouterr().out
    assert "0 of 6 done, 0 failed, 6 missing" in said
    assert f"burdenshare resume {folder}" in said
    assert main(["resume", folder, "--quiet"]) == 0
    assert capsys.readouterr().out == f"{folder}\n"


def test_a_second_writer_is_seventy_three(folder: str, capsys: Captured) -> None:
    Path(folder, "runs", "part-00000.parquet").unlink()
    with FolderLock(Path(folder)):
        for words in (["sweep", "small.toml"], ["resume", folder]):
            assert main(words) == 73
            said = capsys.readouterr().err
            assert re.search(rf"burdenshare: {folder}: in use by process \d+ on .*allowed: to wait", said)
        main(["status", folder])
        assert re.search(r"writer +process \d+ on ", capsys.readouterr().out)


def test_failed_runs_are_four_and_say_how_to_see_them(
    desk: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*given: Any) -> Any:
        if 1 in given[3]:
            raise ZeroDivisionError("no budget")
        return real(*given)

    real = pieces.play_chunk
    monkeypatch.setattr(pieces, "play_chunk", breaks)
    assert main(["sweep", "small.toml", "--quiet"]) == 4
    printed = capsys.readouterr()
    folder = printed.out.strip()
    why = "cell 0, replicate 1 failed: ZeroDivisionError: no budget"
    assert f"{why}; to see it: burdenshare replay {folder} 0 1" in printed.err
    for command in ("status", "verify", "resume"):
        assert main([command, folder]) == 4
    capsys.readouterr()
    monkeypatch.setattr("sim.store.results.run_members", breaks_alone)
    assert main(["replay", folder, "0", "1"]) == 4
    assert f"{why} (test_cli_store.py, line" in capsys.readouterr().err
    monkeypatch.undo()
    monkeypatch.chdir(desk)
    assert main(["replay", folder, "0", "1"]) == 0
    assert f"burdenshare resume {folder} --failed" in capsys.readouterr().out
    assert main(["resume", folder, "--failed"]) == 0
    assert Results.open(folder).failed() == []


def breaks_alone(*_: Any) -> Any:
    raise ZeroDivisionError("no budget")


def test_a_run_is_replayed_with_its_members(folder: str, capsys: Captured) -> None:
    assert main(["replay", folder, "1", "2", "--to", "members.csv"]) == 0
    said = capsys.readouterr().out
    assert "The same as the stored run, to the last bit." in said
    scenario = load_scenario("exit-blocked")
    years = scenario.end - scenario.start + 1
    assert len(re.findall(r"^20\d\d ", said, re.M)) == years
    members = pd.read_csv("members.csv")
    book = json.loads(Path("members.csv.codebook.json").read_text())
    assert (book["table"], book["cell"], book["replicate"], book["rows"]) == ("members", 1, 2, len(members))
    assert len(members) == years * 32
    assert members.groupby(["year", "member"]).size().max() == 1


def test_export_says_where_and_overwrites_nothing(folder: str, capsys: Captured) -> None:
    assert main(["export", folder, "out/runs.parquet"]) == 0
    assert capsys.readouterr().out == "out/runs.parquet\n"
    assert len(pd.read_parquet("out/runs.parquet")) == 6
    assert main(["export", folder, "out/runs.parquet"]) == 2
    assert "is there already" in capsys.readouterr().err


def test_an_export_that_is_ended_leaves_no_file(folder: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """By Ctrl-C; `sim.__main__` makes the same of SIGTERM."""

    def ended(*_: Any) -> Any:
        assert len(list(Path("out").iterdir())) == 1
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("not ended")

    monkeypatch.setattr("sim.store.export.stretches", ended)
    assert main(["export", folder, "out/runs.csv"]) == 130
    assert list(Path("out").iterdir()) == []
    assert re.fullmatch(r"burdenshare: interrupted; [^\n]+\n", capsys.readouterr().err)


def test_members_are_exported_where_they_were_recorded(folder: str, capsys: Captured) -> None:
    assert main(["export", folder, "members.csv", "--table", "members"]) == 2
    assert 'allowed: an experiment with record = "members"' in capsys.readouterr().err
    Path("all.toml").write_text(SMALL.replace("replicates = 3", 'replicates = 1\nrecord = "members"'))
    assert main(["sweep", "all.toml", "--quiet"]) == 0
    recorded = capsys.readouterr().out.strip()
    assert main(["export", recorded, "members.csv", "--table", "members"]) == 0
    found = pd.read_csv("members.csv")
    assert len(found) == len(Results.open(recorded).all_members())
    book = {one["column"]: one for one in json.loads(Path("members.csv.codebook.json").read_text())["columns"]}
    assert list(book) == list(found.columns)
    assert (book["defence_share"]["unit"], book["member"]["meaning"]) == ("fraction of GDP", "member")


def test_figures_may_go_elsewhere(folder: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["plot", folder, "--into", "pictures"]) == 0
    drawn = capsys.readouterr().out.split()
    assert {Path(path).parent.name for path in drawn} == {"pictures"}
    assert not Path(folder, "figures").exists()
    Path("others").mkdir()
    Path("others", Path(drawn[0]).name).write_text("mine")
    assert main(["plot", folder, "--into", "others"]) == 2
    assert re.fullmatch(r"burdenshare: others/\S+: is there already [^\n]+\n", capsys.readouterr().err)
    assert [path.read_text() for path in Path("others").iterdir()] == ["mine"]

    def closed(*_: Any) -> None:
        raise OSError(30, "Read-only file system", f"{folder}/figures")

    monkeypatch.setattr(Disk, "make_folder", closed)
    assert main(["plot", folder]) == 74
    words = "Read-only file system; allowed: --into with a folder that can be written"
    assert capsys.readouterr().err == f"burdenshare: {folder}/figures: {words}\n"


def test_figures_are_not_written_through_a_link(folder: str, desk: Path, capsys: Captured) -> None:
    (desk / "elsewhere").mkdir()
    Path(folder, "figures").symlink_to(desk / "elsewhere")
    assert main(["plot", folder]) == 74
    assert "is a link" in capsys.readouterr().err
    assert list((desk / "elsewhere").iterdir()) == []


def test_partial_figures_never_stay_beside_final_ones(
    desk: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A screening design: interrupted it has a panel an axis, complete a tornado."""
    monkeypatch.setattr("sim.sweeps.plan.RUNS", 4)
    sampled = SMALL.replace("[[levers]]", "[[uncertainties]]").replace("values = [0.5, 0.9]", "low = 0.1\nhigh = 0.9")
    sampled += '\n[[uncertainties]]\nname = "noise"\nkey = "parameters.allied_weight"\nlow = 0.1\nhigh = 0.5\n'
    sampled = sampled.replace("[[unc", '[design]\nkind = "morris"\npoints = 4\n\n[[unc', 1)
    (desk / "screen.toml").write_text(sampled.replace("replicates = 3", 'replicates = 2\nrecord = "runs"'))
    assert main(["sweep", "screen.toml", "--quiet", "--workers", "1"]) == 0  # parts in their order
    folder = Path(capsys.readouterr().out.strip())
    last = sorted((folder / "runs").iterdir())[-1]
    kept = last.read_bytes()
    journal = (folder / "journal").read_bytes()
    last.unlink()
    (folder / "journal").write_bytes(b"".join(journal.splitlines(keepends=True)[:-1]))
    assert main(["plot", str(folder)]) == 3
    printed = capsys.readouterr()
    assert f"{folder} is not complete; the figures show what is there, and say so" in printed.err
    assert {path.stem for path in (folder / "figures").glob("*.png")} == {"sample-end-european-share"}
    words = (folder / "figures" / "sample-end-european-share.txt").read_text()
    assert re.match(r"Partial: 5 of 6 parts, 20 of 24 runs\. ", words)
    assert main(["resume", str(folder), "--quiet"]) == 0
    assert last.read_bytes() == kept
    assert main(["plot", str(folder)]) == 0
    assert {path.stem for path in (folder / "figures").glob("*.*")} == {"tornado-end-european-share", "drawn"}
    assert "Partial" not in (folder / "figures" / "tornado-end-european-share.txt").read_text()


def test_shards_are_merged(folder: str, capsys: Captured) -> None:
    for number in (1, 2):
        assert main(["sweep", "small.toml", "--shard", f"{number}/2", "--into", "shards"]) == 0
    first, second = capsys.readouterr().out.split()
    assert first.endswith("-1of2")
    assert main(["merge", second]) == 3  # there is one part, and it is the first shard's
    assert main(["merge", first, second]) == 0
    merged = Results.open(first.removesuffix("-1of2"))
    assert merged.parts == Results.open(folder).parts


def test_what_was_begun_with_something_else_is_shown(folder: str, capsys: Captured) -> None:
    Path(folder, "runs", "part-00000.parquet").unlink()
    journal = Path(folder, "journal")
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-1]))
    assert main(["sweep", "small.toml", "--seed", "5", "--quiet"]) == 0
    printed = capsys.readouterr()
    assert printed.out.strip() != folder
    assert f"{folder} was begun with something else and is left as it is: experiment.seed was 1, is 5" in printed.err


def test_changed_code_refuses_to_resume(folder: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    now = {**runner.code_files(), "rules/budgets.py": "other"}
    monkeypatch.setattr(runner, "code_files", lambda: now)
    monkeypatch.setattr("sim.sweeps.plan.code_digest", lambda: "other")
    assert main(["resume", folder]) == 2
    assert re.fullmatch(
        r"burdenshare: \S+: cannot be resumed, what it would play has changed: sim/rules/budgets.py changed; [^\n]+\n",
        capsys.readouterr().err,
    )


def test_doctor_tries_and_leaves_nothing(desk: Path, folder: str, capsys: Captured) -> None:
    before = sorted(desk.rglob("*"))
    for words in ([], [folder], ["not/there/yet"]):
        assert main(["doctor", *words]) == 0
        said = capsys.readouterr().out
        assert "ok    lock: a second writer is refused" in said
    assert main(["doctor", folder]) == 0
    assert "ok    results: complete; this code can go on with them" in capsys.readouterr().out
    assert sorted(desk.rglob("*")) == before


def test_doctor_names_a_disk_that_cannot_keep_results(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("sim.cli.doctor.write_whole", broken)
    monkeypatch.setattr("sim.store.lock._lock", lambda handle: None)
    assert main(["doctor"]) == 74
    said = capsys.readouterr().out
    assert "look  disk: OSError: Input/output error\n      Sweep into another folder" in said
    assert "look  lock: a second writer is let in" in said


@pytest.mark.skipif(not COMPILED, reason="nothing is compiled here")
def test_doctor_reads_what_was_compiled(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    assert unfit(tmp_path / "code") == ""
    cache = CodeCache(tmp_path / "code")
    monkeypatch.setattr("sim.cli.doctor.CACHE", cache)
    monkeypatch.setattr("sim.cli.doctor.notes", [])
    cache.write("one-0-0", b"compiled")
    cache.write("two-0-0", b"compiled")
    assert main(["doctor", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "compiled and in plain Python" in said
    assert f"ok    cache: {tmp_path}/code, ours alone to write (mode 700), 2 files of compiled code, 0.0 MB\n" in said
    (tmp_path / "code" / "two-0-0").write_bytes(b"")
    assert main(["doctor", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "look  cache: " in said
    assert f"1 of them not used, such as two-0-0: damaged\n      Delete {tmp_path}/code; it is made anew.\n" in said


@pytest.mark.skipif(not COMPILED, reason="nothing is compiled here")
def test_a_compiler_that_does_not_work_is_three_and_one_line(
    desk: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise MachineFault("numba 0.50 cannot compile the model")

    monkeypatch.setattr("sim.cli.doctor.ready", broken)
    assert main(["doctor"]) == 3
    said = capsys.readouterr().out
    assert "look  compiler: numba 0.50 cannot compile the model\n      A sweep stops with this line before its" in said
    monkeypatch.setattr("sim.sweeps.part.ready", broken)
    assert main(["sweep", "small.toml", "--quiet"]) == 3
    assert capsys.readouterr().err == "burdenshare: numba 0.50 cannot compile the model\n"
    assert list(desk.rglob("*.parquet")) == []


def test_what_was_warned_of_is_noted_with_the_session(desk: Path, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "compiled code: damaged" not in Results.open(folder).sessions[-1].get("warned", [])
    monkeypatch.setattr("sim.store.writing.notes", ["compiled code: damaged"])
    (Path(folder) / "runs" / "part-00000.parquet").unlink()
    assert main(["resume", folder, "--quiet"]) == 0
    assert Results.open(folder).sessions[-1]["warned"] == ["compiled code: damaged"]


def test_progress_for_logs_is_json_lines(capsys: Captured, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.cli.progress.EVERY", 0.0)
    assert main(["sweep", "small.toml", "--quiet", "--progress", "json"]) == 0
    printed = capsys.readouterr()
    assert Path(printed.out.strip()).is_dir()
    lines = [json.loads(line) for line in printed.err.splitlines()]
    names = ["name", "done", "total", "rate", "seconds_left", "failed", "peak_memory", "seconds"]
    assert [list(line) for line in lines] == [names] * len(lines)
    last = lines[-1]
    assert (last["name"], last["done"], last["total"], last["seconds_left"], last["failed"]) == ("small", 6, 6, 0.0, 0)
    assert last["peak_memory"] > 10_000_000
    assert [line["done"] for line in lines] == sorted(line["done"] for line in lines)


def test_failures_are_counted_in_progress(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "play_chunk", None)
    assert main(["sweep", "small.toml", "--quiet", "--progress", "json"]) == 4
    said = capsys.readouterr().err.splitlines()
    assert json.loads(said[0])["failed"] == 6


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["--progress", "xml"], "--progress = xml: no such form; allowed: words, json"),
        (["--engine", "fast"], "engine = 'fast': no such engine; allowed: batch, mesa"),
        (["--dask", "here"], "dask = 'here': no address; allowed: "),
    ],
)
def test_a_runner_that_there_is_not_is_bad_input(typed: list[str], words: str, capsys: Captured) -> None:
    assert main(["sweep", "small.toml", *typed]) == 2
    assert capsys.readouterr().err.startswith(f"burdenshare: {words}")
