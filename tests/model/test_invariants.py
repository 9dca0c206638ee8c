"""What never changes: company, order, the past, names of members; and what any parameters keep."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from functools import cache
from typing import Any

import numpy as np
import pytest

from sim import data
from sim.data import MEMBERS
from sim.engines import batch
from sim.engines.batch import Runs, play_chunk, run_batch, run_members
from sim.measures import LEVELS, MEMBER
from sim.scenario import load_scenario, with_values
from sim.scenario.parameters import Parameters, limits
from sim.setup import Prepared, prepare
from sim.world import MEMORY
from tests.model.worlds import (
    CONDITIONAL,
    NEEDS_COMPILER,
    QUIET,
    ROOT,
    count,
    level,
    member,
    policy,
    same,
    world,
)

pytestmark = NEEDS_COMPILER


# Company, order, workers


@pytest.fixture(scope="module")
def many() -> Runs:
    return run_batch(load_scenario("backlash"), 7, 60, workers=1)


@pytest.mark.parametrize("replicate", [0, 17, 59])
def test_a_run_alone_is_the_run_in_the_crowd(many: Runs, replicate: int) -> None:
    alone = run_batch(many.scenario, 7, [replicate])
    assert alone.levels[0].tobytes() == many.levels[replicate].tobytes()
    assert alone.counts[0].tobytes() == many.counts[replicate].tobytes()
    assert all(
        values[0] == many.summaries[name][replicate] or math.isnan(values[0])
        for name, values in alone.summaries.items()
    )
    in_full = run_members(many.scenario, 7, replicate)
    assert in_full.levels.tobytes() == many.levels[replicate].tobytes()
    assert in_full.counts.tobytes() == many.counts[replicate].tobytes()


@pytest.mark.parametrize("chunk", [1, 7, 59, 1000])
@pytest.mark.parametrize("workers", [1, 2, 5])
def test_neither_workers_nor_chunks_matter(
    many: Runs, chunk: int, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "CHUNK", chunk)
    again = run_batch(many.scenario, 7, 60, workers=workers)
    assert same(many, again)
    assert {n: v.tobytes() for n, v in again.summaries.items()} == {n: v.tobytes() for n, v in many.summaries.items()}


def test_runs_may_come_in_any_order_and_twice(many: Runs) -> None:
    numbers = [59, 3, 3, 0, 41]
    some = run_batch(many.scenario, 7, numbers)
    assert some.replicates.tolist() == numbers
    assert some.levels.tobytes() == many.levels[numbers].tobytes()


def test_summaries_alone_are_the_same_summaries(many: Runs) -> None:
    lean = run_batch(many.scenario, 7, 60, record="runs")
    assert lean.levels is None
    assert {n: v.tobytes() for n, v in lean.summaries.items()} == {n: v.tobytes() for n, v in many.summaries.items()}
    with pytest.raises(ValueError, match="not recorded"):
        lean.years()


def test_every_seed_is_another_world(many: Runs) -> None:
    others = [run_batch(many.scenario, seed, 3) for seed in (0, 8, 2**63 - 1)]
    assert len({other.levels.tobytes() for other in others}) == 3
    assert len({run.tobytes() for run in many.levels}) == 60


@pytest.mark.parametrize(("seed", "replicates"), [(-1, 3), (2**63, 3), (1, 0), (1, [])])
def test_what_is_no_batch_is_refused(seed: int, replicates: int | list[int]) -> None:
    with pytest.raises(ValueError, match="allowed: "):
        run_batch(world(), seed, replicates)


@pytest.mark.parametrize(
    ("parameters", "match"),
    [({"thining": 1}, "unknown"), ({"thinning": [0.5, 1.5, 0.5]}, "lie from"), ({"thinning": math.nan}, "lie from"),
     ({"thinning": [0.5, 0.5]}, "or 3 of them, one a run")],
)  # fmt: skip
def test_wrong_parameters_are_refused(parameters: dict[str, Any], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        run_batch(world(), 1, 3, parameters=parameters)


# Parameters run by run


def moved(name: str) -> float | int:
    """A value other than the default, within the range."""
    field = Parameters.model_fields[name]
    low, high = limits(name)
    if name in ("loan_opens", "clause_opens", "loan_envelope"):
        return {"loan_opens": 2027, "clause_opens": 2027, "loan_envelope": 10.0}[name]
    value = field.default + 0.3 * (high - field.default) if field.default < high else low + 0.5 * (high - low)
    return int(value) if field.annotation is int else value


@pytest.mark.parametrize("name", Parameters.model_fields)
def test_a_runs_own_parameter_is_the_scenarios(name: str) -> None:
    base = load_scenario("backlash")
    greedy = {"instruments.take_up": "decided", "parameters.loan_appetite": 2.0}
    base = with_values(base, greedy | {"parameters.challenge_rate": 0.5, "end": 2034})
    scenario = with_values(base, {f"parameters.{name}": moved(name)})
    values = np.array([getattr(base.parameters, name), moved(name)])[[0, 1, 1, 0]]
    mixed = run_batch(base, 2, 4, parameters={name: values})
    for k, whole in enumerate(run_batch(s, 2, 4) for s in (base, scenario)):
        rows = [1, 2] if k else [0, 3]
        assert mixed.levels[rows].tobytes() == whole.levels[rows].tobytes()
        assert mixed.counts[rows].tobytes() == whole.counts[rows].tobytes()


# The past stays


def test_a_longer_run_begins_as_a_shorter_one() -> None:
    for name in ("backlash", "march-2025", "exit-unilateral"):
        short = load_scenario(name)
        short = with_values(short, {"end": short.start + 6})
        long = with_values(short, {"end": short.start + 12})
        one, two = run_batch(short, 1, 20), run_batch(long, 1, 20)
        assert one.levels.tobytes() == np.ascontiguousarray(two.levels[:, :7]).tobytes()
        assert one.counts.tobytes() == np.ascontiguousarray(two.counts[:, :7]).tobytes()


def test_a_policy_of_tomorrow_changes_nothing_today() -> None:
    scripts = ({"2025": "before"}, {"2025": "before", "2033": "offered"})
    one, two = (run_batch(world(policy(CONDITIONAL), script=script), 1, 20) for script in scripts)
    before = 2033 - 2025
    assert one.levels[:, :before].tobytes() == two.levels[:, :before].tobytes()
    assert one.levels[:, before:].tobytes() != two.levels[:, before:].tobytes()


def test_enablers_cannot_be_bought_quickly() -> None:
    """Whatever is ordered arrives after its lead time."""
    lag = 7
    none, much = (
        run_batch(world(policy(tone=-1.0), {"enabler_priority": p, "enabler_lead_time": lag}), 1, 20)
        for p in (0.0, 1.0)
    )
    ratios = [level(runs, "enabler_ratio") for runs in (none, much)]
    assert ratios[0][:, : 1 + lag].tobytes() == ratios[1][:, : 1 + lag].tobytes()
    assert np.all(ratios[1][:, 1 + lag :] >= ratios[0][:, 1 + lag :])
    assert np.all(ratios[1][:, -1] > 2 * ratios[0][:, -1])


# Relabelling


def test_relabelling_members_relabels_results() -> None:
    """Without luck of their own, members are what their figures say: aggregates do not mind who is called what."""
    prepared = prepare(load_scenario("conditional-3.5"))
    prepared.years["growth_spread"] = 0.0
    for name in QUIET:
        prepared.parameters[name] = 0.0
    order = np.arange(len(MEMBERS))
    a, b, c = (MEMBERS.index(code) for code in ("EST", "FRA", "ISL"))
    order[[a, b, c]] = order[[c, a, b]]
    swapped = Prepared(*(part.copy() for part in prepared))
    for table in (swapped.setup, swapped.years):
        for name in table.dtype.names:
            if table[name].ndim > 1 and table[name].shape[-1] in (len(order), len(order) + 1):
                whole = np.append(order, len(order))[: table[name].shape[-1]]
                table[name] = table[name][..., whole]
    swapped.setup["separation"] = swapped.setup["separation"][:, order]
    one, two = (play_chunk(p, p.parameters, 1, np.arange(1)) for p in (prepared, swapped))
    assert two[0] == pytest.approx(one[0], rel=1e-11, abs=1e-14)
    assert np.array_equal(one[1], two[1])


# Anything goes


def anything(n: int, seed: int, ends: float) -> dict[str, np.ndarray]:
    """Every parameter anywhere in its range, now and then at an end of it."""
    rng = np.random.default_rng(seed)
    values = {}
    for name, field in Parameters.model_fields.items():
        low, high = limits(name)
        where = rng.random(n)
        column = np.where(where < ends, low, np.where(where > 1 - ends, high, rng.uniform(low, high, n)))
        values[name] = np.round(column) if field.annotation is int else column
    for name in ("loan_opens", "clause_opens"):
        values[name] = rng.choice([0.0, 2027.0], n)
    return values


@pytest.mark.parametrize("name", ["backlash", "conditional-3.5", "exit-unilateral", "drawdown-1990", "effort-based"])
def test_any_parameters_give_numbers_within_their_bounds(name: str) -> None:
    """As long as the adversary keeps some forces: against none, a ratio of capabilities is no number."""
    values = anything(1500, 1, 0.05)
    kept = {"equipment_share": 0.0, "budget_noise": 0.001, "war_attrition": 0.05, "support_attrition": 0.2}
    runs = run_batch(load_scenario(name), 1, 1500, parameters=values | kept)
    finite = np.isfinite(runs.levels).all(axis=(0, 1))
    assert {m for m, fine in zip(LEVELS, finite, strict=True) if not fine} <= {"free_riding_index"}, "see below"
    for measure in ("allied_share", "european_share"):
        assert level(runs, measure).min() >= 0
        kept_gdp = 1.0 - np.asarray(values["loss_gdp"])[:, None]  # a lost challenge takes GDP after the budget is voted
        assert np.all(level(runs, measure) * kept_gdp <= 0.5 + 1e-12)
    for measure in ("commitment_belief", "exclusion_belief", "challenge_risk", "us_gdp_share"):
        assert level(runs, measure).min() >= 0
        assert level(runs, measure).max() <= 1
    for measure in ("exploitation_rank", "concordance"):
        assert np.abs(level(runs, measure)).max() <= 1 + 1e-12
    for measure in ("posture", "enabler_ratio", "loans", "total_support", "europe_without_us"):
        assert level(runs, measure).min() >= 0
    assert np.all(level(runs, "europe_with_us") >= level(runs, "europe_without_us") * (1 - 1e-12))
    five, three, two, all_ = (count(runs, c) for c in ("members_at_5", "members_at_3_5", "members_at_2", "members"))
    assert np.all((five <= three) & (three <= two) & (two <= all_))
    assert np.all(count(runs, "protected_members") < all_)
    assert np.all((count(runs, "target") >= 0) == (count(runs, "challenge") == 1))
    assert np.all(count(runs, "us_came") + count(runs, "lost") <= 2 * count(runs, "challenge"))


def test_an_alliance_that_would_not_arm_alone_has_a_free_riding_index() -> None:
    """The threat of the taste window explains every share, tastes are 0, and then the threat goes."""
    far = {"threat_distance": 10_000.0, "thinning": 1.0, "us_protection_value": 0.0, "allied_weight": 0.0}
    calm = ({"year": 1990, "value": 0.0},)
    run = run_batch(world(parameters=far, start=1990, hostility=calm, taste_window=(1975, 1989)), 1, 1)
    assert np.isfinite(level(run, "free_riding_index")).all()


def test_any_parameters_at_all_give_numbers() -> None:
    assert np.isfinite(run_batch(load_scenario("status-quo"), 1, 1500, parameters=anything(1500, 2, 0.05)).levels).all()


@pytest.mark.parametrize("number", range(8))
def test_any_parameters_keep_members_within_their_bounds(number: int) -> None:
    scenario = load_scenario(["backlash", "conditional-2", "rearm", "graduated"][number % 4])
    row = np.repeat(prepare(scenario).parameters, 8)
    for name, column in anything(8, 3, 0.0).items():
        row[name] = column
    row["equipment_share"] = 0.2
    run = run_members(scenario, 1, number, row[number : number + 1])
    share, spent, gdp = (member(run, name) for name in ("defence_share", "spending", "gdp"))
    assert np.isfinite(run.members[..., : MEMBER.index("hazard")]).all()
    assert share.min() >= 0
    assert share.max() <= 0.5
    lost = np.arange(len(MEMBERS)) == np.where(count(run, "lost") == 1, count(run, "target"), -1)[:, None]
    kept = np.where(lost, 1 - row["loss_gdp"][number], 1.0)  # GDP is that after the crisis, spending that before
    assert spent * kept == pytest.approx(share * gdp, rel=1e-13)
    assert np.all(share[1:] - share[:-1] <= row["absorption"][number] + 1e-15)
    assert np.all(share[:-1] - share[1:] <= row["fiscal_cut"][number] + 1e-15)
    unarmed = ~data.members(2025)["armed_forces"].to_numpy(bool)
    assert share[1:, unarmed].max() == 0
    assert member(run, "capability").min() >= 0
    assert np.all((member(run, "price") > 0) & (member(run, "price") <= 1))
    believed, expected = member(run, "commitment_belief"), member(run, "expected_protection")
    assert np.all((believed >= 0) & (believed <= 1))
    assert np.all(expected <= believed)
    assert np.all((member(run, "hazard") >= 0) & (member(run, "hazard") <= row["challenge_rate"][number]))
    assert member(run, "debt").min() >= 0


# Without the compiler


PLAYED = """
import sys
from sim.compiled import COMPILED
from sim.engines.batch import run_batch, run_members
from sim.scenario import load_scenario, with_values
assert COMPILED == (sys.argv[1] == "compiled")
for name in ("backlash", "march-2025"):
    scenario = load_scenario(name)
    mixed = {"DEU": "follow", "FRA": "pledge-driven", "ITA": "inertia", "POL": "threat-only", "NLD": "pure-public"}
    values = {f"reactions.{code}": rule for code, rule in mixed.items()} | {"end": scenario.start + 3}
    scenario = with_values(scenario, values | {"parameters.challenge_rate": 0.9, "parameters.prize": 2.0})
    runs = run_batch(scenario, 2**62 + 1, [0, 2**33 + 5], workers=1)
    full = run_members(scenario, 2**62 + 1, 7)
    sys.stdout.buffer.write(runs.levels.tobytes() + runs.counts.tobytes() + full.members.tobytes())
"""


@cache
def played(how: str) -> tuple[bytes, str]:
    """What whole runs measure in a process of their own, and what was said on the way."""
    off = {"NUMBA_DISABLE_JIT": "1"} if how == "plain" else {}
    command = [sys.executable, "-W", "default::RuntimeWarning", "-c", PLAYED, how]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=True, env=os.environ | off)
    return done.stdout, done.stderr.decode()


def test_whole_runs_give_the_same_bytes_without_a_compiler() -> None:
    plain, _ = played("plain")
    assert len(plain) > 30_000
    assert plain == played("compiled")[0]


def test_without_a_compiler_nothing_warns() -> None:
    assert "Warning" not in played("plain")[1]


def test_the_memory_holds_the_longest_lead_times() -> None:
    longest = max(limits(name)[1] for name in ("lead_time", "enabler_lead_time"))
    assert longest <= MEMORY
    run = run_batch(world(parameters={"lead_time": 10, "enabler_lead_time": 10}), 1, 3)
    assert np.isfinite(run.levels).all()
