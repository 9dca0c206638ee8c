"""Where a median is highest: found where it is, and only as surely as the runs allow."""

from __future__ import annotations

import numpy as np
import pytest

from sim.insight.peaks import Peak, peak

LINES = [0.0, 1.0, 2.0, 3.0]


def test_a_sharp_peak_is_held_by_every_resample() -> None:
    values = np.tile([1.0, 2.0, 5.0, 3.0], (40, 1)) + np.linspace(0, 10, 40)[:, None]
    assert peak(LINES, values) == Peak(2.0, 2.0, 2.0, 1.0)


def test_places_that_chance_alone_tells_apart_are_all_named() -> None:
    values = np.random.default_rng(2).normal(size=(200, 4))
    found = peak(LINES, values)
    assert (found.low, found.high) == (0.0, 3.0)
    assert found.held < 0.8
    assert found == peak(LINES, values), "the same runs say the same"


@pytest.mark.parametrize("values", [np.ones((3, 2)), np.ones(4), np.ones((0, 4))])
def test_what_is_no_table_of_runs_is_refused(values: np.ndarray) -> None:
    with pytest.raises(ValueError, match="shape"):
        peak(LINES, values)
