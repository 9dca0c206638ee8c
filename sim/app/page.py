"""The page itself: landmarks, headings, the form that is the state, and places for what the server fills in."""

from __future__ import annotations

from pathlib import Path

from htmltools import HTML, Tag, TagChild, TagList, tags
from shiny import ui

from sim import __version__
from sim.app.about import about
from sim.app.controls import lever_controls, number_control, select_control, slider_control
from sim.app.gate import MOST_SESSIONS
from sim.app.marking import marked
from sim.app.measures import measure_of, member_measure
from sim.app.places import chart_place
from sim.app.state import MAPS, MEASURES, RUNS, SECOND, State, World, deciders, query
from sim.app.stories import terms
from sim.app.worlds import preset
from sim.scenario import scenario_names

__all__ = ["FIGURES", "NAMES", "PLACEHOLDER", "SERVED", "document", "link"]

SERVED = Path(__file__).parent / "assets"  # style.css and page.js
NAMES = {
    "worlds": "Worlds", "explore": "Explore", "compare": "Compare", "why": "Why", "map": "Map", "stories": "Stories",
    "glossary": "Glossary", "about": "About",
}  # fmt: skip
TITLES = {
    "worlds": "Worlds to open", "explore": "Explore a world", "compare": "Compare on the same luck",
    "why": "Why a member decides as it does", "map": "The members on a map of tiles", "stories": "Stories",
    "glossary": "Glossary", "about": "About",
}  # fmt: skip
BENCH = ("explore", "compare", "why", "map")  # views with levers
FIGURES = {  # chart -> its view
    "many": "explore", "one": "explore", "timeline": "explore", "compare": "compare", "why": "why", "wanted": "why",
    "map": "map",
}  # fmt: skip
GALLERY = (
    "Each world asks one question. The finding is computed here, on this machine: the median of "
    f"{State().runs} histories with seed {State().seed} and, where there is one, the difference from the status quo on "
    "the same luck. A world that is opened shows the same numbers."
)
GONE = (
    f"The server of this page no longer answers: it has ended, or serves {MOST_SESSIONS} pages already. What is shown "
    "stays as it is. Start it again with burdenshare app, then reload: the address holds everything that is set here."
)
PLACEHOLDER = '<meta name="shiny-dependency-placeholder" content="">'


def document(state: State, notes: list[str]) -> str:
    """The whole page for a state, as HTML with the mark where Shiny puts its own scripts."""
    head = tags.head(
        tags.meta(charset="utf-8"),
        tags.meta(name="viewport", content="width=device-width, initial-scale=1"),
        tags.title(f"{NAMES[state.view]} · burdenshare"),
        HTML(PLACEHOLDER),
        tags.link(rel="stylesheet", href="assets/style.css"),
        tags.link(rel="icon", href="assets/icon.svg", type="image/svg+xml"),
        tags.script(src="assets/page.js", defer=""),
    )
    body = tags.body(
        tags.a("Skip to the content", href="#main", class_="skip"),
        _header(state),
        tags.main(
            tags.div(*[tags.p(note) for note in notes], id="notes", class_="notes", role="status"),
            ui.output_ui("engine"),
            tags.noscript(tags.p("This page needs JavaScript for its charts.", class_="notes")),
            tags.form(*_views(state), id="state", autocomplete="off", data_version=__version__),
            id="main", tabindex="-1",
        ),
        _footer(),
        tags.p(GONE, " ", tags.a("Reload", href=""), id="gone", role="alert", hidden=""),
    )  # fmt: skip
    root = tags.html(head, body, lang="en", class_="large" if state.large else None)
    return f"<!doctype html>\n{root}"


def link(view: str, preset_name: str = "status-quo") -> str:
    """The address of a shipped world in a view."""
    return f"?{query(State(view=view, here=World(preset_name)))}"


def _header(state: State) -> Tag:
    entries = [
        tags.li(tags.a(name, href=f"?view={key}", data_view=key, aria_current="page" if key == state.view else None))
        for key, name in NAMES.items()
    ]
    return tags.header(
        tags.div(
            tags.p(tags.a("burdenshare", href="?view=worlds", data_view="worlds"), class_="brand"),
            tags.p("Who pays for NATO’s defence, who is protected, and what each policy changes", class_="claim"),
            class_="title",
        ),
        tags.nav(tags.ul(*entries), aria_label="Views"),
        tags.button("Larger text", type="button", id="larger", aria_pressed="true" if state.large else "false"),
    )


def _footer() -> Tag:
    return tags.footer(
        tags.p(
            f"burdenshare {__version__}. Everything runs on this machine; nothing is sent anywhere. The project models "
            "positions; it takes none."
        )
    )


def _views(state: State) -> list[Tag]:
    hidden = [
        tags.input(type="hidden", name=name, value=value)
        for name, value in (
            ("view", state.view), ("story", state.story), ("step", str(state.step)), ("guesses", state.guesses),
            ("large", "1" * state.large)
        )
    ]  # fmt: skip
    return [
        *hidden,
        _section(state, "worlds",
                 tags.p(marked(GALLERY, set())),
                 ui.output_ui("worlds_cards")),
        _bench(state),
        _section(state, "stories", ui.output_ui("stories_view", data_picture="stories_view")),
        _section(state, "glossary", terms()),
        _section(state, "about", about()),
    ]  # fmt: skip


def _section(state: State, key: str, *content: TagChild) -> Tag:
    """A view under its heading, which stands above the levers where there are some."""
    return tags.section(
        None if key in BENCH else _heading(state, key),
        *content,
        id=None if key in FIGURES else key,  # that id is the chart's
        class_="view",
        data_section=key,
        aria_labelledby=f"{key}-title",
        hidden=_hidden(state, key),
    )


