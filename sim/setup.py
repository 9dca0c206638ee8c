"""From a scenario and the figures to what a run starts from (docs/model.md, "How a scenario becomes numbers")."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.data import ADVERSARY, MEMBERS, faces_soviet_union, filling, tables
from sim.data.starts import GROWTH_YEARS, Columns, adversary_columns, member_columns
from sim.rules import brussels, economy
from sim.rules.reactions import REACTIONS
from sim.scenario import draws
from sim.scenario.models import Path, Scenario
from sim.scenario.setting import checked
from sim.world import MEMORY, PARAMETERS, POLICY, SETUP, YEAR

__all__ = ["Prepared", "Series", "great_circle", "of_runs", "parameters", "points_of", "prepare", "recorded", "steps"]

ACTORS = (*MEMBERS, ADVERSARY)
LAST_FIGURES = 2025
FREE = (1991, 1998)  # first years in which Central Europe decided for itself
MEASURES = ("share", "effort", "pledge")
Floats = NDArray[np.float64]
Series = Callable[[int, int], tuple[Floats, Floats]]  # first and last year -> shares and GDP, (years, n+1)


class Prepared(NamedTuple):
    """What the kernels need of one scenario."""

    parameters: NDArray[Any]  # (1,) of PARAMETERS; (draws,) where a scenario takes them from a table
    setup: NDArray[Any]  # (1,) of SETUP
    years: NDArray[Any]  # (T+1,) of YEAR
    policies: NDArray[Any]  # of POLICY

    def __repr__(self) -> str:
        return f"Prepared({self.years.size} years, {self.policies.size} policies, {self.parameters.size} draws)"


def prepare(scenario: Scenario, series: Series | None = None) -> Prepared:
    """All that the scenario fixes before a run starts; ``series`` replaces the recorded shares and GDP.

    ScenarioError for a scenario that was changed without being checked: what follows trusts every number in it.
    """
    scenario = checked(scenario)
    years = np.arange(scenario.start, scenario.end + 1)
    members, _ = member_columns(scenario.start)
    series = series or partial(recorded, soviet=faces_soviet_union(scenario.start))
    return Prepared(
        parameters(scenario),
        _setup(scenario, members, series),
        _years(scenario, members, years, series),
        _policies(scenario),
    )


def parameters(scenario: Scenario) -> NDArray[Any]:
    """The scenario's numbers, one record a draw: one, or as many as its table has; its own numbers are in them all."""
    own = scenario.parameters
    rows = np.array([tuple(getattr(own, name) for name in PARAMETERS.names or ())], PARAMETERS)
    if own.table is None:
        return rows
    table = draws.posterior()
    rows = np.repeat(rows, table.size)
    for name, column in table.columns.items():
        if name not in own.model_fields_set:
            rows[name] = column
    return rows


def of_runs(drawn: NDArray[Any], numbers: NDArray[np.int64]) -> NDArray[Any]:
    """The parameters of runs by their numbers: run k has draw k modulo the draws, under every policy and seed."""
    return np.broadcast_to(drawn, numbers.shape) if drawn.size == 1 else drawn[numbers % drawn.size]


def _fill(array: NDArray[Any], **columns: Any) -> NDArray[Any]:
    for name, values in columns.items():
        array[name] = values
    return array


