"""The page and what is served, without a browser: landmarks, names of controls, headers, hostile requests."""

from __future__ import annotations

import asyncio
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.app import serve
from sim.app.charts import Canvas
from sim.app.drawing import Word
from sim.app.levers import LEVERS
from sim.app.page import FIGURES, document
from sim.app.server import canvas_of, message, read
from sim.app.state import VIEWS, State, parsed, query
from sim.app.stories import reveal_chart, reveal_of, told_story
from sim.lessons import stories


class Page(HTMLParser):
    """Tags with their attributes, in their order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(document(*read("view=explore&world=conditional-3.5")))


def test_landmarks_language_and_a_way_past_the_head(page: Page) -> None:
    assert page.all("html")[0]["lang"] == "en"
    assert [len(page.all(tag)) for tag in ("header", "nav", "main", "aside", "footer")] == [1, 1, 1, 1, 1]
    assert page.all("a")[0]["href"] == "#main"
    assert page.all("main")[0]["id"] == "main"


def test_every_control_has_a_name_and_every_id_is_there_once(page: Page) -> None:
    labels = {one["for"] for one in page.all("label")}
    for tag in ("input", "select", "textarea"):
        for one in page.all(tag):
            assert one.get("type") == "hidden" or one["id"] in labels
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    described = [a["aria-describedby"] for _, a in page.tags if a.get("aria-describedby")]
    assert set(described) <= set(ids)


def test_no_name_of_a_control_is_the_id_of_another(page: Page) -> None:
    """A form's elements are found by either; a button with the id of a field would hide the field."""
    fields = [one for tag in ("input", "select", "textarea") for one in page.all(tag) if one.get("name")]
    names = [one["name"] for one in fields]
    assert len(names) == len(set(names))
    elements = [one for tag in ("button", "input", "select", "textarea") for one in page.all(tag)]
    assert not set(names) & {one.get("id") for one in elements}


def test_headings_are_in_order(page: Page) -> None:
    """No level is left out in what one view shows; each view has one first heading, and begins with it."""
    levels = [int(tag[1]) for tag, _ in page.tags if tag in ("h1", "h2", "h3", "h4")]
    assert levels.count(1) == len(VIEWS)
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in zip([1, *levels], levels, strict=False))


def test_only_the_view_of_the_address_is_shown(page: Page) -> None:
    shown = [one["data-section"] for one in page.all("section") if "hidden" not in one]
    assert shown == ["explore"]


def test_nothing_comes_from_elsewhere(page: Page) -> None:
    for _, attributes in page.tags:
        for name in ("src", "href"):
            assert not (attributes.get(name) or "").startswith(("http:", "https:", "//"))
    assert not any("on" + event in a for _, a in page.tags for event in ("click", "load", "input", "error"))


def test_the_page_opens_with_the_state_of_its_address(page: Page) -> None:
    values = {one["name"]: one["value"] for one in page.all("input") if one.get("name")}
    assert values["line"] == "3.5"
    assert values["view"] == "explore"
    chosen = [one["value"] for one in page.all("option") if "selected" in one]
    assert "conditional-3.5" in chosen


def test_a_hostile_address_is_shown_as_text() -> None:
    text = document(*read("world=<script>alert(1)</script>&line=<img src=x onerror=alert(1)>"))
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "not a shipped world" in text


@pytest.mark.parametrize(
    "address", ["", "view=compare&b-line=3&set=thinning%3D0.5&seed=9", "world=march-2025&year=2026"]
)
def test_the_form_is_told_where_every_control_stands(address: str) -> None:
    """What the browser would send back then is the same state."""
    state, _ = read(address)
    told = message(state, [])
    json.dumps(told)
    assert parsed(told["query"])[0] == state
    assert set(LEVERS) <= set(told["set"])
    sent = {key: one for key, one in told["set"].items() if not (isinstance(one, dict) and "off" in one)}
    values = {key: one["value"] if isinstance(one, dict) else one for key, one in sent.items()}
    from starlette.datastructures import QueryParams

    form = {key: f"{one:g}" if isinstance(one, float) else str(one) for key, one in values.items() if one != ""}
    back, notes = read(str(QueryParams({**form, "view": state.view, "show": state.show, "member": state.member})))
    assert notes == []
    assert query(back) == query(state)


@given(st.text(max_size=80))
def test_a_browser_cannot_ask_for_a_place_out_of_bounds(text: str) -> None:
    canvas = canvas_of(text, "many")
    assert 260 <= canvas.width <= 1600
    assert 10 <= canvas.size <= 30


