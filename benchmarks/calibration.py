"""``python -m benchmarks.calibration``: the calibration that the documentation quotes, in some minutes.

The posterior of 2025 goes to scenarios/tables/posterior.csv, its tables, those of rolling cut-offs and the recovery of
known parameters to results/published/evidence/.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from sim.evidence.calibration import estimate, pooled
from sim.evidence.recovery import ahead, recovery, scored

ROOT = Path(__file__).parents[1]
INTO = ROOT / "results" / "published" / "evidence"
UNTIL, DRAWS = 2025, 32768
ORIGINS = range(2014, 2021)


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
    tables["ahead"] = scored(ahead(pool, ORIGINS))
    del pool
    tables["recovery"] = recovery(progress=_said("recovery"))
    for name, table in tables.items():
        _write(table, INTO / f"calibration-{name}.csv")


def _said(what: str) -> Callable[[int, int], None]:
    return lambda done, whole: print(f"{what}: {done:,} of {whole:,} runs", end="\r" if done < whole else "\n")


def _write(table: pd.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, index=table.index.name is not None, float_format="%.6g", lineterminator="\n")


if __name__ == "__main__":
    main()
