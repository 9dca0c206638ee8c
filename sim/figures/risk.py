"""How US policies rank by the chance of a challenge, and by what Europe's forces can do with the US and without."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim import __version__
from sim.figures.naming import ORDINAL, pooling
from sim.figures.paper import Frame, Words, finish, footer, lines_of, panels, plain
from sim.figures.style import FAINT, INK, LOOKS, SOFT, clean, styled
from sim.figures.summary import BAND, columns_of, groups_of, quantiles, run_count, seed_words

__all__ = ["challenge"]

PANELS = (
    ("challenge_risk", "risk of a challenge", "index, first square = 100", 1.0),
    ("europe_with_us", "Europe's capability\nwith the US", "adversary's = 1", 1.0),
    ("europe_without_us", "Europe's capability\nwithout the US", "adversary's = 1", 1.0),
)
QUANTILES = ("q05", "q25", "q50", "q75", "q95")
EARLY, LATE = LOOKS[1], LOOKS[0]


@styled
def challenge(
    years: pd.DataFrame,
    *,
    by: str = "policy",
    pooled: Sequence[str] = (),
    seed: int | None = None,
    version: str = __version__,
) -> Figure:
    """Risk of a challenge and Europe's capability with and without the US, by policy, soon and at the end.

    The risk is ordinal: an index without a unit, 100 where the first policy's median is soon.

    Args:
        years: one row a run and year: ``year``, ``challenge_risk``, ``europe_with_us``, ``europe_without_us`` and
            ``by``; without the column ``by`` all runs are one row.
        by: what makes a row.
        pooled: other axes of the sweep, over whose values the runs go; the figure says so.
        seed: of the runs; from the column ``seed`` if there is one.
        version: of the package that made the runs.
    """
    columns_of(years, ["year", *(panel[0] for panel in PANELS)], "challenge")
    by = by if by in years.columns else "shown"
    table = years if by in years.columns else years.assign(shown="all runs")
    soon, last = moments(table["year"])
    chosen = table[table["year"].isin([soon, last])]
    names = [group[0] for group in groups_of(table, [by])]
    measured = {panel[0]: quantiles(chosen, [by, "year"], panel[0]) for panel in PANELS}
    measured["challenge_risk"] = _index(measured["challenge_risk"], by, names[0], soon)
    words = _words(measured, by, soon, last, pooling(pooled), seed_words(seed, years), version)
    frame = Frame(
        height=max(1.6, 0.5 * len(names) + 0.3), columns=len(PANELS), left=1.45, right=0.2, top=0.72, bottom=0.62,
        between_columns=0.28,
    )  # fmt: skip
    picture, grid = panels(words, frame)
    for k, (name, title, unit, scale) in enumerate(PANELS):
        axes = picture.add_subplot(grid[0, k])
        draw_rows(axes, measured[name], by, names, (soon, last), scale)
        axes.set_xlabel(unit)
        axes.set_title(title, loc="left", size=9.5, weight="bold", pad=32 if k == 0 else 8, linespacing=1.15)
        if k == 0:
            axes.annotate(
                ORDINAL.replace(" policies", "\npolicies"), (0, 1), xytext=(0, 6), size=9, va="bottom",
                linespacing=1.15, xycoords="axes fraction", textcoords="offset points",
            )  # fmt: skip
            labels = ["\n".join(lines_of(picture, clean(one, 60), 9.5, 1.2)[:2]) for one in names]
            axes.set_yticks(range(len(names)), labels)
            name_dots(axes, measured[name], by, names[0], (soon, last), scale)
        else:
            axes.set_yticks(range(len(names)), [""] * len(names))
            axes.set_xlim(0, 1.05 * max(1.0, *(float(measured[one[0]]["q95"].max()) for one in PANELS[1:])))
            axes.axvline(1, color=SOFT, lw=0.9, ls=(0, (1, 2)), zorder=1)
    outcome = pd.concat([frame.assign(measure=name) for name, frame in measured.items()])
    return finish(picture, outcome, _told(words, measured, by, names, (soon, last)))


def _index(risk: pd.DataFrame, by: str, first: object, soon: int) -> pd.DataFrame:
    """Quantiles in whole hundredths of the first policy's median, as only their order means anything."""
    base = float(risk.loc[(risk[by] == first) & (risk["year"] == soon), "q50"].iloc[0]) or 1.0
    return risk.assign(**{name: (100.0 * risk[name] / base).round() for name in QUANTILES})


