"""Forecasts of the past: from every year, what the model and its rivals say of 1, 3, 5 and 10 years later.

table = sim.hindcast(1995, 2025)                     # parameters and tastes refitted at every origin
table = sim.hindcast(2014, 2025, fit_until=2013)     # parameters that have not seen any of it
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.engines.batch import play_members
from sim.evidence import scores
from sim.evidence.baselines import BASELINES, Dressed
from sim.evidence.kept import Kept, Piece
from sim.evidence.known import known
from sim.evidence.observed import EUROPE, Observed, places
from sim.evidence.plan import AVERAGE, HORIZONS, METHODS, MODEL, Plan, check, check_members
from sim.evidence.worlds import VARIANTS, Fitted, fitted, world
from sim.machine import threads
from sim.scenario.models import REACTIONS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["METHODS", "Issued", "Job", "hindcast", "issue", "jobs_of", "resumed", "tabulate"]

Floats = NDArray[np.float64]


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
    workers: int | None = None,
) -> pd.DataFrame:
    """Forecasts from every year of a window, made with what was known, beside what came.

    Args:
        start: first origin. end: last year that is forecast.
        fit_until: last year of the data that parameters and tastes come from, the parameters as `sim.calibrate` of that
            year; None: each origin's own year. Origins before it are forecast all the same, with parameters that have
            seen more than they could know; a year before 1995 has no calibration, so that the defaults serve.
        horizons: years ahead.
        series: of "nato" (origins from 2014) and "world-bank" (to 2024); both unless named.
        variants: "conditional" on actual later GDP and events, "unconditional" on neither.
        methods: of METHODS: six reaction rules, their average, and baselines, which know the origin's past only.
        members: codes; all allies with armed forces and six years of figures unless named.
        parameters: draws, parameter name -> one value a draw (a table of draws is one such mapping), instead of those
            that were known; an empty mapping: the defaults, which have seen all figures. Every draw is played equally
            often, at least once, and ``replicates`` times in all or the next multiple.
        replicates, seed, workers: as in `sim.run_batch`.

    Returns:
        One row a forecast: origin, horizon, year, member (a code, or EUROPE for European allies and Canada of the
        origin, weighted by GDP), actual, forecast (an ensemble's median), lower_90, upper_90, no_change (all shares of
        GDP), series, variant, method, fit_until, crps (shares of GDP), pit.

    Raises:
        ScenarioError: a window without figures, a cut-off outside the figures or after the end, an unknown name, a
            member without enough history.
        ValueError: draws of an unknown parameter, out of range or of different lengths.
    """
    plan = Plan(
        start, end, fit_until, tuple(horizons), tuple(variants), tuple(methods), tuple(members), replicates, seed,
        parameters,
    )  # fmt: skip
    return tabulate(issue(plan, series, workers))


class Job(NamedTuple):
    """What can be computed apart: an origin's rules in one variant, or its baselines, which know no variant."""

    name: str
    run: Callable[[], list[Issued]]


def issue(plan: Plan, series: Sequence[str] | None = None, workers: int | None = None) -> Iterator[Issued]:
    """All forecasts of a plan, in the order of series, origins, variants, methods and horizons."""
    with threads(workers) as pool:
        for several in pool.map(lambda job: job.run(), jobs_of(plan, series)):
            yield from several


