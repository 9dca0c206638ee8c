"""`make gallery`: every picture of docs/gallery.md anew, each with its data and its words."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t

from sim import figures
from sim.engines.agents import Run, run
from sim.engines.batch import run_batch
from sim.insight import regret, sobol
from sim.scenario import Scenario, load_experiment, load_scenario, with_values
from sim.scenario.told import clause_years
from sim.store import Results
from sim.sweeps import sweep

__all__ = ["FOLDER", "main", "publish"]

FOLDER = Path("results/published/gallery")
SEED = 1
DPI = 100  # as wide as a page's text, and small files
RUNS = 200  # of each step of the bars
TRIED = 200  # runs that are looked through for one with challenges

LEVERS = """
name = "two-levers"
title = "A line for protection, and what lies below it"
question = "How do the line and the protection below it work together?"
scenario = "us-policies"
outcomes = ["european_share", "challenge_risk"]
replicates = 50
seed = 1
record = "runs"
[[levers]]
name = "line"
key = "policies.conditional.tiers.1.minimum"
start = 0.02
stop = 0.05
step = 0.005
[[levers]]
name = "protection_below"
key = "policies.conditional.tiers.0.protection"
start = 0.0
stop = 1.0
step = 0.2
"""

DRIVERS = """
name = "drivers"
title = "What drives European spending, and which policy is regretted least?"
question = "Which of three assumed numbers matters most, under each of three policies?"
scenario = "us-policies"
outcomes = ["european_share"]
replicates = 20
seed = 1
record = "runs"
[design]
kind = "saltelli"
points = 128
[[levers]]
name = "policy"
[levers.choices."line at 2 %"]
"script.2026" = "conditional-2"
[levers.choices."line at 3.5 %"]
"script.2026" = "conditional-3.5"
[levers.choices."line at 5 %"]
"script.2026" = "conditional-5"
[[uncertainties]]
name = "thinning"
key = "parameters.thinning"
low = 0.0
high = 1.0
[[uncertainties]]
name = "allied_weight"
key = "parameters.allied_weight"
low = 0.1
high = 0.5
[[uncertainties]]
name = "exclusion_mean"
key = "parameters.exclusion_mean"
low = 0.05
high = 0.95
"""

STEPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("line", "a line at 3.5 % of GDP", {"script.2026": "conditional-3.5"}),
    ("belief", "allies believe in exclusion", {"parameters.exclusion_start": 0.95, "parameters.exclusion_mean": 0.95}),
    ("instruments", "no EU loans, no escape clause", {"parameters.loan_opens": 0, "parameters.clause_opens": 0}),
)


def publish(folder: Path) -> list[Path]:
    """Draw everything into a folder; the same seed gives the same bytes."""
    paths: list[Path] = []
    drawn = {**of_runs(), "why-bars": why(), **of_sweeps()}
    for name, figure in drawn.items():
        paths += figures.save(figure, folder, name, kinds=["png"], dpi=DPI)
    return paths


def of_runs() -> dict[str, Any]:
    """The pictures of single runs."""
    plain = run(load_scenario("conditional-3.5"), seed=SEED)
    told = run(load_scenario("march-2025"), seed=SEED)
    tried = with_challenges(load_scenario("exit-unilateral"))
    title, after = plain.scenario.title, plain.scenario.start + 5
    clause = clause_years(told.scenario.parameters, told.model.european_union.clause_opened)
    return {
        "run": figures.run_figure(plain.years(), plain.members(), plain.scenario, seed=SEED),
        "tile-map": figures.tile_map(plain.members(), title=title, seed=SEED),
        "tile-map-belief": figures.tile_map(plain.members(), "commitment_belief", year=after, title=title, seed=SEED),
        "slope": figures.slope(plain.members(), title=title, seed=SEED),
        "slope-policies": figures.slope(two_policies(), by="policy", seed=SEED),
        "network": figures.network(
            tried.members(), tried.years(), title=f"{tried.scenario.title}, the first run with two challenges",
            seed=SEED,
        ),
        "timeline": figures.timeline(told.years(), told.scenario, clause=clause, seed=SEED),
    }  # fmt: skip


def with_challenges(scenario: Scenario) -> Run:
    """The first run of a scenario with two challenges or more; the one with most if none has two."""
    years = run_batch(scenario, seed=SEED, replicates=TRIED).years()
    counts = years.groupby("replicate")["challenge"].sum().to_numpy()
    return run(scenario, seed=SEED, replicate=int(np.minimum(counts, 2).argmax()))


def two_policies(replicates: int = 20) -> pd.DataFrame:
    """The members of some runs under two policies, with the same luck."""
    tables = []
    for name in ("unconditional", "conditional-3.5"):
        played = run_batch(with_values(load_scenario("us-policies"), {"script.2026": name}), SEED, replicates)
        tables += [played.members(k).assign(policy=name) for k in range(replicates)]
    return pd.concat(tables, ignore_index=True)


def why() -> Any:
    """From one policy to another by changes made one after the other, on the same luck; means and their intervals."""
    scenario, changes = load_scenario("us-policies"), dict[str, Any]({"script.2026": "unconditional"})
    ends, rows = [end_share(scenario, changes)], []
    for key, label, more in STEPS:
        changes |= more
        ends.append(end_share(scenario, changes))
        apart = ends[-1] - ends[-2]
        half = float(t.ppf(0.975, RUNS - 1)) * float(apart.std(ddof=1)) / RUNS**0.5
        mean = float(apart.mean())
        rows.append({"key": key, "label": label, "value": mean, "low": mean - half, "high": mean + half})
    return figures.why_bars(
        pd.DataFrame(rows), before=float(ends[0].mean()), after=float(ends[-1].mean()), first="unconditional",
        last="all three changes", what=f"European spending in {scenario.end}",
        title="Changes made one after the other; another order would share them out differently",
        rests=f"Means of {RUNS} runs with the same luck, seed {SEED}; lines: 95 % intervals of the mean difference",
    )  # fmt: skip


def end_share(scenario: Scenario, changes: Mapping[str, Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The European share in the last year of every run."""
    played = run_batch(with_values(scenario, dict(changes)), SEED, RUNS)
    return played.runs()["end_european_share"].to_numpy(float)


def of_sweeps() -> dict[str, Any]:
    """The pictures of two small sweeps."""
    with tempfile.TemporaryDirectory() as place:
        levers, drivers = (swept(text, Path(place)) for text in (LEVERS, DRIVERS))
        runs, outcome = levers.runs(), "end_european_share"
        pair = ("line", "protection_below")
        return {
            "lines": figures.grid_figure(runs, [*pair], outcome, seed=SEED),
            "heat-map": figures.heat_map(runs, *pair, outcome, seed=SEED),
            "heat-map-ordinal": figures.heat_map(runs, *pair, "mean_challenge_risk", seed=SEED),
            "tornado": figures.tornado(sobol(drivers, outcome), outcome, runs=drivers.manifest["runs"], seed=SEED),
            "regret": figures.regret_figure(
                regret(drivers, outcome), outcome, ["policy"], runs=drivers.manifest["replicates"], seed=SEED
            ),
        }


def swept(text: str, place: Path) -> Results:
    """An experiment played whole."""
    file = place / "experiment.toml"
    file.write_text(text, encoding="utf-8")
    return sweep(load_experiment(str(file)), into=place / "results")


def main() -> None:
    for path in publish(FOLDER):
        if path.suffix == ".png":
            print(path)


if __name__ == "__main__":
    main()
