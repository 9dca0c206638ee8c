"""The command hindcast: forecasts of the past on screen, scored beside baselines."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from sim.cli.progress import Bar
from sim.cli.screen import goes_on, notes, out, table
from sim.data import DataError, member_code
from sim.scenario.errors import ScenarioError

if TYPE_CHECKING:
    import pandas as pd

    from sim.evidence.plan import Plan

__all__ = ["hindcast"]

LAST = 2**63 - 1
MOST_RUNS, MOST_WORKERS = 20_000, 1024
LEGEND = (
    "Mean absolute error, in percentage points of GDP, by years ahead; Europe: the European allies and Canada of the "
    "origin. joint-product is the model; the others need none. Held: outcomes that the model's 90 % intervals hold. "
    "Conditional: on actual later growth and events; unconditional: on neither."
)


def hindcast(
    start: int, end: int, fit_until: int | None, chosen: tuple[str, str, str], replicates: int, seed: int,
    csv: Path | None, into: Path, workers: int | None,
) -> None:  # fmt: skip
    """Forecast, print the scores, write the forecasts if a file is given; until then ``into`` keeps what is finished.

    ``chosen`` holds series, variants and members, each with commas, empty for all.
    """
    _check("replicates", replicates, 1, MOST_RUNS)
    _check("seed", seed, 0, LAST)
    _check("workers", 1 if workers is None else workers, 1, MOST_WORKERS)
    if csv is not None and not csv.absolute().parent.is_dir():
        raise ScenarioError(f"--csv {csv}: no such folder; allowed: a file in a folder that is there")
    from sim.evidence.baselines import BASELINES
    from sim.evidence.hindcast import resumed
    from sim.evidence.kept import Kept
    from sim.evidence.plan import HORIZONS, MODEL, Plan
    from sim.evidence.worlds import VARIANTS

    series, variants, members = (tuple(filter(None, (part.strip() for part in text.split(",")))) for text in chosen)
    try:
        codes = tuple(map(member_code, members))
    except DataError as error:
        raise ScenarioError(f"--members: {error}") from None
    plan = Plan(
        start, end, fit_until, HORIZONS, variants or VARIANTS, (MODEL, *BASELINES), codes, replicates, seed, None
    )
    kept = Kept(into, f"hindcast-{start}-{end}", vars(plan) | {"series": series})
    with goes_on(kept, "parts"), Bar(notes(), f"hindcast {start}-{end}", unit="parts") as bar:
        forecasts = resumed(plan, series or None, kept, workers, bar)
    if csv is not None:
        forecasts.to_csv(csv, index=False, lineterminator="\n", float_format="%.6g")
    kept.forget()
    _tell(out(), plan, forecasts, csv)


def _check(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ScenarioError(f"--{name} = {value}; allowed: {least} to {most}")


def _tell(console: Console, plan: Plan, forecasts: pd.DataFrame, csv: Path | None) -> None:
    from sim.evidence.comparing import score_table
    from sim.evidence.known import FIRST_CUT
    from sim.evidence.observed import EUROPE
    from sim.evidence.plan import MODEL

    known = "each origin's own year" if plan.fit_until is None else str(plan.fit_until)
    console.print(
        f"Origins {forecasts['origin'].min()} to {forecasts['origin'].max()}, outcomes to {forecasts['year'].max()}; "
        f"parameters and tastes as of {known}; {plan.replicates:,} runs a forecast, seed {plan.seed}."
    )
    if forecasts.loc[forecasts["method"] == MODEL, "fit_until"].min() < FIRST_CUT:
        console.print(f"Before {FIRST_CUT} nothing is calibrated: there the parameters are the defaults, which peek.")
    scores = score_table(forecasts)
    for (series, variant), own in scores.groupby(["series", "variant"], sort=False):
        for who, what in (("members", "members pooled"), (EUROPE, "Europe")):
            console.print(f"\n{series}, {variant}: {what}")
            _table(console, own[own["who"] == who])
    console.print(f"\n{LEGEND}")
    if csv is not None:
        console.print(f"Forecasts: {csv}", soft_wrap=True)


def _table(console: Console, own: pd.DataFrame) -> None:
    """A row a method, a column a horizon."""
    from sim.evidence.plan import MODEL

    errors = own.pivot(index="method", columns="horizon", values="mean_absolute_error")
    held = own[own["method"] == MODEL].set_index("horizon")
    names = list(dict.fromkeys(own["method"]))
    rows = [(name, *(_number(value, 2) for value in errors.loc[name])) for name in names]
    rows.append(("held, %", *(_number(100 * value, 0) for value in held["coverage_90"].reindex(errors.columns))))
    rows.append(("forecasts", *(_number(value, 0) for value in held["forecasts"].reindex(errors.columns))))
    head = ("Method", *(f"{h} y" for h in errors.columns))
    table(console, head, rows, right=range(1, len(head)))


def _number(value: float, digits: int) -> str:
    return "-" if math.isnan(value) else f"{value:.{digits}f}"
