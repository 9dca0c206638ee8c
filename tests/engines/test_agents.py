"""The alliance as Mesa agents: what a user can read, replace and rely on."""

from __future__ import annotations

import copy
import gc
import math
import pickle
import weakref
from collections.abc import Callable
from typing import Any

import mesa
import pandas as pd
import pytest

import sim
from sim.data import MEMBERS
from sim.engines.agents import (
    Administration,
    Adversary,
    AllianceModel,
    Congress,
    EuropeanUnion,
    Member,
    UnitedStates,
    run,
)
from sim.engines.batch import run_batch
from sim.engines.members import MEMBER_FIELDS, MEMBER_FIGURES, MemberTurns
from sim.engines.situation import begin
from sim.measures import COUNTS, MEMBER
from sim.rules import demand
from sim.scenario import Scenario, load_scenario


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("conditional-3.5")


class Stubborn(Member):
    """Wants one per cent, whatever happens."""

    def want(self) -> float:
        return 0.01


# What there is


def test_every_actor_is_a_mesa_agent(scenario: Scenario) -> None:
    model = AllianceModel(scenario)
    assert isinstance(model, mesa.Model)
    assert list(model.members) == list(MEMBERS)
    kinds = {kind: len(agents) for kind, agents in model.agents_by_type.items()}
    assert kinds == {Member: 31, UnitedStates: 1, Adversary: 1, EuropeanUnion: 1, Congress: 1, Administration: 1}
    assert all(isinstance(agent, mesa.Agent) for agent in model.agents)
    assert sorted(agent.unique_id for agent in model.agents) == list(range(1, 37))
    assert isinstance(model.members["USA"], UnitedStates)


def test_the_start_is_readable(scenario: Scenario) -> None:
    model = AllianceModel(scenario)
    assert model.year == scenario.start
    assert model.running
    figures = sim.data.members(scenario.start).set_index("member")
    for code, member in model.members.items():
        assert member.code == code
        assert member.gdp == figures.loc[code, "gdp"]
        assert member.wanted_share == member.defence_share == member.shares[-1]
    assert model.administration.policy == scenario.script[str(scenario.start)]
    assert model.administration.treaty_status == 0
    assert model.crisis.target == ""


def test_every_attribute_starts_as_its_own(scenario: Scenario) -> None:
    begun, members = begin(scenario), AllianceModel(scenario).members.values()
    for i, member in enumerate(members):
        for name, field in MEMBER_FIELDS.items():
            assert getattr(member, name) == begun.world[field][0, i], name
        for name, field in MEMBER_FIGURES.items():
            assert getattr(member, name) == begun.prepared.setup[field][0, i], name
        assert member.shares == begun.path["share"][:11, i].tolist()
        assert member.spendings == begun.path["spending"][:11, i].tolist()


def test_attributes_are_what_the_table_says(scenario: Scenario) -> None:
    model = AllianceModel(scenario, seed=3, replicate=8)
    table = run(scenario, 3, 8).members().set_index(["year", "member"])
    while model.running:
        model.step()
        for code, member in model.members.items():
            row = table.loc[(model.year, code)]
            for name in MEMBER:
                value = getattr(member, name)
                assert type(value) in (float, bool), name
                assert value == row[name], (model.year, code, name)


def test_other_numbers_are_plain_too(scenario: Scenario) -> None:
    model = AllianceModel(scenario, seed=3)
    for _ in range(5):
        model.step()
    for name in MEMBER_FIELDS:
        assert type(getattr(model.members["POL"], name)) in (float, bool), name
    for name in MEMBER_FIGURES:
        assert type(getattr(model.members["POL"], name)) in (float, int, bool), name
    assert 0.0 < model.adversary.challenge_risk < 1.0
    assert type(model.adversary.capability) is float
    assert model.european_union.loans_opened == 2026
    assert model.congress.senators == 0  # nobody has asked
    assert len(model.members["POL"].shares) == 11 + 5


def test_a_model_ends_with_its_scenario(scenario: Scenario) -> None:
    model = AllianceModel(scenario)
    model.run_model()
    assert model.year == scenario.end
    assert not model.running
    with pytest.raises(RuntimeError, match=f"ends in {scenario.end}"):
        model.step()