def _setup(scenario: Scenario, members: Columns, series: Series) -> NDArray[Any]:
    """Figures of the members and the adversary at the start, as one record."""
    start = scenario.start
    shares, gdp = series(start - MEMORY, start)
    window = _window(scenario, series)
    euro = _instrument("eur_to_usd2015")
    loan_flag, clause_flag = _take_up(scenario, members)
    reaction = _reactions(scenario)
    spread = members["loan_spread"]
    return _fill(
        np.zeros(1, SETUP),
        armed=members["armed_forces"], distance=members["distance_km"], border=members["border"],
        separation=great_circle(members["latitude"], members["longitude"]),
        troops=members["us_troops"] / 1000.0, population=members["population"], debt=members["debt"],
        support=members["support_share"], gdp=gdp[-1], shares=shares, spending=shares * gdp,
        window_share=window.share, window_lag=window.lag, window_gap=window.gap, window_gdp=window.gdp,
        window_hostility=window.hostility, window_member=_inside(np.array([window.last]))[0],
        base_share=_base_share(start, series), allotment=members["loan_allotment_eur_bn"] * euro,
        advantage=np.minimum(1.0, spread / 0.01), spread=spread,
        loan_flag=loan_flag, clause_flag=clause_flag, euro=euro,
        reaction=reaction, used=np.bincount(reaction, minlength=len(REACTIONS)) > 0,
    )  # fmt: skip


class Window(NamedTuple):
    """Means over the years that tastes are taken from, each of shape (n+1,); ``last`` is the last of them."""

    share: Floats
    lag: Floats  # shares of the years before
    gap: Floats  # what those lacked to the pledge
    gdp: Floats
    hostility: Floats
    last: int


def _window(scenario: Scenario, series: Series) -> Window:
    """The years that tastes are taken from.

    Countries that joined after 1990 take theirs from 1991 on where the window ends before 1998: before 1991 most of
    them were on the other side or did not exist. Theirs ends with the window, or in 1998 if that ends before 1992.
    """
    start = scenario.start
    first, last = scenario.taste_window or ((2014, 2021) if start >= 2022 else (start - 7, start))
    window = _means(series, first, last)
    if last >= FREE[1]:
        return window
    late = np.append(_joined("accession_year") > 1990, False)
    free = _means(series, FREE[0], last if last > FREE[0] else FREE[1])
    columns = Window._fields[:-1]
    return window._replace(**{k: np.where(late, getattr(free, k), getattr(window, k)) for k in columns})


def _means(series: Series, first: int, last: int) -> Window:
    """Means over the years first to last; hostility and the pledge are the table's."""
    share, gdp = series(first - 1, last)
    lag, years = share[:-1], np.arange(first, last + 1)
    hostility = np.full(len(ACTORS), steps("hostility", (), years).mean())
    gap = np.zeros(lag.shape)
    gap[:, :-1] = np.maximum(0.0, _pledge((), years) * _inside(years) - lag[:, :-1]) * (lag[:, :-1] > 0.0)
    return Window(share[1:].mean(axis=0), lag.mean(axis=0), gap.mean(axis=0), gdp[1:].mean(axis=0), hostility, last)


def _years(scenario: Scenario, members: Columns, years: NDArray[np.int64], series: Series) -> NDArray[Any]:
    """What is fixed year by year, one record a year."""
    inside = _inside(years)
    growth, spread = _growth(scenario, members, years, series)
    words = _words(scenario, years)
    return _fill(
        np.zeros(years.size, YEAR),
        year=years,
        in_alliance=inside, in_eu=_in_eu(years), pledge=_pledge(scenario.pledge, years) * inside,
        growth=growth, growth_spread=spread, balance=_balance(scenario.start, members, years),
        hostility=steps("hostility", scenario.hostility, years), war=steps("war", scenario.war, years),
        words_commitment=words[:, 0], words_exclusion=words[:, 1], script=_script(scenario, years),
    )  # fmt: skip


def great_circle(latitude: Floats, longitude: Floats) -> Floats:
    """Distances in km between all pairs of places given in degrees, shape (n, n) (haversine, radius 6,371 km)."""
    lat, lon = np.radians(latitude), np.radians(longitude)
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half = half + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    distance: Floats = 2 * 6371.0 * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    return distance


def steps(path: str, points: tuple[Path, ...], years: NDArray[np.int64]) -> Floats:
    """A step path by year: the value of the latest point at or before the year, 0 before the first."""
    when, value = points_of(path, points)
    at = np.searchsorted(when, years, side="right") - 1
    stepped: Floats = np.where(at >= 0, value[np.maximum(at, 0)], 0.0)
    return stepped


