"""The address: every state survives it, and no address breaks it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from sim import __version__
from sim.app.levers import LEVERS, Choice, Slider, promised
from sim.app.server import message, read
from sim.app.state import MAPS, MEASURES, RUNS, VIEWS, State, World, deciders, parsed, query
from sim.app.worlds import canonical, changes, idle, positions, preset, scenario_of, settled
from sim.engines.batch import run_batch
from sim.measures import COUNTS
from sim.scenario import Scenario, scenario_names


@st.composite
def values(draw: st.DrawFn) -> tuple[tuple[str, float | str], ...]:
    """Some levers somewhere on their steps, in their order."""
    chosen = []
    for key, lever in LEVERS.items():
        if draw(st.booleans()):
            if isinstance(lever, Slider):
                steps = round((lever.high - lever.low) / lever.step)
                chosen.append((key, lever.snapped(lever.low + lever.step * draw(st.integers(0, steps)))))
            else:
                chosen.append((key, draw(st.sampled_from(sorted(lever.options)))))
    return tuple(chosen)


worlds = st.builds(World, st.sampled_from(scenario_names()), values())
states = st.builds(
    State,
    view=st.sampled_from(VIEWS), here=worlds, there=worlds, horizon=st.integers(0, 60), seed=st.integers(0, 2**53 - 1),
    runs=st.sampled_from(RUNS), replicate=st.integers(0, 999_999), year=st.integers(0, 2200),
    show=st.sampled_from(MEASURES), member=st.sampled_from([*deciders()]), tiles=st.sampled_from(MAPS),
    story=st.sampled_from(["", "who-pays"]), step=st.integers(0, 99), guesses=st.text("0123", max_size=20),
    large=st.booleans(),
)  # fmt: skip


@given(states)
def test_an_address_opens_the_same_state(state: State) -> None:
    assert parsed(query(state)) == (state, [])


@given(states)
def test_every_state_can_be_played_once_it_is_settled(state: State) -> None:
    fit, notes = settled(state)
    scenarios = [scenario_of(world, fit.horizon) for world in (fit.here, fit.there)]
    assert all(isinstance(one, Scenario) for one in scenarios)
    assert settled(fit) == (fit, [])
    assert fit.year == 0 or scenarios[0].start <= fit.year < scenarios[0].end
    assert (fit.year == state.year) or notes or state.year == scenarios[0].end


@given(st.text(max_size=300))
def test_no_address_breaks_the_page(text: str) -> None:
    state, _ = parsed(text)
    settled(state)


@given(st.dictionaries(st.sampled_from(["world", "line", "b-line", "seed", "set", "show", "year", "v", "runs", "eu"]),
                       st.text(max_size=40), min_size=1))  # fmt: skip
def test_hostile_values_are_left_out_and_told(pairs: dict[str, str]) -> None:
    state, _ = settled(parsed(str(QueryParams(pairs)))[0])
    assert parsed(query(state))[0] == state
    scenario_of(state.here, state.horizon)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("world=nowhere", "not a shipped world"),
        ("line=99", "a number from 0 to 6"),
        ("line=nan", "a number from 0 to 6"),
        ("line=1e0", "a number from 0 to 6"),
        ("seed=-1", "whole number"),
        ("seed=٣", "whole number"),
        ("eu=all", "one of recorded, decided, none"),
        ("runs=17", "one of 100, 300, 1000"),
        ("member=XYZ", "not a member that decides"),
        ("member=USA", "not a member that decides"),
        ("show=nothing", "not known here"),
        ("bogus=1", "Unknown in the address, and left out: bogus"),
        ("<script>=1", "Unknown in the address, and left out: some"),
        ("v=0.0.1", f"was made with burdenshare 0.0.1, this is {__version__}"),
        ("v=<b>", "another version"),
        ("set=nonsense", "a field and its value"),
        ("x" * 3000, "too long"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(address: str, words: str) -> None:
    state, notes = parsed(address)
    assert state == State()
    assert len(notes) == 1
    assert words in notes[0]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("set=thinning%3D7", "thinning"),
        ("set=no.such.field%3D1", "no such key"),
        ("set=name%3D[[[[[[[[", "name"),
        ("year=1999", "1999 is not a year of this world"),
        ("world=cold-war-1960&set=loan_opens%3D1950", "loan_opens"),
    ],
)
def test_what_does_not_fit_the_world_is_left_out_too(address: str, words: str) -> None:
    state, notes = parsed(address)
    assert notes == []
    fit, told = settled(state)
    assert len(told) == 1
    assert words in told[0]
    assert fit == State(here=World(state.here.preset))


def test_fields_reach_the_scenario() -> None:
    state, notes = parsed("set=thinning%3D0.5;script.2030%3Dunconditional%0D%0Areactions.DEU%20%3D%20pledge-driven")
    assert notes == []
    scenario = scenario_of(state.here)
    assert scenario.parameters.thinning == 0.5
    assert scenario.reactions == {"DEU": "pledge-driven"}
    assert scenario.script["2030"] == "unconditional"


# Levers


@pytest.mark.parametrize("name", scenario_names())
def test_levers_where_the_scenario_has_them_change_nothing(name: str) -> None:
    everything = World(name, tuple(positions(preset(name)).items()))
    assert canonical(everything) == World(name)
    assert changes(canonical(everything)) == {}


@pytest.mark.parametrize("name", scenario_names())
@pytest.mark.parametrize("key", LEVERS)
def test_a_lever_is_read_where_it_was_put(name: str, key: str) -> None:
    """In every scenario, but for protection below a line where there is no line."""
    lever = LEVERS[key]
    for value in [lever.low, lever.high, lever.snapped(lever.high / 2)] if isinstance(lever, Slider) else lever.options:
        world = World(name, ((key, value),))
        if key == "below" and not positions(preset(name)).get("line"):
            assert "below" not in positions(scenario_of(world))
            assert settled(State(here=world))[0].here == World(name)
        else:
            assert positions(scenario_of(world))[key] == value


def test_a_world_without_a_line_has_no_slider_for_one() -> None:
    """Not the upper end of it, which would be read as a line at 6 % of GDP."""
    off = {name: idle(World(name)) for name in scenario_names()}
    line = {name for name, why in off.items() if "line" in why}
    assert line == {"effort-based", "exit-de-facto"}
    assert off["effort-based"] == {"line": "no line here", "below": "no line"}
    assert off["status-quo"] == {"below": "no line"}
    assert off["conditional-3.5"] == {}
    assert idle(World("effort-based", (("line", 6.0),))) == {}
    told = message(read("world=effort-based")[0], [])["set"]
    assert told["line"] == {"off": "no line here"}
    assert told["b-line"] == 3.5


def test_the_highest_line_is_a_line_in_a_world_that_has_none() -> None:
    world = settled(State(here=World("effort-based", (("line", 6.0),))))[0].here
    assert [tier.minimum for tier in scenario_of(world).policies["effort"].tiers] == [0.0, 0.06]


def test_a_slider_whose_value_a_further_field_sets_says_so() -> None:
    state, _ = read("set=threat_scale%3D4")
    assert message(state, [])["set"]["threat"] == {"off": "set below, as a further field"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("status-quo", "protection for all"),
        ("exit-lawful", "protection for all until the US has left the treaty, for which it asks Congress; then for "
         "nobody"),
        ("exit-unilateral", "protection for all until the US has left the treaty, for which it asks Congress or, if it "
         "refuses, perhaps alone; then for nobody"),
        ("exit-de-facto", "protection for nobody"),
        ("backlash", "protection for all; elections then choose between the policies unconditional, conditional, "
         "leave"),
        ("conditional-3.5", "protection from 3.5 % of GDP on"),
    ],
)  # fmt: skip
def test_what_a_world_promises_is_not_more_than_its_policy(name: str, words: str) -> None:
    assert promised(preset(name)) == words


def test_where_all_are_promised_protection_all_have_it() -> None:
    """What is said of a world is what its runs end with."""
    for name in scenario_names():
        if promised(preset(name)) in ("protection for all", "protection for nobody"):
            played = run_batch(preset(name), 1, 20)
            assert played.counts is not None
            protected = played.counts[:, -1, COUNTS.index("protected_members")]
            allies = played.counts[:, -1, COUNTS.index("members")] - 1
            assert (protected == (allies if promised(preset(name)).endswith("all") else 0)).all()


def test_a_line_becomes_tiers_and_no_line_protects_all() -> None:
    line = scenario_of(World("status-quo", (("line", 3.5), ("below", 0.4)))).policies["unconditional"]
    assert [(tier.minimum, tier.protection) for tier in line.tiers] == [(0.0, 0.4), (0.035, 1.0)]
    free = scenario_of(World("conditional-3.5", (("line", 0.0),))).policies["conditional"]
    assert [(tier.minimum, tier.protection) for tier in free.tiers] == [(0.0, 1.0)]


def test_marks_and_steps_lie_on_the_sliders() -> None:
    for lever in LEVERS.values():
        if isinstance(lever, Slider):
            assert all(lever.low <= place <= lever.high for place in lever.marks())
            assert lever.snapped(lever.high) == lever.high
            assert lever.snapped(lever.low) == lever.low
        else:
            assert isinstance(lever, Choice)
            assert len(lever.options) > 1


def test_a_shorter_horizon_drops_what_comes_later() -> None:
    scenario = scenario_of(World("march-2025"), 1)
    assert scenario.end == scenario.start + 1
    assert all(int(year) <= scenario.end for year in scenario.script)
    assert all(one.year <= scenario.end for one in scenario.statements)
