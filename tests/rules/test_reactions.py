"""The contract that every reaction rule inherits by being registered, and what each one means."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import scenario
from sim.compiled import COMPILED, alone
from sim.rules import reactions
from sim.rules.demand import best_response, utility
from sim.rules.reactions import REACTIONS

FOLDER = Path(reactions.__file__).parent
ARGUMENTS = "low high allies us threat collective national price share pledge followed".split()
OPTIMISERS = ("joint-product", "pure-public", "threat-only")
every = pytest.mark.parametrize("name", REACTIONS)


def shares(high: float) -> st.SearchStrategy[float]:
    return st.floats(0.0, high, allow_subnormal=False)


situations = st.tuples(
    shares(0.1), st.one_of(shares(0.2).map(lambda width: width), st.just(math.inf)), shares(0.05), shares(0.05),
    shares(0.05), shares(0.3), shares(0.1), st.floats(0.7, 1.0), shares(0.1), shares(0.05), shares(0.1),
).map(lambda a: (a[0], a[0] + a[1], *a[2:]))  # fmt: skip


def decide(name: str, situation: tuple[float, ...]) -> tuple[float, float]:
    """The share that a rule wants in a tier, and how well it likes it."""
    share = REACTIONS[name].wanted(*situation)
    return share, REACTIONS[name].liked(share, *situation[2:8])


def test_every_file_in_the_folder_is_registered_once_under_its_name() -> None:
    files = {path.stem.replace("_", "-") for path in FOLDER.glob("*.py")} - {"--init--"}
    assert set(REACTIONS) == files
    for name, rule in REACTIONS.items():
        assert {one.__module__.rpartition(".")[2].replace("_", "-") for one in rule} == {name}


def test_a_rule_is_also_known_by_its_place() -> None:
    situation = (0.01, 0.05, 0.004, 0.01, 0.02, 0.03, 0.007, 0.95, 0.021, 0.033, 0.027)
    by_code = [reactions.wanted(code, *situation) for code in range(len(REACTIONS))]
    liked = [reactions.liked(code, share, *situation[2:8]) for code, share in enumerate(by_code)]
    assert list(zip(by_code, liked, strict=True)) == [decide(name, situation) for name in REACTIONS]
    assert len(set(by_code)) == len(REACTIONS)


def test_a_scenario_may_name_each_of_them() -> None:
    assert tuple(REACTIONS) == scenario.REACTIONS


@pytest.mark.parametrize("name", REACTIONS)
def test_its_file_says_where_it_comes_from(name: str) -> None:
    module = __import__(f"sim.rules.reactions.{name.replace('-', '_')}", fromlist=["wanted"])
    assert re.search(r"[A-Z][a-z]+.*\b(19|20)\d\d\b", module.__doc__), "an author and a year"


@every
def test_it_takes_what_all_rules_take(name: str) -> None:
    wanted, liked = (function.__code__ for function in REACTIONS[name])
    assert wanted.co_varnames[: wanted.co_argcount] == tuple(ARGUMENTS)
    assert liked.co_varnames[: liked.co_argcount] == ("share", *ARGUMENTS[2:8])


@every
@given(situation=situations)
def test_it_is_pure_and_within_bounds(name: str, situation: tuple[float, ...]) -> None:
    share, liked = decide(name, situation)
    assert decide(name, situation) == (share, liked)
    assert 0.0 <= share <= max(1.0 / situation[7], situation[0])
    assert not math.isnan(liked)
    if name in OPTIMISERS:
        assert situation[0] <= share <= situation[1]
    else:
        assert liked == 0.0, "it knows no tiers"


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
            out[0, i] = wanted(
                rows[0, i], rows[1, i], rows[2, i], rows[3, i], rows[4, i], rows[5, i], rows[6, i], rows[7, i],
                rows[8, i], rows[9, i], rows[10, i],
            )  # fmt: skip
        for i in range(out.shape[1]):
            out[1, i] = liked(
                out[0, i], rows[2, i], rows[3, i], rows[4, i], rows[5, i], rows[6, i], rows[7, i]
            )

    out = np.empty((2, 257))
    crowd(rows, out)
    assert hasattr(crowd, "py_func") == COMPILED
    one_by_one = np.array([decide(name, tuple(map(float, column))) for column in rows.T]).T
    assert out.tobytes() == np.ascontiguousarray(one_by_one).tobytes()


@given(situation=situations)
def test_the_three_optimisers_differ_in_what_they_weigh(situation: tuple[float, ...]) -> None:
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
def test_the_three_others_follow_one_number(situation: tuple[float, ...]) -> None:
    *_, national, _, share, pledge, followed = situation
    assert decide("follow", situation) == (followed, 0.0)
    assert decide("pledge-driven", situation) == (max(national, pledge), 0.0)
    assert decide("inertia", situation) == (share, 0.0)


@every
@given(situation=situations, us=shares(0.05))
def test_only_rules_that_weigh_protection_mind_it(name: str, situation: tuple[float, ...], us: float) -> None:
    other = (*situation[:3], us, *situation[4:])
    if name in ("joint-product", "pure-public"):
        more, less = sorted((situation, other), key=lambda one: one[3])
        assert decide(name, more)[0] >= decide(name, less)[0] - 1e-15, "protection makes free riders"
    else:
        assert decide(name, situation) == decide(name, other)


@given(situation=situations)
def test_without_spillins_joint_product_is_threat_only(situation: tuple[float, ...]) -> None:
    alone = (*situation[:2], 0.0, 0.0, *situation[4:])
    assert decide("joint-product", alone) == decide("threat-only", alone)


@given(situation=situations)
def test_without_a_national_taste_joint_product_is_pure_public(situation: tuple[float, ...]) -> None:
    selfless = (*situation[:6], 0.0, *situation[7:])
    assert decide("joint-product", selfless) == decide("pure-public", selfless)
