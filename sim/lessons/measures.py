"""What stories measure, and how it is said: a name, a unit, and how much is too little to speak of."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["MEASURES", "Measure"]


class Measure(NamedTuple):
    """One measure of docs/model.md in plain words."""

    name: str  # as the subject of a sentence
    unit: str  # after a number
    scale: float  # from the tables to the unit
    digits: int
    alike: float  # in the tables' unit: smaller differences are called about the same; a choice of how to speak
    difference: str = ""  # unit of a difference, where it is another
    of_member: bool = False
    of_game: bool = False
    yes_or_no: bool = False  # of a run: what is told is the share of runs

    def shown(self, value: float) -> str:
        """A value with its unit."""
        return f"{self.scale * value:,.{self.digits}f}{self.unit}"

    def shown_change(self, value: float) -> str:
        """What one world has more than another, with its sign; such changes are small, so one more digit."""
        sign = "+" if value > 0 else "\u2212" if value < 0 else ""
        return f"{sign}{abs(self.scale * value):,.{self.digits + 1}f}{self.difference or self.unit}"

    def shown_difference(self, value: float) -> str:
        """The size of a difference with its unit."""
        return f"{abs(self.scale * value):,.{self.digits}f}{self.difference or self.unit}"


NB = "\u00a0"
POINTS = f"{NB}percentage points"
GDP = f"{NB}%{NB}of{NB}GDP"
MEASURES = {
    "european_share": Measure("Europe's and Canada's defence spending", GDP, 100, 2, 0.0005, POINTS),
    "defence_share": Measure("defence spending", GDP, 100, 2, 0.00005, POINTS, of_member=True),
    "protected_members": Measure("the number of allies under US protection", f"{NB}allies", 1, 0, 0.5),
    "commitment_belief": Measure("Europe's trust that the US will come", f"{NB}%", 100, 0, 0.01, POINTS),
    "exclusion_belief": Measure("the belief that the US would leave allies out", f"{NB}%", 100, 0, 0.01, POINTS),
    "enabler_ratio": Measure("Europe's own enablers", f"{NB}% of what it needs", 100, 0, 0.01, POINTS),
    "posture": Measure("US forces in Europe", f"{NB}% of today's", 100, 0, 0.01, POINTS),
    "free_riding_index": Measure(
        "what Europe and Canada spend", f"{NB}% of what they would spend with no ally", 100, 0, 0.01, POINTS
    ),
    "exploitation_rank": Measure("the rank correlation of size and burden", "", 1, 2, 0.05),
    "lawful_exit": Measure("a lawful exit from the treaty", f"{NB}% of runs", 100, 0, 0.05, POINTS, yes_or_no=True),
    "unilateral_exit": Measure("an exit without Congress", f"{NB}% of runs", 100, 0, 0.05, POINTS, yes_or_no=True),
    "game_total": Measure("spending of all together", "", 1, 1, 0.05, of_game=True),
    "game_share": Measure("defence spending", GDP, 100, 1, 0.001, POINTS, of_member=True, of_game=True),
}
