"""burdenshare: who pays for NATO's defence, who is protected, and what each policy changes.

    scenario = sim.load_scenario("conditional-3.5")
    run      = sim.run(scenario, seed=1)                        # one run with Mesa agents
    many     = sim.run_batch(scenario, seed=1, replicates=1000) # the same numbers, compiled
    results  = sim.sweep(sim.load_experiment("threshold"), into="results")

The names below are all that other programs may rely on; each is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = [
    "Administration", "Adversary", "AllianceModel", "Congress", "EuropeanUnion", "Member", "Results", "Run", "Runs",
    "ScenarioError", "UnitedStates", "best_response", "calibrate", "data", "equilibrium", "hindcast",
    "load_experiment", "load_scenario", "resume", "run", "run_batch", "sweep", "with_values",
]  # fmt: skip

_AGENTS = (
    "Administration", "Adversary", "AllianceModel", "Congress", "EuropeanUnion", "Member", "Run", "UnitedStates", "run",
)  # fmt: skip
_HOME = {
    **dict.fromkeys(_AGENTS, "sim.engines.agents"),
    "Runs": "sim.engines.batch", "run_batch": "sim.engines.batch",
    "Results": "sim.store", "resume": "sim.sweeps", "sweep": "sim.sweeps",
    "ScenarioError": "sim.scenario", "load_experiment": "sim.scenario", "load_scenario": "sim.scenario",
    "with_values": "sim.scenario",
    "calibrate": "sim.evidence.calibration", "hindcast": "sim.evidence.hindcast",
    "best_response": "sim.engines.alone", "equilibrium": "sim.rules.demand",
}  # fmt: skip


import_module("sim.source")  # first of all: it notes what the package's files are now


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return _version()
    if name == "data":
        return import_module("sim.data")
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("burdenshare")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "0.2.0"


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
