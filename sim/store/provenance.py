"""Where a result comes from: the code and the figures, the packages, the machine, the state of git."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim import machine as share
from sim import source
from sim.store.errors import ResultsError

__all__ = ["code_digest", "code_files", "git", "machine", "now", "packages"]

SIM = Path(__file__).parents[1]
LOOKS = {"evidence", "insight", "figures", "app", "cli"}  # folders that read results and change none
PACKAGES = (
    "burdenshare", "duckdb", "llvmlite", "mesa", "numba", "numpy", "pandas", "pyarrow", "pydantic", "SALib", "scipy",
)  # fmt: skip


def code_files(*also: str) -> dict[str, str]:
    """Every file of the model's code and figures with its SHA-256, as this process has imported them.

    What only looks at results is left out, but for the folders named in ``also``.

    Raises:
        ResultsError: a file was changed since, so that this process may be playing both.
    """
    try:
        return source.files(without=LOOKS - {*also})
    except source.SourceChanged as error:
        raise ResultsError(str(error)) from None


def code_digest(*also: str) -> str:
    """SHA-256 over the names and checksums of ``code_files``; raises as it does."""
    return hashlib.sha256(json.dumps(code_files(*also), sort_keys=True).encode()).hexdigest()


@cache
def packages() -> dict[str, str | None]:
    """The versions of what computes and writes, as far as it is imported: another may lie on the disk by now."""
    return {name: _version(name) for name in PACKAGES}


def _version(name: str) -> str | None:
    imported = getattr(sys.modules.get("sim" if name == "burdenshare" else name), "__version__", None)
    if isinstance(imported, str):
        return imported
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
        "cores": share.cores(),
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
