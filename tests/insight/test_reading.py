"""A sweep as arrays: a run that is missing and an outcome that a run lacks are two things, and both are said."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest

from sim.insight.reading import matrix
from tests.insight.conftest import COLUMN, Pretended

Make = Callable[..., Pretended]


def test_missing_runs_and_missing_values_are_told_apart(pretend: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def solved(cells: pd.DataFrame, replicates: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        found = np.ones((len(cells), len(replicates)))
        found[0, 0] = np.nan
        return found

    results = pretend(solved, uncertainties=2, replicates=3, kind="latin-hypercube", points=4)
    with pytest.raises(ValueError, match=rf"^1 of 12 runs have no {COLUMN}; allowed: a complete sweep"):
        matrix(results, COLUMN)
    whole = results.runs()

    def fewer(columns: Sequence[str] | None = None) -> pd.DataFrame:
        return whole[whole["replicate"] < 2]  # the last replicate of every cell is not there yet

    monkeypatch.setattr(results, "runs", fewer)
    with pytest.raises(ValueError, match=rf"^4 of 12 runs are missing, and 1 of 8 runs have no {COLUMN}; allowed"):
        matrix(results, COLUMN)
