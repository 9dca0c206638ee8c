"""The key of compiled code: changed by whatever changes what is computed, and by nothing else."""

from __future__ import annotations

import importlib.util
import itertools
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from sim import world
from sim.codekey import code_key
from sim.compiled import COMPILED, _ways, interpreted
from sim.engines import board
from sim.engines.kernels import play_runs

SOURCE = '''"""Two functions."""
import math
from typing import NamedTuple
import numpy as np

STEP, SHAPE, CODES = 2.0, (1, 2), np.array([1, 2, 3])
UNUSED = 1.0

class Pair(NamedTuple):
    a: float
    b: float

def inner(x):
    """Doubled."""
    return x * 2.0

def outer(x, y=1):
    """A sum.

    Of parts."""
    # a comment
    total = Pair(inner(x) + STEP, SHAPE[0])
    return [math.sqrt(one) for one in (total.a, CODES[0])]

def other(x):
    return x
'''
numbers = itertools.count()


def module(folder: Path, source: str) -> ModuleType:
    path = folder / f"m{next(numbers)}.py"
    path.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("measured", path)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def key(folder: Path, old: str = "", new: str = "") -> str:
    assert old in SOURCE
    return code_key(module(folder, SOURCE.replace(old, new) if old else SOURCE).outer, {})


@pytest.mark.parametrize(
    ("old", "new"),
    [("Two functions", "Three functions, so to speak"), ("Doubled.", "Twice as much."), ("Of parts.", "Of two parts."),
     ("a comment", "another\n    # one"), ("UNUSED = 1.0", "UNUSED = 2.0"), ("return x\n", "return x + 1\n"),
     ("\n\ndef outer", "\n\n\n\n\ndef outer")],
)  # fmt: skip
def test_what_computes_nothing_leaves_the_key(old: str, new: str, tmp_path: Path) -> None:
    assert key(tmp_path, old, new) == key(tmp_path)


@pytest.mark.parametrize(
    ("old", "new"),
    [("x * 2.0", "x * 3.0"), ("x * 2.0", "x + 2.0"), ("STEP, SHAPE", "SHAPE, STEP"), ("= 2.0, (1", "= 2, (1"),
     ("(1, 2)", "(1, 3)"), ("array([1, 2, 3]", "array([1, 2, 4]"), ("array([1, 2, 3]", "array([1.0, 2.0, 3.0]"),
     ("math.sqrt", "math.cbrt"), ("y=1", "y=2"), ("a: float\n    b", "b: float\n    a"), ("inner(x)", "other(x)")],
)  # fmt: skip
def test_what_is_computed_makes_the_key(old: str, new: str, tmp_path: Path) -> None:
    assert key(tmp_path, old, new) != key(tmp_path)


def test_how_a_function_is_compiled_is_part_of_the_key(tmp_path: Path) -> None:
    found = module(tmp_path, SOURCE)
    keys = {code_key(found.outer, {found.inner: how}) for how in ("", "four sums of 32", "four sums of 36")}
    assert len(keys) == 3


def test_a_value_that_has_no_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="compiled code depends on a value of type dict"):
        key(tmp_path, "np.array([1, 2, 3])", "{0: 1}")


def test_every_constant_of_a_rule_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop over runs depends on constants four calls below it, and on how many members the figures have."""
    before = code_key(interpreted(play_runs), _ways)
    assert code_key(interpreted(play_runs), _ways) == before
    with monkeypatch.context() as patch:
        patch.setattr(world, "N", world.N + 1)
        assert code_key(interpreted(play_runs), _ways) != before
    with monkeypatch.context() as patch:
        patch.setitem(_ways, world.dot, "four sums of 36")
        assert code_key(interpreted(play_runs), _ways) != before
    with monkeypatch.context() as patch:
        patch.setattr("sim.scenes.budgets.FOLLOWS", np.zeros(9, bool))
        assert code_key(interpreted(play_runs), _ways) != before
    assert code_key(interpreted(play_runs), _ways) == before


@pytest.mark.skipif(not COMPILED, reason="nothing is compiled here")
def test_the_layout_of_the_records_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled turns are handed an address, so their own types do not say what lies there."""

    def key() -> str:
        return code_key(board._located(), {})

    first = key()
    assert key() == first
    one_more = np.dtype((np.record, [*world.WORLD.descr, ("one_more", "f8")]))
    monkeypatch.setattr(board, "WORLD", one_more)
    assert key() != first
