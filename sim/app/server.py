"""What a session does: reads the address, plays what it means in a thread, and fills the page's places."""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from htmltools import HTML, Tag, TagList, tags
from shiny import Inputs, Outputs, Session, reactive, render, req

from sim.app import copies, texts, views
from sim.app.charts import Canvas
from sim.app.controls import lever_terms
from sim.app.drawing import Drawing, svg
from sim.app.histories import Compiler
from sim.app.levers import LEVERS
from sim.app.marking import marked
from sim.app.page import FIGURES, link
from sim.app.reasons import explained
from sim.app.state import SECOND, VIEWS, State, World, parsed, query
from sim.app.stories import told_story
from sim.app.tables import data_table
from sim.app.worlds import idle, preset, put, scenario_of, settled
from sim.scenario import ScenarioError

__all__ = ["Served", "Visit", "message", "read"]

T = TypeVar("T")
NARROWEST, WIDEST = 260.0, 1600.0
LETTERS = (10.0, 30.0)


def read(address: str) -> tuple[State, list[str]]:
    """The state that an address means, fit to be played, and what was wrong with it."""
    state, notes = parsed(address)
    state, more = settled(state)
    return state, [*notes, *more]


def message(state: State, notes: list[str]) -> dict[str, Any]:
    """What the browser is told: the shortest address, where the controls stand, texts to copy."""
    scenario = scenario_of(state.here, state.horizon)
    values = {**_standing(state.here, state.horizon), **_standing(state.there, state.horizon, SECOND)}
    values |= {f"{before}set": "\n".join(f"{name} = {value}" for name, value in world.fields)
               for before, world in (("", state.here), (SECOND, state.there))}  # fmt: skip
    values |= {
        "world": state.here.preset, "against": state.there.preset, "seed": state.seed, "replicate": state.replicate,
        "story": state.story, "step": state.step, "guesses": state.guesses,
        "horizon": scenario.end - scenario.start, "runs": state.runs,
        "year": {"value": views.year_of(state, scenario), "min": scenario.start, "max": scenario.end},
    }  # fmt: skip
    return {
        "query": query(state), "set": values, "notes": notes,
        "levers": " ".join([*LEVERS, "set", *(SECOND + key for key in (*LEVERS, "set"))]),
        "copies": {
            "python": copies.python(state), "command": copies.command(state), "citation": copies.citation(state),
        },
    }  # fmt: skip


def _standing(world: World, horizon: int, before: str = "") -> dict[str, Any]:
    """Where the levers of a world stand; of those that move nothing there, why."""
    at: dict[str, Any] = dict(put(world, horizon))
    at |= {key: {"off": why} for key, why in idle(world, horizon).items()}
    return {before + key: value for key, value in at.items()}


def canvas_of(widths: str, name: str) -> Canvas:
    """The place that a browser has for a chart; whatever it says stays within bounds."""
    try:
        found, size = json.loads(widths)
        width, size = float(found.get(name, 640)), float(size)
        if not math.isfinite(width) or not math.isfinite(size):
            return Canvas()
        return Canvas(min(max(width, NARROWEST), WIDEST), min(max(size, LETTERS[0]), LETTERS[1]))
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return Canvas()


class Visit:
    """What one session holds.

    Attributes:
        current: the state that its address means. shown: by view, the state that it was last looked at with.
        places: the room that its browser has for each chart. ready: whether the engine is compiled.
    """

    def __init__(self, session: Session, compiler: Compiler) -> None:
        self.session = session
        self.compiler = compiler
        self.ready: reactive.Value[bool] = reactive.Value(compiler.done())
        self.current: reactive.Value[State] = reactive.Value()
        self.shown: dict[str, reactive.Value[State]] = {view: reactive.Value() for view in VIEWS}
        self.places = {name: reactive.Value(Canvas()) for name in (*FIGURES, "stories_view")}

    async def tell(self, state: State, notes: list[str]) -> None:
        """Another state: to the browser, and to what depends on it here."""
        state, more = settled(state)
        await self.session.send_custom_message("state", message(state, [*notes, *more]))
        self.current.set(state)
        held = self.shown[state.view]
        if not held.is_set() or held() != state:
            held.set(state)
        await asyncio.sleep(0)  # Shiny says in a task of its own which outputs are out of date; let it

    async def measured(self, widths: str) -> None:
        """Another size of the window or of its letters."""
        for name, held in self.places.items():
            canvas = canvas_of(widths, name)
            if canvas != held():
                held.set(canvas)
        await asyncio.sleep(0)

    async def played(self, work: Callable[[], T]) -> T:
        """Done in a thread, so that others are answered meanwhile; nothing before the engine is compiled."""
        req(self.ready())
        return await asyncio.to_thread(work)


class Served:
    """The server of the page; it holds what all sessions share: the compiler, and nothing of a user."""

    def __init__(self, compiler: Compiler) -> None:
        self.compiler = compiler

    def __call__(self, input: Inputs, output: Outputs, session: Session) -> None:
        """One session."""
        visit = Visit(session, self.compiler)
        _waits(visit)
        _listens(visit, input)
        _words(visit, output)
        _lists(visit, output)
        for name, view in FIGURES.items():
            _charts(name, visit, visit.shown[view], output)


