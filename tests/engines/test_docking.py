"""Two engines, one model: agents and the batch engine agree to the last bit, compiled or not."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.compiled import COMPILED
from sim.data import MEMBERS
from sim.engines import kernels, loop, plain
from sim.engines.agents import run
from sim.engines.batch import CHUNK, run_batch, run_members
from sim.engines.tables import History
from sim.faults import MachineFault
from sim.measures import COUNTS, EVERYTHING, LEVELS, MEMBER
from sim.scenario import REACTIONS, Instruments, Parameters, Scenario, load_scenario, scenario_names, with_values
from sim.scenario.parameters import Drawn
from sim.setup import prepare
from sim.world import MEMORY, PATH, WORLD, N

ROOT = Path(__file__).parents[2]


def first_differences(one: History, other: History) -> list[tuple[int, str]]:
    """Year and name of what differs, the earliest first; names alone say in which scene to look."""
    found: list[tuple[int, str]] = []
    for table, names in (("members", MEMBER), ("levels", LEVELS), ("counts", COUNTS)):
        left, right = getattr(one, table), getattr(other, table)
        if left.tobytes() != right.tobytes():
            differs = left.view(f"i{left.itemsize}") != right.view(f"i{right.itemsize}")
            found += [
                (int(np.argwhere(differs[:, k])[0][0]), name) for k, name in enumerate(names) if differs[:, k].any()
            ]
    return sorted(found)


@pytest.mark.parametrize("seed", [1, 2**40 + 7])
@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_is_the_same_to_the_last_bit(name: str, seed: int) -> None:
    scenario = load_scenario(name)
    assert first_differences(run_members(scenario, seed, 3), run(scenario, seed, 3).history) == []


@pytest.mark.parametrize("name", ["status-quo", "backlash", "march-2025"])
def test_the_interpreted_loop_gives_the_same_bits(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = load_scenario(name)
    scenario = scenario.model_copy(update={"end": scenario.start + 3})
    histories = []
    for player in (kernels.play_runs, plain.play_plainly):
        monkeypatch.setattr(loop, "_player", lambda runs, player=player: player)
        histories.append(run_members(scenario, 5, 2))
    assert first_differences(*histories) == []


@pytest.mark.skipif(not COMPILED, reason="without a compiler there is one loop only")
@pytest.mark.parametrize(("ready", "few"), [(False, loop.FEW), (True, loop.AT_ONCE)])
def test_only_the_first_few_runs_of_a_process_are_interpreted(
    ready: bool, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "_trusted", [])
    monkeypatch.setattr(loop, "is_ready", lambda function: ready)
    monkeypatch.setattr(loop, "_interpreted", [])
    chosen = [loop._player(runs) is kernels.play_runs for runs in (few + 1, few - 1, 1, 1)]
    assert chosen == [True, False, False, True]


@pytest.mark.skipif(not COMPILED, reason="without a compiler there is one loop only")
def test_a_loop_that_is_there_is_used_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "_trusted", [True])
    monkeypatch.setattr(loop, "_interpreted", [])
    assert loop._player(1) is kernels.play_runs


@pytest.mark.skipif(not COMPILED, reason="without a compiler there is one loop only")
def test_a_loop_that_plays_other_numbers_plays_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was compiled from other rules, or wrongly, is seen before its first run."""
    real = kernels.play_runs

    def stale(*given: Any) -> None:
        real(*given)
        given[-3][0, 1, 0] *= 1.0 + 1e-15  # a level of the first year

    for name, value in (("_trusted", []), ("_interpreted", []), ("play_runs", stale)):
        monkeypatch.setattr(loop, name, value)
    with pytest.raises(MachineFault, match="compiled code plays other numbers than plain Python") as caught:
        run_batch("status-quo", 1, loop.FEW + 1)
    assert "\n" not in str(caught.value)
    assert str(loop.CACHE.folder) in str(caught.value)
    monkeypatch.setattr(loop, "play_runs", real)
    assert run_batch("status-quo", 1, loop.FEW + 1).levels is not None


def test_agents_that_play_other_numbers_are_seen() -> None:
    drawn = with_values(load_scenario("status-quo"), {"parameters": "posterior"})
    for scenario in (load_scenario("turbulence"), drawn):
        history = run(scenario, 1).history
        loop.check(scenario, history)
        for table in vars(history).values():
            before = table[2].copy()
            table[2] += 1
            with pytest.raises(MachineFault, match="other numbers than plain Python"):
                loop.check(scenario, history)
            table[2] = before


def test_several_runs_on_plain_objects_are_the_compiled_ones() -> None:
    """Runs with rows of their own start anew, runs with equal ones from a copy of the same start."""
    ready = prepare(load_scenario("turbulence").model_copy(update={"end": 2028}))
    rows, numbers = np.repeat(ready.parameters, 4), np.arange(4)
    rows["threat_scale"][2:] = 1.0
    new, years = np.array([True, False, True, False]), ready.years.size
    found = []
    for player in (kernels.play_runs, plain.play_plainly):
        levels, counts = np.empty((4, years, len(LEVELS))), np.empty((4, years, len(COUNTS)), np.int16)
        player(
            rows, ready.setup, ready.years, ready.policies, 3, numbers, new, np.zeros(2, WORLD),
            np.zeros(MEMORY + years, PATH), EVERYTHING, levels, counts, np.empty((0, years, len(MEMBER), N)),
        )  # fmt: skip
        found.append(levels.tobytes() + counts.tobytes())
    assert found[0] == found[1]


