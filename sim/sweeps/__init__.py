"""Experiments: every cell of a grid played many times under the same luck, written part by part."""

from sim.sweeps.plan import checked
from sim.sweeps.runner import sweep

__all__ = ["checked", "sweep"]
