"""The numbers of the model that a scenario may set, each with its default, range, unit and basis.

Bases: *source* a published figure, *estimated* from the World Bank's and NATO's series, *calibrated* the median of the
posterior on figures up to 2025 with its 90 % interval (``sim.calibrate``), *assumed* a choice that no source settles.
Results that hang on an assumed number are ordinal. ``docs/model.md`` says in which equation each one works.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    JsonValue,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema

__all__ = ["DATES", "Drawn", "Frozen", "Parameters", "limits"]

DATES = ("loan_opens", "clause_opens")  # 0, or a simulated year: the only numbers that the scenario's own years bound


class Frozen(BaseModel):
    """Common to every part of a scenario: no unknown keys, no text for numbers, no infinity, no change."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def number(default: float, low: float, high: float, unit: str, basis: str, meaning: str) -> Any:
    """A parameter; unit, basis and range travel into the JSON Schema and the documentation."""
    words = f"{meaning} [{unit}]. {basis}"
    extra: dict[str, JsonValue] = {"unit": unit, "basis": basis}
    return Field(default, ge=low, le=high, description=words, json_schema_extra=extra)


@cache
def limits(name: str) -> tuple[float, float]:
    """The least and the largest value of a parameter."""
    rules = {type(rule).__name__: rule for rule in Parameters.model_fields[name].metadata}
    return float(rules["Ge"].ge), float(rules["Le"].le)


