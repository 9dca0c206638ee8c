"""Which reaction rule fits which era and which members: the free-riding debate as a table.

Every rule plays the years after an origin with the same tastes, threat and luck, so that only the reaction to allies
differs: `joint-product` and `pure-public` ride free, `threat-only`, `pledge-driven` and `inertia` do not react to
allies, `follow` does as the neighbours do. Rules are compared on conditional hindcasts, where later GDP is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.evidence import scores
from sim.evidence.observed import EUROPE
from sim.evidence.worlds import CONDITIONAL
from sim.scenario.models import REACTIONS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ERAS", "mixture", "rules_by_era", "rules_by_member"]

# of outcomes: deterrence, detente to the wall, peace dividend, return of the threat
ERAS = {"1960-74": (1960, 1974), "1975-90": (1975, 1990), "1991-2013": (1991, 2013), "2014-25": (2014, 2025)}
POINTS = 100.0
TAILS = (0.05, 0.95)
SUM = 1e3  # how firmly the weights of a mixture add up to 1

Floats = NDArray[np.float64]


def mixture(forecasts: Floats, actual: Floats) -> Floats:
    """Weights, none negative, sum 1, of the least squared error: forecasts (k, rules), actual (k,) (Breiman 1996)."""
    from scipy.optimize import nnls

    size = float(np.abs(actual).max()) or 1.0
    design = np.vstack([forecasts / size, np.full(forecasts.shape[1], SUM)])
    weights, _ = nnls(design, np.append(actual / size, SUM))
    normed: Floats = weights / weights.sum()
    return normed


def rules_by_era(table: pd.DataFrame, horizon: int = 5, draws: int = 500, seed: int = 1) -> pd.DataFrame:
    """Error and weight of the six rules by era of the outcome, from a table of `hindcast` with all of them.

    Origins are resampled in blocks as long as the horizon; where there are no more of them than that, nothing would be
    resampled, and intervals and best are NaN. Columns: series, era, rule, origins, forecasts,
    mean_absolute_error (percentage points of GDP) with lower_90 and upper_90, best (part of the resamples in which the
    rule has the least error), weight in the best mixture with weight_lower_90 and weight_upper_90. Eras without
    forecasts are left out; ValueError if a rule has none at all.
    """
    import pandas as pd

    rows = []
    for series, era, part in _eras(_chosen(table, horizon)):
        forecasts, actual = part[list(REACTIONS)].to_numpy(float), part["actual"].to_numpy(float)
        places = _resampled(part, horizon, draws, seed)
        columns = _errors(forecasts, actual, places)
        weights = np.array([mixture(forecasts[place], actual[place]) for place in places])
        low, high = _tails(weights)
        columns |= {"weight": mixture(forecasts, actual), "weight_lower_90": low, "weight_upper_90": high}
        size = {"origins": part["origin"].nunique(), "forecasts": len(part)}
        rows.append(pd.DataFrame({"series": series, "era": era, "rule": REACTIONS, **size, **columns}))
    return pd.concat(rows, ignore_index=True)


def rules_by_member(table: pd.DataFrame, horizon: int = 5, draws: int = 500, seed: int = 1) -> pd.DataFrame:
    """The best rule of every member by era: series, era, member, forecasts, rule, mean_absolute_error, and best, the
    part of the resamples of origins in which that rule has the least error: at .5 the data cannot tell."""
    import pandas as pd

    rows = []
    for series, era, part in _eras(_chosen(table, horizon)):
        for member, own in part.groupby("member"):
            forecasts, actual = own[list(REACTIONS)].to_numpy(float), own["actual"].to_numpy(float)
            columns = _errors(forecasts, actual, _resampled(own, horizon, draws, seed))
            k = int(columns["mean_absolute_error"].argmin())
            kept = {name: columns[name][k] for name in ("mean_absolute_error", "best")}
            about = {"series": series, "era": era, "member": member, "forecasts": len(own), "rule": REACTIONS[k]}
            rows.append(about | kept)
    return pd.DataFrame(rows)


def _chosen(table: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Conditional forecasts of members: one row a forecast, a column a rule."""
    here = (table["horizon"] == horizon) & (table["variant"] == CONDITIONAL) & (table["member"] != EUROPE)
    rules = table[here & table["method"].isin(REACTIONS)]
    missing = [name for name in REACTIONS if name not in set(rules["method"])]
    if missing:
        raise ValueError(f"no conditional forecasts {horizon} years ahead by {', '.join(missing)}")
    keys = ["series", "origin", "year", "member", "actual"]
    return rules.pivot(index=keys, columns="method", values="forecast").reset_index()


def _eras(chosen: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """The forecasts of each series and era that has any."""
    for series, own in chosen.groupby("series"):
        for era, (first, last) in ERAS.items():
            part = own[own["year"].between(first, last)]
            if len(part):
                yield str(series), era, part


def _resampled(part: pd.DataFrame, horizon: int, draws: int, seed: int) -> list[NDArray[np.int64]]:
    """Rows of forecasts with their origins resampled in blocks; no resample of no more origins than a block holds."""
    origins, place = np.unique(part["origin"].to_numpy(int), return_inverse=True)
    if origins.size <= horizon:
        return []
    rows = [np.flatnonzero(place == k) for k in range(origins.size)]
    resamples = scores.resampled(origins.size, horizon, draws, seed)
    return [np.concatenate([rows[k] for k in drawn]) for drawn in resamples]


def _errors(forecasts: Floats, actual: Floats, places: list[NDArray[np.int64]]) -> dict[str, Floats]:
    """Mean absolute error of every rule, its interval, and how often it is the least."""
    errors = POINTS * np.abs(forecasts - actual[:, None])
    means = np.array([errors[place].mean(axis=0) for place in places])
    low, high = _tails(means)
    least = means.argmin(axis=1) if places else np.empty(0, int)
    best = np.bincount(least, minlength=len(REACTIONS)) / (len(places) or np.nan)
    return {"mean_absolute_error": errors.mean(axis=0), "lower_90": low, "upper_90": high, "best": best}


def _tails(drawn: Floats) -> Floats:
    """5 and 95 % of every rule's resampled values, (2, rules); NaN without resamples."""
    tails: Floats = np.quantile(drawn, TAILS, axis=0) if drawn.size else np.full((2, len(REACTIONS)), np.nan)
    return tails
