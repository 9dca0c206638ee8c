"""Forecasts that need no model: what any model has to beat.

Each takes what was observed up to an origin, an `Observed` cut there, and gives every country's share ``horizon`` years
later, shape (n,), NaN where it cannot. All work in logs, so shares stay positive. None looks past the origin.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sim.evidence.observed import LEAST, Observed, places
from sim.world import UNITED_STATES, N

__all__ = ["BASELINES", "Dressed", "autoregression", "distance", "drift", "no_change", "panel"]

DRIFT_YEARS = 10
PANEL_YEARS = 30  # a generation of figures
ERROR_ORIGINS = 15  # past origins whose errors tell how wrong a baseline may be
LEAST_ERRORS = 10
QUANTILES = (np.arange(99) + 0.5) / 99

Floats = NDArray[np.float64]
Baseline = Callable[[Observed, int], Floats]


def no_change(past: Observed, horizon: int) -> Floats:
    """The share of the origin."""
    del horizon
    return past.share[-1, :N].copy()


def drift(past: Observed, horizon: int) -> Floats:
    """The origin's share, growing as it did on average over the last ten years (or as many as there are)."""
    logs, forecast = _logs(past), np.full(N, np.nan)
    for i in range(N):
        own = logs[-DRIFT_YEARS - 1 :, i]
        own = own[np.isfinite(own)]
        if own.size >= 2:
            forecast[i] = np.exp(own[-1] + horizon * (own[-1] - own[0]) / (own.size - 1))
    return forecast


def autoregression(past: Observed, horizon: int) -> Floats:
    """ln s_t = a + b ln s_(t-1) by least squares on each member's own figures, iterated; b within [0, 1]."""
    logs, forecast = _logs(past), np.full(N, np.nan)
    for i in range(N):
        own = logs[np.isfinite(logs[:, i]), i]
        if own.size >= LEAST:
            before, after = own[:-1] - own[:-1].mean(), own[1:] - own[1:].mean()
            slope = float(np.clip(before @ after / (before @ before), 0.0, 1.0)) if before.any() else 0.0
            constant = own[1:].mean() - slope * own[:-1].mean()
            value = own[-1]
            for _ in range(horizon):
                value = constant + slope * value
            forecast[i] = np.exp(value)
    return forecast


def panel(past: Observed, horizon: int) -> Floats:
    """ln s_(t+h) on ln s_t, ln GDP and ln of the other allies' spending, with fixed effects, over thirty years.

    A demand regression of the literature (George & Sandler 2018) made to forecast: direct for each horizon, so that it
    needs no forecast of GDP. A country with too few years for an effect of its own gets the mean effect.
    """
    from statsmodels.regression.linear_model import OLS

    logs, features = _logs(past), _features(past)
    first = max(0, len(logs) - 1 - PANEL_YEARS)
    after = logs[first + horizon :]
    before = logs[first : first + len(after)]
    times, members = np.nonzero(np.isfinite(before) & np.isfinite(after))
    there = np.bincount(members, minlength=N)
    if times.size <= np.count_nonzero(there) + 2 * features.shape[2]:
        return np.full(N, np.nan)
    known, come = features[first + times, members], after[times, members]
    means, mean = _means(known, members, there), _means(come[:, None], members, there)
    # the within estimator: the same slopes as with a dummy for every member, from small matrices
    slopes = OLS(come - mean[members, 0], known - means[members]).fit().params
    effects = mean[:, 0] - means @ slopes
    effects[there == 0] = effects[there > 0].mean()
    forecast: Floats = np.exp(effects + features[-1] @ slopes)
    return np.where(np.isfinite(logs[-1]), forecast, np.nan)


def _means(values: Floats, members: NDArray[np.int64], there: NDArray[np.int64]) -> Floats:
    """Mean of each column by member, (n, columns); 0 for members that are not there."""
    sums = np.column_stack([np.bincount(members, column, N) for column in values.T])
    means: Floats = sums / np.maximum(there, 1)[:, None]
    return means


def distance(past: Observed, horizon: int) -> Floats:
    """The origin's cross-section: ln s on ln distance to the adversary and a dummy of the US; for every horizon."""
    del horizon
    logs = _logs(past)[-1]
    used = np.isfinite(logs) & past.inside(past.end)
    design = np.column_stack([np.ones(N), np.log(past.distance), np.arange(N) == UNITED_STATES])
    if used.sum() <= design.shape[1]:
        return np.full(N, np.nan)
    found, *_ = np.linalg.lstsq(design[used], logs[used], rcond=None)
    forecast: Floats = np.exp(design @ found)
    return forecast


