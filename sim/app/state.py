"""The whole state of the page, and its form in the address; a bad or an old address is explained, never an error."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any

from starlette.datastructures import QueryParams

from sim import __version__
from sim.app.levers import LEVERS, Slider, Value
from sim.data import members
from sim.scenario import scenario_names

__all__ = ["MAPS", "MEASURES", "RUNS", "SECOND", "VIEWS", "State", "World", "deciders", "parsed", "query"]

VIEWS = ("worlds", "explore", "compare", "why", "map", "stories", "glossary", "about")
MEASURES = (
    "european_share", "allied_share", "protected_members", "members_at_3_5", "commitment_belief", "exclusion_belief",
    "posture", "europe_without_us", "enabler_ratio", "challenge_risk", "total_support", "loans", "free_riding_index",
)  # fmt: skip
MAPS = ("defence_share", "spending", "expected_protection", "commitment_belief", "exclusion_belief", "debt", "hazard")
RUNS = (100, 300, 1000)
SECOND = "b-"  # levers of the world that is compared with
LONGEST = 2000  # characters of an address
LAST_SEED = 2**53 - 1  # what a browser can count to without loss
MOST_FIELDS, LONGEST_FIELD = 8, 120
FIELD = re.compile(r"([A-Za-z0-9_.-]{1,80}) *= *(\S.*)")
WORD = re.compile(r"[A-Za-z0-9.-]{0,40}")


@dataclass(frozen=True)
class World:
    """A shipped scenario and what is changed in it.

    Attributes:
        values: the levers that stand elsewhere than in the scenario, in the order of ``LEVERS``.
        fields: any other fields by dotted names, with their values as TOML or a bare word.
    """

    preset: str = "status-quo"
    values: tuple[tuple[str, Value], ...] = ()
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything is."""
        return bool(self.values or self.fields)


@dataclass(frozen=True)
class State:
    """All that the page shows depends on this.

    Attributes:
        here, there: the world on the page, and the one it is compared with.
        horizon: years that are played, 0: as many as the scenario says.
        replicate: which single history. year: up to when it is told, 0: to its end.
        show: measure of the charts over time. tiles: measure of the map.
        story, step, guesses: where in a story, and the choices made on the way, a digit each.
        large: larger letters, for a projector.
    """

    view: str = "worlds"
    here: World = World()
    there: World = World("conditional-3.5")
    horizon: int = 0
    seed: int = 1
    runs: int = 300
    replicate: int = 0
    year: int = 0
    show: str = "european_share"
    member: str = "DEU"
    tiles: str = "defence_share"
    story: str = ""
    step: int = 0
    guesses: str = ""
    large: bool = False


NUMBERS = {
    "horizon": (0, 60), "seed": (0, LAST_SEED), "replicate": (0, 999_999), "year": (0, 2200), "step": (0, 99),
}  # fmt: skip
WORDS: dict[str, tuple[str, ...]] = {"view": VIEWS, "show": MEASURES, "tiles": MAPS}


@dataclass
class _Reading:
    """An address that is being read: what is left of it, and what was wrong."""

    left: dict[str, str]
    notes: list[str] = field(default_factory=list)

    def refused(self, key: str, value: str, allowed: str) -> None:
        shown = "".join(letter if letter.isprintable() else "?" for letter in value[:40])
        self.notes.append(f"{key} = “{shown}” is not {allowed} and was left out.")


def parsed(address: str) -> tuple[State, list[str]]:
    """The state that a query string means, and one sentence for everything in it that was not understood."""
    if len(address) > LONGEST:
        return State(), ["The address is too long to be one of this page; it was left out."]
    reading = _Reading(dict(QueryParams(address.lstrip("?"))))
    version = reading.left.pop("v", __version__)
    if version != __version__:
        shown = version if WORD.fullmatch(version) else "another version"
        reading.notes.append(f"The link was made with burdenshare {shown}, this is {__version__}: numbers may differ.")
    state = State()
    here = _world(reading, "world", "", state.here)
    there = _world(reading, "against", SECOND, state.there)
    simple: dict[str, Any] = {key: _number(reading, key, *ends) for key, ends in NUMBERS.items()}
    simple |= {key: _word(reading, key, allowed) for key, allowed in WORDS.items()}
    simple["member"] = _word(reading, "member", tuple(deciders()), "a member that decides by the model's rules")
    simple["runs"] = _runs(reading)
    simple["story"] = _story(reading)
    simple["guesses"] = _guesses(reading)
    simple["large"] = True if reading.left.pop("large", "") == "1" else None
    state = replace(state, here=here, there=there, **{k: v for k, v in simple.items() if v is not None})
    unknown = [key for key in reading.left if WORD.fullmatch(key)]
    if reading.left:
        named = ", ".join(unknown[:3]) if unknown else "some"
        reading.notes.append(f"Unknown in the address, and left out: {named}.")
    return state, reading.notes


