"""Equilibria of known games, payoffs of the policy game by hand, and the classic games in the model's own utility."""

from __future__ import annotations

import math
import sys
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.insight import PolicyGame, Weights, classify, equilibria, limits, policy_game
from sim.insight.dilemmas import GAMES, LIMITS, two_governments
from sim.insight.games import POLICIES, STANCES
from sim.rules.forces import enabled
from sim.scenario import ScenarioError, with_values

PRISONERS, STAG, CHICKEN = [[3, 0], [5, 1]], [[4, 0], [3, 2]], [[3, 1], [4, 0]]


def transposed(table: list[list[int]]) -> list[list[int]]:
    return [list(column) for column in zip(*table, strict=True)]


# Equilibria


def test_matching_pennies_has_one_in_mixed_strategies() -> None:
    (one,) = equilibria([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    assert one.rows == pytest.approx((0.5, 0.5))
    assert one.columns == pytest.approx((0.5, 0.5))
    assert (one.first, one.second) == pytest.approx((0.0, 0.0))
    assert one.support == ((0, 1), (0, 1))


def test_prisoners_have_one_and_hunters_have_three() -> None:
    (one,) = equilibria(PRISONERS, transposed(PRISONERS))
    assert (one.support, one.first, one.second) == (((1,), (1,)), 1.0, 1.0)
    found = {one.support: one for one in equilibria(STAG, transposed(STAG))}
    assert set(found) == {((0,), (0,)), ((1,), (1,)), ((0, 1), (0, 1))}
    assert found[(0, 1), (0, 1)].rows == pytest.approx((2 / 3, 1 / 3))  # 4 x = 3 x + 2 (1 - x)


def test_games_need_not_be_square() -> None:
    (one,) = equilibria([[1, 2, 3]], [[0, 5, 1]])
    assert (one.rows, one.columns, one.first, one.second) == ((1.0,), (0.0, 1.0, 0.0), 2.0, 5.0)


@pytest.mark.parametrize("second", [[[1.0]], [[1.0, math.inf], [0.0, 0.0]]])
def test_what_is_no_game(second: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="two finite matrices of one shape"):
        equilibria([[1, 2], [3, 4]], second)


def test_without_nashpy_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nashpy", None)
    with pytest.raises(ImportError, match=r"pip install 'burdenshare\[games\]'"):
        equilibria([[1]], [[1]])


# How sure


def pretended(us: list[list[float]], europe: list[list[float]], noise: float, runs: int = 200) -> PolicyGame:
    """Payoffs with noise of their own in every cell."""
    rng = np.random.default_rng(1)
    us_runs, europe_runs = (np.array(m)[:, :, None] + noise * rng.normal(size=(2, 2, runs)) for m in (us, europe))
    return PolicyGame(("a", "b"), ("x", "y"), us_runs, europe_runs, seed=1)


def test_a_clear_equilibrium_persists_and_a_close_one_does_not() -> None:
    clear = pretended(PRISONERS, transposed(PRISONERS), 0.5).robust(samples=60)
    assert clear.to_dict("records") == [{"rows": "b", "columns": "y", "pure": True, "found": True, "persists": 1.0}]
    close = pretended([[1.0, 1.0], [1.001, 0.0]], [[1.0, 0.0], [1.0, 0.0]], 0.5).robust(samples=60)
    pure = close[close["pure"]].set_index(["rows", "columns"])["persists"]
    assert 0.1 < pure["a", "x"] < 0.9
    assert pure.sum() == pytest.approx(1.0)  # x is dominant, so exactly one of a and b answers it


def test_intervals_of_payoffs_are_the_bootstraps() -> None:
    """Of a mean of n normals with spread 1 the 95 % interval is 2 * 1.96 / sqrt(n) wide, or nearly so."""
    table = pretended([[0.0, 1.0], [2.0, 3.0]], [[0.0] * 2] * 2, 1.0, runs=400).table(samples=800)
    assert table["us"].tolist() == pytest.approx([0, 1, 2, 3], abs=0.2)
    assert (table["us_high"] - table["us_low"]).tolist() == pytest.approx([3.92 / 20] * 4, rel=0.15)
    assert ((table["us_low"] < table["us"]) & (table["us"] < table["us_high"])).all()
    assert table[["row", "column"]].to_numpy().tolist() == [["a", "x"], ["a", "y"], ["b", "x"], ["b", "y"]]


# The policy game


def test_payoffs_are_those_of_the_runs() -> None:
    """One cell from the tables of the same runs."""
    base = with_values(sim.load_scenario("us-policies"), {"end": 2030})
    rows = {name: POLICIES[name] for name in ("unconditional", "de-facto exit")}
    columns = {"go alone": STANCES["go alone"]}
    weights = Weights(europe_loss=7.0, us_loss=3.0, us_posture=0.5)
    game = policy_game(base, rows, columns, weights=weights, replicates=20, seed=4)
    runs = sim.run_batch(with_values(base, {**rows["de-facto exit"], **columns["go alone"]}), 4, 20)
    years = runs.years().query("year > 2025")
    lost = runs.runs()["lost"].to_numpy(float)
    income = (years["us_spending"] + years["european_spending"]) / years["allied_share"] * years["us_gdp_share"]
    spent = (years["us_spending"] / income).groupby(years["replicate"]).mean().to_numpy()
    posture = years.groupby("replicate")["posture"].mean().to_numpy()
    europe = runs.runs()["mean_european_share"].to_numpy()
    assert game.us[1, 0] == pytest.approx(-100 * spent - 0.5 * posture - 3 * lost)
    assert game.europe[1, 0] == pytest.approx(-100 * europe - 7 * lost)
    members = runs.members(0).query("year > 2025 and member == 'USA'")
    assert spent[0] == pytest.approx(members["defence_share"].mean())
    assert game.us.shape == (2, 1, 20)


def test_who_rides_free_spends_less_than_who_goes_alone() -> None:
    """Whatever the policy; without weights a payoff is what is spent."""
    base = with_values(sim.load_scenario("us-policies"), {"end": 2032})
    game = policy_game(base, replicates=10, weights=Weights(0.0, 0.0, 0.0))
    assert (game.rows, game.columns) == (tuple(POLICIES), ("free ride", "match", "go alone"))
    assert (game.europe[:, 0] > game.europe[:, 2]).all()


def test_a_game_of_one_run_is_refused() -> None:
    with pytest.raises(ScenarioError, match="allowed: at least 2"):
        policy_game(replicates=1)


# The classic games


@pytest.mark.parametrize(
    ("table", "name"),
    [
        (PRISONERS, "prisoner's dilemma"), (STAG, "stag hunt"), (CHICKEN, "chicken"), ([[4, 0], [2, 3]], "assurance"),
        ([[4, 1], [0, 3]], "coordination"), ([[2, 3], [4, 1]], "leader"), ([[2, 4], [3, 1]], "hero"),
        ([[1, 0], [3, 2]], "deadlock"), ([[4, 3], [2, 1]], "no conflict"), ([[1, 1], [2, 0]], "best shot"),
        ([[1, -1], [0, 0]], "weakest link"), ([[1, -math.inf], [-math.inf] * 2], "threshold public good"),
        ([[1, 1], [1, 1]], "none of these"),
    ],
)  # fmt: skip
def test_games_have_names(table: list[list[float]], name: str) -> None:
    assert classify(table) == name


def test_every_strict_order_has_a_name_or_is_one_with_the_choices_swapped() -> None:
    for order in permutations("RSTP"):
        swapped = "".join({"R": "P", "P": "R", "S": "T", "T": "S"}[letter] for letter in order)
        assert ("".join(order) in GAMES) or (swapped in GAMES)


@pytest.mark.parametrize("table", [[[1, 2]], [[1, 2], [3, math.nan]]])
def test_what_has_no_name(table: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="classify needs"):
        classify(table)


def test_limits_are_what_the_models_utility_makes() -> None:
    """Each claim is played through Eq. 1, written out here once more."""
    table = limits().set_index("game")
    assert list(table.index) == [game for game, _, _ in LIMITS]
    for game, at, _ in LIMITS:
        row = table.loc[game]
        assert row["reached"] == bool(at)
        assert row["found"] == (game if at else "")
        if at:
            felt = {
                (own, other): (1 - row["collective"] - row["national"]) * math.log(1 - own)
                + (row["national"] * math.log(own) if row["national"] else 0.0)
                + row["collective"] * log(own + row["weight"] * other - row["threat"])
                for own in (row["high"], row["low"]) for other in (row["high"], row["low"])
            }  # fmt: skip
            assert row[list("RSTP")].tolist() == pytest.approx(list(felt.values()), abs=1e-14)


def log(x: float) -> float:
    return math.log(x) if x > 0.0 else -math.inf


def test_the_prisoners_are_olsons_and_zeckhausers() -> None:
    """Low is the equilibrium of two equal governments and high the best for both, nearly."""
    row = limits().set_index("game").loc["prisoner's dilemma"]
    nash = sim.equilibrium([1.0, 1.0], row["collective"], row["national"])
    assert nash.tolist() == pytest.approx([row["low"]] * 2, rel=0.03)
    together = sim.best_response(1.0, 0.0, row["collective"], 0.0)  # both at once: ln(2 q) has the same slope as ln(q)
    assert together == pytest.approx(row["high"])


share = st.floats(0.0005, 0.2)


@given(share, share, st.floats(0.0, 0.3), st.floats(0.0, 0.3), st.floats(0.0, 1.0), st.floats(0.0, 0.2))
def test_governments_never_meet_in_a_game_of_complements(
    one: float, two: float, collective: float, national: float, weight: float, threat: float
) -> None:
    """Shares are substitutes at all parameters, so what needs complements cannot be reached."""
    high, low = max(one, two), min(one, two)
    table = two_governments(high, low, collective=collective, national=national, weight=weight, threat=threat)
    if high - low > 1e-6 and (collective == 0.0 or min(collective, weight) > 1e-3):
        assert classify(table) not in {game for game, at, _ in LIMITS if not at}
    if np.isfinite(table).all():
        (reward, sucker), (temptation, punishment) = table
        assert reward - temptation <= sucker - punishment + 1e-12


def test_enablers_and_forces_come_near_a_weakest_link() -> None:
    """Eq. 12b at the lowest enabler_power, half the weight on enablers: what counts is the scarcer of the two."""
    for enablers in (0.2, 0.5, 0.8, 1.0, 3.0):
        assert enabled(enablers, 0.5, -20.0) == pytest.approx(min(enablers, 1.0), rel=0.04)