def anything(luck: np.random.Generator) -> Scenario:
    """A scenario with half of its parameters anywhere in their ranges, and members that react by any rule."""
    base = load_scenario(str(luck.choice(scenario_names())))
    values = base.parameters.model_dump()
    for name, field in Parameters.model_fields.items():
        limits = {type(limit).__name__: limit for limit in field.metadata}
        low, high = limits["Ge"].ge, limits["Le"].le
        if luck.random() < 0.5:
            continue
        if name in ("loan_opens", "clause_opens"):
            values[name] = int(luck.choice([0, base.start + 2]))
        elif field.annotation is int:
            values[name] = int(luck.integers(low, min(high, 2040), endpoint=True))
        else:
            values[name] = float(luck.choice([low, high, luck.uniform(low, high)], p=[0.15, 0.1, 0.75]))
    reacting = {str(code): str(luck.choice(REACTIONS)) for code in luck.choice(MEMBERS, 8, replace=False)}
    return base.model_copy(
        update={
            "parameters": Drawn(**values),
            "reaction": str(luck.choice(REACTIONS)),
            "reactions": reacting,
            "instruments": Instruments(take_up=luck.choice(["recorded", "decided", "none"]).item()),
        }
    )


def test_so_is_any_other_scenario() -> None:
    luck = np.random.default_rng(11)
    challenges, statuses = 0, set()
    for _ in range(60):
        scenario, seed, replicate = anything(luck), int(luck.integers(2**62)), int(luck.integers(2**40))
        one, other = run_members(scenario, seed, replicate), run(scenario, seed, replicate).history
        assert first_differences(one, other) == [], scenario.model_dump_json()
        challenges += int(one.counts[:, COUNTS.index("challenge")].sum())
        statuses |= set(one.counts[:, COUNTS.index("treaty_status")].tolist())
    assert challenges > 100  # the crises were played
    assert {0, 3, 4} <= statuses  # and both ways out


@pytest.mark.parametrize("workers", [1, 2])
def test_replicate_k_is_run_k_of_any_batch(workers: int) -> None:
    scenario = load_scenario("turbulence")
    many = run_batch(scenario, 5, CHUNK + 40, workers=workers)
    for k in (0, CHUNK - 1, CHUNK, CHUNK + 39):
        alone = run(scenario, 5, k)
        years, runs = many.years(), many.runs()
        pd.testing.assert_frame_equal(
            alone.years(), years[years["replicate"] == k].reset_index(drop=True), check_exact=True
        )
        pd.testing.assert_frame_equal(
            alone.runs(), runs[runs["replicate"] == k].reset_index(drop=True), check_exact=True
        )
        pd.testing.assert_frame_equal(alone.members(), many.members(k), check_exact=True)


def test_replicates_may_be_any_numbers_in_any_order() -> None:
    scenario = load_scenario("exit-unilateral")
    few = run_batch(scenario, 9, [2**33 + 5, 4])
    assert few.levels is not None
    for place, k in enumerate((2**33 + 5, 4)):
        assert run(scenario, 9, k).history.levels.tobytes() == few.levels[place].tobytes()


# Without the compiler

SHORT = {"graduated": 2028, "exit-lawful": 2029, "drawdown-1990": 1993}
PROGRAM = """
import warnings
from sim.compiled import COMPILED
from tests_docking import digest, short, SHORT
from sim.engines.agents import run
from sim.engines.batch import run_members
assert not COMPILED
warnings.simplefilter("error")
for name in SHORT:
    print(name, digest(run(short(name), 5, 2).history), digest(run_members(short(name), 5, 2)))
"""


def short(name: str) -> Scenario:
    """The first years of a scenario."""
    return load_scenario(name).model_copy(update={"end": SHORT[name]})


def digest(history: History) -> str:
    parts = history.members.tobytes(), history.levels.tobytes(), history.counts.tobytes()
    return hashlib.sha256(b"".join(parts)).hexdigest()


def test_plain_python_gives_the_same_bits() -> None:
    load = f"""
import importlib.util, sys
spec = importlib.util.spec_from_file_location("tests_docking", {str(Path(__file__))!r})
module = importlib.util.module_from_spec(spec)
sys.modules["tests_docking"] = module
spec.loader.exec_module(module)
"""
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-c", load + PROGRAM], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    expected = [f"{name} {bits} {bits}" for name in SHORT for bits in [digest(run(short(name), 5, 2).history)]]
    assert done.stdout.split("\n")[:-1] == expected
    assert digest(run_members(short("graduated"), 5, 2)) in expected[0]


def test_a_longer_scenario_does_not_change_its_first_years() -> None:
    whole, part = load_scenario("conditional-3.5"), with_values(load_scenario("conditional-3.5"), {"end": 2028})
    assert run(whole, 4).history.members[:4].tobytes() == run(part, 4).history.members.tobytes()


def test_members_are_those_of_the_run_that_was_played() -> None:
    """With parameters that differ from run to run, the members' spending adds up to the year's."""
    many = run_batch(load_scenario("status-quo"), 1, 3, parameters={"threat_scale": [0.0, 1.0, 3.0]})
    years = many.years().set_index(["replicate", "year"])["european_spending"]
    for k in range(3):
        table = many.members(k)
        europe = table[table["member"] != "USA"].groupby("year")["spending"].sum()
        np.testing.assert_allclose(europe, years[k], rtol=1e-12)
