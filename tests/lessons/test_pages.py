"""The pages in docs/ that are written from stories and glossary, and the teachers' sheets beside them.

Renew what is written, pictures too, with `python -m sim.lessons`, or `ACCEPT=1` and this file.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from sim.lessons import Story, glossary, stories
from sim.lessons.pages import glossary_page, story_page, write_figures
from tests.lessons.readability import grade

DOCS = Path(__file__).parents[2] / "docs"
LESSONS = DOCS / "lessons"
EVERY = pytest.mark.parametrize("story", stories(), ids=lambda story: story.name)
HEADINGS = ("In short", "20 minutes", "50 minutes", "90 minutes", "Worksheet", "Answers", "Debrief", "Misconceptions")


def accepted(path: Path, written: str) -> str:
    """What stands in the file, after it was renewed if it shall be."""
    if os.environ.get("ACCEPT"):
        path.write_text(written, encoding="utf-8")
    return path.read_text(encoding="utf-8")


def sheet(story: Story) -> str:
    return (LESSONS / f"{story.name}-teacher.md").read_text(encoding="utf-8")


@EVERY
def test_a_storys_page_says_what_its_runs_show(story: Story) -> None:
    written = story_page(story)
    assert accepted(LESSONS / f"{story.name}.md", written) == written, "renew it: python -m sim.lessons"
    if os.environ.get("ACCEPT"):
        write_figures(story, LESSONS / "figures")


def test_the_glossarys_page_is_the_glossary() -> None:
    written = glossary_page(glossary())
    assert accepted(DOCS / "glossary.md", written) == written, "renew it: python -m sim.lessons"


@EVERY
def test_links_and_pictures_of_a_story_are_there(story: Story) -> None:
    for text in ((LESSONS / f"{story.name}.md").read_text(encoding="utf-8"), sheet(story)):
        targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
        assert targets
        assert [target for target in targets if not (LESSONS / target).exists()] == []


@EVERY
def test_a_pictures_words_are_those_of_its_page(story: Story) -> None:
    """A picture that was not renewed with its page would tell other numbers."""
    page = " ".join((LESSONS / f"{story.name}.md").read_text(encoding="utf-8").replace("\u00a0", " ").split())
    for each in story.rounds:
        words = (LESSONS / "figures" / f"{story.name}-{each.run.key}.txt").read_text(encoding="utf-8")
        assert words.split(".")[0] in page


@EVERY
def test_a_teachers_sheet_has_its_plans_and_an_answer_to_every_question(story: Story) -> None:
    text = sheet(story)
    headings = re.findall(r"^## (.+)$", text, re.M)
    assert [one for one in HEADINGS if not any(heading.startswith(one) for heading in headings)] == []
    named = set(re.findall(rf"burdenshare lesson {story.name} ([\w-]+)", text))
    keys = {each.run.key for each in story.rounds}
    assert named == keys, "each run once or more, and no other"


@EVERY
def test_a_teachers_sheet_is_plain_and_holds_no_result(story: Story) -> None:
    text = re.sub(r"`[^`]*`|^\|.*$|\]\([^)]*\)", "", sheet(story), flags=re.M)
    assert grade(text) <= 9.0
    assert set(re.findall(r"(?<![\w.])\d*\.\d+(?![\w.])", text)) <= {"0.49", "3.5"}


@EVERY
def test_a_plan_adds_up(story: Story) -> None:
    """The minutes of a plan's rows are those of its heading."""
    for title, body in re.findall(r"^## (\d+) minutes[^\n]*\n(.*?)(?=^## )", sheet(story), re.M | re.S):
        assert sum(map(int, re.findall(r"^\| (\d+) \|", body, re.M))) == int(title)
