"""A decision taken apart: the parts sum to the change, whatever the world; each part does what its name says."""

from __future__ import annotations

import math
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import sim
from sim import data
from sim.data import MEMBERS
from sim.engines.agents import Member
from sim.insight import Explanation, explain
from sim.insight.explaining import PARTS, member_code
from sim.insight.shapley import shapley
from sim.scenario import REACTIONS, Scenario, ScenarioError, Tier, scenario_names
from sim.scenario import Path as Point

FOLDER = Path(__file__).parents[2]
CLOSE = 1e-15
SCENARIOS = [sim.load_scenario(name) for name in scenario_names()]
ALLIES = [code for code in MEMBERS if code not in ("USA", "ISL")]


def sound(one: Explanation) -> None:
    """What holds of every explanation."""
    value = {part.key: part.value for part in one.parts}
    assert list(value) == list(PARTS)
    assert sum(value.values()) == pytest.approx(one.after - one.before, abs=CLOSE)
    assert sum(part.wanted for part in one.parts) == pytest.approx(one.wanted, abs=CLOSE)
    assert value["limits"] * {"room": -1, "cut": 1, "": 0}[one.limit] == abs(value["limits"])
    table = one.table()
    assert table["change"].sum() == pytest.approx(one.after - one.before, abs=CLOSE)
    assert table.columns.tolist() == ["key", "part", "change", "wanted"]
    assert one.text().startswith(f"In {one.year} {one.name} ")
    assert "nan" not in one.text()


def policy(scenario: Scenario, measure: str, tiers: tuple[Tier, ...]) -> Scenario:
    """With one policy's tiers for all."""
    policies = {
        name: one.model_copy(update={"measure": measure, "tiers": tiers}) for name, one in scenario.policies.items()
    }
    return scenario.model_copy(update={"policies": policies})


@st.composite
def worlds(draw: st.DrawFn) -> Scenario:
    """Shipped scenarios, some with another rule, other tiers or other limits."""
    scenario = draw(st.sampled_from(SCENARIOS))
    change: dict[str, object] = {"reaction": draw(st.sampled_from(list(REACTIONS)))}
    number = st.floats(0.0, 1.0)
    change["parameters"] = scenario.parameters.model_copy(
        update={
            name: draw(st.floats(low, high))
            for name, low, high in (
                ("adjustment_speed", 0.0, 1.0), ("pledge_pull", 0.0, 0.5), ("budget_noise", 0.0, 0.01),
                ("fiscal_cut", 0.0, 0.02), ("fiscal_room", 0.0, 0.01), ("collective_share", 0.0, 1.0),
            )
        }
    )  # fmt: skip
    scenario = scenario.model_copy(update=change)
    if draw(st.booleans()):
        return scenario
    measure = draw(st.sampled_from(["share", "effort", "pledge"]))
    high = {"share": 0.06, "effort": 0.01, "pledge": 1.2}[measure]
    lines = sorted(draw(st.lists(st.floats(0.001, high), max_size=3, unique=True)))
    tiers = tuple(Tier(minimum=line, protection=p) for line, p in zip([0.0, *lines], sorted(
        draw(st.lists(number, min_size=len(lines) + 1, max_size=len(lines) + 1))), strict=True))  # fmt: skip
    return policy(scenario, measure, tiers)


@settings(max_examples=30)
@given(worlds(), st.sampled_from(ALLIES), st.integers(1, 12), st.integers(0, 2**40))
def test_parts_sum_to_the_change_and_to_what_is_wanted(
    scenario: Scenario, member: str, later: int, replicate: int
) -> None:
    year = min(scenario.start + later, scenario.end)
    assume(data.memberships().set_index("member")["accession_year"][member] <= year)
    one = explain(scenario, member, year, seed=3, replicate=replicate)
    sound(one)
    value = {part.key: part.value for part in one.parts}
    zero = {
        "follow": {"taste", "allies", "us", "doubt", "conditions", "threat", "price", "target"},
        "inertia": {"taste", "allies", "us", "doubt", "conditions", "threat", "price", "neighbours", "target"},
        "pledge-driven": {"allies", "us", "doubt", "conditions", "threat", "price", "neighbours"},
        "threat-only": {"allies", "us", "doubt", "neighbours", "target"},
    }.get(one.reaction, {"neighbours", "target"})
    assert {key: value[key] for key in zero} == pytest.approx(dict.fromkeys(zero, 0.0), abs=CLOSE)
    signs = {"threat": 1, "pledge": 1}
    if one.reaction != "pure-public" and not one.tiers:
        signs |= {"allies": -1, "us": -1, "doubt": 1, "conditions": 1, "price": 1}
    assert {key: value[key] for key, sign in signs.items() if sign * value[key] < -CLOSE} == {}


