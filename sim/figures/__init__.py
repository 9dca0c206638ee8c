"""Tables in, pictures out: every figure takes a tidy table and returns a Figure; nothing is ever shown on a screen.

    figure = hump(results.runs(), seed=1)
    save(figure, "docs/figures", "threshold")    # .png, .svg, .csv with its data, .txt with its words

A figure states its takeaway, its unit, how many runs it rests on, and where it comes from.
"""

from sim.figures.alliance import dots
from sim.figures.claims import claims_figure, drivers_figure
from sim.figures.evidence import errors_figure, europe_figure, pit_figure, rules_figure
from sim.figures.generic import grid_figure
from sim.figures.history import run_figure
from sim.figures.literature import exploitation_figure
from sim.figures.policy import fan
from sim.figures.risk import challenge
from sim.figures.saving import save, save_run, save_sweep
from sim.figures.threshold import hump

__all__ = [
    "challenge", "claims_figure", "dots", "drivers_figure", "errors_figure", "europe_figure", "exploitation_figure",
    "fan", "grid_figure", "hump", "pit_figure", "rules_figure", "run_figure", "save", "save_run", "save_sweep",
]  # fmt: skip