def points_of(path: str, points: tuple[Path, ...]) -> tuple[NDArray[np.int64], Floats]:
    """The scenario's points if it has any, else the table's."""
    if points:
        return np.array([p.year for p in points]), np.array([p.value for p in points])
    return _path(path)


@cache
def _path(path: str) -> tuple[NDArray[np.int64], Floats]:
    table = tables.columns("events")
    points = [(y, v) for kind, y, v in zip(table["kind"], table["year"], table["value"], strict=True) if kind == path]
    return np.array([year for year, _ in points], np.int64), np.array([value for _, value in points], float)


def _instrument(name: str) -> float:
    table = tables.columns("instruments")
    return float(table["value"][table["name"].index(name)])


@cache
def recorded(first: int, last: int, soviet: bool = False) -> tuple[Floats, Floats]:
    """Shares and GDP of all actors, (years, n+1): NATO's shares from 2014, the World Bank's before; the adversary is
    Russia or, to 1991, the Soviet Union."""
    shares, gdp = (filling.series(name, ACTORS, first, last, soviet=soviet) for name in ("share", "gdp"))
    return shares, gdp


def _base_share(start: int, series: Series) -> Floats:
    """The escape clause's base: the share of 2021, or of the start where that is earlier."""
    year = min(start, int(_instrument("clause_base_year")))
    return series(year, year)[0][0, : len(MEMBERS)].copy()


def _joined(column: str) -> Floats:
    """Years in which the members joined or left something; NaN: never."""
    return np.array(tables.columns("members")[column], float)


