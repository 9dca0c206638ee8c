"""An explanation in plain sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.insight.explain import Explanation, Part, Tier

__all__ = ["percent", "points", "told"]

SMALL = 0.00005  # of GDP: what two decimals of a per cent do not show
AFTERWARDS = {"pledge": "the pledge pulls it by", "luck": "luck adds", "limits": ""}  # of Eq. 6, after wanting


def percent(share: float) -> str:
    """A share of GDP in per cent."""
    return f"{100 * share:.2f}"


def points(change: float) -> str:
    """A change of a share of GDP in percentage points, with its sign."""
    return f"{100 * change:+.2f}" if abs(change) >= SMALL else "0.00"


def told(one: Explanation) -> str:
    """A few sentences: what changed, what it wanted and why, what stood between, what it made of the tiers."""
    return " ".join(filter(None, (_change(one), _wanted(one), _vote(one), _tiers(one))))


def _change(one: Explanation) -> str:
    moved = one.after - one.before
    if abs(moved) < SMALL:
        return f"In {one.year} {one.name} votes {percent(one.after)} % of GDP for defence, as in the year before."
    verb = "raises" if moved > 0 else "cuts"
    return (
        f"In {one.year} {one.name} {verb} its defence budget from {percent(one.before)} to {percent(one.after)} % of "
        f"GDP ({points(moved)} points)."
    )


def _wanted(one: Explanation) -> str:
    """The wanted share from what it would want on its own, the largest reasons first."""
    if one.reaction == "inertia":
        return "By its rule it wants what it had last year."
    if one.reaction == "follow":
        return f"By its rule it wants what its neighbours spend, {percent(one.wanted)} %."
    alone, *reasons = one.parts
    words = f"On its own, with no ally and no threat, it would want {percent(alone.wanted)} %"
    more, less = (
        _listed([part for part in reasons if sign * part.wanted >= SMALL]) for sign in (1.0, -1.0)
    )
    if more:
        words += f"; what adds to that: {more}"
    if less:
        words += f"; what takes away from it: {less}"
    return f"{words}. So it wants {percent(one.wanted)} %."


def _listed(parts: list[Part]) -> str:
    largest = sorted(parts, key=lambda part: -abs(part.wanted))
    return ", ".join(f"{part.label} ({points(part.wanted)})" for part in largest)


def _vote(one: Explanation) -> str:
    """From wanted to voted."""
    value = {part.key: part.value for part in one.parts}
    step = sum(part.value for part in one.parts if part.key not in AFTERWARDS)
    words = [f"A budget goes only part of the way in one year, {points(step)} points"]
    words += [
        f"{name} {points(value[key])}" for key, name in AFTERWARDS.items() if name and abs(value[key]) >= SMALL
    ]
    sentence = "; ".join(words) + "."
    if value["limits"] <= -SMALL:
        return f"{sentence} The budget has no room for all of it, which takes off {percent(-value['limits'])}."
    if value["limits"] >= SMALL:
        return f"{sentence} It cannot cut so fast, which keeps {percent(value['limits'])} in."
    return sentence


def _tiers(one: Explanation) -> str:
    """What it made of the lines of US policy, and what falling below would have cost it."""
    if not one.tiers:
        return ""
    number = next(k for k, tier in enumerate(one.tiers) if tier.chosen)
    chosen = one.tiers[number]
    if one.choice == "gives up":
        higher = one.tiers[number + 1]
        return (
            f"It stays below the line of {percent(higher.line)} %: {_protection(higher, chosen)}, but going there "
            f"would be as bad as losing {_income(higher)} of all its other income."
        )
    lower = one.tiers[number - 1]
    what = "It aims for" if one.choice == "complies" else "It would anyway be above"
    return (
        f"{what} the line of {percent(chosen.line)} %: {_protection(chosen, lower)}, and falling below would be as bad "
        f"as losing {_income(lower)} of all its other income."
    )


def _protection(there: Tier, here: Tier) -> str:
    return (
        f"it expects {100 * there.expected:.0f} % of full US protection there instead of {100 * here.expected:.0f} %"
    )


def _income(tier: Tier) -> str:
    return f"{100 * tier.worth:.2f} %"
