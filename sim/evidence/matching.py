"""History matching: which draws are so far from a few aggregates that no likelihood need be asked (Craig et al. 1997;
Vernon, Goldstein & Bower 2010).

A draw's implausibility for a target is |mean forecast - mean of what came| over the square root of the variances of
discrepancy, which a model of this kind is allowed, and of observation. Runs are free of noise and played one by one, so
there is no emulator and no variance of one. A draw is ruled out where any target is beyond 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.evidence.pool import HORIZONS, TARGETS, Pool

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CUT", "ERAS", "Tolerance", "implausibility", "matched"]

CUT = 3.0  # Pukelsheim 1994: 95 % of any unimodal distribution lies within three standard deviations
ERAS = ((1991, 2004), (2005, 2013), (2014, 2025))  # of the forecast's year
FARTHEST = HORIZONS.index(5)


class Tolerance(NamedTuple):
    """Standard deviations: what the model may miss (assumed), and what two sources of the figure differ by."""

    discrepancy: float
    observation: float
    basis: str


TOLERANCES = {
    "europe": Tolerance(0.0015, 0.0005, "a tenth of the share of 1.5 %; NATO's and the World Bank's, 2014-24"),
    "us": Tolerance(0.007, 0.002, "wars outside the treaty's area, 1-2 % of GDP in 2003-11, are not in the model"),
    "dispersion": Tolerance(0.05, 0.02, "a sixth of .3; the two sources"),
    "plans": Tolerance(0.01, 0.0025, "a fifth of 5 %: plans are cut to what can be paid for; a range of a point"),
    "europe's trend": Tolerance(0.0012, 0.0005, "five years; half of the fall of the 1990s"),
}


def implausibility(pool: Pool, until: int) -> dict[str, NDArray[np.float64]]:
    """Target and era -> (draws,); five years ahead, with the origins that a cut-off has seen the outcomes of."""
    found: dict[str, NDArray[np.float64]] = {}
    year = pool.origins + HORIZONS[FARTHEST]
    there = pool.seen(until)[:, FARTHEST] > 0
    for first, last in ERAS:
        chosen = there & (first <= year) & (year <= last)
        if chosen.any():
            missed = (pool.targets - pool.actual)[:, chosen]
            given = np.isfinite(pool.actual[chosen, FARTHEST])  # plans are known of few years
            known = {name: k for k, name in enumerate(TARGETS) if given[:, k].any()}
            far = {name: missed[:, given[:, k], FARTHEST, k].mean(axis=1) for name, k in known.items()}
            far["europe's trend"] = (missed[:, :, FARTHEST, 0] - missed[:, :, 0, 0]).mean(axis=1)
            for name, error in far.items():
                tolerance = TOLERANCES[name]
                allowed = np.hypot(tolerance.discrepancy, tolerance.observation)
                found[f"{name}, {first}-{min(last, until)}"] = np.abs(error) / allowed
    return found


def matched(pool: Pool, until: int) -> tuple[NDArray[np.bool_], pd.DataFrame]:
    """Which draws are left, (draws,), and a table: target, ruled_out (part of the prior, by this target alone)."""
    import pandas as pd

    found = implausibility(pool, until)
    left = np.ones(pool.loss.shape[0], bool)
    for values in found.values():
        left &= values <= CUT
    rows = [(name, float((v > CUT).mean()), float(v.min()), float(np.median(v))) for name, v in found.items()]
    rows.append(("any", float(1.0 - left.mean()), np.nan, np.nan))
    return left, pd.DataFrame(rows, columns=["target", "ruled_out", "least", "median"])
