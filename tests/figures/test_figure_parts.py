"""The parts that figures share: numbers, words, colours, places of labels, tables for spreadsheets."""

from __future__ import annotations

import ast
import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import figures
from sim.figures.saving import spreadsheet
from sim.figures.style import LOOKS, clean, number, per_cent, spread, year_ticks
from sim.figures.summary import pledge_path, quantiles, seed_words

LEVELS = ["q05", "q25", "q50", "q75", "q95"]


def test_spreadsheets_read_text_as_text_and_numbers_as_numbers() -> None:
    text = spreadsheet(pd.DataFrame({"=a": ["=1+1", "+2", "-3", "@x", "plain, text"], "n": [-1.5, 2, 3, 4, 1 / 3]}))
    assert text.splitlines() == [
        "'=a,n", "'=1+1,-1.5", "'+2,2", "'-3,3", "'@x,4", '"plain, text",0.333333",'[:-2],
    ]  # fmt: skip


def test_no_sign_that_looks_like_a_formula_begins_a_cell() -> None:
    texts = ["＝1", "＋1", "－1", "＠a", "\u22121", "\ufe66", "\u207c", " =1", "\u00a0=1", "\t=1", "\r=1", "\u200b=1"]
    table = pd.DataFrame({"＝head": texts})
    cells = spreadsheet(table).splitlines()
    assert [cell for cell in cells if not cell.startswith("'")] == []
    assert len(cells) == 1 + len(texts)


def test_quantiles_by_hand() -> None:
    table = pd.DataFrame({"by": ["b"] * 5 + ["a"] * 2, "x": [5.0, 1.0, 2.0, 4.0, 3.0, 10.0, 20.0]})
    found = quantiles(table, ["by"], "x")
    assert list(found["by"]) == ["b", "a"]
    assert list(found["runs"]) == [5, 2]
    assert found[LEVELS].iloc[0].to_list() == pytest.approx([1.2, 2, 3, 4, 4.8])
    assert found[LEVELS].iloc[1].to_list() == pytest.approx([10.5, 12.5, 15, 17.5, 19.5])


def test_words_and_numbers() -> None:
    assert clean("a\n b\t\x00c") == "a b c"
    assert len(clean("x" * 1000, 50)) == 50
    assert [number(value) for value in (12345.6, 31, 0.12345)] == ["12,346", "31", "0.123"]
    assert per_cent(0.0329) == "3.29\u00a0%"
    assert year_ticks(2025, 2045) == [2025, 2030, 2035, 2040, 2045]
    assert seed_words([1, 2], pd.DataFrame()) == "seeds 1 and 2"
    assert seed_words(None, pd.DataFrame({"seed": [3, 3]})) == "seed 3"
    assert seed_words(None, pd.DataFrame()) == "seed not recorded"


def test_the_pledge_is_a_step_before_its_first_point_and_a_line_after() -> None:
    assert pledge_path([2013, 2014, 2025, 2030, 2040]).tolist() == pytest.approx([0, 0.02, 0.02, 0.0275, 0.035])
    assert pledge_path([2020, 2030], [(2025, 0.02), (2035, 0.04)]).tolist() == pytest.approx([0, 0.03])


@pytest.mark.parametrize("wanted", [[1, 1, 1], [0, 9, 10], [5, 1, 5.5], [10, 10, 10, 10]])
def test_labels_keep_their_distance_and_order(wanted: list[float]) -> None:
    places = spread(wanted, 1.0, 0.0, 10.0)
    ordered = sorted(places)
    assert all(b - a >= 1 - 1e-9 for a, b in itertools.pairwise(ordered))
    assert ordered[0] >= 0
    assert ordered[-1] <= 10 + 1e-9
    assert [wanted[k] for k in np.argsort(places, kind="stable")] == sorted(wanted)


def test_colours_are_seen_on_white_and_none_is_green() -> None:
    for look in LOOKS:
        red, green, blue = (int(look.colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
        assert 1.05 / (float(np.dot(linear, [0.2126, 0.7152, 0.0722])) + 0.05) >= 3
        assert green <= max(red, blue)
    assert len({look.dash for look in LOOKS}) == len({look.marker for look in LOOKS}) == len(LOOKS) == 6


def test_nothing_imports_pyplot() -> None:
    for path in Path(str(figures.__file__)).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if "pyplot" in name or "pylab" in name]
        assert ".show(" not in path.read_text(encoding="utf-8")