# Shapley values


def test_shapley_is_the_mean_over_all_orders() -> None:
    """Against the definition, order by order, on a game without structure; c waits for a."""
    players, seen = ("a", "b", "c", "d"), dict[frozenset[str], float]()

    def worth(on: frozenset[str]) -> float:
        return seen.setdefault(on, math.sin(7.0 * sum(3.0 ** players.index(name) for name in on) + 1.0))

    for after in ({}, {"c": "a"}, {"c": "a", "d": "c"}):
        orders = [o for o in permutations(players) if all(o.index(y) < o.index(x) for x, y in after.items())]
        mean = dict.fromkeys(players, 0.0)
        for order in orders:
            for k, name in enumerate(order):
                step = worth(frozenset(order[: k + 1])) - worth(frozenset(order[:k]))
                mean[name] += step / len(orders)
        assert shapley(players, worth, after) == pytest.approx(mean, abs=1e-15)


def test_shapley_of_a_known_game() -> None:
    """The glove game (Shapley & Shubik 1969): one left glove, two right ones; values 2/3, 1/6, 1/6."""
    found = shapley(("left", "right", "other"), lambda on: float("left" in on and len(on) > 1))
    assert found == pytest.approx({"left": 2 / 3, "right": 1 / 6, "other": 1 / 6})


@pytest.mark.parametrize(
    ("players", "after"),
    [(("a", "a"), {}), (("a", "b"), {"a": "c"}), (("a", "b"), {"a": "b", "b": "a"}), (tuple("abcdefghijklm"), {})],
)
def test_no_game(players: tuple[str, ...], after: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"at most 12|no order"):
        shapley(players, len, after)


# One decision solved by hand


def test_parts_of_an_additive_world_by_hand() -> None:
    """With all taste collective and no price q* = Theta - (1 - Theta) n, so each part is -(1 - Theta) times its own."""
    quiet = {"collective_share": 1.0, "loan_envelope": 0.0, "taste_trend": 0.0}
    scenario = sim.load_scenario("status-quo")
    scenario = scenario.model_copy(update={"parameters": scenario.parameters.model_copy(update=quiet)})
    for member in ("GBR", "PRT"):  # far from the threat, so that nobody ever wants less than nothing
        one = explain(scenario, member, 2028)
        part = {part.key: part.wanted for part in one.parts}
        model = sim.AllianceModel(scenario, 1)
        while model.year < 2028:
            model.step()
        actor = model.members[member]
        theta = actor.collective_taste
        assert one.wanted > 0.0
        assert part["taste"] == pytest.approx(theta, abs=1e-15)
        assert part["allies"] == pytest.approx(-(1 - theta) * actor.allied_spillin, rel=1e-9)
        assert part["threat"] == pytest.approx((1 - theta) * actor.threat, rel=1e-9)
        assert part["us"] == pytest.approx(-(1 - theta) * actor.us_spillin, rel=1e-9)
        assert part["doubt"] == pytest.approx((1 - theta) * (1 - actor.commitment_belief) * actor.us_spillin, rel=1e-9)
        assert part["conditions"] == 0.0  # a promise without any
        value = {part.key: part.value for part in one.parts}
        speed = scenario.parameters.adjustment_speed
        assert value["threat"] == pytest.approx(speed * part["threat"], rel=1e-9)
        assert value["taste"] == pytest.approx(speed * (theta - one.before), abs=1e-15)
        pledge = scenario.parameters.pledge_pull * max(0.0, actor.pledge - one.before)
        assert value["pledge"] == pytest.approx(pledge, abs=1e-15)
        assert value["luck"] == pytest.approx(scenario.parameters.budget_noise * actor.luck[3], abs=1e-15)


