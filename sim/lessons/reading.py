"""The stories and the glossary as shipped: TOML with Markdown in it, checked when read."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError

from sim.lessons.models import Story, Term
from sim.scenario.allowed import meant
from sim.scenario.errors import ScenarioError
from sim.scenario.messages import problem
from sim.scenario.parameters import Frozen
from sim.scenario.reading import read
from sim.scenario.setting import tupled

__all__ = ["ORDER", "glossary", "read_story", "stories", "story"]

TEXTS = Path(__file__).parent / "texts"
ORDER = ("who-pays", "no-payment", "stepping-back", "friends")
Model = TypeVar("Model", bound=Frozen)


class Glossary(Frozen):
    """The file of terms."""

    terms: tuple[Term, ...] = Field(min_length=1)


@cache
def stories() -> list[Story]:
    """All stories in the order in which they build on each other."""
    return [read_story(TEXTS / f"{name}.toml") for name in ORDER]


def story(name: str) -> Story:
    """One story by its name; ScenarioError if there is none."""
    if name not in ORDER:
        raise ScenarioError(f"{name}: no such story{meant(name, ORDER)}; allowed: {', '.join(ORDER)}")
    return stories()[ORDER.index(name)]


def read_story(path: Path) -> Story:
    """A story from a file; ScenarioError of one line with file, line, key and what is allowed."""
    return _read(path, Story)


@cache
def glossary() -> tuple[Term, ...]:
    """All terms, in the order of the alphabet."""
    return _read(TEXTS / "glossary.toml", Glossary).terms


def _read(path: Path, model: type[Model]) -> Model:
    document = read(path)
    data = tupled(document.tables)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        wrong = problem(error, model, data, lambda place: document.lines.find(place)[1])
    raise ScenarioError(f"{document.name}:{document.lines.find(wrong.key)[1]}: {wrong.text()}")
