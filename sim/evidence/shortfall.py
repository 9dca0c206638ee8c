"""Where the target is missed, by which members and in which years, and whether a mechanism that is there would mend it.

The target: five years ahead, from origins 2014-20, given later growth and events, half the error of no change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import data
from sim.evidence.comparing import score_table, skill_table
from sim.evidence.hindcast import hindcast
from sim.evidence.known import known
from sim.evidence.observed import EUROPE, SERIES
from sim.evidence.plan import MODEL
from sim.evidence.worlds import CONDITIONAL
from sim.scenario.parameters import limits

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["HALF", "MECHANISMS", "by_member", "duels", "mechanisms", "shortfall", "surprises"]

POINTS = 100.0
HALF = 0.5  # of the error of no change
HORIZON = 5
ORIGINS = (2014, 2020)
QUIET = (1995, 2013)
US = "USA"
SPELLS = ((1996, 2013), (2014, 2025))  # of outcomes
FEWEST = 30
PACE = 10  # years whose mean growth was to be expected

Floats = NDArray[np.float64]
# one parameter moved, the others as they were known: the name of what it moves, the parameter, what becomes of it
MECHANISMS: tuple[tuple[str, str, Callable[[Floats], Floats]], ...] = (
    ("as estimated", "adjustment_speed", lambda x: x),
    ("threat moves no budget", "threat_scale", lambda x: 0.0 * x),
    ("threat twice as strong", "threat_scale", lambda x: 2.0 * x),
    ("no pull of the pledge", "pledge_pull", lambda x: 0.0 * x),
    ("pledge pulls twice as hard", "pledge_pull", lambda x: 2.0 * x),
    ("budgets half as quick", "adjustment_speed", lambda x: 0.5 * x),
    ("budgets twice as quick", "adjustment_speed", lambda x: 2.0 * x),
    ("budgets four times as quick", "adjustment_speed", lambda x: 4.0 * x),
    ("threat reaches half as far", "threat_distance", lambda x: 0.5 * x),
    ("fiscal room three times as wide", "fiscal_room", lambda x: 3.0 * x),
    ("tastes do not go on drifting", "taste_trend", lambda x: 0.0 * x),
    ("allies' forces spill in not at all", "allied_weight", lambda x: 0.0 * x),
)


def by_member(forecasts: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """The model's scores of every member and of Europe: the columns of ``by``, member, forecasts,
    mean_absolute_error, bias (forecast less actual), no_change_error and crps in percentage points, coverage_90."""
    scored = _missed(forecasts[forecasts["method"] == MODEL])
    return _means(scored, [*by, "member"], ["mean_absolute_error", "bias", "no_change_error", "crps", "coverage_90"])


def shortfall(forecasts: pd.DataFrame) -> pd.DataFrame:
    """What keeps the error above the target, cut three ways: by group of members, by member and by year of outcome.

    Columns: by ("group", "member" or "year"), value, forecasts, mean_absolute_error, bias, no_change_error, ratio of
    the two errors, and excess: the part of all error above half of no change's that arises there (the parts of a cut
    add up to 1, negative where the target is met). Empty without forecasts of the target.
    """
    import pandas as pd

    here = _target(forecasts)
    own = _missed(here[(here["method"] == MODEL) & (here["member"] != EUROPE)])
    own = own.assign(group=own["member"].map(_group))
    own["over"] = own["mean_absolute_error"] - HALF * own["no_change_error"]
    parts = []
    for cut in ("group", "member", "year"):
        table = _means(own, [cut], ["mean_absolute_error", "bias", "no_change_error"])
        excess = own.groupby(cut)["over"].sum().to_numpy() / own["over"].sum()
        parts.append(table.assign(excess=excess).rename(columns={cut: "value"}).astype({"value": str}).assign(by=cut))
    table = pd.concat(parts, ignore_index=True)
    table["ratio"] = table["mean_absolute_error"] / table["no_change_error"]
    return table[["by", "value", "forecasts", "mean_absolute_error", "bias", "no_change_error", "ratio", "excess"]]


def duels(forecasts: pd.DataFrame) -> pd.DataFrame:
    """The model at the target against every other method, one by one.

    Columns: who ("members" or EUROPE), against, origins, error and other_error (mean absolute, percentage points of
    GDP), skill of the model against the other with lower_90 and upper_90 (block bootstrap over origins) and the
    dm_p_value of Diebold and Mariano's test.
    """
    import pandas as pd

    here = _target(forecasts)
    errors = score_table(here).pivot(index="who", columns="method", values="mean_absolute_error")
    parts = []
    for rival in dict.fromkeys(here.loc[here["method"] != MODEL, "method"]):
        table = skill_table(here[here["method"].isin([MODEL, rival])], reference=str(rival))
        table = table.assign(against=rival, error=table["who"].map(errors[MODEL]))
        parts.append(table.assign(other_error=table["who"].map(errors[rival])))
    columns = ["who", "against", "origins", "error", "other_error", "skill", "lower_90", "upper_90", "dm_p_value"]
    return pd.concat(parts, ignore_index=True).sort_values("who", ascending=False, kind="stable")[columns]


def mechanisms(first: int, last: int, *, most: int, seed: int = 1, workers: int | None = None) -> pd.DataFrame:
    """The target's error, and that of the quiet years before, with one mechanism at a time stronger, weaker or off.

    Every origin has the parameters that were known, with one of them moved and kept within its bounds. One row a
    mechanism: mechanism, parameter, and for "target" (NATO's series, origins 2014-20) and "quiet" (the World Bank's,
    1995-2013) ..._error and ..._bias in percentage points of GDP and ..._ratio to no change; NaN without an origin.

    Args:
        first: origin and last: outcome that are used at most. most: draws of an origin at most.
    """
    import pandas as pd

    rows = []
    for name, parameter, moved in MECHANISMS:
        found: dict[str, str | float] = {"mechanism": name, "parameter": parameter}
        for what, series, window in (("target", SERIES[0], ORIGINS), ("quiet", SERIES[1], QUIET)):
            origins = range(max(first, window[0]), min(last - HORIZON, window[1]) + 1)
            tables = [_forecast(series, origin, parameter, moved, seed, workers, most) for origin in origins]
            own = _missed(pd.concat(tables)) if tables else None
            error, bias, naive = (
                np.nan if own is None else float(own[column].mean())
                for column in ("mean_absolute_error", "bias", "no_change_error")
            )
            found |= {f"{what}_error": error, f"{what}_bias": bias, f"{what}_ratio": error / naive}
        rows.append(found)
    return pd.DataFrame(rows)


def surprises(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Are budgets fixed in money? Then a share falls as GDP surprises upwards, by as much; in the model it does not.

    ln of actual over forecast one year ahead (conditional, so that growth itself is known) on growth less its mean of
    the ten years before, by series and spell of the outcome. Columns: series, first, last, forecasts, slope (0: as in
    the model; -1: fixed in money) with its standard_error (clustered by member), error and left: mean absolute log
    error, and of what the regression leaves. Spells without thirty forecasts are left out.
    """
    import pandas as pd
    from statsmodels.regression.linear_model import OLS
    from statsmodels.tools import add_constant

    here = (forecasts["method"] == MODEL) & (forecasts["variant"] == CONDITIONAL) & (forecasts["horizon"] == 1)
    own = forecasts[here & (forecasts["member"] != EUROPE)]
    gdp = data.history().pivot(index="year", columns="member", values="gdp")
    growth = gdp.apply(np.log).diff()
    new = (growth - growth.rolling(PACE).mean().shift()).reset_index().melt("year", value_name="surprise")
    own = own.assign(missed=np.log(own["actual"] / own["forecast"])).merge(new, on=["member", "year"])
    rows = []
    for series, (first, last) in product(SERIES, SPELLS):
        part = own[(own["series"] == series) & own["year"].between(first, last)].dropna(subset="surprise")
        if len(part) >= FEWEST:
            codes = {"groups": part["member"].astype("category").cat.codes.to_numpy()}
            fit = OLS(part["missed"].to_numpy(), add_constant(part["surprise"].to_numpy())).fit(
                cov_type="cluster", cov_kwds=codes
            )
            errors = part["missed"].abs().mean(), float(np.abs(fit.resid).mean())
            ends = int(part["year"].min()), int(part["year"].max())
            rows.append((series, *ends, len(part), float(fit.params[1]), float(fit.bse[1]), *errors))
    columns = ["series", "first", "last", "forecasts", "slope", "standard_error", "error", "left"]
    return pd.DataFrame(rows, columns=columns)


