"""Plausible ranges of the parameters that are not estimated on spending, for questions of sensitivity alone.

These ranges are the authors' judgement unless a source stands beside them. Nothing is fitted to them, and an index that
follows from them is worth no more than they are. Estimated parameters have their priors (`sim.evidence.priors`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.evidence.priors import PRIORS, Prior
from sim.scenario.parameters import Parameters

__all__ = ["ASSUMED", "SETTLED", "at_unit", "uncertain"]

HALF = "assumed: about half to twice the default"
ORDINAL = "assumed, about half to twice the default; ordinal"
ANY = "assumed: all that is possible"

ASSUMED = {
    # economy and budgets
    "common_growth_share": Prior(0.2, 0.8, "assumed: neither all nor nothing is common"),
    "debt_financed_share": Prior(0.0, 1.0, ANY),
    "partner_spillin": Prior(0.5, 1.0, "assumed: half of it to all"),
    "border_discount": Prior(0.0, 0.5, "assumed: a border takes off nothing to half of the distance"),
    "budget_noise": Prior(0.0005, 0.003, "from a quiet member's surprises to those of 2022-25"),
    "debt_drag": Prior(0.0, 3.0, "assumed: debt narrows nothing, to room cut by two thirds at 130 % of GDP"),
    "fiscal_cut": Prior(0.0015, 0.006, HALF),
    "support_collective": Prior(0.004, 0.013, "estimate for 2022-25, half as much more or less"),
    "support_national": Prior(0.0001, 0.0004, HALF),
    "support_speed": Prior(0.2, 1.0, "assumed: five years to one"),
    # beliefs
    "commitment_start": Prior(0.5, 0.9, "assumed: an even chance to hardly a doubt"),
    "exclusion_start": Prior(0.05, 0.7, "assumed: hardly believed to rather believed"),
    "exclusion_mean": Prior(0.05, 0.7, "assumed: as at the start"),
    "belief_reversion": Prior(0.03, 0.3, "assumed: half forgotten after two years to after a generation"),
    "statement_weight": Prior(0.0, 1.0, "assumed; statements alone do little (Becker et al. 2024)"),
    "act_weight": Prior(0.3, 1.5, "assumed"),
    "belief_noise": Prior(0.05, 0.3, HALF),
    "tripwire": Prior(0.0, 0.1, "assumed small; a weak effect (Musgrave & Ward 2023)"),
    "statement_rate": Prior(0.0, 3.0, "assumed: silence to three a year"),
    "statement_noise": Prior(0.1, 0.6, HALF),
    "adversary_commitment": Prior(0.5, 0.9, "assumed: as the members'"),
    "adversary_exclusion": Prior(0.05, 0.7, "assumed: as the members'"),
    "adversary_statement_weight": Prior(0.0, 0.5, "assumed: half of the members'"),
    "adversary_act_weight": Prior(0.3, 1.5, "assumed: as the members'"),
    # Washington and Brussels
    "drawdown_rate": Prior(0.07, 0.3, HALF),
    "buildup_rate": Prior(0.05, 0.2, HALF),
    "grievance_weight": Prior(0.0, 5.0, "assumed: burdens move no vote, to 5 log odds at all of the burden"),
    "polarisation": Prior(0.0, 0.3, "assumed: every vote alone, to parties that mostly vote alike"),
    "court_block": Prior(0.3, 1.0, "assumed; untested"),
    "notice_act": Prior(0.5, 2.0, HALF),
    "attempt_act": Prior(0.2, 1.0, HALF),
    "posture_act": Prior(0.5, 2.0, HALF),
    "support_act": Prior(0.0, 0.6, HALF),
    "loan_appetite": Prior(0.2, 1.0, HALF),
    "eu_rate": Prior(0.025, 0.045, "assumed, around the first loans of 2026"),
    "clause_cost": Prior(0.0, 0.02, "assumed: a debtor hesitates not at all, to four times the default"),
    # forces
    "depreciation": Prior(0.05, 0.12, "source: BEA classes"),
    "enabler_cost": Prior(226.0, 344.0, "source: IISS 2025"),
    "enabler_priority": Prior(0.04, 0.16, HALF),
    "enabler_depreciation": Prior(0.05, 0.12, "as other equipment"),
    "enabler_lead_time": Prior(5, 10, "source: 5-12 years, of which the model looks back at 10"),
    "enabler_weight": Prior(0.1, 0.6, HALF),
    "enabler_power": Prior(-4.0, 0.5, "assumed: hardly replaced, to replaced with ease"),
    # Moscow and the crisis
    "adversary_price_level": Prior(2.0, 4.0, "after Robertson 2022"),
    "adversary_hostility": Prior(0.0, 0.03, "assumed small; income drives it (Kollias et al. 2018)"),
    "war_attrition": Prior(0.025, 0.1, HALF),
    "support_attrition": Prior(0.0, 0.5, "assumed: nothing to two and a half times the default"),
    "hostility_reference": Prior(0.03, 0.12, ORDINAL),
    "decisiveness": Prior(0.5, 2.0, ORDINAL),
    "prize": Prior(0.5, 2.0, ORDINAL),
    "challenge_cost": Prior(0.3, 1.2, ORDINAL),
    "challenge_noise": Prior(0.05, 0.2, ORDINAL),
    "challenge_rate": Prior(0.05, 0.2, ORDINAL),
    "loss_gdp": Prior(0.05, 0.2, HALF),
    "loss_capability": Prior(0.15, 0.6, HALF),
    "repelled_loss": Prior(0.1, 0.4, HALF),
}

# Without a published figure, and still no uncertainty of the model: the scenario's own dates and switches.
SETTLED = {"floor_until", "loan_opens", "clause_opens", "trigger"}


def uncertain() -> dict[str, Prior]:
    """Every uncertain parameter: the estimated ones by their priors, then the assumed."""
    return PRIORS | ASSUMED


def at_unit(ranges: dict[str, Prior], unit: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Points of the unit cube, (points, parameters), as values: name -> (points,); whole numbers have equal parts."""
    found = {}
    for k, (name, prior) in enumerate(ranges.items()):
        if Parameters.model_fields[name].annotation is int:
            parts = prior.high - prior.low + 1
            found[name] = prior.low + np.minimum(np.floor(unit[:, k] * parts), parts - 1)
        else:
            found[name] = np.clip(prior.low + unit[:, k] * (prior.high - prior.low), prior.low, prior.high)
    return found
