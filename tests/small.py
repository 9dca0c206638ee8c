"""The small experiment of the tests of sweeps and of the store: one lever of three values."""

from __future__ import annotations

__all__ = ["thinning"]


def thinning(replicates: int) -> str:
    """Its text; ``short.toml`` has to lie beside it."""
    return f"""name = "small"
title = "Small"
question = "Does it hold?"
scenario = "short.toml"
replicates = {replicates}

[[levers]]
name = "thinning"
key = "parameters.thinning"
values = [0.5, 0.7, 0.9]
"""
