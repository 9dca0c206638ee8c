"""Forecasts of the past: from every year, what the model and its rivals say of 1, 3, 5 and 10 years later.

    table = sim.hindcast(1995, 2025)                     # parameters and tastes refitted at every origin
    table = sim.hindcast(2014, 2025, fit_until=2013)     # parameters that have not seen any of it
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.data import MEMBERS
from sim.engines.batch import play_members
from sim.evidence import scores
from sim.evidence.baselines import BASELINES, Dressed
from sim.evidence.observed import EUROPE, LEAST, SERIES, Observed, observed, places
from sim.evidence.worlds import VARIANTS, Fitted, fitted, world
from sim.scenario.errors import ScenarioError
from sim.scenario.models import FIRST_START, REACTIONS
from sim.world import N

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AVERAGE", "HORIZONS", "METHODS", "MODEL", "Issued", "hindcast", "issue", "tabulate"]

HORIZONS = (1, 3, 5, 10)
MODEL = REACTIONS[0]  # joint products: the rule that scenarios have unless they say otherwise
AVERAGE = "average of rules"
METHODS = (*REACTIONS, AVERAGE, *BASELINES)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Plan:
    """What is asked for, checked: ``end`` is the last year that is forecast."""

    start: int
    end: int
    fit_until: int | None
    horizons: tuple[int, ...]
    variants: tuple[str, ...]
    methods: tuple[str, ...]
    members: tuple[str, ...]  # empty: all that can be judged
    replicates: int
    seed: int
    draws: Mapping[str, ArrayLike] | None

    def origins(self, seen: Observed) -> range:
        """Years that forecasts of one series start from."""
        return range(max(self.start, seen.start), min(self.end, seen.end))


class Issued(NamedTuple):
    """One method's forecast from one origin for one horizon; the last column is Europe."""

    series: str
    variant: str
    method: str
    origin: int
    horizon: int
    fit_until: int
    members: tuple[str, ...]
    forecast: Floats  # (members + 1,) shares of GDP
    ensemble: Floats  # (runs, members + 1), equally likely
    actual: Floats  # (members + 1,)
    no_change: Floats  # (members + 1,)


def hindcast(
    start: int,
    end: int,
    fit_until: int | None = None,
    *,
    horizons: Sequence[int] = HORIZONS,
    series: Sequence[str] | None = None,
    variants: Sequence[str] = VARIANTS,
    methods: Sequence[str] = (MODEL,),
    members: Sequence[str] = (),
    parameters: Mapping[str, ArrayLike] | None = None,
    replicates: int = 200,
    seed: int = 1,
    threads: int | None = None,
) -> pd.DataFrame:
    """Forecasts from every year of a window, made with what was known, beside what came.

    Args:
        start: first origin. end: last year that is forecast.
        fit_until: last year of the data that parameters and tastes come from; None: each origin's own year. Origins
            before it are forecast all the same, with parameters that have seen more than they could know.
        horizons: years ahead.
        series: of "nato" (origins from 2014) and "world-bank" (to 2024); both unless named.
        variants: "conditional" on actual later GDP and events, "unconditional" on neither.
        methods: of METHODS: the six reaction rules, their average, and the baselines, which know the origin's past only.
        members: codes; all allies with armed forces and six years of figures unless named.
        parameters: draws, parameter name -> one value a draw (a table of draws is one such mapping). Every draw is
            played equally often, at least once, and ``replicates`` times in all or the next multiple.
        replicates, seed, threads: as in `sim.run_batch`.

    Returns:
        One row a forecast: origin, horizon, year, member (a code, or EUROPE for European allies and Canada of the
        origin, weighted by GDP), actual, forecast (an ensemble's median), lower_90, upper_90, no_change (all shares of
        GDP), series, variant, method, fit_until, crps (shares of GDP), pit.

    Raises:
        ScenarioError: a window without figures, a cut-off outside the figures or after the end, an unknown name, a
            member without enough history.
        ValueError: draws of an unknown parameter or out of range.
    """
    plan = Plan(
        start, end, fit_until, tuple(horizons), tuple(variants), tuple(methods), tuple(members), replicates, seed,
        parameters,
    )  # fmt: skip
    return tabulate(issue(plan, series, threads))


