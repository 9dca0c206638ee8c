"""The whole model at its limits, and what never changes: luck, order, company, the past."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim import data
from sim.chance import WASHINGTON, WORLD, block, uniform
from sim.compiled import COMPILED
from sim.data import MEMBERS
from sim.engines import batch
from sim.engines.batch import Runs, play_chunk, run_batch, run_members
from sim.measures import COUNTS, LEVELS, MEMBER
from sim.scenario import Policy, Scenario, Statement, Tier, load_scenario, scenario_names, with_values
from sim.scenario.parameters import Parameters, limits
from sim.setup import Prepared, prepare
from sim.world import MEMORY

ROOT = Path(sim.__file__).parents[1]
US = MEMBERS.index("USA")
EUROPE = [i for i in range(len(MEMBERS)) if i != US]
UNCONDITIONAL, WITHDRAWN = ((0.0, 1.0),), ((0.0, 0.0),)
CONDITIONAL = ((0.0, 0.0), (0.035, 1.0))
QUIET = {"budget_noise": 0.0, "belief_noise": 0.0, "statement_rate": 0.0, "challenge_rate": 0.0}
FREE = {
    "adjustment_speed": 1.0,
    "pledge_pull": 0.0,
    "fiscal_room": 0.1,
    "fiscal_cut": 0.1,
    "absorption": 0.1,
    "debt_drag": 0.0,
}
# Too many runs for plain Python; that it plays the same runs is tested below, where there is a compiler.
pytestmark = pytest.mark.skipif(not COMPILED, reason="thousands of runs need a compiler")


def policy(tiers: tuple[tuple[float, float], ...] = UNCONDITIONAL, **fields: Any) -> Policy:
    return Policy(tiers=tuple(Tier(minimum=line, protection=level) for line, level in tiers), **fields)


def world(
    offered: Policy | None = None, parameters: Mapping[str, Any] | None = None, start: int = 2025, years: int = 15,
    **fields: Any,
) -> Scenario:  # fmt: skip
    """A world in which ``offered`` comes into force in the first year that is played."""
    asked: dict[str, Any] = {
        "name": "mine", "title": "Mine", "question": "What?", "cannot_say": "Much.", "sources": ("me",),
        "start": start, "end": start + years,
        "policies": {"before": policy(), "offered": offered or policy()},
        "script": {str(start): "before", str(start + 1): "offered"},
        "parameters": Parameters(**(parameters or {})),
    }  # fmt: skip
    return Scenario(**(asked | fields))


def level(history: Any, name: str) -> np.ndarray:
    """A yearly measure, years last."""
    return history.levels[..., LEVELS.index(name)]


def count(history: Any, name: str) -> np.ndarray:
    return history.counts[..., COUNTS.index(name)]


def member(history: Any, name: str) -> np.ndarray:
    """A member's measure, shape (years, members)."""
    return history.members[:, MEMBER.index(name)]


def same(one: Any, other: Any, but: tuple[str, ...] = ()) -> bool:
    """Whether two results agree bit for bit, save the measures named."""
    levels = [k for k, name in enumerate(LEVELS) if name not in but]
    counts = [k for k, name in enumerate(COUNTS) if name not in but]
    return (
        one.levels[..., levels].tobytes() == other.levels[..., levels].tobytes()
        and one.counts[..., counts].tobytes() == other.counts[..., counts].tobytes()
    )


@cache
def euro() -> float:
    return float(data.instruments().set_index("name")["value"]["eur_to_usd2015"])


# --- conditions that are none ---------------------------------------------------------------------


def test_a_line_at_nothing_is_no_condition() -> None:
    free, at_zero = (run_batch(world(policy(t)), 3, 40) for t in (UNCONDITIONAL, ((-0.01, 0.0), (0.0, 1.0))))
    assert same(free, at_zero)
    calm = {"challenge_rate": 0.0}  # who spends nothing at all is left alone in a crisis
    free, above = (run_batch(world(policy(t), calm), 3, 40) for t in (UNCONDITIONAL, ((0.0, 0.0), (1e-12, 1.0))))
    assert level(above, "european_share") == pytest.approx(level(free, "european_share"), abs=1e-9)


