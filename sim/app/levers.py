"""What can be moved on the page: each lever reads its value from a scenario and says what to set for another.

Values are in the unit that is shown (3.5 for 3.5 % of GDP), so that an address can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sim.data import europe_canada
from sim.scenario import REACTIONS, Policy, Scenario

__all__ = ["CHOICES", "LEVERS", "SLIDERS", "Choice", "Lever", "Slider", "Value", "policy_name", "promised"]

Value = float | str
Values = Mapping[str, Any]  # dotted name -> value, as sim.scenario.with_values takes them


@dataclass(frozen=True)
class Slider:
    """A number between two ends.

    Attributes:
        key: its name in the address. label, unit, help: what is shown.
        low, high, step: in the shown unit.
        read: the scenario's value in the shown unit, None if there is nothing that it moves; `none` says so.
        write: what to set in a scenario for a value in the shown unit.
        marks: place -> word under the slider.
        more: whether it stands among the further levers.
    """

    key: str
    label: str
    unit: str
    low: float
    high: float
    step: float
    help: str
    read: Callable[[Scenario], float | None]
    write: Callable[[Scenario, float], Values]
    marks: Callable[[], Mapping[float, str]] = field(default=dict)
    more: bool = False
    none: str = ""

    def shown(self, scenario: Scenario) -> float | None:
        """Where the slider stands for a scenario: its value on the slider's steps, None if it moves nothing there."""
        value = self.read(scenario)
        return None if value is None else self.snapped(value)

    def snapped(self, value: float) -> float:
        """The nearest step within the ends."""
        steps = round((min(max(value, self.low), self.high) - self.low) / self.step)
        return round(self.low + steps * self.step, 6)


@dataclass(frozen=True)
class Choice:
    """One of some words; ``options`` maps the word in the address to the one that is shown."""

    key: str
    label: str
    options: Mapping[str, str]
    help: str
    read: Callable[[Scenario], str]
    write: Callable[[Scenario, str], Values]
    more: bool = False

    def shown(self, scenario: Scenario) -> str:
        """The scenario's choice."""
        return self.read(scenario)


Lever = Slider | Choice


def policy_name(scenario: Scenario) -> str:
    """The policy that governs at the end of the script; the levers move this one."""
    return scenario.script[max(scenario.script, key=int)]


def in_force(scenario: Scenario) -> Policy:
    """That policy itself."""
    return scenario.policies[policy_name(scenario)]


def promised(scenario: Scenario) -> str:
    """What US policy comes to at the end of the script: its offer, an exit that it seeks, policies voters choose."""
    policy, voted = in_force(scenario), [one.policy for one in scenario.elections]
    words = offer(policy)
    if policy.seeks_withdrawal:
        alone = " or, if it refuses, perhaps alone" if policy.goes_alone else ""
        words += f" until the US has left the treaty, for which it asks Congress{alone}; then for nobody"
    return f"{words}; elections then choose between the policies {', '.join(voted)}" if voted else words


def offer(policy: Policy) -> str:
    """What a policy's own tiers promise, in a few words."""
    best = policy.tiers[-1].protection
    if best <= 0:
        return "protection for nobody"
    if len(policy.tiers) == 1:
        return "protection for all"
    if policy.measure == "effort":
        return f"protection by effort, from {100 * policy.tiers[-1].minimum:g} points in three years"
    if policy.measure == "pledge":
        return f"protection by distance to the pledge, from {100 * policy.tiers[-1].minimum:g} % of it"
    if len(policy.tiers) > 2:
        return f"{len(policy.tiers)} steps of protection, in full from {100 * policy.tiers[-1].minimum:g} % of GDP"
    return f"protection from {100 * policy.tiers[-1].minimum:g} % of GDP on"


def _line(scenario: Scenario) -> float | None:
    """The share of GDP from which on protection is fullest, 0 if it is for all; None if no share decides."""
    policy = in_force(scenario)
    if policy.tiers[-1].protection <= 0 or (policy.measure != "share" and len(policy.tiers) > 1):
        return None
    return 100 * max(0.0, policy.tiers[-1].minimum)


def _below(scenario: Scenario) -> float | None:
    """The protection of those below every line, None where no share of GDP is a line."""
    return in_force(scenario).tiers[0].protection if _line(scenario) else None


def _tiers(scenario: Scenario, line: float, below: float) -> Values:
    """A line in per cent of GDP and the protection below it, as tiers."""
    full = {"minimum": round(line / 100, 6), "protection": 1.0}
    low = {"minimum": 0.0, "protection": below}
    start = f"policies.{policy_name(scenario)}"
    return {f"{start}.measure": "share", f"{start}.tiers": (low, full) if line > 0 else ({**full, "minimum": 0.0},)}


