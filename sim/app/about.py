"""How to read the page, what it cannot say, and where its numbers come from."""

from __future__ import annotations

from htmltools import Tag, TagList, tags

from sim import __version__
from sim.app.marking import marked

__all__ = ["about"]


def about() -> TagList:
    """The About view."""
    seen: set[str] = set()

    def part(title: str, *paragraphs: str) -> Tag:
        return tags.div(tags.h2(title), *[tags.p(marked(text, seen)) for text in paragraphs], class_="prose")

    return TagList(
        part(
            "What this is",
            "An agent-based simulation of burden sharing in NATO: the United States and 31 allies decide every year on "
            "defence spending and support, under policies that you set, before an adversary that watches. The page "
            "plays the same compiled engine as the command and the Python library, with the same numbers.",
        ),
        part(
            "How to read a chart",
            "A history is one draw of chance. The line of many histories is their median, the dark band holds half of "
            "them, the light one nine tenths. Bands show chance within the model, not how sure the model is.",
            "Two worlds are played on the same luck: history 17 meets the same growth, the same votes and the same "
            "surprises in both. Their difference is taken history by history, so that it is the policy's.",
        ),
        part(
            "What it cannot say",
            "It is no forecast. Many parameters are assumed; differences between policies are safer than levels, and "
            "what the adversary does is ordinal: it ranks policies and counts nothing.",
            "Every scenario says what nobody should conclude from it; the file that the page offers holds it.",
        ),
        part(
            "Sources",
            "Start figures: World Bank, NATO and IMF, each with its source and vintage in sim/data/SOURCES.md; "
            "parameters with their basis by the command burdenshare parameters; equations in docs/model.md.",
            f"burdenshare {__version__}, MIT licence; figures under their own terms.",
        ),
    )
