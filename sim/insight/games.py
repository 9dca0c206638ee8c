"""Washington against Europe as a game in normal form: payoffs by simulation, equilibria, and how sure these are.

    game = policy_game(replicates=200)        # US policies in rows, European stances in columns
    game.table()                              # payoffs with intervals
    game.robust()                             # equilibria, and in how many resamples each persists

Equilibria are nashpy's (Knight & Campbell 2018): ``pip install "burdenshare[games]"``. Which classic games two
governments of the model can play at all is in `sim.insight.dilemmas`.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim import chance
from sim.data import MEMBERS
from sim.engines.batch import Runs, run_batch
from sim.measures import LEVELS
from sim.scenario import Scenario, ScenarioError, with_values
from sim.scenario.given import scenario_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["POLICIES", "STANCES", "Equilibrium", "PolicyGame", "Weights", "equilibria", "policy_game"]

Floats = NDArray[np.float64]
Changes = Mapping[str, Any]
Support = tuple[tuple[int, ...], tuple[int, ...]]
HARDLY = 1e-9  # a probability that is none


def _all_by(rule: str) -> dict[str, str]:
    return {f"reactions.{code}": rule for code in MEMBERS if code != "USA"}


# rows and columns: name -> what changes in the scenario us-policies
POLICIES: dict[str, Changes] = {
    "unconditional": {"script.2026": "unconditional"},
    "conditional 3.5 %": {"script.2026": "conditional-3.5"},
    "de-facto exit": {"script.2026": "de-facto-exit"},
}
STANCES: dict[str, Changes] = {
    "free ride": _all_by("pure-public"),  # all security counts as shared
    "match": _all_by("follow"),  # as the neighbours spend, the US among them
    "go alone": _all_by("threat-only"),  # as if nobody came
}


@dataclass(frozen=True)
class Weights:
    """What a payoff is made of besides spending; all assumed, in points of the player's own GDP a year.

    Attributes:
        europe_loss, us_loss: what a run with a lost challenge weighs. us_posture: forces in Europe as at the start.
    """

    europe_loss: float = 5.0
    us_loss: float = 2.0
    us_posture: float = 0.3


class Equilibrium(NamedTuple):
    """A Nash equilibrium: the chances of rows and columns, and what each side expects."""

    rows: tuple[float, ...]
    columns: tuple[float, ...]
    first: float
    second: float

    @property
    def support(self) -> Support:
        """The rows and the columns that are played at all."""
        rows, columns = (tuple(k for k, p in enumerate(side) if p > HARDLY) for side in (self.rows, self.columns))
        return rows, columns


@dataclass(frozen=True)
class PolicyGame:
    """Payoffs of every run of every cell; run k of all cells had the same draws.

    Attributes:
        rows, columns: names of the policies and of the stances.
        us, europe: payoffs, (rows, columns, runs), in points of GDP a year.
        seed: what luck came from.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    us: Floats
    europe: Floats
    seed: int

    def table(self, *, confidence: float = 0.95, samples: int = 1000) -> pd.DataFrame:
        """One row a cell: row, column, us, us_low, us_high, europe, europe_low, europe_high, runs.

        Intervals: percentiles of bootstrap samples of whole replicates (Efron & Tibshirani 1993).
        """
        import pandas as pd

        tail = (1 - confidence) / 2
        drawn = np.array(self._resampled(samples))
        low, high = (np.quantile(drawn, q, axis=0) for q in (tail, 1 - tail))
        return pd.DataFrame(
            [
                {
                    "row": row, "column": column,
                    "us": self.us[i, j].mean(), "us_low": low[0, i, j], "us_high": high[0, i, j],
                    "europe": self.europe[i, j].mean(), "europe_low": low[1, i, j], "europe_high": high[1, i, j],
                    "runs": self.us.shape[2],
                }
                for i, row in enumerate(self.rows) for j, column in enumerate(self.columns)
            ]
        )  # fmt: skip

    def equilibria(self) -> tuple[Equilibrium, ...]:
        """Those of the mean payoffs."""
        return equilibria(self.us.mean(axis=2), self.europe.mean(axis=2))

    def robust(self, *, samples: int = 300) -> pd.DataFrame:
        """One row a support that is an equilibrium of the means or of a bootstrap sample, the most persistent first.

        Columns: rows and columns that are played, pure, found (in the means), persists (part of the samples).
        """
        import pandas as pd

        found = {one.support for one in self.equilibria()}
        seen: Counter[Support] = Counter()
        for us, europe in self._resampled(samples):
            seen.update({one.support for one in equilibria(us, europe)})
        order = sorted(found | set(seen), key=lambda support: (-seen[support], support))
        rows = [
            {
                "rows": ", ".join(self.rows[i] for i in support[0]),
                "columns": ", ".join(self.columns[j] for j in support[1]),
                "pure": len(support[0]) == len(support[1]) == 1,
                "found": support in found,
                "persists": seen[support] / samples,
            }
            for support in order
        ]
        return pd.DataFrame(rows)

    def _resampled(self, samples: int) -> list[tuple[Floats, Floats]]:
        """Mean payoffs of samples of the replicates, the same replicates in every cell."""
        rng, many = chance.resampler(self.seed), self.us.shape[2]
        drawn = [rng.integers(many, size=many) for _ in range(samples)]
        return [(self.us[:, :, k].mean(axis=2), self.europe[:, :, k].mean(axis=2)) for k in drawn]