def test_a_run_and_its_explanation_agree_year_by_year() -> None:
    """What is explained is what the tables of the run hold; last year's vote is this year's start."""
    run = sim.run(sim.load_scenario("conditional-3.5"), seed=5, replicate=2)
    rows = run.members().set_index(["member", "year"])
    for year in (2026, 2027, 2033):
        one = run.explain("Estonia", year)
        assert (one.after, one.wanted) == tuple(rows.loc[("EST", year), ["defence_share", "wanted_share"]])
        assert one.before == rows.loc[("EST", year - 1), "defence_share"]
        assert one == explain(run.scenario, "est", year, seed=5, replicate=2)


# Limits and tiers


def with_parameters(scenario: Scenario, **values: float) -> Scenario:
    return scenario.model_copy(update={"parameters": scenario.parameters.model_copy(update=values)})


def test_what_the_limits_take_is_what_they_take() -> None:
    """Who aims for 5 % and has no room takes no step; who aims for nothing and may not cut takes none either."""
    base = sim.load_scenario("status-quo").model_copy(update={"reaction": "pledge-driven"})
    for pledge, limit, words in ((0.05, "room", "no room"), (0.0, "cut", "cannot cut so fast")):
        world = base.model_copy(update={"pledge": (Point(year=2026, value=pledge),)})
        one = explain(with_parameters(world, absorption=0.0, fiscal_cut=0.0, adjustment_speed=1.0), "ITA", 2026)
        rest = sum(part.value for part in one.parts[:-1])
        assert (one.limit, one.after) == (limit, one.before)
        assert rest * (1 if limit == "room" else -1) > 0.005
        assert one.parts[-1].value == pytest.approx(-rest, abs=CLOSE)
        assert words in one.text()


def test_a_line_is_kept_or_given_up() -> None:
    """Far above what anybody wants it is given up, just above it is kept, below one would be there anyway."""
    base = sim.load_scenario("conditional-3.5")
    free = explain(policy(base, "share", (Tier(minimum=0.0, protection=1.0),)), "DEU", 2026).wanted
    for line, choice in ((0.30, "gives up"), (1.02 * free, "complies"), (0.5 * free, "above")):
        tiers = (Tier(minimum=0.0, protection=0.0), Tier(minimum=line, protection=1.0))
        one = explain(policy(base, "share", tiers), "DEU", 2026)
        assert one.choice == choice
        assert f"{100 * line:.2f} %" in one.text()
        assert ("as bad as losing" in one.text()) == all(math.isfinite(tier.worth) for tier in one.tiers)
        chosen = next(tier for tier in one.tiers if tier.chosen)
        assert chosen.utility == max(tier.utility for tier in one.tiers)
        assert chosen.share == one.wanted
        assert [tier.worth != 0.0 for tier in one.tiers] == [not tier.chosen for tier in one.tiers]
        assert (one.wanted == line) == (choice == "complies")


def test_between_two_lines_the_next_is_named() -> None:
    tiers = tuple(Tier(minimum=m, protection=p) for m, p in ((0.0, 0.0), (0.001, 0.9), (0.30, 1.0)))
    one = explain(policy(sim.load_scenario("conditional-3.5"), "share", tiers), "DEU", 2026)
    assert (one.choice, [tier.chosen for tier in one.tiers]) == ("above", [False, True, False])
    assert one.text().endswith("The next line, 30.00 %, is not worth its cost.")


def test_lines_at_nothing_are_reached_by_all() -> None:
    """Without a pledge a line on it lies at 0, and there is nothing to give up."""
    tiers = (Tier(minimum=0.0, protection=0.0), Tier(minimum=0.9, protection=1.0))
    one = explain(policy(sim.load_scenario("cold-war-1960"), "pledge", tiers), "FRA", 1962)
    assert (one.choice, [(tier.line, tier.chosen) for tier in one.tiers]) == ("above", [(0.0, False), (0.0, True)])
    assert math.isnan(one.tiers[0].worth)  # nothing is as bad as to have no defence at all
    assert "falling below is no choice in the model: it would have no forces of its own" in one.text()