def issue(plan: Plan, series: Sequence[str] | None = None, threads: int | None = None) -> list[Issued]:
    """All forecasts of a plan, in the order of series, origins, variants, methods and horizons."""
    _check_names(plan, series)
    sources = [observed(name) for name in (SERIES if series is None else series)]
    _check_window(plan, sources, named=series is not None)
    jobs: list[Callable[[], list[Issued]]] = []
    for seen in sources:
        dressed = {name: Dressed(name, seen) for name in plan.methods if name in BASELINES}
        for origin in plan.origins(seen):
            _check_members(plan, seen, origin)
            jobs += _jobs(plan, seen, origin, dressed)
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        return [one for several in pool.map(lambda job: job(), jobs) for one in several]


def _jobs(
    plan: Plan, seen: Observed, origin: int, dressed: Mapping[str, Dressed]
) -> Iterator[Callable[[], list[Issued]]]:
    """What can be computed apart: an origin's rules in one variant, and its baselines, which know no variant."""
    fit = fitted(origin if plan.fit_until is None else plan.fit_until, plan.draws)
    for variant in plan.variants:
        yield lambda v=variant: _play(plan, seen, origin, fit, v)  # type: ignore[misc]
    yield lambda: _extrapolate(plan, seen, origin, dressed)


def _play(plan: Plan, seen: Observed, origin: int, fit: Fitted, variant: str) -> list[Issued]:
    """The forecasts of the reaction rules and of their average."""
    members, horizons = _judged(plan, seen, origin), _horizons(plan, seen, origin)
    wanted = REACTIONS if AVERAGE in plan.methods else [name for name in REACTIONS if name in plan.methods]
    if not horizons:
        return []
    paths = {rule: _paths(plan, seen, origin, fit, variant, rule, members) for rule in wanted}
    points = {rule: np.median(path, axis=0) for rule, path in paths.items()}
    if AVERAGE in plan.methods:
        paths[AVERAGE] = np.concatenate(list(paths.values()))
        points[AVERAGE] = np.mean(list(points.values()), axis=0)
    return [
        _issued(seen, variant, method, origin, h, fit.until, members, points[method][h], paths[method][:, h])
        for method in plan.methods
        if method in paths
        for h in horizons
    ]