@pytest.mark.parametrize(
    "text",
    [
        "[" * 5_000,
        "[1e999]",
        '[{"many": 1e308}, 1e308]',
        '[{"many": NaN}, NaN]',
        "[{}, null]",
        "[[], 3]",
        '[{"many": "x"}, 1]',
    ],
)
def test_odd_sizes_are_bounded(text: str) -> None:
    canvas = canvas_of(text, "many")
    assert isinstance(canvas, Canvas)
    assert 260 <= canvas.width <= 1600


# Stories


@pytest.mark.parametrize("story", stories()[:1], ids=lambda story: story.name)
def test_a_story_asks_before_it_shows(story: Any) -> None:
    steps = story.steps()
    asked = next(k for k, one in enumerate(steps) if hasattr(one, "choices"))
    before = str(told_story(State(view="stories", story=story.name, step=asked), Canvas(500)))
    assert "It came out as" not in before
    assert all(choice.text in before for choice in steps[asked].choices)
    after = str(told_story(State(view="stories", story=story.name, step=asked + 2, guesses="0"), Canvas(500)))
    assert "It came out as" in after
    assert "<svg" in after


@pytest.mark.parametrize("key", ["one-ahead", "who-follows", "speech-and-deed"])
def test_changes_are_drawn_with_their_signs_and_digits(key: str) -> None:
    """Three times 0.00 would tell nobody which is highest."""
    found = reveal_of("friends", key)
    assert found is not None
    words = [mark.text for mark in reveal_chart(Canvas(500), found).marks if isinstance(mark, Word)]
    drawn = [one for one in words if re.fullmatch("[+\u2212]\\d+\\.\\d+", one)]
    assert len(set(drawn)) == len(found.table)
    assert all(text.startswith(number) for text, number in zip(found.shown(), drawn, strict=True))
    assert words[0].endswith("points")


def test_an_unknown_story_shows_the_list() -> None:
    listed = str(told_story(State(view="stories", story="none-such", step=4), Canvas(500)))
    assert all(story.title in listed for story in stories())


# Served


class Idle:
    """A compiler that has nothing to do."""

    kept, failed = True, ""

    def start(self) -> None:
        """Nothing."""

    def done(self) -> bool:
        """Always."""
        return True


@pytest.fixture(scope="module")
def site() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serve, "Compiler", Idle)
        return serve.application()


def get(site: Any, path: str, text: str = "") -> tuple[int, dict[str, str], bytes]:
    """One GET, spoken as a server does."""
    sent: list[dict[str, Any]] = []

    waiting = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        while not waiting:  # nothing more comes, and nobody hangs up
            await asyncio.sleep(3600)
        return waiting.pop()

    async def send(one: dict[str, Any]) -> None:
        sent.append(one)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "path": path,
        "raw_path": path.encode(), "query_string": text.encode(), "root_path": "", "scheme": "http",
        "headers": [(b"host", b"127.0.0.1")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    asyncio.run(site(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(one.get("body", b"") for one in sent[1:])


def test_the_page_is_served_with_a_policy_that_keeps_it_shut(site: Any) -> None:
    status, headers, body = get(site, "/", "view=explore")
    assert status == 200
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert "script-src 'self' 'sha256-" in headers["content-security-policy"]
    assert b"<section" in body
    for name in FIGURES:
        assert f'id="{name}"'.encode() in body


def test_a_file_of_a_bad_address_is_refused_and_told_why(site: Any) -> None:
    status, _, body = get(site, "/export/many.csv", "line=99")
    assert status == 404
    assert b"a number from 0 to 6" in body


@pytest.mark.parametrize("name", ["style.css", "page.js", "icon.svg"])
def test_its_files_are_there(site: Any, name: str) -> None:
    status, headers, body = get(site, f"/assets/{name}")
    assert status == 200
    assert body
    assert "content-security-policy" in headers


@pytest.mark.parametrize("path", ["/assets/../serve.py", "/export/many.exe", "/export/../../etc/passwd", "/nowhere"])
def test_nothing_else_is(site: Any, path: str) -> None:
    assert get(site, path)[0] == 404


def test_a_chart_is_a_file_of_the_address(site: Any) -> None:
    status, headers, body = get(site, "/export/many.csv", "world=conditional-2&runs=100&horizon=3")
    assert status == 200
    assert headers["content-disposition"] == 'attachment; filename="burdenshare-many-conditional-2.csv"'
    assert body.startswith(b"year,runs,q05")
    assert body.count(b"\n") == 5


def test_a_reason_that_there_is_none_of_is_no_fault_of_the_server(site: Any) -> None:
    status, _, body = get(site, "/export/why.csv", "member=USA")
    assert status == 404
    assert b"USA" in body or b"United States" in body