@pytest.mark.parametrize("member", ["EST", "LVA", "LTU", "POL", "FIN", "NOR"])
def test_an_income_that_does_not_exist_is_not_named(member: str) -> None:
    """Below the line the front has less than the threat that it feels, where Eq. 1 has no value."""
    one = explain(sim.load_scenario("conditional-3.5"), member, 2030)
    below = one.tiers[0]
    assert below.utility == -math.inf
    assert math.isnan(below.worth)
    assert "less protection than the threat that it feels" in one.text()
    assert "100.00 %" not in one.text()
    assert "nan" not in one.text()


def test_what_a_tier_is_worth_in_other_income() -> None:
    """With so much less other income, (1) in the chosen tier is what it is in the other (docs/model.md, Eq. 1)."""
    one = explain(sim.load_scenario("conditional-3.5"), "DEU", 2030)
    model = sim.AllianceModel(sim.load_scenario("conditional-3.5"), 1)
    while model.year < 2030:
        model.step()
    actor = model.members["DEU"]
    others = 1.0 - actor.collective_taste - actor.national_taste
    chosen = next(tier for tier in one.tiers if tier.chosen)
    other = next(tier for tier in one.tiers if not tier.chosen)
    assert chosen.utility - other.utility == pytest.approx(-others * math.log(1.0 - other.worth), abs=1e-14)


def test_a_promise_that_is_believed_to_exclude_nobody_has_no_conditions() -> None:
    one = explain(sim.load_scenario("status-quo"), "NLD", 2030)
    assert {part.key: part.wanted for part in one.parts}["conditions"] == 0.0
    assert (one.tiers, one.choice) == ((), "")


# Whom it is not for


class Stubborn(Member):
    def want(self) -> float:
        return 0.01


@pytest.mark.parametrize(
    ("scenario", "member", "year", "words"),
    [
        ("status-quo", "USA", 2030, "member USA: .* allowed: an ally with armed forces other than USA"),
        ("status-quo", "Iceland", 2030, "member ISL: has no armed forces"),
        ("status-quo", "DEU", 2025, "2025 is where it starts from; allowed: 2026 to 2045"),
        ("status-quo", "DEU", 2046, "year 2046: .* allowed: 2026 to 2045"),
        ("status-quo", "Germny", 2030, "member 'Germny': unknown, did you mean Germany"),
        ("status-quo", "XYZ", 2030, "member 'XYZ': unknown; allowed: a code or a name, such as DEU or Germany"),
        ("drawdown-1990", "POL", 1995, "member POL: outside the alliance in 1995; allowed then: BEL, .*TUR"),
    ],
)
def test_what_cannot_be_explained(scenario: str, member: str, year: int, words: str) -> None:
    with pytest.raises(ScenarioError, match=words) as raised:
        explain(sim.load_scenario(scenario), member, year)
    assert "\n" not in str(raised.value)


def test_members_that_decide_otherwise() -> None:
    """They cannot be explained by the model's rules; others in their run can, and feel them."""
    scenario = sim.load_scenario("status-quo")
    run = sim.run(scenario, members={"DEU": Stubborn})
    with pytest.raises(ScenarioError, match="decides by a rule of its own, Stubborn"):
        run.explain("DEU", 2030)
    one, usual = run.explain("FRA", 2035), explain(scenario, "FRA", 2035)
    assert one.after == run.members().set_index(["member", "year"])["defence_share"]["FRA", 2035]
    assert {p.key: p.wanted for p in one.parts}["allies"] > {p.key: p.wanted for p in usual.parts}["allies"]


def test_names_and_codes() -> None:
    assert {member_code(text) for text in ("DEU", "deu", " Germany ", "GERMANY")} == {"DEU"}


def test_the_page_describes_every_part() -> None:
    page = (FOLDER / "docs" / "explain.md").read_text(encoding="utf-8")
    table = "".join(line.split("|")[1] for line in page.splitlines() if line.startswith("| `"))
    assert [key for key in PARTS if f"`{key}`" not in table] == []