def resumed(
    plan: Plan, series: Sequence[str] | None, kept: Kept, workers: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> pd.DataFrame:  # fmt: skip
    """The table of a plan from jobs that are kept as they end: the same, however often it was stopped.

    ``progress`` is called with jobs done and jobs in all.
    """
    jobs = jobs_of(plan, series)
    pieces: list[Piece] = []
    progress(0, len(jobs))
    with threads(workers) as pool:
        for piece in pool.map(lambda job: kept.piece(job.name, lambda: _joined(map(_columns, job.run()))), jobs):
            pieces.append(piece)
            progress(len(pieces), len(jobs))
    return _table(pieces)


def jobs_of(plan: Plan, series: Sequence[str] | None = None) -> list[Job]:
    """What a plan asks for, checked before anything is played; ScenarioError."""
    jobs: list[Job] = []
    for seen in check(plan, series):
        dressed = {name: Dressed(name, seen) for name in plan.methods if name in BASELINES}
        for origin in plan.origins(seen):
            check_members(plan, seen, origin)
            jobs += _jobs(plan, seen, origin, dressed)
    return jobs


def _jobs(plan: Plan, seen: Observed, origin: int, dressed: Mapping[str, Dressed]) -> Iterator[Job]:
    until = origin if plan.fit_until is None else plan.fit_until
    fit = fitted(until, known(until) if plan.draws is None else plan.draws)
    for variant in plan.variants:
        yield Job(f"{seen.name}-{origin}-{variant}", partial(_play, plan, seen, origin, fit, variant))
    yield Job(f"{seen.name}-{origin}-baselines", partial(_extrapolate, plan, seen, origin, dressed))


def _play(plan: Plan, seen: Observed, origin: int, fit: Fitted, variant: str) -> list[Issued]:
    """The forecasts of the reaction rules and of their average."""
    members, horizons = plan.judged(seen, origin), plan.reached(seen, origin)
    wanted = REACTIONS if AVERAGE in plan.methods else [name for name in REACTIONS if name in plan.methods]
    if not horizons:
        return []
    paths = {rule: _paths(plan, seen, origin, fit, variant, rule, members) for rule in wanted}
    points = {rule: np.median(path, axis=0) for rule, path in paths.items()}
    if AVERAGE in plan.methods:
        paths[AVERAGE] = np.concatenate(list(paths.values()))
        points[AVERAGE] = np.mean(list(points.values()), axis=0)
    return [
        _issued(seen, variant, method, origin, h, fit.until, members, points[method][h], paths[method][:, h].copy())
        for method in plan.methods
        if method in paths
        for h in horizons
    ]


def _paths(
    plan: Plan, seen: Observed, origin: int, fit: Fitted, variant: str, rule: str, members: tuple[str, ...]
) -> Floats:
    """Shares of the members and of Europe by year after the origin, (runs, T+1, members + 1)."""
    prepared = world(seen, origin, origin + max(plan.reached(seen, origin)), fit, variant, rule)
    draws = max((values.size for values in fit.draws.values()), default=1)
    times = -(-plan.replicates // draws)
    parameters = {name: np.tile(values, times) for name, values in fit.draws.items()}
    played = play_members(prepared, plan.seed, np.arange(draws * times), ("gdp", "defence_share"), parameters)
    gdp, share = played[:, :, 0], played[:, :, 1]
    income = gdp * seen.europe(origin)
    europe = (share * income).sum(axis=2) / income.sum(axis=2)
    return np.concatenate([share[:, :, places(members)], europe[:, :, None]], axis=2)


def _extrapolate(plan: Plan, seen: Observed, origin: int, dressed: Mapping[str, Dressed]) -> list[Issued]:
    """The forecasts of the baselines, the same in every variant; none where the past is too short for one."""
    members, issued = plan.judged(seen, origin), []
    for (name, own), h in product(dressed.items(), plan.reached(seen, origin)):
        point = own.point(origin, h, members)
        if np.isfinite(point).all():
            cloud = own.ensemble(origin, h, members)
            issued += [_issued(seen, v, name, origin, h, origin, members, point, cloud) for v in plan.variants]
    return issued


def _issued(
    seen: Observed, variant: str, method: str, origin: int, horizon: int, fit_until: int, members: tuple[str, ...],
    forecast: Floats, ensemble: Floats,
) -> Issued:  # fmt: skip
    return Issued(
        seen.name, variant, method, origin, horizon, fit_until, members, forecast, ensemble,
        seen.of(origin + horizon, origin, members), seen.of(origin, origin, members),
    )  # fmt: skip


def tabulate(forecasts: Iterable[Issued]) -> pd.DataFrame:
    """One row a forecast of a member or of Europe; the columns of `hindcast`."""
    return _table(map(_columns, forecasts))


def _joined(parts: Iterable[Piece]) -> Piece:
    """Columns, one part below the other; none of no part."""
    listed = [part for part in parts if part]
    return {name: np.concatenate([part[name] for part in listed]) for name in listed[0]} if listed else {}


def _table(parts: Iterable[Piece]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(_joined(parts))


def _columns(one: Issued) -> Piece:
    lower, upper = np.quantile(one.ensemble, [0.05, 0.95], axis=0)
    columns = {
        "origin": one.origin, "horizon": one.horizon, "year": one.origin + one.horizon,
        "member": np.array([*one.members, EUROPE]), "actual": one.actual, "forecast": one.forecast, "lower_90": lower,
        "upper_90": upper, "no_change": one.no_change, "series": one.series, "variant": one.variant,
        "method": one.method, "fit_until": one.fit_until, "crps": scores.crps(one.ensemble, one.actual),
        "pit": scores.pit(one.ensemble, one.actual),
    }  # fmt: skip
    return {name: np.broadcast_to(values, one.actual.shape) for name, values in columns.items()}
