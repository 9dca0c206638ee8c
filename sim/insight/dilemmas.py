"""The classic two-player games, and which of them two governments of the model can be in (docs/model.md, Eq. 1).

Two equal governments each spend a high or a low share of GDP; what each feels is Eq. 1 itself, called as it is. In it
security is a sum: what an ally spends lowers what one's own spending adds. Shares are therefore strategic substitutes
(Bulow, Geanakoplos & Klemperer 1985), ``R - T <= S - P`` at any parameters, and games that need complements (stag hunt,
assurance, weakest link) cannot be reached. `limits` says so instead of bending anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.rules.demand import utility

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["classify", "limits", "two_governments"]

# order of the payoffs from the best to the worst -> name (Rapoport & Guyer 1966); "=" binds equals
GAMES = {
    "TRPS": "prisoner's dilemma",
    "TRSP": "chicken",
    "RTPS": "stag hunt",
    "RPTS": "assurance",
    "RPST": "coordination",
    "TSRP": "leader",
    "STRP": "hero",
    "TPRS": "deadlock",
    "TPSR": "deadlock",
    "RSTP": "no conflict",
    "RTSP": "no conflict",
    "RSPT": "no conflict",
    "TR=SP": "best shot",  # enough if one contributes (Hirshleifer 1983)
    "RT=PS": "weakest link",  # in vain unless both do (Hirshleifer 1983)
    "RS=T=P": "threshold public good",  # nothing unless both do, and then all is lost alike
}


def classify(payoffs: ArrayLike) -> str:
    """The name of a symmetric 2 x 2 game by the order of its payoffs.

    Args:
        payoffs: (2, 2), of who chooses the row; both choose between the same two, cooperate first:
            ``[[R, S], [T, P]]``, reward, sucker's payoff, temptation, punishment. Minus infinity is allowed.

    Returns:
        A value of ``GAMES``, or "none of these" for an order with ties that has no name there, or one of the twelve
        strict orders seen with the choices the other way round.

    Raises:
        ValueError: another shape, or NaN.
    """
    table = np.asarray(payoffs, float)
    if table.shape != (2, 2) or np.isnan(table).any():
        raise ValueError(f"classify needs [[R, S], [T, P]], found shape {table.shape}")
    (reward, sucker), (temptation, punishment) = table.tolist()
    value = {"R": reward, "S": sucker, "T": temptation, "P": punishment}
    levels = sorted(set(value.values()), reverse=True)
    order = "".join("=".join(name for name in "RSTP" if value[name] == level) for level in levels)
    return GAMES.get(order.replace("P=T", "T=P"), "none of these")


def two_governments(
    high: float, low: float, *, collective: float, national: float, weight: float = 1.0, threat: float = 0.0
) -> NDArray[np.float64]:
    """What one of two equal governments feels (Eq. 1 per GDP), ``[[R, S], [T, P]]``; to cooperate is to spend ``high``.

    Args:
        high, low: shares of GDP. collective, national: tastes B and G.
        weight: how much of the other's share spills in. threat: over GDP.
    """
    shares = (high, low)
    return np.array(
        [[utility(own, weight * other - threat, collective, national, 1.0) for other in shares] for own in shares]
    )


# game -> parameters at which Eq. 1 makes it, or nothing; and why
LIMITS: tuple[tuple[str, dict[str, float], str], ...] = (
    ("prisoner's dilemma", {"high": 0.04, "low": 0.02, "collective": 0.04, "national": 0.0},
     "a pure public good; low is what each spends in equilibrium, high what would be best for both"),
    ("chicken", {"high": 0.04, "low": 0.001, "collective": 0.04, "national": 0.0},
     "a pure public good where low is next to nothing: one has to, and each would rather it were the other"),
    ("no conflict", {"high": 0.04, "low": 0.02, "collective": 0.002, "national": 0.038},
     "hardly anything is shared, so each spends for itself"),
    ("deadlock", {"high": 0.08, "low": 0.04, "collective": 0.002, "national": 0.038},
     "hardly anything is shared, and high is more than anybody wants"),
    ("threshold public good", {"high": 0.04, "low": 0.01, "collective": 0.04, "national": 0.0, "threat": 0.055},
     "a threat that only both together exceed; below it Eq. 1 is minus infinity"),
    ("stag hunt", {}, "cannot be reached: needs complements, and in Eq. 1 shares are substitutes (R - T <= S - P)"),
    ("assurance", {}, "cannot be reached: needs complements, and in Eq. 1 shares are substitutes (R - T <= S - P)"),
    ("best shot", {}, "cannot be reached: security is a sum and not the largest share, so a second one still adds "
                      "something (R > S); chicken is next to it"),
    ("weakest link", {}, "cannot be reached among governments: security is a sum and not the smallest share; between "
                         "Europe's enablers and its other forces Eq. 12b comes near it with a low enabler_power"),
)  # fmt: skip


def limits() -> pd.DataFrame:
    """The classic games and the parameters at which Eq. 1 makes them.

    Returns:
        One row a game: game, reached, found (what `classify` says of Eq. 1 at these parameters, "" without any), high,
        low, collective, national, weight, threat (NaN without), R, S, T, P, why.
    """
    import pandas as pd

    rows = []
    for game, given, why in LIMITS:
        row: dict[str, object] = {"game": game, "reached": False, "found": "", "why": why}
        if given:
            how = {"weight": 1.0, "threat": 0.0} | given
            payoffs = two_governments(**how)
            found = classify(payoffs)
            row |= {"reached": found == game, "found": found, **how, **dict(zip("RSTP", payoffs.ravel(), strict=True))}
        rows.append(row)
    columns = ["game", "reached", "found", "high", "low", "collective", "national", "weight", "threat", *"RSTP", "why"]
    return pd.DataFrame(rows)[columns]
