"""US policies side by side: what Europe spends over time, how likely a challenge is, what Europe's forces can do."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim import __version__
from sim.figures.naming import pooling
from sim.figures.paper import Frame, Words, finish, footer, panels, plain
from sim.figures.style import FAINT, HALO, INK, LOOKS, SOFT, clean, per_cent, styled
from sim.figures.summary import BAND, SPAN, columns_of, groups_of, pledge_path, quantiles, run_count, seed_words, thin

__all__ = ["SHARES", "fan"]

SHARES = {
    "european_share": "Europe's and Canada's defence spending",
    "allied_share": "All allies' defence spending",
}
MOST = 6  # panels


@styled
def fan(
    years: pd.DataFrame,
    *,
    by: str = "policy",
    measure: str = "european_share",
    pledge: Sequence[tuple[int, float]] = (),
    pooled: Sequence[str] = (),
    seed: int | None = None,
    version: str = __version__,
) -> Figure:
    """A share of GDP over time, a panel a policy, with half and nine tenths of all runs, the pledge and the start.

    Args:
        years: one row a run and year: ``year``, ``by`` and the measure; without the column ``by`` all runs are one.
        by: what makes a panel; the first six values get one, further ones stay grey lines.
        measure: european_share or allied_share.
        pledge: points of the agreed path, (year, share of GDP); what was agreed in 2014 and 2025 if nothing is given.
        pooled: other axes of the sweep, over whose values the runs go; the figure says so.
        seed: of the runs; from the column ``seed`` if there is one.
        version: of the package that made the runs.
    """
    columns_of(years, ["year", measure], "fan")
    by = by if by in years.columns else "shown"
    table = years if by in years.columns else years.assign(shown="all runs")
    summary = quantiles(table.sort_values("year", kind="stable"), [by, "year"], measure)
    names = [group[0] for group in groups_of(table, [by])]
    path = pledge_path(sorted({int(year) for year in summary["year"]}), pledge)
    words = _words(summary, by, names, measure, path, pooling(pooled), seed_words(seed, years), version)
    columns = 1 if len(names) == 1 else 2 if len(names) <= 4 else 3
    rows = math.ceil(min(len(names), MOST) / columns)
    frame = Frame(
        height=3.4 if rows == 1 else 2.35 * rows, rows=rows, columns=columns, left=0.8, right=0.45, top=0.3,
        bottom=0.35, between_rows=0.55, between_columns=0.58,
    )  # fmt: skip
    picture, grid = panels(words, frame)
    for k, name in enumerate(names[:MOST]):
        axes = picture.add_subplot(grid[k // columns, k % columns])
        draw_fan(axes, summary, by, name, path, named=k == 0)
        if len(names) > 1:
            axes.set_title(clean(name, 34), loc="left", weight="bold", size=9.5, pad=6)
        axes.tick_params(labelleft=k % columns == 0)
        if k % columns == 0:
            axes.set_ylabel("% of GDP")
    return finish(picture, summary, _told(words, summary, by, names))


def draw_fan(axes: Axes, summary: pd.DataFrame, by: str, name: object, path: pd.Series[float], *, named: bool) -> None:
    """One policy in colour with its bands, the others' medians in grey, the pledge and the start."""
    look = LOOKS[0]
    plain(axes)
    for other in groups_of(summary, [by]):
        if other != (name,):
            rows = thin(summary, [by], other)
            axes.plot(rows["year"], 100 * rows["q50"], color=FAINT, lw=0.9, zorder=2)
    rows = thin(summary, [by], (name,))
    year = rows["year"].to_numpy(float)
    for low, high, alpha in (("q05", "q95", 0.16), ("q25", "q75", 0.3)):
        axes.fill_between(year, 100 * rows[low], 100 * rows[high], color=look.colour, alpha=alpha, lw=0, zorder=3)
    axes.plot(year, 100 * rows["q50"], color=look.colour, lw=2.2, zorder=4)
    start, end = (100 * float(rows["q50"].iloc[k]) for k in (0, -1))
    axes.plot(year[0], start, "o", color=INK, ms=5, zorder=5, clip_on=False)
    axes.plot(path.index, 100 * path, color=SOFT, lw=1.1, ls=(0, (4, 2)), zorder=2)
    axes.set_xlim(year[0], year[-1])
    axes.set_ylim(*_limits(summary, path))
    axes.set_xticks(_ticks(int(year[0]), int(year[-1])))
    axes.annotate(
        f"{end:.2f}", (year[-1], end), xytext=(4, 0), textcoords="offset points", va="center", size=9.5, weight="bold"
    )
    if named:
        _name_marks(axes, start, path)


