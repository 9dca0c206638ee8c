"""The adversary's turns. ``sim.engines.agents`` makes a Mesa agent of this class."""

from __future__ import annotations

from collections.abc import Sequence

from sim.engines import turns
from sim.engines.board import Board, attributes
from sim.engines.decisions import CHANCE, SHARE, Deciding, decision
from sim.engines.members import MemberTurns
from sim.engines.situation import Situation
from sim.world import MEMORY, UNITED_STATES, N

__all__ = ["AdversaryTurns"]

# attributes -> the fields of the world in which the adversary stands behind the members, and those of its own
ADVERSARY_FIELDS = (
    "gdp", "growth", "stock", "commitment", "commitment_mean", "commitment_belief", "exclusion", "exclusion_mean",
    "exclusion_belief",
)  # fmt: skip
OWN_FIELDS = {
    "capability": "adversary_capability", "defence_share": "adversary_share",
    "collective_taste": "adversary_collective", "national_taste": "adversary_national",
    "challenge_risk": "challenge_risk",
}  # fmt: skip
STEPS = ("want", "arm", "tempt", "threaten")  # of scene 7; in one call where a subclass replaces none of them


class AdversaryTurns(Deciding):
    """The adversary: an economy, two beliefs, forces, and a temptation.

    Attributes:
        gdp, defence_share, spending, spendings, stock, capability: as a member's; capability at its own prices.
        commitment_belief, exclusion_belief: as a member's.
        collective_taste, national_taste: of its taste for security.
        challenge_risk: the chance that it challenges anybody this year.
        luck: this year's normals: growth, commitment, exclusion, budget.
    """

    now: Situation
    voted: int  # the year of its latest budget, counted from the start
    gdp: float
    growth: float
    commitment: float
    commitment_mean: float
    commitment_belief: float
    exclusion: float
    exclusion_mean: float
    exclusion_belief: float
    collective_taste: float
    national_taste: float
    defence_share: float
    stock: float
    capability: float
    challenge_risk: float

    def begin(self, now: Situation) -> None:
        """The start year."""
        self.now, self.voted = now, 0

    @property
    def luck(self) -> list[float]:
        """This year's normals."""
        return [self.now.state.normals[k, N] for k in range(4)]

    @property
    def spendings(self) -> list[float]:
        """Spending year by year."""
        return self.now.history("spending", N, self.voted)

    @property
    def spending(self) -> float:
        """The latest."""
        return float(self.now.path["spending"][MEMORY + self.voted, N])

    @spending.setter
    def spending(self, value: float) -> None:
        self.now.path["spending"][MEMORY + self.voted, N] = value

    # Decisions

    @decision(SHARE)
    def want(self, allied: float) -> float:
        """The share of GDP that it wants against so much ``allied`` capability, without the war's part."""
        return turns.moscow.aim(self.now.board, allied)

    @decision(CHANCE)
    def tempt(self, member: MemberTurns, shared: Board) -> float:
        """The chance that it challenges this ally (Eqs. 14 and 15); ``shared`` leads to what is the same for all."""
        return turns.moscow.tempt(shared, member.index, self.now.t)

    # What follows from them

    def grow(self) -> None:
        """Scene 1: its GDP."""
        turns.economy.grow(self.now.board, N, self.now.t)

    def listen(self) -> None:
        """Scene 2: its two beliefs."""
        turns.statements.listen(self.now.board, N, self.now.t)

    def confront(self, members: Sequence[MemberTurns]) -> None:
        """Scene 7: its forces, and what it would gain by a challenge to each ally."""
        now = self.now
        if all(getattr(type(self), step) is getattr(AdversaryTurns, step) for step in STEPS):
            turns.moscow.threaten(now.board, now.t)
        else:
            self.arm(now.allied_capability + members[UNITED_STATES].capability)
            self.threaten(members)
        self.voted = now.t

    def arm(self, allied: float) -> None:
        """Its budget and its forces, and what war and support to its victim wear down (Eq. 13)."""
        turns.moscow.arm(self.now.board, self.now.t, self.want(allied))

    def threaten(self, members: Sequence[MemberTurns]) -> None:
        """What it would gain by a challenge to each ally."""
        for member in members:
            member.hazard = self.tempt(member, self.now.board) if member.ally > 0.0 else 0.0
        turns.moscow.sum_up(self.now.board)

    def lose(self) -> None:
        """Scene 8: a challenge that was repelled."""
        self.stock *= 1.0 - self.now.parameters.repelled_loss


attributes(AdversaryTurns, "now.state", {name: name for name in ADVERSARY_FIELDS}, at=N)
attributes(AdversaryTurns, "now.state", OWN_FIELDS, at=0)
