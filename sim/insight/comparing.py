"""Two scenarios on the same luck: what differs between them, run by run."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.engines.batch import Runs, run_batch
from sim.insight.policies import paired
from sim.scenario import Scenario, ScenarioError, with_values
from sim.scenario.given import MOST_RUNS, scenario_of, whole

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COMPARED", "Compared", "compare", "most_changed"]

Floats = NDArray[np.float64]
Column = Callable[[Runs], Floats]


@dataclass(frozen=True)
class Compared:
    """One measure of a run that is compared.

    Attributes:
        label: in words. unit: what a value, times ``scale``, is counted in; a difference of "%" in points.
        ordinal: good for the order of policies only (docs/model.md, "Measures").
        values: of every run.
    """

    label: str
    unit: str
    scale: float
    ordinal: bool
    values: Column


def _column(name: str) -> Column:
    return lambda runs: np.asarray(runs.summaries[name], float)


def _us_part(runs: Runs) -> Floats:
    """The US part of the alliance's spending in the last year."""
    us, europe = _column("end_us_spending")(runs), _column("end_european_spending")(runs)
    return np.divide(us, us + europe, out=np.zeros_like(us), where=us + europe > 0.0)


def _autonomous(runs: Runs) -> Floats:
    """1 for a run in which Europe has enablers enough of its own in some year."""
    return np.isfinite(_column("autonomy_year")(runs)).astype(float)


# measure -> what it is, in the order of the table; "end" is the last year
COMPARED = {
    "end_european_share": Compared("Europe's and Canada's spending at the end", "% of GDP", 100, False,
                                   _column("end_european_share")),
    "end_us_spending_share": Compared("US part of allied spending at the end", "%", 100, False, _us_part),
    "end_members_at_3_5": Compared("members at 3.5 % at the end", "members", 1, False, _column("end_members_at_3_5")),
    "end_protected_members": Compared("protected allies at the end", "allies", 1, False,
                                      _column("end_protected_members")),
    "end_commitment_belief": Compared("belief in US commitment at the end", "%", 100, False,
                                      _column("end_commitment_belief")),
    "end_europe_without_us": Compared("Europe's capability without the US at the end", "adversary's = 1", 1, False,
                                      _column("end_europe_without_us")),
    "autonomous": Compared("runs with enough own enablers by the end", "% of runs", 100, False, _autonomous),
    "total_cost": Compared("Europe's and Canada's spending, all years", "2015 US$ bn", 1, False,
                           _column("total_cost")),
    "mean_challenge_risk": Compared("chance of a challenge in a year (ordinal)", "%", 100, True,
                                    _column("mean_challenge_risk")),
    "challenged": Compared("runs with a challenge (ordinal)", "% of runs", 100, True, _column("challenged")),
    "lost": Compared("runs with a lost challenge (ordinal)", "% of runs", 100, True, _column("lost")),
}  # fmt: skip


def compare(
    a: Scenario | str | Path,
    b: Scenario | str | Path,
    *,
    replicates: int = 500,
    seed: int = 1,
    until: int | None = None,
    confidence: float = 0.95,
    workers: int | None = None,
) -> pd.DataFrame:
    """What changes from scenario ``a`` to scenario ``b``, from pairs of runs with the same draws.

    Args:
        replicates: runs of each, at least two. until: last year of both; the earlier end of the two unless given.
        confidence: of the intervals (Student's t, cut at what two shares of runs can differ by). workers: as in
            `sim.run_batch`.

    Returns:
        One row for each of ``COMPARED``: measure, label, unit, ordinal; first and second (means of a and b),
        difference (b - a), low, high, all in ``unit``; runs; correlation of the pairs; effect, the difference over the
        runs' standard deviation (of the two variances' mean: Cohen 1988), infinite where no run of either differs from
        the others. `.attrs` holds seed, start, end, confidence. What is ordinal says which is more, not how much.

    Raises:
        ScenarioError: scenarios that start in different years, an end that one cannot have, too few runs.
    """
    import pandas as pd

    a, b, replicates = scenario_of(a), scenario_of(b), whole("replicates", replicates, 1, MOST_RUNS)
    if a.start != b.start:
        raise ScenarioError(
            f"{a.name} starts in {a.start} and {b.name} in {b.start}; allowed: two scenarios that start alike"
        )
    if replicates < 2:
        raise ScenarioError(f"replicates = {replicates}: one run has no interval; allowed: at least 2")
    end = min(a.end, b.end) if until is None else until
    played = [run_batch(with_values(one, {"end": end}), seed, replicates, record="runs", workers=workers)
              for one in (a, b)]  # fmt: skip
    first, second = (np.array([m.scale * m.values(runs) for m in COMPARED.values()]) for runs in played)
    found = paired(second, first, confidence)
    deviation = np.sqrt((first.var(axis=1, ddof=1) + second.var(axis=1, ddof=1)) / 2)
    table = pd.DataFrame(
        {
            "measure": list(COMPARED), "label": [m.label for m in COMPARED.values()],
            "unit": [m.unit for m in COMPARED.values()], "ordinal": [m.ordinal for m in COMPARED.values()],
            "first": first.mean(axis=1), "second": second.mean(axis=1), **found,
            "effect": [_effect(d, s) for d, s in zip(found["difference"], deviation, strict=True)],
        }
    )  # fmt: skip
    most = np.where(table["unit"] == "% of runs", 100.0, np.inf)  # two shares of runs differ by no more
    table["low"], table["high"] = table["low"].clip(-most, most), table["high"].clip(-most, most)
    table.attrs = {"seed": seed, "start": a.start, "end": end, "confidence": confidence}
    return table


def _effect(difference: float, deviation: float) -> float:
    if deviation > 0.0:
        return difference / deviation
    return math.copysign(math.inf, difference) if difference else 0.0


def most_changed(table: pd.DataFrame) -> str:
    """One sentence: which measure that is no mere order changed most against how much runs differ."""
    clear = table[~table["ordinal"] & ((table["low"] > 0.0) | (table["high"] < 0.0))]
    if clear.empty:
        return "Nothing that is more than an order differs by more than these runs could differ by chance."
    row = clear.iloc[int(clear["effect"].abs().to_numpy().argmax())]
    verb = "rises" if row["difference"] > 0.0 else "falls"
    spread = "" if math.isinf(row["effect"]) else f", {abs(row['effect']):.1f} times what runs differ by"
    return (
        f"What changes most: {row['label']} {verb} from {_number(row['first'])} to {_number(row['second'])} "
        f"({row['unit']}; difference {_number(row['difference'])}, {_number(row['low'])} to {_number(row['high'])}"
        f"{spread})."
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.2f}"
