"""The worlds that forecasts are made in: from an origin, with what was known then, or with what came after as well."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim import data
from sim.evidence.observed import Observed
from sim.scenario.history import historical
from sim.setup import Prepared, prepare

__all__ = ["CONDITIONAL", "UNCONDITIONAL", "VARIANTS", "Fitted", "fitted", "world"]

CONDITIONAL = "conditional"  # on actual later GDP and events: the model's decisions are judged, not its foresight
UNCONDITIONAL = "unconditional"  # nothing later: what a forecaster could have said
VARIANTS = (CONDITIONAL, UNCONDITIONAL)
WINDOW = 8  # years that tastes are taken from
# what a year fixes and an unconditional forecast holds as the origin knew it
HELD = ("pledge", "in_alliance", "in_eu")
NEUTRAL = {"debt": 0.6, "balance": 0.0}  # before 1990, where nobody has a figure: debt that does not narrow budgets


class Fitted(NamedTuple):
    """What was estimated on data up to a year.

    Attributes:
        until: that year. window: first and last year that tastes are taken from, at most.
        draws: parameter name -> one value a draw, (draws,); empty for the scenario's defaults.
    """

    until: int
    window: tuple[int, int]
    draws: dict[str, NDArray[np.float64]]


def fitted(until: int, draws: Mapping[str, ArrayLike] | None = None) -> Fitted:
    """Tastes from the eight years that end in ``until``; the default parameters, unless draws of others are given.

    ValueError if the columns of draws differ in length.
    """
    columns = {} if draws is None else {name: np.atleast_1d(np.asarray(draws[name], float)) for name in draws}
    if len({values.shape for values in columns.values()}) > 1:
        raise ValueError(f"draws need one value each of {', '.join(columns)}; found columns of different lengths")
    return Fitted(until, (until - WINDOW + 1, until), columns)


def world(seen: Observed, origin: int, last: int, fit: Fitted, variant: str, reaction: str) -> Prepared:
    """What the engines need to play the years after an origin up to ``last``.

    Tastes come from the fit's window, cut at the origin. Unconditional: growth as in the ten years to the origin;
    hostility, war, pledge and who is in the alliance stay as they were.
    """
    first, until = fit.window
    end = min(until, origin)
    scenario = historical(origin, last, hindsight=variant == CONDITIONAL).model_copy(
        update={"taste_window": (max(seen.first, first - until + end), end), "reaction": reaction}
    )
    prepared = prepare(scenario, partial(seen.series, soviet=data.faces_soviet_union(origin)))
    _fill_debt(prepared, seen, origin)
    if variant == UNCONDITIONAL:
        for name in HELD:
            prepared.years[name][1:] = prepared.years[name][0]
    return prepared


def _fill_debt(prepared: Prepared, seen: Observed, origin: int) -> None:
    """Where the IMF has no debt or balance yet, the median of those that have: the tables fill with later figures."""
    for name, into in (("debt", prepared.setup["debt"]), ("balance", prepared.years["balance"])):
        now = getattr(seen, name)[origin - seen.first]
        known = np.isfinite(now)
        into[:] = np.where(known, into, np.median(now[known]) if known.any() else NEUTRAL[name])
