"""The parameters that spending tells something of, estimated on what was known at a cut-off.

    calibration = sim.calibrate(2013)
    calibration.summary()                                              # medians, intervals, what is not identified
    table = sim.hindcast(2013, 2023, fit_until=2013, parameters=calibration.table)

Draws from wide priors are played without noise from every origin; history matching rules out the implausible; the rest
are weighed by their errors 1, 3 and 5 years ahead (`sim.evidence.posterior`) and resampled. docs/evidence.md says more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from sim.evidence.kept import Kept
from sim.evidence.matching import matched
from sim.evidence.observed import SERIES, observed
from sim.evidence.pool import Pool, play
from sim.evidence.posterior import Weighed, effective, resample, scales, weigh
from sim.evidence.priors import NOISE, PRIORS, drawn
from sim.scenario.errors import ScenarioError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FIRST", "NARROW", "Calibration", "calibrate", "estimate", "pooled", "ridge"]

FIRST = 1990  # first origin: before it another adversary, and few members with figures
SHORTEST = 5  # years from the first origin to a cut-off
FEWEST, MOST = 500, 200_000  # draws
NARROW = 0.7  # a parameter whose 90 % interval is wider than this part of its prior's is not identified


@dataclass(frozen=True)
class Calibration:
    """What a cut-off knows of the parameters.

    Attributes:
        until: the cut-off. series: that it was fitted to. seed: of draws and resampling.
        table: one row a draw of the posterior, equally likely; a column a parameter.
        best: the draw with the highest likelihood, parameter name -> value.
        matching: target, ruled_out (part of the prior by it alone), least and median implausibility.
        weighed: weights of all draws, n, n_eff, temper, ess.
    """

    until: int
    series: str
    seed: int
    table: pd.DataFrame
    best: dict[str, float]
    matching: pd.DataFrame
    weighed: Weighed

    def summary(self) -> pd.DataFrame:
        """One row a parameter: prior_low, prior_high, median, lower_90, upper_90, width (of the 90 % interval over the
        prior's), identified, best. The noise of budgets has no bounded prior."""
        import pandas as pd

        rows = []
        for name, values in self.table.items():
            low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
            prior = PRIORS.get(str(name))
            bounds = (prior.low, prior.high) if prior else (np.nan, np.nan)
            width = (high - low) / (0.9 * (bounds[1] - bounds[0]))
            identified = not width > NARROW
            rows.append((name, *bounds, middle, low, high, width, identified, self.best[str(name)]))
        columns = ["parameter", "prior_low", "prior_high", "median", "lower_90", "upper_90", "width", "identified"]
        return pd.DataFrame(rows, columns=[*columns, "best"]).set_index("parameter")

    def tables(self) -> dict[str, pd.DataFrame]:
        """All of it by name: posterior, summary, correlations, matching."""
        correlations = self.correlations().rename_axis("parameter")
        named = {"posterior": self.table, "summary": self.summary(), "correlations": correlations}
        return named | {"matching": self.matching}

    def correlations(self) -> pd.DataFrame:
        """Rank correlations between the parameters in the posterior (Spearman)."""
        return self.table.corr("spearman")


def calibrate(
    until: int,
    *,
    draws: int = 32768,
    size: int = 200,
    seed: int = 1,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    kept: Kept | None = None,
) -> Calibration:
    """Estimate the parameters on figures up to a year, in NATO's series from 2014, before in the World Bank's.

    Args:
        until: the cut-off; no later share is used. 1995 to the last year of the series.
        draws: from the prior, each played from every origin. size: rows of the posterior's table.
        seed: 0 to 2**63 - 1. workers: results do not depend on it. progress: called with runs done and runs in all.
        kept: where finished origins are kept, so that the same call goes on after an interruption.

    Raises:
        ScenarioError: an argument out of range; no draw left after history matching.
    """
    _check(until=until, draws=draws, size=size, seed=seed, workers=1 if workers is None else workers)
    return estimate(pooled(until, draws, seed, workers, progress, kept), until, size=size, seed=seed)


def pooled(
    until: int,
    draws: int,
    seed: int = 1,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    kept: Kept | None = None,
) -> Pool:
    """The pool that serves every cut-off up to a year, but from 2014 on only those from 2014."""
    seen = observed(SERIES[0] if until >= observed(SERIES[0]).start else SERIES[1])
    return play(seen, drawn(draws, seed), range(FIRST, until), workers=workers, progress=progress, kept=kept)


def estimate(pool: Pool, until: int, *, size: int = 200, seed: int = 1, match: bool = True) -> Calibration:
    """The posterior of a cut-off from a pool that reaches it; errors as in `calibrate`."""
    import pandas as pd

    left, matching = matched(pool, until)
    left |= not match
    if not left.any():
        raise ScenarioError(f"calibrate: history until {until} rules out all {left.size} draws; allowed: more draws")
    weighed = weigh(pool, until, left)
    best = int(weighed.weights.argmax())
    values = {name: float(column[best]) for name, column in pool.draws.items()}
    table = pd.DataFrame(resample(pool, weighed, size, seed))
    values[NOISE] = float(np.sqrt(2.0) * weighed.scale[best])
    return Calibration(until, pool.series, seed, table, values, matching, weighed)


def ridge(pool: Pool, until: int, across: str, up: str, bins: int = 5) -> pd.DataFrame:
    """Profile likelihood of two parameters: the best draw's ln p in each cell of their priors, less the best of all.

    Columns: from and to of both, draws, log_likelihood (times n_eff / n). A ridge is a row of cells near 0.
    """
    import pandas as pd

    _, loss = scales(pool, until)
    n_eff = effective(pool, until, int(loss.argmin()))
    cells = {name: np.linspace(PRIORS[name].low, PRIORS[name].high, bins + 1) for name in (across, up)}
    place = [np.clip(np.searchsorted(edges, pool.draws[k], "right") - 1, 0, bins - 1) for k, edges in cells.items()]
    rows = []
    for i, j in product(range(bins), repeat=2):
        inside = (place[0] == i) & (place[1] == j)
        best = -n_eff * (loss[inside].min(initial=np.inf) - loss.min())
        rows.append((*cells[across][i : i + 2], *cells[up][j : j + 2], int(inside.sum()), best))
    names = [f"{name}_{end}" for name in (across, up) for end in ("from", "to")]
    return pd.DataFrame(rows, columns=[*names, "draws", "log_likelihood"])


def _check(**asked: int) -> None:
    last = observed(SERIES[0]).end
    limits = {
        "until": (FIRST + SHORTEST, last), "draws": (FEWEST, MOST), "size": (1, MOST), "seed": (0, 2**63 - 1),
        "workers": (1, 1024),
    }  # fmt: skip
    for name, value in asked.items():
        low, high = limits[name]
        if isinstance(value, bool) or not hasattr(value, "__index__") or not low <= value <= high:
            raise ScenarioError(f"calibrate: {name} {value!r}; allowed: a whole number from {low} to {high}")
