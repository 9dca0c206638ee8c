"""Tables in, pictures out: every figure takes a tidy table and returns a Figure; nothing is ever shown on a screen.

    figure = hump(results.runs(), seed=1)
    save(figure, "docs/figures", "threshold")    # .png, .svg, .csv with its data, .txt with its words

A figure states its takeaway, its unit, how many runs it rests on, and where it comes from: ``figure.title``,
``figure.alt``, ``figure.table``. All of them, each with the line that makes it: docs/gallery.md.
"""

from sim.figures.alliance import dots
from sim.figures.claims import claims_figure, drivers_figure
from sim.figures.evidence import errors_figure, europe_figure, pit_figure, rules_figure
from sim.figures.generic import grid_figure
from sim.figures.heat import heat_map
from sim.figures.history import run_figure
from sim.figures.literature import exploitation_figure
from sim.figures.network import network
from sim.figures.policy import fan
from sim.figures.regret import regret_figure
from sim.figures.ridge import ridge_figure
from sim.figures.risk import challenge
from sim.figures.sampled import sample_figure
from sim.figures.saving import save, save_run, save_sweep
from sim.figures.slope import slope
from sim.figures.threshold import hump
from sim.figures.tiles import tile_map
from sim.figures.timeline import timeline
from sim.figures.tornado import tornado
from sim.figures.why import why_bars

__all__ = [
    "challenge", "claims_figure", "dots", "drivers_figure", "errors_figure", "europe_figure", "exploitation_figure",
    "fan", "grid_figure", "heat_map", "hump", "network", "pit_figure", "regret_figure", "ridge_figure", "rules_figure",
    "run_figure", "sample_figure", "save", "save_run", "save_sweep", "slope", "tile_map", "timeline", "tornado",
    "why_bars",
]  # fmt: skip
