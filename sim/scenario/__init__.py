"""What a user writes, in TOML, and what the simulation reads of it."""

from sim.scenario.design import axes, count
from sim.scenario.errors import ScenarioError
from sim.scenario.grid import Cell, base_scenario, cell, cells
from sim.scenario.history import historical
from sim.scenario.loader import load_experiment, load_scenario
from sim.scenario.models import (
    REACTIONS,
    Auto,
    Design,
    Elections,
    Experiment,
    Instruments,
    Path,
    Policy,
    Scalar,
    Scenario,
    Statement,
    Tier,
    Vary,
)
from sim.scenario.parameters import Parameters
from sim.scenario.presets import experiment_names, scenario_names
from sim.scenario.schemas import schema, write_schemas
from sim.scenario.setting import with_values

__all__ = [
    "Auto",
    "Cell",
    "Design",
    "Elections",
    "Experiment",
    "Instruments",
    "Parameters",
    "Path",
    "Policy",
    "REACTIONS",
    "Scalar",
    "Scenario",
    "ScenarioError",
    "Statement",
    "Tier",
    "Vary",
    "axes",
    "base_scenario",
    "cell",
    "cells",
    "count",
    "experiment_names",
    "historical",
    "load_experiment",
    "load_scenario",
    "scenario_names",
    "schema",
    "with_values",
    "write_schemas",
]