def test_who_believes_in_no_exclusion_hears_no_condition() -> None:
    """c at its lower bound, .001: a member may still rise to a line within a tenth of a point of what it wants."""
    deaf = QUIET | dict.fromkeys(("exclusion_start", "exclusion_mean", "adversary_exclusion"), 0.001)
    free, bound = (run_members(world(policy(t), deaf), 1) for t in (UNCONDITIONAL, CONDITIONAL))
    apart = np.abs(member(free, "defence_share") - member(bound, "defence_share"))
    assert apart.max() < 1e-3
    assert apart.mean() < 2e-5
    believed = run_members(world(policy(CONDITIONAL), QUIET | {"exclusion_start": 0.9, "exclusion_mean": 0.9}), 1)
    assert np.abs(member(free, "defence_share") - member(believed, "defence_share")).mean() > 1e-3


@pytest.mark.parametrize("measure", ["share", "effort", "pledge"])
def test_a_line_out_of_reach_is_withdrawal_of_protection(measure: str) -> None:
    line = 2.0 if measure == "pledge" else 1.0
    pledge = ({"year": 2025, "value": 0.6},)  # so that twice the pledge is out of reach
    never, none = (
        run_batch(world(policy(t, measure=measure), pledge=pledge), 3, 40)
        for t in (((0.0, 0.0), (line, 1.0)), WITHDRAWN)
    )
    assert same(never, none, but=("de_facto_exit",))
    assert count(none, "protected_members")[:, 1:].max() == 0


def test_tiers_that_all_protect_alike_are_one_tier() -> None:
    one, three = (run_batch(world(policy(t)), 3, 40) for t in (UNCONDITIONAL, ((0.0, 1.0), (0.02, 1.0), (0.05, 1.0))))
    assert level(one, "european_share") == pytest.approx(level(three, "european_share"), abs=1e-12)


# --- words that say nothing -----------------------------------------------------------------------


def test_without_weight_statements_are_babbling() -> None:
    """Crawford & Sobel 1982's babbling equilibrium: neither tones nor how much is said changes a bit."""
    deaf = {"statement_weight": 0.0, "adversary_statement_weight": 0.0}
    calm = run_batch(world(policy(tone=0.0), deaf | {"statement_rate": 0.0}), 5, 60)
    said = Statement(year=2027, authority=1.0, tone=-1.0, conditionality=1.0, source="me")
    loud = world(
        policy(tone=-1.0, conditionality=1.0),
        deaf | {"statement_rate": 4.0, "statement_noise": 2.0},
        statements=(said,),
    )
    assert same(calm, run_batch(loud, 5, 60))
    heard = with_values(loud, {"parameters.statement_weight": 0.3})
    assert not same(calm, run_batch(heard, 5, 60))


def test_words_against_commitment_lower_it_and_nothing_else_at_first() -> None:
    said = Statement(year=2026, authority=1.0, tone=-1.0, source="me")
    quiet = QUIET | {"statement_weight": 0.3, "belief_reversion": 0.0}
    calm, hurt = (run_members(world(parameters=quiet, statements=s), 1) for s in ((), (said,)))
    odds = [np.log(p / (1 - p)) for p in (member(h, "commitment_belief")[1] for h in (calm, hurt))]
    assert odds[0] - odds[1] == pytest.approx(0.3, abs=1e-12)
    assert member(hurt, "gdp").tobytes() == member(calm, "gdp").tobytes()
    assert np.array_equal(member(hurt, "exclusion_belief"), member(calm, "exclusion_belief"))


# --- common luck ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        world(policy(CONDITIONAL, tone=-0.9), {"challenge_rate": 0.0}),
        world(policy(seeks_withdrawal=True, goes_alone=1.0, posture=0.0), {"challenge_rate": 0.0}),
        world(parameters={"challenge_rate": 0.0, "thinning": 0.2, "collective_share": 0.4}),
        world(parameters={"challenge_rate": 0.0}, reactions={"DEU": "inertia"}),
        world(parameters={"challenge_rate": 0.0}, reaction="follow"),
    ],
    ids=["conditional", "exit", "other tastes", "one reacts otherwise", "all follow"],
)
def test_incomes_do_not_depend_on_what_is_decided(other: Scenario) -> None:
    base = run_members(world(parameters={"challenge_rate": 0.0}), 11, 4)
    changed = run_members(other, 11, 4)
    assert member(base, "gdp").tobytes() == member(changed, "gdp").tobytes()
    assert member(base, "defence_share").tobytes() != member(changed, "defence_share").tobytes()


def test_one_members_reaction_leaves_all_beliefs_alone() -> None:
    base, changed = (
        run_members(world(parameters={"challenge_rate": 0.0}, reactions=r), 11, 4) for r in ({}, {"DEU": "inertia"})
    )
    for name in ("commitment_belief", "exclusion_belief"):
        assert member(base, name).tobytes() == member(changed, name).tobytes()


