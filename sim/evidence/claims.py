"""What the project says of its policies, claim by claim: how much of the posterior bears it out, and what it hangs on.

A claim is a sentence with a margin: a number in the sentence's own unit that is above 0 where the sentence holds. The
margin is taken of means over replicates, and all worlds, draws and points meet the same luck. No claim is about
deterrence: what Moscow does is ordinal, and enters here only by the threat that its forces are and the losses of a
challenge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim import chance
from sim.engines.batch import run_batch
from sim.evidence.priors import NOISE, PRIORS
from sim.evidence.ranges import at_unit, uncertain
from sim.insight.sensitivity import indices
from sim.measures import LEVELS
from sim.scenario import Design, Scenario, load_scenario, with_values
from sim.scenario.design import sample

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CLAIMS", "Claim", "World", "drivers", "holding", "independent", "played", "within_ranges"]

Floats = NDArray[np.float64]
Means = Mapping[str, Mapping[str, Floats]]  # world -> outcome -> one value a draw
Played = dict[str, dict[str, Floats]]  # the same, (draws, replicates) each

POINTS = 100.0
TAILS = (0.05, 0.95)
RESAMPLES = 200  # of the replicates
OUTCOMES = {
    "share": "end_european_share",
    "path": "mean_european_share",
    "protected": "end_protected_members",
    "enablers": "end_enabler_ratio",
}
BELIEVED = {f"parameters.{name}": 0.95 for name in ("exclusion_start", "exclusion_mean", "adversary_exclusion")}
HEIGHTS = (0.0, 0.03, 0.04, 0.05, 0.06, 0.10)  # of the line, shares of GDP
LITTLE = 0.05  # points of GDP


class World(NamedTuple):
    """A shipped scenario, with some of its fields set otherwise."""

    scenario: str
    values: Mapping[str, Any]

    def built(self) -> Scenario:
        """As it is played; what it sets itself, no draw moves."""
        return with_values(load_scenario(self.scenario), self.values)


class Claim(NamedTuple):
    """A sentence, the worlds that it compares, and by how much it holds.

    ``margin`` takes what `Means` has of these worlds and gives one value a draw, above 0 where the claim holds.
    """

    name: str
    says: str
    unit: str
    worlds: tuple[str, ...]
    margin: Callable[[Means], Floats]


LINES = tuple(f"believed line at {POINTS * height:g} %" for height in HEIGHTS)
WORLDS = {
    "unconditional": World("status-quo", {}),
    "lawful exit": World("exit-lawful", {}),
    "de-facto exit": World("exit-de-facto", {}),
    "line at 3.5 %": World("conditional-3.5", {}),
    "effort": World("effort-based", {}),
    "no instruments": World("no-rearm", {}),
} | {
    name: World("us-policies", {**BELIEVED, "policies.conditional.tiers.1.minimum": height})
    for name, height in zip(LINES, HEIGHTS, strict=True)
}


def more(outcome: str, one: str, than: str, factor: float = 1.0) -> Callable[[Means], Floats]:
    """How much more of an outcome one world ends with than another."""
    return lambda means: factor * (means[one][outcome] - means[than][outcome])


def hump(means: Means) -> Floats:
    """How far the best line between the lowest and the highest lies above both."""
    shares = np.stack([means[name]["share"] for name in LINES])
    above: Floats = POINTS * (shares[1:-1].max(axis=0) - np.maximum(shares[0], shares[-1]))
    return above


CLAIMS = (
    Claim("unconditional rises", "Under unconditional protection the European share is higher in 2045 than in 2025.",
          "points of GDP", ("unconditional",),
          lambda means: POINTS * (means["unconditional"]["share"] - means["unconditional"]["start"])),
    Claim("lawful exit lifts", "A lawful exit of the United States lifts the European share of 2045.",
          "points of GDP", ("lawful exit", "unconditional"), more("share", "lawful exit", "unconditional", POINTS)),
    Claim("de-facto exit lifts", "A de-facto exit lifts the European share of 2045.",
          "points of GDP", ("de-facto exit", "unconditional"),
          more("share", "de-facto exit", "unconditional", POINTS)),
    Claim("a line is a hump", "If exclusion is believed, a line for protection at 3, 4, 5 or 6 % of GDP lifts the "
          "European share of 2045 above what it is with a line at 0 and with one at 10 %.",
          "points of GDP", LINES, hump),
    Claim("effort spends more", "Rewarding effort ends with a higher European share than a line at 3.5 % of GDP.",
          "points of GDP", ("effort", "line at 3.5 %"), more("share", "effort", "line at 3.5 %", POINTS)),
    Claim("effort protects more", "Rewarding effort ends with more protected allies than a line at 3.5 % of GDP.",
          "allies", ("effort", "line at 3.5 %"), more("protected", "effort", "line at 3.5 %")),
    Claim("no autonomy without exit", "Without an exit, Europe's own enablers fall short of what its operations use in "
          "2045.", "of these enablers", ("unconditional",), lambda means: 1.0 - means["unconditional"]["enablers"]),
    Claim("autonomy after exit", "After a lawful exit, Europe's own enablers suffice in 2045.",
          "of these enablers", ("lawful exit",), lambda means: means["lawful exit"]["enablers"] - 1.0),
    Claim("instruments do little", f"Loans and escape clause together move the mean European share of 2026-45 by less "
          f"than {LITTLE:g} points of GDP.", "points of GDP", ("unconditional", "no instruments"),
          lambda means: LITTLE - np.abs(more("path", "unconditional", "no instruments", POINTS)(means))),
)  # fmt: skip


def played(
    names: Iterable[str], columns: Mapping[str, Floats], replicates: int, seed: int, threads: int | None = None
) -> Played:
    """Outcomes of worlds, (draws, replicates) each: "start" and OUTCOMES.

    ``columns`` has one value of a parameter a draw; without any, the shipped parameters are the one draw. A world keeps
    what its scenario sets. Replicate k has the same luck in every world and draw.
    """
    draws = next(iter(columns.values())).size if columns else 1
    numbers = list(range(replicates)) * draws
    found: Played = {}
    for name in names:
        scenario = WORLDS[name].built()
        free = columns.keys() - scenario.parameters.model_fields_set
        given = {key: np.repeat(columns[key], replicates) for key in sorted(free)}
        runs = run_batch(scenario, seed, numbers, parameters=given, record="runs", threads=threads).summaries
        own = {key: runs[column].reshape(draws, replicates).astype(float) for key, column in OUTCOMES.items()}
        found[name] = {"start": np.full((draws, replicates), _start(scenario, seed)), **own}
    return found


def _start(scenario: Scenario, seed: int) -> float:
    """The European share in the year of the start, which is a figure."""
    levels = run_batch(scenario, seed, 1).levels
    return float("nan") if levels is None else float(levels[0, 0, LEVELS.index("european_share")])


def means_of(outcomes: Played, chosen: NDArray[np.int64] | None = None) -> Means:
    """Means over the replicates, or over those that are chosen."""
    return {
        name: {key: (one if chosen is None else one[:, chosen]).mean(axis=1) for key, one in own.items()}
        for name, own in outcomes.items()
    }


def independent(columns: Mapping[str, Floats]) -> float:
    """How many independent draws a resampled table is worth: draws that came several times count once (Kish 1965)."""
    drawn = [values for name, values in columns.items() if name != NOISE]
    if not drawn:
        return 1.0
    counts = np.unique(np.stack(drawn, axis=1), axis=0, return_counts=True)[1]
    return float(counts.sum() ** 2 / (counts**2).sum())


def holding(
    columns: Mapping[str, Floats], *, replicates: int, seed: int = 1, claims: Iterable[Claim] = CLAIMS,
    threads: int | None = None,
) -> pd.DataFrame:  # fmt: skip
    """In what part of the draws each claim holds.

    Returns:
        One row a claim: claim, says, unit, draws, independent (what they are worth), replicates, holds (part of the
        draws with a margin above 0) with lower_90 and upper_90 (Jeffreys, of so many independent draws), undecided
        (part whose margin has 0 in its 90 % bootstrap interval over replicates), margin (median over draws) with
        margin_5 and margin_95.
    """
    import pandas as pd

    claims = tuple(claims)
    outcomes = played(_worlds(claims), columns, replicates, seed, threads)
    rng, worth = chance.resampler(seed), independent(columns)
    resampled = [means_of(outcomes, rng.integers(replicates, size=replicates)) for _ in range(RESAMPLES)]
    whole, rows = means_of(outcomes), []
    for claim in claims:
        margin = claim.margin(whole)
        low, high = np.quantile([claim.margin(one) for one in resampled], TAILS, axis=0)
        holds = float((margin > 0.0).mean())
        bounds = _jeffreys(holds, worth)
        spread = np.quantile(margin, (0.5, *TAILS))
        about = (claim.name, claim.says, claim.unit, margin.size, worth, replicates, holds, *bounds)
        rows.append((*about, float(((low <= 0.0) & (high >= 0.0)).mean()), *spread))
    head = ["claim", "says", "unit", "draws", "independent", "replicates", "holds", "lower_90", "upper_90", "undecided"]
    return pd.DataFrame(rows, columns=[*head, "margin", "margin_5", "margin_95"])


def _worlds(claims: Iterable[Claim]) -> list[str]:
    return list(dict.fromkeys(name for claim in claims for name in claim.worlds))


def _jeffreys(part: float, many: float) -> tuple[float, float]:
    """90 % interval of a proportion (Brown, Cai & DasGupta 2001)."""
    from scipy.stats import beta

    low, high = beta.ppf(TAILS, part * many + 0.5, (1.0 - part) * many + 0.5)
    return (0.0 if part == 0.0 else float(low)), (1.0 if part == 1.0 else float(high))


def within_ranges(
    points: int, *, replicates: int, seed: int = 1, claims: Iterable[Claim] = CLAIMS, threads: int | None = None
) -> dict[str, Floats]:
    """Margins over all uncertain parameters: claim -> (points (parameters + 2),), in the order of Saltelli's sample."""
    claims, ranges = tuple(claims), uncertain()
    unit = sample(Design(kind="saltelli", points=points), len(ranges), seed)
    outcomes = played(_worlds(claims), at_unit(ranges, unit), replicates, seed, threads)
    means = means_of(outcomes)
    return {claim.name: claim.margin(means) for claim in claims}


