"""Budgets in the whole model at its limits: tiers, demand, reaction rules."""

from __future__ import annotations

import numpy as np
import pytest

from sim import data
from sim.compiled import COMPILED
from sim.data import MEMBERS
from sim.engines.batch import play_chunk, run_batch, run_members
from sim.measures import LEVELS
from sim.setup import prepare
from tests.model.worlds import (
    CONDITIONAL,
    EUROPE,
    FREE,
    QUIET,
    UNCONDITIONAL,
    US,
    WITHDRAWN,
    count,
    level,
    member,
    policy,
    same,
    world,
)

# Too many runs for plain Python; test_invariants tests that it plays the same ones, where there is a compiler.
pytestmark = pytest.mark.skipif(not COMPILED, reason="thousands of runs need a compiler")


# Conditions that are none


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


# Demand, at its limits


def shares_of_the_window(first: int, last: int) -> np.ndarray:
    table, _ = data.complete_history(first, last)
    return table.pivot(index="year", columns="member", values="share")[list(MEMBERS)].mean().to_numpy()


def test_autarky() -> None:
    """No spill-ins and no threat, in the window or since: everybody wants its taste, the share of the window."""
    alone = {"allied_weight": 0.0, "us_protection_value": 0.0, "taste_trend": 0.0}
    run = run_members(
        world(parameters=alone, start=2012, hostility=({"year": 1990, "value": 0.0},), instruments={"take_up": "none"}),
        1,
    )
    expected = np.minimum(0.5, shares_of_the_window(2005, 2012))
    assert member(run, "wanted_share")[1:] == pytest.approx(np.tile(expected, (15, 1)), abs=1e-12)


def test_without_a_collective_taste_nobody_rides_free() -> None:
    """rho = 0: s = G whatever the allies, the patron and, up to that share, the adversary do."""
    selfish = {"collective_share": 0.0, "taste_trend": 0.0}
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


# Reaction rules


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
    near = np.exp(-separation / world().parameters.threat_distance) * (1 - np.eye(len(table)))
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
