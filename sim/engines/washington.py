"""Washington's turn: Congress and the administration. ``sim.engines.agents`` makes Mesa agents of these classes."""

from __future__ import annotations

from sim import chance
from sim.engines import turns
from sim.engines.board import attributes
from sim.engines.decisions import POLICY, POSTURE, YES_OR_NO, Deciding, decision
from sim.engines.situation import Policy, Situation
from sim.rules import crisis, washington

__all__ = ["AdministrationTurns", "CongressTurns"]


class CongressTurns(Deciding):
    """Whether the law lets the United States leave.

    Attributes:
        favour: the chance that one legislator favours it, when Congress was asked last.
        senators, representatives: votes for it then.
    """

    now: Situation
    favour: float
    senators: int
    representatives: int

    def begin(self, now: Situation) -> None:
        """The start year: nothing has been asked."""
        self.now = now
        self.favour, self.senators, self.representatives = 0.0, 0, 0

    @decision(YES_OR_NO)
    def consent(self) -> bool:
        """Two thirds of the senators present, or an Act of Congress."""
        now, p = self.now, self.now.parameters
        senate, house, _, _ = now.uniforms(chance.WASHINGTON, 0)
        self.favour = washington.withdrawal_favour(p.withdrawal_support, p.grievance_weight, now.grievance)
        self.senators = washington.votes(p.senators_present, self.favour, p.polarisation, senate)
        self.representatives = washington.votes(washington.REPRESENTATIVES, self.favour, p.polarisation, house)
        return washington.consents(self.senators, p.senators_present, p.act_threshold, self.representatives)


class AdministrationTurns(Deciding):
    """The President's side: what is said, which policy is in force, the treaty, the forces in Europe.

    Attributes:
        policy: in force, by name. is_new: since this year. support_factor: on support to a partner.
        posture: US forces in Europe over those of the start.
        treaty_status: codes of sim.rules.washington. notice_ends: year, or 0. attempt: to leave, this year's.
        de_facto_exit: out in all but name.
    """

    now: Situation
    is_new: bool
    posture: float
    support_factor: float
    treaty_status: int
    notice_ends: int
    attempt: int
    de_facto_exit: bool

    def begin(self, now: Situation) -> None:
        """The start year."""
        self.now = now

    @property
    def in_force(self) -> Policy:
        """The policy in force."""
        return self.now.policy

    @property
    def policy(self) -> str:
        """Its name."""
        return self.now.policy.name

    # Decisions

    @decision(POLICY)
    def choose(self) -> str:
        """The policy in force this year: an election's winner in the year after it, else the script's."""
        now = self.now
        begun = now.begun
        if now.year % 4 == 1 and begun.elections:
            return begun.policies[turns.washington.elect(now.board)].name
        script = now.given.script
        return begun.policies[script].name if script != begun.years[now.t - 1].script else now.policy.name

    @decision(YES_OR_NO)
    def seek_withdrawal(self) -> bool:
        """Whether it wants to leave the treaty."""
        return self.in_force.seeks_withdrawal

    @decision(YES_OR_NO)
    def go_alone(self) -> bool:
        """Whether it gives notice without Congress."""
        return self.now.uniforms(chance.WASHINGTON, 0)[2] < self.in_force.goes_alone

    @decision(POSTURE)
    def deploy(self) -> float:
        """Forces in Europe (Eq. 9): towards the policy's posture, above the law's floor where that binds."""
        return turns.washington.deploy(self.now.board, self.now.t)

    @decision(YES_OR_NO)
    def come(self, promised: float) -> bool:
        """Whether it stands by an ally that is challenged and was ``promised`` so much."""
        return crisis.comes(self.in_force.resolve * promised, self.now.uniforms(chance.WASHINGTON, 1)[1])

    # What follows from them

    def speak(self) -> None:
        """Scene 2: the script's statements and up to four others, by the policy in force last year."""
        turns.statements.speak(self.now.board, self.now.t)

    def govern(self, congress: CongressTurns) -> None:
        """Scene 3: the policy, the treaty, the forces, and the acts that others will read."""
        now = self.now
        chosen = self.choose()
        now.adopt(now.policy if chosen == now.policy.name else now.begun.policy(chosen))
        self.leave(congress)
        turns.washington.move(now.board, self.deploy())

    def leave(self, congress: CongressTurns) -> None:
        """What the administration, Congress and the courts make of the treaty."""
        seeks = self.seek_withdrawal()
        asks = washington.asks(self.treaty_status, self.now.year, seeks, self.is_new)
        consent = asks and congress.consent()
        turns.washington.leave(self.now.board, self.now.t, seeks, consent, asks and self.go_alone())


FIELDS = {
    "is_new": "is_new", "posture": "posture", "support_factor": "support_factor", "treaty_status": "status",
    "notice_ends": "notice_ends", "attempt": "attempt", "de_facto_exit": "de_facto",
}  # fmt: skip
attributes(AdministrationTurns, "now.state", FIELDS, at=0, flags=("is_new", "de_facto_exit"))
