"""PRIM and feature scores on boxes that are known; and what is said where the workbench is not installed."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from sim.insight import feature_scores, prim

Make = Callable[..., Any]
MEASURE = "european_share"
needed = pytest.mark.skipif(
    importlib.util.find_spec("ema_workbench") is None, reason="ema_workbench takes Python 3.12 or newer"
)
quiet = pytest.mark.filterwarnings("ignore:.*:DeprecationWarning", "ignore:.*:FutureWarning")


def corner(cells: pd.DataFrame, replicates: NDArray[np.int64]) -> NDArray[np.float64]:
    """1 where x0 is above .7 and x1 below .4, a region of 12 %; x2 does not matter."""
    return ((cells["x0"] > 0.7) & (cells["x1"] < 0.4)).to_numpy(float)[:, None]


@needed
@quiet
def test_prim_finds_the_box(pretend: Make) -> None:
    results = pretend(corner, uncertainties=3, kind="sobol", points=2048)
    found = prim(results, MEASURE, above=0.5)
    limits = found.limits.set_index("axis")
    assert limits.loc["x0", "low"] == pytest.approx(0.7, abs=0.02)
    assert limits.loc["x1", "high"] == pytest.approx(0.4, abs=0.02)
    assert found.coverage > 0.9
    assert found.density > 0.95
    assert found.mass == pytest.approx(0.12, abs=0.015)
    first = prim(results, MEASURE, above=0.5, box=0)
    assert (first.coverage, first.mass, len(first.limits)) == (1.0, 1.0, 0)
    assert first.density == pytest.approx(0.12, abs=0.01)
    with pytest.raises(ValueError, match="box = 999"):
        prim(results, MEASURE, above=0.5, box=999)


@needed
@quiet
def test_feature_scores_find_what_matters(pretend: Make) -> None:
    def bends(cells: pd.DataFrame, replicates: NDArray[np.int64]) -> NDArray[np.float64]:
        return (3 * cells["x1"] + np.sin(6 * cells["x2"])).to_numpy()[:, None]

    found = feature_scores(pretend(bends, uncertainties=3, kind="latin-hypercube", points=600), MEASURE)
    assert found["score"].sum() == pytest.approx(1.0)
    scores = found.set_index("axis")["score"]
    assert scores["x1"] > scores["x2"] > 2 * scores["x0"]  # an axis that does nothing still splits some leaves


def test_what_is_of_interest_has_to_be_some_of_the_cells(pretend: Make) -> None:
    results = pretend(corner, uncertainties=2, kind="sobol", points=64)
    with pytest.raises(ValueError, match="one of above and below"):
        prim(results, MEASURE)
    with pytest.raises(ValueError, match="0 of 64 cells are of interest; european_share lies from 0 to 1"):
        prim(results, MEASURE, above=2.0)


def test_a_missing_workbench_is_said_in_one_line(pretend: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ema_workbench", None)
    results = pretend(corner, uncertainties=2, kind="sobol", points=64)
    for call in (lambda: prim(results, MEASURE, above=0.5), lambda: feature_scores(results, MEASURE)):
        with pytest.raises(ImportError, match=r"Python 3.12 or newer and: pip install 'burdenshare\[discovery\]'"):
            call()
