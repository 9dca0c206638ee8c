"""The page's parts without a browser. Where its libraries are not there, there is nothing to test."""

from __future__ import annotations

import pytest

pytest.importorskip("shiny")
