"""Would the estimate find parameters that are known? Histories made by the model, with noise, put through `estimate`.

And would it have helped? The posterior of each origin's own past, held against what came after.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sim.engines.batch import play_members
from sim.evidence.calibration import FIRST, estimate
from sim.evidence.hindcast import hindcast
from sim.evidence.observed import EUROPE, SERIES, Observed, observed
from sim.evidence.plan import MODEL
from sim.evidence.pool import QUIET, Pool, play
from sim.evidence.priors import NOISE, PRIORS, drawn
from sim.evidence.worlds import CONDITIONAL, WINDOW, fitted, world
from sim.world import N

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NOISES", "ahead", "recovery", "scored", "synthetic"]

NOISES = (0.0005, 0.0025)  # of GDP: budgets' surprises in synthetic histories, about those of the real one
HORIZON = 5


def synthetic(seen: Observed, truth: dict[str, float], replicate: int) -> Observed:
    """A history from 1990 that the model made, with actual GDP and events and tastes of 1983-90 throughout."""
    prepared = world(seen, FIRST, seen.end, fitted(FIRST), CONDITIONAL, MODEL)
    alone = {**QUIET, **truth}
    made = play_members(prepared, 1, np.array([replicate]), ("defence_share",), alone)[0, :, 0]
    share = seen.share.copy()
    share[FIRST - seen.first :, :N] = made
    return replace(seen, share=share)


def recovery(
    worlds: int = 40,
    draws: int = 4096,
    *,
    seed: int = 1,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """One row a synthetic world and parameter: truth, median, lower_90, upper_90, inside, prior_error, error.

    Truths are a Latin hypercube of the priors. Origins start where all of the taste window is synthetic. ``error`` is
    |median - truth|, ``prior_error`` the same of the prior's middle, NaN for the noise. History matching is left out:
    its tolerances are for the model's distance from the real history. Progress counts runs.
    """
    import pandas as pd

    seen = observed(SERIES[0])
    truths, noises = drawn(worlds, seed + 1), np.geomspace(*NOISES, worlds)
    pool_draws, origins = drawn(draws, seed), range(FIRST + WINDOW, seen.end)
    rows, done = [], 0
    for k in range(worlds):
        truth = {name: float(values[k]) for name, values in truths.items()} | {NOISE: float(noises[k])}
        pool = play(synthetic(seen, truth, k), pool_draws, origins, workers=workers)
        table = estimate(pool, seen.end, seed=seed, match=False).table
        done += draws * len(origins)
        if progress:
            progress(done, worlds * draws * len(origins))
        for name, value in truth.items():
            low, middle, high = np.quantile(table[name], [0.05, 0.5, 0.95])
            prior = PRIORS.get(name)
            guess = abs((prior.low + prior.high) / 2.0 - value) if prior else np.nan
            rows.append((k, name, value, middle, low, high, low <= value <= high, guess, abs(middle - value)))
    columns = ["world", "parameter", "truth", "median", "lower_90", "upper_90", "inside", "prior_error", "error"]
    return pd.DataFrame(rows, columns=columns)


def ahead(pool: Pool, origins: Sequence[int], *, replicates: int = 400, workers: int | None = None) -> pd.DataFrame:
    """Forecasts five years ahead, conditional, from origins whose own past is all that the parameters have seen.

    The columns of `sim.hindcast` for members and Europe, with ``parameters``: "posterior" of the origin, its "median",
    and the "default" ones.
    """
    import pandas as pd

    parts = []
    for origin in origins:
        table = estimate(pool, origin).table
        for label, parameters in (("posterior", table), ("median", table.median().to_frame().T), ("default", {})):
            part = hindcast(
                origin, origin + HORIZON, origin, horizons=[HORIZON], series=[pool.series], variants=[CONDITIONAL],
                parameters={str(k): v for k, v in parameters.items()},
                replicates=replicates, workers=workers,
            )  # fmt: skip
            parts.append(part.assign(parameters=label))
    return pd.concat(parts, ignore_index=True)


def scored(forecasts: pd.DataFrame) -> pd.DataFrame:
    """One row an origin and choice of parameters, and all origins: members' error, no_change, coverage, europe's."""
    import pandas as pd

    members = forecasts[forecasts["member"] != EUROPE]
    europe = forecasts[forecasts["member"] == EUROPE]
    rows = []
    for label in forecasts["parameters"].unique():
        for origin in [*sorted(forecasts["origin"].unique()), "all"]:
            one, whole = (
                part[(part["parameters"] == label) & ((part["origin"] == origin) | (origin == "all"))]
                for part in (members, europe)
            )
            inside = (one["lower_90"] <= one["actual"]) & (one["actual"] <= one["upper_90"])
            errors = [
                (part[k] - part["actual"]).abs().mean() for part in (one, whole) for k in ("forecast", "no_change")
            ]
            rows.append((label, origin, *errors, inside.mean(), one["crps"].mean()))
    columns = ["parameters", "origin", "error", "no_change", "europe_error", "europe_no_change", "coverage_90", "crps"]
    return pd.DataFrame(rows, columns=columns)
