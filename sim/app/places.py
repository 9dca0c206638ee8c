"""A chart's place on the page: the chart, the files that it can be saved as, and the data behind it."""

from __future__ import annotations

from htmltools import Tag, TagChild, tags

__all__ = ["chart_place"]

KINDS = ("png", "svg", "pdf", "csv")


def chart_place(name: str, picture: TagChild, table: TagChild, query: str = "") -> Tag:
    """A figure; ``query`` is the state that the files are of, where the page does not fill it in later."""
    data = tags.div(table, class_="scroll", tabindex="0", role="region", aria_label="Data of this chart")
    return tags.figure(
        picture,
        tags.div(tags.span("Save: ", class_="quietly"), *[_file(name, kind, query) for kind in KINDS], class_="files"),
        tags.details(tags.summary("Data table"), data),
        id=f"figure-{name}",
        class_="chart",
    )


def _file(name: str, kind: str, query: str) -> Tag:
    words = f"{kind.upper()} of this chart"
    href = f"export/{name}.{kind}{query and '?'}{query}"
    return tags.a(kind.upper(), href=href, data_export="", download="", aria_label=words)
