"""The sheet a figure is drawn on: a takeaway above, the panels, a footer below; sizes in inches and points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.gridspec import GridSpec
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import blended_transform_factory

from sim import __version__
from sim.figures.style import DPI, INK, LOOKS, SOFT, Look, clean, sheet, spread

__all__ = ["Frame", "Picture", "Words", "finish", "footer", "label_ends", "lines_of", "panels", "plain", "width_of"]

WIDTH = 7.5
EDGE = 0.14  # free on every side
TITLE, SUBTITLE, SMALL, MARK = 13.0, 9.5, 9.0, 11.0
LINE = 1.3  # of the size of the letters
WARNING = LOOKS[1].colour  # 4.6:1 under white letters


class Picture(Figure):
    """A figure that carries the data it draws, and its words for those who do not see it."""

    table: pd.DataFrame
    title: str
    alt: str
    version: str

    def mark(self, words: str) -> None:
        """A band above everything, such as that runs are missing; in the data and the words, too.

        What stands below it keeps its size and its place.
        """
        lines = lines_of(self, words, MARK, WIDTH - 2 * EDGE, "bold")
        wide, below = (float(one) for one in self.get_size_inches())
        whole = below + len(lines) * MARK * LINE / 72 + EDGE
        for axes in self.axes:
            box = axes.get_position(original=True)
            axes.set_position((box.x0, box.y0 * below / whole, box.width, box.height * below / whole))
        for text in self.texts:
            text.set_y(text.get_position()[1] * below / whole)
        self.set_size_inches(wide, whole)
        band = Rectangle((0, below / whole), 1, 1 - below / whole, transform=self.transFigure, fc=WARNING, lw=0)
        self.add_artist(band)
        _write(self, lines, EDGE / 2, MARK, "bold", "white")
        self.table, self.title = self.table.assign(partial=words), f"{words}: {self.title}"
        self.alt = f"{words}. {self.alt}"

    def _repr_png_(self) -> tuple[bytes, dict[str, str | int]]:
        """What a notebook shows: the picture at its size on paper, and its words for those who do not see it."""
        drawn = BytesIO()
        with sheet():
            self.savefig(drawn, format="png")
        return drawn.getvalue(), {"width": round(WIDTH * 96), "alt": self.alt}


@dataclass(frozen=True)
class Words:
    """What stands around the panels."""

    title: str  # the takeaway, one sentence
    subtitle: str  # what is shown, in what unit
    footer: str
    version: str = __version__


@dataclass(frozen=True)
class Frame:
    """Where the panels lie: rows and columns, and the inches around and between them."""

    height: float  # of all panels with the space between them
    rows: int = 1
    columns: int = 1
    left: float = 0.75
    right: float = 0.3
    top: float = 0.1  # between the words above and the first panel
    bottom: float = 0.55  # between the last panel and the footer: ticks and the label of the axis
    between_rows: float = 0.25
    between_columns: float = 0.3
    ratios: tuple[float, ...] = ()


def width_of(figure: Figure, text: str, size: float, weight: str = "normal") -> float:
    """How many inches a line of text takes."""
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    return float(renderer.get_text_width_height_descent(text, font, ismath=False)[0]) / float(figure.dpi)


def lines_of(figure: Figure, text: str, size: float, width: float, weight: str = "normal") -> list[str]:
    """A text in lines that fit the width; a word that is too long is broken."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width_of(figure, longer, size, weight) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        while width_of(figure, word, size, weight) > width and len(word) > 1:
            fits = len(word) - 1
            while fits > 1 and width_of(figure, word[:fits], size, weight) > width:
                fits -= 1
            lines.append(word[:fits])
            word = word[fits:]
        line = word
    return [*lines, line] if line else lines


