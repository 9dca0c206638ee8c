"""Incomes, statements and beliefs in the whole model: what moves them, and what does not."""

from __future__ import annotations

import numpy as np
import pytest

from sim.data import MEMBERS
from sim.engines.batch import play_chunk, run_batch, run_members
from sim.measures import LEVELS
from sim.scenario import Scenario, Statement, with_values
from sim.setup import Prepared, prepare
from tests.model.worlds import (
    CONDITIONAL,
    NEEDS_COMPILER,
    QUIET,
    UNCONDITIONAL,
    WITHDRAWN,
    count,
    member,
    policy,
    same,
    world,
)

pytestmark = NEEDS_COMPILER


# Words that say nothing


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


# Common luck


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
