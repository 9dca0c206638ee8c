"""Stories step by step: read, guess, run, see, vary, play; and the glossary. Texts and answers are ``sim.lessons``'."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from htmltools import HTML, Tag, TagChild, TagList, tags
from shiny import ui
from starlette.datastructures import QueryParams

from sim import __version__
from sim.app.axes import limits
from sim.app.charts import Canvas, shortened
from sim.app.drawing import Dot, Drawing, Line, Mark, Word, svg, width_of
from sim.app.levers import LEVERS
from sim.app.marking import marked, slug
from sim.app.places import chart_place
from sim.app.state import State, World, query
from sim.app.tables import data_table
from sim.app.worlds import positions, preset
from sim.figures.style import HAIR, LOOKS, SOFT
from sim.lessons import Predict, Reveal, Run, Sandbox, Story, glossary, play, stories
from sim.lessons.saying import subject
from sim.scenario import with_values

__all__ = ["STORY_CHART", "reveal_chart", "reveal_of", "sandbox_address", "terms", "told_story"]


PADDING = 3.2  # sizes of letters that a step has around its chart
STORY_CHART = "story-"  # before the key of a run: the name of its chart


@lru_cache(maxsize=64)
def _played(name: str, key: str) -> Reveal:
    return play(next(one for one in stories() if one.name == name).run(key))


def reveal_of(story: str, key: str) -> Reveal | None:
    """What a story's run showed; None if there is no such run."""
    chosen = next((one for one in stories() if one.name == story), None)
    return _played(story, key) if chosen and key in {each.run.key for each in chosen.rounds} else None


def told_story(state: State, canvas: Canvas) -> TagList:
    """The list of stories, or one up to the state's step."""
    chosen = next((one for one in stories() if one.name == state.story), None)
    return _list() if chosen is None else _story(chosen, state, canvas)


def _list() -> TagList:
    cards = [
        tags.li(
            tags.h2(tags.a(one.title, href=f"?{query(State(view='stories', story=one.name))}", data_story=one.name)),
            tags.p(one.question),
            tags.p(f"About {one.minutes} minutes: guess first, then run it.", class_="finding"),
            class_="card",
        )
        for one in stories()
    ]
    return TagList(tags.ul(*cards, class_="cards"))


def _story(story: Story, state: State, canvas: Canvas) -> TagList:
    steps = story.steps()
    last = min(state.step, len(steps) - 1)
    asked = 0
    seen: set[str] = set()
    shown: list[TagChild] = []
    for place, step in enumerate(steps[: last + 1]):
        now = place == last
        content = _step(story, step, place, last, state, asked, canvas, seen)
        asked += isinstance(step, Predict)
        shown.append(tags.div(content, class_="prose step", id="step-now" if now else None,
                              tabindex="-1" if now else None))  # fmt: skip
    return TagList(
        tags.p(_set("All stories", story="", step=0, guesses="")),
        tags.h2(story.title, class_="story-title"), tags.p(story.question, class_="question"), *shown,
        _onward(steps, last), _sources(story) if last == len(steps) - 1 else None,
    )  # fmt: skip


def _step(
    story: Story, step: Any, place: int, last: int, state: State, asked: int, canvas: Canvas, seen: set[str]
) -> TagChild:  # fmt: skip
    if isinstance(step, Predict):
        return _question(step, place, place == last, state, asked)
    if isinstance(step, Run):
        if place == last:
            return TagList(tags.p("The same once more, with something changed."), _set("Run it", step=place + 1))
        before = story.steps()[place - 1]
        return _reveal(
            _played(story.name, step.key), before if isinstance(before, Predict) else None, state, asked, canvas
        )
    if isinstance(step, Sandbox):
        return TagList(
            _prose(step.text, seen), tags.p(tags.a("Open this world in Explore", href=f"?{sandbox_address(step)}"))
        )
    return _prose(str(step), seen)


def _prose(text: str, seen: set[str]) -> HTML:
    """Markdown with its terms marked."""
    return marked(str(ui.markdown(text)), seen, html=True)


def _question(step: Predict, place: int, now: bool, state: State, asked: int) -> TagList:
    """The question with its choices; a choice runs it."""
    if not now:
        return TagList(tags.p(step.question, class_="ask"))
    before = state.guesses[:asked].ljust(asked, "0")
    choices = [_set(choice.text, step=place + 2, guesses=f"{before}{k}") for k, choice in enumerate(step.choices)]
    return TagList(tags.p("Your guess: ", tags.strong(step.question)), tags.div(*choices, class_="choices"))


