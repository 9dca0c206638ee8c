"""A chart as a list of marks in pixels, and its SVG: small enough to be drawn anew while a slider moves.

The same marks go to matplotlib for files (``exports``), so that there is one drawing of each chart. Origin top left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

import pandas as pd

from sim.figures.style import INK, Look

__all__ = ["Area", "Box", "Dot", "Drawing", "Line", "Mark", "Word", "dashes", "svg", "width_of"]

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """A polyline."""

    points: Sequence[Point]
    colour: str = INK
    width: float = 2.0
    dash: tuple[float, ...] = ()  # in pixels
    tip: str = ""


@dataclass(frozen=True)
class Area:
    """A closed polygon without outline."""

    points: Sequence[Point]
    colour: str
    opacity: float = 1.0


@dataclass(frozen=True)
class Dot:
    """A circle, hollow if it is filled white."""

    x: float
    y: float
    radius: float
    colour: str
    fill: str = ""
    tip: str = ""


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    edge: str = ""
    tip: str = ""


@dataclass(frozen=True)
class Word:
    """A line of text; y is its baseline."""

    x: float
    y: float
    text: str
    size: float = 13.0
    anchor: str = "start"
    colour: str = INK
    bold: bool = False
    halo: bool = False


Mark = Line | Area | Dot | Box | Word


@dataclass(frozen=True)
class Drawing:
    """A chart with its data and its words.

    Attributes:
        title: the takeaway, one sentence. alt: the chart in words, for those who do not see it. source: what it rests
            on. table: the data that it draws.
    """

    width: float
    height: float
    title: str
    alt: str
    source: str
    table: pd.DataFrame
    marks: list[Mark] = field(default_factory=list)


def dashes(look: Look, width: float = 2.0) -> tuple[float, ...]:
    """A look's dash, in pixels."""
    return () if isinstance(look.dash, str) else tuple(width * part for part in look.dash[1])


def width_of(text: str, size: float) -> float:
    """About how wide a line of text is, on the safe side."""
    return 0.56 * size * len(text)


def svg(drawing: Drawing) -> str:
    """The chart as SVG with its words for screen readers; texts are escaped, nothing in it can be run."""
    body = "".join(_written(mark) for mark in drawing.marks)
    wide, high = f"{drawing.width:.0f}", f"{drawing.height:.0f}"
    size = f'width="{wide}" height="{high}" viewBox="0 0 {wide} {high}"'
    label = escape(drawing.alt, quote=True)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{label}">{body}</svg>'


def _written(mark: Mark) -> str:
    if isinstance(mark, Line):
        dash = f' stroke-dasharray="{" ".join(f"{part:g}" for part in mark.dash)}"' if mark.dash else ""
        attributes = f'fill="none" stroke="{mark.colour}" stroke-width="{mark.width:g}" stroke-linejoin="round"{dash}'
        return _tipped("polyline", f'points="{_points(mark.points)}" {attributes}', mark.tip)
    if isinstance(mark, Area):
        return f'<polygon points="{_points(mark.points)}" fill="{mark.colour}" fill-opacity="{mark.opacity:g}"/>'
    if isinstance(mark, Dot):
        fill = f'fill="{mark.fill or mark.colour}" stroke="{mark.colour}" stroke-width="1.6"'
        return _tipped("circle", f'cx="{mark.x:.1f}" cy="{mark.y:.1f}" r="{mark.radius:g}" {fill}', mark.tip)
    if isinstance(mark, Box):
        edge = f' stroke="{mark.edge}"' if mark.edge else ""
        place = f'x="{mark.x:.1f}" y="{mark.y:.1f}" width="{max(0.0, mark.width):.1f}" height="{mark.height:.1f}"'
        return _tipped("rect", f'{place} fill="{mark.fill}"{edge}', mark.tip)
    weight = ' font-weight="600"' if mark.bold else ""
    halo = ' paint-order="stroke" stroke="#fff" stroke-width="3" stroke-linejoin="round"' if mark.halo else ""
    place = f'x="{mark.x:.1f}" y="{mark.y:.1f}" font-size="{mark.size:g}" text-anchor="{mark.anchor}"'
    return f'<text {place} fill="{mark.colour}"{weight}{halo}>{escape(mark.text)}</text>'


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _tipped(tag: str, attributes: str, tip: str) -> str:
    return f"<{tag} {attributes}><title>{escape(tip)}</title></{tag}>" if tip else f"<{tag} {attributes}/>"
