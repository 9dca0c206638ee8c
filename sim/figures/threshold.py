"""How high the line is, and what it does: Europe's spending and who is still protected, against the threshold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim import __version__
from sim.figures.naming import axis_name
from sim.figures.paper import Frame, Words, finish, footer, label_ends, panels, plain
from sim.figures.style import FAINT, HALO, INK, LOOKS, SOFT, Look, clean, listed, number, per_cent, styled
from sim.figures.summary import (
    BAND,
    columns_of,
    ends,
    groups_of,
    is_number,
    quantiles,
    run_count,
    seed_words,
    thin,
    today,
)  # fmt: skip
from sim.insight.peaks import Peak, peak

__all__ = ["hump"]

MEASURES = ("european_share", "protected_members")
LINES = ((0.02, "2\u00a0%: agreed\nin 2014"), (0.035, "3.5\u00a0%: core,\nby 2035"), (0.05, "5\u00a0%: all,\nby 2035"))
LINE = "line for protection"  # a column that no axis can be called like
ALIKE = 0.01  # of the span of the panel: lines that are nearer than this on average count as one


@styled
def hump(
    runs_or_years: pd.DataFrame,
    *,
    line: str = "threshold",
    by: Sequence[str] = ("eu_instruments", "exclusion"),
    year: int | None = None,
    seed: int | None = None,
    version: str = __version__,
) -> Figure:
    """European share and protected members at the end against the line for protection.

    Args:
        runs_or_years: one row a run (``end_european_share``, ``end_protected_members``), or a run and year (``year``,
            ``european_share``, ``protected_members``), and the columns of ``line`` and ``by``.
        line: the column with the line for protection, a share of GDP.
        by: columns that make a line each; those that the table lacks are left out.
        year: the last year, which a table of runs does not tell.
        seed: of the runs; from the column ``seed`` if there is one.
        version: of the package that made the runs.
    """
    columns_of(runs_or_years, [line], "hump")
    if not is_number(runs_or_years[line]):
        raise ValueError(f"hump needs numbers, shares of GDP, in the column {line}")
    table, last = ends(runs_or_years, MEASURES)
    table = table.rename(columns={line: LINE}).sort_values(LINE, kind="stable")
    by = [name for name in by if name in table.columns]
    share, protected = (quantiles(table, [*by, LINE], name) for name in MEASURES)
    clusters = alike(share, protected, by, groups_of(runs_or_years, by))
    last = year if last is None else last
    when = f"in {last}" if last else "in the last year"
    words = Words(
        takeaway(share, protected, by, clusters, when, table),
        f"Every European ally and Canada, {when}, by the share of GDP from which on the US protects an ally.",
        footer(
            [
                f"Lines: medians; bands: {BAND} of {run_count(share, 'a point')}, {seed_words(seed, runs_or_years)}; "
                "where the peak lies: 90\u00a0% of resamples of the runs",
                "Assumed: that a line is announced and kept, and how far its threat is believed",
            ],
            version,
        ),
        version,
    )
    picture, grid = panels(words, Frame(height=5.6, rows=2, left=0.72, right=1.75, top=0.42, ratios=(1.25, 1)))
    above = picture.add_subplot(grid[0])
    below = picture.add_subplot(grid[1], sharex=above)
    draw_share(above, share, by, clusters)
    draw_protected(below, protected, by, clusters)
    outcome = pd.concat([share.assign(measure=MEASURES[0]), protected.assign(measure=MEASURES[1])])
    return finish(picture, outcome.rename(columns={LINE: line}), alternative(words, share, protected, by))


def alike(
    share: pd.DataFrame, protected: pd.DataFrame, by: Sequence[str], groups: Sequence[tuple[object, ...]]
) -> list[list[tuple[object, ...]]]:
    """Groups whose medians lie on one another in both panels, together; in the order of appearance."""
    clusters: list[list[tuple[object, ...]]] = []
    for group in groups:
        for cluster in clusters:
            if all(_near(table, by, cluster[0], group) for table in (share, protected)):
                cluster.append(group)
                break
        else:
            clusters.append([group])
    return clusters


def _near(table: pd.DataFrame, by: Sequence[str], one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    first, second = (thin(table, by, group).set_index(LINE)["q50"] for group in (one, other))
    span = float(table["q95"].max() - table["q05"].min()) or 1.0
    return first.index.equals(second.index) and float((first - second).abs().mean()) <= ALIKE * span


def name_of(by: Sequence[str], cluster: Sequence[tuple[object, ...]], joint: str = "\n") -> str:
    """'exclusion believed' and, where lines coincide, 'EU instruments on or off'."""
    parts = []
    for k, name in reversed(list(enumerate(by))):
        values = list(dict.fromkeys(clean(group[k], 24) for group in cluster))
        parts.append(f"{clean(axis_name(name), 24)} {' or '.join(values)}")
    return joint.join(parts) or "all runs"


def draw_share(axes: Axes, share: pd.DataFrame, by: Sequence[str], clusters: list[list[tuple[object, ...]]]) -> None:
    """The upper panel: shares of GDP, today's share, and the level with no line at all."""
    shown = share.assign(**{name: 100 * share[name] for name in ("q05", "q50", "q95")})
    ends_at = draw_lines(axes, shown, by, clusters)
    year, now = today()[0], 100 * today()[1]
    low, high = min(now, float(shown["q05"].min())), max(now, float(shown["q95"].max()))
    room = (high - low) or 0.1
    axes.set_ylim(low - 0.12 * room, high + 0.08 * room)
    axes.set_ylabel("defence spending, % of GDP")
    marks(axes)
    free = float(shown.loc[shown[LINE] <= 0, "q50"].median())
    swapped = free > now + 0.04 * room  # the higher one has its name above it; the shorter one, if they are near
    level(axes, now, f"{year}: {{}}", "top" if swapped else "bottom")
    if np.isfinite(free):
        level(axes, free, "no line, all protected: {}", "bottom" if swapped else "top")
    axes.tick_params(labelbottom=False)
    label_ends(axes, axes.get_xlim()[1], ends_at)