def _name_marks(axes: Axes, start: float, path: pd.Series[float]) -> None:
    """In the first panel only: what the dot and the dashes are."""
    year = float(path.index[0])
    axes.annotate(
        f"start\n{start:.2f}", (year, start), xytext=(4, 9), textcoords="offset points", va="bottom", size=9, zorder=6,
        linespacing=1.05, path_effects=HALO,
    )  # fmt: skip
    if float(path.max()) > 0:
        last = float(path.index[-1])
        axes.annotate(
            "pledge", (last, 100 * float(path.iloc[-1])), xytext=(-2, -3), textcoords="offset points", va="top",
            ha="right", size=9, path_effects=HALO,
        )  # fmt: skip


def _ticks(first: int, last: int) -> list[int]:
    """The start, the end, and one between."""
    return [first, last] if last - first < 4 else [first, (first + last) // 2, last]


def _limits(summary: pd.DataFrame, path: pd.Series[float]) -> tuple[float, float]:
    """Room for all bands and the pledge, in per cent."""
    low = min(float(summary["q05"].min()), float(path[path > 0].min()) if (path > 0).any() else np.inf)
    high = max(float(summary["q95"].max()), float(path.max()))
    room = 0.08 * (high - low) or 0.001
    return 100 * (low - room), 100 * (high + room)


def _words(
    summary: pd.DataFrame,
    by: str,
    names: Sequence[object],
    measure: str,
    path: pd.Series[float],
    over: list[str],
    seeds: str,
    version: str,
) -> Words:
    shown = SHARES.get(measure, clean(measure.replace("_", " ")))
    left = f", {len(names) - MOST} of them without a panel" if len(names) > MOST else ""
    told = [f"{shown}, % of GDP, median of all runs, with the agreed path (dashed)."]
    told += [f"Grey: the other medians{left}."] if len(names) > 1 else []
    return Words(
        takeaway(summary, by, path),
        " ".join([*told, *over]),
        footer(
            [
                f"Bands: {SPAN} and {BAND} of {run_count(summary, 'each')}, {seeds}",
                "Assumed: what each policy promises, and that it lasts",
            ],
            version,
        ),
        version,
    )


def takeaway(summary: pd.DataFrame, by: str, path: pd.Series[float]) -> str:
    """Which policy's median ends highest and lowest, and whether one reaches the pledge."""
    last, pledge = int(path.index[-1]), float(path.iloc[-1])
    end = summary[summary["year"] == last].set_index(by)["q50"]
    high, low = (f"\u201c{clean(end.index[place], 34)}\u201d" for place in (int(end.argmax()), int(end.argmin())))
    most, least = per_cent(float(end.max())), per_cent(float(end.min()))
    if len(end) == 1:
        start = per_cent(float(summary["q50"].iloc[0]))
        return f"Europe's spending goes from {start} of GDP in {int(path.index[0])} to {most} in {last}"
    told = f"In {last} Europe spends most under {high}, {most} of GDP, and least under {low}, {least}"
    reach = int((end >= pledge).sum())
    if pledge <= 0:
        return told
    those = "no median reaches" if reach == 0 else f"{reach} of {len(end)} medians reach"
    return f"{told}; {those} the agreed {per_cent(pledge, 1)}"


def _told(words: Words, summary: pd.DataFrame, by: str, names: Sequence[object]) -> str:
    """The figure in words, with start, middle and end of every line."""
    told = []
    for name in names:
        rows = thin(summary, [by], (name,)).set_index("year")
        years = _ticks(int(rows.index.min()), int(rows.index.max()))
        values = [f"{year}: {per_cent(float(rows['q50'].get(year, math.nan)))}" for year in years]
        told.append(f"{clean(name, 60)}: {', '.join(values)}")
    return (
        f"{words.title}. Small line charts over time, one a policy. {words.subtitle} "
        f"Medians: {'; '.join(told)}. {words.footer}"
    )
