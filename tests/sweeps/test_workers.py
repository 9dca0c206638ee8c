"""Worker processes: the bytes of the batch engine; whatever agents do to their worker, the sweep ends and says so."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim import source
from sim.engines.agents import Congress, Member
from sim.engines.batch import run_batch
from sim.engines.subclasses import described, spelt
from sim.scenario import Experiment, ScenarioError, load_experiment
from sim.store import ResultsError
from sim.sweeps import crew, plan, resume, sweep, workers
from sim.sweeps.crew import Died, WorkersLost
from sim.sweeps.plan import Plan
from tests.small import thinning

Sums = Callable[[Path], dict[str, str]]

OWN = '''
import os, signal, sys, time
from pathlib import Path
from sim.engines.agents import Member

TRACE = Path(__file__).with_name("trace")

class Stubborn(Member):
    def want(self):
        return 0.01

class Deadly(Member):
    """Does something awful in one run of one cell: replicate 3 where thinning is .7."""
    def want(self):
        if self.model.now.replicate == 3 and self.model.now.parameters.thinning == 0.7:
            with TRACE.open("a") as file:
                file.write(f"{os.getpid()}\\n")
            self.act()
        return super().want()

class Ends(Deadly):
    """Leaves first, then is killed, then hangs."""
    def act(self):
        time_of_it = len(TRACE.read_text().split())
        if time_of_it == 1:
            sys.exit(7)
        if time_of_it == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(60)

class Hangs(Deadly):
    def act(self):
        time.sleep(60)

class Raises(Deadly):
    def act(self):
        raise ValueError("no budget")
'''


@pytest.fixture
def small(written: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> Experiment:
    monkeypatch.setattr(plan, "RUNS", 5)  # a cell a part: three parts
    return load_experiment(written(thinning(5)))


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A module of agents that workers can import."""
    (tmp_path / "own_agents.py").write_text(OWN)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "own_agents", raising=False)
    import own_agents  # type: ignore[import-not-found]

    return own_agents


def test_worker_processes_give_the_bytes_of_the_batch_engine(small: Experiment, tmp_path: Path, sums: Sums) -> None:
    recorded = small.model_copy(update={"record": "members"})
    batch = sweep(recorded, tmp_path / "batch", workers=1)
    mesa = sweep(recorded, tmp_path / "mesa", workers=2, engine="mesa")
    assert mesa.complete
    assert mesa.folder.name == batch.folder.name
    assert sums(mesa.folder) == sums(batch.folder)


def test_subclassed_agents_decide_and_belong_to_the_sweep(small: Experiment, own: Any, tmp_path: Path) -> None:
    members = {"DEU": own.Stubborn}
    results = sweep(small, tmp_path, workers=1, engine="mesa", members=members)
    usual = Plan(small).header
    assert results.manifest["agents"] == described({"members": members})
    assert results.manifest["digest"] != usual["digest"], "never mixed with the usual agents"
    played = run_batch(results.experiment._base, 7, [0], record="runs").summaries["mean_european_share"][0]
    first = results.runs().query("cell == 0 and replicate == 0")["mean_european_share"].item()
    assert first != played
    history = results.members(0, 0, members=members)
    germany = history[(history["member"] == "DEU") & (history["year"] == 2029)]
    assert germany["wanted_share"].item() == 0.01
    with pytest.raises(ResultsError, match=r"played with other agents.*python -c .*own_agents.Stubborn"):
        results.replay(0, 0)
    with pytest.raises(ResultsError, match=r"agents.members.DEU.class was \"Stubborn\", is not there"):
        resume(results.folder)
    assert resume(results.folder, engine="mesa", members=members).complete


