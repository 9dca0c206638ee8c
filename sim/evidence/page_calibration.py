"""The part of the page on calibration, from the published tables alone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.evidence import markdown as md
from sim.scenario import Parameters

__all__ = ["calibration"]

CORRELATED = 6  # pairs on the page
HUNDRED = POINTS = 100.0

Tables = Mapping[str, pd.DataFrame]


def calibration(tables: Tables) -> list[str]:
    """Paragraphs, tables and figures, in the order of the page."""
    return [
        _posterior(tables), _correlated(tables),
        md.figure("calibration-ridge", "Ridges: pairs of parameters that history does not tell apart"),
        _matching(tables), _ahead(tables), _coverage(tables),
    ]  # fmt: skip


def _posterior(tables: Tables) -> str:
    summary, sizes = tables["calibration-summary"], tables["calibration-sizes"].iloc[0]
    defaults = Parameters()
    rows = [
        (f"`{one.parameter}`", _range(one.prior_low, one.prior_high), _short(one.median),
         f"{_short(one.lower_90)} to {_short(one.upper_90)}", md.number(one.width),
         "" if one.width != one.width else "identified" if one.identified else "not identified",
         f"{getattr(defaults, one.parameter):g}")
        for one in md.each(summary.sort_values("width", kind="stable"))
    ]  # fmt: skip
    text = (
        f"The posterior until {sizes['until']:.0f}: {sizes['draws']:,.0f} draws, {sizes['errors']:,.0f} errors worth "
        f"{sizes['n_eff']:.0f} independent ones, likelihood to the power {sizes['temper']:.2f}, "
        f"{sizes['draws_that_count']:.0f} draws that count. Width: of the 90 % interval over the prior's; above .7 a "
        "parameter is not identified."
    )
    head = ("Parameter", "Prior", "Median", "90 %", "Width", "", "Default")
    return f"{text}\n\n{md.table(head, rows, right=(2, 4, 6))}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= HUNDRED else f"{value:.3g}"


def _range(low: float, high: float) -> str:
    return f"{low:g} to {high:g}" if np.isfinite(low) else "1/scale"


def _correlated(tables: Tables) -> str:
    table = tables["calibration-correlations"].set_index("parameter")
    names, values = list(table), table.to_numpy(float)
    pairs = sorted(zip(*np.triu_indices(len(names), 1), strict=True), key=lambda pair: -abs(values[pair]))
    told = "; ".join(f"`{names[i]}` and `{names[j]}` {values[i, j]:+.2f}" for i, j in pairs[:CORRELATED])
    return f"Largest rank correlations in the posterior (all: `calibration-correlations.csv`): {told}."


def _matching(tables: Tables) -> str:
    rows = [
        (str(one.target), f"{100 * one.ruled_out:.0f} %", md.number(one.least), md.number(one.median))
        for one in md.each(tables["calibration-matching"])
    ]
    text = "History matching: which part of the prior each target rules out alone, and how implausible draws are."
    return f"{text}\n\n{md.table(('Target', 'Ruled out', 'Least', 'Median'), rows, right=(1, 2, 3))}"


def _ahead(tables: Tables) -> str:
    table = tables["calibration-ahead"]
    names = {"posterior": "posterior of the origin's past", "median": "its median", "default": "defaults (peek)"}
    rows = [
        (str(one.series), names[str(one.parameters)], "all" if str(one.origin) == "all" else str(one.origin),
         *(md.number(POINTS * value, 3) for value in
           (one.error, one.no_change, one.europe_error, one.europe_no_change)), md.number(one.coverage_90))
        for one in md.each(table[(table["origin"] == "all") | (table["parameters"] == "posterior")])
    ]  # fmt: skip
    text = (
        "Five years ahead, conditional, by parameters that know the origin's past only, beside the defaults, which "
        "know what came: mean absolute error in percentage points of GDP."
    )
    head = ("Series", "Parameters", "Origin", "Members", "No change", "Europe", "No change", "Coverage of 90 %")
    return f"{text}\n\n{md.table(head, rows, right=range(3, 8))}"


def _coverage(tables: Tables) -> str:
    worlds = tables["calibration-recovery"]["world"].nunique()
    rows = [
        (f"`{one.parameter}`", f"{100 * one.inside:.0f} %", md.number(one.error / one.prior_error))
        for one in md.each(tables["calibration-coverage"])
    ]
    text = (
        f"Recovery: {worlds} histories made by the model with known parameters, estimated by the same steps. How often "
        "the 90 % interval holds the truth, and the error of the median over that of the prior's middle."
    )
    return f"{text}\n\n{md.table(('Parameter', 'In the 90 % interval', 'Error'), rows, right=(1, 2))}"
