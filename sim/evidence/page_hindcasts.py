"""The part of the page on hindcasts, from the published tables alone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.evidence import markdown as md
from sim.evidence.baselines import BASELINES
from sim.evidence.observed import EUROPE, SERIES
from sim.evidence.plan import METHODS, MODEL
from sim.evidence.report import HORIZON
from sim.evidence.worlds import CONDITIONAL

__all__ = ["hindcasts"]

KEYS = ["series", "variant", "era", "horizon"]
SHORT = {"no change": "No change", "drift": "Drift", "autoregression": "AR(1)", "panel": "Panel",
         "distance": "Distance", "average of rules": "Average of rules"}  # fmt: skip
HEAD = ("Series", "Variant", "Origins", "Years ahead", "n", "Model", "Bias", "No change", "Best baseline",
        "Skill (90 %)", "DM p", "CRPS", "Coverage")  # fmt: skip
WORST = 8  # members on the page

Tables = Mapping[str, pd.DataFrame]


def hindcasts(tables: Tables) -> list[str]:
    """Paragraphs, tables and figures, in the order of the page."""
    return [
        _members(tables), md.figure("errors", "Error over that of no change, World Bank's series"),
        md.figure("errors-nato", "Error over that of no change, NATO's series"), _methods(tables), _duels(tables),
        _europe(tables),
        md.figure("hindcast-europe", "Europe's share and its forecasts"), md.figure("pit", "Histograms of PIT"),
        "### Short of the target: which members, which years, which mechanism", _shortfall(tables), _moved(tables),
        _surprises(tables), _worst(tables),
    ]  # fmt: skip


def _members(tables: Tables) -> str:
    """Every cell of series, variant, era and horizon."""
    text = (
        "Parameters and tastes as each origin knew them. Members pooled; single members are in `hindcast-members.csv`. "
        "Model and baselines: mean absolute error in percentage points of GDP; the best baseline is the best of the "
        "five in hindsight. Bias: the model's forecast less the actual. Skill: 1 less the model's error over that of "
        "no change, by origin. Coverage: part of outcomes in the 90 % interval. Dashes: no more origins than years "
        "ahead. With fewer than three times as many origins as years ahead the bootstrap draws from few blocks and its "
        "intervals are too narrow; the Diebold-Mariano p is the more careful of the two."
    )
    return f"{text}\n\n{md.table(HEAD, _scored(tables, 'members'), right=range(3, len(HEAD)))}"


def _europe(tables: Tables) -> str:
    rows = [row for row in _scored(tables, EUROPE) if row[3] == str(HORIZON)]
    return f"Europe and Canada, five years ahead.\n\n{md.table(HEAD, rows, right=range(3, len(HEAD)))}"


def _scored(tables: Tables, who: str) -> list[tuple[str, ...]]:
    scores, skill = (table[table["who"] == who] for table in (tables["hindcast-scores"], tables["hindcast-skill"]))
    errors = scores.pivot(index=KEYS, columns="method", values="mean_absolute_error")
    own = scores[scores["method"] == MODEL].set_index(KEYS)
    better = skill[skill["method"] == MODEL].set_index(KEYS)
    rows = []
    for key in own.sort_index(ascending=[False, True, True, True]).index:
        rivals = errors.loc[key, [name for name in BASELINES if name in errors.columns]].dropna()
        one, against = own.loc[key], better.loc[key]
        rows.append(
            (
                *map(str, key), f"{one['forecasts']:.0f}", md.number(one["mean_absolute_error"]),
                f"{one['bias']:+.2f}", md.number(errors.loc[key, "no change"]),
                f"{md.number(rivals.min())} ({rivals.idxmin()})",
                md.interval(against["skill"], against["lower_90"], against["upper_90"]),
                md.probability(against["dm_p_value"]), md.number(one["crps"]), md.number(one["coverage_90"]),
            )
        )  # fmt: skip
    return rows


def _methods(tables: Tables) -> str:
    """Everybody in one table: baselines, the six rules and their average; the least of a row in bold."""
    names = list(METHODS)
    head = ("Who", "Series", "Variant", "Origins", "Years ahead", *(SHORT.get(name, f"`{name}`") for name in names))
    scores = tables["hindcast-scores"]
    errors = scores.pivot(index=["who", *KEYS], columns="method", values="mean_absolute_error").reindex(columns=names)
    rows = []
    for who in ("members", EUROPE):
        own = errors.loc[who].sort_index(ascending=[False, True, True, True])
        for key, values in zip(own.index, own.to_numpy(float), strict=True):
            least = np.nanmin(values)
            cells = [f"**{md.number(value)}**" if value == least else md.number(value) for value in values]
            rows.append((who if who == "members" else "Europe", *map(str, key), *cells))
    text = (
        f"Every method in one table: mean absolute error in percentage points of GDP, the least in bold. `{MODEL}` is "
        "the model; the rules share its tastes, threat and luck. CRPS, coverage, mean PIT and bias of all: "
        "`hindcast-scores.csv`; skill against no change with its interval and Diebold-Mariano test of all: "
        "`hindcast-skill.csv`."
    )
    return f"{text}\n\n{md.table(head, rows, right=range(4, len(head)))}"


def _duels(tables: Tables) -> str:
    """The model against every other method, one by one."""
    rows = [
        ("members" if one.who == "members" else "Europe", SHORT.get(one.against, f"`{one.against}`"),
         md.number(one.error, 3), md.number(one.other_error, 3), md.interval(one.skill, one.lower_90, one.upper_90),
         md.probability(one.dm_p_value))
        for one in md.each(tables["hindcast-duels"])
    ]  # fmt: skip
    text = (
        "The target's cell (NATO's series, conditional, five years ahead, origins 2014-20), the model against every "
        "other method: skill, 1 less the model's error over the other's, and the Diebold-Mariano p of equal errors."
    )
    head = ("Who", "Against", "Model", "Other", "Skill (90 %)", "DM p")
    return f"{text}\n\n{md.table(head, rows, right=range(2, 6))}"


def _shortfall(tables: Tables) -> str:
    """Who and when, of the error that is too much."""
    table = tables["hindcast-shortfall"]
    whole = table[table["by"] == "group"]
    error, naive = (
        float((whole[name] * whole["forecasts"]).sum() / whole["forecasts"].sum())
        for name in ("mean_absolute_error", "no_change_error")
    )
    members = table[table["by"] == "member"].nlargest(WORST, "excess")
    shown = pd.concat([whole, members, table[table["by"] == "year"]])
    rows = [
        (str(one.by), str(one.value), f"{one.forecasts:.0f}", md.number(one.mean_absolute_error), f"{one.bias:+.2f}",
         md.number(one.no_change_error), md.number(one.ratio), f"{100 * one.excess:.0f} %")
        for one in md.each(shown)
    ]  # fmt: skip
    met = table[(table["by"] == "member") & (table["ratio"] <= 0.5)]
    all_ = table[table["by"] == "member"]
    text = (
        f"The target is half the error of no change (NATO's series, conditional, five years ahead, origins 2014-20). "
        f"The error is {error:.3f} points of GDP, {error / naive:.2f} of no change's {naive:.3f}. It is met for "
        f"{len(met)} of {len(all_)} members ({', '.join(met['value'])}). Excess: which part of all error above the "
        f"target arises where; the {WORST} members with most of it carry {100 * members['excess'].sum():.0f} %."
    )
    head = ("By", "", "n", "Error", "Bias", "No change", "Ratio", "Excess")
    return f"{text}\n\n{md.table(head, rows, right=range(2, len(head)))}"


def _moved(tables: Tables) -> str:
    """Whether a mechanism that is there would mend it."""
    table, sizes = tables["hindcast-mechanisms"], tables["basis"].iloc[0]
    rows = [
        (one.mechanism, f"`{one.parameter}`", md.number(one.target_error, 3), f"{one.target_bias:+.3f}",
         md.number(one.target_ratio), md.number(one.quiet_error, 3), f"{one.quiet_bias:+.3f}",
         md.number(one.quiet_ratio))
        for one in md.each(table)
    ]  # fmt: skip
    head = ("One mechanism moved", "Parameter", "2014-20: error", "Bias", "Ratio", "1995-2013: error", "Bias", "Ratio")
    first, moved = table.iloc[0], table.iloc[1:]
    told = ""
    if len(moved.dropna()):
        best = moved.iloc[int(moved["target_ratio"].to_numpy().argmin())]
        better = (moved[name] < first[name] for name in ("target_ratio", "quiet_ratio"))
        both = int(np.logical_and(*better).sum())
        told = (
            f" No move brings the ratio under {best['target_ratio']:.2f} ({best['mechanism']}, at the price of "
            f"{best['quiet_ratio']:.2f} instead of {first['quiet_ratio']:.2f} in 1995-2013); {both} of {len(moved)} "
            "help in both windows."
        )
    text = (
        f"Is a mechanism too weak? Each row moves one parameter of what the origins knew ({sizes['mechanism_draws']} "
        f"draws), fits tastes anew and forecasts again; ratio: to no change.{told}"
    )
    return f"{text}\n\n{md.table(head, rows, right=range(2, len(head)))}"


def _surprises(tables: Tables) -> str:
    """Whether budgets are fixed in money."""
    rows = [
        (one.series, f"{one.first}-{one.last}", str(one.forecasts), f"{one.slope:+.2f} ({one.standard_error:.2f})",
         md.number(one.error, 3), md.number(one.left, 3))
        for one in md.each(tables["hindcast-surprises"])
    ]  # fmt: skip
    text = (
        "Is a mechanism missing? Governments may fix budgets in money, so that a share falls in a boom and rises in a "
        "slump by itself; in the model they decide on the share. Slope of the log error one year ahead on the surprise "
        "in growth (0: as in the model, -1: fixed in money; standard error clustered by member), and the mean absolute "
        "log error before and after the regression."
    )
    head = ("Series", "Outcomes", "n", "Slope (s.e.)", "Error", "Left")
    return f"{text}\n\n{md.table(head, rows, right=range(2, 6))}"


def _worst(tables: Tables) -> str:
    """Members and years that fail most, World Bank's series, conditional."""
    told = []
    for name, column in (("members", "member"), ("years", "year")):
        table = tables[f"hindcast-worst-{name}"]
        own = table[(table["series"] == SERIES[-1]) & (table["variant"] == CONDITIONAL)]
        rows = [
            (str(one[column]), f"{one['forecasts']:.0f}", md.number(one["mean_absolute_error"]),
             f"{one['bias']:+.2f}", md.number(one["no_change_error"]))
            for _, one in own.iterrows()
        ]  # fmt: skip
        head = (column.capitalize(), "n", "Error", "Bias", "No change")
        told.append(md.table(head, rows, right=range(1, len(head))))
    text = (
        "Where the model fails most over all origins, five years ahead, conditional, World Bank's series: the worst "
        "ten members and outcome years; bias is forecast less actual, in percentage points of GDP."
    )
    return "\n\n".join([text, *told])
