# ruff: noqa: E501 (a message is one line)
"""Axes, grids and cells: how many, which values exactly, which scenarios, and what is refused."""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario import (
    Experiment,
    ScenarioError,
    Vary,
    axes,
    base_scenario,
    cell,
    cells,
    count,
    load_experiment,
    load_scenario,
)

Put = Callable[..., str]
HEAD = 'name = "e"\ntitle = "E"\nquestion = "?"\nscenario = "us-policies"\n'


def experiment(*levers: Vary, uncertainties: tuple[Vary, ...] = ()) -> Experiment:
    return Experiment(
        name="e", title="E", question="?", scenario="us-policies", levers=levers, uncertainties=uncertainties
    )


def values(axis: Vary) -> list[object]:
    return [one.values[axis.name] for one in cells(experiment(axis))]


def error(text: str, put: Put) -> str:
    with pytest.raises(ScenarioError) as caught:
        load_experiment(put(HEAD + text, "e.toml"))
    assert str(caught.value).isprintable()
    return str(caught.value)


def test_threshold() -> None:
    threshold = load_experiment("threshold")
    assert count(threshold) == 25 * 2 * 2
    assert threshold.replicates == 200
    grid = list(cells(threshold))
    assert [one.index for one in grid] == list(range(100))
    lines = [one.values["threshold"] for one in grid[::4]]
    assert lines == [round(0.0025 * step, 4) for step in range(25)]
    assert lines[14] == 0.035
    assert [one.values["exclusion"] for one in grid[:4]] == ["believed", "not believed"] * 2
    assert [one.values["eu_instruments"] for one in grid[:4]] == ["on", "on", "off", "off"]
    for one in grid:
        parameters, policy = one.scenario.parameters, one.scenario.policies["conditional"]
        believed, on = one.values["exclusion"] == "believed", one.values["eu_instruments"] == "on"
        assert policy.tiers[1].minimum == one.values["threshold"]
        assert parameters.loan_opens == parameters.clause_opens == (2026 if on else 0)
        assert parameters.exclusion_start == parameters.exclusion_mean == (0.95 if believed else 0.05)
        assert parameters.adversary_exclusion == parameters.exclusion_start
        assert (one.scenario.start, one.scenario.end) == (2025, 2045)


def test_policies() -> None:
    grid = list(cells(load_experiment("policies")))
    in_force = "unconditional conditional-2 conditional-3.5 conditional-5 graduated de-facto-exit".split()
    assert [one.scenario.script["2026"] for one in grid] == in_force
    assert grid[2].values == {"policy": "conditional 3.5 %"}


def test_steps_do_not_drift_and_meet_the_stop() -> None:
    assert values(Vary(name="a", key="parameters.thinning", start=0, stop=0.3, step=0.1)) == [0, 0.1, 0.2, 0.3]
    assert values(Vary(name="a", key="parameters.thinning", start=0.0, stop=1.0, step=0.3)) == [0, 0.3, 0.6, 0.9]
    assert values(Vary(name="a", key="parameters.thinning", start=0.5, stop=0.5, step=1.0)) == [0.5]


def test_whole_steps_stay_whole() -> None:
    found = values(Vary(name="a", key="parameters.lead_time", start=1, stop=4, step=1))
    assert found == [1, 2, 3, 4]
    assert all(isinstance(one, int) for one in found)


@given(st.integers(0, 900), st.integers(1, 60), st.integers(1, 200), st.sampled_from([2, 3, 4]))
def test_any_steps_are_the_decimals_that_one_would_write(start: int, step: int, many: int, digits: int) -> None:
    unit = 10**digits
    axis = Vary(name="a", key="x", start=start / unit, stop=(start + step * many) / unit, step=step / unit)
    one = experiment(axis)
    assert count(one) == many + 1
    from sim.scenario.axes import value

    assert [value(axis, index) for index in range(many + 1)] == [(start + step * i) / unit for i in range(many + 1)]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_a_grid_is_the_product_of_its_axes_and_every_cell_can_be_had_alone(sizes: list[int]) -> None:
    names = ["thinning", "allied_weight", "adjustment_speed", "pledge_pull"]
    made = [
        Vary(name=name, key=f"parameters.{name}", values=tuple(step / 10 for step in range(many)))
        for name, many in zip(names, sizes, strict=False)
    ]
    one = experiment(*made[:2], uncertainties=tuple(made[2:]))
    assert axes(one) == tuple(made)
    points = list(itertools.product(*(axis.values for axis in made)))
    assert [tuple(each.values.values()) for each in cells(one)] == points
    assert count(one) == len(points)
    assert cell(one, len(points) - 1) == list(cells(one))[-1]
    with pytest.raises(ScenarioError, match=f"no cell {len(points)}; allowed: 0 to {len(points) - 1}"):
        cell(one, len(points))


