"""Why a number changed: a bar for each part of the way from before to after."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim import __version__
from sim.figures.paper import Frame, Words, finish, footer, lines_of, panels, plain
from sim.figures.style import INK, LOOKS, SOFT, clean, styled
from sim.figures.summary import columns_of

__all__ = ["why_bars"]

MOST = 12  # parts with a bar of their own
ONE = "One run: one draw of chance, no forecast; no interval"
UP, DOWN = LOOKS[0].colour, LOOKS[1].colour
UNEXPLAINED = 5e-3  # of the whole change, or of half a hundredth of the unit: less is rounding


@styled
def why_bars(
    parts: pd.DataFrame,
    *,
    before: float,
    after: float,
    first: str = "before",
    last: str = "after",
    what: str = "defence spending",
    unit: str = "% of GDP",
    scale: float = 100.0,
    rests: str = ONE,
    title: str = "",
    version: str = __version__,
) -> Figure:
    """A waterfall from one number to another; what the parts leave over is a bar of its own.

    Args:
        parts: one row a part, in the order of drawing: ``key``, ``label``, ``value`` (what it adds, in the unit of
            before and after), and where known ``low`` and ``high``, its interval. Parts of exactly 0 are left out; of
            more than twelve the smallest are summed in one bar.
        before, after: the two numbers, in the table's unit, such as shares of GDP.
        first, last: what they are called, such as years or policies.
        what: the measure, in words; it begins the takeaway.
        unit, scale: as written, and the factor from the table to it.
        rests: runs, seed and interval, in words.
        title: what was run, for the line below the takeaway.
        version: of the package that made the numbers.

    Raises:
        ValueError: a column is missing, or a number that is not finite.
    """
    columns_of(parts, ["key", "label", "value"], "why_bars")
    if not np.isfinite([before, after, *parts["value"].astype(float)]).all():
        raise ValueError("why_bars needs finite numbers: before, after and every value")
    table = steps(parts, before, after, scale)
    what, first, last = clean(what, 60), clean(first, 40), clean(last, 40)
    words = Words(
        takeaway(table, what, first, last, unit),
        f"{clean(title) + '. ' if title else ''}{what[:1].upper()}{what[1:]}, {clean(unit, 40)}: what each part adds "
        f"(solid) or takes away (hatched), from {first} to {last}.",
        footer([clean(rests), "Assumed: how governments respond"], version),
        version,
    )
    picture, grid = panels(words, Frame(height=0.36 * len(table) + 0.2, left=2.5, right=0.5, top=0.1))
    axes = picture.add_subplot(grid[0])
    draw_steps(axes, table)
    labels = [first, *table["label"].iloc[1:-1], last]
    axes.set_yticks(range(len(table)), ["\n".join(lines_of(picture, one, 9.0, 2.3)[:2]) for one in labels], size=9)
    axes.set_xlabel(f"{what}, {clean(unit, 40)}")
    return finish(picture, table.assign(unit=unit), _told(words, table, first, last))


def steps(parts: pd.DataFrame, before: float, after: float, scale: float) -> pd.DataFrame:
    """Before, the parts with where each starts and ends, the rest if there is one, after; in the unit."""
    rows = _few(parts)
    rest = after - before - float(rows["value"].sum())
    if abs(rest) * scale > max(UNEXPLAINED, UNEXPLAINED * abs(after - before) * scale):
        rows.loc[len(rows)] = {"key": "rest", "label": "not attributed", "value": rest, "low": np.nan, "high": np.nan}
    ends = before + rows["value"].cumsum()
    table = rows.assign(start=ends - rows["value"], end=ends)
    whole = [
        pd.DataFrame({"key": [key], "label": [key], "value": [0.0], "start": [at], "end": [at]})
        for key, at in (("before", before), ("after", after))
    ]
    table = pd.concat([whole[0], table, whole[1]], ignore_index=True)
    numbers = ["value", "low", "high", "start", "end"]
    return table.assign(**{name: scale * table[name] for name in numbers})


def _few(parts: pd.DataFrame) -> pd.DataFrame:
    """At most twelve parts in their order; the smallest ones together."""
    rows = parts.reset_index(drop=True).reindex(columns=["key", "label", "value", "low", "high"])
    rows = rows.astype({"value": float, "low": float, "high": float})
    rows = rows[rows["value"] != 0.0].reset_index(drop=True)
    rows = rows.assign(key=rows["key"].map(str), label=[clean(one, 60) for one in rows["label"]])
    if len(rows) <= MOST:
        return rows
    large = rows["value"].abs().sort_values(ascending=False, kind="stable").index[: MOST - 1]
    small = rows.drop(large)
    kept = rows.loc[sorted(large)].reset_index(drop=True)
    kept.loc[len(kept)] = {
        "key": "others", "label": f"{len(small)} smaller parts", "value": float(small["value"].sum()),
        "low": np.nan, "high": np.nan,
    }  # fmt: skip
    return kept


def draw_steps(axes: Axes, table: pd.DataFrame) -> None:
    """Diamonds for the two numbers, bars between them, joined; every bar with its signed number."""
    plain(axes, "x")
    digits = digits_of(table)
    values = table[["start", "end"]].to_numpy(float)
    low, high = float(values.min()), float(values.max())
    room = (high - low) or 0.1
    axes.set_xlim(low - 0.22 * room, high + 0.22 * room)
    axes.set_ylim(len(table) - 0.5, -0.5)
    for k, row in enumerate(table.to_dict("records")):
        if k + 1 < len(table):
            axes.plot([row["end"], row["end"]], [k, k + 1], color=SOFT, lw=0.8, zorder=2)
        if k in (0, len(table) - 1):
            axes.plot(row["end"], k, "D", color=INK, ms=7, zorder=4)
            _beside(axes, row["end"], k, f"{row['end']:.{digits}f}", True, "bold")
        else:
            _bar(axes, k, row, digits)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _bar(axes: Axes, k: int, row: dict[Hashable, Any], digits: int) -> None:
    """One part with its interval, if it has one, and its signed number."""
    up = row["value"] >= 0
    axes.barh(
        k, row["value"], left=row["start"], height=0.6, color=UP if up else "white", edgecolor=UP if up else DOWN,
        hatch=None if up else "////", lw=1.0, zorder=3,
    )  # fmt: skip
    ends = [row["start"], row["end"]]
    if np.isfinite([row["low"], row["high"]]).all():
        whole = [row["start"] + row["low"], row["start"] + row["high"]]
        axes.plot(whole, [k, k], color=INK, lw=1.3, zorder=4)
        ends += whole
    _beside(axes, max(ends) if up else min(ends), k, signed(row["value"], digits), up, "normal")


def digits_of(table: pd.DataFrame) -> int:
    """Decimals: two, or three where no part reaches a tenth of the unit."""
    return 2 if float(table["value"].abs().max()) >= 0.1 else 3


def signed(value: float, digits: int) -> str:
    """+0.12, with a real minus; what rounds to 0 has no sign."""
    return f"{value:+.{digits}f}".replace("-", "\u2212") if round(value, digits) else f"{0:.{digits}f}"


def _beside(axes: Axes, x: float, y: float, text: str, right: bool, weight: str) -> None:
    axes.annotate(
        text, (x, y), xytext=(7 if right else -7, 0), textcoords="offset points", size=9, va="center", weight=weight,
        ha="left" if right else "right", color=INK, zorder=5,
    )  # fmt: skip


def takeaway(table: pd.DataFrame, what: str, first: str, last: str, unit: str) -> str:
    """From where to where, and what moved it most up and down."""
    digits = digits_of(table)
    start, end = (f"{table['end'].iloc[k]:.{digits}f}" for k in (0, -1))
    told = f"{what[:1].upper()}{what[1:]}, {clean(unit, 40)}: {start} ({first}) to {end} ({last})"
    parts = table.iloc[1:-1]
    for sign, verb in ((1, "raised"), (-1, "lowered")):
        some = parts[sign * parts["value"] >= 0.5 * 10**-digits]
        if len(some):
            row = some.iloc[int((sign * some["value"]).to_numpy().argmax())]
            told += f"; {verb} most by {row['label']} ({signed(float(row['value']), digits)})"
    return told


def _told(words: Words, table: pd.DataFrame, first: str, last: str) -> str:
    inner, digits = table.iloc[1:-1], digits_of(table)
    pairs = zip(inner["label"], inner["value"], strict=True)
    parts = "; ".join(f"{label} {signed(value, digits)}" for label, value in pairs)
    return (
        f"{words.title}. A waterfall of bars. {words.subtitle} {first} {table['end'].iloc[0]:.{digits}f}; "
        f"{parts}; {last} {table['end'].iloc[-1]:.{digits}f}. {words.footer}"
    )
