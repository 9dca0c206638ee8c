"""Scene 3: who governs, whether the treaty stands, how many forces stay.

The law: 22 U.S.C. 1928f (Public Law 118-31, section 1250A) lets the President leave the North Atlantic Treaty only with
the consent of two thirds of the senators present or by an Act of Congress. Article 13 of the treaty: a year's notice.
The National Defense Authorization Act for fiscal year 2026 keeps 76,000 troops in Europe unless the administration
certifies that fewer will do.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from sim.compiled import exp, log, logistic, rule

__all__ = ["act", "asks", "consents", "elect", "is_de_facto_exit", "posture", "treaty", "votes", "withdrawal_favour"]


IN_FORCE, LAWFUL_NOTICE, LONE_NOTICE, LEFT_LAWFULLY, LEFT_ALONE = 0, 1, 2, 3, 4
NO_ATTEMPT, FAILED, LAWFUL, ALONE = 0, 1, 2, 3
REPRESENTATIVES = 435
HOUSE_MAJORITY = 218


@rule
def posture(now: float, target: float, down: float, up: float, floor: float, floor_binds: bool) -> float:
    """US forces in Europe over today's, one year on (Eq. 9): towards the target, not below a floor that binds."""
    moved = now + min(up, max(-down, target - now))
    return max(moved, min(now, floor)) if floor_binds else moved


@rule
def withdrawal_favour(base: float, grievance_weight: float, grievance: float) -> float:
    """The chance that one legislator favours leaving; it rises with how much more than its share the US pays."""
    return logistic(log(base / (1.0 - base)) + grievance_weight * grievance) if base > 0.0 else 0.0


@rule
def votes(present: int, favour: float, polarisation: float, luck: float) -> int:
    """Yeas among those present, beta-binomial with intra-class correlation ``polarisation`` (0: binomial).

    Drawn by inversion with the uniform ``luck``. For a majority in favour the nays are counted instead, so that the
    first probability never underflows.
    """
    chance = favour if favour <= 0.5 else 1.0 - favour
    if chance <= 0.0:
        return 0 if favour <= 0.5 else present
    alike = polarisation > 1e-12  # below it the spread is so large that the votes are independent
    spread = (1.0 - polarisation) / polarisation if alike else 0.0
    a, b = chance * spread, (1.0 - chance) * spread
    mass = 1.0
    for k in range(present):
        mass *= (b + k) / (a + b + k) if alike else 1.0 - chance
    total = mass
    count = 0
    while total < luck and count < present:
        left = present - count
        if alike:
            mass *= left / (count + 1.0) * (a + count) / (b + left - 1.0)
        else:
            mass *= left / (count + 1.0) * chance / (1.0 - chance)
        total += mass
        count += 1
    return count if favour <= 0.5 else present - count


@rule
def consents(senators: int, present: int, act_threshold: int, representatives: int) -> bool:
    """Whether one of the two lawful roads is open: two thirds of the senators present, or an Act of Congress.

    The Act needs the Senate's cloture (60 votes, a setting) and a majority of the House; a President who seeks
    withdrawal signs.
    """
    by_treaty = 3 * senators >= 2 * present
    by_act = senators >= act_threshold and representatives >= HOUSE_MAJORITY
    return by_treaty or by_act


@rule
def asks(status: int, year: int, seeks: bool, is_new: bool) -> bool:
    """Whether an attempt to leave is made this year: by a new policy, or when a new Congress sits, in odd years."""
    return status == IN_FORCE and seeks and (is_new or year % 2 == 1)


@rule
def treaty(
    status: int, year: int, notice_ends: int, seeks: bool, is_new: bool, blocked: bool, consent: bool, goes_alone: bool
) -> tuple[int, int, int]:  # fmt: skip
    """The treaty's status after this year, the year in which a notice ends, and what was attempted.

    ``consent`` and ``goes_alone`` are what Congress and the administration would do if asked this year, ``blocked``
    what the courts would say of a notice without Congress.
    """
    if status == LAWFUL_NOTICE or status == LONE_NOTICE:
        if not seeks:
            return IN_FORCE, 0, NO_ATTEMPT
        if year < notice_ends:
            return status, notice_ends, NO_ATTEMPT
        if status == LAWFUL_NOTICE:
            return LEFT_LAWFULLY, 0, NO_ATTEMPT
        return (IN_FORCE, 0, FAILED) if blocked else (LEFT_ALONE, 0, NO_ATTEMPT)
    if asks(status, year, seeks, is_new):
        if consent:
            return LAWFUL_NOTICE, year + 1, LAWFUL
        if goes_alone:
            return LONE_NOTICE, year + 1, ALONE
        return IN_FORCE, 0, FAILED
    return status, 0, NO_ATTEMPT


@rule
def is_de_facto_exit(status: int, best_protection: float, posture: float, floor: float) -> bool:
    """Out in all but name: the treaty stands, nobody is protected, and the forces are at the floor or below."""
    return status <= LONE_NOTICE and best_protection <= 0.0 and posture <= floor + 1e-12


@rule
def act(moved: float, posture_weight: float, support_change: float, support_weight: float) -> float:
    """What forces moved and support stopped or resumed say about commitment, as a costly act (Eq. 7)."""
    return posture_weight * moved + support_weight * support_change


@rule
def elect(policies: NDArray[Any], grievance: float, luck: float) -> int:
    """Which policy wins an election (Eq. 8), by inversion with the uniform ``luck``; -1 where none is electable.

    ``policies`` are records with ``alpha``, ``gamma`` and ``electable``.
    """
    total = 0.0
    for k in range(policies.size):
        weight = exp(policies[k].alpha + policies[k].gamma * grievance)
        total += weight if policies[k].electable == 1 else 0.0
    reached = 0.0
    winner = -1
    for k in range(policies.size):
        if policies[k].electable == 1 and (winner < 0 or reached <= luck * total):
            winner = k
            reached += exp(policies[k].alpha + policies[k].gamma * grievance)
    return winner
