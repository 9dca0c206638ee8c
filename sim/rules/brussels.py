"""Scene 4: the escape clause opens room in budgets, loans lower the price of defence.

Council Regulation (EU) 2025/1106 (SAFE): loans of up to 150 bn euro, 45 years at most, ten years' grace. National
escape clause of the Stability and Growth Pact: for four years up to 1.5 % of GDP above the defence share of 2021.
"""

from __future__ import annotations

from sim.compiled import rule

__all__ = [
    "activates", "asks", "clause_room", "fiscal_room", "gap", "grant_equivalent", "is_open", "loan_price",
    "ordinary_room", "pro_rata",
]  # fmt: skip

NEVER, DECIDES, RECORDED = 0, 1, 2  # how a member takes an instrument up
DEBT_LIMIT = 0.6  # of GDP, Treaty on the Functioning of the European Union, Protocol 12


@rule
def is_open(opened: int, year: int, years: int) -> bool:
    """Whether an instrument that was opened in a year, 0 for never, is open for so many years from then on."""
    return opened > 0 and year < opened + years


@rule
def gap(wanted: float, pledge: float, share: float) -> float:
    """What is missing to the wanted or the pledged share, whichever is more."""
    return max(0.0, max(wanted, pledge) - share)


@rule
def ordinary_room(room: float, drag: float, debt: float) -> float:
    """The most that a share may rise in a year without the clause; less with debt above 60 % of GDP."""
    return room / (1.0 + drag * max(0.0, debt - DEBT_LIMIT))


@rule
def activates(flag: int, active: bool, gap: float, room: float, cost: float, debt: float) -> bool:
    """Whether an EU member uses the open escape clause; a debtor needs a larger gap to find it worth while."""
    decides = active | (gap > room + cost * max(0.0, debt - DEBT_LIMIT))
    return (flag == RECORDED) | ((flag == DECIDES) & decides)


@rule
def clause_room(active: bool, base: float, ceiling: float, share: float) -> float:
    """The part of the ceiling above the base-year share that is not used yet."""
    return min(ceiling, max(0.0, base + ceiling - share)) if active else 0.0


@rule
def fiscal_room(ordinary: float, extra: float, absorption: float) -> float:
    """The most that the share may rise this year; no ministry can spend more than ``absorption`` at once."""
    return min(absorption, ordinary + extra)


@rule
def asks(
    flag: int, allotment: float, years: float, drawn: float, appetite: float, gap: float, gdp: float, advantage: float
) -> float:  # fmt: skip
    """The loan that a member asks for this year, in constant 2015 US$ bn.

    By the record, an equal part of its allotment a year; by its own decision, more with the gap to close and with the
    interest ``advantage`` of the EU's bonds (a spread over one percentage point counts as one).
    """
    recorded = min(allotment / years, allotment - drawn)
    decided = appetite * gap * gdp * advantage
    return max(0.0, recorded if flag == RECORDED else (decided if flag == DECIDES else 0.0))


@rule
def pro_rata(asked: float, left: float) -> float:
    """The part of every ask that is granted, so that no more is lent than is left."""
    return min(1.0, left / asked) if asked > 0.0 else 1.0


@rule
def grant_equivalent(spread: float, rate: float) -> float:
    """What a loan at the EU's ``rate`` is worth to a member whose own rate is higher by ``spread``, over the loan.

    45 years, ten years' grace, 35 equal repayments (Council Regulation (EU) 2025/1106): the interest saved every year
    on what is outstanding, discounted at the member's own rate.
    """
    value, discount = 0.0, 1.0
    for year in range(1, 46):
        discount = discount / (1.0 + rate + spread)
        value += spread * min(1.0, (46.0 - year) / 35.0) * discount
    return value


@rule
def loan_price(grant_equivalent: float, loan: float, spending: float) -> float:
    """Price of defence, 1 without a loan: the part of spending that the loan pays for is cheaper by its grant."""
    return 1.0 - grant_equivalent * (min(1.0, loan / spending) if spending > 0.0 else 0.0)
