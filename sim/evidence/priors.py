"""What is believed of the estimated parameters before they meet the errors: uniform ranges, each with its basis."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["NOISE", "PRIORS", "Prior", "drawn"]

NOISE = "budget_noise"  # estimated with the others, from the size of the errors


class Prior(NamedTuple):
    """A uniform prior from low to high, in the parameter's own unit, and why this range."""

    low: float
    high: float
    basis: str


PRIORS = {
    "collective_share": Prior(0.5, 0.95, "assumed: joint products with a large public part (Sandler & Hartley 2001)"),
    "thinning": Prior(0.5, 1.0, "assumed: conventional forces thin out (Sandler 1977); 1 is fully rival"),
    "us_protection_value": Prior(0.005, 0.03, "a third to twice the 1.5 % of GDP of Burilkov & Wolff 2025"),
    "allied_weight": Prior(0.05, 0.6, "assumed: some spill-in, less than one's own forces are worth"),
    "threat_distance": Prior(
        700.0, 2500.0, "assumed: from below Riga's distance to Moscow (840 km) to that of Paris (2,490 km)"
    ),
    "threat_scale": Prior(0.0, 5.0, "0: threat moves no budget; 5: five times the assumed path of hostility"),
    "adjustment_speed": Prior(0.02, 0.35, "persistence of shares by era, 1960-2020: .03 to .32 a year"),
    "pledge_pull": Prior(0.02, 0.15, "estimate for 2014-20: .07, standard error .02, and wider"),
    "fiscal_room": Prior(0.001, 0.015, "the rises of ordinary years to the largest of 2022-25"),
    "taste_trend": Prior(0.0, 1.0, "all that is possible"),
    "commitment_mean": Prior(
        0.3, 0.9, "commitments kept: 50 % (Berkemeier & Fuhrmann 2018) to 75 % (Leeds et al. 2000)"
    ),
}


def drawn(count: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """A Latin hypercube of the priors: parameter name -> (count,)."""
    from scipy.stats import qmc

    unit = qmc.LatinHypercube(len(PRIORS), rng=seed).random(count)
    return {name: prior.low + (prior.high - prior.low) * unit[:, k] for k, (name, prior) in enumerate(PRIORS.items())}
