"""The contract that every reaction rule inherits by being registered, and what each one means."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import scenario
from sim.compiled import COMPILED, alone, kernel
from sim.registry import RegistrationError
from sim.rules import reactions
from sim.rules.demand import best_response, utility
from sim.rules.reactions import REACTIONS, Reaction, admitted
from sim.rules.view import View

FOLDER = Path(reactions.__file__).parent
every = pytest.mark.parametrize("name", REACTIONS)


def shares(high: float) -> st.SearchStrategy[float]:
    return st.floats(0.0, high, allow_subnormal=False)


situations = st.tuples(
    shares(0.1), st.one_of(shares(0.2).map(lambda width: width), st.just(math.inf)), shares(0.05), shares(0.05),
    shares(0.05), shares(0.3), shares(0.1), st.floats(0.7, 1.0), shares(0.1), shares(0.05), shares(0.1),
).map(lambda a: View(a[0], a[0] + a[1], *a[2:]))  # fmt: skip


def decide(name: str, situation: View) -> tuple[float, float]:
    """The share that a rule wants in a tier, and how well it likes it."""
    share = REACTIONS[name].wanted(situation)
    return share, REACTIONS[name].liked(situation, share)


def test_every_file_in_the_folder_is_registered_once_under_its_name() -> None:
    files = {path.stem.replace("_", "-") for path in FOLDER.glob("*.py")} - {"--init--"}
    assert set(REACTIONS) == files
    for name, rule in REACTIONS.items():
        assert {one.__module__.rpartition(".")[2].replace("_", "-") for one in rule} == {name}


def test_a_rule_is_also_known_by_its_place() -> None:
    situation = View(0.01, 0.05, 0.004, 0.01, 0.02, 0.03, 0.007, 0.95, 0.021, 0.033, 0.027)
    by_code = [reactions.wanted(code, situation) for code in range(len(REACTIONS))]
    liked = [reactions.liked(code, situation, share) for code, share in enumerate(by_code)]
    assert list(zip(by_code, liked, strict=True)) == [decide(name, situation) for name in REACTIONS]


def test_a_scenario_may_name_each_of_them() -> None:
    assert tuple(REACTIONS) == scenario.REACTIONS


@pytest.mark.parametrize("name", REACTIONS)
def test_its_file_says_where_it_comes_from(name: str) -> None:
    module = __import__(f"sim.rules.reactions.{name.replace('-', '_')}", fromlist=["wanted"])
    assert re.search(r"[A-Z][a-z]+.*\b(19|20)\d\d\b", module.__doc__), "an author and a year"


@every
@given(situation=situations)
def test_it_is_pure_and_within_bounds(name: str, situation: View) -> None:
    share, liked = decide(name, situation)
    assert decide(name, situation) == (share, liked)
    assert 0.0 <= share <= max(1.0 / situation.price, situation.low)
    assert not math.isnan(liked)
    if reactions.WEIGHS_TIERS[list(REACTIONS).index(name)]:
        assert situation.low <= share <= situation.high, "or the tier would not be the one that it weighs"


@kernel
def seen(rows: np.ndarray, i: int) -> View:
    return View(
        rows[0, i], rows[1, i], rows[2, i], rows[3, i], rows[4, i], rows[5, i], rows[6, i], rows[7, i], rows[8, i],
        rows[9, i], rows[10, i],
    )  # fmt: skip


@every
def test_alone_it_gives_the_bits_that_it_gives_in_a_compiled_loop(name: str) -> None:
    wanted, liked = REACTIONS[name]
    rng = np.random.default_rng(5)
    rows = rng.uniform(0.0, 0.06, (11, 257))
    rows[1] += rows[0]
    rows[1, ::5] = math.inf
    rows[7] = rng.uniform(0.8, 1.0, 257)

    @alone
    def crowd(rows: np.ndarray, out: np.ndarray) -> None:
        for i in range(out.shape[1]):
            out[0, i] = wanted(seen(rows, i))
        for i in range(out.shape[1]):
            out[1, i] = liked(seen(rows, i), out[0, i])

    out = np.empty((2, 257))
    crowd(rows, out)
    assert hasattr(crowd, "py_func") == COMPILED
    one_by_one = np.array([decide(name, View(*map(float, column))) for column in rows.T]).T
    assert out.tobytes() == np.ascontiguousarray(one_by_one).tobytes()


@given(situation=situations)
def test_the_three_optimisers_differ_in_what_they_weigh(situation: View) -> None:
    low, high, allies, us, threat, collective, national, price, *_ = situation
    weighed = {
        "joint-product": (allies + us - threat, collective, national),
        "pure-public": (allies + us - threat, collective + national, 0.0),
        "threat-only": (-threat, collective, national),
    }
    for name, (net, b, g) in weighed.items():
        expected = min(high, max(low, best_response(1.0, net, b, g, price)))
        assert decide(name, situation) == (expected, utility(expected, net, b, g, price))


@given(situation=situations)
def test_the_three_others_follow_one_number(situation: View) -> None:
    *_, national, _, share, pledge, followed = situation
    assert decide("follow", situation) == (followed, 0.0)
    assert decide("pledge-driven", situation) == (max(national, pledge), 0.0)
    assert decide("inertia", situation) == (share, 0.0)


@pytest.mark.parametrize("name", ["joint-product", "pure-public"])
@given(situation=situations, us=shares(0.05))
def test_protection_makes_free_riders(name: str, situation: View, us: float) -> None:
    more, less = sorted((situation, situation._replace(us=us)), key=lambda one: one.us)
    assert decide(name, more)[0] >= decide(name, less)[0] - 1e-15


@pytest.mark.parametrize("name", ["threat-only", "follow", "pledge-driven", "inertia"])
@given(situation=situations, us=shares(0.05))
def test_the_others_do_not_mind_protection(name: str, situation: View, us: float) -> None:
    assert decide(name, situation) == decide(name, situation._replace(us=us))


@given(situation=situations)
def test_without_spillins_joint_product_is_threat_only(situation: View) -> None:
    alone = situation._replace(allies=0.0, us=0.0)
    assert decide("joint-product", alone) == decide("threat-only", alone)


@given(situation=situations)
def test_without_a_national_taste_joint_product_is_pure_public(situation: View) -> None:
    selfless = situation._replace(national=0.0)
    assert decide("joint-product", selfless) == decide("pure-public", selfless)


# What cannot be registered: one line that names file, function and what is allowed


def good(v: View) -> float:
    return v.share


def liking(v: View, share: float) -> float:
    return 0.0


def of_eleven(low: float, high: float) -> float:
    return low


def nothing_known(v: View) -> float:
    return math.nan


def negative(v: View) -> float:
    return v.share - 0.1


def above_income(v: View) -> float:
    return 1.2


def dislike(v: View, share: float) -> float:
    return math.nan


@pytest.mark.parametrize(
    ("wanted", "liked", "words"),
    [
        (of_eleven, liking, "of_eleven: takes low, high; allowed: v"),
        (good, good, "good: takes v; allowed: v, share"),
        (nothing_known, liking, "nothing_known: returns nan for View(low=0.0, "),
        (negative, liking, "negative: returns -0.1 for View("),
        (above_income, liking, "above_income: returns 1.2 for View("),
        (good, dislike, "dislike: returns nan for View("),
    ],
)
def test_a_rule_that_cannot_be_registered(wanted: Any, liked: Any, words: str) -> None:
    with pytest.raises(RegistrationError) as wrong:
        admitted(Reaction(wanted, liked))
    assert str(wrong.value).startswith(f"{Path(__file__)}, line ")
    assert words in str(wrong.value)
    assert "allowed: " in str(wrong.value)
    assert "\n" not in str(wrong.value)


def neighbour(v: View) -> float:
    return v.followed


def indirect(v: View) -> float:
    return 0.5 * neighbour(v)


def test_what_the_others_spend_is_known_to_each_rule_that_asks() -> None:
    """Also by way of another function; it is not computed for the rest, because it takes long."""
    assert [reactions.reads(one, "followed") for one in (neighbour, indirect, good)] == [True, True, False]
    assert [name for name, asks in zip(REACTIONS, reactions.FOLLOWS, strict=True) if asks] == ["follow"]
