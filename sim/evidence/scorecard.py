"""The credibility scorecard: what a reviewer asks, what was measured, and points by bounds that are set here first.

Every question has one measure and three bounds; each bound that the measure meets is a point, so 0 to 3. Bounds are
judgement, the same for every version of the model; they change only with a reason in the changelog.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.evidence.observed import EUROPE, SERIES
from sim.evidence.plan import AVERAGE, MODEL
from sim.evidence.report import HORIZON
from sim.evidence.worlds import CONDITIONAL, UNCONDITIONAL
from sim.scenario.models import REACTIONS

__all__ = ["ITEMS", "Item", "scorecard"]

NATO, BANK = SERIES
BASELINES = ("no change", "drift", "autoregression", "panel", "distance")
POINTS = 100.0

Tables = Mapping[str, pd.DataFrame]


class Item(NamedTuple):
    """A question, how it is measured, its bounds for 1, 2 and 3 points, and what would improve it.

    Bounds that fall mean that less is better; ``answer`` is a sentence with a place for the value.
    """

    question: str
    measure: Callable[[Tables], float]
    answer: str
    bounds: tuple[float, float, float]
    improve: str


def _error(tables: Tables, method: str, series: str, era: str, variant: str) -> float:
    """Mean absolute error of members five years ahead."""
    table = tables["hindcast-scores"]
    here = (table["series"] == series) & (table["era"] == era) & (table["variant"] == variant)
    row = table[here & (table["horizon"] == HORIZON) & (table["who"] == "members") & (table["method"] == method)]
    return float(row["mean_absolute_error"].iloc[0]) if len(row) else np.nan


def over_no_change(series: str, era: str, variant: str) -> Callable[[Tables], float]:
    """The model's error over that of no change."""
    return lambda tables: (
        _error(tables, MODEL, series, era, variant) / _error(tables, "no change", series, era, variant)
    )


def over_best(series: str, era: str) -> Callable[[Tables], float]:
    """The model's error over that of the best baseline."""
    return lambda tables: (
        _error(tables, MODEL, series, era, CONDITIONAL)
        / float(np.nanmin([_error(tables, name, series, era, CONDITIONAL) for name in BASELINES]))
    )


def over_rivals(tables: Tables) -> float:
    """The model's error at the target over that of the best other rule, or of the average of all six."""
    rivals = [_error(tables, name, NATO, "2014-20", CONDITIONAL) for name in (*REACTIONS, AVERAGE) if name != MODEL]
    return _error(tables, MODEL, NATO, "2014-20", CONDITIONAL) / float(np.nanmin(rivals))


def bias(tables: Tables) -> float:
    """Of Europe's forecasts five years ahead, origins 1995-2013, conditional, in percentage points, no sign."""
    table = tables["hindcast-scores"]
    here = (table["who"] == EUROPE) & (table["method"] == MODEL) & (table["variant"] == CONDITIONAL)
    row = table[here & (table["series"] == BANK) & (table["era"] == "1995-2013") & (table["horizon"] == HORIZON)]
    return abs(float(row["bias"].iloc[0])) if len(row) else np.nan


def covered(tables: Tables) -> float:
    """Part of members' outcomes in the 90 % intervals five years ahead, both series and variants."""
    table = tables["hindcast-scores"]
    own = table[(table["who"] == "members") & (table["method"] == MODEL) & (table["horizon"] == HORIZON)]
    return float(np.average(own["coverage_90"], weights=own["forecasts"])) if len(own) else np.nan


def significance(tables: Tables) -> float:
    """p of the Diebold-Mariano test at the target."""
    table = tables["hindcast-skill"]
    here = (table["series"] == NATO) & (table["variant"] == CONDITIONAL) & (table["era"] == "2014-20")
    row = table[here & (table["horizon"] == HORIZON) & (table["who"] == "members") & (table["method"] == MODEL)]
    return float(row["dm_p_value"].iloc[0]) if len(row) else np.nan


def passed(column: str) -> Callable[[Tables], float]:
    """Part of the facts that pass, of those that can be measured."""

    def part(tables: Tables) -> float:
        known = tables["facts"][column].dropna()
        return float((known.astype(str) == "True").mean())

    return part


def off(who: str, first: int, last: int) -> Callable[[Tables], float]:
    """Mean distance of the runs' median from the figure over years, in percentage points of GDP."""

    def distance(tables: Tables) -> float:
        table = tables["shares"]
        own = table[(table["who"] == who) & table["year"].between(first, last)]
        return POINTS * float((own["model"] - own["actual"]).abs().mean())

    return distance


def in_band(tables: Tables) -> float:
    """Part of the years in which the model's band holds the rank correlation, start years left out."""
    table = tables["exploitation"]
    played = table[~table["year"].isin(table["era"])]
    return float(played["rank"].between(played["model_low"], played["model_high"]).mean())


def eras_best(tables: Tables) -> float:
    """In how many of the eras the model's own rule has the least error."""
    table = tables["rules-by-era"]
    best = table.loc[table.groupby("era")["mean_absolute_error"].idxmin(), "rule"]
    return float((best == MODEL).sum())


def coefficient(tables: Tables) -> float:
    """Distance of the computed from the published coefficient of 1964."""
    row = tables["olson-zeckhauser"].iloc[0]
    return abs(float(row["rank"]) - float(row["published"]))


def borne_out(tables: Tables) -> float:
    """Part of the claims that hold in nine of ten draws of the posterior."""
    table = tables["claims"]
    return float((table["holds"] >= 0.9).mean()) if int(table["draws"].max()) > 1 else np.nan


