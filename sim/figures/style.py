"""How every figure looks: ink, colours, line styles, sizes; and how words and numbers are made fit to be drawn."""

from __future__ import annotations

import threading
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

import matplotlib
from matplotlib.colors import to_rgb
from matplotlib.patheffects import withStroke

__all__ = [
    "CELLS", "DPI", "FAINT", "HAIR", "HALO", "INK", "LOOKS", "OUTSIDE", "SOFT", "Look", "clean", "counted", "ink_on",
    "listed", "number", "per_cent", "sheet", "spread", "styled", "year_ticks",
]  # fmt: skip

P = ParamSpec("P")
T = TypeVar("T")

DPI = 150
INK, SOFT = "#1a1a1a", "#555555"  # text: 17:1 and 7:1 on white
FAINT, HAIR = "#b8b8b8", "#dddddd"  # series that are not highlighted; grids
OUTSIDE = "#eeeeee"  # what is not counted; with a hatch
CELLS = "cividis"  # colours of tiles and cells: rise in lightness, alike for colour-blind eyes (Nuñez et al. 2018)
UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs"}  # control, direction, surrogates: nothing that can be drawn
LONGEST = 240  # characters of a user's text that a figure shows


HALO = (withStroke(linewidth=2.5, foreground="white"),)  # keeps words readable on lines


class Look(NamedTuple):
    """One series: a colour, and a dash and a marker that tell it apart without colour."""

    colour: str
    dash: str | tuple[float, tuple[float, ...]]
    marker: str


# Okabe and Ito's blue and vermillion, and four that stay apart from them for colour-blind eyes; no green beside the
# reds; each at least 3:1 on white. Six is the most that a figure highlights.
LOOKS = (
    Look("#0072B2", "solid", "o"),
    Look("#C65400", (0, (6, 2)), "s"),
    Look("#1a1a1a", (0, (1.2, 1.4)), "D"),
    Look("#3B9AD6", (0, (8, 2, 1.5, 2)), "^"),
    Look("#5E2B60", (0, (3, 1.2)), "v"),
    Look("#8A6200", (0, (8, 2, 1.5, 2, 1.5, 2)), "P"),
)

SHEET: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib, so that every machine draws the same letters
    "font.size": 9.5,
    "text.parse_math": False,  # a user's $ is a dollar
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.labelsize": 9.5,
    "axes.titlesize": 10.5,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
    "grid.color": HAIR,
    "grid.linewidth": 0.7,
    "hatch.linewidth": 0.6,
    "svg.fonttype": "path",
    "svg.hashsalt": "burdenshare",
}
_ONE_AT_A_TIME = threading.RLock()  # matplotlib's settings are global


@contextmanager
def sheet() -> Iterator[None]:
    """The style, whatever the user's own matplotlibrc says; afterwards all is as it was."""
    with _ONE_AT_A_TIME, matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # a letter that the font lacks shows as a box
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SHEET)
        yield


def styled(function: Callable[P, T]) -> Callable[P, T]:
    """A function that draws in this style."""

    @wraps(function)
    def inside(*args: P.args, **kwargs: P.kwargs) -> T:
        with sheet():
            return function(*args, **kwargs)

    return inside


def clean(text: object, longest: int = LONGEST) -> str:
    """A user's text on one line: control and surrogate characters become spaces, long ones end in an ellipsis."""
    plain = "".join(" " if unicodedata.category(letter) in UNSEEN else letter for letter in str(text))
    words = " ".join(part for part in plain.split(" ") if part)
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def per_cent(share: float, digits: int = 2) -> str:
    """A fraction as a number of per cent, with the sign: 0.0329 -> 3.29 %; they stay on one line."""
    return f"{100 * share:.{digits}f}\u00a0%"


def number(value: float) -> str:
    """As many digits as one reads: 1,234 or 12.3 or 0.123."""
    if value == round(value) and abs(value) < 1e15:
        return f"{value:,.0f}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def listed(words: Sequence[str], joint: str = "and") -> str:
    """a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joint} {words[-1]}"


def counted(many: int, what: str) -> str:
    """1 run, 2,000 runs."""
    return f"{many:,} {what}{'' if many == 1 else 's'}"


def ink_on(colour: Any) -> str:
    """The ink, dark or white, that is read better on a colour (WCAG's contrast)."""
    light = luminance(colour) + 0.05
    return INK if light / (luminance(INK) + 0.05) >= 1.05 / light else "white"


def luminance(colour: Any) -> float:
    """Relative luminance of a colour, 0 to 1 (WCAG 2.1)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def year_ticks(first: int, last: int) -> list[int]:
    """Whole years from the first on, at most eight of them."""
    step = next((step for step in (1, 2, 5, 10, 20, 50) if (last - first) / step <= 7), 100)
    return list(range(first, last + 1, step))


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places as near as can be to the wanted ones, in their order, at least ``gap`` apart and within low..high."""
    order = sorted(range(len(wanted)), key=lambda k: wanted[k])
    blocks: list[tuple[float, int]] = []  # mean of (place - rank * gap), how many: pooled while out of order
    for rank, k in enumerate(order):
        mean, size = wanted[k] - rank * gap, 1
        while blocks and blocks[-1][0] >= mean:
            before, many = blocks.pop()
            mean, size = (before * many + mean * size) / (many + size), many + size
        blocks.append((mean, size))
    firsts = [mean for mean, size in blocks for _ in range(size)]
    room = max(low, high - gap * (len(wanted) - 1))
    places = [0.0] * len(wanted)
    for rank, k in enumerate(order):
        places[k] = min(max(firsts[rank], low), room) + rank * gap
    return places
