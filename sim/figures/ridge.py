"""What the data cannot tell apart: the likelihood over pairs of parameters, and the ridges on it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim import __version__
from sim.figures.paper import Frame, Words, finish, footer, panels
from sim.figures.style import CELLS, INK, ink_on, styled
from sim.figures.summary import columns_of

__all__ = ["ridge_figure"]

DARKEST = -8.0  # what is further below the best is as dark
WIDE = 4  # letters; longer names of ticks stand at every other edge
FAR = -9.95  # told in whole numbers
NEAR = -2.0  # the data hardly tell such a cell from the best


@styled
def ridge_figure(tables: Mapping[str, pd.DataFrame], *, rests: str, version: str = __version__) -> Figure:
    """The best draw's log-likelihood in every cell of two parameters' priors, less that of the best of all.

    Args:
        tables: title of a panel -> a table of `sim.evidence.calibration.ridge`: from and to of both parameters, draws,
            log_likelihood. rests: draws, figures and seed, in words. version: of what made them.
    """
    parts = []
    for title, table in tables.items():
        columns_of(table, ["draws", "log_likelihood"], "ridge_figure")
        across, up = (str(name).removesuffix("_from") for name in table.columns[[0, 2]])
        plain = table.set_axis(["across_from", "across_to", "up_from", "up_to", "draws", "log_likelihood"], axis=1)
        parts.append(plain.assign(panel=title, across=across, up=up))
    whole = pd.concat(parts, ignore_index=True)
    words = _words(parts[0], rests, version)
    picture, grid = panels(words, Frame(
        height=2.3, columns=len(parts), left=0.75, right=0.25, top=0.15, bottom=0.55, between_columns=0.8,
    ))  # fmt: skip
    for k, part in enumerate(parts):
        _draw(picture.add_subplot(grid[0, k]), part)
    told = [f"{o.panel}, {o.across} {o.across_from:g} to {o.across_to:g}, {o.up} {o.up_from:g} to {o.up_to:g}: "
            f"{o.log_likelihood:.1f}" for o in whole.itertuples()]  # fmt: skip
    return finish(picture, whole, f"{words.title}. Maps of cells. {words.subtitle} {'; '.join(told)}. {words.footer}")


def _draw(axes: Axes, part: pd.DataFrame) -> None:
    cells = part.pivot(index="up_from", columns="across_from", values="log_likelihood")
    values = cells.to_numpy(float)
    axes.pcolormesh(values, cmap=CELLS, vmin=DARKEST, vmax=0.0)
    for (row, column), value in np.ndenumerate(values):
        colour = ink_on(colormaps[CELLS](1.0 - max(value, DARKEST) / DARKEST))
        weight = "bold" if value >= NEAR else "normal"
        told = f"{value:.0f}" if value <= FAR else f"{value + 0.0:.1f}"
        axes.text(column + 0.5, row + 0.5, told, ha="center", va="center", size=9, color=colour, weight=weight)
    for name, ticks, label in (("across", axes.set_xticks, axes.set_xlabel), ("up", axes.set_yticks, axes.set_ylabel)):
        edges = [*sorted(part[f"{name}_from"].unique()), float(part[f"{name}_to"].max())]
        shown = [f"{edge:,.4g}" for edge in edges]
        step = 2 if name == "across" and max(map(len, shown)) > WIDE else 1
        ticks(range(0, len(edges), step), shown[::step], size=9)
        label(str(part[name].iloc[0]), color=INK, size=9)


def _words(first: pd.DataFrame, rests: str, version: str) -> Words:
    near = first[first["log_likelihood"] >= NEAR]
    whole = first["up_from"].nunique()
    held = near.groupby("across_from")["up_from"].nunique().max()
    across, up = first["across"].iloc[0], first["up"].iloc[0]
    return Words(
        f"A ridge: at one value of {across} history leaves {held} of {whole} parts of {up} open",
        "The best draw in each cell of the two priors: its log-likelihood less that of the best of all. Bold: less "
        "than 2 below, which the figures hardly tell apart. Light is likely.",
        footer([rests], version),
        version,
    )
