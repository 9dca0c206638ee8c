"""Scores of many forecasts in tables: how wrong, how sure, and whether better than a reference by more than luck."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.evidence import scores
from sim.evidence.hindcast import Issued
from sim.evidence.observed import EUROPE

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BY", "energy_table", "score_table", "skill_table"]

BY = ("series", "variant", "horizon")  # what scores are never pooled over
POINTS = 100.0  # shares of GDP in percentage points


def score_table(table: pd.DataFrame, by: Sequence[str] = BY) -> pd.DataFrame:
    """Scores by group and method, members pooled and Europe apart, from a table of `hindcast`.

    Columns: those of ``by``, who ("members" or EUROPE), method; forecasts (how many), mean_absolute_error, bias
    (forecast less actual) and crps in percentage points of GDP; coverage_90 and mean_pit, .9 and .5 if calibrated.
    """
    scored = _scored(table)
    groups = scored.groupby([*by, "who", "method"], sort=False, observed=True)
    means = groups[["mean_absolute_error", "bias", "crps", "coverage_90", "mean_pit"]].mean()
    means.insert(0, "forecasts", groups.size())
    return means.reset_index()


def skill_table(table: pd.DataFrame, reference: str = "no change", by: Sequence[str] = BY) -> pd.DataFrame:
    """Skill of every method in absolute error and CRPS against a reference, by group, members pooled and Europe apart.

    Columns: those of ``by``, who, method; origins; skill, lower_90, upper_90 (block bootstrap over origins, blocks as
    long as the horizon) and skill_crps with the like; dm_statistic and dm_p_value, Diebold-Mariano on absolute errors
    (negative: better than the reference). ValueError if ``by`` lacks the horizon or the table the reference.
    """
    import pandas as pd

    if "horizon" not in by or reference not in set(table["method"]):
        raise ValueError(f"skill_table needs the horizon in by, and forecasts of the reference {reference!r}")
    rows = []
    for key, group in _scored(table).groupby([*by, "who"], sort=False, observed=True):
        values = dict(zip([*by, "who"], key, strict=True))
        horizon = int(group["horizon"].iloc[0])
        losses = group.pivot_table(index="origin", columns="method", values=["mean_absolute_error", "crps"])
        errors, crps = losses["mean_absolute_error"], losses["crps"]
        for method in errors.columns.drop(reference):
            rows.append(
                {**values, "method": method, "origins": len(errors)}
                | _named("", scores.skill(errors[method], errors[reference], horizon))
                | _named("_crps", scores.skill(crps[method], crps[reference], horizon))
                | _tested(scores.diebold_mariano(errors[method], errors[reference], horizon))
            )
    return pd.DataFrame(rows)


def energy_table(forecasts: Iterable[Issued]) -> pd.DataFrame:
    """Energy score of the vector of members: series, variant, horizon, method, origin, energy, one row a forecast.

    In percentage points of GDP. Baselines draw every member's error apart, the rules have the common luck of a run.
    """
    import pandas as pd

    return pd.DataFrame(
        {
            "series": one.series, "variant": one.variant, "horizon": one.horizon, "method": one.method,
            "origin": one.origin, "energy": POINTS * scores.energy_score(one.ensemble[:, :-1], one.actual[:-1]),
        }
        for one in forecasts
    )  # fmt: skip


def _scored(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its scores, row by row, in percentage points."""
    inside = (table["lower_90"] <= table["actual"]) & (table["actual"] <= table["upper_90"])
    missed = POINTS * (table["forecast"] - table["actual"])
    return table.assign(
        who=np.where(table["member"] == EUROPE, EUROPE, "members"), bias=missed, mean_absolute_error=missed.abs(),
        crps=POINTS * table["crps"], coverage_90=inside.astype(float), mean_pit=table["pit"],
    )  # fmt: skip


def _named(ending: str, found: scores.Skill) -> dict[str, float]:
    return {f"skill{ending}": found.value, f"lower_90{ending}": found.lower, f"upper_90{ending}": found.upper}


def _tested(test: scores.Comparison) -> dict[str, float]:
    return {"dm_statistic": test.statistic, "dm_p_value": test.p_value}