def _reveal(found: Reveal, asked: Predict | None, state: State, number: int, canvas: Canvas) -> TagList:
    """What came out, beside what was guessed."""
    words: list[TagChild] = []
    if asked is not None:
        right = asked.choices[asked.answer(found.outcome)].text
        guess = state.guesses[number - 1 : number]
        told = asked.choices[int(guess)].text if guess and int(guess) < len(asked.choices) else ""
        same = "as you guessed" if told == right else f"you guessed: {told}" if told else "you made no guess"
        words.append(tags.p("It came out as ", tags.strong(right), f"; {same}."))
    chart = reveal_chart(replace(canvas, width=canvas.width - PADDING * canvas.size), found)
    picture = tags.div(
        tags.figcaption(chart.title), HTML(svg(chart)), tags.p(chart.source, class_="source"), class_="picture"
    )
    name = f"{STORY_CHART}{found.run.key}"
    meaning = tags.p(found.meaning) if found.meaning else None
    return TagList(*words, chart_place(name, picture, data_table(chart.table), query(state)), meaning)


def reveal_chart(canvas: Canvas, found: Reveal) -> Drawing:
    """A row a case: its name, its interval, its middle."""
    size, table, measure = canvas.size, found.table, found.measure
    width = min(canvas.width, 44 * size)
    values = measure.scale * table[["median", "low", "high"]].to_numpy(float)
    low, high = limits(values)
    told, changes = found.shown(), [case.minus is not None for case in found.run.cases]
    pairs = zip(table["median"], changes, strict=True)
    numbers = [measure.number(float(middle), change=change).replace("-", "\u2212") for middle, change in pairs]
    unit = ((measure.difference if all(changes) else "") or measure.unit).replace("percentage ", "")
    left, right = 8.0, width - max(width_of(one, size) for one in numbers) - 20
    heading = shortened(f"{subject(found.run, measure)}: {unit.strip()}", width, size)
    marks: list[Mark] = [Word(0, size, heading, size, colour=SOFT)]

    def at(value: float) -> float:
        return left + (right - left) * (value - low) / (high - low)

    for k, (label, word) in enumerate(zip(table["case"], numbers, strict=True)):
        y = k * 3.3 * size + 4.2 * size
        middle, least, most = values[k]
        marks += [
            Word(0, y - 0.9 * size, shortened(str(label), width, size), size),
            Line([(left, y), (right, y)], HAIR, 1),
        ]
        if np.isfinite(least) and most > least:
            marks.append(Line([(at(least), y), (at(most), y)], "#9cc5e0", 7))
        marks += [Dot(at(middle), y, 5.5, LOOKS[0].colour), Word(right + 14, y + 0.35 * size, word, size, bold=True)]
    alt = "; ".join(f"{label}: {one}" for label, one in zip(table["case"], told, strict=True))
    source = f"Source: {found.basis} burdenshare {__version__}. Assumptions: see About."
    data: pd.DataFrame = table.dropna(axis=1, how="all")
    height = len(table) * 3.3 * size + 2.2 * size
    return Drawing(width, height, found.sentence, f"{found.sentence} Dot chart: {alt}.", source, data, marks)


def _onward(steps: list[Any], last: int) -> TagChild:
    """The button to the next step, where the step itself has none."""
    waits = isinstance(steps[last], Predict | Run)
    return None if waits or last == len(steps) - 1 else tags.p(_set("Go on", step=last + 1))


def _sources(story: Story) -> Tag:
    return tags.details(tags.summary("Sources"), tags.ul(*[tags.li(one) for one in story.sources]), class_="prose")


def _set(text: str, **values: object) -> Tag:
    """A button that sets parts of the state."""
    return tags.button(
        text, type="button", data_set=str(QueryParams({key: str(value) for key, value in values.items()}))
    )


def sandbox_address(step: Sandbox) -> str:
    """Explore with the sandbox's world: by levers where there are some, else by fields."""
    base = preset(step.scenario)
    world = World(step.scenario)
    if step.set:
        own, wanted = positions(base), with_values(base, step.set)
        moved = {key: value for key, value in positions(wanted).items() if value != own.get(key)}
        by_levers = base
        for key, value in moved.items():
            by_levers = with_values(by_levers, LEVERS[key].write(by_levers, value))  # type: ignore[arg-type]
        fields = tuple((key, str(value)) for key, value in step.set.items())
        alike = by_levers == wanted
        world = World(step.scenario, tuple(moved.items()) if alike else (), () if alike else fields)
    return query(State(view="explore", here=world))


def terms() -> TagList:
    """The glossary, with a box that narrows it."""
    entries: list[Tag] = []
    for one in glossary():
        more = [f"In the model: {one.where}." if one.where else "", f"Source: {one.source}." if one.source else ""]
        entries.append(
            tags.div(
                tags.dt(one.term),
                tags.dd(
                    tags.span(one.meaning, class_="meaning"),
                    tags.br() if any(more) else None,
                    tags.span(" ".join(filter(None, more)), class_="source"),
                ),
                id=f"term-{slug(one.term)}",
                class_="term",
            )
        )
    return TagList(
        tags.div(
            tags.label("Find a term", for_="find-term"),
            tags.input(type="search", id="find-term"),
            class_="control",
        ),
        tags.dl(*entries, class_="prose terms"),
    )
