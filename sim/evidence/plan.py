"""What a hindcast may be asked for, and what it says where the figures do not reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from numpy.typing import ArrayLike

from sim.data import MEMBERS
from sim.evidence.baselines import BASELINES
from sim.evidence.observed import LEAST, SERIES, Observed, observed, places
from sim.evidence.worlds import VARIANTS
from sim.scenario.errors import ScenarioError
from sim.scenario.models import FIRST_START, REACTIONS

__all__ = ["AVERAGE", "HORIZONS", "METHODS", "MODEL", "Plan", "check", "check_members"]

HORIZONS = (1, 3, 5, 10)
MODEL = REACTIONS[0]  # joint products: the rule that scenarios have unless they say otherwise
AVERAGE = "average of rules"
METHODS = (*REACTIONS, AVERAGE, *BASELINES)


@dataclass(frozen=True)
class Plan:
    """What is asked for, checked: ``end`` is the last year that is forecast."""

    start: int
    end: int
    fit_until: int | None
    horizons: tuple[int, ...]
    variants: tuple[str, ...]
    methods: tuple[str, ...]
    members: tuple[str, ...]  # empty: all that can be judged
    replicates: int
    seed: int
    draws: Mapping[str, ArrayLike] | None  # None: as known at the cut-off

    def origins(self, seen: Observed) -> range:
        """Years that forecasts of one series start from."""
        return range(max(self.start, seen.start), min(self.end, seen.end))

    def reached(self, seen: Observed, origin: int) -> list[int]:
        """Horizons whose year is in the window and has figures."""
        return [h for h in self.horizons if origin + h <= min(self.end, seen.end)]

    def judged(self, seen: Observed, origin: int) -> tuple[str, ...]:
        """Members that forecasts from an origin are made of."""
        return self.members or seen.judged(origin)


def check(plan: Plan, series: Sequence[str] | None) -> list[Observed]:
    """The series that a plan draws on, all unless some are named; ScenarioError if it asks for what is not there."""
    _check_names(plan, series)
    sources = [observed(name) for name in (SERIES if series is None else series)]
    _check_window(plan, sources, named=series is not None)
    return sources


def _check_names(plan: Plan, series: Sequence[str] | None) -> None:
    asked = {
        "series": (series or (), SERIES), "variant": (plan.variants, VARIANTS), "method": (plan.methods, METHODS),
        "member": (plan.members, MEMBERS),
    }  # fmt: skip
    for kind, (names, known) in asked.items():
        for name in names:
            if name not in known:
                raise ScenarioError(f"hindcast: unknown {kind} {name!r}; available: {', '.join(known)}")
    if not plan.horizons or any(int(h) != h or h < 1 for h in plan.horizons):
        raise ScenarioError(f"hindcast: horizons {list(plan.horizons)}; allowed: whole years from 1")
    if plan.replicates < 1 or not (plan.methods and plan.variants) or (series is not None and not series):
        raise ScenarioError("hindcast: nothing to forecast; allowed: at least one series, variant, method and run")


def _check_window(plan: Plan, sources: Sequence[Observed], named: bool) -> None:
    for year in (plan.start, plan.end, plan.fit_until):
        if year is not None and not hasattr(year, "__index__"):
            raise ScenarioError(f"hindcast: {year!r} is not a year; allowed: whole years")
    windows = {seen.name: (max(seen.start, FIRST_START), seen.end) for seen in sources}
    there = "; ".join(f"{name} {first} to {last}" for name, (first, last) in windows.items())
    first, last = min(f for f, _ in windows.values()), max(e for _, e in windows.values())
    if plan.start >= plan.end:
        raise ScenarioError(f"hindcast: end {plan.end} is not after start {plan.start}; available: {there}")
    if plan.start < first or plan.end > last:
        raise ScenarioError(f"hindcast: no figures for all of {plan.start} to {plan.end}; available: {there}")
    empty = [seen.name for seen in sources if not any(plan.reached(seen, o) for o in plan.origins(seen))]
    if empty and (named or len(empty) == len(sources)):
        raise ScenarioError(
            f"hindcast: {', '.join(empty)}: no figures both to start from and to judge by in {plan.start} to "
            f"{plan.end} at horizons {', '.join(map(str, plan.horizons))}; available: {there}"
        )
    earliest = sources[0].first + LEAST - 1
    if plan.fit_until is not None and not earliest <= plan.fit_until <= plan.end:
        raise ScenarioError(f"hindcast: fit_until {plan.fit_until}; allowed: {earliest} to end = {plan.end}")


def check_members(plan: Plan, seen: Observed, origin: int) -> None:
    """ScenarioError if a member cannot be forecast from an origin."""
    years, inside = seen.history(origin), seen.inside(origin)
    for member, k in zip(plan.members, places(plan.members), strict=True):
        if not seen.armed[k]:
            judged = ", ".join(seen.judged(origin))
            raise ScenarioError(f"hindcast: {member} has no armed forces and no share to forecast; available: {judged}")
        if not inside[k]:
            joined = f"{member} joined in {seen.accession[k]:.0f}, after the origin {origin}"
            raise ScenarioError(f"hindcast: {joined}; available: origins from {_earliest(seen, k)}")
        if years[k] < LEAST:
            first = seen.first + int(seen.known[:, k].argmax())
            raise ScenarioError(
                f"hindcast: {member} has {years[k]} years of figures in {origin}, {LEAST} are needed; "
                f"available: from {first}, so origins from {_earliest(seen, k)}"
            )
    if not plan.members and not seen.judged(origin):
        raise ScenarioError(f"hindcast: no member has {LEAST} years of figures in {origin}; available: later origins")


def _earliest(seen: Observed, member: int) -> int:
    """The first origin that a member can be forecast from."""
    enough = seen.first + int((seen.known[:, member].cumsum() >= LEAST).argmax())
    return max(enough, seen.start, int(seen.accession[member]))
