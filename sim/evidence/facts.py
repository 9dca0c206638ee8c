"""The stylised facts of burden sharing as a list that is passed or failed, by the shipped figures and by the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.evidence.burdens import burdens, from_data
from sim.evidence.literature import fixed_allies, olson_zeckhauser, russian_response

__all__ = ["FACTS", "Fact", "facts"]

Floats = NDArray[np.float64]
Years = pd.DataFrame  # of `burdens` with fixed_allies, indexed by year


class Fact(NamedTuple):
    """What was found, where, within which bounds it holds, and how it is measured on a table of years."""

    number: str
    fact: str
    low: float
    high: float
    source: str
    measure: Callable[[Years], float]


def mean(column: str, first: int, last: int) -> Callable[[Years], float]:
    """The mean of a column over years."""
    return lambda years: float(years[column].loc[first:last].mean())


def least(column: str, first: int, last: int) -> Callable[[Years], float]:
    """The least value of a column over years."""
    return lambda years: float(years[column].loc[first:last].min())


def farthest(column: str, published: dict[int, float]) -> Callable[[Years], float]:
    """The largest distance of a column from published values."""
    return lambda years: max(abs(float(years[column].loc[year]) - value) for year, value in published.items())


def ended(years: Years) -> float:
    """The first year from which the rank correlation is not significant at 5 % three years running."""
    quiet = (years["p_value"] > 0.05).to_numpy()
    runs = quiet[:-2] & quiet[1:-1] & quiet[2:]
    return float(years.index[int(np.argmax(runs))]) if runs.any() else np.nan


def change(column: str, first: int, last: int) -> Callable[[Years], float]:
    """The relative change of a column."""
    return lambda years: float(years[column].loc[last] / years[column].loc[first] - 1.0)


def rise(column: str, first: int, last: int) -> Callable[[Years], float]:
    """The change of a column."""
    return lambda years: float(years[column].loc[last] - years[column].loc[first])


COMPUTED = "SIPRI Military Expenditure Database over World Bank GDP, authors' computation"
EUROPE = {1960: 0.047, 1970: 0.034, 1980: 0.032, 1990: 0.027, 2000: 0.019, 2014: 0.0153}
STATES = {1960: 0.090, 1967: 0.094, 1978: 0.049, 1985: 0.065, 1999: 0.031, 2010: 0.049, 2014: 0.037, 2020: 0.037}
WEIGHT = {1960: 0.75, 1980: 0.575, 1985: 0.73, 1996: 0.60, 2010: 0.71, 2014: 0.68, 2024: 0.64}

FACTS = (
    Fact("2", "exploitation strong: mean rank correlation 1960-66", 0.42, 0.62,
         "Olson & Zeckhauser 1966 (.490 in 1964); .52 by " + COMPUTED, mean("rank", 1960, 1966)),
    Fact("3", "and over about 1967: first of three years without significance", 1966, 1968,
         "Khanna & Sandler 1996, Defence and Peace Economics 7(2)", ended),
    Fact("4", "never significant 1970-90: smallest p", 0.05, 1.0, "Khanna & Sandler 1996",
         least("p_value", 1970, 1990)),
    Fact("5a", "weak in 1994-97: mean rank correlation, published .14 plus or minus .10", 0.04, 0.24,
         "Sandler & Murdoch 2000, Fiscal Studies 21(3), table 9", mean("rank", 1994, 1997)),
    Fact("5b", "nil 1999-2009: smallest p", 0.05, 1.0,
         "Sandler & Shimizu 2014, Foreign Policy Analysis 10(1)", least("p_value", 1999, 2009)),
    Fact("6", "partial return: mean rank correlation 2011-15", 0.26, 0.46,
         "Kim & Sandler 2020, Defence and Peace Economics 31(4), clear evidence 2011-17; .36 by " + COMPUTED,
         mean("rank", 2011, 2015)),
    Fact("7", "gone again: mean rank correlation 2018-24", -0.1, 0.15, COMPUTED, mean("rank", 2018, 2024)),
    Fact("9", "European share 1960-2014: largest distance from published values", 0.0, 0.003, COMPUTED,
         farthest("european_share", EUROPE)),
    Fact("10", "drawdown: real spending of 13 European allies 1990-95", -0.18, -0.12, COMPUTED,
         change("fixed_allies", 1990, 1995)),
    Fact("11", "US share 1960-2020: largest distance from published values", 0.0, 0.003, COMPUTED,
         farthest("us_share", STATES)),
    Fact("12", "US share of NATO's spending: largest distance from values at market rates", 0.0, 0.05, COMPUTED,
         farthest("us_spending_share", WEIGHT)),
    Fact("13", "turn of 2014: rise of the European share to 2025", 0.0081, 0.0101,
         "NATO, Defence Expenditure of NATO Countries, 2026 edition: 1.40 to 2.31 %",
         rise("european_share", 2014, 2025)),
    Fact("20a", "dispersion outside the US, 2014", 0.29, 0.37, COMPUTED, mean("variation", 2014, 2014)),
    Fact("20b", "dispersion outside the US, 2024", 0.27, 0.35, COMPUTED, mean("variation", 2024, 2024)),
)  # fmt: skip

COLUMNS = [
    "number", "fact", "low", "high", "source", "data", "data_passes", "model", "model_low", "model_high",
    "model_passes",
]  # fmt: skip


def facts(model: pd.DataFrame | None = None, words: Floats | None = None) -> pd.DataFrame:
    """One row a fact, failures as plainly as successes.

    Columns: number, fact, low and high (the bounds within which it holds), source, data (measured on the shipped
    figures) and whether that passes, model (median of the runs), its 5-95 % and whether the median passes. What cannot
    be measured is NaN and passes neither way (None). Bounds were set before the model was run; tolerances are assumed.

    Args:
        model: the table of `literature.model_burdens`; without it no model values.
        words: the values of `literature.words_alone`, for the fact about statements.
    """
    panel = from_data()
    actual = burdens(panel).assign(fixed_allies=fixed_allies(panel)).set_index("year")
    rows = [_row("1", "rank correlation of the table of 1964", 0.4895, 0.4905,
                 "Olson & Zeckhauser 1966", float(olson_zeckhauser()["rank"].iloc[0]), None)]  # fmt: skip
    for one in FACTS:
        played = None if model is None else _played(one.measure, model)
        rows.append(_row(*one[:5], one.measure(actual), played))
    response = float(russian_response()["elasticity"].iloc[0])
    source = "George & Sandler 2022, Journal of Industrial and Business Economics 49"
    rows.append(
        _row("18", "no response to Russia 1995-2013: elasticity of spending", -np.inf, 0.0, source, response, None)
    )
    fact = "statements alone do little: European share after three years, 2018"
    source = "assumed, after Fearon 1997, Journal of Conflict Resolution 41(1), on cheap talk; no estimate published"
    rows.append(_row("19", fact, -0.0005, 0.0005, source, np.nan, words))
    return pd.DataFrame(rows, columns=COLUMNS)


def _played(measure: Callable[[Years], float], model: pd.DataFrame) -> Floats:
    """The measure in every run."""
    return np.array([measure(years.set_index("year").sort_index()) for _, years in model.groupby("replicate")])


def _row(
    number: str, fact: str, low: float, high: float, source: str, value: float, played: Floats | None
) -> tuple[object, ...]:  # fmt: skip
    middle = lower = upper = np.nan
    if played is not None:
        lower, middle, upper = (float(x) for x in np.quantile(played, [0.05, 0.5, 0.95]))
    passes = [bool(low <= x <= high) if np.isfinite(x) else None for x in (value, middle)]
    return number, fact, low, high, source, value, passes[0], middle, lower, upper, passes[1]
