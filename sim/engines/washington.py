"""Washington's turn: Congress and the administration. ``sim.engines.agents`` makes Mesa agents of these classes."""

from __future__ import annotations

from sim import chance
from sim.engines import alone, turns
from sim.engines.situation import Policy, Situation
from sim.rules import washington

__all__ = ["AdministrationTurns", "CongressTurns"]


class CongressTurns:
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

    def consent(self) -> bool:
        """Two thirds of the senators present, or an Act of Congress."""
        now, p = self.now, self.now.parameters
        senate, house, _, _ = now.uniforms(chance.WASHINGTON, 0)
        self.favour = alone.withdrawal_favour(p.withdrawal_support, p.grievance_weight, now.grievance)
        self.senators = alone.votes(p.senators_present, self.favour, p.polarisation, senate)
        self.representatives = alone.votes(washington.REPRESENTATIVES, self.favour, p.polarisation, house)
        return alone.consents(self.senators, p.senators_present, p.act_threshold, self.representatives)


class AdministrationTurns:
    """The President's side: what is said, which policy is in force, the treaty, the forces in Europe.

    Attributes:
        policy: in force, by name. is_new: since this year. support_factor: on support to a partner.
        posture: US forces in Europe over those of the start.
        treaty_status: codes of sim.rules.washington. notice_ends: year, or 0. attempt: to leave, this year's.
        de_facto_exit: out in all but name.
    """

    now: Situation
    in_force: Policy
    is_new: bool
    posture: float
    support_factor: float
    treaty_status: int
    notice_ends: int
    attempt: int
    de_facto_exit: bool

    def begin(self, now: Situation) -> None:
        """The start year."""
        self.now, self.in_force, self.is_new = now, now.policy, False
        self.posture, self.support_factor = 1.0, now.policy.support
        self.treaty_status, self.notice_ends, self.attempt, self.de_facto_exit = 0, 0, 0, False

    @property
    def policy(self) -> str:
        """The policy in force."""
        return self.in_force.name

    # Decisions

    def choose(self) -> str:
        """The policy in force this year: an election's winner in the year after it, else the script's."""
        now = self.now
        begun = now.begun
        if now.year % 4 == 1 and begun.elections:
            luck = now.uniforms(chance.WASHINGTON, 1)[0]
            return begun.policies[alone.elect(begun.prepared.policies, now.grievance, luck)].name
        script = now.given.script
        return begun.policies[script].name if script != begun.years[now.t - 1].script else self.in_force.name

    def seek_withdrawal(self) -> bool:
        """Whether it wants to leave the treaty."""
        return self.in_force.seeks_withdrawal

    def go_alone(self) -> bool:
        """Whether it gives notice without Congress."""
        return self.now.uniforms(chance.WASHINGTON, 0)[2] < self.in_force.goes_alone

    def deploy(self) -> float:
        """Forces in Europe (Eq. 9): towards the policy's posture, above the law's floor where that binds."""
        p, stands = self.now.parameters, self.treaty_status <= washington.LONE_NOTICE
        binds = stands and p.floor_from <= self.now.year <= p.floor_until and not self.in_force.certifies
        target = self.in_force.posture if stands else 0.0
        return alone.posture(self.posture, target, p.drawdown_rate, p.buildup_rate, p.posture_floor, binds)

    def come(self, promised: float) -> bool:
        """Whether it stands by an ally that is challenged and was ``promised`` so much."""
        return alone.comes(self.in_force.resolve * promised, self.now.uniforms(chance.WASHINGTON, 1)[1])

    # What follows from them

    def speak(self) -> None:
        """Scene 2: the script's statements and up to four others, by the policy in force last year."""
        now, policy = self.now, self.in_force
        p, given = now.parameters, now.given
        now.tone, now.conditionality = turns.speak(
            now.seed, now.replicate, now.year, given.words_commitment, given.words_exclusion, p.statement_rate,
            policy.tone, policy.conditionality, p.statement_noise,
        )  # fmt: skip

    def govern(self, congress: CongressTurns) -> None:
        """Scene 3: the policy, the treaty, the forces, and the acts that others will read."""
        now, p = self.now, self.now.parameters
        before = self.in_force
        chosen = self.choose()
        if chosen != before.name:
            self.in_force = now.begun.policy(chosen)
        self.is_new = self.in_force is not before
        now.adopt(self.in_force)
        self.leave(congress)
        posture = self.deploy()
        change = self.in_force.support - self.support_factor
        now.act_commitment += alone.act(posture - self.posture, p.posture_act, change, p.support_act)
        self.posture = now.posture = posture
        self.support_factor = self.in_force.support
        now.treaty = 1.0 if self.treaty_status <= washington.LONE_NOTICE else 0.0
        self.de_facto_exit = alone.is_de_facto_exit(
            self.treaty_status, self.in_force.best_protection, posture, p.posture_floor
        )

    def leave(self, congress: CongressTurns) -> None:
        """What the administration, Congress and the courts make of the treaty; last year's acts are forgotten."""
        now, p, status = self.now, self.now.parameters, self.treaty_status
        seeks = self.seek_withdrawal()
        self.attempt = washington.NO_ATTEMPT
        if seeks or status in (washington.LAWFUL_NOTICE, washington.LONE_NOTICE):
            asks = seeks and status == washington.IN_FORCE
            consent = asks and congress.consent()
            goes_alone = asks and self.go_alone()
            blocked = seeks and now.uniforms(chance.WASHINGTON, 0)[3] < p.court_block
            self.treaty_status, self.notice_ends, self.attempt = alone.treaty(
                status, now.year, self.notice_ends, seeks, self.is_new, blocked, consent, goes_alone
            )
        noticed = self.attempt in (washington.LAWFUL, washington.ALONE)
        failed = self.attempt == washington.FAILED
        now.act_commitment = -p.notice_act if noticed else (-p.attempt_act if failed else 0.0)
        now.act_exclusion = 0.0
