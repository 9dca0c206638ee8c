"""Charts and worlds as files: the marks of the page drawn by matplotlib with sentence and source, and their data."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from sim import __version__
from sim.app import views
from sim.app.charts import Canvas
from sim.app.copies import own_name
from sim.app.drawing import Area, Box, Dot, Drawing, Line, Mark, Word
from sim.app.state import State
from sim.app.stories import STORY_CHART
from sim.app.tomls import scenario_file
from sim.figures.paper import lines_of
from sim.figures.saving import spreadsheet
from sim.figures.style import HALO, INK, SOFT, sheet

__all__ = ["File", "Unknown", "exported", "picture"]

WIDTH = 720.0  # pixels of a chart in a file
EDGE = 18.0
DPI = 96  # a pixel of the page is a pixel of the file; PNG has twice as many
TYPES = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}


class Unknown(Exception):
    """No such chart or kind of file."""


@dataclass(frozen=True)
class File:
    """What is sent."""

    name: str
    type: str
    content: bytes


def exported(name: str, kind: str, state: State) -> File:
    """A chart of a state, or one of its worlds as a scenario file; Unknown if there is no such thing."""
    if kind == "toml" and name in ("world", "other"):
        second = name == "other"
        world = state.there if second else state.here
        own = own_name(world, second)
        content = scenario_file(world, state.horizon, own).encode()
        return File(f"{own}.toml", "application/toml", content)
    if kind not in TYPES or not views.is_chart(name, state):
        known = f"{', '.join(views.CHARTS)}, a story's as {STORY_CHART}KEY"
        raise Unknown(f"no such file; there are {known}, as {', '.join(TYPES)}, world.toml and other.toml")
    drawing = views.drawing(name, state, Canvas(WIDTH))
    content = spreadsheet(drawing.table).encode() if kind == "csv" else _rendered(drawing, kind)
    of = state.story if name.startswith(STORY_CHART) else state.here.preset
    return File(f"burdenshare-{name}-{of}.{kind}", TYPES[kind], content)


def _rendered(drawing: Drawing, kind: str) -> bytes:
    held = io.BytesIO()
    maker = f"burdenshare {__version__}"
    words: dict[str, dict[str, Any]] = {
        "png": {"Description": drawing.alt, "Software": maker},
        "svg": {"Description": drawing.alt, "Creator": maker, "Date": None},
        "pdf": {"Subject": drawing.alt, "Creator": maker, "CreationDate": None},
    }
    metadata = {"Title": drawing.title, **words[kind]}
    with sheet():
        picture(drawing).savefig(held, format=kind, dpi=2 * DPI if kind == "png" else DPI, metadata=metadata)
    return held.getvalue()


def picture(drawing: Drawing) -> Figure:
    """The drawing as a figure, its sentence above, its source below."""
    figure = Figure(figsize=(1, 1), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    inside = drawing.width / DPI
    above = lines_of(figure, drawing.title, _points(17), inside, "bold")
    below = lines_of(figure, drawing.source, _points(12), inside)
    top = EDGE + 23 * len(above) + 10
    height = top + drawing.height + 17 * len(below) + EDGE
    width = drawing.width + 2 * EDGE
    figure.set_size_inches(width / DPI, height / DPI)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-EDGE, width - EDGE), ylim=(height - top, -top))
    axes.set_axis_off()
    for mark in drawing.marks:
        DRAWN[type(mark)](axes, mark)
    for k, line in enumerate(above):
        axes.text(0, -top + EDGE + 23 * k + 14, line, size=_points(17), weight="bold", color=INK)
    for k, line in enumerate(below):
        axes.text(0, drawing.height + 17 * k + 14, line, size=_points(12), color=SOFT)
    return figure


def _points(pixels: float) -> float:
    return pixels * 72 / DPI


def _line(axes: Axes, mark: Line) -> None:
    dash: Any = (0, tuple(part / mark.width for part in mark.dash)) if mark.dash else "solid"
    x, y = zip(*mark.points, strict=True) if mark.points else ((), ())
    axes.plot(
        x, y, color=mark.colour, lw=_points(mark.width), ls=dash, solid_joinstyle="round", scalex=False, scaley=False
    )


def _area(axes: Axes, mark: Area) -> None:
    if mark.points:
        axes.add_patch(Polygon(list(mark.points), closed=True, fc=mark.colour, alpha=mark.opacity, lw=0))


def _dot(axes: Axes, mark: Dot) -> None:
    axes.plot(mark.x, mark.y, "o", ms=_points(2 * mark.radius), mec=mark.colour, mfc=mark.fill or mark.colour,
              mew=_points(1.6), scalex=False, scaley=False)  # fmt: skip


def _box(axes: Axes, mark: Box) -> None:
    axes.add_patch(
        Rectangle((mark.x, mark.y), mark.width, mark.height, fc=mark.fill, ec=mark.edge or "none", lw=_points(1))
    )


def _word(axes: Axes, mark: Word) -> None:
    place = {"start": "left", "middle": "center", "end": "right"}[mark.anchor]
    axes.text(mark.x, mark.y, mark.text, size=_points(mark.size), color=mark.colour, ha=place, va="baseline",
              weight="bold" if mark.bold else "normal", path_effects=list(HALO) if mark.halo else None)  # fmt: skip


DRAWN: dict[type[Mark], Callable[[Axes, Any], None]] = {Line: _line, Area: _area, Dot: _dot, Box: _box, Word: _word}