def panels(words: Words, frame: Frame) -> tuple[Picture, GridSpec]:
    """An empty picture with its words, and the grid for its panels."""
    picture = Picture(
        figsize=(WIDTH, 1.0),
        dpi=DPI,  # so that letters are as wide here as in the file
        facecolor="white",
    )
    FigureCanvasAgg(picture)
    picture.title, picture.version = words.title, words.version
    inside = WIDTH - 2 * EDGE
    blocks = [
        (lines_of(picture, words.title, TITLE, inside, "bold"), TITLE, "bold", INK),
        (lines_of(picture, words.subtitle, SUBTITLE, inside), SUBTITLE, "normal", INK),
    ]
    below = lines_of(picture, words.footer, SMALL, inside)
    above = 2 * EDGE + sum(len(lines) * size * LINE / 72 + 0.06 for lines, size, _, _ in blocks) + frame.top
    under = EDGE + len(below) * SMALL * LINE / 72 + frame.bottom
    height = above + frame.height + under
    picture.set_size_inches(WIDTH, height)
    down = EDGE
    for lines, size, weight, colour in blocks:
        _write(picture, lines, down, size, weight, colour)
        down += len(lines) * size * LINE / 72 + 0.06
    _write(picture, below, height - EDGE - len(below) * SMALL * LINE / 72, SMALL, "normal", SOFT)
    return picture, _grid(picture, frame, height, above, under)


def _write(picture: Picture, lines: Sequence[str], down: float, size: float, weight: str, colour: str) -> None:
    """Lines from the left edge, ``down`` inches below the top."""
    height = float(picture.get_size_inches()[1])
    for k, line in enumerate(lines):
        y = 1 - (down + (k + 0.78) * size * LINE / 72) / height
        picture.text(
            EDGE / WIDTH, y, line, size=size, weight=weight, color=colour, va="baseline", ha="left", parse_math=False
        )


def _grid(picture: Picture, frame: Frame, height: float, above: float, under: float) -> GridSpec:
    """The grid; space between panels is a part of the mean panel, as matplotlib wants it."""
    wide = (WIDTH - frame.left - frame.right - (frame.columns - 1) * frame.between_columns) / frame.columns
    high = (frame.height - (frame.rows - 1) * frame.between_rows) / frame.rows
    return GridSpec(
        frame.rows, frame.columns, figure=picture, left=frame.left / WIDTH, right=1 - frame.right / WIDTH,
        top=1 - above / height, bottom=under / height, wspace=frame.between_columns / wide,
        hspace=frame.between_rows / high, height_ratios=frame.ratios or None,
    )  # fmt: skip


def plain(axes: Axes, grid: str = "y") -> None:
    """Two spines, short ticks, a light grid."""
    axes.tick_params(length=3, width=0.8)
    if grid:
        axes.grid(visible=True, axis="both" if grid == "both" else "x" if grid == "x" else "y")


def label_ends(axes: Axes, x: float, ends: Sequence[tuple[float, str, Look]], size: float = SMALL) -> None:
    """Names of lines that end at ``x``, right of the panel, moved apart where they collide; needs final limits."""
    picture = axes.figure
    inches = axes.get_position().height * float(picture.get_figure(root=True).get_size_inches()[1])
    low, high = axes.get_ylim()
    tall = max((text.count("\n") + 1 for _, text, _ in ends), default=1)
    gap = (high - low) * tall * size * 1.25 / 72 / inches
    places = spread([y for y, _, _ in ends], gap, low + gap / 2, high - gap / 2)
    beside = blended_transform_factory(axes.transAxes, axes.transData)
    right = float(axes.transAxes.inverted().transform(axes.transData.transform((x, low)))[0])
    edge = max(right, 1.0)  # the grid strikes through what stands inside
    for (y, text, look), place in zip(ends, places, strict=True):
        leader = ([right + 0.004, edge + 0.012], [y, place])
        axes.plot(*leader, color=look.colour, lw=0.9, transform=beside, clip_on=False)
        axes.text(
            edge + 0.02, place, text, size=size, color=INK, va="center", ha="left", transform=beside, linespacing=1.1
        )


def footer(parts: Sequence[str], version: str) -> str:
    """What was run, what hangs on assumptions, who made it of what."""
    told = " ".join(part if part.endswith(".") else f"{part}." for part in parts if part)
    return f"{told} burdenshare {clean(version, 40)}. Figures: World Bank, NATO, IMF; assumptions: docs/model.md."


def finish(picture: Picture, table: pd.DataFrame, alt: str) -> Picture:
    """The picture with its data and words; every text in it is taken literally from here on."""
    picture.table, picture.alt = table.reset_index(drop=True), clean(alt.replace("\u00a0", " "), 4000)
    picture.draw_without_rendering()
    for text in picture.findobj(Text):
        text.set_parse_math(False)
    return picture