def test_one_members_taste_leaves_all_else_exogenous_alone() -> None:
    prepared = prepare(world(parameters={"challenge_rate": 0.0}))
    other = Prepared(*(part.copy() for part in prepared))
    other.setup["window_share"][0, MEMBERS.index("POL")] *= 1.5
    rows = np.repeat(prepared.parameters, 30)
    one, two = (play_chunk(p, rows, 2, np.arange(30)) for p in (prepared, other))
    for name in ("us_gdp_share", "commitment_belief", "exclusion_belief", "posture"):
        k = LEVELS.index(name)
        assert one[0][:, :, k].tobytes() == two[0][:, :, k].tobytes()
    k = LEVELS.index("european_share")
    assert np.all(one[0][:, 5:, k] != two[0][:, 5:, k])


def test_with_crises_luck_is_common_until_the_first() -> None:
    risky = {"challenge_rate": 1.0, "prize": 2.0}
    for replicate in range(8):
        one, two = (run_members(world(policy(t), risky), 1, replicate) for t in (UNCONDITIONAL, WITHDRAWN))
        first = min(int(np.argmax(count(h, "challenge"))) if count(h, "challenge").any() else 15 for h in (one, two))
        assert first > 0
        assert member(one, "gdp")[:first].tobytes() == member(two, "gdp")[:first].tobytes()


# --- company, order, threads ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def many() -> Runs:
    return run_batch(load_scenario("backlash"), 7, 60, threads=1)


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
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_neither_threads_nor_chunks_matter(
    many: Runs, chunk: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "CHUNK", chunk)
    again = run_batch(many.scenario, 7, 60, threads=threads)
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
    with pytest.raises(ValueError, match="at least one run and a seed"):
        run_batch(world(), seed, replicates)


@pytest.mark.parametrize(
    ("parameters", "match"),
    [({"thining": 1}, "unknown"), ({"thinning": [0.5, 1.5, 0.5]}, "lie from"), ({"thinning": math.nan}, "lie from"),
     ({"thinning": [0.5, 0.5]}, "broadcast")],
)  # fmt: skip
def test_wrong_parameters_are_refused(parameters: dict[str, Any], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        run_batch(world(), 1, 3, parameters=parameters)


# --- parameters run by run ------------------------------------------------------------------------


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
    values = np.array([base.model_dump()["parameters"][name], moved(name)])[[0, 1, 1, 0]]
    mixed = run_batch(base, 2, 4, parameters={name: values})
    for k, whole in enumerate(run_batch(s, 2, 4) for s in (base, scenario)):
        rows = [1, 2] if k else [0, 3]
        assert mixed.levels[rows].tobytes() == whole.levels[rows].tobytes()
        assert mixed.counts[rows].tobytes() == whole.counts[rows].tobytes()


# --- the past stays -------------------------------------------------------------------------------


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


# --- relabelling ----------------------------------------------------------------------------------


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


# --- forces ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values", [{"depreciation": 1.0, "lead_time": 0}, {"equipment_share": 0.0}], ids=["D=1", "e=0"]
)
def test_capability_that_is_spending(values: dict[str, float | int]) -> None:
    run = run_members(world(parameters=values | {"challenge_rate": 0.0}), 1)
    assert member(run, "capability") == pytest.approx(member(run, "spending"), rel=1e-12)


@pytest.mark.parametrize(
    ("r", "o", "expected"),
    [(1.0, 0.3, 0.7 + 0.3 * 0.21), (-1.0, 0.3, 1 / (0.7 + 0.3 / 0.21)), (0.0, 0.3, 0.21**0.3),
     (-20.0, 0.3, 0.21 * 0.3**-0.05), (-20.0, 0.999, 0.21), (-1.0, 0.0, 1.0), (1.0, 1.0, 0.21)],
)  # fmt: skip
def test_how_enablers_count(r: float, o: float, expected: float) -> None:
    """Added up, averaged, the weakest link; with the US all are there at the start."""
    plain, run = (
        run_batch(world(parameters=p, years=1), 1, 1)
        for p in ({"enabler_weight": 0.0}, {"enabler_weight": o, "enabler_power": r})
    )
    ratios = [level(run, n)[0, 0] / level(plain, n)[0, 0] for n in ("europe_without_us", "europe_with_us")]
    assert ratios == pytest.approx([expected, 1.0], rel=2e-3 if r == -20 else 1e-12)