def test_an_experiment_without_axes_is_one_cell() -> None:
    (only,) = cells(experiment())
    assert only.scenario == load_scenario("us-policies")
    assert only.values == {}


def test_counting_builds_nothing() -> None:
    many = [Vary(name=f"a{i}", key=f"k{i}", start=0.0, stop=1.0, step=1e-9) for i in range(5)]
    assert count(experiment(*many)) == (10**9 + 1) ** 5


def test_many_cells_have_to_be_allowed() -> None:
    one = experiment(
        Vary(name="a", key="parameters.thinning", start=0.0, stop=1.0, step=0.001),
        Vary(name="b", key="parameters.allied_weight", start=0.0, stop=1.0, step=0.001),
    )
    with pytest.raises(ScenarioError) as caught:
        cells(one)
    message = "experiment e: 1001 x 1001 = 1,002,001 cells; allowed: 1,000,000, or allow_many=True (--yes on the command line)"
    assert str(caught.value) == message
    assert next(cells(one, allow_many=True)).values == {"a": 0.0, "b": 0.0}


def test_names_with_points_and_tables_in_tables_mean_dotted_keys(put: Put) -> None:
    text = """[[levers]]
name = "a"
[levers.choices.one]
parameters.thinning = 0.5
policies."conditional-3.5".tiers.1.minimum = 0.03
[levers.choices.two]
"parameters.thinning" = 0.6
"""
    one, two = cells(load_experiment(put(HEAD + text)))
    assert one.scenario.parameters.thinning == 0.5
    assert one.scenario.policies["conditional-3.5"].tiers[1].minimum == 0.03
    assert two.scenario.parameters.thinning == 0.6


def test_a_scenario_beside_the_experiment(put: Put, good: str) -> None:
    put(good, "mine.toml")
    text = HEAD.replace("us-policies", "mine.toml")
    assert base_scenario(load_experiment(put(text, "e.toml"))).name == "mine"


def test_a_file_that_changes_later_changes_nothing(put: Put, good: str) -> None:
    put(good, "mine.toml")
    read = load_experiment(put(HEAD.replace("us-policies", "mine.toml"), "e.toml"))
    put(good.replace("0.5", "0.25"), "mine.toml")
    for one in (read, pickle.loads(pickle.dumps(read))):
        assert next(cells(one)).scenario.parameters.thinning == 0.5


LEVER = '[[levers]]\nname = "a"\n'
NUMBER = "allowed: a number from 0 to 1"
WAYS = "an axis has key with values, key with start, stop and step, key with low and high, choices, or table"