def _heading(state: State, key: str) -> Tag:
    return tags.h1(TITLES[key], id=f"{key}-title", hidden=_hidden(state, key))


def _hidden(state: State, key: str) -> str | None:
    return None if state.view == key else ""


def _bench(state: State) -> Tag:
    """Levers on the left, what they change on the right; above both what the view is."""
    return tags.div(
        tags.div(*[_heading(state, key) for key in BENCH], class_="heads"),
        tags.aside(
            tags.details(tags.summary("World and levers"), _levers(state), id="levers", open=""),
            aria_label="World and levers",
        ),
        tags.div(
            _section(state, "explore", _clock(state), _explore(state), _copies()),
            _section(state, "compare", _against(state), figure("compare")),
            _section(state, "why", _why(state), ui.output_ui("why_words"),
                     tags.div(figure("why"), figure("wanted"), class_="pair")),
            _section(state, "map", _tiles(state), figure("map")),
            class_="stage",
        ),
        id="bench", class_="bench", hidden=None if state.view in BENCH else "",
    )  # fmt: skip


def _levers(state: State) -> TagList:
    here = preset(state.here.preset)
    horizon = state.horizon or here.end - here.start
    return TagList(
        tags.h2("World"),
        select_control("world", "Scenario", {name: preset(name).title for name in scenario_names()}, state.here.preset),
        ui.output_ui("world_words"),
        tags.button("As in the scenario", type="button", id="reset-levers", class_="quiet"),
        tags.h2("Levers"),
        *lever_controls(state.here, state.horizon, "", set()),
        tags.h2("Runs"),
        slider_control("horizon", "Years ahead", "years", 1, 60, 1, horizon, {1: "1", 20: "20", 40: "40", 60: "60"}),
        select_control("runs", "Histories", {str(many): f"{many:,}" for many in RUNS}, str(state.runs)),
        number_control("seed", "Seed of the luck", state.seed),
    )


def _clock(state: State) -> Tag:
    """Play one history year by year."""
    here = preset(state.here.preset)
    end = here.start + (state.horizon or here.end - here.start)
    year = min(max(state.year, here.start), end) if state.year else end
    return tags.div(
        tags.div(
            tags.button("Play", type="button", id="play"),
            tags.button("Step", type="button", id="forward"),
            tags.button("Back to the start", type="button", id="restart"),
            role="group", aria_label="One history, year by year", class_="buttons",
        ),
        tags.div(
            tags.label("Year", for_="control-year"),
            tags.input(type="range", id="control-year", name="year", min=str(here.start), max=str(end), step="1",
                       value=str(year), aria_valuetext=str(year)),
            tags.output(str(year), for_="control-year", data_unit=""),
            class_="year",
        ),
        number_control("replicate", "History", state.replicate, 0, 999_999),
        tags.button("Another history", type="button", id="another"),
        class_="clock",
    )  # fmt: skip


def _explore(state: State) -> TagList:
    names = {key: measure_of(key).axis for key in MEASURES}
    return TagList(
        tags.div(select_control("show", "Show", names, state.show), class_="row", id="shown"),
        tags.div(figure("many"), figure("one"), class_="pair"),
        figure("timeline"),
    )


def _against(state: State) -> Tag:
    names = {name: preset(name).title for name in scenario_names()}
    return tags.div(
        tags.div(
            select_control("against", "Compare with", names, state.there.preset),
            tags.button("Swap the two", type="button", id="swap"),
            tags.button("Keep the present levers as the second", type="button", id="keep"),
            class_="row",
        ),
        ui.output_ui("against_words"),
        tags.details(
            tags.summary("Levers of the second world"),
            tags.div(*lever_controls(state.there, state.horizon, SECOND, None), class_="columns"),
        ),
        class_="against",
    )


def _why(state: State) -> Tag:
    return tags.div(select_control("member", "Member", deciders(), state.member), class_="row")


def _tiles(state: State) -> Tag:
    return tags.div(
        select_control("tiles", "Measure", {key: member_measure(key).axis for key in MAPS}, state.tiles), class_="row"
    )


def figure(name: str) -> Tag:
    """The place of a chart that the server draws."""
    return chart_place(name, ui.output_ui(name, class_="picture", data_picture=name), ui.output_ui(f"{name}_table"))


def _copies() -> Tag:
    """The state as a link, as Python, as a command, as a citation; the server fills them in."""
    return tags.details(
        tags.summary("Share, reuse, cite"),
        tags.p(
            "The address of this page holds everything that is set here. Opened elsewhere with the same version, "
            "it shows the same numbers."
        ),
        tags.p("A changed world has a name of its own in the command: download its file first."),
        *[_copy(label) for label in ("Link", "Python", "Command", "Citation")],
        tags.p(_world_file("world", "Download this world as a scenario file")),
        tags.p(_world_file("other", "Download the second world as a scenario file"), id="other-file"),
        id="copies",
    )


def _world_file(name: str, words: str) -> Tag:
    return tags.a(words, href=f"export/{name}.toml", data_export="", download="")


def _copy(label: str) -> Tag:
    key = f"copy-{label.lower()}"
    button = tags.button("Copy", type="button", data_copy=key, aria_label=f"Copy {label.lower()}")
    return tags.div(
        tags.div(tags.span(label, id=f"{key}-label"), button, class_="line"),
        tags.pre(id=key, tabindex="0", role="region", aria_labelledby=f"{key}-label"),
    )
