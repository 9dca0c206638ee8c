"""What the literature found, computed again from the shipped figures, and beside it what the model makes of it.

Every function returns a small table. Nothing here is fitted: the runs are those of `sim.scenario.historical`, with
actual growth and events, started anew at the beginning of each era, with the parameters that the package ships.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import data
from sim.engines.batch import run_batch
from sim.evidence.burdens import burdens, from_data, significance, spearman
from sim.scenario import historical, load_scenario, with_values

__all__ = [
    "ERAS", "enablers", "exploitation", "fixed_allies", "model_burdens", "olson_zeckhauser", "privileged",
    "russian_response", "thinned", "words_alone",
]  # fmt: skip

Floats = NDArray[np.float64]
THINNINGS = (0.0, 0.25, 0.5, 0.75, 1.0)
ERAS = ((1960, 1974), (1974, 1990), (1990, 2013), (2013, 2025))  # start of the run, and its last year


def olson_zeckhauser() -> pd.DataFrame:
    """The table of 1964 and the coefficient that it gives.

    One row: year, members, rank (Spearman), p_one_sided, kendall, published (.490, Olson & Zeckhauser 1966), passes
    (equal to three decimals), contributors (who spends anything in the pure public good with one taste: its equilibrium
    gives the order of burdens but not their level).
    """
    from scipy.stats import kendalltau

    table = data.olson_zeckhauser()
    rank, published = spearman(table["gnp"], table["defence_share"]), 0.490
    return pd.DataFrame(
        [
            {
                "year": 1964,
                "members": len(table),
                "rank": rank,
                "p_one_sided": significance(rank, len(table)) / 2.0,
                "kendall": float(kendalltau(table["gnp"], table["defence_share"]).statistic),
                "published": published,
                "passes": abs(rank - published) < 0.0005,
                "contributors": int(privileged(table["gnp"].to_numpy(float), 0.09).sum()),
            }
        ]
    )


def privileged(gdp: Floats, taste: float) -> NDArray[np.bool_]:
    """Who contributes to a pure public good with one taste B for all: i does if y_i > (1-B)/B Q*."""
    order = np.argsort(-gdp)
    inside = np.zeros(gdp.size, bool)
    for n in range(1, gdp.size + 1):
        provided = taste * gdp[order[:n]].sum() / (n - (n - 1) * taste)
        if gdp[order[n - 1]] <= (1.0 - taste) / taste * provided:
            break
        inside[order[n - 1]] = True
    return inside


def exploitation(model: pd.DataFrame | None = None) -> pd.DataFrame:
    """The rank correlation by year in the figures, and the model's beside it.

    Columns: year, members, rank, p_value and, with the table of `model_burdens`, model, model_low and model_high
    (median and 5-95 % of the runs), era (the year in which the run began).
    """
    table = burdens(from_data())[["year", "members", "rank", "p_value"]]
    if model is None:
        return table
    spread = model.groupby("year").agg(
        model=("rank", "median"),
        model_low=("rank", lambda x: x.quantile(0.05)),
        model_high=("rank", lambda x: x.quantile(0.95)),
        era=("era", "first"),
    )
    return table.merge(spread.reset_index(), on="year", how="left", validate="one_to_one")


def model_burdens(replicates: int = 100, seed: int = 1) -> pd.DataFrame:
    """The columns of `burdens` in runs of each era, and era, replicate, fixed_allies; one row a run and year.

    Each era's first year is the last of the era before, whose runs keep it; only 1960 is a start itself.
    """
    joined = data.memberships().set_index("member")["accession_year"]
    tables = []
    for start, end in ERAS:
        runs = run_batch(historical(start, end), seed, replicates, record="runs")
        for replicate in range(replicates):
            panel = runs.members(replicate)
            panel = panel[panel["member"].map(joined) <= panel["year"]]
            table = burdens(panel).assign(era=start, replicate=replicate, fixed_allies=fixed_allies(panel))
            tables.append(table[(table["year"] > start) | (start == ERAS[0][0])])
    return pd.concat(tables, ignore_index=True)


def thinned(replicates: int = 100, seed: int = 1) -> pd.DataFrame:
    """Would thinning end exploitation about 1967? Runs of 1960-74 with thinning from 0 (pure public) to 1 (rival).

    Tastes are fitted anew to each value. One row a value, and "figures": thinning, early (mean rank correlation
    1961-66) and late (1968-74) with early_low, early_high, late_low, late_high (5-95 % of the runs), fall (early less
    late, median), ended (share of the runs in which 1966-68 begins three years without significance).
    """
    joined = data.memberships().set_index("member")["accession_year"]
    start, end = ERAS[0]
    found = [("figures", [burdens(from_data(start, end))])]
    for value in THINNINGS:
        scenario = with_values(historical(start, end), {"parameters.thinning": value})
        runs = run_batch(scenario, seed, replicates, record="runs")
        panels = [runs.members(k) for k in range(replicates)]
        found.append((f"{value:g}", [burdens(one[one["member"].map(joined) <= one["year"]]) for one in panels]))
    return pd.DataFrame([{"thinning": name, **_eased(tables)} for name, tables in found])


def _eased(tables: list[pd.DataFrame]) -> dict[str, float]:
    """How far exploitation eased over the runs."""
    years = [table.set_index("year") for table in tables]
    early, late = (
        np.array([float(table["rank"].loc[first:last].mean()) for table in years])
        for first, last in ((1961, 1966), (1968, 1974))
    )
    quiet = [(table["p_value"] > 0.05).rolling(3).sum().shift(-2).eq(3.0) for table in years]
    spread: dict[str, float] = {}
    for name, values in (("early", early), ("late", late)):
        low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
        spread |= {name: middle, f"{name}_low": low, f"{name}_high": high}
    ends = np.array([int(one.to_numpy().argmax()) + int(str(one.index[0])) if one.any() else 0 for one in quiet])
    ended = float(((ends >= 1966) & (ends <= 1968)).mean())
    return {**spread, "fall": float(np.median(early - late)), "ended": ended}


FIXED = ("BEL", "DEU", "DNK", "ESP", "FRA", "GBR", "GRC", "ITA", "LUX", "NLD", "NOR", "PRT", "TUR")


def fixed_allies(panel: pd.DataFrame) -> Floats:
    """Spending of the 13 European allies of 1990 with forces, constant 2015 US$ bn, one value a year of the panel."""
    rows = panel[panel["member"].isin(FIXED)]
    spent = (rows["gdp"] * rows["defence_share"]).groupby(rows["year"]).sum()
    return spent.to_numpy(float)


def russian_response(first: int = 1995, last: int = 2013) -> pd.DataFrame:
    """How members' spending answered Russia's of the year before: the elasticity of George & Sandler's question.

    Logs of spending on its own lag, GDP, the other allies' lagged spending and Russia's lagged spending, member fixed
    effects, European members and Canada in the years of their membership, standard error clustered by member (no
    correction for the bias of a lag with fixed effects, Nickell 1981). One row: first, last, observations, elasticity,
    standard_error.
    """
    table, _ = data.complete_history(first - 1, last)
    table["spent"] = table["gdp"] * table["share"]
    spent = table.pivot(index="year", columns="member", values="spent")
    gdp = table.pivot(index="year", columns="member", values="gdp")
    joined = data.memberships().set_index("member")["accession_year"]
    rows = []
    for code in (code for code in data.MEMBERS if code not in ("USA", "ISL")):
        for year in range(max(first, int(joined[code]) + 1), last + 1):
            inside = [other for other in data.MEMBERS if joined[other] < year and other != code]
            others = sum(float(spent[other].loc[year - 1]) for other in inside)
            own = float(spent[code].loc[year]), float(spent[code].loc[year - 1]), float(gdp[code].loc[year])
            rows.append((code, *np.log([*own, others, float(spent[data.ADVERSARY].loc[year - 1])])))
    panel = pd.DataFrame(rows, columns=["member", "spent", "lag", "gdp", "others", "rival"])
    within = panel.set_index("member") - panel.groupby("member").mean()
    y, x = within["spent"].to_numpy(), within[["lag", "gdp", "others", "rival"]].to_numpy()
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ y
    scores = pd.DataFrame(x * (y - x @ beta)[:, None], index=within.index).groupby(level=0).sum().to_numpy()
    error = np.sqrt(np.diag(inverse @ scores.T @ scores @ inverse))
    return pd.DataFrame(
        [{"first": first, "last": last, "observations": len(y), "elasticity": beta[3], "standard_error": error[3]}]
    )


def words_alone(replicates: int = 100, seed: int = 1, start: int = 2015, years: int = 3) -> Floats:
    """What the statements recorded after ``start`` did to the European share by the end: one value a run."""
    said = historical(start, start + years)
    with_words, without = (
        run_batch(one, seed, replicates, record="runs").runs()["end_european_share"].to_numpy(float)
        for one in (said, with_values(said, {"statements": ()}))
    )
    difference: Floats = with_words - without
    return difference


def enablers(replicates: int = 100, seed: int = 1) -> pd.DataFrame:
    """What it costs to replace the United States: published sums over the GDP of the tables, and the model's runs.

    Columns: quantity, published_low, published_high, value, low, high (of the runs, 5-95 %), unit, source.
    """
    number = data.instruments().set_index("name")["value"]
    now = data.members(2025)
    europe = float(now.loc[~now["member"].isin(["USA", "CAN"]), "gdp"].sum())
    union = float(now.loc[now["in_eu"], "gdp"].sum())
    yearly, once = number["autonomy_cost_per_year"] * number["eur_to_usd2015"], number["usd2025_to_usd2015"]
    low, high, middle = (number[f"replacement_cost{end}"] for end in ("_low", "_high", ""))
    iiss = "IISS, Defending Europe Without the United States, May 2025"
    bruegel = "Burilkov & Wolff, Bruegel and Kiel Institute, February 2025"
    rows = [
        ("equipment that replaces the US, once", low * once, high * once, middle, "constant 2015 US$ bn", iiss),
        ("the same over European allies' GDP of a year", np.nan, np.nan, middle / europe, "of GDP", iiss),
        ("autonomy a year over GDP of the EU's members in NATO", 0.0145, 0.0155, yearly / union, "of GDP", bruegel),
        ("autonomy a year over European allies' GDP", np.nan, np.nan, yearly / europe, "of GDP", bruegel),
    ]
    table = pd.DataFrame(rows, columns=["quantity", "published_low", "published_high", "value", "unit", "source"])
    return pd.concat([table, _after_exit(replicates, seed)], ignore_index=True)


def _after_exit(replicates: int, seed: int) -> pd.DataFrame:
    """What the model's Europe adds after an exit in fact over the status quo, on the same luck, as a mean to 2045."""
    base, left = (
        run_batch(load_scenario(name), seed, replicates, record="runs").runs()
        for name in ("status-quo", "exit-de-facto")
    )
    added, ready = left["mean_european_share"] - base["mean_european_share"], left["end_enabler_ratio"]
    rows = [
        ("model: share that Europe adds after a de-facto exit, mean 2026-45", 0.015, 0.015, added, "of GDP"),
        ("model: Europe's enablers over what it needs in 2045, after a de-facto exit", 1.0, np.inf, ready, "ratio"),
    ]
    return pd.DataFrame(
        [
            {
                "quantity": name, "published_low": low, "published_high": high, "value": float(x.median()),
                "low": float(x.quantile(0.05)), "high": float(x.quantile(0.95)), "unit": unit,
                "source": "runs of status-quo and exit-de-facto",
            }
            for name, low, high, x, unit in rows
        ]
    )  # fmt: skip