def _write_line(scenario: Scenario, line: float) -> Values:
    return _tiers(scenario, line, _below(scenario) or 0.0)


def _write_below(scenario: Scenario, below: float) -> Values:
    line = _line(scenario)
    return _tiers(scenario, line, below) if line else {}


def _policy(name: str) -> tuple[Callable[[Scenario], float], Callable[[Scenario, float], Values]]:
    """Reads and writes one number of the policy in force."""
    return (
        lambda scenario: float(getattr(in_force(scenario), name)),
        lambda scenario, value: {f"policies.{policy_name(scenario)}.{name}": value},
    )


def _parameters(*names: str) -> tuple[Callable[[Scenario], float], Callable[[Scenario, float], Values]]:
    """Reads the first of some parameters and writes all of them."""
    return (
        lambda scenario: float(getattr(scenario.parameters, names[0])),
        lambda _, value: dict.fromkeys((f"parameters.{name}" for name in names), value),
    )


@cache
def _line_marks() -> Mapping[float, str]:
    """What to compare a line with; the newest European share is the data's."""
    newest = europe_canada().sort_values("year").iloc[-1]
    share = 100 * float(newest["europe_canada_share"])
    return {0.0: "none", round(share, 2): f"{int(newest['year'])} actual", 3.5: "pledge", 5.0: "5"}


REACTION_WORDS = {
    "joint-product": "joint products (best response)", "pure-public": "pure public good", "threat-only": "threat only",
    "follow": "follow the others", "pledge-driven": "pledge only", "inertia": "inertia",
}  # fmt: skip

SLIDERS = (
    Slider("line", "Line for US protection", "% of GDP", 0, 6, 0.1,
        "Allies that spend at least this are promised full protection; 0: all are. Marked: what Europe and Canada "
        "spent in the newest figures, and the pledge for 2035. Moving it replaces the scenario's own steps. Where no "
        "share of GDP decides it cannot be moved.",
        _line, _write_line, _line_marks, none="no line here"),
    Slider("below", "Protection below the line", "of full", 0, 1, 0.05,
        "What allies below the line are still promised; only where there is one.",
        _below, _write_below, lambda: {0.0: "none", 0.5: "half", 1.0: "full"}, none="no line"),
    Slider("exclusion", "Belief in exclusion", "probability", 0.05, 0.95, 0.05,
        "How likely allies think it, at the start and in the long run, that those below a line would really be left "
        "alone.",
        *_parameters("exclusion_start", "exclusion_mean"), lambda: {0.05: "hardly", 0.5: "even", 0.95: "sure"}),
    Slider("threat", "Threat that members feel", "× the data", 0, 5, 0.1,
        "What the path of hostility is multiplied with. 1: the path as it is in the data.",
        *_parameters("threat_scale"), lambda: {0.0: "none", 1.0: "1", 2.0: "2", 3.0: "3", 5.0: "5"}),
    Slider("posture", "US forces in Europe", "× today’s", 0, 1.5, 0.05,
        "What the administration aims at; law and speed limit how fast it gets there.",
        *_policy("posture"), lambda: {0.0: "none", 0.9: "0.9: law", 1.5: "1.5"}),
    Slider("trust", "Belief in US commitment", "probability", 0.05, 0.95, 0.05,
        "Belief at the start that the US stands by its commitments.",
        *_parameters("commitment_start"), lambda: {0.05: "hardly", 0.5: "even", 0.95: "sure"}, more=True),
    Slider("tone", "Tone on commitment", "−1 to 1", -1, 1, 0.1,
        "Mean tone of US statements on standing by allies.",
        *_policy("tone"), lambda: {-1.0: "dismissive", 0.0: "neutral", 1.0: "firm"}, more=True),
    Slider("talk", "Talk of exclusion", "−1 to 1", -1, 1, 0.1,
        "Mean tone of US statements on leaving those below a line alone.",
        *_policy("conditionality"), lambda: {-1.0: "denied", 0.0: "none", 1.0: "stressed"}, more=True),
)  # fmt: skip
CHOICES = (
    Choice("eu", "EU instruments",
        {"recorded": "as recorded in 2025", "decided": "each member decides", "none": "none"},
        "How EU members take up loans and the escape clause.",
        lambda scenario: scenario.instruments.take_up,
        lambda _, value: {"instruments.take_up": value}),
    Choice("reaction", "Reaction rule",
        {name: REACTION_WORDS.get(name, name) for name in REACTIONS},
        "How members react to what the others spend; the literature disagrees.",
        lambda scenario: scenario.reaction,
        lambda _, value: {"reaction": value}),
)  # fmt: skip
LEVERS: dict[str, Lever] = {lever.key: lever for lever in (*SLIDERS, *CHOICES)}
