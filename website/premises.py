"""Words around README's numbers, as conditions on the numbers: where one fails, the words have to change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from website.numbers import Number

__all__ = ["PREMISES", "false_premises"]

Numbers = Mapping[str, "Number"]

PREMISES: dict[str, Callable[[Numbers], bool]] = {
    "under unconditional protection spending rises": lambda n: (
        n["share of status quo"].low > n["actual European share in 2025"].value
        and n["margin: unconditional rises"].low > 0
    ),
    "it stays short of the pledge": lambda n: n["status quo below the pledge in 2035"].low > 90,
    "the pledge's pull adds to it": lambda n: n["lift of status quo without the pledge's pull"].high < 0,
    "an exit lifts it, in every draw": lambda n: (
        all(n[f"lift of {name}"].low > 0 for name in ("de-facto exit", "lawful exit", "unilateral exit"))
        and all(n[f"margin: {name} lifts"].low > 0 and n[f"holds: {name} lifts"].value == 100
                for name in ("lawful exit", "de-facto exit"))
    ),
    "a line lifts it and protects fewer the higher it is": lambda n: (
        n["lift of line at 3.5 %"].low > 0
        and n["protected in line at 2 %"].value > n["protected in line at 3.5 %"].value
        > n["protected in line at 5 %"].value
    ),
    "it peaks within the lines that were tried, if exclusion is believed": lambda n: (
        n["line of the peak"].high < n["highest line"].value
        and n["share at the peak"].value > n["share at the highest line"].value
        and n["share at the peak"].value > n["highest share if not believed"].value
    ),
    "effort ends about as high as a line at 3.5 %, with more protected, in every draw": lambda n: (
        abs(n["share of effort"].value - n["share of line at 3.5 %"].value) < 0.1
        and n["protected in effort"].value > n["protected in line at 3.5 %"].value
        and n["margin: effort spends more"].value < 0
        and n["holds: effort protects more"].value == 100
    ),
    "without an exit there are never enough enablers": lambda n: (
        n["enough enablers in status quo"].value == 0 and n["holds: no autonomy without exit"].value == 100
    ),
    "loans and clause do next to nothing": lambda n: (
        n["lift of the instruments"].high < 0.05 and n["holds: instruments do little"].value == 100
    ),
    "statements reassure on average, many more than few": lambda n: (
        n["lift of status quo with neutral statements"].value > 0 and n["lift of many statements"].value < 0
    ),
    "the model beats no change from 2014 on, and the average of rules is about as good": lambda n: (
        n["error: nato, 2014-20, members, joint-product"].value < n["error: nato, 2014-20, members, no change"].value
        and abs(n["error: nato, 2014-20, members, average of rules"].value
                - n["error: nato, 2014-20, members, joint-product"].value) < 0.05
    ),
    "before, it is no better by member, and better for Europe": lambda n: (
        n["error: world-bank, 1995-2013, members, joint-product"].value
        > 0.95 * n["error: world-bank, 1995-2013, members, no change"].value
        and n["error: world-bank, 1995-2013, EUROPE, joint-product"].value
        < n["error: world-bank, 1995-2013, EUROPE, no change"].value
    ),
    "from 1990 the US share falls by less than it fell, from 2013 it stays (notes of these scenarios too)": lambda n: (
        n["actual US share in 2013"].value < n["US share from 1990"].value < n["actual US share in 1990"].value
        and abs(n["US share from 2013"].value - n["actual US share in 2013"].value) < 0.25
        and n["actual US share in 2021"].value < n["actual US share in 2013"].value - 0.5
    ),
    "if exclusion is not believed, lines do little (limits.md too)": lambda n: (
        n["highest share if not believed"].value - n["share of status quo"].value
        < 0.5 * (n["share at the peak"].value - n["share of status quo"].value)
    ),
    "played from 1990 it falls too far, from 1960 it climbs where it fell": lambda n: (
        n["European share from 1990"].high < n["actual European share in 2013"].value
        and n["European share from 1960"].low > n["actual European share in 1960"].value
        > n["actual European share in 1989"].value
    ),
}  # fmt: skip


def false_premises(numbers: Numbers) -> list[str]:
    """What the block's words say and its numbers do not."""
    return [words for words, holds in PREMISES.items() if not holds(numbers)]
