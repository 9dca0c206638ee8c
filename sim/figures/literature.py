"""What the literature found, in pictures: exploitation of the large by the small, in the figures and in the model."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from sim import __version__
from sim.figures.paper import Frame, Words, finish, footer, panels, plain
from sim.figures.style import HALO, INK, LOOKS, SOFT, styled, year_ticks
from sim.figures.summary import BAND, columns_of, seed_words

__all__ = ["exploitation_figure"]

COLUMNS = ("year", "members", "rank", "p_value", "model", "model_low", "model_high", "era")


@styled
def exploitation_figure(
    table: pd.DataFrame, *, runs: int | None = None, seed: int | None = None, version: str = __version__
) -> Figure:
    """The rank correlation of GDP and burden by year: full dots where significant at 5 %, the model's runs beside them.

    Args:
        table: one row a year, of `sim.evidence.literature.exploitation` with a model.
        runs, seed: of the model, in each era.
        version: of the package that made them.
    """
    columns_of(table, COLUMNS, "exploitation_figure")
    table = table.sort_values("year")
    words = _words(table, f"{'the' if runs is None else f'{runs:,}'} runs, {seed_words(seed, table)}", version)
    picture, grid = panels(words, Frame(height=3.3, left=0.8, right=0.45, top=0.2, bottom=0.35))
    axes = picture.add_subplot(grid[0, 0])
    plain(axes)
    for era, rows in table.groupby("era"):
        axes.fill_between(rows["year"], rows["model_low"], rows["model_high"], color=LOOKS[0].colour, alpha=0.18, lw=0)
        axes.plot(rows["year"], rows["model"], color=LOOKS[0].colour, lw=2.0)
        axes.axvline(float(str(era)) + 0.5, color=SOFT, lw=0.8, ls=(0, (1, 3)))
    sure = table["p_value"] < 0.05
    axes.plot(table["year"], table["rank"], color=INK, lw=1.0)
    for rows, fill in ((table[sure], INK), (table[~sure], "white")):
        axes.plot(rows["year"], rows["rank"], "o", ms=4.5, mec=INK, mfc=fill, ls="none")
    axes.axhline(0.0, color=SOFT, lw=0.8)
    axes.set_xlim(float(table["year"].min()) - 0.5, float(table["year"].max()) + 0.5)
    axes.set_xticks(year_ticks(int(table["year"].min()), int(table["year"].max())))
    axes.set_ylabel("rank correlation")
    apart = table.iloc[int((table["model"] - table["rank"]).abs().to_numpy().argmax())]
    axes.annotate(
        "model", (float(apart["year"]), float(apart["model"])), xytext=(0, 6), textcoords="offset points", size=9,
        color=LOOKS[0].colour, path_effects=HALO,
    )  # fmt: skip
    return finish(picture, table, _told(words, table))


def _words(table: pd.DataFrame, rests: str, version: str) -> Words:
    inside = table["rank"].between(table["model_low"], table["model_high"]) & ~table["year"].isin(table["era"])
    played = int((~table["year"].isin(table["era"])).sum())
    sure = table.loc[table["p_value"] < 0.05, "year"]
    until = f"{len(sure)} of {len(table)} years" + (f", last in {int(sure.max())}" if len(sure) else "")
    return Words(
        f"The large bear significantly more than the small in {until}; the model's band holds the figure in "
        f"{int(inside.sum())} of {played}",
        "Spearman's rank correlation of GDP and share of GDP among the allies of each year with armed forces. Dots: "
        "figures, full where significant at 5 %. Line and band: the model with actual growth, begun anew at each "
        "dotted line.",
        footer([f"Band: {BAND} of {rests}", "World Bank's shares, NATO's from 2014"], version),
        version,
    )


def _told(words: Words, table: pd.DataFrame) -> str:
    """The figure in words, a year in ten."""
    columns = (table.iloc[::10][name] for name in ("year", "rank", "model"))
    told = [f"{int(year)}: {rank:.2f}, model {model:.2f}" for year, rank, model in zip(*columns, strict=True)]
    return f"{words.title}. A line chart over time. {words.subtitle} {'; '.join(told)}. {words.footer}"
