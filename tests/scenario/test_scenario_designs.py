# ruff: noqa: E501 (a message is one line)
"""Samples, ranges, tables and luck: the right points in the right cells, and what is refused."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario import (
    Design,
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
from sim.scenario import design as designs
from sim.scenario.axes import at_unit
from sim.scenario.design import luck, positions, sample

Put = Callable[..., str]
HEAD = 'name = "e"\ntitle = "E"\nquestion = "?"\nscenario = "us-policies"\n'
KINDS = {"latin-hypercube": 40, "sobol": 64, "saltelli": 16, "morris": 10}
LINE = Vary(name="line", key="policies.conditional.tiers.1.minimum", values=(0.02, 0.03, 0.04))
THIN = Vary(name="thin", key="parameters.thinning", low=0.2, high=0.8)
LEAD = Vary(name="lead", key="parameters.lead_time", low=1, high=5)
RULE = Vary(name="rule", key="reaction", values=("joint-product", "follow", "inertia"))


def experiment(design: Design, *uncertainties: Vary, levers: tuple[Vary, ...] = (), **more: Any) -> Experiment:
    return Experiment(
        name="e", title="E", question="?", scenario="us-policies", levers=levers, uncertainties=uncertainties,
        design=design, **more,
    )  # fmt: skip


def columns(one: Experiment) -> dict[str, np.ndarray[Any, Any]]:
    return positions(one, base_scenario(one), np.arange(count(one)))


def error(text: str, put: Put) -> str:
    with pytest.raises(ScenarioError) as caught:
        load_experiment(put(HEAD + text, "e.toml"))
    assert str(caught.value).isprintable()
    return str(caught.value)


@pytest.mark.parametrize(
    ("kind", "cells_wanted"), [("latin-hypercube", 40), ("sobol", 64), ("saltelli", 80), ("morris", 40)]
)
def test_a_sample_has_its_cells_inside_its_ranges(kind: str, cells_wanted: int) -> None:
    one = experiment(Design(kind=kind, points=KINDS[kind]), THIN, LEAD, RULE)
    assert count(one) == cells_wanted
    found = columns(one)
    assert list(found) == ["thin", "lead", "rule"]
    assert ((found["thin"] >= 0.2) & (found["thin"] <= 0.8)).all()
    assert set(found["lead"].tolist()) == {1, 2, 3, 4, 5} or kind == "morris"
    assert found["lead"].dtype == found["rule"].dtype == np.int64
    assert set(found["rule"].tolist()) == {0, 1, 2} or kind == "morris"
    for index in (0, cells_wanted - 1):
        there = cell(one, index)
        assert there.scenario.parameters.thinning == there.values["thin"] == found["thin"][index]
        assert there.scenario.parameters.lead_time == found["lead"][index]
        assert there.scenario.reaction == RULE.values[found["rule"][index]]


def test_a_latin_hypercube_has_every_row_once_on_every_axis() -> None:
    found = columns(experiment(Design(kind="latin-hypercube", points=100), THIN, LEAD))
    strata = np.floor((found["thin"] - 0.2) / 0.6 * 100).astype(int)
    assert sorted(strata.tolist()) == list(range(100))
    assert np.bincount(found["lead"])[1:].tolist() == [20] * 5


def test_a_sobol_sequence_fills_every_dyadic_box() -> None:
    unit = sample(Design(kind="sobol", points=256), 2, 5)
    boxes = np.floor(unit * 16).astype(int)
    assert len({tuple(box) for box in boxes.tolist()}) == 256


def test_saltelli_cells_differ_from_their_base_in_one_axis() -> None:
    """A, then A with one column of B for each axis, then B."""
    unit = sample(Design(kind="saltelli", points=8), 3, 1).reshape(8, 5, 3)
    for a, *mixed, b in unit:
        for axis, row in enumerate(mixed):
            assert (row == np.where(np.arange(3) == axis, b, a)).all()
    assert designs.drawn(Design(kind="saltelli", points=8, second_order=True), 3) == 64


def test_morris_moves_one_axis_at_a_time() -> None:
    unit = sample(Design(kind="morris", points=6), 4, 1).reshape(6, 5, 4)
    moved = np.diff(unit, axis=1) != 0
    assert (moved.sum(axis=2) == 1).all()
    assert moved.any(axis=1).all()


def test_levers_are_crossed_with_the_sample_or_sampled() -> None:
    crossed = experiment(Design(kind="sobol", points=4), THIN, levers=(LINE,))
    assert count(crossed) == 12
    found = columns(crossed)
    assert found["line"].tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert (found["thin"].reshape(3, 4) == found["thin"][:4]).all()
    together = experiment(Design(kind="sobol", points=4, levers="sampled"), THIN, levers=(LINE,))
    assert count(together) == 4


def test_the_seed_chooses_the_sample() -> None:
    design = Design(kind="latin-hypercube", points=10)
    one, two, again = (columns(experiment(design, THIN, seed=seed))["thin"].tolist() for seed in (0, 2**63 - 1, 0))
    assert one == again != two


def test_luck_is_common_of_the_point_or_of_the_cell() -> None:
    chosen = np.arange(12)
    many = {
        how: luck(experiment(Design(kind="sobol", points=4), THIN, levers=(LINE,), luck=how), chosen).tolist()
        for how in ("common", "points", "independent")
    }
    assert many["common"] == [0] * 12
    assert many["points"] == [10**6 * (one % 4) for one in range(12)]
    assert many["independent"] == [10**6 * one for one in range(12)]
    grid = experiment(Design(), RULE, levers=(LINE,), luck="points")
    assert luck(grid, np.arange(9)).tolist() == [10**6 * (one % 3) for one in range(9)]


@pytest.mark.parametrize(
    ("kind", "extra", "block"), [("saltelli", {}, 4), ("saltelli", {"second_order": True}, 6), ("morris", {}, 3)]
)
def test_points_that_are_compared_share_their_luck(kind: str, extra: dict[str, bool], block: int) -> None:
    one = experiment(Design(kind=kind, points=4, **extra), THIN, LEAD, levers=(LINE,), luck="points")
    assert count(one) == 3 * 4 * block
    wanted = [10**6 * base for base in range(4) for _ in range(block)] * 3
    assert luck(one, np.arange(count(one))).tolist() == wanted


@given(st.integers(1, 50), st.floats(0, 1))
def test_values_have_equal_parts_of_the_unit(many: int, unit: float) -> None:
    axis = Vary(name="a", key="parameters.thinning", start=0, stop=many - 1, step=1)
    (at,) = at_unit(axis, np.array([unit]), base_scenario(experiment(Design()))).tolist()
    assert at == min(many - 1, int(unit * many))


@settings(max_examples=30)
@given(st.floats(0, 0.4), st.floats(0.41, 1), st.floats(0, 1))
def test_ranges_keep_inside_their_ends(low: float, high: float, unit: float) -> None:
    axis = Vary(name="a", key="parameters.thinning", low=low, high=high)
    (at,) = at_unit(axis, np.array([unit]), base_scenario(experiment(Design()))).tolist()
    assert low <= at <= high
    assert at == pytest.approx(low + unit * (high - low))


def test_a_large_sample_is_counted_and_refused_before_it_is_drawn() -> None:
    one = experiment(Design(kind="latin-hypercube", points=10_000_000), THIN, LEAD)
    assert count(one) == 10_000_000
    with pytest.raises(
        ScenarioError, match=r"10,000,000 points of 2 axes are more than 10,000,000 numbers; allowed: fewer points"
    ):
        cell(one, 0)


# Tables


def tabled(put: Put, text: str, name: str = "cells.csv", design: str = "") -> Experiment:
    put(text, name)
    return load_experiment(put(f'{HEAD}{design}[[uncertainties]]\nname = "draw"\ntable = "{name}"\n', "e.toml"))


def test_a_list_of_cells(put: Put) -> None:
    one = tabled(
        put,
        "draw,thinning,parameters.lead_time,script.2026,policies.conditional.certifies\n7,0.25,2,graduated,true\n8,0.75,4,conditional,false\n",
    )
    first, second = cells(one)
    assert (first.values, second.values) == ({"draw": 0}, {"draw": 1})
    assert (first.scenario.parameters.thinning, second.scenario.parameters.thinning) == (0.25, 0.75)
    assert (first.scenario.parameters.lead_time, second.scenario.parameters.lead_time) == (2, 4)
    assert first.scenario.script["2026"] == "graduated"
    assert first.scenario.policies["conditional"].certifies is True
    assert axes(one)[0].keys == (
        "parameters.thinning",
        "parameters.lead_time",
        "script.2026",
        "policies.conditional.certifies",
    )
    again = pickle.loads(pickle.dumps(one))
    assert again == one
    assert list(cells(again)) == list(cells(one))


def test_parquet_and_csv_are_the_same_table(put: Put, tmp_path: Path) -> None:
    text = "thinning,lead_time\n0.1,1\n0.2,2\n0.3,3\n"
    from_csv = tabled(put, text)
    folder = Path(put(text, "x.csv")).parent
    pq.write_table(pa.table({"thinning": [0.1, 0.2, 0.3], "lead_time": [1, 2, 3]}), folder / "x.parquet")
    from_parquet = load_experiment(put(f'{HEAD}[[uncertainties]]\nname = "draw"\ntable = "x.parquet"\n', "f.toml"))
    assert from_csv.uncertainties[0]._rows == from_parquet.uncertainties[0]._rows


def test_draws_are_sampled_with_the_rest(put: Put) -> None:
    text = "thinning\n" + "".join(f"{k / 100}\n" for k in range(50))
    design = '[design]\nkind = "latin-hypercube"\npoints = 100\n'
    found = columns(tabled(put, text, design=design))["draw"]
    assert np.bincount(found).tolist() == [2] * 50


TABLE = "6: uncertainties.0.table = "
BAD_TABLES = [
    ("thining\n0.5\n", 'column thining: no such key in us-policies, did you mean parameters.thinning?'),
    ("thinning\n0.5\n1.5\n", "row 1, parameters.thinning = 1.5: out of range; allowed: a number from 0 to 1"),
    ("lead_time\n1.5\n", "row 0, parameters.lead_time = 1.5: a number with a point does not belong here"),
    ("reaction\nfolow\n", 'row 0, reaction = "folow": unknown, did you mean follow?'),
    ("thinning\n0.5\ninf\n", "column thinning, row 1: not a finite number"),
    ("draw\n1\n", "no columns"),
    ("thinning,lead_time\n0.5,\n", "column lead_time, row 0: "),
    ("thinning,thinning\n0.5,0.5\n", "two columns have one name"),
    ("parameters.thinning,lead_time,thinning\n0.5,2,0.9\n", "the columns parameters.thinning and thinning set one field; allowed: "),
    ("thinning\n", "no rows"),
    ("", "not a table that can be read"),
    ("thinning,end\n0.5\n", "not a table that can be read"),
    ("end\n2040-01-01\n", "column end: neither numbers, words nor truth values"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), BAD_TABLES)
def test_tables_that_are_wrong(text: str, words: str, put: Put) -> None:
    put(text, "cells.csv")
    message = error('[[uncertainties]]\nname = "draw"\ntable = "cells.csv"\n', put)
    assert message.startswith("e.toml:7: uncertainties.0.table = ")
    assert words in message


@pytest.mark.parametrize("name", ["../cells.csv", "/etc/passwd", "absent.csv", "posteriour", "cells.toml", ""])
def test_tables_that_are_not_there(name: str, put: Put) -> None:
    message = error(f'[[uncertainties]]\nname = "draw"\ntable = "{name}"\n', put)
    assert message.startswith(f'e.toml:7: uncertainties.0.table = "{name}": ')
    assert "allowed: " in message


def test_a_table_and_an_axis_may_not_move_one_field(put: Put) -> None:
    put("thinning\n0.5\n", "cells.csv")
    message = error(
        '[[levers]]\nname = "a"\nkey = "parameters.thinning"\nvalues = [0.1]\n[[uncertainties]]\nname = "draw"\ntable = "cells.csv"\n',
        put,
    )
    assert (
        message
        == "e.toml:10: uncertainties.0.name: parameters.thinning is moved by the axis a already; allowed: each field on one axis"
    )


def test_the_experiment_of_the_documentation_is_one(put: Put) -> None:
    text = (Path(__file__).parents[2] / "docs" / "designs.md").read_text(encoding="utf-8")
    one = load_experiment(put(text.split("```toml\n")[1].split("```")[0], "drivers.toml"))
    assert count(one) == 2560
    assert load_scenario(put(text.split("```toml\n")[2].split("```")[0], "mine.toml")).parameters.table == "posterior"
    auto = text.split("```toml\n")[3].split("```")[0]
    assert load_experiment(put(HEAD + auto, "auto.toml")).auto is not None


def test_columns_of_one_name_in_parquet(put: Put) -> None:
    text = '[[uncertainties]]\nname = "draw"\ntable = "cells.parquet"\n'
    put("", "cells.parquet")
    pq.write_table(pa.table([pa.array([0.5]), pa.array([0.9])], names=["thinning", "thinning"]), "cells.parquet")
    assert error(text, put).startswith('e.toml:7: uncertainties.0.table = "cells.parquet": two columns have one name')


LEVER = '[[levers]]\nname = "{0}"\nkey = "{1}"\nvalues = [{2}]\n'
MINIMUM = "policies.conditional.tiers.{0}.minimum"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LEVER.format("a", "parameters", '"posterior"') + LEVER.format("b", "parameters.table", '"posterior"'), '10: levers.1.name = "b": parameters.table is moved by the axis a already; allowed: each field on one axis'),
        (LEVER.format("a", MINIMUM.format(1), 0.02) + LEVER.format("b", MINIMUM.format("01"), 0.03), '11: levers.1.key = "policies.conditional.tiers.01.minimum": no such key in us-policies, did you mean policies.conditional.tiers.1.minimum?'),
        ('[[levers]]\nname = "a"\n[levers.choices."x"]\n"parameters.thinning" = 0.5\nparameters.thinning = 0.9\n', "7: levers.0.choices.x: parameters.thinning is set here twice, in two spellings; allowed: each field once"),
    ],
)  # fmt: skip
def test_no_field_is_set_by_two_names(text: str, message: str, put: Put) -> None:
    found = error(text, put)
    assert found.startswith(f"e.toml:{message}"), found


# What is refused

RANGE = '[[uncertainties]]\nname = "a"\nkey = "parameters.thinning"\nlow = 0\nhigh = 1\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            RANGE,
            "8: uncertainties.0.low = 0: a range has no values to cross; allowed: values, steps, or a design that samples",
        ),
        (
            RANGE.replace("uncertainties", "levers") + '[design]\nkind = "sobol"\npoints = 8',
            '8: levers.0.low = 0: a range has no values to cross; allowed: values, steps, or levers = "sampled" in the table design',
        ),
        (
            RANGE.replace("high = 1", "high = 2") + '[design]\nkind = "sobol"\npoints = 8',
            "9: uncertainties.0.high = 2: out of range (parameters.thinning); allowed: a number from 0 to 1",
        ),
        (
            RANGE.replace("high = 1", "high = 0") + '[design]\nkind = "sobol"\npoints = 8',
            "9: uncertainties.0.high = 0: high must be above low = 0; allowed: more than 0",
        ),
        (
            RANGE.replace("high = 1\n", "") + '[design]\nkind = "sobol"\npoints = 8',
            "5: uncertainties.0: low and high go together; allowed: both",
        ),
        (
            RANGE.replace("parameters.thinning", "reaction") + '[design]\nkind = "sobol"\npoints = 8',
            '7: uncertainties.0.key = "reaction": is "joint-product" in us-policies, which has no range; allowed: a key that holds a number',
        ),
        (
            RANGE + '[design]\nkind = "sobol"\npoints = 100',
            "12: design.points = 100: a Sobol sequence is balanced only at powers of two; allowed: 64 or 128",
        ),
        (
            RANGE + '[design]\nkind = "sobol"',
            "10: design.points: sobol needs points; allowed: a whole number from 1 to 10000000",
        ),
        (RANGE + '[design]\nkind = "sobul"\npoints = 8', '11: design.kind = "sobul": unknown, did you mean sobol?'),
        (
            RANGE + '[design]\nkind = "sobol"\npoints = 8\nlevels = 4',
            "13: design.levels = 4: levels belongs to kind morris; allowed: no such line with sobol",
        ),
        (
            "[design]\npoints = 8",
            "6: design.points = 8: a grid takes every combination; allowed: no such line, or another kind",
        ),
        (
            '[design]\nkind = "morris"\npoints = 8',
            "5: design: morris has nothing to sample; allowed: at least one uncertainty",
        ),
        (
            'replicates = "auto"',
            '5: replicates = "auto": auto needs to know when to stop; allowed: a table auto, or a number',
        ),
        ('replicates = "auto"\n[auto]\noutcome = "posture"\nwithin = 0', "8: auto.within = 0: out of range"),
        (
            'replicates = "auto"\n[auto]\noutcome = "posture"\nwithin = 1\nmost = 20',
            "9: auto.most = 20: most is below first = 50; allowed: 50 or more",
        ),
        ('luck = "good"', '5: luck = "good": unknown; allowed: common, points, independent'),
        (
            'luck = "independent"\n' + RANGE + '[design]\nkind = "saltelli"\npoints = 8',
            '5: luck = "independent": saltelli would take the luck of every cell for an effect of the axes; allowed: common, points',
        ),
        (
            'luck = "independent"\n' + RANGE + '[design]\nkind = "morris"\npoints = 8',
            '5: luck = "independent": morris would take the luck of every cell for an effect of the axes; allowed: common, points',
        ),
    ],
)
def test_designs_that_are_wrong(text: str, message: str, put: Put) -> None:
    found = error(text, put)
    assert found.startswith(f"e.toml:{message}"), found


def test_fractions_are_no_ends_of_whole_numbers(put: Put) -> None:
    text = '[design]\nkind = "sobol"\npoints = 8\n' + RANGE.replace("thinning", "lead_time").replace(
        "high = 1", "high = 3.5"
    )
    assert "3.5: a number with a point does not belong here (parameters.lead_time)" in error(text, put)
    assert math.prod(designs.sizes(experiment(Design(kind="sobol", points=8), LEAD))) == 8