def test_mesa_draws_nothing(scenario: Scenario) -> None:
    model = AllianceModel(scenario, seed=5)
    before = model.rng.bit_generator.state, model.random.getstate()
    model.run_model()
    assert (model.rng.bit_generator.state, model.random.getstate()) == before


# What one can rely on


def test_two_models_share_nothing(scenario: Scenario) -> None:
    begun = begin(scenario)
    before = [part.tobytes() for part in (begun.world, begun.path, *begun.prepared)]
    one, other = AllianceModel(scenario, 1), AllianceModel(scenario, 2)
    while one.running:
        one.step()
        other.step()
    for model, seed in ((one, 1), (other, 2)):
        ends = run(scenario, seed).history.members[-1]
        assert [member.gdp for member in model.members.values()] == ends[0].tolist()
    assert [part.tobytes() for part in (begun.world, begun.path, *begun.prepared)] == before


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_goes_its_own_way(scenario: Scenario, copied: Callable[[AllianceModel], AllianceModel]) -> None:
    model = AllianceModel(scenario, 2)
    model.step()
    other = copied(model)
    other.members["DEU"].defence_share = 0.05
    other.run_model()
    assert model.year == scenario.start + 1
    assert model.members["DEU"].defence_share != 0.05
    model.run_model()
    ends = run(scenario, 2).history.members[-1]
    assert [member.gdp for member in model.members.values()] == ends[0].tolist()
    assert other.members["DEU"].defence_share != model.members["DEU"].defence_share


def test_numbers_may_be_set(scenario: Scenario) -> None:
    usual, other = AllianceModel(scenario, 2), AllianceModel(scenario, 2)
    for name in ("armed", "protected", "uses_clause"):
        setattr(other.members["POL"], name, False)
        assert getattr(other.members["POL"], name) is False
    other.members["POL"].armed = True
    other.members["DEU"].defence_share = 0.06
    other.members["DEU"].spending = 100.0
    assert (other.members["DEU"].spending, other.members["DEU"].spendings[-1]) == (100.0, 100.0)
    other.members["FRA"].reaction = 5  # inertia
    other.now.aftermath = 1.0
    other.adversary.stock = 0.0
    other.european_union.envelope = 0.0
    usual.step()
    other.step()
    assert other.members["DEU"].defence_share > 0.05 > usual.members["DEU"].defence_share
    assert other.members["FRA"].wanted_share == usual.members["FRA"].shares[-2] != usual.members["FRA"].wanted_share
    assert other.now.war == 1.0
    assert other.adversary.stock < usual.adversary.stock
    assert other.european_union.loans == 0.0 < usual.european_union.loans
    assert AllianceModel(scenario).members["FRA"].reaction != 5


def test_a_scenario_that_differs_starts_anew(scenario: Scenario) -> None:
    other = scenario.model_copy(update={"parameters": scenario.parameters.model_copy(update={"thinning": 0.2})})
    one, two = AllianceModel(scenario).members["EST"], AllianceModel(other).members["EST"]
    assert one.collective_taste != two.collective_taste


def test_a_model_that_nobody_needs_goes_away(scenario: Scenario) -> None:
    model = AllianceModel(scenario)
    model.step()
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_tables_are_those_of_the_batch_engine(scenario: Scenario) -> None:
    one, many = run(scenario, 6), run_batch(scenario, 6, 1)
    pd.testing.assert_frame_equal(one.runs(), many.runs(), check_exact=True)
    pd.testing.assert_frame_equal(one.years(), many.years(), check_exact=True)
    pd.testing.assert_frame_equal(one.members(), many.members(), check_exact=True)
    assert one.model.year == scenario.end


def test_public_names() -> None:
    assert sim.run is run
    assert sim.AllianceModel is AllianceModel
    assert sim.best_response(100.0, 5.0, 0.02, 0.01) == demand.best_response(100.0, 5.0, 0.02, 0.01)
    assert sim.best_response(100.0, 5.0, 0.02, 0.01, price=0.9) == demand.best_response(100.0, 5.0, 0.02, 0.01, 0.9)


@pytest.mark.parametrize(
    "wrong",
    [
        (0.0, 1.0, 0.02, 0.01), (math.nan, 1.0, 0.02, 0.01), (100.0, -100.0, 0.02, 0.01), (100.0, math.inf, 0.02, 0.01),
        (100.0, 1.0, -0.1, 0.2), (100.0, 1.0, 0.6, 0.4), (100.0, 1.0, math.nan, 0.01), (100.0, 1.0, 0.02, 0.01, 0.0),
    ],
)  # fmt: skip
def test_the_public_best_response_refuses_nonsense(wrong: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="needed, found"):
        sim.best_response(*wrong)


