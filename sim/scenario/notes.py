"""What a file may say and hardly means: notes of ``burdenshare check``, a level under its errors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from sim.data import MEMBERS
from sim.data.tables import columns
from sim.scenario.messages import ABSENT, Problem
from sim.scenario.models import Experiment, Scenario
from sim.scenario.parameters import DATES
from sim.scenario.parts import Policy

__all__ = ["experiment_notes", "scenario_notes"]

HIGH = {"share": 0.1, "effort": 0.03}  # lines above which nobody can have meant them
LOW_PART = 0.2  # of the pledge, below which somebody meant a share of GDP
LONG = 25  # years after which a horizon is called long
Place = tuple[str | int, ...]


def scenario_notes(scenario: Scenario) -> Iterator[Problem]:
    """What is allowed in a scenario and does nothing, or hardly what was meant."""
    for name, policy in scenario.policies.items():
        yield from _of_lines(("policies", name), policy)
        if policy.goes_alone > 0.0 and not policy.seeks_withdrawal:
            words = "has no effect, the policy does not seek withdrawal"
            yield _note(("policies", name, "goes_alone"), policy.goes_alone, words)
    unused = sorted(set(scenario.policies) - _used(scenario))
    if unused:
        words = f"neither script nor elections use {', '.join(unused)}; an experiment may, by moving script"
        yield _note(("policies", unused[0]), None, words)
    yield from _of_elections(scenario)
    yield from _of_times(scenario)
    armed = dict(zip(MEMBERS, columns("members")["armed_forces"], strict=True))
    for member, rule in scenario.reactions.items():
        if not armed[member]:
            yield _note(("reactions", member), rule, f"has no effect, {member} has no armed forces and votes nothing")


def experiment_notes(experiment: Experiment, base: Scenario) -> Iterator[Problem]:
    """Axes that move what no run of the experiment reads."""
    axes = {"levers": experiment.levers, "uncertainties": experiment.uncertainties}
    moved = [key for group in axes.values() for axis in group for key in axis.keys]
    if any(key.split(".")[0] in ("script", "elections") for key in moved):
        return
    for group, listed in axes.items():
        for number, axis in enumerate(listed):
            for name in _policies_of(axis.keys, base) - _used(base):
                words = f"neither script nor elections of {base.name} use the policy {name}: every value plays alike"
                yield _note((group, number, "key"), axis.key, words)


def _note(place: Place, found: object, words: str) -> Problem:
    return Problem(place, ABSENT if found is None else found, words, "", "note")


def _used(scenario: Scenario) -> set[str]:
    """The policies that can come into force: the elections' list, and the script until the first winner."""
    ends = _first_winner(scenario)
    by_script = {policy for year, policy in scenario.script.items() if int(year) < ends}
    return by_script | {choice.policy for choice in scenario.elections}


def _first_winner(scenario: Scenario) -> int:
    """The year in which the first winner of an election takes office; one that never comes if there is none."""
    years = range(scenario.start + 1, scenario.end + 1)
    return next((year for year in years if year % 4 == 1), 9999) if scenario.elections else 9999


def _policies_of(keys: Iterable[str], base: Scenario) -> set[str]:
    """The policies that dotted names lead into; a policy's own name may hold points."""
    return {name for key in keys for name in base.policies if key.startswith(f"policies.{name}.")}


def _of_lines(place: Place, policy: Policy) -> Iterator[Problem]:
    for number, tier in enumerate(policy.tiers[1:], start=1):
        line, here = tier.minimum, (*place, "tiers", number, "minimum")
        if line > HIGH.get(policy.measure, 9.0):
            what = "a rise of {:g} % of GDP in three years" if policy.measure == "effort" else "a line at {:g} % of GDP"
            yield _note(here, line, f"{what.format(100 * line)}; write {line / 10:g} for {10 * line:g} %")
        if policy.measure == "pledge" and 0.0 < line < LOW_PART:
            words = f'{100 * line:g} % of the pledge; 1.0 is all of it, and measure = "share" counts in GDP'
            yield _note(here, line, words)
    for number, (below, above) in enumerate(pairwise(policy.tiers), start=1):
        if below.protection == above.protection:
            words = "promises no more than the tier below, so that nothing hangs on its line"
            yield _note((*place, "tiers", number, "protection"), above.protection, words)


def _of_elections(scenario: Scenario) -> Iterator[Problem]:
    if len(scenario.elections) == 1:
        yield _note(("elections", 0, "policy"), scenario.elections[0].policy, "the only one to elect: it always wins")
    winner = _first_winner(scenario)
    for year, policy in scenario.script.items():
        if int(year) >= winner:
            words = f"is not read: from {winner} on the winners of elections rule, not the script"
            yield _note(("script", year), policy, words)


def _of_times(scenario: Scenario) -> Iterator[Problem]:
    """Years that are not played, and more of them than anybody knows of."""
    for name in DATES:
        if getattr(scenario.parameters, name) > scenario.end:
            words = f"is after end = {scenario.end}, so that it never opens"
            yield _note(("parameters", name), getattr(scenario.parameters, name), words)
    for name in ("hostility", "war", "pledge"):
        points = getattr(scenario, name)
        if points and points[0].year > scenario.end:
            yield _note((name, 0, "year"), points[0].year, f"is after end = {scenario.end}: the path is 0 throughout")
    known = max(scenario.start, max(columns("projections")["year"]) if scenario.start == 2025 else 2025)
    if scenario.end - known > LONG:
        words = f"{scenario.end - known} years after the last figure of growth or its forecast, {known}: what grows "
        words += "then, and that countries do not change otherwise, is assumed"
        yield _note(("end",), scenario.end, words)