def moments(years: pd.Series[int]) -> tuple[int, int]:
    """Five years after the start, or half-way if that is sooner; and the last year."""
    first, last = int(years.min()), int(years.max())
    return min(first + 5, first + max(1, (last - first) // 2)), last


def draw_rows(
    axes: Axes, summary: pd.DataFrame, by: str, names: Sequence[object], when: tuple[int, int], scale: float
) -> None:
    """Two dots a policy with their bands: hollow soon, filled at the end."""
    plain(axes, "x")
    for place, (year, look) in enumerate(zip(when, (EARLY, LATE), strict=True)):
        rows = summary[summary["year"] == year].set_index(by).reindex(list(names))
        y = np.arange(len(names)) + (0.16 if place else -0.16)
        axes.hlines(y, scale * rows["q05"], scale * rows["q95"], color=look.colour, lw=2.0, alpha=0.45, zorder=2)
        axes.plot(
            scale * rows["q50"], y, ls="none", marker=look.marker, ms=6.5, color=look.colour, mew=1.5,
            mfc=look.colour if place else "white", zorder=3, clip_on=False,
        )  # fmt: skip
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(0, 1.3 * scale * float(summary["q95"].max()) or 1.0)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_color(FAINT)


def name_dots(axes: Axes, summary: pd.DataFrame, by: str, name: object, when: tuple[int, int], scale: float) -> None:
    """The years, beside the dots of the first row."""
    for place, year in enumerate(when):
        row = summary[(summary["year"] == year) & (summary[by] == name)].iloc[0]
        axes.annotate(
            str(year), (scale * float(row["q95"]), 0.16 if place else -0.16), xytext=(4, 0), size=9, va="center",
            textcoords="offset points", color=INK,
        )  # fmt: skip


def takeaway(measured: dict[str, pd.DataFrame], by: str, soon: int, last: int) -> str:
    """Ranks only for the challenge; sizes for the forces."""
    risk = measured["challenge_risk"]
    early = risk[risk["year"] == soon].set_index(by)["q50"]
    alone = measured["europe_without_us"]
    forces = alone[alone["year"] == last].set_index(by)["q50"]
    least, most = (f"{float(one):.1f}" for one in (forces.min(), forces.max()))
    if len(early) == 1:
        return f"Without the US, Europe's forces are {most} times the adversary's in {last}"
    rank = f"In {soon} a challenge is likeliest under {_at(early, True)} and least likely under {_at(early, False)}"
    return (
        f"{rank}; by {last} Europe's forces without the US are {least} ({_at(forces, False)}) to "
        f"{most} times the adversary's ({_at(forces, True)})"
    )


def _at(values: pd.Series[float], highest: bool) -> str:
    """Under which policy a value is highest or lowest."""
    place = int(values.argmax() if highest else values.argmin())
    return f"\u201c{clean(values.index[place], 34)}\u201d"


def _words(
    measured: dict[str, pd.DataFrame], by: str, soon: int, last: int, over: list[str], seeds: str, version: str
) -> Words:
    return Words(
        takeaway(measured, by, soon, last),
        f"Hollow squares: {soon}; filled dots: {last}. Capability counts Europe's and Canada's forces as far as "
        f"transport, intelligence and command let them be used.{' '.join(['', *over])}",
        footer(
            [
                f"Dots: medians; bars: {BAND} of {run_count(measured['challenge_risk'], 'each')}, {seeds}",
                "Assumed: how the adversary weighs forces, prize and cost",
            ],
            version,
        ),
        version,
    )


def _told(
    words: Words, measured: dict[str, pd.DataFrame], by: str, names: Sequence[object], when: tuple[int, int]
) -> str:
    """The figure in words, with all medians."""
    told = []
    for name in names:
        values = []
        for measure, title, unit, scale in PANELS:
            table = measured[measure]
            pair = [table[(table["year"] == year) & (table[by] == name)]["q50"] for year in when]
            digits = 0 if measure == "challenge_risk" else 2
            both = " and ".join(f"{scale * float(one.iloc[0]):.{digits}f}" for one in pair if len(one))
            values.append(f"{title.replace(chr(10), ' ')} ({unit}) {both}")
        told.append(f"{clean(name, 60)}: {', '.join(values)}")
    return (
        f"{words.title}. Dot charts side by side, one row a policy, two dots a row, {when[0]} and {when[1]}. "
        f"The risk of a challenge is {ORDINAL}. {words.subtitle} Medians: {'; '.join(told)}. {words.footer}"
    )
