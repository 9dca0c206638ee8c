"""Decisions of one's own: what they may return, what is warned of, and a member that leaves."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest

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
from sim.measures import COUNTS
from sim.scenario import Scenario, load_scenario, with_values

KINDS: dict[str, type[Any]] = {
    "member": Member, "adversary": Adversary, "administration": Administration, "congress": Congress,
    "european_union": EuropeanUnion,
}  # fmt: skip


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("conditional-3.5")


@pytest.fixture(scope="module")
def leaving() -> Scenario:
    """A policy that asks Congress every year, and loans that are open."""
    return load_scenario("exit-unilateral")


def returns(who: str, decision: str, value: Any) -> dict[str, Any]:
    """The agents of a model in which one decision returns this."""
    kind = type("Wild", (KINDS[who],), {decision: lambda self, *_: value})
    return {"members": {"FRA": kind}} if who == "member" else {who: kind}


def played(scenario: Scenario, agents: dict[str, Any], years: int = 2) -> AllianceModel:
    model = AllianceModel(scenario, **agents)
    for _ in range(years):
        model.step()
    return model


SHARE = "a share of GDP from 0 to 0.5"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (3.5, "3.5"), (-1, "-1"), (math.nan, "nan"), (math.inf, "inf"), ("0.02", '"0.02"'), (None, "nothing"),
        (True, "true"), (0.02 + 0j, "an object of type complex"), ([0.02], "an object of type list"),
        (np.float64(0.6), "0.6"), (0.5000001, "0.5000001"),
    ],
)  # fmt: skip
def test_a_vote_is_a_share(scenario: Scenario, value: Any, shown: str) -> None:
    with pytest.raises(ValueError, match="allowed") as error:
        played(scenario, returns("member", "vote", value))
    assert str(error.value) == f"Wild.vote of FRA in 2026 returned {shown}; allowed: {SHARE}"


@pytest.mark.parametrize(
    ("who", "decision", "value", "allowed"),
    [
        ("member", "want", 0.51, SHARE),
        ("member", "give_support", -0.001, SHARE),
        ("member", "use_loan", -1.0, "constant 2015 US$ bn, a finite number of at least 0"),
        ("adversary", "want", 1.0, SHARE),
        ("adversary", "tempt", 1.5, "a probability from 0 to 1"),
        ("administration", "seek_withdrawal", 1, "True or False"),
        ("administration", "go_alone", None, "True or False"),
        ("administration", "deploy", -0.1, "US forces over those of the start, from 0 to 3"),
        ("administration", "choose", None, "the name of a policy of the scenario"),
        ("congress", "consent", "yes", "True or False"),
        ("european_union", "open_clause", 0.5, "True or False"),
        ("european_union", "open_loans", None, "True or False"),
    ],
)
def test_every_decision_has_a_range(leaving: Scenario, who: str, decision: str, value: Any, allowed: str) -> None:
    with pytest.raises(ValueError, match=rf"^Wild\.{decision}( of FRA)? in 20\d\d returned .*; allowed: ") as error:
        played(leaving, returns(who, decision, value), 5)
    assert str(error.value).endswith(f"; allowed: {allowed}")


@pytest.mark.parametrize(("who", "decision"), [("member", "help"), ("administration", "come")])
def test_decisions_of_a_crisis_have_one_too(who: str, decision: str) -> None:
    parameters = {"parameters.challenge_rate": 1.0, "parameters.challenge_cost": 0.0, "parameters.prize": 100.0}
    sure = with_values(load_scenario("status-quo"), parameters)
    with pytest.raises(ValueError, match=rf"Wild\.{decision}.* returned 0.5; allowed: True or False"):
        played(sure, returns(who, decision, 0.5), 6)


@pytest.mark.parametrize("value", [0, 1e-3, 0.5, np.float32(0.25), np.float64(0.02)])
def test_what_is_allowed_is_played(scenario: Scenario, value: Any) -> None:
    share = played(scenario, returns("member", "vote", value), 1).members["FRA"].defence_share
    assert type(share) is float
    assert share == float(value)


def test_a_mixin_is_checked_and_so_is_a_class_below(scenario: Scenario) -> None:
    class Loud:
        def vote(self) -> float:
            return 7.0

    class Mixed(Loud, Member):
        pass

    class Below(Mixed):
        def vote(self) -> float:
            return 0.1 + 0.0 * super().vote()

    with pytest.raises(ValueError, match=r"Mixed\.vote of DEU in 2026 returned 7.0"):
        played(scenario, {"members": {"DEU": Mixed}})
    with pytest.raises(ValueError, match=r"Below\.vote of DEU in 2026 returned 7.0"):
        played(scenario, {"members": {"DEU": Below}})


def test_a_decision_is_a_method(scenario: Scenario) -> None:
    with pytest.raises(TypeError, match=r"^Fixed\.want = 0.01; allowed: a method that returns a share of GDP"):
        type("Fixed", (Member,), {"want": 0.01})
    model = AllianceModel(scenario)
    with pytest.raises(AttributeError, match=r"^Member\.vote cannot be set on one agent; allowed: a subclass"):
        model.members["DEU"].vote = lambda: 0.02  # type: ignore[method-assign]


@pytest.mark.parametrize(("name", "instead"), [("budget", "want or vote"), ("support", "give_support")])
def test_a_shortcut_cannot_be_replaced(name: str, instead: str) -> None:
    with pytest.raises(TypeError, match=rf"^Own\.{name} would not be called; allowed: to replace {instead}$"):
        type("Own", (Member,), {name: lambda self: None})


def test_steps_that_are_replaced_are_called(scenario: Scenario) -> None:
    class Careful(Member):
        def spend(self) -> None:
            super().spend()
            self.stock = 123.0

        def hand_over(self) -> None:
            self.support_share = self.given = 0.0

    model = AllianceModel(scenario, members={"Poland": Careful})
    usual = AllianceModel(scenario)
    model.step()
    usual.step()
    assert model.members["POL"].support_share == 0.0 < usual.members["POL"].support_share
    assert model.members["POL"].stock != usual.members["POL"].stock


@pytest.mark.parametrize(
    ("name", "meant"), [("wnat", "want"), ("votes", "vote"), ("useLoan", "use_loan"), ("give_suport", "give_support")]
)
def test_a_misspelt_decision_is_warned_of(name: str, meant: str) -> None:
    with pytest.warns(UserWarning, match=rf"^Own\.{name} replaces no decision .* did you mean {meant}\?$"):
        type("Own", (Member,), {name: lambda self: 0.02})


def test_other_methods_are_nobody_s_business() -> None:
    type("Own", (Member,), {"neighbours": lambda self: [], "_wnat": lambda self: 0.0, "grow": Member.grow})


def test_a_class_of_the_model_that_is_changed_counts(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Member, "vote", lambda self: 0.03, raising=False)
    model = AllianceModel(scenario)
    model.step()
    assert {member.defence_share for member in model.members.values() if member.armed} == {0.03}


# Leaving


def test_a_member_that_leaves_neither_gives_nor_gets(scenario: Scenario) -> None:
    usual, other = AllianceModel(scenario, 2), AllianceModel(scenario, 2)
    for model in (usual, other):
        for _ in range(3):
            model.step()
    hungary = other.members["HUN"]
    hungary.in_alliance = False
    assert not hungary.in_alliance
    for model in (usual, other):
        model.step()
    assert not hungary.in_alliance
    assert (hungary.ally, hungary.given, hungary.pledge, hungary.expected_protection) == (0.0, 0.0, 0.0, 0.0)
    assert (hungary.protected, hungary.hazard) == (False, 0.0)
    assert hungary.defence_share > 0.0  # it still has forces of its own
    rest = usual.now.protected_gdp - usual.members["HUN"].gdp
    assert other.now.protected_gdp == pytest.approx(rest, rel=1e-12)
    assert other.measure().history.counts[4, COUNTS.index("members")] == 31
    assert usual.measure().history.counts[4, COUNTS.index("members")] == 32
    assert other.now.allied_capability < usual.now.allied_capability - 0.9 * usual.members["HUN"].capability
    other.run_model()
    assert not hungary.in_alliance
    assert AllianceModel(scenario, 2).members["HUN"].in_alliance  # nobody else's run


def test_a_copy_keeps_who_left(scenario: Scenario) -> None:
    model = AllianceModel(scenario, 2)
    other = copy.deepcopy(model)
    other.members["HUN"].in_alliance = False
    model.step()
    other.step()
    assert model.members["HUN"].in_alliance
    assert not copy.deepcopy(other).members["HUN"].in_alliance


def test_leaving_inside_a_decision_counts_at_once(scenario: Scenario) -> None:
    class Leaver(Member):
        def vote(self) -> float:
            if self.now.year == 2030:
                self.in_alliance = False
            return super().vote()

    table = run(scenario, members={"Türkei": Leaver}).years().set_index("year")["members"]
    assert set(table.loc[:2029]) == {32}
    assert set(table.loc[2030:]) == {31}


def test_what_cannot_leave_or_join_says_so(scenario: Scenario) -> None:
    model = AllianceModel(scenario)
    with pytest.raises(ValueError, match="USA cannot leave so; allowed: an administration that seeks withdrawal"):
        model.members["USA"].in_alliance = False
    with pytest.raises(ValueError, match=r"^Member\.remove: countries and offices do not disappear; allowed: in_all"):
        model.members["DEU"].remove()
    with pytest.raises(ValueError, match=r"^EuropeanUnion\.remove"):
        model.european_union.remove()
    with pytest.raises(AttributeError):
        model.members["DEU"].ally = 0.0  # type: ignore[misc]
    with pytest.raises(TypeError):
        del model.members["DEU"]  # type: ignore[attr-defined]
    early = AllianceModel(load_scenario("cold-war-1960"))
    with pytest.raises(ValueError, match="in_alliance of POL in 1960 = True; allowed: False, for a member"):
        early.members["POL"].in_alliance = True
    early.members["POL"].in_alliance = False  # it is none yet
    early.members["FRA"].in_alliance = True


def test_members_are_known_by_name(scenario: Scenario) -> None:
    class Own(Member):
        def vote(self) -> float:
            return 0.04

    model = AllianceModel(scenario, members={"Holland": Own})
    assert isinstance(model.members["NLD"], Own)
    assert model.members["the netherlands"] is model.members["NLD"]
    with pytest.raises(ValueError, match="Ukraine is not in the alliance"):
        model.members["UKR"]
    with pytest.raises(ValueError, match="NLD is given twice, the second time as 'NLD'"):
        AllianceModel(scenario, members={"Holland": Own, "NLD": Own})
    with pytest.raises(ValueError, match="USA needs a subclass of UnitedStates"):
        AllianceModel(scenario, members={"America": Own})
    assert isinstance(AllianceModel(scenario).members["America"], UnitedStates)
