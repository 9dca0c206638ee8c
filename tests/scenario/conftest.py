"""A small scenario that is right, for tests that make it wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

GOOD = """name = "mine"
title = "Mine"
question = "What?"
cannot_say = "Much."
sources = ["me"]

[script]
2025 = "a"

[policies.a]
tiers = [
  { minimum = 0.0, protection = 0.0 },
  { minimum = 0.02, protection = 1.0 },
]

[parameters]
thinning = 0.5
"""


@pytest.fixture
def good() -> str:
    return GOOD


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], str]:
    """Write a file into the working directory; returns its name."""
    monkeypatch.chdir(tmp_path)

    def write(text: str, name: str = "mine.toml") -> str:
        Path(name).write_bytes(text.encode())
        return name

    return write
