"""What is raced against is the same model: scene 5 in C, with every field of the state."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from benchmarks import native
from benchmarks.run import SCENARIOS, world
from sim.compiled import interpreted
from sim.setup import prepare
from sim.world import MEMORY, PATH, WORLD

needs_gcc = pytest.mark.skipif(shutil.which("gcc") is None, reason="no gcc here")


@cache
def board(name: str) -> native.Board:
    """A run in its sixth year, played by plain Python, which is sooner done than compiling."""
    ready = prepare(world(name))
    made = native.Board(*ready, np.zeros(1, WORLD), np.zeros(MEMORY + ready.years.size, PATH), 6)
    interpreted(native.open_board)(*made)
    return made


@needs_gcc
@pytest.mark.parametrize("variant", native.VARIANTS)
def test_scene_5_in_c_is_the_models(variant: str, tmp_path: Path) -> None:
    play = native.build(tmp_path, *native.VARIANTS[variant])
    for name in SCENARIOS:
        ours, theirs = board(name).copy(), board(name).copy()
        interpreted(native.vote_again)(*ours, 3)
        play(theirs, 3)
        assert {field: gap for field, gap in native.differences(ours, theirs).items() if gap > 1e-12} == {}
        assert native.differences(ours, board(name)), "nothing was played"
