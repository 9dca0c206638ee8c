"""What the project claims, in pictures: how much of the posterior bears each claim out, and what it hangs on."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim import __version__
from sim.figures.paper import Frame, Words, finish, footer, panels, plain
from sim.figures.style import INK, LOOKS, SOFT, styled
from sim.figures.summary import columns_of

__all__ = ["claims_figure", "drivers_figure"]

LEADING = 4  # bars a claim
ACROSS = 3  # claims side by side
BASES = {"estimated": LOOKS[0], "assumed": LOOKS[1]}


@styled
def claims_figure(table: pd.DataFrame, *, seed: int, points: int, version: str = __version__) -> Figure:
    """The part of the posterior's draws in which each claim holds, with its interval; beside it, of all ranges.

    Args:
        table: of `sim.evidence.report` ("claims"). seed: of the luck. points: base points of the sample of all ranges.
        version: of what made them.
    """
    columns_of(table, ["claim", "holds", "lower_90", "upper_90", "holds_in_ranges", "draws"], "claims_figure")
    table = table.sort_values("holds", ascending=False, kind="stable").reset_index(drop=True)
    words = _claims_words(table, seed, points, version)
    picture, grid = panels(words, Frame(height=0.34 * len(table) + 0.2, left=2.15, right=0.35, top=0.3, bottom=0.5))
    axes = picture.add_subplot(grid[0, 0])
    plain(axes, "x")
    own, other = LOOKS[0], LOOKS[1]
    axes.hlines(table.index, table["lower_90"], table["upper_90"], color=own.colour, lw=2.2, alpha=0.55)
    axes.plot(table["holds"], table.index, own.marker, color=own.colour, ms=7, ls="none",
              label="draws of the posterior")  # fmt: skip
    axes.plot(table["holds_in_ranges"], table.index, other.marker, mec=other.colour, mfc="white", mew=1.4, ms=6.5,
              ls="none", label="all ranges", zorder=1.9)  # fmt: skip
    axes.set_yticks(table.index, table["claim"])
    axes.set_ylim(len(table) - 0.5, -0.5)
    axes.set_xlim(-0.03, 1.03)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100 %"])
    axes.set_xlabel("holds in")
    axes.legend(frameon=False, ncols=2, loc="lower left", bbox_to_anchor=(0.0, 1.0), fontsize=9, borderpad=0.0)
    names = ["holds", "lower_90", "upper_90", "holds_in_ranges"]
    told = [
        f"{claim}: {holds:.0f} % ({low:.0f} to {high:.0f}), all ranges {wide:.0f} %"
        for claim, (holds, low, high, wide) in zip(table["claim"], 100 * table[names].to_numpy(float), strict=True)
    ]
    return finish(picture, table, f"{words.title}. A dot plot. {words.subtitle} {'; '.join(told)}. {words.footer}")


def _claims_words(table: pd.DataFrame, seed: int, points: int, version: str) -> Words:
    first = table.iloc[0]
    sure = int((table["holds"] >= 0.9).sum())
    rests = (
        f"{first['draws']:,} draws worth {first['independent']:.0f}, {first['replicates']} runs a draw and world, seed "
        f"{seed}; all ranges: {2 * points:,} points"
    )
    return Words(
        f"{sure} of {len(table)} claims hold in nine of ten draws of the calibrated parameters",
        "Dots: part of the draws in which a claim's margin is above 0, with a 90 % interval. Squares: the same if "
        "every uncertain parameter lies anywhere in its range. The claims in full: docs/evidence.md.",
        footer([rests], version),
        version,
    )


@styled
def drivers_figure(table: pd.DataFrame, *, points: int, runs: int, seed: int, version: str = __version__) -> Figure:
    """The largest total Sobol indices of each claim's margin, with their intervals and first-order indices.

    Args:
        table: of `sim.evidence.report` ("claims-sobol"). points: base points. runs: of a point and world.
        seed: of sample and luck. version: of what made them.
    """
    columns_of(table, ["claim", "parameter", "basis", "first", "total", "total_interval"], "drivers_figure")
    shown = table.groupby("claim", sort=False).head(LEADING)
    names = list(dict.fromkeys(shown["claim"]))
    words = _drivers_words(table, shown, footer([f"{points:,} base points, {runs} runs a point and world, seed {seed}"],
                                                version), version)  # fmt: skip
    rows = -(-len(names) // ACROSS)
    picture, grid = panels(words, Frame(
        height=1.55 * rows, rows=rows, columns=ACROSS, left=0.12, right=0.2, top=0.4, bottom=0.5, between_rows=0.5,
        between_columns=0.25,
    ))  # fmt: skip
    for k, name in enumerate(names):
        axes = picture.add_subplot(grid[k // ACROSS, k % ACROSS])
        _bars(axes, shown[shown["claim"] == name].reset_index(drop=True))
        axes.set_title(name, loc="left", size=9.5)
        last = k + ACROSS >= len(names)
        axes.tick_params(labelbottom=last)
        if last:
            axes.set_xlabel("total index", size=9)
    told = [f"{o.claim}: {o.parameter} {o.total:.2f}" for o in shown.itertuples()]
    return finish(picture, table, f"{words.title}. Bar charts. {words.subtitle} {'; '.join(told)}. {words.footer}")


def _bars(axes: Axes, rows: pd.DataFrame) -> None:
    """Bars with names above them, so that names may be long; the first-order index is a tick."""
    plain(axes, "x")
    axes.spines["left"].set_visible(False)
    for basis, look in BASES.items():
        own = rows[rows["basis"] == basis]
        axes.barh(own.index, own["total"].clip(lower=0.0), height=0.34, color=look.colour,
                  alpha=1.0 if basis == "estimated" else 0.55)  # fmt: skip
    axes.hlines(rows.index, rows["total"] - rows["total_interval"], rows["total"] + rows["total_interval"], color=INK,
                lw=1.0)  # fmt: skip
    axes.plot(rows["first"].clip(lower=0.0), rows.index, "|", color=INK, ms=7, mew=1.6)
    for place, name in enumerate(rows["parameter"]):
        axes.text(0.01, place - 0.4, name, size=9, color=INK, va="center", ha="left")
    axes.set_yticks([])
    axes.set_ylim(len(rows) - 0.65, -0.75)
    axes.set_xlim(0.0, 1.0)
    axes.set_xticks([0, 0.5, 1], ["0", ".5", "1"])
    axes.axvline(0.0, color=SOFT, lw=0.8)


def _drivers_words(table: pd.DataFrame, shown: pd.DataFrame, below: str, version: str) -> Words:
    leading = shown.groupby("claim", sort=False).head(1)
    counted = leading["parameter"].value_counts()
    often = str(counted.index[0])
    return Words(
        f"Of {len(leading)} claims, {int(counted.iloc[0])} hang most on {often}",
        f"Total Sobol indices: the part of a margin's variance that a parameter has a hand in if all "
        f"{table['parameter'].nunique()} uncertain ones vary over their ranges; the {LEADING} largest of each claim. "
        "Solid: estimated; pale: range assumed. Lines: 90 % intervals; ticks: alone (first order).",
        below,
        version,
    )
