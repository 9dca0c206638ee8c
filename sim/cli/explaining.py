"""The commands explain and compare: one decision taken apart, two scenarios on the same luck."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console

from sim.cli.running import LAST, MOST, chosen, within
from sim.cli.screen import NARROW, notes, out, table

if TYPE_CHECKING:
    from sim.insight import Explanation

__all__ = ["compare", "explain"]

LONG, SHORT = 30, 14  # cells of a bar
PARTS = (
    "Wanted: what each adds to the share that it wants. Voted: what each adds to the step from last year's vote to "
    "this year's; what it would want on its own counts there from last year's share. Each is a mean over all orders in "
    "which the reasons could be switched on (Shapley values), so the parts sum to the whole. "
    "One run, with its own luck; parts of 0.00 are left out."
)
PAIRS = (
    "Means over the runs. Difference: second less first, run by run on the same luck, with the 95 % interval of its "
    "mean, not of the runs. Ordinal: it says which is more, not how much, and is no forecast."
)


def explain(member: str, year: int, name: str, seed: int, replicate: int) -> None:
    """Take one decision apart, print its parts as bars and in sentences."""
    scenario = chosen(name, None)
    within("seed", seed, 0, LAST)
    within("replicate", replicate, 0, LAST)
    from sim.insight.explaining import explain

    one = explain(scenario, member, year, seed=seed, replicate=replicate)
    console = out()
    console.print(f"{one.name} in {one.year}: {one.scenario}, seed {seed}, replicate {replicate}\n", style="bold")
    _parts(console, one)
    console.print(f"\n{one.text()}")
    console.print(f"\n{PARTS}")
    console.print(f"What this cannot say: {scenario.cannot_say}")


def _parts(console: Console, one: Explanation) -> None:
    """A row a part with a bar from zero, and what they come to."""
    from sim.insight.explanation import SMALL, points

    shown = [part for part in one.parts if max(abs(part.value), abs(part.wanted)) >= SMALL]
    cells = SHORT if console.width < NARROW else LONG
    bars = _bars([part.value for part in shown], cells)
    rows = [(points(part.wanted), points(part.value), bar, part.label) for part, bar in zip(shown, bars, strict=True)]
    rows.append((points(one.wanted), points(one.after - one.before), "", "in all"))
    table(console, ("Wanted\n% GDP", "Voted\npoints", "", "Why"), rows, right=(0, 1))


def _bars(values: Sequence[float], cells: int) -> list[str]:
    """Bars to the left (light) and right (full) of a common zero."""
    low, high = min([0.0, *values]), max([0.0, *values])
    cell = (high - low) / cells or 1.0
    zero = round(-low / cell)
    bars = []
    for value in values:
        end = round((value - low) / cell)
        bars.append(" " * min(zero, end) + ("\u2591" * (zero - end) if end < zero else "\u2588" * (end - zero)))
    return [bar.ljust(cells) for bar in bars]


def compare(one: str, other: str, replicates: int, seed: int, until: int | None) -> None:
    """Play two scenarios with the same draws, print what differs."""
    a, b = chosen(one, until), chosen(other, until)
    within("seed", seed, 0, LAST)
    within("replicates", replicates, 2, MOST)
    from sim.insight.comparing import compare, most_changed

    with notes().status(f"playing {replicates:,} runs of each"):
        found = compare(a, b, replicates=replicates, seed=seed)
    console, years = out(), found.attrs
    for which, scenario in (("First", a), ("Second", b)):
        console.print(f"{which}: {scenario.name}: {scenario.title}", style="bold")
    console.print(f"{years['start']} to {years['end']}, seed {seed}, {replicates:,} runs of each.\n")
    rows: list[dict[str, Any]] = found.to_dict("records")  # type: ignore[assignment]
    head = ("What", "First", "Second", "Difference\n(95 %)")
    table(console, head, [_row(row) for row in rows], right=range(1, len(head)))
    console.print(f"\n{most_changed(found)}\n{PAIRS}")
    for scenario in {a.name: a, b.name: b}.values():
        console.print(f"What {scenario.name} cannot say: {scenario.cannot_say}")


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    digits = 0 if max(abs(row["first"]), abs(row["second"])) >= 1000 else 2
    first, second, low, high = (f"{row[name]:,.{digits}f}" for name in ("first", "second", "low", "high"))
    return f"{row['label']}, {row['unit']}", first, second, f"{row['difference']:+,.{digits}f}\n({low} to {high})"