def draw_protected(
    axes: Axes, protected: pd.DataFrame, by: Sequence[str], clusters: list[list[tuple[object, ...]]]
) -> None:
    """The lower panel: how many allies are protected at the end."""
    ends_at = draw_lines(axes, protected, by, clusters)
    axes.set_ylim(-1, max(32.0, 1.05 * float(protected["q95"].max())))
    axes.set_ylabel("protected allies, number")
    axes.set_xlabel("line for protection, % of GDP")
    marks(axes, named=False)
    label_ends(axes, axes.get_xlim()[1], ends_at)


def draw_lines(
    axes: Axes, summary: pd.DataFrame, by: Sequence[str], clusters: list[list[tuple[object, ...]]]
) -> list[tuple[float, str, Look]]:
    """One line a cluster with its band, a fine dashed one over it where others coincide; returns their ends."""
    plain(axes)
    ends_at = []
    for k, cluster in enumerate(clusters):
        look = LOOKS[k] if k < len(LOOKS) else Look(FAINT, "solid", "")
        for place, group in enumerate(cluster):
            rows = thin(summary, by, group)
            x = 100 * rows[LINE].to_numpy(float)
            if place:
                axes.plot(x, rows["q50"], color="white", lw=1.0, ls=(0, (3, 3)), zorder=4)
                continue
            if k < len(LOOKS):
                axes.fill_between(x, rows["q05"], rows["q95"], color=look.colour, alpha=0.16, lw=0, zorder=2)
            axes.plot(
                x, rows["q50"], color=look.colour, lw=2.4, ls=look.dash if len(cluster) == 1 else "solid", zorder=3,
                marker=look.marker, markevery=4, ms=5,
            )  # fmt: skip
            if k < len(LOOKS):
                ends_at.append((float(rows["q50"].iloc[-1]), name_of(by, cluster), look))
    axes.set_xlim(0, 100 * float(summary[LINE].max()) or 1.0)
    return ends_at


def marks(axes: Axes, named: bool = True) -> None:
    """Lines that NATO has agreed on."""
    high = axes.get_xlim()[1]
    for line, text in LINES:
        if 100 * line <= high:
            axes.axvline(100 * line, color=SOFT, lw=0.9, ls=(0, (1, 2)), zorder=1)
            if named:
                axes.annotate(
                    text, (100 * line, 1), xycoords=("data", "axes fraction"), xytext=(0, 3), size=9,
                    textcoords="offset points", ha="center", va="bottom", color=INK, linespacing=1.1,
                )  # fmt: skip


def level(axes: Axes, value: float, text: str, side: str) -> None:
    """A level to compare with, named at the left."""
    axes.axhline(value, color=SOFT, lw=0.9, ls=(0, (5, 3)), zorder=1)
    offset = 2 if side == "bottom" else -3
    axes.annotate(
        text.format(f"{value:.2f}\u00a0%"), (0, value), xycoords=("axes fraction", "data"), xytext=(4, offset), size=9,
        textcoords="offset points", va=side, color=INK, zorder=5, path_effects=HALO,
    )  # fmt: skip


