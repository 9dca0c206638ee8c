"""`make evidence`: every table and figure of the evidence anew, and the block of docs/evidence.md that quotes them."""

from __future__ import annotations

import time
from pathlib import Path

import pandas as pd

from sim.evidence import page, report
from sim.evidence.scorecard import scorecard
from sim.figures import (
    claims_figure,
    drivers_figure,
    errors_figure,
    europe_figure,
    exploitation_figure,
    pit_figure,
    rules_figure,
    save,
)

__all__ = ["draw", "publish", "text_of"]


def publish(sizes: report.Sizes, folder: Path, draws: report.Draws | None = None) -> None:
    """Write the tables, the scorecard and the figures into a folder; the same seed gives the same bytes."""
    begun = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - begun:4.0f} s  {what}", flush=True)

    made = report.tables(sizes, draws, say)
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in {**made, "scorecard": scorecard(made)}.items():
        (folder / f"{name}.csv").write_text(text_of(table))
    (folder / "scorecard.md").write_text(page.scorecard_page(page.published(folder)))
    say("figures")
    draw(made, sizes, folder)
    say(f"done: {folder}")


def text_of(table: pd.DataFrame) -> str:
    """A table as CSV, six significant digits."""
    return str(table.to_csv(index=False, lineterminator="\n", float_format="%.6g"))


def draw(made: dict[str, pd.DataFrame], sizes: report.Sizes, folder: Path) -> None:
    """The figures as PNG, each with its data and its words; where a figure draws a whole table, that is its data."""
    basis = made["basis"].iloc[0]
    past = f"{basis['known_draws']:,} draws of the posterior of each origin's past"
    rests = f"{basis['runs_a_forecast']:,} runs a forecast, seed {sizes.seed}, {past}"
    draws = int(basis["posterior_draws"])
    whole = f"{draws:,} draws of the posterior until 2025" if draws else "default parameters"
    ruled = f"{basis['runs_a_rule']:,} runs a forecast, seed {sizes.seed}, {whole}"
    drawn = {
        "errors": errors_figure(made["hindcast-skill"], rests=rests),
        "errors-nato": errors_figure(made["hindcast-skill"], series="nato", rests=rests),
        "hindcast-europe": europe_figure(made["hindcast-europe"], rests=rests),
        "pit": pit_figure(made["hindcast-pit"], rests=rests),
        "rules-by-era": rules_figure(made["rules-by-era"], rests=ruled),
        "claims": claims_figure(made["claims"], seed=sizes.seed, points=sizes.sobol_points),
        "claims-drivers": drivers_figure(
            made["claims-sobol"], points=sizes.sobol_points, runs=sizes.sobol_replicates, seed=sizes.seed
        ),
        "exploitation": exploitation_figure(made["exploitation"], runs=sizes.runs, seed=sizes.seed),
    }
    for name, figure in drawn.items():
        save(figure, folder, name, kinds=["png"])


def main() -> None:
    publish(report.Sizes(), page.FOLDER, report.posterior())
    page.PAGE.write_text(page.renewed(page.PAGE.read_text(encoding="utf-8"), page.block(page.published())))


if __name__ == "__main__":
    main()