def test_a_copy_that_names_another_scenario_has_it() -> None:
    one = load_experiment("policies")
    assert base_scenario(one.model_copy(update={"seed": 9})) == base_scenario(one)
    other = one.model_copy(update={"scenario": "exit-lawful"})
    assert base_scenario(other) == load_scenario("exit-lawful") != base_scenario(one)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'key = "thining"\nvalues = [0.1]',
            '7: levers.0.key = "thining": no such key in us-policies, did you mean parameters.thinning?',
        ),
        (
            'key = "parameters.thinning"\nvalues = [\n0.1,\n1.5]',
            f"10: levers.0.values.1 = 1.5: out of range (parameters.thinning); {NUMBER}",
        ),
        (
            'key = "parameters.thinning"\nstart = 0\nstop = 2\nstep = 0.5',
            f"9: levers.0.stop = 2.0: out of range (parameters.thinning); {NUMBER}",
        ),
        (
            'key = "parameters.thinning"\nstart = -1\nstop = 1\nstep = 0.5',
            f"8: levers.0.start = -1.0: out of range (parameters.thinning); {NUMBER}",
        ),
        (
            'key = "parameters.lead_time"\nstart = 1\nstop = 2\nstep = 0.5',
            "8: levers.0.start = 1.0: a number with a point does not belong here (parameters.lead_time)",
        ),
        (
            'key = "parameters.thinning"\nstart = 1\nstop = 0\nstep = 0.5',
            "9: levers.0.stop = 0: stop is below start = 1; allowed: 1 or more",
        ),
        (
            'key = "parameters.thinning"\nstart = 0\nstop = 1\nstep = 0',
            "10: levers.0.step = 0: out of range; allowed: a number of at least 1e-09",
        ),
        (
            'key = "parameters.thinning"\nstart = 0\nstop = 1',
            "5: levers.0: start, stop and step go together; allowed: all three",
        ),
        (
            'key = "parameters.thinning"\nstart = 0\nstop = 1e300\nstep = 1e-9',
            "10: levers.0.step = 1e-09: more than 1,000,000,000 steps; allowed: a larger step",
        ),
        ('key = "reaction"\nvalues = []', "8: levers.0.values = []: empty; allowed: at least one"),
        ("[levers.choices]", "7: levers.0.choices: empty; allowed: at least one"),
        ('key = "reaction"', f"5: levers.0: {WAYS}; found key; allowed: one of the five ways"),
        (
            'key = "reaction"\nvalues = ["follow"]\nstart = 1',
            f"5: levers.0: {WAYS}; found key, values, start; allowed: one of the five ways",
        ),
        (
            'key = "reaction"\nvalues = ["follow", "folow"]',
            '8: levers.0.values.1 = "folow": unknown, did you mean follow? (reaction)',
        ),
        (
            'key = "reaction"\nvalues = ["follow", "follow"]',
            '8: levers.0.values.1 = "follow": given twice; allowed: each value once',
        ),
        (
            'key = "script.2026"\nvalues = ["graduate"]',
            '8: levers.0.values.0 = "graduate": unknown policy, did you mean graduated? (script.2026)',
        ),
        (
            "[levers.choices.on]\nparameters.thinning = 2",
            f"8: levers.0.choices.on.parameters.thinning = 2: out of range (parameters.thinning); {NUMBER}",
        ),
        (
            "[levers.choices.on]\n[levers.choices.off]\nend = 2050",
            "7: levers.0.choices.on: a choice that sets nothing; allowed: dotted names and values",
        ),
        ('key = "parameters.thinning"\nvalues = [nan]', "8: levers.0.values.0 = nan: not a finite number"),
        (
            'key = "parameters.thinning"\nvalues = [0.1]\n[[uncertainties]]\nname = "a"\nkey = "end"\nvalues = [2050]',
            '10: uncertainties.0.name = "a": two axes of this name; allowed: each name once',
        ),
        (
            'key = "end"\nvalues = [2040]\n[[uncertainties]]\nname = "b"\nkey = "end"\nvalues = [2050]',
            '10: uncertainties.0.name = "b": end is moved by the axis a already; allowed: each field on one axis',
        ),
    ],
)
def test_axes_that_are_wrong(text: str, message: str, put: Put) -> None:
    assert error(LEVER + text, put).startswith(f"e.toml:{message}")


def test_experiments_that_are_wrong(put: Put) -> None:
    year = error('[[levers]]\nname = "year"\nkey = "end"\nvalues = [2040]', put)
    assert year.startswith('e.toml:6: levers.0.name = "year": this name is taken by a column of the results')
    assert (
        error("replicates = 0", put)
        == "e.toml:5: replicates = 0: out of range; allowed: a whole number from 1 to 1000000 or auto"
    )
    assert error(f"seed = {2**63}", put).startswith("e.toml:5: seed = 9223372036854775808: out of range; allowed: ")
    assert error('outcomes = ["European share"]', put).startswith(
        'e.toml:5: outcomes.0 = "European share": not a valid'
    )
    assert error('levers = "all"', put).startswith('e.toml:5: levers = "all": text does not belong here')
    with pytest.raises(ScenarioError, match=r'^x\.toml:4: scenario = "us-policy": no such preset, did you mean us-pol'):
        load_experiment(put(HEAD.replace("us-policies", "us-policy"), "x.toml"))


def test_values_that_contradict_each_other_are_found_in_their_cell(put: Put) -> None:
    text = '[[levers]]\nname = "a"\nkey = "end"\nvalues = [2040, 2020]\n'
    grid = cells(load_experiment(put(HEAD + text)))
    next(grid)
    with pytest.raises(ScenarioError) as caught:
        next(grid)
    problem = "end = 2020: end must be after start = 2025; allowed: 2026 to 2200"
    assert str(caught.value) == f"experiment e, cell 1 (a = 2020): {problem}"