def _forecast(
    series: str, origin: int, parameter: str, moved: Callable[[Floats], Floats], seed: int, workers: int | None,
    most: int,
) -> pd.DataFrame:  # fmt: skip
    """Of members, five years ahead, conditional; tastes are fitted anew to the moved parameter."""
    draws = {name: values[:most] for name, values in known(origin).items()}
    draws[parameter] = np.clip(moved(draws[parameter]), *limits(parameter))
    table = hindcast(
        origin, origin + HORIZON, horizons=[HORIZON], series=[series], variants=[CONDITIONAL], parameters=draws,
        replicates=1, seed=seed, workers=workers,
    )  # fmt: skip
    return table[(table["member"] != EUROPE) & (table["origin"] == origin)]


def _target(forecasts: pd.DataFrame) -> pd.DataFrame:
    here = (forecasts["series"] == SERIES[0]) & (forecasts["variant"] == CONDITIONAL)
    return forecasts[here & (forecasts["horizon"] == HORIZON) & forecasts["origin"].between(*ORIGINS)]


def _missed(table: pd.DataFrame) -> pd.DataFrame:
    """With errors in percentage points."""
    missed = POINTS * (table["forecast"] - table["actual"])
    naive = POINTS * (table["no_change"] - table["actual"]).abs()
    inside = table["actual"].between(table["lower_90"], table["upper_90"]).astype(float)
    return table.assign(
        mean_absolute_error=missed.abs(), bias=missed, no_change_error=naive, crps=POINTS * table["crps"],
        coverage_90=inside,
    )  # fmt: skip


def _means(table: pd.DataFrame, by: list[str], columns: list[str]) -> pd.DataFrame:
    groups = table.groupby(by, observed=True)
    means = groups[columns].mean()
    means.insert(0, "forecasts", groups.size())
    return means.reset_index()


def _group(member: str) -> str:
    static = data.members(2025).set_index("member")
    if member == US:
        return "United States"
    return "border with Russia or Belarus" if bool(static.loc[member, "border"]) else "other allies"