@pytest.mark.parametrize("name", ["seed", "replicate"])
@pytest.mark.parametrize("value", [-1, 2**63])
def test_luck_has_a_range(scenario: Scenario, name: str, value: int) -> None:
    with pytest.raises(ValueError, match="2\\*\\*63"):
        AllianceModel(scenario, **{name: value})


# What one can replace


class SameMember(Member):
    """Every decision replaced, by itself."""

    def want(self) -> float:
        return super().want()

    def vote(self) -> float:
        return super().vote()

    def give_support(self) -> float:
        return super().give_support()

    def use_loan(self) -> float:
        return super().use_loan()

    def help(self) -> bool:
        return super().help()


class SameUnitedStates(UnitedStates, SameMember):
    """Likewise, and given support by the policy in force."""


class SameAdministration(Administration):
    def choose(self) -> str:
        return super().choose()

    def seek_withdrawal(self) -> bool:
        return super().seek_withdrawal()

    def go_alone(self) -> bool:
        return super().go_alone()

    def deploy(self) -> float:
        return super().deploy()

    def come(self, promised: float) -> bool:
        return super().come(promised)


class SameAdversary(Adversary):
    def want(self, allied: float) -> float:
        return super().want(allied)

    def tempt(self, member: MemberTurns, shared: Any) -> float:
        return super().tempt(member, shared)


class SameUnion(EuropeanUnion):
    def open_clause(self, trust_falls: bool) -> bool:
        return super().open_clause(trust_falls)

    def open_loans(self, trust_falls: bool) -> bool:
        return super().open_loans(trust_falls)


class SameCongress(Congress):
    def consent(self) -> bool:
        return super().consent()


SAME: dict[str, Any] = {
    "members": {code: SameUnitedStates if code == "USA" else SameMember for code in MEMBERS},
    "adversary": SameAdversary,
    "administration": SameAdministration,
    "congress": SameCongress,
    "european_union": SameUnion,
}


@pytest.mark.parametrize("name", ["backlash", "graduated", "exit-lawful", "exit-unilateral", "turbulence"])
def test_replacing_a_decision_by_itself_changes_nothing(name: str) -> None:
    scenario = load_scenario(name)
    scenario = scenario.model_copy(update={"reactions": {"BEL": "follow", "ITA": "pledge-driven"}})
    plain, same = run(scenario, 2), run(scenario, 2, **SAME)
    assert plain.history.counts[:, COUNTS.index("challenge")].any() or name != "turbulence"
    assert same.history.members.tobytes() == plain.history.members.tobytes()
    assert same.history.levels.tobytes() == plain.history.levels.tobytes()


def test_one_stubborn_member_changes_its_own_budget_first(scenario: Scenario) -> None:
    usual, other = AllianceModel(scenario, 4), AllianceModel(scenario, 4, members={"DEU": Stubborn})
    usual.step()
    other.step()
    decided = {"wanted_share", "defence_share", "spending", "stock", "capability", "protection", "hazard"}
    decided |= {"expected_protection", "protected", "room_used"}
    for code in MEMBERS:
        changed = {
            name
            for name in (*MEMBER_FIELDS, "spending")
            if getattr(usual.members[code], name) != getattr(other.members[code], name)
        }
        assert changed <= (decided if code == "DEU" else {"hazard"}), code
    assert other.members["DEU"].wanted_share == 0.01
    assert other.members["DEU"].defence_share < usual.members["DEU"].defence_share
    assert other.members["POL"].hazard > usual.members["POL"].hazard  # less of an alliance to fear
    usual.step()
    other.step()
    assert other.members["POL"].wanted_share > usual.members["POL"].wanted_share  # it answers a year later


def test_what_one_member_does_moves_nobody_s_luck(scenario: Scenario) -> None:
    usual, other = AllianceModel(scenario, 4), AllianceModel(scenario, 4, members={"DEU": Stubborn})
    while usual.running:
        usual.step()
        other.step()
        assert [member.luck for member in usual.members.values()] == [member.luck for member in other.members.values()]
        assert usual.adversary.luck == other.adversary.luck
        assert (usual.now.tone, usual.now.conditionality) == (other.now.tone, other.now.conditionality)


