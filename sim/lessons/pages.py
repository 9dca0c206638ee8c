"""Stories and glossary as pages of the documentation, with what their runs show now."""

from __future__ import annotations

import textwrap
from pathlib import Path

from sim.lessons.drawing import draw
from sim.lessons.models import Round, Run, Sandbox, Story, Term
from sim.lessons.playing import Reveal, play

__all__ = ["LETTERS", "example", "glossary_page", "story_page", "write_figures"]

LETTERS = "ABCD"
WIDTH = 120
WRITTEN = "<!-- Written by `python -m sim.lessons` from sim/lessons/texts; change it there. -->"


def story_page(story: Story) -> str:
    """A story as Markdown: guess, open the fold, compare. Plays all its runs."""
    head = (
        f"{WRITTEN}\n\n# {story.title}\n\n*{story.question}*\n\nAbout {story.minutes} minutes. For teachers: [plans, "
        f"worksheet and answers]({story.name}-teacher.md). Terms: [the glossary](../glossary.md). In a terminal: "
        f"`burdenshare lesson {story.name}`."
    )
    rounds = [_round(story, number, each) for number, each in enumerate(story.rounds, start=1)]
    sources = "\n".join(f"* {one}" for one in story.sources)
    parts = [head, story.opening, *rounds, f"## To take home\n\n{story.debrief.strip()}", _sandbox(story.sandbox)]
    return wrapped("\n\n".join(part.strip() for part in [*parts, f"## Sources\n\n{sources}"]))


def glossary_page(terms: tuple[Term, ...]) -> str:
    """The glossary as Markdown."""
    head = (
        "# Glossary\n\nTerms as this project uses them, each in a sentence or two, with a source where the term is "
        "somebody's, and where it works in the model. More: [the description](odd.md) and [the equations](model.md).\n"
        f"\n{WRITTEN}"
    )
    return wrapped(f"{head}\n\n" + "\n".join(_term(one) for one in terms))


def write_figures(story: Story, folder: Path) -> list[Path]:
    """The pictures of a story, one a run, with data and words beside each."""
    from sim.figures import save

    saved = [save(draw(play(each.run)), folder, _file(story, each.run), ("png",)) for each in story.rounds]
    return [path for paths in saved for path in paths]


def example(sandbox: Sandbox) -> str:
    """The sandbox's world in Python."""
    values = "\n".join(f"    {key!r}: {value!r}," for key, value in sandbox.set.items()).replace("'", '"')
    changes = f"{{\n{values}\n}}" if values else "{}  # nothing yet: put your changes here"
    return (
        f"import sim\n\nchanges = {changes}\n"
        f'world = sim.with_values(sim.load_scenario("{sandbox.scenario}"), changes)\n'
        'print(sim.run_batch(world, seed=1, replicates=200).runs()["end_european_share"].describe())'
    )


def _round(story: Story, number: int, each: Round) -> str:
    parts = [f"## {number}. {each.title}", each.text.strip()]
    reveal = play(each.run)
    if each.predict is not None:
        choices = "\n".join(
            f"* {letter}. {one.text}" for letter, one in zip(LETTERS, each.predict.choices, strict=False)
        )
        parts.append(f"**Guess first.** {each.predict.question}\n\n{choices}")
    parts += ["<details>\n<summary>What the run shows</summary>", _revealed(story, each, reveal), "</details>"]
    return "\n\n".join([*parts, each.explain.strip()])


def _revealed(story: Story, each: Round, reveal: Reveal) -> str:
    """The sentence, the picture, the numbers, and which guess was right."""
    shown = enumerate(zip(reveal.table["case"], reveal.shown(), strict=True))
    rows = [f"| {case} | {middle} | {_interval(reveal, place)} |" for place, (case, middle) in shown]
    table = "\n".join(["| case | middle | interval |", "| --- | --- | --- |", *rows])
    right = ""
    if each.predict is not None:
        place = each.predict.answer(reveal.outcome)
        right = f"\n\nSo the answer is {LETTERS[place]}: {each.predict.choices[place].text}."
    picture = f"![{reveal.sentence}](figures/{_file(story, each.run)}.png)"
    meaning = f"\n\n{reveal.meaning}" if reveal.meaning else ""
    return f"**{reveal.sentence}**{right}{meaning}\n\n{picture}\n\n{table}\n\n{reveal.basis}"


def _interval(reveal: Reveal, place: int) -> str:
    """Both ends, where chance makes two of them."""
    if reveal.measure.of_game:
        return "exact"
    change = reveal.run.cases[place].minus is not None
    ends = (reveal.measure.number(float(reveal.table[end].iloc[place]), change=change) for end in ("low", "high"))
    return " to ".join(ends)


def _sandbox(sandbox: Sandbox) -> str:
    return (
        f"## Your turn\n\n{sandbox.text.strip()}\n\nOn the page this world opens with one click. In Python it is:\n\n"
        f"```python\n{example(sandbox)}\n```"
    )


def _term(one: Term) -> str:
    source = f" ({one.source})" if one.source else ""
    where = f" In the model: {one.where}." if one.where else ""
    return f"* **{one.term}**: {one.meaning.removesuffix('.')}{source}.{where}"


def _file(story: Story, run: Run) -> str:
    return f"{story.name}-{run.key}"


def wrapped(markdown: str) -> str:
    """Prose broken at 120 columns; tables, pictures, code and folds as they are."""
    lines, code = [], False
    for line in markdown.split("\n"):
        code ^= line.startswith("```")
        if code or line.startswith(("|", "!", "<", "#", "```")):
            lines.append(line)
        else:
            indent = "  " if line.startswith("* ") else ""
            lines += textwrap.wrap(line, WIDTH, subsequent_indent=indent, break_long_words=False,
                break_on_hyphens=False) or [""]  # fmt: skip
    return "\n".join(lines) + "\n"
