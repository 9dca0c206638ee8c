"""The command lesson: stories in the terminal, and one run of a story with its answer."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.markdown import Markdown

from sim.cli.screen import entries, out
from sim.lessons import Round, Story, play, stories, story
from sim.lessons.pages import LETTERS, example
from sim.scenario import ScenarioError
from sim.scenario.allowed import meant

__all__ = ["lesson"]

WIDEST = 100  # columns of prose


def lesson(name: str | None, run: str | None) -> None:
    """List the stories, tell one, or answer one of its questions."""
    console = out()
    if name is None:
        listed = [(one.name, (f"{one.title} (about {one.minutes} minutes)", one.question)) for one in stories()]
        entries(console, listed)
        console.print("\nRead one: burdenshare lesson NAME")
        return
    told = story(name)
    if run is None:
        _tell(console, told)
        return
    keys = [each.run.key for each in told.rounds]
    if run not in keys:
        raise ScenarioError(f"{run}: no such run of {name}{meant(run, keys)}; allowed: {', '.join(keys)}")
    _answer(console, told.rounds[keys.index(run)], None)


def _tell(console: Console, told: Story) -> None:
    """The whole story; on a terminal it waits for the reader's guesses."""
    _prose(console, f"# {told.title}\n\n{told.question} About {told.minutes} minutes.\n\n{told.opening}")
    for number, each in enumerate(told.rounds, start=1):
        _prose(console, f"## {number}. {each.title}\n\n{each.text}")
        _answer(console, each, _guess(console, each))
        _prose(console, each.explain)
    _prose(console, f"## To take home\n\n{told.debrief}\n\n## Your turn\n\n{told.sandbox.text}")
    console.print(f"In Python:\n\n{example(told.sandbox)}")


def _prose(console: Console, markdown: str) -> None:
    """Text in lines that one can read, and a blank line after it."""
    console.print(Markdown(markdown), width=min(console.width, WIDEST))
    console.print()


def _guess(console: Console, each: Round) -> int | None:
    """Show the question and ask, if somebody sits at the keyboard; None for no guess."""
    if each.predict is None:
        return None
    console.print(f"Guess first. {each.predict.question}")
    letters = LETTERS[: len(each.predict.choices)]
    for letter, choice in zip(letters, each.predict.choices, strict=True):
        console.print(f"  {letter}. {choice.text}")
    if not sys.stdin.isatty():
        return None
    given = input(f"Your guess ({', '.join(letters)}; Enter to go on): ").strip().upper()
    return letters.index(given) if given and given in letters else None


def _answer(console: Console, each: Round, guess: int | None) -> None:
    """What the run shows, and which guess was right."""
    reveal = play(each.run)
    console.print(f"{reveal.sentence}\n{reveal.basis}")
    if each.predict is not None:
        right = each.predict.answer(reveal.outcome)
        yours = "" if guess is None else f" You guessed {LETTERS[guess]}."
        console.print(f"The answer is {LETTERS[right]}: {each.predict.choices[right].text}.{yours}")
    if reveal.meaning:
        console.print(reveal.meaning)
    console.print()
