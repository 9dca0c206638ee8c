"""Where a result comes from: the code and the figures, the packages, the machine, the state of git."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

__all__ = ["code_digest", "code_files", "git", "machine", "now", "packages"]

SIM = Path(__file__).parents[1]
LOOKS = {"evidence", "insight", "figures", "app", "cli"}  # rooms that read results and change none
PACKAGES = ("burdenshare", "duckdb", "numba", "numpy", "pandas", "pyarrow", "pydantic")


@cache
def code_files() -> dict[str, str]:
    """Every file of the model's code and figures with its SHA-256; what only looks at results is left out."""
    found = {}
    for path in sorted(path for ending in ("*.py", "*.csv") for path in SIM.rglob(ending)):
        name = path.relative_to(SIM).as_posix()
        if name.split("/")[0] not in LOOKS | {"scenarios", "__pycache__"}:
            found[name] = hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    return found


def code_digest() -> str:
    """SHA-256 over the names and checksums of ``code_files``."""
    return hashlib.sha256(json.dumps(code_files(), sort_keys=True).encode()).hexdigest()


@cache
def packages() -> dict[str, str | None]:
    """The versions of what computes and writes."""
    return {name: _version(name) for name in PACKAGES}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def machine() -> dict[str, Any]:
    """Python, system, processor."""
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
    }


@cache
def git() -> dict[str, Any] | None:
    """The commit that is checked out, and whether files differ from it; None where this is no checkout."""
    command, root = shutil.which("git"), SIM.parent
    if command is None or not (root / ".git").exists():
        return None
    try:
        commit = _ask(command, "rev-parse", "HEAD")
        return {"commit": commit.strip(), "changed": bool(_ask(command, "status", "--porcelain").strip())}
    except (OSError, subprocess.SubprocessError):
        return None


def _ask(command: str, *words: str) -> str:
    quiet = [command, "--no-optional-locks", *words]  # else `status` writes the index, and leaves its lock if killed
    asked = subprocess.run(quiet, cwd=SIM.parent, check=True, capture_output=True, timeout=10)
    return asked.stdout.decode(errors="replace")


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
