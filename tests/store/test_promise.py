"""What docs/store.md promises, line by line, on a small sweep."""

from __future__ import annotations

import contextlib
import errno
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from sim.faults import MachineFault
from sim.scenario import ScenarioError
from sim.store import FolderInUse, Results, ResultsError, Shard, Store, provenance
from sim.store.checking import count, verify
from sim.store.journal import read
from sim.store.layout import CELLS
from sim.store.lock import FolderLock, holder
from sim.store.manifest import MANIFEST
from sim.sweeps import crew, merge, part, pieces, resume, runner
from trials.disks import HOW, Dead, Failing, Forgetful

Same = Callable[[Results], bool]
ROOT = Path(__file__).parents[2]


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def committed(folder: Path) -> dict[str, bytes]:
    """The files that the journal speaks of."""
    return {name: (folder / name).read_bytes() for name in Results.open(folder).parts}


@pytest.fixture(scope="module")
def operations(small: Any, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Every storage operation of an undisturbed sweep."""
    disk = Failing(None)
    small.play(tmp_path_factory.mktemp("count"), disk)
    return disk.done


# kept, same, seen: storage that fails


@pytest.mark.parametrize("dead", [False, True])
@pytest.mark.parametrize("how", HOW)
def test_storage_operations_may_fail(
    small: Any, same: Same, operations: list[str], tmp_path: Path, how: str, dead: bool
) -> None:
    """Every third here, each another way; ``make faults`` takes every one every way."""
    assert len(operations) > 50
    assert set(operations) >= {"read", "names", "write", "append", "rename", "sync", "sync_folder", "make_folder"}
    offset = (HOW.index(how) + dead) % 3
    for number, name in list(enumerate(operations))[offset::3]:
        if how == "half" and name not in ("write", "append"):
            continue
        into = tmp_path / f"{number}"
        with contextlib.suppress(OSError, Dead):  # two parts that are ready together are committed in fewer steps
            small.play(into, Failing(number, how, dead=dead))
            assert number > 0.7 * len(operations), "not reached"
        folder = small.folder(into)
        before = committed(folder) if (folder / MANIFEST).exists() else {}
        assert same(small.play(into)), (number, name)
        assert committed(folder).items() >= before.items(), (number, name)
        assert not list(into.rglob("*.tmp"))
        assert not (folder / "quarantine").exists(), "a crash is no damage"


def test_mending_may_fail_too(small: Any, same: Same, tmp_path: Path) -> None:
    def damaged(into: Path) -> Path:
        folder: Path = small.play(into).folder
        for name in (MANIFEST, "runs/part-00001.parquet"):
            (folder / name).write_bytes((folder / name).read_bytes()[:-9])
        with open(folder / "journal", "ab") as journal:
            journal.write(b"0000000000000000 {}\ntorn")
        return folder

    disk = Failing(None)
    damaged(tmp_path / "count")
    small.play(tmp_path / "count", disk)
    for number in range(0, len(disk.done), 2):
        into = tmp_path / f"{number}"
        damaged(into)
        with contextlib.suppress(OSError, Dead):
            small.play(into, Failing(number, HOW[number // 2 % 3], dead=True))
        assert same(small.play(into)), number


def test_a_power_loss_loses_nothing_that_was_committed(
    small: Any, same: Same, operations: list[str], tmp_path: Path
) -> None:
    for number in range(0, len(operations), 3):
        chance, into, left = Random(number), tmp_path / f"{number}", tmp_path / f"{number}-left"
        disk = Forgetful(number)
        with contextlib.suppress(Dead):
            small.play(into, disk)
        sure = {name for name, node in disk.then.items() if node.content is not None}
        disk.left(into, left, chance)
        folder = small.folder(left)
        before = committed(folder) if (folder / MANIFEST).exists() else {}
        assert {folder / name for name in before} <= {left / name.relative_to(into) for name in sure}
        assert same(small.play(left)), number
        assert committed(folder).items() >= before.items()


@pytest.mark.parametrize("at", range(6))
def test_a_full_disk_names_itself_and_loses_nothing(
    small: Any, same: Same, operations: list[str], tmp_path: Path, at: int
) -> None:
    writes = [number for number, name in enumerate(operations) if name in ("write", "append")]
    with pytest.raises(OSError, match="No space left") as caught:
        small.play(tmp_path, Failing(writes[at * len(writes) // 6], "half", lasting=True, code=28))
    assert all("burdenshare resume" in note for note in getattr(caught.value, "__notes__", ()))
    assert same(small.play(tmp_path))


# seen: damage


def test_any_byte_that_changes_is_seen_and_mended(small: Any, same: Same, tmp_path: Path) -> None:
    folder = small.play(tmp_path).folder
    chance = Random(1)
    whole = {name: data for name, data in files(folder).items() if name != "lock"}
    for _ in range(30):
        name = chance.choice(sorted(whole))
        data = bytearray(whole[name])
        at = chance.randrange(len(data))
        data[at] ^= 1 << chance.randrange(8)
        (folder / name).write_bytes(bytes(data))
        assert list(verify(Results.open(folder))), (name, at)
        results = small.play(tmp_path)
        assert same(results), (name, at)
        assert list(verify(results)) == []
        assert bytes(data) in [path.read_bytes() for path in (folder / "quarantine").iterdir()] or name == "journal"
        for path in (folder / "quarantine").iterdir() if (folder / "quarantine").exists() else ():
            path.unlink()
        for one, content in whole.items():
            (folder / one).write_bytes(content)


@pytest.mark.parametrize("name", [MANIFEST, "journal"])
@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_the_manifest_is_mended_from_the_journal_and_the_journal_from_the_manifest(
    small: Any, same: Same, tmp_path: Path, name: str, damage: str
) -> None:
    folder = small.play(tmp_path).folder
    manifest = (folder / MANIFEST).read_bytes()
    if damage == "gone":
        (folder / name).unlink()
    else:
        (folder / name).write_bytes((folder / name).read_bytes()[:200])
    assert same(resume(folder))
    assert (folder / MANIFEST).read_bytes() == manifest


def test_both_damaged_is_refused_by_resume_and_begun_anew_by_sweep(small: Any, same: Same, tmp_path: Path) -> None:
    folder = small.play(tmp_path).folder
    for name in (MANIFEST, "journal"):
        (folder / name).write_bytes(b"{}\n")
    with pytest.raises(ResultsError, match="damaged, and so is its copy"):
        resume(folder)
    assert same(small.play(tmp_path))
    assert sorted(path.name for path in (folder / "quarantine").iterdir()) == ["journal.0", "manifest.json.0"]


def test_a_torn_journal_is_cut_back_to_its_last_good_line(small: Any, same: Same, tmp_path: Path) -> None:
    folder = small.play(tmp_path).folder
    whole = (folder / "journal").read_bytes()
    last = whole[: whole[:-1].rfind(b"\n") + 1]
    for cut in range(len(last), len(whole), 7):
        (folder / "journal").write_bytes(whole[:cut])
        assert read(whole[:cut]).bad == []
        results = small.play(tmp_path)
        assert same(results)
        assert results.parts.keys() == Results.open(folder).parts.keys()


# little redone, once


def test_only_what_is_missing_or_damaged_is_played(
    small: Any, same: Same, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = small.play(tmp_path).folder
    (folder / "years" / "part-00001.parquet").unlink()
    played: list[int] = []
    real = pieces.play_chunk

    def counted(*given: Any) -> Any:
        played.extend(given[3].tolist())
        return real(*given)

    monkeypatch.setattr(pieces, "play_chunk", counted)
    results = resume(folder)
    assert same(results)
    assert len(played) == 4  # one part of three
    before = files(folder)
    assert same(resume(folder))
    assert (len(played), files(folder)) == (4, before)
    runs = results.runs(["cell", "replicate"])
    assert not runs.duplicated().any()
    assert len(runs) == count(results).done == 12


# honest: runs that fail


def test_a_run_that_fails_is_recorded_and_takes_no_other_with_it(
    small: Any, same: Same, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = small.play(tmp_path / "whole")
    real, tries = pieces.play_chunk, [0]

    def breaks(prepared: Any, rows: Any, seed: int, replicates: Any, measures: Any) -> Any:
        if ((rows["thinning"] == 0.7) & (replicates == 2)).any():
            tries[0] += replicates.size == 1
            raise ValueError("no\nequilibrium")
        return real(prepared, rows, seed, replicates, measures)

    monkeypatch.setattr(pieces, "play_chunk", breaks)
    results = small.play(tmp_path / "out")
    assert results.failed() == [(1, 2, "ValueError: no equilibrium")]
    assert tries == [3]
    assert (results.complete, results.status) == (True, "complete but for failed runs")
    assert count(results)[:4] == (12, 11, 1, 0)
    assert count(results).code == 4
    assert list(verify(results)) == []
    expected = whole.runs()
    expected = expected[~((expected["cell"] == 1) & (expected["replicate"] == 2))].reset_index(drop=True)
    assert results.runs().equals(expected)
    assert len(results.years()) == 33
    assert resume(results.folder).failed() == results.failed()
    assert tries == [3], "resume leaves them alone"
    monkeypatch.setattr(pieces, "play_chunk", real)
    assert same(resume(results.folder, again=True))


def test_a_measure_that_is_no_number_fails_its_run(small: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = pieces.play_chunk

    def runs_away(*given: Any) -> Any:
        levels, counts = real(*given)
        levels[given[3] == 3, -1, 0] = np.inf
        return levels, counts

    monkeypatch.setattr(pieces, "play_chunk", runs_away)
    failed = small.play(tmp_path).failed()
    assert [run[:2] for run in failed] == [(0, 3), (1, 3), (2, 3)]
    assert "not a finite number" in failed[0][2]


def test_all_may_fail(small: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "play_chunk", None)
    results = small.play(tmp_path)
    assert count(results)[:4] == (12, 0, 12, 0)
    assert len(results.runs()) == 0
    assert list(results.years().columns)[:3] == ["cell", "thinning", "replicate"]
    assert results.sql("select count(*) as n from runs")["n"].tolist() == [0]


@pytest.mark.parametrize(
    "fault", [MemoryError(), OSError(errno.EMFILE, "too many open files"), ImportError("failed to map segment"),
              MachineFault("numba cannot compile the model")],
)  # fmt: skip
def test_a_fault_of_the_machine_stops_the_sweep_and_blames_no_run(
    fault: Exception, small: Any, same: Same, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meets(*_: Any) -> Any:
        raise fault

    real = pieces.play_chunk
    monkeypatch.setattr(pieces, "play_chunk", meets)
    with pytest.raises(type(fault)) as caught:
        small.play(tmp_path)
    assert "to go on: burdenshare resume" in caught.value.__notes__[-1]
    monkeypatch.setattr(pieces, "play_chunk", real)
    assert same(small.play(tmp_path))


def test_what_cannot_be_compiled_stops_the_sweep_before_its_first_run(
    small: Any, same: Same, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise MachineFault("numba 0.50 cannot compile the model")

    with monkeypatch.context() as patch:
        patch.setattr(part, "ready", broken)
        patch.setattr(pieces, "play_chunk", None)  # never called
        with pytest.raises(MachineFault, match="cannot compile"):
            small.play(tmp_path)
        assert list(tmp_path.rglob("*.parquet")) == []
    assert same(small.play(tmp_path))


# ends: threads that are stuck


def test_a_stuck_thread_is_noticed_and_its_run_marked_failed(
    small: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.play(tmp_path / "warm")  # nothing is compiled or loaded any more, so a second is long
    monkeypatch.setattr(crew, "STUCK", 1.0)
    real, hung = pieces.play_chunk, [0]

    def hangs(prepared: Any, rows: Any, seed: int, replicates: Any, measures: Any) -> Any:
        if ((rows["thinning"] == 0.9) & (replicates == 1)).any():
            hung[0] += 1
            time.sleep(60)
        return real(prepared, rows, seed, replicates, measures)

    monkeypatch.setattr(pieces, "play_chunk", hangs)
    begun = time.monotonic()
    results = small.play(tmp_path / "out")
    assert time.monotonic() - begun < 20
    assert hung == [3]
    assert results.failed() == [(2, 1, "no answer for 1 s, 3 times")]
    assert count(results)[:4] == (12, 11, 1, 0)


# honest: who writes


def hold(folder: Path, ready: Any, leave: Any) -> None:
    with FolderLock(folder):
        ready.set()
        leave.wait(60)


def test_a_second_writer_is_refused_until_the_first_is_gone(small: Any, same: Same, tmp_path: Path) -> None:
    folder = small.folder(tmp_path)
    folder.mkdir()
    spawn = multiprocessing.get_context("spawn")
    ready, leave = spawn.Event(), spawn.Event()
    other = spawn.Process(target=hold, args=(folder, ready, leave))
    other.start()
    assert ready.wait(60)
    with pytest.raises(FolderInUse, match=f"in use by process {other.pid} on"):
        small.play(tmp_path)
    assert str(other.pid) in str(holder(folder))
    other.kill()  # a lock that is only a file would stay
    other.join()
    assert holder(folder) is None
    assert same(small.play(tmp_path))


def test_a_lock_that_is_taken_away_stops_the_writer(small: Any, tmp_path: Path) -> None:
    with Store(small.folder(tmp_path), small.plan.header) as store:
        store.begin()
        with pytest.raises(FolderInUse), Store(store.folder, small.plan.header):
            pass  # a second one in this process is refused as well
        (store.folder / "lock").unlink()
        with pytest.raises(FolderInUse, match="lock was removed"):
            store.put(CELLS, small.plan.cell_tables())


# honest: what has changed


def test_changed_code_or_figures_refuse_to_resume_and_are_shown(
    small: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = small.play(tmp_path).folder
    before = files(folder)
    now = dict(runner.code_files())
    now["rules/budgets.py"] = now["data/members.csv"] = "other"
    del now["year.py"]
    monkeypatch.setattr(runner, "code_files", lambda: now)
    monkeypatch.setattr("sim.sweeps.plan.code_digest", lambda: "other")
    with pytest.raises(ResultsError) as caught:
        resume(folder)
    said = str(caught.value)
    assert "sim/rules/budgets.py changed" in said
    assert "sim/year.py is gone" in said
    assert files(folder) == before


def test_a_changed_experiment_is_shown(small: Any, tmp_path: Path) -> None:
    from sim.store.manifest import differences

    header = small.plan.header
    other = json.loads(json.dumps(header))
    other["experiment"]["seed"] = 8
    other["scenario"]["end"] = 2030
    said = differences(header, other, {}, {})
    assert said == "experiment.seed was 1, is 8, scenario.end was 2027, is 2030"


# same: shards


@pytest.mark.parametrize("of", [1, 2, 5])
def test_shards_merge_into_the_same_bytes(small: Any, same: Same, tmp_path: Path, of: int) -> None:
    whole = small.play(tmp_path / "whole")
    shards = []
    for number in range(1, of + 1):
        header = small.plan.header | {"shard": [number, of]}
        folder = runner.folder_of(tmp_path / "shards", header, Shard(number, of))
        shards.append(runner.play(small.plan, Store(folder, header), workers=1))
    assert all(shard.complete for shard in shards)
    assert sum(shard.runs_done for shard in shards) == 12
    untouched = [files(shard.folder) for shard in shards]
    if of > 1:
        part_of_it = merge([shards[1].folder])
        assert count(part_of_it).code == 3
    merged = merge([shard.folder for shard in shards])
    assert same(merged)
    assert merged.parts == whole.parts
    assert committed(merged.folder) == committed(whole.folder)
    assert [files(shard.folder) for shard in shards] == untouched
    assert same(resume(merged.folder))


def test_a_shard_resumes_and_a_damaged_one_is_not_merged(small: Any, tmp_path: Path) -> None:
    header = small.plan.header | {"shard": [1, 2]}
    folder = runner.folder_of(tmp_path, header, Shard(1, 2))
    shard = runner.play(small.plan, Store(folder, header), workers=1)
    damaged = folder / "runs" / "part-00002.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(ResultsError, match="then merge again"):
        merge([folder])
    assert resume(folder).runs_done == shard.runs_done == 8


@pytest.mark.parametrize("text", ["0/3", "4/3", "1/0", "a/b", "1", "1/2/3", "-1/2", "٢/٣"])
def test_a_bad_shard_is_one_line(text: str) -> None:
    with pytest.raises(ResultsError, match="allowed: i/n"):
        Shard.parse(text)


# hands off


@pytest.mark.skipif(shutil.which("git") is None, reason="no git")
def test_asking_git_where_a_result_comes_from_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was touched makes `git status` renew the index, under a lock that a kill would leave behind."""
    one = tmp_path / "sim" / "one.py"
    one.parent.mkdir()
    one.write_text("")
    who = ["-c", "user.name=x", "-c", "user.email=x@x"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "one"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    os.utime(one, (1, 1))
    before = files(tmp_path)
    monkeypatch.setattr(provenance, "SIM", one.parent)
    found = provenance.git.__wrapped__()
    assert found["changed"] is False
    assert len(found["commit"]) == 40
    assert files(tmp_path) == before


def test_nothing_outside_the_folder_is_touched(small: Any, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "mine.txt").write_text("mine")
    before = files(tmp_path)
    results = small.play(tmp_path / "out")
    results.sql("select avg(end_european_share) from runs")
    list(verify(results))
    after = files(tmp_path)
    assert {name for name in after if name not in before} == {
        f"out/{results.folder.name}/{name}" for name in [MANIFEST, "journal", "lock", *results.parts]
    }
    assert {name: after[name] for name in before} == before


def test_reading_changes_nothing(small: Any, tmp_path: Path) -> None:
    folder = small.play(tmp_path).folder
    (folder / "journal").write_bytes((folder / "journal").read_bytes() + b"torn")
    before = files(folder)
    results = Results.open(folder)
    results.runs(), results.years(), results.cells(), count(results), list(verify(results)), results.members(0, 0)
    assert files(folder) == before


# same: wherever and whenever it is played


@pytest.mark.parametrize("setting", [{"TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8"}, {"PYTHONHASHSEED": "7"}])
def test_same_bytes_in_other_time_zones_locales_and_hash_seeds(
    small: Any, tmp_path: Path, setting: dict[str, str]
) -> None:
    code = (
        "import sys, json; from sim.scenario import Experiment, Scenario; from sim.sweeps import plan, runner, sweep\n"
        "plan.RUNS = 4; head = json.loads(sys.argv[1])\n"
        "read = lambda kind: kind.model_validate_json(json.dumps(head[kind.__name__.lower()]))\n"
        "e = read(Experiment); e._base = read(Scenario); sweep(e, sys.argv[2])"
    )
    header = json.dumps({name: small.plan.header[name] for name in ("experiment", "scenario")})
    there = {**os.environ, **setting, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code, header, str(tmp_path / "there")], check=True, env=there)
    here, there_ = small.play(tmp_path / "here"), Results.open(small.folder(tmp_path / "there"))
    assert here.parts == there_.parts


def test_workers_must_be_some(small: Any, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="workers = 0"):
        runner.play(small.plan, Store(small.folder(tmp_path), small.plan.header), workers=0)
    assert not list(tmp_path.iterdir())