def _logs(past: Observed) -> Floats:
    """ln of the shares that are a source's figures, NaN elsewhere and for members that spend nothing, (years, n)."""
    share = past.share[:, :N]
    return np.log(np.where(past.known[:, :N] & (share > 0.0), share, np.nan))


def _features(past: Observed) -> Floats:
    """ln share, ln GDP and ln of the other allies' spending, (years, n, 3); 0 where the share is not known."""
    logs, gdp = _logs(past), past.gdp[:, :N]
    inside = past.accession <= past.first + np.arange(len(gdp))[:, None]
    spending = past.share[:, :N] * gdp * inside
    others = spending.sum(axis=1, keepdims=True) - spending
    features: Floats = np.stack([np.nan_to_num(logs), np.log(gdp), np.log(np.maximum(others, 1e-9))], axis=2)
    return features


BASELINES: dict[str, Baseline] = {
    "no change": no_change, "drift": drift, "autoregression": autoregression, "panel": panel, "distance": distance,
}  # fmt: skip


class Dressed:
    """A baseline with the errors that it made before: its points and ensembles, each computed once.

    The ensemble is the forecast times the quantiles of actual over forecast, all members pooled, of the last fifteen
    origins whose outcome was known at the origin; Europe's from its own errors, or the members' while it has few.
    """

    def __init__(self, name: str, seen: Observed) -> None:
        self.baseline, self.seen = BASELINES[name], seen
        self._points: dict[tuple[int, int], Floats] = {}

    def point(self, origin: int, horizon: int, members: tuple[str, ...]) -> Floats:
        """Shares of the members and of Europe, by the GDP of the origin, (members + 1,)."""
        if (origin, horizon) not in self._points:
            self._points[origin, horizon] = self._forecast(self.seen.until(origin), horizon)
        shares = self._points[origin, horizon]
        return shares[[*places(members), N]]

    def _forecast(self, past: Observed, horizon: int) -> Floats:
        """Shares of all members and, last, of Europe, where who has no forecast of its own keeps its share."""
        shares = self.baseline(past, horizon)
        known = np.where(np.isfinite(shares) & past.armed, shares, past.share[-1, :N])
        income = past.gdp[-1, :N] * past.europe(past.end)
        return np.append(shares, (known * income).sum() / income.sum())

    def ensemble(self, origin: int, horizon: int, members: tuple[str, ...]) -> Floats:
        """Equally likely shares, (quantiles, members + 1)."""
        own, whole = map(_quantiles, self._errors(origin, horizon))
        europe = whole if whole.any() else own
        spread = [*(_turned(own, j) for j in range(len(members))), europe]
        ensemble: Floats = self.point(origin, horizon, members) * np.exp(np.column_stack(spread))
        return ensemble

    def _errors(self, origin: int, horizon: int) -> tuple[Floats, Floats]:
        """ln of actual over forecast of past origins: all members', Europe's."""
        last = origin - horizon
        found = [self._missed(o, horizon) for o in range(max(last - ERROR_ORIGINS + 1, self.seen.first), last + 1)]
        return (
            np.concatenate([np.empty(0), *(members for members, _ in found)]),
            np.concatenate([np.empty(0), *(europe for _, europe in found)]),
        )

    def _missed(self, origin: int, horizon: int) -> tuple[Floats, Floats]:
        members = self.seen.judged(origin)
        if not members:
            return np.empty(0), np.empty(0)
        missed = np.log(self.seen.of(origin + horizon, origin, members) / self.point(origin, horizon, members))
        missed = np.where(np.isfinite(missed), missed, np.nan)
        return missed[:-1][np.isfinite(missed[:-1])], missed[-1:][np.isfinite(missed[-1:])]


def _quantiles(errors: Floats) -> Floats:
    """Of errors, or no spread where there are too few to tell."""
    return np.quantile(errors, QUANTILES) if errors.size >= LEAST_ERRORS else np.zeros(QUANTILES.size)


def _turned(quantiles: Floats, member: int) -> Floats:
    """In another order for every member (a lattice), so that not all have their bad years at once."""
    size = quantiles.size
    stride = [step for step in range(1, size) if math.gcd(step, size) == 1][member]
    turned: Floats = quantiles[(np.arange(size) * stride) % size]
    return turned
