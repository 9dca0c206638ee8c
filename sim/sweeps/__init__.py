"""Experiments: every cell of a grid played many times under the same luck, written part by part."""

from sim.sweeps.merge import merge
from sim.sweeps.plan import checked
from sim.sweeps.runner import resume, sweep

__all__ = ["checked", "merge", "resume", "sweep"]
