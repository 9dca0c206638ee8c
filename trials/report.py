"""The published tables of trials."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from sim.store.provenance import git, machine, now

__all__ = ["Line", "bound", "publish"]


class Line(NamedTuple):
    """What was done, how often, how often it did not hold."""

    what: str
    trials: int
    failed: int
    seconds: float


def bound(line: Line) -> str:
    """What the trials say of the true rate: none in n bounds it at 95 % by 1 - .05^(1/n), about 3/n."""
    if line.failed or not line.trials:
        return "-"
    return f"below {100 * (1 - 0.05 ** (1 / line.trials)):.2g} %"


def publish(path: Path, title: str, words: str, lines: list[Line], command: str) -> None:
    """A page with a row a kind of trial, and where and when it was made."""
    here, commit = machine(), git() or {}
    rows = [f"| {one.what} | {one.trials:,} | {one.failed:,} | {bound(one)} | {one.seconds:,.0f} |" for one in lines]
    text = [
        f"# {title}", "", " ".join(words.split("\n\n")[1].split()), "",
        "| disturbance | trials | promise broken | rate, 95 % | seconds |", "|---|---:|---:|---:|---:|", *rows, "",
        f"By `{command}` on {now()[:10]}, commit {str(commit.get('commit', 'unknown'))[:12]}"
        f"{' with changes' if commit.get('changed') else ''}; Python {here['python']}, {here['system']}, "
        f"{here['cores']} cores. No failure in n trials bounds the rate, it does not make it zero.", "",
    ]  # fmt: skip
    path.write_text("\n".join(text), encoding="utf-8")