def takeaway(
    share: pd.DataFrame,
    protected: pd.DataFrame,
    by: Sequence[str],
    clusters: Sequence[Sequence[tuple[object, ...]]],
    when: str,
    table: pd.DataFrame,
) -> str:
    """Between which lines the highest median peaks, and what the others reach; ``table``: one row a run."""
    peaks = []
    for cluster in clusters:
        rows = thin(share, by, cluster[0])
        peaks.append((rows.iloc[int(rows["q50"].argmax())], float(rows["q50"].iloc[0]), cluster))
    peaks.sort(key=lambda found: -float(found[0]["q50"]))
    best, start, cluster = peaks[0]
    if float(best["q50"]) - start < 0.0005:
        lowest = per_cent(start)
        return f"No line for protection lifts Europe's spending {when} clearly above the {lowest} of GDP without one"
    who = _who(by, cluster, clusters)
    if float(best[LINE]) >= float(share[LINE].max()):
        told = f"Europe's spending rises up to the highest line tried, {_line(best)} of GDP{who}"
        return f"{told}; there it reaches {per_cent(float(best['q50']))}"
    found = _peak(table, by, cluster[0])
    at = thin(protected, by, cluster[0]).set_index(LINE)["q50"][[found.low, found.high]]
    left = " to ".join(dict.fromkeys(number(one) for one in sorted(at)))
    lines = " to ".join(dict.fromkeys(f"{100 * one:.3g}" for one in (found.low, found.high)))
    told = f"Europe's spending peaks with a line at {lines}\u00a0% of GDP{who}"
    told = f"{told}: at {per_cent(float(best['q50']))}, with {left} allies protected"
    return f"{told}; otherwise no line lifts it above {per_cent(float(peaks[1][0]['q50']))}" if peaks[1:] else told


def _peak(table: pd.DataFrame, by: Sequence[str], group: tuple[object, ...]) -> Peak:
    """Where the median of a group's shares is highest, runs drawn again by their luck where the table tells it."""
    rows = thin(table, by, group)
    if "replicate" in rows.columns and not rows.duplicated([LINE, "replicate"]).any():
        luck = rows["replicate"]  # where runs are missing, their place would be taken by others
    else:
        luck = rows.groupby(LINE).cumcount()
    shares = rows.assign(luck=luck).pivot_table(index="luck", columns=LINE, values="european_share").dropna()
    if shares.empty:  # of a sweep that is not complete: no run has been played at every line
        medians = rows.groupby(LINE)["european_share"].median()
        at = float(medians.index.to_numpy(float)[medians.to_numpy().argmax()])
        return Peak(at, at, at, np.nan)
    return peak(shares.columns.to_numpy(float), shares.to_numpy(float))


def _who(by: Sequence[str], cluster: Sequence[tuple[object, ...]], clusters: Sequence[object]) -> str:
    """' if exclusion is believed': what is common to the lines that peak highest, where there are others."""
    if len(clusters) == 1:
        return ""
    values = [list(dict.fromkeys(group[k] for group in cluster)) for k in range(len(by))]
    told = [f"{axis_name(name)} is {clean(one[0], 30)}" for name, one in zip(by, values, strict=True) if len(one) == 1]
    return f" if {listed(told)}" if told else f" ({name_of(by, cluster, ', ')})"


def _line(row: pd.Series[float]) -> str:
    return f"{100 * float(row[LINE]):.3g}\u00a0%"


def alternative(words: Words, share: pd.DataFrame, protected: pd.DataFrame, by: Sequence[str]) -> str:
    """The figure in words, with the values at the agreed lines."""
    told = []
    for group in groups_of(share, by):
        rows, counts = thin(share, by, group), thin(protected, by, group)
        places = [int(np.abs(rows[LINE].to_numpy(float) - line).argmin()) for line in (0.0, 0.02, 0.035, 0.05)]
        pairs = [(per_cent(float(rows["q50"].iloc[k])), number(float(counts["q50"].iloc[k])), k) for k in places]
        values = dict.fromkeys(f"line {_line(rows.iloc[k])}: {share_at}, {left}" for share_at, left, k in pairs)
        told.append(f"{name_of(by, [group], ', ')}: {'; '.join(values)}")
    return (
        f"{words.title}. Two line charts above each other against the line for protection. {words.subtitle} Median "
        f"spending and number of protected allies: {'. '.join(told)}. {words.footer}"
    )