def _world(reading: _Reading, key: str, before: str, usual: World) -> World:
    """One of the two worlds of an address."""
    preset = reading.left.pop(key, usual.preset)
    if preset not in scenario_names():
        reading.refused(key, preset, "a shipped world")
        preset = usual.preset
    values = [(name, _lever(reading, before + name, name)) for name in LEVERS]
    return World(preset, tuple((name, value) for name, value in values if value is not None), _fields(reading, before))


def _fields(reading: _Reading, before: str) -> tuple[tuple[str, str], ...]:
    """Any other fields: name = value, a line each or with semicolons; the last of a name counts."""
    text = reading.left.pop(f"{before}set", "")
    lines = [line.strip() for line in re.split(r"[;\r\n]+", text) if line.strip()]
    found: dict[str, str] = {}
    for line in lines[:MOST_FIELDS]:
        if len(line) <= LONGEST_FIELD and line.isprintable() and (match := FIELD.fullmatch(line)):
            found[match[1]] = match[2].strip()
        else:
            reading.refused(f"{before}set", line, "a field and its value, such as thinning = 0.5,")
    if len(lines) > MOST_FIELDS:
        reading.notes.append(f"Only the first {MOST_FIELDS} further fields count.")
    return tuple(found.items())


def _lever(reading: _Reading, key: str, name: str) -> Value | None:
    """A lever's value on its steps, None if the address has none."""
    text, lever = reading.left.pop(key, None), LEVERS[name]
    if text is None:
        return None
    if isinstance(lever, Slider):
        value = _float(text)
        if lever.low <= value <= lever.high:
            return lever.snapped(value)
        reading.refused(key, text, f"a number from {lever.low:g} to {lever.high:g}")
        return None
    if text in lever.options:
        return text
    reading.refused(key, text, f"one of {', '.join(lever.options)}")
    return None


def _float(text: str) -> float:
    """A plain number, NaN for anything else."""
    return float(text) if re.fullmatch(r"-?\d{1,9}(\.\d{1,9})?", text, re.ASCII) else math.nan


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,16}", text, re.ASCII) else None


def _number(reading: _Reading, key: str, low: int, high: int) -> int | None:
    text = reading.left.pop(key, None)
    if text is None:
        return None
    value = _whole(text)
    if value is None or not low <= value <= high:
        reading.refused(key, text, f"a whole number from {low} to {high}")
        return None
    return value


@cache
def deciders() -> dict[str, str]:
    """Who decides by the model's rules, code -> name: not the US, whose policy is given, nor who has no forces."""
    table = members(2025).sort_values("name")
    table = table[table["armed_forces"] & (table["member"] != "USA")]
    return dict(zip(table["member"], table["name"], strict=True))


def _word(reading: _Reading, key: str, allowed: tuple[str, ...], what: str = "known here") -> str | None:
    text = reading.left.pop(key, None)
    if text is None or text in allowed:
        return text
    reading.refused(key, text, what)
    return None


def _runs(reading: _Reading) -> int | None:
    text = reading.left.pop("runs", None)
    if text is None or (value := _whole(text)) in RUNS:
        return None if text is None else value
    reading.refused("runs", text, f"one of {', '.join(map(str, RUNS))}")
    return None


def _story(reading: _Reading) -> str | None:
    """A story's name is checked where the stories are; here only that it is a plain word."""
    text = reading.left.pop("story", None)
    if text is None or WORD.fullmatch(text):
        return text
    reading.refused("story", text, "the name of a story")
    return None


def _guesses(reading: _Reading) -> str | None:
    text = reading.left.pop("guesses", None)
    if text is None or re.fullmatch(r"[0-3]{0,20}", text, re.ASCII):
        return text
    reading.refused("guesses", text, "a list of choices")
    return None


def query(state: State) -> str:
    """The state as a query string, without what is usual; always with the view and the version."""
    usual, pairs = State(), {"view": state.view}
    for key, world, standard, before in (
        ("world", state.here, usual.here, ""), ("against", state.there, usual.there, SECOND)
    ):  # fmt: skip
        if world.preset != standard.preset:
            pairs[key] = world.preset
        pairs |= {f"{before}{name}": written(value) for name, value in world.values}
        if world.fields:
            pairs[f"{before}set"] = ";".join(f"{name}={value}" for name, value in world.fields)
    for one in fields(State):
        value = getattr(state, one.name)
        if one.name not in ("view", "here", "there") and value != getattr(usual, one.name):
            pairs[one.name] = "1" if value is True else str(value)
    return str(QueryParams({**pairs, "v": __version__}))


def written(value: Value) -> str:
    """A lever's value as it stands in an address and in a form."""
    return value if isinstance(value, str) else f"{value:g}"
