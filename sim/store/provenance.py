"""Where a result comes from: the code and the figures, the packages, the machine, the state of git."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

__all__ = ["code_digest", "git", "machine", "now", "packages"]

SIM = Path(__file__).parents[1]
LOOKS = {"evidence", "insight", "figures", "app", "cli"}  # rooms that read results and change none
PACKAGES = ("burdenshare", "numba", "numpy", "pandas", "pyarrow", "pydantic")


@cache
def code_digest() -> str:
    """SHA-256 over the model's code and figures, every file by name; what only looks at results is left out."""
    found = hashlib.sha256()
    files = sorted(path for ending in ("*.py", "*.csv") for path in SIM.rglob(ending))
    for path in files:
        name = path.relative_to(SIM).as_posix()
        if name.split("/")[0] not in LOOKS | {"scenarios", "__pycache__"}:
            content = path.read_bytes().replace(b"\r\n", b"\n")
            found.update(f"{name}\0{len(content)}\0".encode() + content)
    return found.hexdigest()


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
    asked = subprocess.run([command, *words], cwd=SIM.parent, check=True, capture_output=True, timeout=10)
    return asked.stdout.decode(errors="replace")


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
