"""The controls of the page: native inputs with names, units, marks and what they mean."""

from __future__ import annotations

from collections.abc import Mapping

from htmltools import Tag, TagChild, tags

from sim.app.levers import CHOICES, SLIDERS, Choice, Slider, Value
from sim.app.marking import marked
from sim.app.state import World, written
from sim.app.worlds import idle, put

__all__ = ["lever_controls", "lever_terms", "number_control", "select_control", "slider_control"]


LONG = 8  # letters of a mark


def lever_controls(world: World, horizon: int, before: str, seen: set[str] | None) -> list[Tag]:
    """All levers, the further ones folded away; with ``seen`` their terms are marked, as ``marking.marked`` does."""
    at, off = put(world, horizon), idle(world, horizon)
    first = [_slider(one, at, off, before, seen) for one in SLIDERS if not one.more]
    first += [_choice(one, at, before, seen) for one in CHOICES if not one.more]
    more = [_slider(one, at, off, before, seen) for one in SLIDERS if one.more]
    return [*first, tags.details(tags.summary("More levers"), *more, _anything(world, before))]


def lever_terms() -> set[str]:
    """The terms that the levers' help marks, which other texts beside them need not mark again."""
    seen: set[str] = set()
    for lever in (*SLIDERS, *CHOICES):
        marked(lever.help, seen)
    return seen


def _words(text: str, seen: set[str] | None) -> TagChild:
    return text if seen is None else marked(text, seen)


def _anything(world: World, before: str) -> Tag:
    """Every other field of a scenario, by its name."""
    name = f"{before}set"
    return tags.div(
        tags.label("Any other field", for_=f"control-{name}"),
        tags.textarea("\n".join(f"{key} = {value}" for key, value in world.fields), id=f"control-{name}", name=name,
                      rows="3", spellcheck="false", aria_describedby=f"{name}-words"),
        _help(f"{name}-words", "A line each, as in a scenario file: thinning = 0.5, script.2030 = unconditional, "
                               "reactions.DEU = pledge-driven. Leave the box to apply."),
        class_="control",
    )  # fmt: skip


def _slider(
    lever: Slider, at: Mapping[str, Value], off: Mapping[str, str], before: str, seen: set[str] | None
) -> Tag:  # fmt: skip
    value = float(at.get(lever.key, lever.low))
    return slider_control(f"{before}{lever.key}", lever.label, lever.unit, lever.low, lever.high, lever.step, value,
                  lever.marks(), _words(lever.help, seen), off.get(lever.key, ""))  # fmt: skip


def _choice(lever: Choice, at: Mapping[str, Value], before: str, seen: set[str] | None) -> Tag:
    words = _words(lever.help, seen)
    return select_control(f"{before}{lever.key}", lever.label, lever.options, str(at[lever.key]), words)


def slider_control(
    name: str, label: str, unit: str, low: float, high: float, step: float, value: float,
    marks: Mapping[float, str], words: TagChild = "", off: str = "",
) -> Tag:  # fmt: skip
    """A native slider with its value, its marks and what it means; ``off`` says why it cannot be moved."""
    told = off or f"{written(value)} {unit}"
    wide = high - low
    ticks = [
        tags.span(word, class_=f"mark {_edge(at, low, high, word)}", style=f"left:{100 * (at - low) / wide:.1f}%")
        for at, word in marks.items()
    ]
    described = f"{name}-words" if words else None
    return tags.div(
        tags.div(
            tags.label(label, for_=f"control-{name}"),
            tags.output(told, for_=f"control-{name}", data_unit=unit),
            class_="line",
        ),
        tags.input(type="range", id=f"control-{name}", name=name, min=f"{low:g}", max=f"{high:g}", step=f"{step:g}",
                   value=written(value), aria_describedby=described, aria_valuetext=told,
                   disabled="" if off else None),
        tags.div(*ticks, class_="marks", aria_hidden="true"),
        _help(described, words),
        class_="control",
    )  # fmt: skip


def _edge(at: float, low: float, high: float, word: str) -> str:
    """Marks at the ends stay inside; a long one keeps away from the next."""
    return "first" if at <= low else "last" if at >= high else "long" if len(word) > LONG else ""


def _help(described: str | None, words: TagChild) -> TagChild:
    return tags.p(words, id=described, class_="help") if words else None


def select_control(name: str, label: str, options: Mapping[str, str], value: str, words: TagChild = "") -> Tag:
    described = f"{name}-words" if words else None
    entries = [tags.option(text, value=key, selected="" if key == value else None) for key, text in options.items()]
    return tags.div(
        tags.label(label, for_=f"control-{name}"),
        tags.select(*entries, id=f"control-{name}", name=name, aria_describedby=described),
        _help(described, words),
        class_="control",
    )


def number_control(name: str, label: str, value: int, low: int = 0, high: int = 2**53 - 1) -> Tag:
    return tags.div(
        tags.label(label, for_=f"control-{name}"),
        tags.input(type="number", id=f"control-{name}", name=name, value=str(value), min=str(low), max=str(high),
                   step="1", inputmode="numeric"),
        class_="control",
    )  # fmt: skip
