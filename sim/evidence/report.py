"""Every table of the evidence, made anew from the shipped figures and the model: what `make evidence` publishes.

Tables are computed in one pass and depend on nothing but the seed, the sizes and, where it is there, the posterior.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyarrow import csv

from sim.evidence import claims, facts, judging, literature
from sim.evidence import shortfall as short
from sim.evidence.burdens import burdens, from_data
from sim.evidence.comparing import BY, score_table, skill_table
from sim.evidence.hindcast import METHODS, hindcast
from sim.evidence.known import known
from sim.evidence.observed import EUROPE, SERIES
from sim.evidence.plan import MODEL
from sim.evidence.worlds import CONDITIONAL
from sim.scenario import Parameters, ScenarioError
from sim.scenario.models import REACTIONS

__all__ = ["BINS", "ERAS", "FANS", "HORIZON", "POSTERIOR", "Sizes", "claimed", "posterior", "tables"]

ERAS = {"1995-2013": (1995, 2013), "2014-20": (2014, 2020), "2021-24": (2021, 2024)}  # of origins
HORIZON = 5  # years ahead, where one horizon stands for all
FANS = range(1995, 2021, 5)  # origins that are drawn one by one
BINS = 10  # of a histogram of PIT
WORST = 10
POINTS = 100.0
POSTERIOR = Path(__file__).parents[2] / "scenarios" / "tables" / "posterior.csv"

Draws = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Sizes:
    """How much is computed; the published tables have these.

    Attributes:
        first, last: years of the hindcasts. judged_from: first origin of the rules, six years after the first figures.
        replicates: runs of a forecast. runs: of an era in the literature's tables. resamples: of the rules' intervals.
        mechanism_draws: of an origin's parameters where one mechanism is moved.
        claim_replicates: runs of a world and posterior draw. sobol_points, sobol_replicates: base points of Saltelli's
            sample over all ranges, and runs of a world and point.
    """

    first: int = 1995
    last: int = 2025
    judged_from: int = 1965
    replicates: int = 200
    runs: int = 100
    resamples: int = 500
    mechanism_draws: int = 50
    claim_replicates: int = 20
    sobol_points: int = 256
    sobol_replicates: int = 2
    seed: int = 1


def posterior(path: Path = POSTERIOR) -> Draws | None:
    """The draws of the calibrated parameters, one column each, or None where there is no such table.

    ScenarioError if the table has no column that is a parameter's name.
    """
    if not path.exists():
        return None
    table = csv.read_csv(path).to_pandas()  # every digit, which not every release of pandas keeps
    names = [name for name in table.columns if name in Parameters.model_fields]
    if not names:
        raise ScenarioError(f"{path}: no column is a parameter; found {', '.join(table.columns)}")
    return {name: table[name].to_numpy(float) for name in names}


def tables(sizes: Sizes, draws: Draws | None = None, say: Callable[[str], None] = print) -> dict[str, pd.DataFrame]:
    """File name without ending -> table, all that is published; ``say`` is told what begins.

    Forecasts have the parameters that their origin knew; rules and claims those of ``draws``.
    """
    say("hindcasts")
    forecasts = hindcast(sizes.first, sizes.last, methods=METHODS, replicates=sizes.replicates, seed=sizes.seed)
    say("the rules judged")
    played = hindcast(
        sizes.judged_from, min(sizes.last, 2024), horizons=[HORIZON], series=[SERIES[1]], variants=[CONDITIONAL],
        methods=REACTIONS, parameters=draws, replicates=sizes.replicates, seed=sizes.seed,
    )  # fmt: skip
    say("scores")
    judged = _hindcasts(forecasts) | _rules(played, sizes)
    say("the shortfall")
    moved = short.mechanisms(sizes.first, sizes.last, most=sizes.mechanism_draws, seed=sizes.seed)
    judged |= {"hindcast-shortfall": short.shortfall(forecasts), "hindcast-mechanisms": moved}
    judged |= {"hindcast-surprises": short.surprises(forecasts), "hindcast-duels": short.duels(forecasts)}
    return _basis(sizes, draws) | judged | _literature(sizes, say) | claimed(sizes, draws, say)


def claimed(sizes: Sizes, draws: Draws | None = None, say: Callable[[str], None] = print) -> dict[str, pd.DataFrame]:
    """The tables of the claims: in what part of the posterior, and of all ranges, each holds; what it hangs on."""
    say("the claims over the posterior")
    held = claims.holding(draws or {}, replicates=sizes.claim_replicates, seed=sizes.seed)
    say("the claims over all ranges")
    margins = claims.within_ranges(sizes.sobol_points, replicates=sizes.sobol_replicates, seed=sizes.seed)
    indices, holds = claims.drivers(margins, sizes.seed)
    return {"claims": held.assign(holds_in_ranges=held["claim"].map(holds)), "claims-sobol": indices}


def _basis(sizes: Sizes, draws: Draws | None) -> dict[str, pd.DataFrame]:
    """What the tables rest on."""
    count = 0 if draws is None else len(next(iter(draws.values())))
    known_draws = len(next(iter(known(sizes.last).values())))
    runs, rule_runs = (
        sizes.replicates if not many else many * -(-sizes.replicates // many) for many in (known_draws, count)
    )  # every draw equally often
    counts = {"posterior_draws": count, "known_draws": known_draws, "runs_a_forecast": runs, "runs_a_rule": rule_runs}
    return {"basis": pd.DataFrame([{**vars(sizes), **counts}])}


def _hindcasts(forecasts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    by_era = forecasts.assign(era=_era(forecasts["origin"]))
    by_era = by_era[by_era["era"] != ""]
    by = [BY[0], BY[1], "era", BY[2]]
    own = forecasts[forecasts["method"] == MODEL]
    return {
        "hindcast-scores": score_table(by_era, by),
        "hindcast-skill": skill_table(by_era, by=by),
        "hindcast-members": short.by_member(by_era, by),
        "hindcast-worst-members": _worst(own[own["member"] != EUROPE], "member"),
        "hindcast-worst-years": _worst(own[own["member"] != EUROPE], "year"),
        "hindcast-europe": _fans(own),
        "hindcast-pit": _pit(own[own["member"] != EUROPE]),
    }


def _era(origins: pd.Series[int]) -> pd.Series[str]:
    """The era of each origin, empty outside all."""
    names = pd.Series("", index=origins.index)
    for name, (first, last) in ERAS.items():
        names[origins.between(first, last)] = name
    return names


def _worst(own: pd.DataFrame, by: str) -> pd.DataFrame:
    """The model's ten largest mean errors five years ahead, by member or year, with their bias and no change's error.

    Columns: series, variant, the one of ``by``, forecasts, mean_absolute_error, bias (forecast less actual),
    no_change_error, all in percentage points of GDP.
    """
    here = own[own["horizon"] == HORIZON]
    missed = POINTS * (here["forecast"] - here["actual"])
    naive = POINTS * (here["no_change"] - here["actual"]).abs()
    scored = here.assign(mean_absolute_error=missed.abs(), bias=missed, no_change_error=naive)
    groups = scored.groupby(["series", "variant", by], observed=True)
    means = groups[["mean_absolute_error", "bias", "no_change_error"]].mean()
    means.insert(0, "forecasts", groups.size())
    ranked = means.reset_index().sort_values(
        ["series", "variant", "mean_absolute_error"], ascending=[True, True, False], kind="stable"
    )
    return ranked.groupby(["series", "variant"]).head(WORST).reset_index(drop=True)


def _fans(own: pd.DataFrame) -> pd.DataFrame:
    """The model's forecasts of Europe from every fifth origin in the World Bank's series."""
    chosen = own["origin"].isin(FANS) & (own["member"] == EUROPE) & (own["series"] == SERIES[1])
    return own.loc[
        chosen, ["variant", "origin", "horizon", "year", "actual", "forecast", "lower_90", "upper_90", "no_change"]
    ].reset_index(drop=True)


def _pit(own: pd.DataFrame) -> pd.DataFrame:
    """How many outcomes fall in each tenth of the forecast distribution: series, variant, horizon, bin, count, part."""
    place = np.minimum((own["pit"].to_numpy(float) * BINS).astype(int), BINS - 1)
    keys = ["series", "variant", "horizon"]
    counted = own.assign(bin=place).groupby([*keys, "bin"]).size().unstack(fill_value=0)
    counted = counted.reindex(columns=range(BINS), fill_value=0).reset_index().melt(keys, value_name="count")
    counted = counted.astype({"bin": int}).sort_values([*keys, "bin"], ignore_index=True)
    return counted.assign(part=counted["count"] / counted.groupby(keys)["count"].transform("sum"))


def _rules(played: pd.DataFrame, sizes: Sizes) -> dict[str, pd.DataFrame]:
    members = judging.rules_by_member(played, HORIZON, sizes.resamples, sizes.seed)
    eras = judging.rules_by_era(played, HORIZON, sizes.resamples, sizes.seed)
    count = members.groupby(["series", "era", "rule"]).agg(
        members_best=("rule", "size"), members_sure=("best", lambda x: int((x >= 0.9).sum()))
    )
    eras = eras.merge(count.reset_index(), on=["series", "era", "rule"], how="left", validate="one_to_one")
    counts = ["members_best", "members_sure"]
    eras[counts] = eras[counts].fillna(0).astype(int)
    return {"rules-by-era": eras, "rules-by-member": members}


def _literature(sizes: Sizes, say: Callable[[str], None]) -> dict[str, pd.DataFrame]:
    say("the literature")
    model = literature.model_burdens(sizes.runs, sizes.seed)
    words = literature.words_alone(sizes.runs, sizes.seed)
    thinned = literature.thinned(sizes.runs, sizes.seed)
    return {
        "olson-zeckhauser": literature.olson_zeckhauser(),
        "russian-response": literature.russian_response(),
        "exploitation": literature.exploitation(model),
        "exploitation-thinning": thinned,
        "shares": _shares(model),
        "facts": facts.facts(model, words),
        "enablers": literature.enablers(sizes.runs, sizes.seed),
    }


def _shares(model: pd.DataFrame) -> pd.DataFrame:
    """Europe's and the US share by year, figures beside the median of the runs with its 5-95 %.

    Columns: year, era (the year in which the runs began), who, actual, model, model_low, model_high; shares of GDP.
    """
    actual = burdens(from_data()).set_index("year")
    parts = []
    for who in ("european_share", "us_share"):
        spread = model.groupby(["year", "era"])[who].quantile(np.array([0.05, 0.5, 0.95])).unstack().reset_index()
        spread.columns = pd.Index(["year", "era", "model_low", "model", "model_high"])
        parts.append(spread.assign(who=who, actual=spread["year"].map(actual[who])))
    columns = ["year", "era", "who", "actual", "model", "model_low", "model_high"]
    return pd.concat(parts, ignore_index=True)[columns]
