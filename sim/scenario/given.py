"""What Python callers give to the functions of this package, checked as files are: one line for what is not allowed."""

from __future__ import annotations

import operator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from sim.scenario.errors import ScenarioError, one_line
from sim.scenario.loader import load_experiment, load_scenario
from sim.scenario.messages import kind_of, problem, written
from sim.scenario.models import Experiment, Scenario

__all__ = ["LAST", "MOST_RUNS", "experiment_of", "replicate_numbers", "scenario_of", "shown", "whole"]

LAST = 2**63 - 1  # of seeds and replicates
MOST_RUNS = 10**9


def scenario_of(source: Scenario | str | Path) -> Scenario:
    """A scenario as it is, or that of a preset's name or a path to a .toml; ScenarioError for anything else."""
    return source if isinstance(source, Scenario) else load_scenario(source)


def experiment_of(source: Experiment | str | Path) -> Experiment:
    """An experiment likewise; one that was changed (``model_copy``) is checked again as a whole."""
    if not isinstance(source, Experiment):
        return load_experiment(source)
    data = source.model_dump(exclude_unset=True, warnings=False)
    try:
        Experiment.model_validate(data)
    except ValidationError as error:
        raise ScenarioError(f"experiment {source.name}: {problem(error, Experiment, data).text()}") from None
    return source


def whole(name: str, value: Any, low: int, high: int) -> int:
    """A whole number within low..high; ValueError for anything else, truth values and 3.0 too."""
    if isinstance(value, bool | np.bool_) or not hasattr(value, "__index__") or not low <= value <= high:
        most = "2**63 - 1" if high == LAST else f"{high:,}"
        raise ValueError(f"{name} = {shown(value)}; allowed: a whole number from {low} to {most}")
    return operator.index(value)


def replicate_numbers(value: Any) -> NDArray[np.int64]:
    """The numbers of runs, given as how many (0, 1, ...) or one by one, shape (runs,); ValueError for anything else."""
    if isinstance(value, str | bytes) or np.ndim(value) == 0:
        return np.arange(whole("replicates", value, 1, MOST_RUNS))
    numbers = np.asarray(value)
    allowed = "allowed: how many runs, or their numbers, whole and from 0"
    if numbers.ndim != 1 or numbers.size == 0 or numbers.dtype.kind not in "iu":
        raise ValueError(f"replicates = {shown(value)}; {allowed}")
    wrong = numbers[(numbers < 0) | (numbers > LAST)]
    if wrong.size:
        raise ValueError(f"replicates hold {wrong[0]}; {allowed}")
    return numbers.astype(np.int64)


def shown(value: Any) -> str:
    """A value in a message: short, on one line, with what it is where that does not show."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool | int | float | str | list | tuple):
        return one_line(written(value))
    return "nothing" if value is None else f"{kind_of(value)} of type {type(value).__name__}"