def test_what_us_protection_is_worth_at_the_start() -> None:
    """w_U C_US is v_U of the protected GDP: the difference that the US makes to Europe's capability."""
    without, with_us = (
        run_batch(world(parameters={"enabler_weight": 0.0, "us_protection_value": v}, years=1), 1, 1)
        for v in (0.0, 0.03)
    )
    held = member(run_members(world(years=1), 1), "capability")[0, EUROPE].sum()
    rival = held / level(without, "europe_without_us")[0, 0]
    wealth = level(without, "european_spending")[0, 0] / level(without, "european_share")[0, 0]
    gained = level(with_us, "europe_with_us")[0, 0] - level(without, "europe_with_us")[0, 0]
    assert gained * rival == pytest.approx(0.03 * wealth, rel=1e-12)


def test_a_patron_whose_protection_is_worth_nothing_may_as_well_leave() -> None:
    """v_U = 0 and E_US = 0: staying, leaving and withholding give the same budgets and the same risk."""
    useless = {
        "us_protection_value": 0.0, "enabler_us_share": 0.0, "withdrawal_support": 0.99, "polarisation": 0.0,
        "act_weight": 0.0, "adversary_act_weight": 0.0, "challenge_rate": 0.0,
    }  # fmt: skip
    stays = run_batch(world(policy(), useless), 1, 20)
    leaves = run_batch(world(policy(seeks_withdrawal=True, posture=0.0, certifies=True), useless), 1, 20)
    withheld = run_batch(world(policy(WITHDRAWN), useless), 1, 20)
    assert leaves.summaries["lawful_exit"].all()
    apart = ("treaty_status", "attempt", "protected_members", "posture", "de_facto_exit")
    assert same(stays, leaves, but=apart)
    assert same(stays, withheld, but=apart)


def test_no_protection_expected_and_no_enablers_lent_is_withdrawal() -> None:
    """P = 0 and E_US = 0 against the treaty left: budgets come to the same."""
    calm = QUIET | FREE | {
        "enabler_us_share": 0.0, "exclusion_start": 0.999, "exclusion_mean": 0.999, "commitment_mean": 0.001,
        "belief_reversion": 1.0, "act_weight": 0.0, "statement_weight": 0.0, "withdrawal_support": 0.99,
        "polarisation": 0.0, "depreciation": 1.0, "lead_time": 0,
    }  # fmt: skip
    hollow = run_members(world(policy(WITHDRAWN), calm), 1)
    left = run_members(world(policy(WITHDRAWN, seeks_withdrawal=True), calm), 1)
    assert count(left, "treaty_status").tolist() == [0, 1] + [3] * 14
    assert member(left, "wanted_share")[5:, EUROPE] == pytest.approx(
        member(hollow, "wanted_share")[5:, EUROPE], abs=1e-6
    )
    assert level(left, "europe_without_us") == pytest.approx(level(hollow, "europe_without_us"), rel=1e-4)


@pytest.mark.parametrize("lag", [0, 1, 3, 10])
def test_capability_is_what_was_paid_years_ago(lag: int) -> None:
    """Perpetual inventory by hand: ten years of figures, then the run's own; each arrives ``lag`` years late."""
    run = run_members(world(parameters={"lead_time": lag, "challenge_rate": 0.0}), 1)
    paid = list(prepare(world()).setup["spending"][0, :, :-1]) + list(member(run, "spending")[1:])
    held = 0.25 * paid[0] / 0.08
    for t in range(1, len(paid)):
        held = 0.92 * held + 0.25 * paid[max(0, t - lag)]
        if t >= MEMORY:
            expected = 0.75 * paid[t] + 0.08 * held
            assert member(run, "capability")[t - MEMORY] == pytest.approx(expected, rel=1e-12)


# --- Washington -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", scenario_names())
def test_without_votes_and_without_going_alone_nobody_leaves(name: str) -> None:
    scenario = load_scenario(name)
    tame = {f"policies.{one}.goes_alone": 0.0 for one in scenario.policies}
    runs = run_batch(with_values(scenario, tame | {"parameters.withdrawal_support": 0.0}), 1, 100)
    assert not runs.summaries["lawful_exit"].any()
    assert not runs.summaries["unilateral_exit"].any()
    assert set(np.unique(count(runs, "treaty_status"))) == {0}
    wild = {f"policies.{one}.goes_alone": 1.0 for one in scenario.policies}
    runs = run_batch(
        with_values(scenario, wild | {"parameters.withdrawal_support": 0.0, "parameters.court_block": 1.0}), 1, 100
    )
    assert set(np.unique(count(runs, "treaty_status"))) <= {0, 2}, "with courts that always block, notice but no exit"