class Parameters(Frozen):
    """Every number of the model, by its name in ``docs/model.md``."""

    # economy
    common_growth_share: float = number(
        0.5, 0, 1, "share of variance", "Assumed.", "part of growth surprises that all share"
    )
    inflation: float = number(0.02, -0.02, 0.2, "a year", "Source: the ECB's target.", "inflation that erodes debt")
    debt_financed_share: float = number(
        0.5, 0, 1, "share", "Assumed.", "part of extra defence spending that is borrowed"
    )
    # tastes and spill-in
    collective_share: float = number(
        0.72,
        0,
        1,
        "share",
        "Calibrated, .52-.90; the figures hardly tell.",
        "collective part rho of the taste for security",
    )
    thinning: float = number(
        0.88, 0, 1, "exponent", "Calibrated, .68-.97.", "0 a pure public good, 1 fully rival forces"
    )
    us_protection_value: float = number(
        0.015,
        0,
        0.1,
        "of protected GDP",
        "Source: Burilkov & Wolff 2025 (Bruegel), 250 bn euro a year, 1.5 % of EU GDP; "
        "the figures do not tell, .6-2.9 %.",
        "what US protection is worth at full belief and today's posture",
    )
    allied_weight: float = number(
        0.31,
        0,
        1,
        "weight",
        "Calibrated, .07-.58; the figures hardly tell.",
        "how much of another ally's capability spills in",
    )
    partner_spillin: float = number(
        1.0,
        0,
        1,
        "weight",
        "Assumed 1: forces next door protect neighbours too; "
        "spill-ins across Europe do not stop at the alliance's edge.",
        "part of the spill-in that reaches a country before it joins",
    )
    taste_trend: float = number(
        0.69,
        0,
        1,
        "share",
        "Calibrated, .30-.99; 1 if budgets told without noise where they were heading.",
        "how far tastes follow where the window's budgets were heading, 0: where they stood",
    )
    threat_scale: float = number(
        2.2,
        0,
        5,
        "factor",
        "Calibrated, 1.4-3.7, with what governments said in 2025 that they want.",
        "what the path of hostility is multiplied with where members feel it",
    )
    threat_distance: float = number(
        1800.0,
        100,
        10000,
        "km",
        "Calibrated, 900-2,360; the figures hardly tell.",
        "distance over which the threat falls by a factor e",
    )
    border_discount: float = number(
        0.25,
        0,
        0.9,
        "share",
        "Assumed; Christie 2019 finds a land border matters most.",
        "part of the distance that a border with the adversary takes off",
    )
    # from wanted to voted
    adjustment_speed: float = number(
        0.05, 0, 1, "a year", "Calibrated, .034-.076.", "part of the way to the wanted share that a budget goes"
    )
    pledge_pull: float = number(
        0.054, 0, 1, "a year", "Calibrated, .022-.099.", "part of the gap to the pledge that closes"
    )
    budget_noise: float = number(
        0.0018,
        0,
        0.02,
        "of GDP",
        "Calibrated, .0015-.0021: the spread of forecasts' errors.",
        "standard deviation of a budget's surprise",
    )
    fiscal_room: float = number(
        0.0076,
        0,
        0.1,
        "of GDP a year",
        "Calibrated, .002-.015; the figures hardly tell.",
        "rise of the share that an ordinary budget can carry",
    )
    debt_drag: float = number(
        1.0, 0, 20, "per unit of debt", "Assumed.", "how debt above 60 % of GDP narrows that room"
    )
    fiscal_cut: float = number(0.003, 0, 0.1, "of GDP a year", "Assumed.", "largest cut of the share in a year")
    absorption: float = number(
        0.01, 0, 0.1, "of GDP a year", "Source: the largest rises of 2022-25.", "largest rise that forces can spend"
    )
    # support
    support_collective: float = number(
        0.0085,
        0,
        0.1,
        "taste",
        "Estimated on aid to Ukraine 2022-25.",
        "collective taste for helping a partner at the adversary's border",
    )
    support_national: float = number(
        0.0002, 0, 0.1, "taste", "Estimated on aid to Ukraine 2022-25.", "own taste for helping a partner"
    )
    support_speed: float = number(0.5, 0, 1, "a year", "Assumed.", "part of the way to the wanted support")
    # beliefs
    commitment_start: float = number(
        0.75, 0.001, 0.999, "probability", "Assumed.", "belief at the start that the US stands by its commitments"
    )
    commitment_mean: float = number(
        0.5,
        0.001,
        0.999,
        "probability",
        "Source: commitments honoured, Berkemeier & Fuhrmann 2018; the figures do not tell, .37-.89.",
        "belief that memory fades to",
    )
    exclusion_start: float = number(
        0.3, 0.001, 0.999, "probability", "Assumed.", "belief at the start that those below a line would be excluded"
    )
    exclusion_mean: float = number(
        0.3, 0.001, 0.999, "probability", "Assumed.", "belief in exclusion that memory fades to"
    )
    belief_reversion: float = number(0.1, 0, 1, "a year", "Assumed.", "how fast beliefs fade to their means")
    statement_weight: float = number(
        0.3,
        0,
        3,
        "log odds",
        "Assumed, 0-1; statements alone do little (Becker et al. 2024).",
        "what a president's plain statement moves",
    )
    act_weight: float = number(0.8, 0, 5, "log odds", "Assumed, .3-1.5.", "what a costly act moves")
    belief_noise: float = number(0.15, 0, 2, "log odds", "Assumed.", "standard deviation of a belief's own year")
    tripwire: float = number(
        0.02,
        0,
        1,
        "log odds",
        "Assumed small; Musgrave & Ward 2023 find a weak effect.",
        "belief per log of thousand US troops in the country",
    )
    statement_rate: float = number(1.0, 0, 4, "a year", "Assumed.", "unscripted statements expected a year")
    statement_noise: float = number(0.3, 0, 2, "tone", "Assumed.", "how far an unscripted statement strays from policy")
    adversary_commitment: float = number(
        0.75, 0.001, 0.999, "probability", "Assumed.", "the adversary's belief in US commitment"
    )
    adversary_exclusion: float = number(
        0.3, 0.001, 0.999, "probability", "Assumed.", "the adversary's belief in exclusion"
    )
    adversary_statement_weight: float = number(
        0.1, 0, 3, "log odds", "Assumed.", "what a statement moves the adversary"
    )
    adversary_act_weight: float = number(0.8, 0, 5, "log odds", "Assumed.", "what an act moves the adversary")
    # Washington
    drawdown_rate: float = number(
        0.15,
        0,
        1,
        "of today's posture a year",
        "Assumed; 1990-95 saw two thirds in five years.",
        "fastest withdrawal of forces",
    )
    buildup_rate: float = number(0.1, 0, 1, "of today's posture a year", "Assumed.", "fastest return of forces")
    posture_floor: float = number(
        0.9,
        0,
        1,
        "of today's posture",
        "Source: National Defense Authorization Act 2026, 76,000 of about 84,000 troops.",
        "forces that the law keeps in Europe",
    )
    floor_from: int = number(2026, 1990, 2200, "year", "Source: as above.", "first year of that law")
    floor_until: int = number(2200, 1990, 2200, "year", "Assumed: renewed every year.", "last year of that law")
    withdrawal_support: float = number(
        0.1,
        0,
        0.99,
        "probability",
        "Source: Senate roll calls; no withdrawal without consent 65-28 (2023), two accessions 95-1 (2022).",
        "chance that a legislator favours withdrawal at no grievance",
    )
    grievance_weight: float = number(
        2.0, 0, 20, "log odds per unit", "Assumed.", "how grievance over burdens raises that chance"
    )
    polarisation: float = number(0.05, 0, 0.95, "correlation", "Assumed.", "how alike legislators vote")
    senators_present: int = number(
        100, 51, 100, "senators", "Source: the Senate's size; a quorum is 51.", "senators who vote on withdrawal"
    )
    act_threshold: int = number(
        60, 50, 67, "votes", "Source: Senate Rule XXII (cloture).", "votes an Act needs in the Senate"
    )
    court_block: float = number(
        0.7, 0, 1, "probability", "Assumed; the law is untested.", "chance that courts stop a notice without Congress"
    )
    notice_act: float = number(1.0, 0, 5, "acts", "Assumed.", "weight of a notice as a costly act")
    attempt_act: float = number(0.5, 0, 5, "acts", "Assumed.", "weight of a failed attempt to leave")
    posture_act: float = number(1.0, 0, 10, "acts per unit", "Assumed.", "weight of moving all forces")
    support_act: float = number(0.3, 0, 5, "acts per unit", "Assumed.", "weight of stopping all support")
    # Brussels
    loan_envelope: float = number(
        150.0, 0, 2000, "bn euro of 2025", "Source: Regulation (EU) 2025/1106.", "loans open to EU members"
    )
    loan_opens: int = number(0, 0, 2200, "year", "0: only by the trigger.", "year in which the loans open")
    loan_years: int = number(5, 1, 20, "years", "Source: as above, payments until 2030.", "how long loans are paid out")
    loan_appetite: float = number(
        0.5, 0, 2, "share", "Assumed.", "part of the gap that a member asks a loan for at one point of spread"
    )
    eu_rate: float = number(
        0.0325,
        0.001,
        0.2,
        "a year",
        "Assumed; press reports of May 2026 put the first loans between 3.17 and 3.32 %.",
        "interest on the EU's loans",
    )
    clause_opens: int = number(0, 0, 2200, "year", "0: only by the trigger.", "year in which the escape clause opens")
    clause_years: int = number(
        4, 1, 20, "years", "Source: Commission communication C(2025) 2000.", "how long it stays open"
    )
    clause_ceiling: float = number(
        0.015, 0, 0.1, "of GDP", "Source: as above.", "excess over the base-year share that it allows"
    )
    clause_cost: float = number(0.005, 0, 1, "of GDP per unit of debt", "Assumed.", "gap that makes a debtor use it")
    trigger: float = number(
        0.0, 0, 1, "probability", "0: never.", "mean belief of EU members below which both instruments open"
    )
    # forces
    equipment_share: float = number(
        0.25,
        0,
        1,
        "share",
        "Source: NATO's guideline of 20 %, Europe's 2024 share about 30 %.",
        "part of spending that builds stock",
    )
    depreciation: float = number(0.08, 0.01, 1, "a year", "Source: BEA classes, .05-.12.", "stock that ages away")
    lead_time: int = number(3, 0, 10, "years", "Source: published lead times.", "years from payment to equipment")
    enabler_us_share: float = number(
        0.79,
        0,
        0.99,
        "share",
        "Source: counts of tankers, satellites, ISR and command aircraft.",
        "US part of the enablers that Europe uses",
    )
    enabler_cost: float = number(
        270.0,
        1,
        10000,
        "bn constant 2015 US$",
        "Source: IISS 2025, 226-344 bn to replace the US part.",
        "price of all enablers that Europe uses",
    )
    enabler_priority: float = number(
        0.08, 0, 1, "of spending", "Assumed.", "part of European spending that goes to enablers when trust is gone"
    )
    enabler_depreciation: float = number(0.08, 0, 1, "a year", "As other equipment.", "enablers that age away")
    enabler_lead_time: int = number(
        7, 0, 10, "years", "Source: published lead times, 5-12 years.", "years from order to enabler"
    )
    enabler_weight: float = number(0.3, 0, 1, "share", "Assumed.", "how much capability needs enablers")
    enabler_power: float = number(-1.0, -20, 1, "exponent", "Assumed.", "how little other forces replace enablers")
    # Moscow and the crisis
    adversary_price_level: float = number(
        2.5, 0.1, 10, "factor", "Assumed within 2-4, after Robertson 2022.", "what a dollar buys the adversary"
    )
    adversary_hostility: float = number(
        0.01,
        0,
        0.2,
        "of GDP",
        "Assumed small; Kollias et al. 2018 find income drives it.",
        "threat that the adversary sees in today's alliance",
    )
    war_effort: float = number(
        0.03, 0, 0.3, "of GDP", "Source: 4 % before 2022, 7 % in 2024.", "share that a full war adds"
    )
    war_attrition: float = number(
        0.05, 0, 1, "of stock a year", "Assumed.", "stock that a full war costs the adversary"
    )
    support_attrition: float = number(
        0.2, 0, 20, "US$ per US$", "Assumed.", "stock that support to a partner costs the adversary"
    )
    hostility_reference: float = number(
        0.06, 0.001, 1, "of GDP", "As the hostility since 2022.", "hostility at which the prize counts in full"
    )
    decisiveness: float = number(1.0, 0.1, 10, "exponent", "Assumed; ordinal.", "how much the larger force prevails")
    prize: float = number(1.0, 0, 100, "value", "Assumed; ordinal.", "worth of a success to the adversary")
    challenge_cost: float = number(0.6, 0, 100, "value", "Assumed; ordinal.", "cost of a challenge to the adversary")
    challenge_noise: float = number(0.1, 0.0001, 10, "value", "Assumed; ordinal.", "how blurred its sums are")
    challenge_rate: float = number(0.1, 0, 1, "a year", "Assumed; ordinal.", "hazard when a challenge is sure to pay")
    solidarity: float = number(
        0.5,
        0,
        1,
        "probability",
        "Source: Berkemeier & Fuhrmann 2018, half of commitments kept.",
        "chance that a far ally comes",
    )
    loss_gdp: float = number(0.1, 0, 0.9, "share", "Assumed.", "GDP that a lost challenge costs")
    loss_capability: float = number(0.3, 0, 1, "share", "Assumed.", "capability that it costs")
    repelled_loss: float = number(0.2, 0, 1, "share", "Assumed.", "stock that a repelled challenge costs the adversary")


class Drawn(Parameters):
    """The numbers of one scenario: its own, and for the rest the defaults or a table of draws.

    Only what the scenario says itself is dumped, so that what is read back still leaves the rest to the draws.
    """

    table: Literal["posterior"] | None = Field(
        None, description="draws that all numbers come from which the scenario does not set itself, run by run"
    )

    @model_validator(mode="before")
    @classmethod
    def _told(cls, value: object) -> object:
        """`parameters = "posterior"` is a table that says no more."""
        if isinstance(value, str):
            return {"table": value}
        return value.model_dump(exclude_unset=True) if type(value) is Parameters else value

    @model_serializer(mode="wrap")
    def _said(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in dump(self).items() if name in self.model_fields_set}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        whole = handler.resolve_ref_schema(handler(core))
        name = {"const": "posterior", "description": "all from the posterior", "type": "string"}
        return {"anyOf": [dict(whole), name]}