def _inside(years: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.asarray(_joined("accession_year") <= years[:, None])


def _in_eu(years: NDArray[np.int64]) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (_joined("eu_accession_year") <= years[:, None]) & ~(
        _joined("eu_exit_year") <= years[:, None]
    )
    return inside


def _pledge(points: tuple[Path, ...], years: NDArray[np.int64]) -> Floats:
    """The agreed path, 0 before its first positive point, up to each member's own ceiling."""
    when, value = points_of("pledge", points)
    path = np.interp(years, when, value)
    positive = when[value > 0]
    path = np.where(years >= (positive[0] if positive.size else 9999), path, 0.0)
    pledged: Floats = np.fmin(path[:, None], np.array(tables.columns("members")["pledge_ceiling"], float))
    return pledged


def _growth(scenario: Scenario, members: Columns, years: NDArray[np.int64], series: Series) -> tuple[Floats, Floats]:
    """Expected growth and its spread by year, shape (T+1, n+1); the first row is not used."""
    rival, _ = adversary_columns(scenario.start)
    both = (np.append(members[k], rival[k]) for k in ("growth", "growth_spread"))
    growth, spreads = (np.tile(values, (years.size, 1)) for values in both)
    if scenario.start == LAST_FIGURES:
        growth[1:] = _projected("growth", ACTORS, years[1:])
    growth = _faded(growth, scenario.start, years)
    if scenario.economy == "actual" and scenario.start < LAST_FIGURES:
        actual = _actual_growth(series(scenario.start, min(scenario.end, LAST_FIGURES))[1])
        growth[1 : len(actual) + 1], spreads[1 : len(actual) + 1] = actual, 0.0
    return growth, spreads


def _faded(growth: Floats, start: int, years: NDArray[np.int64]) -> Floats:
    """Growth that fades, in a straight line, from the last that is known of each to what all have in the long run.

    Projections are known to their last year; the mean of ten years is taken to hold for ten.
    """
    first, table = _projections("growth")
    last = first + len(table) - 1
    fading = int(_instrument("long_run_growth_year")) - last
    known = last if start == LAST_FIGURES else start + GROWTH_YEARS
    part = np.clip((years - known) / fading, 0.0, 1.0)[:, None]
    return np.asarray(growth + part * (_instrument("long_run_growth") - growth))


def _actual_growth(gdp: Floats) -> Floats:
    """Growth as it was, (years-1, n+1); the fall by half from the Soviet Union to Russia at the pace of scene 1."""
    gdp = gdp.copy()
    for before, after in pairwise(gdp):
        after[-1] = max(after[-1], (1.0 + economy.LEAST_GROWTH) * before[-1])
    return np.asarray(gdp[1:] / gdp[:-1] - 1.0)


def _balance(start: int, members: Columns, years: NDArray[np.int64]) -> Floats:
    if start == LAST_FIGURES:
        return _projected("balance", MEMBERS, years)
    return np.tile(members["balance"], (years.size, 1))


def _projected(column: str, actors: tuple[str, ...], years: NDArray[np.int64]) -> Floats:
    """The IMF's projections, their last value held afterwards."""
    first, table = _projections(column)
    held: Floats = table[np.clip(years - first, 0, len(table) - 1), : len(actors)]
    return held


@cache
def _projections(column: str) -> tuple[int, Floats]:
    """First year, and one row a year with a column an actor."""
    table = tables.columns("projections")
    grid = np.array(table[column]).reshape(len(ACTORS), -1)
    return min(table["year"]), grid[[tables.ACTORS.index(code) for code in ACTORS]].T


def _take_up(scenario: Scenario, members: Columns) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How each member takes up loans and clause; codes of rules.brussels."""
    take_up, n = scenario.instruments.take_up, len(MEMBERS)
    if take_up == "recorded":
        loans = members["loan_allotment_eur_bn"] > 0
        return loans * np.int64(brussels.RECORDED), members["clause_activated"] * np.int64(brussels.RECORDED)
    flag = brussels.DECIDES if take_up == "decided" else brussels.NEVER
    return np.full(n, flag, np.int64), np.full(n, flag, np.int64)


def _reactions(scenario: Scenario) -> NDArray[np.int64]:
    codes = list(REACTIONS)
    return np.array([codes.index(scenario.reactions.get(m, scenario.reaction)) for m in MEMBERS], np.int64)


def _words(scenario: Scenario, years: NDArray[np.int64]) -> Floats:
    words = np.zeros((years.size, 2))
    for said in scenario.statements:
        if scenario.start < said.year <= scenario.end:
            words[said.year - scenario.start] += said.authority * np.array([said.tone, said.conditionality])
    return words


def _script(scenario: Scenario, years: NDArray[np.int64]) -> NDArray[np.int64]:
    """Policy by the script; where policies are elected it holds until the first winner takes office."""
    names = list(scenario.policies)
    entries = sorted((int(year), names.index(policy)) for year, policy in scenario.script.items())
    when = np.array([year for year, _ in entries])
    script = np.array([entries[i][1] for i in np.searchsorted(when, years, side="right") - 1], np.int64)
    if scenario.elections:
        inauguration = next((t for t, year in enumerate(years) if t > 0 and year % 4 == 1), years.size)
        script[inauguration:] = script[inauguration - 1]
    return script


def _policies(scenario: Scenario) -> NDArray[Any]:
    """One record a policy, in the scenario's order."""
    table = np.zeros(len(scenario.policies), POLICY)
    chosen = {choice.policy: choice for choice in scenario.elections}
    for row, (name, policy) in zip(table, scenario.policies.items(), strict=True):
        for tier, part in enumerate(policy.tiers):
            row["minimum"][tier], row["protection"][tier] = part.minimum, part.protection
        row["tiers"], row["measure"] = len(policy.tiers), MEASURES.index(policy.measure)
        for field in ("posture", "support", "tone", "conditionality", "resolve", "goes_alone", "certifies"):
            row[field] = getattr(policy, field)
        row["seeks"] = policy.seeks_withdrawal
        if name in chosen:
            row["electable"], row["alpha"], row["gamma"] = 1, chosen[name].alpha, chosen[name].gamma
    return table
