"""The stories as texts: they can be read at school, fit in a quarter of an hour, and hold no result of the model."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.lessons import Story, glossary, read_story, stories
from sim.lessons.reading import TEXTS
from sim.measures import COUNTS, LEVELS
from sim.measures import MEMBER as MEMBER_MEASURES
from sim.scenario import Policy, Scenario, ScenarioError, Statement
from sim.scenario.parameters import Parameters
from tests.lessons.readability import grade, plain, syllables

ROOT = Path(__file__).parents[2]
MODEL = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
SOURCED = {"0.49", "3.5"}  # Olson & Zeckhauser's coefficient; the pledge of The Hague
HARDEST = 9.0
EVERY = pytest.mark.parametrize("story", stories(), ids=lambda story: story.name)


@EVERY
def test_a_story_can_be_read_at_school(story: Story) -> None:
    rounds = [f"{one.text}\n\n{one.explain}" for one in story.rounds]
    parts = [story.opening, *rounds, story.debrief, story.sandbox.text]
    assert grade(story.prose()) <= HARDEST
    assert [round(grade(part), 1) for part in parts if grade(part) > HARDEST] == []


@EVERY
def test_a_story_fits_in_a_quarter_of_an_hour(story: Story) -> None:
    assert 8 <= story.minutes <= 15


@EVERY
def test_no_result_of_the_model_is_written_by_hand(story: Story) -> None:
    """Results move with the parameters. What has decimals in a text is a published figure."""
    assert set(re.findall(r"(?<![\w.])\d*\.\d+(?![\w.])", story.prose())) <= SOURCED


@EVERY
def test_a_story_asks_runs_explains_and_ends_in_a_sandbox(story: Story) -> None:
    kinds = [type(step).__name__ for step in story.steps()]
    assert kinds[-1] == "Sandbox"
    assert kinds.count("Run") == len(story.rounds)
    assert kinds.count("Predict") >= 3
    assert any(one.predict is None for one in story.rounds), "nothing is varied"
    for place, kind in enumerate(kinds):
        assert kind != "Predict" or kinds[place + 1] == "Run"
        assert kind != "Run" or kinds[place + 1] == "str"


# --- how grades are measured ----------------------------------------------------------------------


KNOWN = {
    1: "the be me tree share spends moved asked weighed comes lines though street their lamps paid",
    2: "people table little places voted budget treaty agreed rises notice promise other safer neighbours",
    3: "alliance protection senators guarantee inertia together",
    4: "conditional security necessary",
    5: "unconditional administration",
}


@pytest.mark.parametrize("count", KNOWN)
def test_syllables(count: int) -> None:
    assert {word: syllables(word) for word in KNOWN[count].split() if syllables(word) != count} == {}


def test_the_grade_is_kincaids_formula() -> None:
    assert grade("The cat sat.") == pytest.approx(0.39 * 3 + 11.8 - 15.59)
    assert grade("The table is little. We go.") == pytest.approx(0.39 * 3 + 11.8 * 8 / 6 - 15.59)
    assert grade("The administration guarantees unconditional protection to participating governments.") > 20


def test_marks_of_markdown_are_no_words_and_items_are_sentences() -> None:
    assert plain("A **bold** `word`\n\n* one\n* two") == "A bold word.\none.\ntwo."


# --- what is refused ------------------------------------------------------------------------------

Broken = Callable[[str], str]
REFUSED = {
    "a measure": (lambda text: text.replace('measure = "free_riding_index"', 'measure = "free_ridin_index"'),
        r"story\.toml:\d+: rounds\.0\.run\.measure = \"free_ridin_index\": unknown measure, did you mean free_riding"),
    "a key": (lambda text: text.replace("question = \"As allies", "questoin = \"As allies"),
        r"story\.toml:\d+: rounds\.0\.predict\.questoin = .*did you mean question"),
    "an outcome without an answer": (lambda text: text.replace(', when = ["alike"]', ', when = ["higher"]', 1),
        r"story\.toml:\d+: rounds\.1\.predict\.choices.*: no such outcome"),
    "a scenario": (lambda text: text.replace('scenario = "status-quo" }]', 'scenario = "status-qou" }]'),
        r"story\.toml:\d+: rounds\.0\.run\.cases\.0.*no such scenario, did you mean status-quo"),
    "a value": (lambda text: text.replace('scenario = "status-quo" }]',
        'scenario = "status-quo", set = { "parameters.thinning" = 2.0 } }]'),
        r"story\.toml:\d+: rounds\.0\.run\.cases\.0\.set.*parameters\.thinning = 2\.0: out of range"),
    "cuts that fall": (lambda text: text.replace("cuts = [0.5, 0.8]", "cuts = [0.8, 0.5]"),
        r"story\.toml:\d+: rounds\.0\.run\.cuts.*must rise"),
    "no TOML": (lambda text: text.replace('title = "Who', "title = Who", 1), r"story\.toml:4: .*not TOML"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_story_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    broken, message = REFUSED[name]
    right = (TEXTS / "who-pays.toml").read_text(encoding="utf-8")
    assert broken(right) != right
    path = tmp_path / "story.toml"
    path.write_text(broken(right), encoding="utf-8")
    with pytest.raises(ScenarioError, match=message) as caught:
        read_story(path)
    assert "\n" not in str(caught.value)


# --- the glossary ---------------------------------------------------------------------------------


def test_the_glossary_has_sixty_terms_in_order_each_a_sentence() -> None:
    terms = [one.term for one in glossary()]
    assert len(terms) >= 60
    assert terms == sorted(set(terms), key=str.lower)
    assert [one.term for one in glossary() if not one.meaning.endswith(".")] == []


def test_what_the_glossary_points_at_exists() -> None:
    fields = (*Parameters.model_fields, *Policy.model_fields, *Scenario.model_fields, *Statement.model_fields)
    runs = ("autonomy_year", "lawful_exit", "unilateral_exit", "us_spending_share", "pure-public")
    known = {*fields, *LEVELS, *COUNTS, *MEMBER_MEASURES, *runs}
    for one in glossary():
        named = re.findall(r"`([\w.-]+)`", one.where or "")
        assert [name for name in named if name not in known and not name.startswith("sim.")] == [], one.term
        equations = re.findall(r"\b\d+b?\b", " ".join(re.findall(r"Eqs?\. [\d b,and]+", one.where or "")))
        assert [n for n in equations if not re.search(rf"[(, ]{n}[,)]", MODEL)] == [], one.term