def _waits(visit: Visit) -> None:
    """For the engine, and says so."""

    @reactive.effect
    async def _wait() -> None:
        if visit.compiler.done():
            visit.ready.set(True)
            await asyncio.sleep(0)
        else:
            reactive.invalidate_later(0.5)

    @render.ui
    def engine() -> Tag | None:
        return None if visit.ready() else _compiling(visit.compiler)


def _listens(visit: Visit, input: Inputs) -> None:
    """To what a browser asks; before the charts, which then are drawn once a turn."""
    for asked in (input.address, input.widths, input.swap, input.keep):
        _settles(asked, visit.session)

    @reactive.effect(priority=1)
    @reactive.event(input.widths)
    async def _measured() -> None:
        await visit.measured(str(input.widths()))

    @reactive.effect(priority=1)
    @reactive.event(input.address)
    async def _read() -> None:
        await visit.tell(*read(str(input.address())))

    @reactive.effect(priority=1)
    @reactive.event(input.swap)
    async def _swap() -> None:
        state, notes = read(str(input.swap()))
        await visit.tell(replace(state, here=state.there, there=state.here), notes)

    @reactive.effect(priority=1)
    @reactive.event(input.keep)
    async def _keep() -> None:
        state, notes = read(str(input.keep()))
        await visit.tell(replace(state, there=state.here), notes)


def _settles(asked: reactive.Value[Any], session: Session) -> None:
    """The browser is told when everything that follows from what it asked has been sent."""

    async def told() -> None:
        await session.send_custom_message("settled", {})

    @reactive.effect
    @reactive.event(asked)
    def _asked() -> None:
        session.on_flushed(told)


# What a view shows follows the state that it was last looked at with, and not Shiny's own notes of what is out of
# sight: those come a turn late, and what is drawn just when its view is left is taken for an error by its script.


def _words(visit: Visit, output: Outputs) -> None:
    """Texts beside the levers and the charts."""

    @output(suspend_when_hidden=False)
    @render.ui
    def world_words() -> TagList:
        seen = lever_terms()
        return TagList(*[tags.p(marked(text, seen)) for text in _world_words(visit.current())])

    @output(suspend_when_hidden=False)
    @render.ui
    def against_words() -> Tag:
        state = visit.shown["compare"]()
        return tags.p(marked(texts.described(state.there, state.horizon), _terms_beside(state)))

    @output(suspend_when_hidden=False)
    @render.ui
    async def why_words() -> Tag:
        state = visit.shown["why"]()
        try:
            told = await visit.played(lambda: explained(state).text())
        except ScenarioError as error:
            told = f"{error}."
        told = re.sub(r"(?<![\w-])-(?=\d)", "\u2212", told)
        return tags.p(marked(told, _terms_beside(state)), class_="prose")


def _lists(visit: Visit, output: Outputs) -> None:
    """The gallery and the stories."""

    @output(suspend_when_hidden=False)
    @render.ui
    async def worlds_cards() -> Tag:
        visit.shown["worlds"]()
        return tags.ul(*[_card(card) for card in await visit.played(views.cards)], class_="cards")

    @output(suspend_when_hidden=False)
    @render.ui
    async def stories_view() -> TagList:
        state, canvas = visit.shown["stories"](), visit.places["stories_view"]()
        return await visit.played(lambda: told_story(state, canvas))


def _world_words(state: State) -> tuple[str, str]:
    """What stands under the world that is chosen."""
    return preset(state.here.preset).question, texts.described(state.here, state.horizon)


def _terms_beside(state: State) -> set[str]:
    """The terms that are marked beside a view with levers."""
    seen = lever_terms()
    for text in _world_words(state):
        marked(text, seen)
    return seen


def _charts(name: str, visit: Visit, shown: reactive.Value[State], output: Outputs) -> None:
    """A chart with its sentence and source, and the table behind it."""

    async def drawn() -> Drawing:
        state, canvas = shown(), visit.places[name]()
        return await visit.played(lambda: views.drawing(name, state, canvas))

    @output(id=name, suspend_when_hidden=False)
    @render.ui
    async def _chart() -> TagList:
        try:
            chart = await drawn()
        except ScenarioError as error:
            return TagList(tags.p(f"{error}.", class_="notes"))
        return TagList(tags.figcaption(chart.title), HTML(svg(chart)), tags.p(chart.source, class_="source"))

    @output(id=f"{name}_table", suspend_when_hidden=False)
    @render.ui
    async def _table() -> Tag:
        try:
            return data_table((await drawn()).table)
        except ScenarioError:
            return tags.p("No data.")


def _compiling(compiler: Compiler) -> Tag:
    """What is being waited for, honestly."""
    if compiler.failed:
        return tags.p(f"The engine could not be compiled: {compiler.failed}", class_="notes", role="alert")
    words = (
        "Loading the compiled model; some seconds."
        if compiler.kept
        else (
            "Compiling the model, once on this machine: half a minute or so, longer on a busy one. "
            "Charts follow by themselves."
        )
    )
    return tags.p(words, class_="notes", role="status")


def _card(card: views.Card) -> Tag:
    return tags.li(
        tags.h2(tags.a(card.title, href=link("explore", card.name), data_world=card.name)),
        tags.p(card.question),
        tags.div(HTML(svg(card.spark)), class_="spark", aria_hidden="true"),
        tags.p(card.finding, class_="finding"),
        class_="card",
    )
