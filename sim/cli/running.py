"""The command run: one run told year by year, or the spread of many."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from sim.cli.events import TREATY, happened
from sim.cli.screen import NARROW, notes, out, table
from sim.scenario import Scenario, ScenarioError, load_scenario, with_values
from sim.scenario.told import clause_years

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LAST", "MOST", "chosen", "run", "spread", "within"]

LAST = 2**63 - 1
NUMBERS = ("Europe\n% GDP", "at\n2 %", "at\n3.5 %", "pro-\ntected", "posture", "Europe\nwith US", "without\nUS")
LEGEND = (
    "Europe: all allies but the US, Canada too. At 2 %, 3.5 %: members that spend at least so much, the US too. "
    "Protected: allies to whom the US policy promises protection; -: the start, which is not played. "
)
FORCES = (
    "Posture: US forces in Europe, 1 as at the start. With US, without US: Europe's forces, with and without American "
    "help, over the adversary's."
)
SPREAD = (
    "Without US: Europe's forces alone over the adversary's. Challenged so far: share of the runs; it compares "
    "policies and is no forecast."
)
MOST = 20_000  # runs whose years are held at once


def run(name: str, seed: int, replicate: int, until: int | None, into: Path | None) -> None:
    """Play one run with Mesa agents, print its years, draw its figure if a folder is given."""
    scenario = chosen(name, until)
    within("seed", seed, 0, LAST)
    within("replicate", replicate, 0, LAST)
    from sim.engines.agents import run as play

    played = play(scenario, seed=seed, replicate=replicate)
    console, years = out(), played.years()
    _introduce(console, scenario, f"seed {seed}, replicate {replicate}")
    _tell(console, scenario, clause_years(scenario.parameters, played.model.european_union.clause_opened), years)
    _conclude(console, scenario, LEGEND + FORCES)
    if into is not None:
        from sim.figures import save_run

        folder = into / scenario.name / f"seed-{seed}-replicate-{replicate}"
        console.print()
        for path in save_run(played, folder):
            console.print(f"Figure: {path}", soft_wrap=True)


def spread(name: str, seed: int, replicates: int, until: int | None) -> None:
    """Play many runs with the batch engine, print the middle and the spread of every year."""
    scenario = chosen(name, until)
    within("seed", seed, 0, LAST)
    within("replicates", replicates, 1, MOST)
    from sim.engines.batch import run_batch

    with notes().status(f"playing {replicates:,} runs"):
        years = run_batch(scenario, seed, replicates).years()
    console = out()
    _introduce(console, scenario, f"seed {seed}, {replicates:,} runs: median, and 90 % of runs between")
    years["challenged"] = years.groupby("replicate")["challenge"].cummax()
    head = ("Year", "Europe\n% GDP", "at 2 %", "at 3.5 %", "protected", "without US", "challenged\nso far")
    rows = [_spread_row(year, rows, scenario) for year, rows in years.groupby("year")]
    table(console, head, rows, right=range(len(head)))
    _conclude(console, scenario, LEGEND + SPREAD)


def chosen(name: str, until: int | None) -> Scenario:
    """The scenario of this name or file, to its end or another."""
    scenario = load_scenario(name)
    try:
        return scenario if until is None else with_values(scenario, {"end": until})
    except ScenarioError as error:
        raise ScenarioError(f"--until, for scenario {scenario.name}: {error}") from None


def within(name: str, value: int, low: int, high: int) -> None:
    """ScenarioError unless an option's value lies in its range."""
    if not low <= value <= high:
        raise ScenarioError(f"--{name} = {value}: out of range; allowed: {low} to {high}")


def _introduce(console: Console, scenario: Scenario, luck: str) -> None:
    console.print(f"{scenario.name}: {scenario.title}", style="bold")
    console.print(scenario.question)
    console.print(f"{scenario.start} to {scenario.end}, {luck}.\n")


def _conclude(console: Console, scenario: Scenario, legend: str) -> None:
    console.print(f"\n{legend}")
    console.print(f"What this cannot say: {scenario.cannot_say}")


def _tell(console: Console, scenario: Scenario, clause: range, years: pd.DataFrame) -> None:
    """The table of years; on a narrow terminal what happened stands below it."""
    told: Sequence[dict[str, Any]] = years.to_dict("records")  # type: ignore[assignment]
    events = [happened(scenario, clause, before, now) for before, now in zip([None, *told], told, strict=False)]
    right = range(1 + len(NUMBERS))
    if console.width < NARROW:
        table(console, ("Year", *NUMBERS), [(str(now["year"]), *_numbers(scenario, now)) for now in told], right)
        console.print("\nWhat happened", style="bold")
        for before, now, words in zip([None, *told], told, events, strict=False):
            for line in _changes(before, now) + words:
                console.print(f"{now['year']}  {line}")
        return
    head = ("Year", *NUMBERS, "US policy", "Treaty", "What happened")
    rows = [
        (str(now["year"]), *_numbers(scenario, now), now["us_policy"], TREATY[now["treaty_status"]], "; ".join(words))
        for now, words in zip(told, events, strict=True)
    ]
    table(console, head, rows, right)


def _changes(before: dict[str, Any] | None, now: dict[str, Any]) -> list[str]:
    """The policy and the treaty's status in words, where they are new."""
    lines = []
    if before is None or before["us_policy"] != now["us_policy"]:
        lines.append(f"US policy: {now['us_policy']}")
    if before is None or before["treaty_status"] != now["treaty_status"]:
        lines.append(f"treaty: {TREATY[now['treaty_status']]}")
    return lines


def _numbers(scenario: Scenario, year: dict[str, Any]) -> tuple[str, ...]:
    """The year's numbers as texts; whom the policy protects is not known of the start."""
    return (
        f"{100 * year['european_share']:.2f}",
        str(year["members_at_2"]),
        str(year["members_at_3_5"]),
        "-" if year["year"] == scenario.start else str(year["protected_members"]),
        *(f"{year[name]:.2f}" for name in ("posture", "europe_with_us", "europe_without_us")),
    )


def _spread_row(year: Any, rows: pd.DataFrame, scenario: Scenario) -> tuple[str, ...]:
    """Median and 5 to 95 % of one year."""
    cells = []
    for name, scale, digits in (
        ("european_share", 100, 2), ("members_at_2", 1, 0), ("members_at_3_5", 1, 0), ("protected_members", 1, 0),
        ("europe_without_us", 1, 2),
    ):  # fmt: skip
        low, middle, high = (scale * float(q) for q in rows[name].quantile([0.05, 0.5, 0.95]))
        unknown = name == "protected_members" and year == scenario.start
        cells.append("-" if unknown else f"{middle:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})")
    return str(year), *cells, f"{100 * rows['challenged'].mean():.0f} %"
