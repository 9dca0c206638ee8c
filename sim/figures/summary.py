"""From tables of runs to the numbers a figure draws: medians, bands, who is who."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim import data
from sim.figures.style import listed

__all__ = [
    "BAND", "SHARE", "SPAN", "accession", "binned", "columns_of", "ends", "groups_of", "having", "is_number", "known",
    "one_run", "pledge_path", "quantiles", "run_count", "seed_words", "shares", "thin", "today",
]  # fmt: skip

LEVELS = {"q05": 0.05, "q25": 0.25, "q50": 0.50, "q75": 0.75, "q95": 0.95}
BAND = "5\u201395\u00a0%"
SPAN = "25\u201375\u00a0%"
SHARE = "95\u00a0% intervals (Wilson, runs as independent)"


def columns_of(table: pd.DataFrame, needed: Iterable[str], whose: str) -> None:
    """ValueError that names the columns a figure misses."""
    missing = [name for name in needed if name not in table.columns]
    if missing:
        raise ValueError(f"{whose} needs the columns {', '.join(missing)}; found {', '.join(map(str, table.columns))}")
    if table.empty:
        raise ValueError(f"{whose} needs at least one row")


def quantiles(table: pd.DataFrame, by: Sequence[str], value: str) -> pd.DataFrame:
    """Per group, in the order of first appearance: ``runs``, and q05, q25, q50, q75, q95 of a column.

    Of a column that some lack, ``runs`` counts those that have it, and ``of`` all.
    """
    grouped = table.groupby(list(by), sort=False, observed=True)[value]
    numbers = {name: grouped.quantile(level) for name, level in LEVELS.items()}
    whole = {"of": grouped.size()} if table[value].isna().any() else {}
    return pd.DataFrame({"runs": grouped.count(), **whole, **numbers}).reset_index()


def shares(table: pd.DataFrame, by: Sequence[str], value: str) -> pd.DataFrame:
    """Per group, in the order of first appearance: ``runs``, those ``with`` a flag, their ``share``, low and high.

    The interval is Wilson's, at 95 % (Brown, Cai & DasGupta 2001).
    """
    from statsmodels.stats.proportion import proportion_confint  # here, because it takes long to load

    grouped = table[value].astype(bool).groupby([table[name] for name in by], sort=False, observed=True)
    counts = pd.DataFrame({"runs": grouped.count(), "with": grouped.sum()}).reset_index()
    low, high = proportion_confint(counts["with"].to_numpy(), counts["runs"].to_numpy(), method="wilson")
    return counts.assign(share=counts["with"] / counts["runs"], low=low, high=high)


def binned(values: pd.Series[Any], bins: int) -> pd.Series[float]:
    """Numbers as the middles of so many equal parts of their range."""
    edges = np.linspace(float(values.min()), float(values.max()), bins + 1)
    place = np.clip(np.searchsorted(edges, values.to_numpy(float), side="right") - 1, 0, bins - 1)
    middles = (edges[:-1] + edges[1:]) / 2
    digits = 1 - math.floor(math.log10(edges[1] - edges[0])) if edges[1] > edges[0] else 12
    middles = np.round(middles, digits)  # to a tenth of a part or less, for short labels
    return pd.Series(middles[place], index=values.index, name=values.name)


def is_number(column: pd.Series[Any]) -> bool:
    """Whether a column holds numbers that have an order; flags do not count."""
    return bool(pd.api.types.is_numeric_dtype(column)) and column.dtype != bool


def having(runs: pd.DataFrame, outcome: str) -> str:
    """For an outcome that not every run has: how many have it; empty where all do."""
    have, whole = int(runs[outcome].notna().sum()), len(runs)
    if have == whole:
        return ""
    share = 100 * have / whole
    return f"{have:,} of {whole:,} runs ({share:.{0 if share >= 10 or not have else 1}f}\u00a0%)"


def ends(table: pd.DataFrame, measures: Sequence[str]) -> tuple[pd.DataFrame, int | None]:
    """A table of runs with each measure at its end, under its own name; and the last year if it is known.

    Takes runs (columns ``end_...``) as they are, of years the rows of the last one.
    """
    if "year" in table.columns:
        columns_of(table, measures, "a figure of years")
        last = int(table["year"].max())
        return table[table["year"] == last], last
    columns_of(table, [f"end_{name}" for name in measures], "a figure of runs")
    return table.drop(columns=[name for name in measures if name in table.columns]).rename(
        columns={f"end_{name}": name for name in measures}
    ), None


def groups_of(table: pd.DataFrame, by: Sequence[str]) -> list[tuple[object, ...]]:
    """The combinations of values in the order of first appearance; one empty one without columns."""
    if not by:
        return [()]
    return [tuple(row) for row in table[list(by)].drop_duplicates().itertuples(index=False, name=None)]


def thin(table: pd.DataFrame, by: Sequence[str], group: tuple[object, ...]) -> pd.DataFrame:
    """The rows of one group."""
    chosen = np.ones(len(table), bool)
    for name, found in zip(by, group, strict=True):
        chosen &= (table[name] == found).to_numpy(bool)
    return table[chosen]


def one_run(table: pd.DataFrame, replicate: int | None, whose: str = "run_figure") -> pd.DataFrame:
    """The named run's rows, or the first run's."""
    if "replicate" not in table.columns:
        return table
    chosen = table["replicate"].iloc[0] if replicate is None else replicate
    rows = table[table["replicate"] == chosen]
    if rows.empty:
        raise ValueError(f"{whose}: there is no run {chosen} in the table")
    return rows


def run_count(summary: pd.DataFrame, what: str = "") -> str:
    """'200 runs', or '50 to 200 runs' where groups differ."""
    least, most = int(summary["runs"].min()), int(summary["runs"].max())
    many = f"{most:,}" if least == most else f"{least:,} to {most:,}"
    return f"{many} run{'' if most == 1 else 's'}{' ' + what if what else ''}"


def seed_words(seed: int | Sequence[int] | None, *tables: pd.DataFrame) -> str:
    """'seed 1'; from a column of that name if none is given."""
    if seed is None:
        found = [sorted({int(one) for one in table["seed"]}) for table in tables if "seed" in table.columns]
        seeds = found[0] if found else []
    else:
        seeds = [seed] if isinstance(seed, int) else list(seed)
    if not seeds:
        return "seed not recorded"
    if len(seeds) > 4:
        return f"{len(seeds):,} seeds from {seeds[0]} to {seeds[-1]}"
    return f"seed{'s' if len(seeds) > 1 else ''} {listed([str(one) for one in seeds])}"


def today() -> tuple[int, float]:
    """The last year that NATO has figures for, and Europe's and Canada's share of GDP in it."""
    row = data.europe_canada().sort_values("year").iloc[-1]
    return int(row["year"]), float(row["europe_canada_share"])


def known() -> pd.DataFrame:
    """The members by code: name, armed_forces, pledge_ceiling and the rest of the newest table."""
    return data.members(today()[0]).set_index("member")


def accession(codes: Sequence[str]) -> pd.Series[float]:
    """The year in which each joined the alliance."""
    return data.memberships().set_index("member")["accession_year"].reindex(list(codes))


def pledge_path(years: Sequence[int], points: Sequence[tuple[int, float]] = ()) -> pd.Series[float]:
    """The agreed share of GDP by year; 0 before the first positive point, linear between points (docs/model.md)."""
    if not points:
        table = data.paths().query("path == 'pledge'")
        points = list(zip(table["year"].astype(int), table["value"].astype(float), strict=True))
    when, value = np.array([year for year, _ in points], float), np.array([share for _, share in points], float)
    path = np.interp(np.asarray(years, float), when, value)
    positive = when[value > 0]
    path[np.asarray(years) < (positive[0] if positive.size else np.inf)] = 0.0
    return pd.Series(path, index=list(years))