def _paths(
    plan: Plan, seen: Observed, origin: int, fit: Fitted, variant: str, rule: str, members: tuple[str, ...]
) -> Floats:
    """Shares of the members and of Europe by year after the origin, (runs, T+1, members + 1)."""
    prepared = world(seen, origin, origin + max(_horizons(plan, seen, origin)), fit, variant, rule)
    drawn = {name: np.atleast_1d(np.asarray(values, float)) for name, values in fit.draws.items()}
    each = max((values.size for values in drawn.values()), default=1)
    runs = each * -(-plan.replicates // each)
    draws = {name: np.tile(values, runs // values.size) for name, values in drawn.items()}
    played = play_members(prepared, plan.seed, np.arange(runs), ("gdp", "defence_share"), draws)
    gdp, share = played[:, :, 0], played[:, :, 1]
    income = gdp * seen.europe(origin)
    europe = (share * income).sum(axis=2) / income.sum(axis=2)
    return np.concatenate([share[:, :, places(members)], europe[:, :, None]], axis=2)


def _extrapolate(plan: Plan, seen: Observed, origin: int, dressed: Mapping[str, Dressed]) -> list[Issued]:
    """The forecasts of the baselines, the same in every variant."""
    members = _judged(plan, seen, origin)
    return [
        _issued(
            seen, variant, name, origin, h, origin, members,
            own.point(origin, h, members), own.ensemble(origin, h, members),
        )
        for name, own in dressed.items()
        for h in _horizons(plan, seen, origin)
        for variant in plan.variants
    ]  # fmt: skip


def _issued(
    seen: Observed, variant: str, method: str, origin: int, horizon: int, fit_until: int, members: tuple[str, ...],
    forecast: Floats, ensemble: Floats,
) -> Issued:  # fmt: skip
    return Issued(
        seen.name, variant, method, origin, horizon, fit_until, members, forecast, ensemble,
        seen.of(origin + horizon, origin, members), seen.of(origin, origin, members),
    )  # fmt: skip


def _horizons(plan: Plan, seen: Observed, origin: int) -> list[int]:
    return [h for h in plan.horizons if origin + h <= min(plan.end, seen.end)]


def _judged(plan: Plan, seen: Observed, origin: int) -> tuple[str, ...]:
    return plan.members or seen.judged(origin)


def tabulate(forecasts: Sequence[Issued]) -> pd.DataFrame:
    """One row a forecast of a member or of Europe; the columns of `hindcast`."""
    import pandas as pd

    return pd.concat([pd.DataFrame(_rows(one)) for one in forecasts], ignore_index=True)


def _rows(one: Issued) -> dict[str, object]:
    lower, upper = np.quantile(one.ensemble, [0.05, 0.95], axis=0)
    return {
        "origin": one.origin, "horizon": one.horizon, "year": one.origin + one.horizon,
        "member": [*one.members, EUROPE], "actual": one.actual, "forecast": one.forecast, "lower_90": lower,
        "upper_90": upper, "no_change": one.no_change, "series": one.series, "variant": one.variant,
        "method": one.method, "fit_until": one.fit_until, "crps": scores.crps(one.ensemble, one.actual),
        "pit": scores.pit(one.ensemble, one.actual),
    }  # fmt: skip


# What can be asked for


def _check_names(plan: Plan, series: Sequence[str] | None) -> None:
    asked = {
        "series": (series or (), SERIES), "variant": (plan.variants, VARIANTS), "method": (plan.methods, METHODS),
        "member": (plan.members, MEMBERS),
    }  # fmt: skip
    for kind, (names, known) in asked.items():
        for name in names:
            if name not in known:
                raise ScenarioError(f"hindcast: unknown {kind} {name!r}; available: {', '.join(known)}")
    if not plan.horizons or any(int(h) != h or h < 1 for h in plan.horizons):
        raise ScenarioError(f"hindcast: horizons {list(plan.horizons)}; allowed: whole years from 1")
    if plan.replicates < 1 or not (plan.methods and plan.variants) or series == ():
        raise ScenarioError("hindcast: nothing to forecast; allowed: a series, a variant, a method and a replicate each")


def _check_window(plan: Plan, sources: Sequence[Observed], named: bool) -> None:
    windows = {seen.name: (max(seen.start, FIRST_START), seen.end) for seen in sources}
    there = "; ".join(f"{name} {first} to {last}" for name, (first, last) in windows.items())
    first, last = min(f for f, _ in windows.values()), max(e for _, e in windows.values())
    if plan.start >= plan.end:
        raise ScenarioError(f"hindcast: end {plan.end} is not after start {plan.start}; available: {there}")
    if plan.start < first or plan.end > last:
        raise ScenarioError(f"hindcast: no figures for all of {plan.start} to {plan.end}; available: {there}")
    for seen in sources:
        origins = plan.origins(seen)
        if named and not any(_horizons(plan, seen, origin) for origin in origins):
            raise ScenarioError(
                f"hindcast: {seen.name} has no figures to start from and to judge by in {plan.start} to {plan.end} "
                f"at horizons {', '.join(map(str, plan.horizons))}; available: {there}"
            )
    earliest = sources[0].first + LEAST - 1
    if plan.fit_until is not None and not earliest <= plan.fit_until <= plan.end:
        raise ScenarioError(f"hindcast: fit_until {plan.fit_until}; allowed: {earliest} to end = {plan.end}")


def _check_members(plan: Plan, seen: Observed, origin: int) -> None:
    years, inside = seen.history(origin), seen.inside(origin)
    for member, k in zip(plan.members, places(plan.members), strict=True):
        if not seen.armed[k]:
            raise ScenarioError(f"hindcast: {member} has no armed forces and no share to forecast")
        if not inside[k]:
            raise ScenarioError(f"hindcast: {member} joined in {seen.accession[k]:.0f}, after the origin {origin}")
        if years[k] < LEAST:
            first = seen.first + int(seen.known[:, k].argmax())
            raise ScenarioError(
                f"hindcast: {member} has {years[k]} years of figures in {origin}, {LEAST} are needed; "
                f"available: from {first}, so origins from {first + LEAST - 1}"
            )
    if not plan.members and not seen.judged(origin):
        raise ScenarioError(f"hindcast: no member has {LEAST} years of figures in {origin}; available: later origins")
