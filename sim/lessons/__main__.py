"""Write the stories and the glossary into docs/, of a checkout: python -m sim.lessons."""

from __future__ import annotations

import sys
from pathlib import Path

from sim.lessons.pages import glossary_page, story_page, write_figures
from sim.lessons.reading import glossary, stories

DOCS = Path(__file__).parents[2] / "docs"


def write(docs: Path) -> None:
    """Every page and picture of the stories, and the glossary."""
    folder = docs / "lessons"
    folder.mkdir(exist_ok=True)
    for story in stories():
        (folder / f"{story.name}.md").write_text(story_page(story), encoding="utf-8")
        write_figures(story, folder / "figures")
    (docs / "glossary.md").write_text(glossary_page(glossary()), encoding="utf-8")


if __name__ == "__main__":
    if not DOCS.is_dir():
        sys.exit(f"{DOCS}: no such folder; allowed: in a checkout only")
    write(DOCS)
