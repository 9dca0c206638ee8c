"""A small experiment: six cells of twenty runs over four years, in parts of thirty runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.scenario import Experiment, load_experiment
from sim.sweeps import plan

SHORT = """extends = "status-quo"
name = "short"
title = "Short"
end = 2029

[script]
2025 = "unconditional"
2026 = "conditional"

[policies.conditional]
tiers = [{ minimum = 0.0, protection = 0.0 }, { minimum = 0.02, protection = 1.0 }]
"""
SMALL = """name = "small"
title = "Small"
question = "Does it work?"
scenario = "short.toml"
outcomes = ["european_share", "challenged"]
replicates = 20
seed = 7

[[levers]]
name = "threshold"
key = "policies.conditional.tiers.1.minimum"
values = [0.02, 0.03, 0.04]

[[uncertainties]]
name = "exclusion"
choices."=believed" = { "parameters.exclusion_start" = 0.95 }
choices."not" = { "parameters.exclusion_start" = 0.05 }
"""


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    """Write an experiment beside its scenario."""

    def write(text: str) -> Path:
        (tmp_path / "short.toml").write_text(SHORT)
        path = tmp_path / "small.toml"
        path.write_text(text)
        return path

    return write


@pytest.fixture
def experiment(written: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> Experiment:
    monkeypatch.setattr(plan, "RUNS", 45)  # two cells a part: three parts
    return load_experiment(written(SMALL))


@pytest.fixture
def small() -> str:
    return SMALL


def checksums(folder: Path) -> dict[str, str]:
    """Name -> checksum of every table in a folder of results."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.parquet"))
    }


@pytest.fixture
def sums() -> Callable[[Path], dict[str, str]]:
    return checksums