LEAVING = policy(seeks_withdrawal=True, goes_alone=1.0, posture=0.0, certifies=True)


@pytest.mark.parametrize(
    ("support", "blocked", "status", "attempts"),
    [
        (0.99, 1.0, [0, 1, 3, 3, 3, 3], [0, 2, 0, 0, 0, 0]),
        (0.0, 0.0, [0, 2, 4, 4, 4, 4], [0, 3, 0, 0, 0, 0]),
        (0.0, 1.0, [0, 2, 0, 0, 2, 0], [0, 3, 1, 0, 3, 1]),
    ],
    ids=["lawful", "alone", "blocked"],
)
def test_stories_of_leaving(support: float, blocked: float, status: list[int], attempts: list[int]) -> None:
    """Notice in 2026, out a year later; or stopped in 2027 and tried again in 2029, by the next new Congress."""
    values = {"withdrawal_support": support, "polarisation": 0.0, "court_block": blocked}
    runs = run_batch(world(LEAVING, values, years=5), 1, 30)
    assert count(runs, "treaty_status").tolist() == [status] * 30
    assert count(runs, "attempt").tolist() == [attempts] * 30


def test_after_the_treaty_nobody_is_protected_and_no_force_stays() -> None:
    run = run_members(world(LEAVING, {"withdrawal_support": 0.99, "polarisation": 0.0}), 1)
    assert member(run, "expected_protection")[2:].max() == 0
    assert member(run, "protected")[2:].max() == 0
    assert count(run, "us_came")[2:].max() == 0
    assert level(run, "posture") == pytest.approx(np.maximum(0, 1 - 0.15 * np.arange(16)), abs=1e-12)
    assert member(run, "expected_protection")[1, EUROPE].min() > 0.5, "the year of notice is covered"


def test_forces_follow_their_rates_and_the_floor() -> None:
    leaves = policy(posture=0.0)
    held = run_batch(world(leaves, {"floor_until": 2030, "posture_floor": 0.7}), 1, 1)
    assert level(held, "posture")[0, :10] == pytest.approx([1, 0.85, 0.7, 0.7, 0.7, 0.7, 0.55, 0.4, 0.25, 0.1])
    certified = run_batch(world(policy(posture=0.5, certifies=True)), 1, 1)
    assert level(certified, "posture")[0, :6] == pytest.approx([1, 0.85, 0.7, 0.55, 0.5, 0.5])
    more = run_batch(world(policy(posture=1.25)), 1, 1)
    assert level(more, "posture")[0, :5] == pytest.approx([1, 1.1, 1.2, 1.25, 1.25])


def test_a_de_facto_exit_needs_no_congress_and_is_reported_apart() -> None:
    runs = run_batch(world(policy(WITHDRAWN, posture=0.0)), 1, 20)
    assert count(runs, "de_facto_exit")[:, 1:].min() == 1
    assert runs.summaries["de_facto_exit"].all()
    assert not runs.summaries["lawful_exit"].any()
    assert not runs.summaries["unilateral_exit"].any()
    lawful = run_batch(world(LEAVING, {"withdrawal_support": 0.99, "polarisation": 0.0}), 1, 20)
    assert not lawful.summaries["de_facto_exit"].any()


def test_a_new_policy_takes_back_the_notice() -> None:
    scenario = world(
        LEAVING,
        {"withdrawal_support": 0.99, "polarisation": 0.0},
        script={"2025": "before", "2026": "offered", "2027": "before"},
    )
    runs = run_batch(scenario, 1, 20)
    assert count(runs, "treaty_status")[:, :4].tolist() == [[0, 1, 0, 0]] * 20


def test_elections_every_four_years_by_grievance_and_luck() -> None:
    """Eq. 8 from the yearly table: the winner of 2028 takes office in 2029, chosen by the first word of its key."""
    scenario = load_scenario("backlash")
    runs = run_batch(scenario, 5, 40)
    names = list(scenario.policies)
    years = runs.years().set_index(["replicate", "year"])
    for replicate in range(40):
        for year in range(2026, 2046):
            before, now = years.loc[(replicate, year - 1)], years.loc[(replicate, year)]
            expected = before["us_policy"]
            if year % 4 == 1:
                weights = {
                    one.policy: math.exp(one.alpha + one.gamma * before["grievance"]) for one in scenario.elections
                }
                reached = np.cumsum([weights.get(name, 0.0) for name in names])
                luck = uniform(block(5, replicate, WASHINGTON, year, 1)[0])
                expected = names[int(np.searchsorted(reached / reached[-1], luck))]
            assert now["us_policy"] == expected
    assert set(years["us_policy"]) == set(names)


