"""The members as tiles, each at its rough place, coloured by a measure; places and colours are those of the figures."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.colors import to_hex

from sim.app.charts import Canvas, Said
from sim.app.drawing import Box, Drawing, Mark, Word
from sim.app.measures import member_measure
from sim.figures.style import CELLS, INK, OUTSIDE, SOFT, luminance, number
from sim.figures.summary import accession, known
from sim.figures.tiles import TILES

__all__ = ["tiles_chart"]

COLUMNS = 1 + max(column for column, _ in TILES.values())
ROWS = 1 + max(row for _, row in TILES.values())
STEPS = 24  # boxes of the key
SMALLEST = 12.0  # pixels of letters


def tiles_chart(canvas: Canvas, members: pd.DataFrame, measure: str, year: int, said: Said) -> Drawing:
    """One year of one history; colours span what Europe and Canada have in all its years, so that years compare."""
    table, unit, size = rows_of(members, measure, year), member_measure(measure), canvas.size
    low, high = spanned(members, measure)
    side = min(canvas.width / COLUMNS, 5.2 * size)
    letters = min(size, max(SMALLEST, 0.36 * side))
    marks: list[Mark] = []
    for row in table.to_dict("records"):
        column, down = TILES[str(row["member"])]
        inside = bool(row["in_alliance"]) and np.isfinite(row["value"])
        colour = colour_of(float(row["value"]), low, high) if inside else OUTSIDE
        x, y = column * side, down * side
        word = short(unit.scale * float(row["value"]))
        tip = f"{row['name']}: {word} {unit.unit}{'' if row['in_alliance'] else ', not in the alliance'}"
        edge = "" if inside else SOFT
        marks.append(Box(x + 1, y + 1, side - 2, side - 2, colour, edge, tip))
        ink = ink_on(colour) if inside else INK
        marks.append(Word(x + side / 2, y + 0.43 * side, str(row["member"]), letters, "middle", ink))
        marks.append(Word(x + side / 2, y + 0.85 * side, word, letters, "middle", ink, bold=side > 3 * letters))
    marks += key(canvas, ROWS * side + 0.8 * size, (unit.scale * low, unit.scale * high), unit.axis)
    told = "; ".join(f"{row['name']} {short(unit.scale * float(row['value']))}" for row in table.to_dict("records"))
    alt = f"{said.title} Map of tiles, {unit.axis}, {year}: {told}."
    height = ROWS * side + 5.2 * size
    return Drawing(canvas.width, height, said.title, alt, said.source, table.assign(year=year, measure=measure), marks)


def rows_of(members: pd.DataFrame, measure: str, year: int) -> pd.DataFrame:
    """One row a member of one history: code, name, whether it is in the alliance, value."""
    rows = members.loc[members["year"] == year, ["member", measure]].rename(columns={measure: "value"})
    names, joined = _who()
    codes = rows["member"]
    rows.insert(1, "name", [names[code] for code in codes])
    rows.insert(2, "in_alliance", [joined[code] <= year for code in codes])
    return rows.reset_index(drop=True)


@lru_cache(maxsize=1)
def _who() -> tuple[dict[str, str], dict[str, float]]:
    """Names and years of accession by code."""
    codes = list(TILES)
    names, years = known()["name"], accession(codes)
    return {code: str(names[code]) for code in codes}, {code: float(years[code]) for code in codes}


def spanned(members: pd.DataFrame, measure: str) -> tuple[float, float]:
    """Ends of the colours: the 2nd and 98th percentile of all allies but the US over the years."""
    values = members.loc[members["member"] != "USA", measure].to_numpy(float)
    values = values[np.isfinite(values)]
    low, high = (float(np.quantile(values, q)) for q in (0.02, 0.98)) if values.size else (0.0, 1.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def colour_of(value: float, low: float, high: float) -> str:
    """A value's colour; beyond the ends the colour of the end."""
    return str(to_hex(colormaps[CELLS](float(np.clip((value - low) / (high - low), 0, 1)))))


def ink_on(colour: str) -> str:
    """Black or white, whichever is read better: between the two every colour has a contrast of 4.5 or more."""
    light = luminance(colour) + 0.05
    return "#000000" if light / 0.05 >= 1.05 / light else "#ffffff"


def short(value: float) -> str:
    """At most four characters where that can be; a dash for no value."""
    if not np.isfinite(value):
        return "\u2013"
    if abs(value) >= 100 or value == round(value):
        return f"{value:,.0f}"
    return (f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}").replace("-", "\u2212")


def key(canvas: Canvas, top: float, ends: tuple[float, float], axis: str) -> list[Mark]:
    """What the colours mean."""
    wide = min(18 * canvas.size, canvas.width - 10)
    step = wide / STEPS
    marks: list[Mark] = [Word(0, top + canvas.size, axis, canvas.size)]
    marks += [
        Box(k * step, top + 1.5 * canvas.size, step + 0.5, 0.9 * canvas.size, colour_of((k + 0.5) / STEPS, 0, 1))
        for k in range(STEPS)
    ]
    for place, anchor, value in ((0.0, "start", ends[0]), (wide, "end", ends[1])):
        word = ("≤ " if anchor == "start" else "≥ ") + number(float(f"{value:.3g}"))
        marks.append(Word(place, top + 3.7 * canvas.size, word, canvas.size, anchor, SOFT))
    return marks
