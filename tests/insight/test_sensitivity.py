"""Sobol and Morris on functions whose indices are known in closed form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from sim.insight import morris, sobol
from sim.scenario import Vary

Make = Callable[..., Any]
MEASURE = "european_share"
A, B = 7.0, 0.1


def ishigami(cells: pd.DataFrame, replicates: NDArray[np.int64]) -> NDArray[np.float64]:
    """Ishigami & Homma 1990, on [-pi, pi]."""
    x = np.pi * (2 * cells[["x0", "x1", "x2"]].to_numpy() - 1)
    y = np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])
    return np.repeat(y[:, None], replicates.size, axis=1)


def known() -> dict[str, tuple[float, ...]]:
    """Its first-order, total and the one second-order index that is not 0."""
    v1, v2 = 0.5 * (1 + B * np.pi**4 / 5) ** 2, A**2 / 8
    v13 = B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    v = v1 + v2 + v13
    return {"first": (v1 / v, v2 / v, 0.0), "total": ((v1 + v13) / v, v2 / v, v13 / v), "pair": (v13 / v,)}


@pytest.mark.parametrize("second_order", [False, True])
def test_sobol_finds_the_indices_of_ishigami(pretend: Make, second_order: bool) -> None:
    extra = {"second_order": True} if second_order else {}
    results = pretend(ishigami, uncertainties=3, kind="saltelli", points=2048, **extra)
    found = sobol(results, MEASURE)
    assert found["axis"].tolist() == ["x0", "x1", "x2"]
    np.testing.assert_allclose(found["first"], known()["first"], atol=0.02)
    np.testing.assert_allclose(found["total"], known()["total"], atol=0.02)
    for name in ("first", "total"):
        wrong = np.abs(found[name] - np.array(known()[name]))
        assert (wrong <= 1.5 * found[f"{name}_interval"] + 1e-9).all()
    if second_order:
        pairs = sobol(results, MEASURE, pairs=True).set_index(["axis", "other"])["second"]
        assert pairs["x0", "x2"] == pytest.approx(known()["pair"][0], abs=0.04)
        assert abs(pairs["x0", "x1"]) < 0.04
        assert abs(pairs["x1", "x2"]) < 0.04
    else:
        with pytest.raises(ValueError, match="second_order"):
            sobol(results, MEASURE, pairs=True)


def test_every_combination_of_crossed_levers_has_indices_of_its_own(pretend: Make) -> None:
    lever = Vary(name="line", key="policies.conditional.tiers.1.minimum", values=(0.02, 0.03))

    def one_axis(cells: pd.DataFrame, replicates: NDArray[np.int64]) -> NDArray[np.float64]:
        y = np.where(cells["line"] == 0.02, cells["x0"], cells["x1"])
        return np.asarray(y)[:, None]

    found = sobol(pretend(one_axis, [lever], 2, kind="saltelli", points=512), MEASURE)
    assert found["line"].tolist() == [0.02, 0.02, 0.03, 0.03]
    np.testing.assert_allclose(found["total"], [1, 0, 0, 1], atol=0.02)


def test_what_varies_under_one_policy_only_has_no_shares_under_the_other(pretend: Make) -> None:
    lever = Vary(name="line", key="policies.conditional.tiers.1.minimum", values=(0.02, 0.03))

    def beyond(cells: pd.DataFrame, replicates: NDArray[np.int64]) -> NDArray[np.float64]:
        y = cells["x0"].to_numpy() * (cells["line"] == 0.03).to_numpy()
        return np.repeat(y[:, None], replicates.size, axis=1)

    found = sobol(pretend(beyond, uncertainties=2, kind="saltelli", points=256, levers=(lever,)), MEASURE)
    assert found[found["line"] == 0.02][["first", "total", "first_interval", "total_interval"]].isna().all(axis=None)
    np.testing.assert_allclose(found[found["line"] == 0.03]["total"], (1.0, 0.0), atol=0.05)
    effects = morris(pretend(beyond, uncertainties=2, kind="morris", points=20, levers=(lever,)), MEASURE)
    assert (effects[effects["line"] == 0.02]["strength"] == 0.0).all()


def test_morris_finds_the_slopes_of_a_plane_and_the_interaction(pretend: Make) -> None:
    def plane(cells: pd.DataFrame, replicates: NDArray[np.int64]) -> NDArray[np.float64]:
        return (3 * cells["x0"] - 2 * cells["x1"] + 0 * cells["x2"]).to_numpy()[:, None]

    found = morris(pretend(plane, uncertainties=3, kind="morris", points=20), MEASURE).set_index("axis")
    np.testing.assert_allclose(found["effect"], [3, -2, 0], atol=1e-9)
    np.testing.assert_allclose(found["strength"], [3, 2, 0], atol=1e-9)
    np.testing.assert_allclose(found["spread"], 0, atol=1e-9)

    def product(cells: pd.DataFrame, replicates: NDArray[np.int64]) -> NDArray[np.float64]:
        return (4 * cells["x0"] * cells["x1"]).to_numpy()[:, None]

    crossed = morris(pretend(product, uncertainties=3, kind="morris", points=200), MEASURE).set_index("axis")
    assert crossed["strength"]["x0"] == pytest.approx(2.0, abs=0.3)  # the mean of 4 x1
    assert crossed["spread"]["x0"] > 0.5 > crossed["spread"]["x2"]


def under_its_own_luck(spread: float) -> Callable[..., NDArray[np.float64]]:
    """x0 and the luck of the block; x1 does nothing. 4 points of saltelli belong together, 3 of morris."""

    def solved(cells: pd.DataFrame, replicates: NDArray[np.int64]) -> NDArray[np.float64]:
        together = {4 * 1024: 4, 3 * 50: 3}[len(cells)]
        drawn = np.random.default_rng(1).normal(0.0, spread, (len(cells) // together, replicates.size))
        return cells["x0"].to_numpy()[:, None] + np.repeat(drawn, together, axis=0)

    return solved


@pytest.mark.parametrize("luck", ["common", "points"])
def test_an_axis_that_does_nothing_has_index_0_and_luck_has_its_own(pretend: Make, luck: str) -> None:
    spread = 0.5 if luck == "points" else 0.0
    results = pretend(under_its_own_luck(spread), uncertainties=2, kind="saltelli", points=1024, luck=luck)
    found = sobol(results, MEASURE).set_index("axis")
    assert found.loc["x1", ["first", "total", "first_interval", "total_interval"]].tolist() == [0.0, 0.0, 0.0, 0.0]
    whole = 1 / 12 + spread**2
    assert found["total"]["x0"] == pytest.approx(1 / 12 / whole, abs=0.03)
    assert found["luck"].nunique() == 1
    assert found["luck"]["x0"] == pytest.approx(spread**2 / whole, abs=0.03)
    assert (found["luck_interval"]["x0"] > 0.0) == (luck == "points")
    effects = morris(pretend(under_its_own_luck(spread), uncertainties=2, kind="morris", points=50, luck=luck), MEASURE)
    assert effects["strength"].tolist() == pytest.approx([1.0, 0.0], abs=1e-9)


def test_what_cannot_be_analysed_is_said(pretend: Make) -> None:
    flat = pretend(lambda cells, replicates: np.ones((len(cells), 1)), uncertainties=2, kind="saltelli", points=8)
    with pytest.raises(ValueError, match="the same in all cells"):
        sobol(flat, MEASURE)
    with pytest.raises(ValueError, match=r"design saltelli; allowed: design.kind = 'morris'"):
        morris(flat, MEASURE)
    with pytest.raises(ValueError, match="did you mean european_share"):
        sobol(flat, "europen_share")