# --- crises ---------------------------------------------------------------------------------------


def test_who_is_challenged_is_drawn_by_hazard() -> None:
    scenario = world(parameters={"challenge_rate": 0.4, "challenge_noise": 1.0, "challenge_cost": 0.3}, years=20)
    challenged = 0
    for replicate in range(6):
        run = run_members(scenario, 9, replicate)
        for t in range(1, 21):
            hazards = member(run, "hazard")[t]
            _, _, whether, whom = (uniform(word) for word in block(9, replicate, WORLD, 2025 + t, 0))
            expected = -1
            if whether < 1 - np.prod(1 - hazards):
                expected = int(np.searchsorted(np.cumsum(hazards), whom * hazards.sum()))
                challenged += 1
            assert count(run, "target")[t] == expected
            assert hazards[US] == 0
    assert challenged > 50


def test_a_lost_crisis_costs_its_target_and_nobody_else() -> None:
    """GDP and capability of the target fall by their shares; nobody else's do."""
    risky = {"challenge_rate": 1.0, "prize": 3.0, "loss_gdp": 0.25, "loss_capability": 0.5, "equipment_share": 0.0}
    seen = set()
    for replicate in range(6):
        run = run_members(world(parameters=risky), 9, replicate)
        for t in range(1, 16):
            target, lost = count(run, "target")[t], count(run, "lost")[t]
            spared = member(run, "spending")[t] / (member(run, "defence_share")[t] + 1e-300)
            armed = member(run, "spending")[t] > 0
            kept = member(run, "gdp")[t] / np.where(armed, spared, member(run, "gdp")[t])
            expected = np.where((np.arange(len(MEMBERS)) == target) & armed & (lost == 1), 0.75, 1.0)
            assert kept == pytest.approx(expected, rel=1e-12)
            halved = np.where(expected < 1, 0.5, 1.0)
            assert member(run, "capability")[t] == pytest.approx(halved * member(run, "spending")[t], rel=1e-12)
            seen.add((int(count(run, "challenge")[t]), int(lost)))
    assert {(1, 0), (1, 1)} <= seen


# --- Brussels -------------------------------------------------------------------------------------


def in_europe(take_up: str, **parameters: Any) -> Scenario:
    opened = {"loan_opens": 2026, "clause_opens": 2026}
    return world(parameters=opened | parameters, instruments={"take_up": take_up})


@given(
    take_up=st.sampled_from(["recorded", "decided"]), appetite=st.floats(0, 2), envelope=st.floats(0, 400),
    years=st.integers(1, 20), trigger=st.floats(0, 1), seed=st.integers(0, 2**40),
)  # fmt: skip
@settings(max_examples=25)
def test_loans_never_exceed_the_envelope(
    take_up: str, appetite: float, envelope: float, years: int, trigger: float, seed: int
) -> None:
    values = {
        "loan_appetite": appetite,
        "loan_envelope": envelope,
        "loan_years": years,
        "trigger": trigger,
        "absorption": 0.1,
    }
    loans = level(run_batch(in_europe(take_up, **values), seed, 20), "loans")
    assert loans.min() >= 0
    assert loans.sum(axis=1).max() <= envelope * euro() * (1 + 1e-12) + 1e-12
    assert loans[:, 1 + years :].max(initial=0) == 0, "closed again"


@pytest.mark.parametrize(("take_up", "appetite"), [("recorded", 0.5), ("decided", 0.5), ("decided", 2.0)])
def test_150_bn_euro_are_the_end_of_it(take_up: str, appetite: float) -> None:
    runs = run_batch(in_europe(take_up, loan_appetite=appetite), 1, 50)
    lent = level(runs, "loans").sum(axis=1) / euro()
    assert lent.max() <= 150 * (1 + 1e-12)
    if take_up == "recorded":
        allotted = data.members(2025)["loan_allotment_eur_bn"].sum()
        assert lent == pytest.approx(np.full(50, allotted), rel=1e-12)
    else:
        less = run_batch(in_europe(take_up, loan_appetite=appetite, loan_envelope=5.0), 1, 50)
        assert level(less, "loans").sum(axis=1) / euro() == pytest.approx(np.full(50, 5.0), rel=1e-9), (
            "all is asked for"
        )


