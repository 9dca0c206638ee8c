"""What an explanation holds, and how it is said in plain sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PARTS", "Explanation", "Part", "Tier", "percent", "points"]

# key -> what it is, in the order of `Explanation.parts`
PARTS = {
    "taste": "what it would want on its own",
    "allies": "allies' forces protect it too",
    "us": "US protection, if it were sure and without conditions",
    "doubt": "doubt that the US would come",
    "conditions": "limits and conditions of the US promise, as far as believed",
    "threat": "threat from the adversary",
    "price": "cheap EU loans",
    "neighbours": "example of its neighbours",
    "target": "pledge as what it aims for",
    "pledge": "pull of the pledge on the vote",
    "luck": "luck of the budget",
    "limits": "limit on how far a budget can move in a year",
}
SMALL = 0.00005  # of GDP: what two decimals of a per cent do not show
AFTERWARDS = {"pledge": "pull of the pledge", "luck": "luck", "limits": ""}  # of Eq. 6, after wanting


class Part(NamedTuple):
    """One reason.

    Attributes:
        key, label: of ``PARTS``. value: part of the change of the voted share, a fraction of GDP.
        wanted: part of the wanted share, a fraction of GDP; 0 for pledge, luck and limits, which come after it.
    """

    key: str
    label: str
    value: float
    wanted: float


class Tier(NamedTuple):
    """One level of US protection as the member weighs it.

    Attributes:
        line: share of GDP from which on it holds. promised: protection, 0 to 1, as the policy says.
        expected: the same as believed (Eq. 5). share: the best share in the tier. utility: of it (Eq. 1).
        worth: the part of all other income, 0 to 1, whose loss in the chosen tier would be as bad as being in this one;
            NaN where no loss would, as the utility of being here is minus infinity.
        chosen: whether it is the one.
    """

    line: float
    promised: float
    expected: float
    share: float
    utility: float
    worth: float
    chosen: bool


@dataclass(frozen=True)
class Explanation:
    """Why a member's voted share of GDP changed; all shares are fractions of GDP.

    Attributes:
        member, name: code and name. year: of the vote. scenario, title: name and title. seed, replicate: of the run.
        reaction: the member's rule.
        before, after: the share voted last year and this year. wanted: what it wanted this year.
        parts: always the keys of ``PARTS`` in their order; the values sum to ``after - before`` and the wanted ones to
            ``wanted``, both up to rounding.
        limit: "room" where the vote was stopped by how far a share may rise, "cut" by how far it may fall, else "".
        tiers: what the member weighed where the policy has several tiers and its rule weighs them, else ().
        choice: "complies" (goes to a line for what is promised there), "above" (would be there without), "gives up"
            (stays below a line that promises more), or "" without tiers.
    """

    member: str
    name: str
    year: int
    scenario: str
    title: str
    seed: int
    replicate: int
    reaction: str
    before: float
    after: float
    wanted: float
    parts: tuple[Part, ...]
    limit: str
    tiers: tuple[Tier, ...]
    choice: str

    def table(self) -> pd.DataFrame:
        """One row a part: key, part (its label), change and wanted (fractions of GDP)."""
        import pandas as pd

        return pd.DataFrame(self.parts).set_axis(["key", "part", "change", "wanted"], axis=1)

    def text(self) -> str:
        """The same in a few plain sentences."""
        return " ".join(filter(None, (_change(self), _wanted(self), _vote(self), _tiers(self))))


def percent(share: float) -> str:
    """A share of GDP in per cent."""
    return f"{100 * share:.2f}"


def points(change: float) -> str:
    """A change of a share of GDP in percentage points, with its sign."""
    return f"{100 * change:+.2f}" if abs(change) >= SMALL else "0.00"


def _change(one: Explanation) -> str:
    moved = one.after - one.before
    amount = f"{percent(abs(moved))} points {'more' if moved > 0 else 'less'} than"
    than = f"{amount if abs(moved) >= SMALL else 'as much as'} the year before ({percent(one.before)} %)"
    return f"In {one.year} {one.name} votes {percent(one.after)} % of GDP for defence, {than}."


def _wanted(one: Explanation) -> str:
    """The wanted share from what it would want on its own, the largest reasons first."""
    if one.reaction == "inertia":
        return "By its rule it wants what it had last year."
    if one.reaction == "follow":
        return f"By its rule it wants what its neighbours spend, {percent(one.wanted)} %."
    alone, *reasons = one.parts
    words = f"On its own, with no ally and no threat, it would want {percent(alone.wanted)} %"
    more, less = (_listed([part for part in reasons if sign * part.wanted >= SMALL]) for sign in (1.0, -1.0))
    if more:
        words += f". It wants more because of: {more}"
    if less:
        words += f". It wants less because of: {less}"
    return f"{words}. So it wants {percent(one.wanted)} %."


def _listed(parts: list[Part]) -> str:
    largest = sorted(parts, key=lambda part: -abs(part.wanted))
    return ", ".join(f"{part.label} ({points(part.wanted)})" for part in largest)


def _vote(one: Explanation) -> str:
    """From wanted to voted."""
    value = {part.key: part.value for part in one.parts}
    step = sum(part.value for part in one.parts if part.key not in AFTERWARDS)
    words = [f"A budget goes only part of the way in one year ({points(step)} points)"]
    words += [f"{name} {points(value[key])}" for key, name in AFTERWARDS.items() if name and abs(value[key]) >= SMALL]
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
            f"It stays below the line of {percent(higher.line)} %: {_protection(higher, chosen)}, but "
            f"{_cost('going there', higher)}."
        )
    lower, what = one.tiers[number - 1], "It aims for" if one.choice == "complies" else "It would anyway be above"
    sentence = (
        f"{what} the line of {percent(chosen.line)} %: {_protection(chosen, lower)}, and "
        f"{_cost('falling below', lower)}."
    )
    if number + 1 < len(one.tiers):
        sentence += f" The next line, {percent(one.tiers[number + 1].line)} %, is not worth its cost."
    return sentence


def _protection(there: Tier, here: Tier) -> str:
    return f"it expects {100 * there.expected:.0f} % of full US protection there instead of {100 * here.expected:.0f} %"


def _cost(move: str, tier: Tier) -> str:
    """What being in a tier that was not chosen would cost."""
    if math.isfinite(tier.worth):
        return f"{move} would be as bad as losing {100 * tier.worth:.2f} % of all its other income"
    lacking = "no forces of its own" if tier.share <= 0.0 else "less protection than the threat that it feels"
    return f"{move} is no choice in the model: it would have {lacking}, and no loss of other income is as bad"
