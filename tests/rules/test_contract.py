"""What every rule in sim/rules promises: a docstring, no memory, and the same bits compiled and in plain Python."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim.rules
from sim.compiled import COMPILED, alone
from sim.rules.view import View
from sim.world import POLICY

FOLDER = Path(sim.rules.__file__).parent
ROOT = FOLDER.parents[1]
DRAWS = 150

# Where an argument lives if not in [0, 1]; a rule's own range comes before the name's.
RANGES: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("gdp", "allotment", "asked", "left", "loan", "order", "paid", "spending", "stock"), (0.0, 900.0)),
    **dict.fromkeys(("odds", "mean", "normal", "common", "own", "words", "acts"), (-4.0, 4.0)),
    **dict.fromkeys(("attack", "defence", "allied"), (0.001, 3000.0)),
    **dict.fromkeys(("moved", "support_change", "surprise", "grievance"), (-0.5, 0.5)),
    **dict.fromkeys(("collective", "national", "collective_taste", "national_taste"), (0.0, 0.49)),
    **dict.fromkeys(("debt", "ratio", "target", "now", "posture"), (0.0, 3.0)),
    "balance": (-0.1, 0.1),
    "before": (0.01, 1.0),
    "decay": (100.0, 10_000.0),
    "decisiveness": (0.1, 10.0),
    "distance": (0.0, 9000.0),
    "drag": (0.0, 20.0),
    "drawn": (0.0, 20.0),
    "exponent": (0.0, 1.0),
    "growth": (-0.3, 0.3),
    "high": (0.3, 1.0),
    "low": (0.0, 0.3),
    "minimum": (-0.2, 1.0),
    "nearest": (0.1, 1.0),
    "per_gdp": (0.0, 0.1),
    "polarisation": (0.0, 0.95),
    "price": (0.5, 1.2),
    "protected_gdp": (900.0, 30_000.0),
    "reference": (0.001, 1.0),
    "threat": (0.0, 0.2),
    "years": (1.0, 20.0),
    "budgets.enabler_order.cost": (1.0, 400.0),
    "budgets.log_part.gdp": (0.1, 900.0),
    "budgets.thinned.log_part": (-12.0, 1.0),
    "budgets.thinning.gdp": (0.1, 900.0),
    "demand.best_response.gdp": (0.1, 900.0),
    "demand.best_response.spillin": (-0.1, 90.0),
    "demand.best_in_tier.spillin": (-0.2, 0.2),
    "demand.taste.spillin": (-0.05, 0.2),
    "demand.utility.spillin": (-0.05, 0.2),
    "economy.debt.room": (0.0, 0.015),
    "economy.growth.mean": (-0.1, 0.1),
    "economy.growth.spread": (0.0, 0.2),
    "forces.enabled.enablers": (0.0, 1.5),
    "forces.enabled.exponent": (-20.0, 1.0),
    "moscow.hazard.noise": (0.0001, 10.0),
    "moscow.temptation.noise": (0.0001, 10.0),
    "moscow.yielded.noise": (0.0001, 10.0),
    "statements.authority.luck": (0.0, 1.0 - 2.0**-33),
    "statements.is_made.rate": (0.0, 4.0),
    "statements.tone.mean": (-1.0, 1.0),
    "washington.withdrawal_favour.base": (0.0, 0.99),
    "washington.withdrawal_favour.grievance_weight": (0.0, 20.0),
}
CHOICES: dict[str, tuple[int, ...]] = {
    "act_threshold": (50, 60, 67),
    "flag": (0, 1, 2),
    "measure": (0, 1, 2),
    "notice_ends": (0, 2026, 2027),
    "opened": (0, 2024, 2026),
    "present": (51, 64, 96, 100, 435),
    "representatives": (0, 217, 218, 435),
    "senators": (0, 50, 59, 60, 66, 67, 100),
    "status": (0, 1, 2, 3, 4),
    "year": (2025, 2026, 2027),
    "years": (1, 3, 20),
}


def decorated() -> Iterator[tuple[str, str]]:
    """Module and name of every function under @rule in sim/rules."""
    for path in sorted(FOLDER.rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and "rule" in [ast.unparse(mark) for mark in node.decorator_list]:
                yield module, node.name


RULES = list(decorated())
NAMES = [f"{module.removeprefix('sim.rules.')}.{name}" for module, name in RULES]


def found(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)


def draw(rule: str, argument: inspect.Parameter, rng: np.random.Generator) -> Any:
    """One value that an argument may have; an end of its range now and then."""
    own = f"{rule}.{argument.name}"
    if argument.annotation == "bool":
        return bool(rng.integers(2))
    if argument.annotation == "int":
        return int(rng.choice(CHOICES[argument.name]))
    if argument.name == "policies":
        return policies(rng)
    if argument.annotation == "View":
        fields = (inspect.Parameter(name, argument.kind, annotation="float") for name in View._fields)
        return View(*(draw(rule, field, rng) for field in fields))
    assert argument.annotation == "float", f"{own} is a {argument.annotation}: say in this test what it may be"
    low, high = RANGES.get(own, RANGES.get(argument.name, (0.0, 1.0)))
    where = rng.random()
    return low if where < 0.1 else high if where > 0.9 else float(rng.uniform(low, high))


def policies(rng: np.random.Generator) -> np.ndarray:
    table = np.zeros(4, POLICY)
    table["alpha"], table["gamma"] = rng.uniform(-5, 5, 4), rng.uniform(-20, 20, 4)
    table["electable"] = rng.integers(0, 2, 4)
    return table


def arguments(rule: str, function: Any) -> list[tuple[Any, ...]]:
    rng = np.random.default_rng(sum(rule.encode()))
    wanted = inspect.signature(function).parameters.values()
    return [tuple(draw(rule, one, rng) for one in wanted) for _ in range(DRAWS)]


def bits(value: Any) -> Any:
    """A result such that equal means equal to the last bit; a flag may come as True or as 1."""
    if isinstance(value, tuple):
        return tuple(bits(one) for one in value)
    return float(value).hex() if isinstance(value, float | np.floating) else int(value)


ALONE = """
import importlib, pickle, sys
work = pickle.load(sys.stdin.buffer)
done = [[getattr(importlib.import_module(m), n)(*a) for a in rows] for m, n, rows in work]
pickle.dump(done, sys.stdout.buffer)
"""


@pytest.fixture(scope="module")
def uncompiled() -> dict[str, list[Any]]:
    """What every rule returns in a process without a compiler."""
    work = [(*rule, arguments(name, found(*rule))) for name, rule in zip(NAMES, RULES, strict=True)]
    run = subprocess.run(
        [sys.executable, "-c", ALONE], input=pickle.dumps(work), capture_output=True, cwd=ROOT, check=True,
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
    )  # fmt: skip
    return dict(zip(NAMES, pickle.loads(run.stdout), strict=True))


def test_all_rules_are_found() -> None:
    assert len(RULES) > 40
    assert len(set(NAMES)) == len(NAMES)
    assert {"demand.best_response", "washington.treaty", "reactions.follow.wanted"} <= set(NAMES)


@pytest.mark.parametrize(("module", "name"), RULES, ids=NAMES)
def test_a_rule_is_public_documented_and_typed(module: str, name: str) -> None:
    rule = found(module, name)
    assert name in importlib.import_module(module).__all__
    assert rule.__doc__
    assert rule.__doc__.strip().split("\n")[0].strip()
    annotations = inspect.signature(rule)
    assert annotations.return_annotation is not inspect.Signature.empty
    assert all(one.annotation is not inspect.Parameter.empty for one in annotations.parameters.values())


@pytest.mark.parametrize(("module", "name"), RULES, ids=NAMES)
def test_a_rule_gives_the_same_bits_compiled_and_plain(
    module: str, name: str, uncompiled: dict[str, list[Any]]
) -> None:
    key = f"{module.removeprefix('sim.rules.')}.{name}"
    rule = alone(found(module, name))
    assert hasattr(rule, "py_func") == COMPILED
    rows = arguments(key, rule)
    results = [bits(rule(*row)) for row in rows]
    assert [bits(rule(*row)) for row in reversed(rows)] == results[::-1], "it remembers"
    assert [bits(one) for one in uncompiled[key]] == results
    indifferent = name == "liked" and {*map(str, results)} == {str(bits(0.0))}  # a reaction that knows no tiers
    assert indifferent or len(set(map(str, results))) > 1, "the drawn arguments do not try the rule"


@pytest.mark.parametrize(("module", "name"), RULES, ids=NAMES)
def test_a_rule_returns_numbers(module: str, name: str) -> None:
    """Never NaN on valid arguments; infinite only a utility that a logarithm leaves undefined."""
    key = f"{module.removeprefix('sim.rules.')}.{name}"
    rule = found(module, name)
    for row in arguments(key, rule):
        results = rule(*row)
        for value in results if isinstance(results, tuple) else (results,):
            a_utility = name in ("utility", "liked")
            assert np.isfinite(value) or (a_utility and value == -np.inf), row
