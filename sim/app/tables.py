"""The data behind a chart as a table that can be read on the page."""

from __future__ import annotations

from html import escape

import pandas as pd
from htmltools import HTML, Tag, tags

from sim.figures.style import clean, number

__all__ = ["data_table"]

MOST = 400  # rows that a page shows; files have all


def data_table(table: pd.DataFrame) -> Tag:
    """A table with heads of columns; numbers as one reads them. Written as text: it follows every move of a slider."""
    heads = "".join(f'<th scope="col">{escape(str(name).replace("_", " "))}</th>' for name in table.columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(_cell(name, value))}</td>' for name, value in row.items())}</tr>"
        for row in table.head(MOST).to_dict("records")
    )
    cut = f"The first {MOST} of {len(table):,} rows; the CSV has all." if len(table) > MOST else None
    body = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    return tags.div(HTML(body), tags.p(cut) if cut else None)


def _cell(name: object, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "" if value != value else f"{value:.5f}".rstrip("0").rstrip(".") if abs(value) < 10 else number(value)
    if isinstance(value, int) and name != "year":
        return f"{value:,}"
    return clean(value)
