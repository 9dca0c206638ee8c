"""Numbers and tables as Markdown, for the pages that are written from the published tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["each", "figure", "interval", "number", "probability", "span", "table", "verdict"]


def each(rows: pd.DataFrame) -> Iterator[Any]:
    """Rows with the columns as attributes."""
    yield from rows.itertuples(index=False)


def figure(name: str, alt: str) -> str:
    """A published figure, as seen from docs/."""
    return f"![{alt}](../results/published/evidence/{name}.png)"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> str:
    """``right``: columns of numbers."""
    numbers = set(right)
    line = ["---:" if k in numbers else "---" for k in range(len(head))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, line, *rows))


def number(value: float, digits: int = 2) -> str:
    """A dash where there is none."""
    if not np.isfinite(value):
        return "–"
    return f"{value:.{digits}f}" if abs(value) < 100 else f"{value:.0f}"


def probability(value: float) -> str:
    """A p value."""
    return "< .005" if value < 0.005 else number(value)


def interval(value: float, low: float, high: float, digits: int = 2) -> str:
    """A value with its interval, if it has one."""
    if not np.isfinite(low):
        return number(value, digits)
    return f"{number(value, digits)} ({number(low, digits)} to {number(high, digits)})"


def span(low: float, high: float) -> str:
    """What was published: a number or a range."""
    if not np.isfinite(low):
        return "–"
    if not np.isfinite(high):
        return f"at least {low:g}"
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def verdict(value: object) -> str:
    """Of a fact; a dash where it could not be measured."""
    return {"True": "pass", "False": "**fail**"}.get(str(value), "–")