def policy_game(
    scenario: Scenario | str | Path = "us-policies",
    policies: Mapping[str, Changes] | None = None,
    stances: Mapping[str, Changes] | None = None,
    *,
    weights: Weights | None = None,
    replicates: int = 200,
    seed: int = 1,
) -> PolicyGame:
    """Play every policy against every stance on common luck.

    Payoffs of a run, in points of the player's own GDP a year, means over the years that are played:

    * Europe: minus its spending over GDP, minus ``europe_loss`` if a challenge was lost.
    * United States: minus its spending over GDP, minus ``us_posture`` times the posture (1 as at the start), minus
      ``us_loss`` if a challenge was lost.

    The weights are assumed, and losses are ordinal (docs/model.md, "Measures"): read which cell a side likes better,
    not by how much; so trust pure equilibria before mixed ones, and try other weights.

    Args:
        scenario: a scenario, a preset's name or a path. policies, stances: name -> changes for
            `sim.scenario.with_values`; ``POLICIES`` and ``STANCES`` unless given.
        replicates: runs of every cell, at least two.

    Raises:
        ScenarioError: changes that the scenario does not take, or too few runs.
    """
    base, how = scenario_of(scenario), weights or Weights()
    rows, columns = policies or POLICIES, stances or STANCES
    if replicates < 2:
        raise ScenarioError(f"replicates = {replicates}: one run has no sampling error; allowed: at least 2")
    cells = np.array(
        [
            [_payoffs(run_batch(with_values(base, {**row, **column}), seed, replicates), how)
             for column in columns.values()]
            for row in rows.values()
        ]
    )  # (rows, columns, 2, runs)  # fmt: skip
    return PolicyGame(tuple(rows), tuple(columns), cells[:, :, 0], cells[:, :, 1], seed)


def _payoffs(runs: Runs, weights: Weights) -> tuple[Floats, Floats]:
    """Of the US and of Europe, run by run."""
    assert runs.levels is not None  # recorded by default
    level = {name: runs.levels[:, 1:, k] for k, name in enumerate(LEVELS)}
    allied_gdp = (level["us_spending"] + level["european_spending"]) / level["allied_share"]
    us_share = level["us_spending"] / (level["us_gdp_share"] * allied_gdp)
    lost = runs.summaries["lost"].astype(float)
    europe = -100 * level["european_share"].mean(axis=1) - weights.europe_loss * lost
    posture = weights.us_posture * level["posture"].mean(axis=1)
    return -100 * us_share.mean(axis=1) - posture - weights.us_loss * lost, europe


def equilibria(first: ArrayLike, second: ArrayLike) -> tuple[Equilibrium, ...]:
    """The Nash equilibria of a game in normal form, by enumeration of supports.

    Args:
        first, second: payoffs of who chooses rows and of who chooses columns, both (rows, columns).

    Returns:
        All of them where the game is not degenerate; in a degenerate one there may be more, in between these.

    Raises:
        ImportError: no nashpy. ValueError: payoffs that are no two finite matrices of one shape.
    """
    a, b = np.asarray(first, float), np.asarray(second, float)
    if a.ndim != 2 or a.shape != b.shape or not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError(f"equilibria needs two finite matrices of one shape, found {a.shape} and {b.shape}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # it says so where a game is degenerate
        found = list(_nashpy().Game(a, b).support_enumeration())
    return tuple(
        Equilibrium(tuple(x.tolist()), tuple(y.tolist()), float(x @ a @ y), float(x @ b @ y)) for x, y in found
    )


def _nashpy() -> ModuleType:
    try:
        import nashpy
    except ImportError:
        raise ImportError("nashpy is not here; it takes: pip install 'burdenshare[games]'") from None
    return nashpy  # type: ignore[no-any-return]
