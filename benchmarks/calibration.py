"""``python -m benchmarks.calibration``: the calibration that the documentation quotes, in some minutes.

The posterior of 2025 goes to scenarios/tables/posterior.csv, those of every year, which hindcasts use, to
sim/evidence/posteriors.csv, their tables and the recovery of known parameters to results/published/evidence/.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from sim.evidence.calibration import FIRST, Calibration, estimate, pooled, ridge
from sim.evidence.known import FIRST_CUT
from sim.evidence.known import TABLE as KNOWN
from sim.evidence.observed import observed
from sim.evidence.pool import HORIZONS, Pool, play
from sim.evidence.priors import PRIORS
from sim.evidence.recovery import ahead, recovery, scored
from sim.figures import ridge_figure, save
from sim.scenario.parameters import Parameters

ROOT = Path(__file__).parents[1]
INTO = ROOT / "results" / "published" / "evidence"
UNTIL, DRAWS = 2025, 32768
KEPT = 100  # draws of a year's posterior: as many as count
RIDGES = (("thinning", "allied_weight"), ("thinning", "collective_share"), ("threat_distance", "threat_scale"))
ORIGINS = range(2014, 2021)
EARLIER = range(1995, 2014)
ERAS = ((1995, 2013), (2014, 2020))  # of origins


def main() -> None:
    INTO.mkdir(parents=True, exist_ok=True)
    pool = pooled(UNTIL, DRAWS, progress=_said("pool"))
    found = estimate(pool, UNTIL)
    tables = found.tables()
    _write(tables.pop("posterior"), ROOT / "scenarios" / "tables" / "posterior.csv")
    weighed = found.weighed
    sizes = {"errors": weighed.n, "n_eff": weighed.n_eff, "temper": weighed.temper, "draws_that_count": weighed.ess}
    tables["sizes"] = pd.DataFrame([{"until": UNTIL, "draws": weighed.weights.size, **sizes}])
    tables["cut-offs"] = pd.concat([estimate(pool, o).summary().assign(until=o) for o in ORIGINS])
    scores = [scored(ahead(pool, ORIGINS)).assign(series=pool.series)]
    for pair in RIDGES:
        tables[f"ridge-{pair[1]}"] = ridge(pool, UNTIL, *pair)
    later = _known(pool, range(ORIGINS[0], UNTIL + 1))
    pool = pooled(EARLIER[-1], DRAWS, progress=_said("earlier pool"))
    _write(pd.concat([_known(pool, range(FIRST_CUT, ORIGINS[0])), later]), KNOWN)
    scores.append(scored(ahead(pool, EARLIER, replicates=200)).assign(series=pool.series))
    tables["ahead"] = pd.concat(scores)
    del pool
    tables["errors"] = _errors(found)
    found_again = tables["recovery"] = recovery(progress=_said("recovery"))
    tables["coverage"] = found_again.groupby("parameter", sort=False)[["inside", "error", "prior_error"]].mean()
    for name, table in tables.items():
        _write(table, INTO / f"calibration-{name}.csv")
    ridges({pair: tables[f"ridge-{pair[1]}"] for pair in RIDGES}, found.weighed.n)


def ridges(tables: dict[tuple[str, str], pd.DataFrame], errors: int) -> None:
    """The figure of the ridges."""
    rests = f"{DRAWS:,} draws of the priors, seed 1; {errors:,} errors until {UNTIL}; no interval: a profile"
    titled = {f"{up} against {across}": table for (across, up), table in tables.items()}
    save(ridge_figure(titled, rests=rests), INTO, "calibration-ridge", kinds=["png"])


def _known(pool: Pool, years: range) -> pd.DataFrame:
    """The posteriors of years, one below the other, with their ``until``."""
    tables = [estimate(pool, year, size=KEPT).table for year in years]
    return pd.concat([table.assign(until=year) for table, year in zip(tables, years, strict=True)])


def _errors(found: Calibration) -> pd.DataFrame:
    """Members' mean absolute error at the posterior's medians, its best draw and the defaults, in sample, no noise."""
    choices = {
        "default": {name: getattr(Parameters(), name) for name in PRIORS},
        "median": dict(found.table.median()),
        "best": found.best,
    }
    draws = {name: np.array([chosen[name] for chosen in choices.values()]) for name in PRIORS}
    pool = play(observed(found.series), draws, range(FIRST, UNTIL))
    rows = []
    for first, last in ERAS:
        chosen = pool.count * ((first <= pool.origins) & (pool.origins <= last))[:, None]
        for k, horizon in enumerate(HORIZONS):
            errors = pool.loss[:, :, k] @ chosen[:, k] / chosen[:, k].sum()
            rows += [(label, first, last, horizon, error) for label, error in zip(choices, errors, strict=True)]
    return pd.DataFrame(rows, columns=["parameters", "first_origin", "last_origin", "horizon", "error"])


def _said(what: str) -> Callable[[int, int], None]:
    return lambda done, whole: print(f"{what}: {done:,} of {whole:,} runs", end="\r" if done < whole else "\n")


def _write(table: pd.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, index=table.index.name is not None, float_format="%.6g", lineterminator="\n")


if __name__ == "__main__":
    main()