@pytest.mark.parametrize("take_up", ["recorded", "decided"])
@pytest.mark.parametrize("seed", range(5))
def test_the_clause_gives_a_point_and_a_half_for_four_years_to_eu_members(take_up: str, seed: int) -> None:
    run = run_members(in_europe(take_up, adjustment_speed=1.0, absorption=0.1), seed)
    used = member(run, "room_used")
    assert 0 < used.max() <= 0.015
    assert used[5:].max() == 0
    assert used[0].max() == 0
    eu = data.members(2025)["in_eu"].to_numpy(bool)
    assert used[:, ~eu].max() == 0
    assert member(run, "loan")[:, ~eu].max() == 0
    assert np.all(member(run, "price")[:, ~eu] == 1)
    price = member(run, "price")
    assert price.max() == 1
    assert np.array_equal(price < 1, (member(run, "loan") > 0) & (data.members(2025)["loan_spread"].to_numpy() > 0))


def test_instruments_that_nobody_uses_are_shut_ones() -> None:
    opened = run_batch(in_europe("none"), 1, 30)
    for take_up in ("recorded", "decided", "none"):
        shut = run_batch(in_europe(take_up, loan_opens=0, clause_opens=0), 1, 30)
        assert same(opened, shut)


def test_loans_without_an_advantage_change_nothing() -> None:
    """ge = 0 and the clause shut: money is lent, and nothing else is different."""
    prepared = prepare(in_europe("recorded", clause_opens=0))
    prepared.setup["spread"] = 0.0
    rows = np.repeat(prepared.parameters, 30)
    lent = play_chunk(prepared, rows, 1, np.arange(30))
    none = run_batch(in_europe("none"), 1, 30)
    keep = [k for k, name in enumerate(LEVELS) if name != "loans"]
    assert lent[0][:, :, keep].tobytes() == none.levels[:, :, keep].tobytes()
    assert lent[0][:, 1, LEVELS.index("loans")].min() > 0


# --- demand, at its limits ------------------------------------------------------------------------


def shares_of_the_window(first: int, last: int) -> np.ndarray:
    table, _ = data.complete_history(first, last)
    return table.pivot(index="year", columns="member", values="share")[list(MEMBERS)].mean().to_numpy()


def test_autarky() -> None:
    """No spill-ins and no threat, in the window or since: everybody wants its taste, the share of the window."""
    alone = {"allied_weight": 0.0, "us_protection_value": 0.0}
    run = run_members(
        world(parameters=alone, start=2012, hostility=({"year": 1990, "value": 0.0},), instruments={"take_up": "none"}),
        1,
    )
    expected = np.minimum(0.5, shares_of_the_window(2005, 2012))
    assert member(run, "wanted_share")[1:] == pytest.approx(np.tile(expected, (15, 1)), abs=1e-12)


def test_without_a_collective_taste_nobody_rides_free() -> None:
    """rho = 0: s = G whatever the allies, the patron and, up to that share, the adversary do."""
    selfish = {"collective_share": 0.0}
    calm = ({"year": 1990, "value": 0.0},)
    kept, left = (
        run_members(world(policy(t), selfish, start=2012, hostility=calm, instruments={"take_up": "none"}), 1)
        for t in (UNCONDITIONAL, WITHDRAWN)
    )
    expected = shares_of_the_window(2005, 2012)
    for run in (kept, left):
        assert member(run, "wanted_share")[1:] == pytest.approx(np.tile(expected, (15, 1)), rel=1e-9)


@pytest.mark.parametrize(
    ("gdp", "t", "speed", "expected"),
    [((100, 80, 60), 0.4, 1.0, (41.071429, 28.571429, 16.071429)), ((100, 80), 1.0, 1.0, (40, 20)),
     ((100, 60, 30), 1.0, 0.4, None)],
    ids=["partial spill-overs", "Olson and Zeckhauser", "the smallest rides free"],
)  # fmt: skip
def test_theory_within_the_whole_model(
    gdp: tuple[float, ...], t: float, speed: float, expected: tuple[float, ...] | None
) -> None:
    """rho = 1, X = 0, e = 0, no threat, no patron: from any start, the alliance finds the Nash equilibrium.

    Olson & Zeckhauser 1966; Bergstrom, Blume & Varian 1986. All tastes are .5, the highest that the model allows.
    """
    prepared = prepare(
        world(
            parameters=QUIET | FREE | {
                "collective_share": 1.0, "thinning": 0.0, "allied_weight": t, "us_protection_value": 0.0,
                "equipment_share": 0.0, "adjustment_speed": speed,
            },
            years=80, hostility=({"year": 1990, "value": 0.0},), instruments={"take_up": "none"},
        )
    )  # fmt: skip
    codes = [MEMBERS.index(code) for code in ("CAN", "GBR", "NOR")][: len(gdp)]
    setup, years = prepared.setup, prepared.years
    setup["debt"] = 0.0
    setup["window_hostility"] = 0.0
    setup["window_share"][0, codes] = 0.9
    setup["gdp"][0, codes] = gdp
    setup["shares"][0, :, :-1][:, codes] = 0.3
    setup["spending"] = setup["shares"] * setup["gdp"][:, None]
    years["in_alliance"] = False
    years["in_alliance"][:, [*codes, US]] = True
    years["growth"], years["growth_spread"] = 0.0, 0.0
    levels, _ = play_chunk(prepared, prepared.parameters, 1, np.arange(1))
    total = levels[0, -1, LEVELS.index("european_spending")]
    if expected is None:  # Q* = B Y_C / (n - (n-1) B) of the first two; the third is below (1-B)/B Q*
        expected = (100 - 160 / 3, 60 - 160 / 3, 0.0)
        assert 30 < 160 / 3
    assert total == pytest.approx(sum(expected), rel=1e-7)
    assert levels[0, -1, LEVELS.index("european_share")] == pytest.approx(sum(expected) / sum(gdp), rel=1e-7)


