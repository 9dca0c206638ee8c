"""From rows of measurements to a page and a table that a program can read."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.timing import Row
from sim import machine

__all__ = ["about", "as_json", "as_markdown"]

LIBRARIES = ("burdenshare", "mesa", "numba", "llvmlite", "numpy", "pandas")
ROOT = Path(__file__).parents[1]
Sections = dict[str, list[Row]]


def about(gcc: str | None) -> dict[str, str]:
    """The machine and the versions."""
    facts = {
        "processor": processor(),
        "cores": str(machine.cores()),
        "memory": memory(),
        "system": platform.platform(terse=True),
        "Python": platform.python_version(),
        **{name: installed(name) for name in LIBRARIES},
        "C compiler": gcc or "none",
        "commit": commit(),
    }
    return {name: value for name, value in facts.items() if value}


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def memory() -> str:
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.0f} GB"
    except (AttributeError, ValueError, OSError):
        return ""


def installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def commit() -> str:
    """Where the code came from, with a note if it was changed since."""
    try:
        head = git("rev-parse", "--short", "HEAD")
        return f"{head} and changes" if git("status", "--porcelain", "--", "sim", "benchmarks") else head
    except (OSError, subprocess.CalledProcessError):
        return ""


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def number(x: float) -> str:
    """Four digits or so: 8,532, 161.2, 0.02312, 3.4e-16."""
    if x == 0.0 or abs(x) >= 1000.0:
        return f"{x:,.0f}"
    return f"{x:.1e}" if abs(x) < 1e-4 else f"{x:.4g}"


def target(row: Row) -> str:
    parts = [f"≥ {number(row.at_least)}"] if row.at_least is not None else []
    return " and ".join([*parts, *([f"≤ {number(row.at_most)}"] if row.at_most is not None else [])])


def verdict(row: Row) -> str:
    return {None: "", True: "met", False: "**missed**"}[row.met]


def line(row: Row) -> str:
    """One line of a table."""
    measured = number(row.median) if row.median is not None else "not measured"
    spread = f"{number(min(row.values))} to {number(max(row.values))}" if len(row.values) > 1 else ""
    return "| " + " | ".join([row.what, row.unit, measured, spread, target(row), verdict(row), row.note]) + " |"


def as_markdown(facts: dict[str, str], sections: Sections, remarks: dict[str, str]) -> str:
    """The page; ``remarks`` are a sentence or a table below a section's heading."""
    judged = [row for rows in sections.values() for row in rows if row.met is not None]
    parts = [
        "# Benchmarks",
        f"{sum(row.met is True for row in judged)} of {len(judged)} targets met. Written by `make bench`; medians of "
        "rounds in which all contenders take their turn, with the smallest and the largest value. Ratios are taken "
        "within a round. A target is met if the median meets it." + busy(facts),
        table(["", ""], [f"| {name} | {value} |" for name, value in facts.items()]),
    ]
    head = ["", "unit", "median", "spread", "target", "", ""]
    for title, rows in sections.items():
        parts += [f"## {title}", remarks.get(title, ""), table(head, [line(row) for row in rows])]
    return "\n\n".join(part for part in parts if part) + "\n"


def busy(facts: dict[str, str]) -> str:
    """A warning where others used the machine too."""
    try:
        alone = float(facts["load before"]) < 0.5
    except (KeyError, ValueError):
        alone = True
    return (
        "" if alone else " **The machine was busy with other things: rates are too low, and so is what threads gain.**"
    )


def table(head: list[str], lines: list[str]) -> str:
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *lines])


def as_json(facts: dict[str, str], sections: Sections, **more: Any) -> str:
    """All values of all rounds."""
    measured = {title: [asdict(row) for row in rows] for title, rows in sections.items()}
    return json.dumps({"machine": facts, **more, "measured": measured}, indent=1, ensure_ascii=False) + "\n"