def drawn(tables: Tables) -> float:
    """How many draws of the parameters the forecasts of an origin rest on."""
    return float(tables["basis"]["known_draws"].iloc[0])


ITEMS = (
    Item("Target: is its error half that of no change, five years ahead, origins 2014-20, given later growth?",
         over_no_change(NATO, "2014-20", CONDITIONAL),
         "its error is {:.2f} of that of no change (NATO's series); the target is 0.50",
         (1.0, 0.75, 0.5), "what single members buy at once; rivals other than Moscow"),
    Item("Does it beat every forecast without a model there (five years ahead, origins 2014-20)?",
         over_best(NATO, "2014-20"), "its error is {:.2f} of the best baseline's", (1.0, 0.75, 0.5), "as above"),
    Item("Does it beat its rival rules there, and the average of all six?", over_rivals,
         "its error is {:.2f} of the best of theirs", (1.0, 0.75, 0.5), "a mixture of rules, or one for each member"),
    Item("Is its lead over no change there more than luck?", significance,
         "Diebold-Mariano p = {:.2f}",
         (0.2, 0.1, 0.05), "more years: seven origins five years ahead are hardly two independent ones"),
    Item("Does it beat no change in quiet times, origins 1995-2013?", over_no_change(BANK, "1995-2013", CONDITIONAL),
         "its error is {:.2f} of that of no change (World Bank's series)", (1.0, 0.75, 0.5),
         "tastes that go on shrinking after a threat is gone: it forecasts a return that did not come"),
    Item("Does it forecast without knowing what came, origins 2014-20?",
         over_no_change(NATO, "2014-20", UNCONDITIONAL), "unconditional, its error is {:.2f} of that of no change",
         (1.0, 0.75, 0.5), "nothing inside the model: what came (2014, 2022) was not in the figures"),
    Item("Is it unbiased when Europe disarms, origins 1995-2013?", bias,
         "mean error of Europe's share, without its sign: {:.2f} points of GDP", (0.2, 0.1, 0.05),
         "a taste that drifts; peace dividend as a process of its own"),
    Item("Do its 90 % intervals hold 90 %?", covered, "they hold {:.2f} of members' outcomes five years ahead",
         (0.6, 0.75, 0.85), "shocks to taste, and to what single members buy"),
    Item("Are its parameters uncertain in the forecasts?", drawn, "{:.0f} draws of the posterior of each origin's past",
         (1.0, 100.0, 1000.0),
         "more draws that count: a sampler that goes where the likelihood is"),
    Item("Do the project's claims hold over the posterior?", borne_out,
         "{:.2f} of the claims hold in nine of ten draws or more", (0.5, 0.75, 1.0),
         "claims that are worded as they hold; figures on the parameters that the others hang on"),
    Item("Do the shipped figures show the facts of the literature?", passed("data_passes"), "{:.2f} of the facts pass",
         (0.5, 0.75, 0.9), "market exchange rates beside constant prices"),
    Item("Does the model show the facts of the literature?", passed("model_passes"),
         "{:.2f} of the facts pass", (0.5, 0.75, 0.9), "the eras before 2014: thinning, drawdown, the US share"),
    Item("Does it show exploitation of the large by the small as it came and went?", in_band,
         "its band holds the rank correlation in {:.2f} of the years", (0.5, 0.75, 0.9),
         "the end of exploitation about 1967, which the model's thinning does not bring"),
    Item("Does it follow Europe through the Cold War, 1961-90?", off("european_share", 1961, 1990),
         "Europe's share is off by {:.2f} points of GDP on average", (0.5, 0.25, 0.1),
         "the decline of 1961-74, when the threat did not fall; a price of arms, welfare as a rival"),
    Item("Does it follow the United States after 1990?", off("us_share", 1991, 2013),
         "the US share is off by {:.2f} points of GDP on average", (0.5, 0.25, 0.1),
         "US tasks outside Europe, and a US taste that answers to rivals and wars of its own"),
    Item("Do the data choose its reaction rule?", eras_best, "it has the least error in {:.0f} of the four eras",
         (1.0, 2.0, 4.0), "inertia as a part of the rule, with a weight that is estimated"),
    Item("Is the first result of the field reproduced?", coefficient, "off the coefficient of 1964 by {:.4f}",
         (0.05, 0.005, 0.0005), "nothing"),
)  # fmt: skip


def scorecard(tables: Tables) -> pd.DataFrame:
    """One row an item, lowest score first: question, value, answer, score (0 to 3), rule, improve.

    What could not be measured has no value and scores 0.
    """
    rows = []
    for item in ITEMS:
        value = item.measure(tables)
        known = bool(np.isfinite(value))
        answer = item.answer.format(value) if known else "not measured"
        rows.append((item.question, value, answer, _score(value, item.bounds), _rule(item.bounds), item.improve))
    table = pd.DataFrame(rows, columns=["question", "value", "answer", "score", "rule", "improve"])
    return table.sort_values("score", kind="stable").reset_index(drop=True)


def _score(value: float, bounds: tuple[float, float, float]) -> int:
    less = bounds[0] > bounds[-1]
    return sum(bool(value <= bound if less else value >= bound) for bound in bounds)


def _rule(bounds: tuple[float, float, float]) -> str:
    sign = "at most" if bounds[0] > bounds[-1] else "at least"
    return f"{sign} {', '.join(f'{bound:g}' for bound in bounds)}"
