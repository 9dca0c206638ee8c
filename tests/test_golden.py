"""One readable transcript for each scenario: seed 1, run 0, year by year.

A change of results shows here as a change of text that a person can judge; the changelog then says so. New ones are
accepted with `ACCEPT=1 make test` (or pytest on this file).
"""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.scenario import scenario_names

GOLDEN = Path(__file__).parent / "golden"
SHOWN = ("DEU", "EST", "POL", "USA")
STATUS = ("in force", "notice", "lone notice", "left lawfully", "left alone")
ATTEMPT = ("", "an attempt to leave fails", "Congress consents to leave", "notice without Congress")


def transcript(name: str) -> str:
    """What happened, in columns of fixed width."""
    scenario = sim.load_scenario(name)
    many = sim.run_batch(scenario, seed=1, replicates=1)
    years, members = many.years().set_index("year"), many.members(0)
    share = members.pivot(index="year", columns="member", values="defence_share")
    lines = [
        f"{scenario.name}: {scenario.title}",
        f"{'year':4} {'policy':16} {'treaty':13} {'Europe':>7} " + " ".join(f"{m:>6}" for m in SHOWN)
        + f" {'belief':>6} {'posture':>7} {'prot.':>5} {'alone':>6}  what happened",
    ]  # fmt: skip
    for year, row in years.iterrows():
        lines.append(
            f"{year:4} {row.us_policy[:16]:16} {STATUS[row.treaty_status]:13} {row.european_share:7.3%} "
            + " ".join(f"{share.loc[year, m]:6.2%}" for m in SHOWN)
            + f" {row.commitment_belief:6.3f} {row.posture:7.2f} {row.protected_members:5} "
            f"{row.europe_without_us:6.3f}  {happened(row)}".rstrip()
        )
    return "\n".join(line.rstrip() for line in lines) + "\n"


def happened(row: pd.Series) -> str:
    """The year's events in words."""
    events = [ATTEMPT[row.attempt]] if row.attempt else []
    if row.de_facto_exit:
        events.append("out in fact")
    if row.challenge:
        events.append(
            f"{row.target} is challenged, the US {'comes' if row.us_came else 'stays away'}, "
            f"{'lost' if row.lost else 'repelled'}"
        )
    return "; ".join(events)


@pytest.mark.parametrize("name", scenario_names())
def test_transcript(name: str) -> None:
    path, text = GOLDEN / f"{name}.txt", transcript(name)
    if os.environ.get("ACCEPT"):
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"no transcript of {name}; accept it with ACCEPT=1"
    assert text == path.read_text(encoding="utf-8")


def test_no_transcript_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(scenario_names())