@pytest.mark.trial
def test_a_run_that_ends_its_worker_is_tried_three_times_and_listed(
    small: Experiment, own: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "STUCK", 2.0)
    why = "no answer for 2 s, 3 times"
    failures: list[tuple[int, int, str]] = []
    told = {"failing": lambda *run: failures.append(run)}
    results = sweep(small, tmp_path, workers=1, engine="mesa", members={"DEU": own.Ends}, **told)
    assert results.failed() == [(1, 3, why)]
    assert failures == [(1, 3, why)]
    assert (results.status, results.runs_done) == ("complete but for failed runs", 14)
    workers_used = own.TRACE.read_text().split()
    assert len(workers_used) == len(set(workers_used)) == 3
    assert not any(alive(int(process)) for process in workers_used)
    line = results.to_replay(1, 3)
    assert line.startswith("python -c 'import own_agents, sim; sim.Results.open(")
    whole = sweep(small, tmp_path / "usual", workers=1).runs()
    expected = whole[~((whole["cell"] == 1) & (whole["replicate"] == 3))].reset_index(drop=True)
    assert results.runs().equals(expected), "all others have the result that they always have"


@pytest.mark.trial
def test_the_line_that_replays_a_run_plays_it(small: Experiment, own: Any, tmp_path: Path) -> None:
    results = sweep(small, tmp_path, workers=1, engine="mesa", members={"DEU": own.Raises})
    assert results.failed() == [(1, 3, "ValueError: no budget")]
    found = subprocess.run(
        ["/bin/sh", "-c", results.to_replay(1, 3).replace("python", sys.executable, 1)],
        capture_output=True, text=True, cwd=tmp_path, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert found.stderr.rstrip().endswith("ValueError: no budget")


def alive(process: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.trial
def test_no_worker_outlives_its_parent(small: Experiment, own: Any, tmp_path: Path) -> None:
    script = tmp_path / "begin.py"
    script.write_text(
        "import sim, own_agents\nfrom sim.sweeps import plan\n"
        "if __name__ == '__main__':\n"
        "    plan.RUNS = 5\n"
        "    experiment = sim.load_experiment('small.toml')\n"
        "    sim.sweep(experiment, 'out', workers=1, engine='mesa', members={'DEU': own_agents.Hangs})\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    parent = subprocess.Popen([sys.executable, script], cwd=tmp_path, env=environment)
    try:
        end = time.monotonic() + 60
        while not own.TRACE.exists() and time.monotonic() < end:
            time.sleep(0.1)
        hanging = int(own.TRACE.read_text().split()[0])
        assert alive(hanging)
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    end = time.monotonic() + 10
    while alive(hanging) and time.monotonic() < end:
        time.sleep(0.05)
    assert not alive(hanging)


def test_workers_that_cannot_start_stop_the_sweep(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_serve", os._exit)  # is called with a pipe, which is no exit code
    with pytest.raises(WorkersLost, match=r"a worker process ended while it started \(exit code 1\)") as caught:
        sweep(small, tmp_path, workers=1, engine="mesa")
    assert caught.value.__notes__[0].startswith("0 of 3 parts are whole")


FELL = "BURDENSHARE_FELL"  # in the environment: the file that a worker leaves which ended


def falls_once(pipe: Any) -> None:
    """A worker that is killed while it starts, if it is the first."""
    if not os.path.exists(os.environ[FELL]):
        Path(os.environ[FELL]).write_text("")
        os.kill(os.getpid(), signal.SIGKILL)
    workers_serve(pipe)


def has_others(pipe: Any) -> None:
    """A worker with other packages."""
    plan.packages, workers.warm = dict, print
    workers_serve(pipe)


workers_serve = workers._serve


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_worker_that_is_killed_while_it_starts_is_replaced(
    small: Experiment, tmp_path: Path, sums: Sums, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FELL, str(tmp_path / "fell"))
    monkeypatch.setattr(workers, "_serve", falls_once)
    results = sweep(small, tmp_path, workers=1, engine="mesa")
    assert (tmp_path / "fell").exists()
    assert sums(results.folder) == sums(sweep(small, tmp_path / "batch").folder)


def test_a_worker_that_is_gone_before_it_is_told_anything_is_replaced(
    small: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Any) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("multiprocessing.context.SpawnProcess.start", broken)
    with pytest.raises(Died, match="its worker died while it started"):
        workers.Process(Plan(small)).play(0, print, {}, set())


def test_a_worker_with_other_code_plays_nothing(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_serve", has_others)
    with pytest.raises(WorkersLost, match="it has other code, or other versions of packages") as caught:
        sweep(small, tmp_path, workers=1, engine="mesa")
    assert caught.value.__notes__[0].startswith("0 of 3 parts are whole")


@pytest.mark.parametrize("engine", ["mesa", "batch"])
def test_code_that_changed_under_this_process_is_not_played(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Any
) -> None:
    """Here before the sweep; ``trials.workers`` changes a copy of the package while one is played."""
    results = sweep(small, tmp_path / "out", workers=1)
    before = {path: path.read_bytes() for path in results.folder.rglob("*") if path.is_file()}
    monkeypatch.setitem(source._imported, "rules/budgets.py", (0, 0))
    words = r"rules/budgets.py: changed since this process imported it; allowed: to start Python anew"
    for call in (
        lambda: sweep(small, tmp_path / "out", engine=engine),
        lambda: sweep(small, tmp_path / "new", engine=engine),
        lambda: resume(results.folder, engine=engine),
        lambda: results.replay(0, 0),
    ):
        with pytest.raises(ResultsError, match=words):
            call()
    assert before == {path: path.read_bytes() for path in results.folder.rglob("*") if path.is_file()}
    assert not (tmp_path / "new").exists()


def test_a_worker_is_not_started_under_agents_that_changed(small: Experiment, own: Any, tmp_path: Path) -> None:
    hand = workers.Process(Plan(small, "mesa", {"members": {"DEU": own.Stubborn}}))
    with (tmp_path / "own_agents.py").open("a") as file:
        file.write("# other\n")
    with pytest.raises(ScenarioError, match=r"members.DEU = Stubborn: \S+own_agents.py: changed since"):
        hand.play(0, print, {}, set())


def test_workers_that_start_too_slowly_are_ended_and_tried_three_times(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[workers.Process] = []
    start = workers.Process._started

    def noted(self: workers.Process) -> Any:
        begun.append(self)
        return start(self)

    monkeypatch.setattr(workers, "START", 0.0)
    monkeypatch.setattr(workers.Process, "_started", noted)
    with pytest.raises(WorkersLost, match=r"part 0: its worker did not start within 0 s before its first run, 3 times"):
        sweep(small, tmp_path, engine="mesa", workers=1)
    assert len(begun) >= 3
    for one in multiprocessing.active_children():
        one.join(10.0)  # killed, and perhaps not yet gone
    assert not multiprocessing.active_children()


def test_agents_that_cannot_be_played_are_refused_before_anything_is_written(
    small: Experiment, own: Any, tmp_path: Path
) -> None:
    class Local(Member):
        pass

    for given, words in [
        ({"engine": "mesa", "members": {"DEU": Local}}, "cannot import it"),
        ({"engine": "mesa", "members": {"XXX": own.Stubborn}}, "member 'XXX': unknown"),
        ({"engine": "mesa", "members": {"USA": own.Stubborn}}, "subclass of sim.engines.agents.UnitedStates"),
        ({"engine": "mesa", "congress": own.Stubborn}, "subclass of sim.engines.agents.Congress"),
        ({"engine": "mesa", "membres": {}}, "membres: no such agents"),
        ({"engine": "mesa", "members": {"DEU": "own_agents.Stubborn"}}, "subclass of"),
        ({"members": {"DEU": own.Stubborn}}, 'allowed: engine="mesa"'),
        ({"engine": "fast"}, "allowed: batch, mesa"),
    ]:
        with pytest.raises(ScenarioError, match=re.escape(words)):
            sweep(small, tmp_path / "out", **given)  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_agents_are_spelt_as_they_were_given(own: Any) -> None:
    found = described({"members": {"DEU": own.Stubborn}, "congress": Congress})
    assert spelt(found) == 'members={"DEU": own_agents.Stubborn}, congress=sim.engines.agents.Congress'