def test_doubt_raises_what_europe_wants() -> None:
    """From the same past, the lower the belief in protection, the more every ally wants; the US does not mind."""
    wanted = []
    for mean in (0.9, 0.6, 0.3, 0.001):
        run = run_members(world(parameters={"commitment_mean": mean, "belief_reversion": 1.0}, years=1), 1)
        wanted.append(member(run, "wanted_share")[1])
    steps = np.diff(wanted, axis=0)
    assert steps[:, EUROPE].min() >= -1e-15
    assert steps[:, EUROPE].sum(axis=1).min() > 0.005
    assert np.abs(steps[:, US]).max() == 0
    kept, left = (run_members(world(policy(t), years=1), 1) for t in (UNCONDITIONAL, WITHDRAWN))
    assert np.all(member(left, "wanted_share")[1, EUROPE] >= member(kept, "wanted_share")[1, EUROPE])


# --- reaction rules -------------------------------------------------------------------------------


def test_inertia_wants_what_there_was() -> None:
    run = run_members(world(reaction="inertia"), 1)
    assert member(run, "wanted_share")[1:].tobytes() == member(run, "defence_share")[:-1].tobytes()


def test_who_only_minds_the_threat_does_not_mind_the_patron() -> None:
    calm = {"act_weight": 0.0, "challenge_rate": 0.0, "enabler_priority": 0.0}
    kept, left = (run_members(world(policy(t), calm, reaction="threat-only"), 1) for t in (UNCONDITIONAL, WITHDRAWN))
    assert member(kept, "defence_share").tobytes() == member(left, "defence_share").tobytes()


def test_pledge_keepers_want_the_pledge() -> None:
    high = ({"year": 2025, "value": 0.05},)
    run = run_members(world(reaction="pledge-driven", pledge=high), 1)
    ceiling = data.members(2025)["pledge_ceiling"].fillna(1.0).to_numpy()
    bound = ceiling >= 0.05
    assert np.all(member(run, "wanted_share")[1:, bound] == 0.05)
    assert np.all(member(run, "wanted_share")[1:, ~bound] >= ceiling[~bound])


def test_followers_want_the_others_mean_by_distance() -> None:
    run = run_members(world(reaction="follow"), 1)
    table = data.members(2025)
    separation = prepare(world()).setup["separation"][0]
    near = np.exp(-separation / 1200.0) * (1 - np.eye(len(table)))
    for t in (1, 8):
        last = member(run, "defence_share")[t - 1]
        assert member(run, "wanted_share")[t] == pytest.approx(near @ last / near.sum(axis=1), rel=1e-12)


def test_one_member_may_react_otherwise() -> None:
    run = run_members(world(reactions={"LVA": "inertia", "POL": "pledge-driven"}), 1)
    lva, pol = MEMBERS.index("LVA"), MEMBERS.index("POL")
    wanted, had = member(run, "wanted_share"), member(run, "defence_share")
    assert np.array_equal(wanted[1:, lva], had[:-1, lva])
    assert not np.array_equal(wanted[1:, 0], had[:-1, 0])
    assert wanted[-1, pol] >= 0.035


# --- anything goes --------------------------------------------------------------------------------


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
        assert level(runs, measure).max() <= 0.5
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


# --- without the compiler -------------------------------------------------------------------------

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
    runs = run_batch(scenario, 2**62 + 1, [0, 2**33 + 5], threads=1)
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
