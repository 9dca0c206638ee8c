"""The command calibrate."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from sim.cli.progress import Bar
from sim.cli.screen import goes_on, notes, out, table
from sim.evidence.calibration import Calibration, calibrate
from sim.evidence.kept import Kept

__all__ = ["calibration"]


def calibration(until: int, draws: int, seed: int, workers: int | None, into: Path) -> None:
    """Estimate the parameters, show what is known of them, write the posterior and its tables."""
    kept = Kept(into, f"calibration-{until}", {"until": until, "draws": draws, "seed": seed})
    with goes_on(kept, "origins"), Bar(notes(), f"calibrate {until}") as bar:
        found = calibrate(until, draws=draws, seed=seed, workers=workers, progress=bar, kept=kept)
    folder = _written(found, into / f"calibration-{until}")
    kept.forget()
    _show(found)
    out().print(f"\nPosterior: {folder / 'posterior.csv'}", soft_wrap=True)


def _written(found: Calibration, folder: Path) -> Path:
    """posterior.csv, summary.csv, correlations.csv, matching.csv, in a folder of the cut-off's own."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in found.tables().items():
        frame.to_csv(
            folder / f"{name}.csv", index=frame.index.name is not None, float_format="%.6g", lineterminator="\n"
        )
    return folder


def _show(found: Calibration) -> None:
    console, weighed = out(), found.weighed
    ruled_out = float(found.matching["ruled_out"].iloc[-1])
    console.print(f"Parameters on figures until {found.until} (series: {found.series})", style="bold")
    console.print(f"{weighed.n:,} errors, worth {weighed.n_eff:.0f} independent ones.")
    console.print(f"History matching rules out {ruled_out:.0%} of the prior.")
    counted = f"{weighed.ess:.0f} of {weighed.weights.size:,} draws count"
    console.print(f"{counted}, with the likelihood to the power {weighed.temper:.2f}.\n")
    rows = [_row(str(one.Index), one) for one in found.summary().itertuples()]
    table(console, ("Parameter", "Median", "90 %", "Prior", "Width", ""), rows, right=(1, 4))
    console.print("Width: of the 90 % interval, over the prior's.")


def _row(name: str, one: Any) -> tuple[str, ...]:
    bounded = math.isfinite(one.width)
    prior = f"{one.prior_low:g} to {one.prior_high:g}" if bounded else "1/scale"
    width, known = f"{one.width:.2f}" if bounded else "", "" if one.identified else "not identified"
    return name, _short(one.median), f"{_short(one.lower_90)} to {_short(one.upper_90)}", prior, width, known


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100.0 else f"{value:.3g}"
