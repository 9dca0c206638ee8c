"""The outcomes that a sweep prints: means with the number of runs they rest on, beside the cell they belong to."""

from __future__ import annotations

import re
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from sim.cli.outcomes import outcomes

Captured = pytest.CaptureFixture[str]


def test_the_table_of_outcomes_says_how_many_runs_have_one(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 4 runs of the first cell two reach autonomy, of the second none; the third cell's runs all failed."""
    years = [2040.0, 2043.0, *[np.nan] * 6]
    table = pd.DataFrame({"cell": [0] * 4 + [1] * 4, "autonomy_year": years,
                          "challenged": [True, False, False, False] * 2, "total_cost": [12345.6] * 8})  # fmt: skip
    results: Any = SimpleNamespace(
        experiment=None, manifest={"runs": 12}, runs=lambda columns: table[columns],
        cells=lambda: pd.DataFrame({"cell": [0, 1, 2], "rule": ["a", "b", "c"]}),
    )  # fmt: skip
    monkeypatch.setattr("sim.cli.outcomes.checked", lambda one: ("autonomy_year", "challenged", "total_cost"))
    monkeypatch.setattr("sim.cli.outcomes.axes", lambda one: [SimpleNamespace(name="rule")])
    monkeypatch.setattr("sim.cli.outcomes._some", lambda one: ([0, 1, 2], ""))
    outcomes(Console(file=sys.stdout, width=400), results)
    said = capsys.readouterr().out
    assert "Mean over the 0 to 4 runs of a cell" in said
    assert "Of autonomy_year: over those runs that have it, which are counted." in said
    rows = [re.split(r"  +", line.strip()) for line in said.splitlines() if line[:1] in ("a", "b", "c")]
    assert rows == [
        ["a", "2 of 4: 2042 [2040, 2043]", "0.25 [0.0456, 0.699]", "12,346 [12,346, 12,346]"],
        ["b", "0 of 4", "0.25 [0.0456, 0.699]", "12,346 [12,346, 12,346]"],
        ["c", "0 of 0", "-", "-"],
    ]
    outcomes(Console(file=sys.stdout, width=50), results)
    said = capsys.readouterr().out
    assert re.search(r"rule +runs that have it +mean +5 % +95 %", said)
    assert re.search(r"a +2 of 4 +2042 +2040 +2043", said)