def test_a_budget_of_one_s_own(scenario: Scenario) -> None:
    class Pledged(Member):
        def vote(self) -> float:
            return 0.05

    model = AllianceModel(scenario, members={"ESP": Pledged, "ISL": Pledged})
    model.step()
    assert model.members["ESP"].defence_share == 0.05
    assert model.members["ESP"].spending == 0.05 * model.members["ESP"].gdp
    assert model.members["ISL"].defence_share == 0.0  # no armed forces, nothing to vote on


def test_the_united_states_may_be_replaced(scenario: Scenario) -> None:
    class Generous(UnitedStates):
        def give_support(self) -> float:
            return 0.01

    model = AllianceModel(scenario, members={"USA": Generous})
    model.step()
    assert model.members["USA"].support_share == 0.01
    with pytest.raises(ValueError, match="USA needs a subclass of UnitedStates"):
        AllianceModel(scenario, members={"USA": Stubborn})


def test_an_unknown_member(scenario: Scenario) -> None:
    with pytest.raises(ValueError, match="member 'XYZ': unknown; allowed: a code or a name"):
        AllianceModel(scenario, members={"XYZ": Stubborn})


def test_an_administration_of_one_s_own() -> None:
    scenario = load_scenario("us-policies")
    last = list(scenario.policies)[-1]

    class Changeable(Administration):
        def choose(self) -> str:
            return last if self.now.year >= scenario.start + 3 else super().choose()

        def deploy(self) -> float:
            return 0.5

    usual, other = AllianceModel(scenario), AllianceModel(scenario, administration=Changeable)
    for _ in range(3):
        usual.step()
        other.step()
    assert other.administration.policy == other.now.policy.name == last
    assert other.administration.posture == other.now.posture == 0.5
    luck = [[member.luck for member in model.members.values()] for model in (usual, other)]
    assert luck[0] == luck[1]

    class Lost(Administration):
        def choose(self) -> str:
            return "nowhere"

    with pytest.raises(ValueError, match=r'Lost.choose in 2026 returned "nowhere"; allowed: the name of a policy'):
        AllianceModel(scenario, administration=Lost).step()


def test_congress_and_courts_of_one_s_own() -> None:
    scenario = load_scenario("exit-lawful")

    class Loyal(Congress):
        def consent(self) -> bool:
            return False

    class Law(Administration):
        def go_alone(self) -> bool:
            return False

    model = AllianceModel(scenario, congress=Loyal, administration=Law)
    model.run_model()
    assert model.administration.treaty_status == 0


def test_congress_votes_when_it_is_asked_and_never_after_the_exit() -> None:
    asked: list[int] = []

    class Heard(Congress):
        def consent(self) -> bool:
            asked.append(self.now.year)
            return True

    model = AllianceModel(load_scenario("exit-lawful"), congress=Heard)
    model.run_model()
    assert model.administration.treaty_status == 3
    assert len(asked) == 1


def test_an_adversary_of_one_s_own(scenario: Scenario) -> None:
    class Peaceful(Adversary):
        def want(self, allied: float) -> float:
            return 0.0

        def tempt(self, member: MemberTurns, shared: Any) -> float:
            return 0.0

    model = AllianceModel(scenario, adversary=Peaceful)
    start = model.adversary.defence_share
    while model.running:
        model.step()
        assert model.adversary.challenge_risk == 0.0
        assert not model.crisis.challenge
    assert model.adversary.defence_share < start


def test_a_step_of_the_adversary_s_own(scenario: Scenario) -> None:
    class Idle(Adversary):
        def arm(self, allied: float) -> None:
            self.stock = 0.0

    model = AllianceModel(scenario, adversary=Idle)
    model.step()
    assert model.adversary.stock == 0.0
    assert 0.0 < model.adversary.challenge_risk < 1.0


def test_a_union_of_one_s_own(scenario: Scenario) -> None:
    class Frugal(EuropeanUnion):
        def open_loans(self, trust_falls: bool) -> bool:
            return False

    model = AllianceModel(scenario, european_union=Frugal)
    model.run_model()
    assert model.european_union.loans_opened == 0
    assert all(member.price == 1.0 and member.drawn == 0.0 for member in model.members.values())
