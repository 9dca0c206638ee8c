"""The members as a map of square tiles: one tile a member, always at the same place, coloured by any measure."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from sim import __version__
from sim.figures.naming import Measure, member_measure
from sim.figures.paper import Frame, Words, finish, footer, panels
from sim.figures.style import CELLS, HALO, INK, OUTSIDE, SOFT, alike, clean, counted, ink_on, number, styled
from sim.figures.summary import BAND, accession, columns_of, known, quantiles, seed_words

__all__ = ["TILES", "tile_map"]

# Column and row of every tile, from the west and the north: neighbours stay near each other, distances do not count.
TILES = {
    "CAN": (0, 2), "USA": (0, 3),
    "ISL": (2, 0), "NOR": (5, 0), "SWE": (6, 0), "FIN": (7, 0),
    "EST": (7, 1),
    "GBR": (3, 2), "DNK": (5, 2), "LVA": (7, 2),
    "NLD": (4, 3), "DEU": (5, 3), "POL": (6, 3), "LTU": (7, 3),
    "BEL": (4, 4), "LUX": (5, 4), "CZE": (6, 4), "SVK": (7, 4),
    "FRA": (4, 5), "ITA": (5, 5), "SVN": (6, 5), "HUN": (7, 5), "ROU": (8, 5),
    "PRT": (2, 6), "ESP": (3, 6), "HRV": (6, 6), "MNE": (7, 6), "BGR": (8, 6),
    "ALB": (6, 7), "MKD": (7, 7), "GRC": (8, 7), "TUR": (9, 7),
}  # fmt: skip
COLUMNS, ROWS = 10, 8
OF_ALLIES = ("commitment_belief", "exclusion_belief", "expected_protection", "protected", "protection", "hazard")
GAP = 0.06  # of a tile, between two


@styled
def tile_map(
    members: pd.DataFrame,
    measure: str = "defence_share",
    *,
    year: int | None = None,
    limits: tuple[float, float] | None = None,
    title: str = "",
    seed: int | None = None,
    version: str = __version__,
) -> Figure:
    """A square for every member at its rough place, with its code and its value; the United States stands apart.

    What only allies of the United States can have, such as belief in its commitment, is left empty for it.
    The colours span what Europe and Canada have; a value beyond them gets the colour of the end, and the bar an arrow.
    Members that joined later are grey and hatched: their figures are those of countries outside the alliance.

    Args:
        members: one row a member and year, of one run or many: ``member``, ``year`` and the measure; with more than
            one run (column ``replicate``) medians, of flags the share of runs.
        measure: a column of the members' table, in the table's unit; flags count as 0 and 1.
        year: which; the last one by default.
        limits: ends of the colours in the table's unit, so that maps of several years compare; of the data if None.
        title: what was run, for the line below the takeaway.
        seed: of the runs; from the column ``seed`` if there is one.
        version: of the package that made the runs.

    Raises:
        ValueError: a column or the year is missing, or a measure that is no number.
    """
    columns_of(members, ["member", "year", measure], "tile_map")
    when = int(members["year"].max()) if year is None else year
    table = summary(members, measure, when)
    unit = member_measure(measure)
    values = unit.scale * table["value"]
    ends = _ends(table, unit, limits)
    runs = int(table["runs"].max())
    words = Words(
        takeaway(table, unit, when),
        f"{clean(title) + '. ' if title else ''}{unit.axis[:1].upper()}{unit.axis[1:]}, {when}. Tiles lie roughly as "
        "on a map. The colours span Europe and Canada.",
        footer(
            [
                f"{'Means' if flag(members, measure) else 'Medians'} of {counted(runs, 'run')}; {BAND} of the runs in "
                "the table"
                if runs > 1
                else "One run: one draw of chance, no forecast; no interval",
                seed_words(seed, members).capitalize(),
                "Assumed: how each government decides",
            ],
            version,
        ),
        version,
    )
    picture, grid = panels(words, Frame(height=5.55, left=0.14, right=0.14, top=0.1, bottom=0.62))
    axes = picture.add_subplot(grid[0])
    draw_tiles(axes, table, values, ends)
    inside = table["in_alliance"]
    _legend(picture, axes, ends, unit, values[inside], when, bool(inside.all()))
    return finish(picture, table.assign(measure=measure, year=when), _told(words, table, unit, when))


def flag(members: pd.DataFrame, measure: str) -> bool:
    """Whether a measure is true or false, of which a mean is a share of runs."""
    return members[measure].dtype == bool


def summary(members: pd.DataFrame, measure: str, year: int) -> pd.DataFrame:
    """One row a member that has a tile: name, whether it is in the alliance, runs, value, q05 and q95."""
    rows = members[(members["year"] == year) & members["member"].isin(list(TILES))]
    if rows.empty:
        raise ValueError(f"tile_map: there are no members in {year}")
    if not (flag(members, measure) or pd.api.types.is_numeric_dtype(rows[measure])):
        raise ValueError(f"tile_map: {measure} is no number")
    rows = rows.assign(**{measure: rows[measure].astype(float)})
    table = quantiles(rows, ["member"], measure).sort_values("member", kind="stable").reset_index(drop=True)
    mean = rows.groupby("member")[measure].mean().reindex(table["member"])
    codes = list(table["member"])
    names = known()["name"].reindex(codes)
    table.insert(1, "name", [str(one) for one in names])
    table["in_alliance"] = (accession(codes) <= year).to_numpy()
    table["value"] = mean.to_numpy() if flag(members, measure) else table["q50"]
    if measure in OF_ALLIES:
        table.loc[table["member"] == "USA", ["value", "q05", "q95"]] = np.nan
    return table[["member", "name", "in_alliance", "runs", "value", "q05", "q95"]]


def _ends(table: pd.DataFrame, unit: Measure, limits: tuple[float, float] | None) -> tuple[float, float]:
    """What the colours span, in the unit: Europe's and Canada's allies, or what was asked for."""
    if limits is not None:
        return unit.scale * limits[0], unit.scale * limits[1]
    inside = table[table["in_alliance"] & (table["member"] != "USA")]
    shown = unit.scale * (inside if len(inside) else table)["value"]
    low, high = float(shown.min()), float(shown.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def draw_tiles(axes: Axes, table: pd.DataFrame, values: pd.Series[float], ends: tuple[float, float]) -> None:
    """The tiles; dark words on light colours and light on dark."""
    scale, colours = Normalize(*ends, clip=True), colormaps[CELLS]
    told = alike(values, max(map(abs, ends)))
    for row, value, text in zip(table.itertuples(index=False), values, told, strict=True):
        column, down = TILES[str(row.member)]
        inside = bool(row.in_alliance)
        colour = colours(float(scale(value))) if inside and np.isfinite(value) else OUTSIDE
        axes.add_patch(
            Rectangle(
                (column + GAP / 2, down + GAP / 2), 1 - GAP, 1 - GAP, facecolor=colour, lw=0.8,
                edgecolor=SOFT if not inside else "none", hatch=None if inside else "////",
            )
        )  # fmt: skip
        ink, halo = (ink_on(colour), ()) if inside else (INK, HALO)
        for y, word, size, weight in ((0.3, str(row.member), 9.0, "normal"), (0.68, text, 11.0, "bold")):
            axes.text(
                column + 0.5, down + y, word, ha="center", va="center", size=size, weight=weight, color=ink,
                path_effects=halo,
            )  # fmt: skip
    axes.set_xlim(0, COLUMNS)
    axes.set_ylim(ROWS, 0)
    axes.set_aspect("equal")
    axes.set_axis_off()


def _legend(
    picture: Figure, axes: Axes, ends: tuple[float, float], unit: Measure, values: pd.Series[float], year: int,
    everybody: bool,
) -> None:  # fmt: skip
    """The bar of colours with its unit, and what grey means, in the free sea below the United States."""
    place = axes.inset_axes((0.01, -0.03, 0.4, 0.03))
    low, high = float(values.min()) < ends[0], float(values.max()) > ends[1]
    bar = picture.colorbar(
        ScalarMappable(Normalize(*ends), CELLS), cax=place, orientation="horizontal",
        extend="both" if low and high else "min" if low else "max" if high else "neither",
    )  # fmt: skip
    bar.set_label(unit.unit)
    if not everybody:
        grey = Patch(facecolor=OUTSIDE, edgecolor=SOFT, hatch="////", lw=0.8, label=f"not in the alliance in {year}")
        axes.legend(
            handles=[grey], loc="lower right", bbox_to_anchor=(1.0, -0.075), frameon=False, fontsize=9, borderaxespad=0
        )


def takeaway(table: pd.DataFrame, unit: Measure, year: int) -> str:
    """Who has most and least among the allies, and the median."""
    inside = table[table["in_alliance"] & table["value"].notna()].sort_values("value", kind="stable")
    name = f"{unit.name[:1].upper()}{unit.name[1:]}"
    if inside.empty:
        return f"{name}: nobody is in the alliance in {year}"
    values = unit.scale * inside["value"]
    if values.nunique() == 1:
        return f"{name} in {year}: {number(float(values.iloc[0]))} ({unit.unit}) for all"
    least, most, middle = alike([values.iloc[0], values.iloc[-1], values.median()])
    first, last = inside["name"].iloc[0], inside["name"].iloc[-1]
    return f"{name} in {year}, {unit.unit}: from {least} ({first}) to {most} ({last}), median {middle}"


def _told(words: Words, table: pd.DataFrame, unit: Measure, year: int) -> str:
    rows = table.dropna(subset=["value"]).sort_values("value", ascending=False, kind="stable")
    told = "; ".join(
        f"{row.name} {value}" + ("" if row.in_alliance else " (not in the alliance)")
        for row, value in zip(rows.itertuples(index=False), alike(unit.scale * rows["value"]), strict=True)
    )
    return f"{words.title}. A map of square tiles, one a member. {words.subtitle} {year}: {told}. {words.footer}"