def drivers(margins: Mapping[str, Floats], seed: int = 1) -> tuple[pd.DataFrame, dict[str, float]]:
    """What the margins of `within_ranges` hang on, and in what part of the ranges each claim holds.

    Returns:
        One row a claim and parameter, the largest total index first: claim, parameter, basis (estimated or assumed),
        low, high, first, first_interval, total, total_interval (half-widths, 90 %). And claim -> part of the sample's
        own points, those that Saltelli's design does not mix, in which it holds.
    """
    import pandas as pd

    ranges = uncertain()
    known = pd.DataFrame(
        [(name, "estimated" if name in PRIORS else "assumed", one.low, one.high) for name, one in ranges.items()],
        columns=["parameter", "basis", "low", "high"],
    )
    tables, holds = [], {}
    for claim, margin in margins.items():
        found = indices(list(ranges), margin, confidence=TAILS[1] - TAILS[0], seed=seed)
        table = known.merge(found.rename(columns={"axis": "parameter"}), on="parameter", validate="one_to_one")
        table.insert(0, "claim", claim)
        tables.append(table.sort_values("total", ascending=False, kind="stable"))
        blocks = margin.reshape(-1, len(ranges) + 2)[:, [0, -1]]
        holds[claim] = float((blocks > 0.0).mean())
    return pd.concat(tables, ignore_index=True), holds
