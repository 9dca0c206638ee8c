"""``python -m benchmarks.run``: how fast, how large and how soon, beside what was aimed at.

Nothing here fails because a machine is slow. The page goes to results/published/benchmarks.md, all values to
benchmarks.json beside it; ``--quick`` takes fewer rounds and only prints.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np

from benchmarks import idiomatic, native, processes, report
from benchmarks.timing import Row, interleaved, missing, per_second, ratios, seconds
from sim import machine
from sim.engines.batch import CHUNK, play_chunk, run_batch
from sim.measures import LEVELS
from sim.scenario import load_scenario
from sim.scenario.models import Scenario
from sim.setup import prepare

INTO = Path(__file__).parents[1] / "results" / "published"
SCENARIOS = ("status-quo", "conditional-3.5")
END = 2050  # 25 years from 2025


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int = 11
    runs: int = 8192  # of the batch engine in a round: 32 chunks, sixteen a thread
    mesa_runs: int = 20
    votes: int = 20_000  # a round of scene 5
    vote_rounds: int = 25
    memory_runs: int = 100_000
    memory_rounds: int = 1
    starts: int = 7
    cold_starts: int = 3


FULL = Size()
QUICK = Size(3, 1024, 8, 10_000, 7, 20_000, 1, 3, 1)


def world(name: str, end: int = END) -> Scenario:
    """A scenario that ends in another year."""
    return load_scenario(name).model_copy(update={"end": end})


# Runs a second


def speed(size: Size) -> list[Row]:
    """The batch engine on one thread and on two, the idiomatic Mesa model, and our own Mesa model, in turn."""
    agents = our_mesa_model()
    rows = [row for name in SCENARIOS for row in race(name, size, agents if callable(agents) else None)]
    if not callable(agents):
        rows.append(missing("`sim.run`, our Mesa model", "runs/s", agents, at_least=300.0))
    return rows


def race(name: str, size: Size, agents: Callable[[Scenario, int], Any] | None) -> list[Row]:
    """All contenders on one scenario."""
    scenario, figures = world(name), idiomatic.figures(world(name))
    seeds = range(size.mesa_runs)
    prepared = prepare(scenario)
    chunk, numbers = np.repeat(prepared.parameters, CHUNK), np.arange(CHUNK)
    contenders: dict[str, Callable[[], Any]] = {
        "kernel": lambda: [play_chunk(prepared, chunk, 1, numbers) for _ in range(size.runs // CHUNK)],
        "one": lambda: run_batch(scenario, replicates=size.runs, workers=1),
        "two": lambda: run_batch(scenario, replicates=size.runs, workers=2),
        "idiomatic": lambda: idiomatic.play(figures, seeds),
        "lean": lambda: idiomatic.play(figures, seeds, agents=False),
    }
    if agents:
        contenders["agents"] = lambda: [agents(scenario, seed) for seed in seeds]
        contenders["steps"] = lambda: [stepped(scenario, seed) for seed in seeds]
    times = interleaved(contenders, size.rounds)
    amounts = dict.fromkeys(times, size.mesa_runs) | {"one": size.runs, "two": size.runs}
    amounts |= {"kernel": size.runs // CHUNK * CHUNK}
    rates = {key: per_second(values, amounts[key]) for key, values in times.items()}
    return standings(name, rates)


def standings(name: str, rates: dict[str, list[float]]) -> list[Row]:
    """Rates and ratios of one race."""
    cores = machine.cores()
    alone = "" if cores >= 2 else "this machine has one core"
    rows = [
        Row(f"{name}: compiled engine", "runs/s", rates["kernel"], 15_000.0, note="`play_chunk`, as a sweep's thread"),
        Row(f"{name}: batch engine, 1 thread", "runs/s", rates["one"], note='`run_batch(..., record="years")`'),
        Row(f"{name}: batch engine, 2 threads", "runs/s", rates["two"]),
        Row("— 2 threads over 1", "×", ratios(rates["two"], rates["one"]), 1.8 if cores >= 2 else None, note=alone),
        Row(f"{name}: idiomatic Mesa", "runs/s", rates["idiomatic"], note="records model and agents every year"),
        Row("— batch engine, 1 thread, over it", "×", ratios(rates["one"], rates["idiomatic"]), 150.0),
        Row(f"{name}: idiomatic Mesa, lean", "runs/s", rates["lean"], note="records the model only, as ours does"),
        Row("— batch engine, 1 thread, over it", "×", ratios(rates["one"], rates["lean"]), 150.0),
    ]
    if "agents" in rates:
        note = "`AllianceModel`: creation and 25 steps"
        rows.append(Row(f"{name}: our Mesa model", "runs/s", rates["steps"], 300.0, note=note))
        rows.append(Row(f"{name}: `sim.run`", "runs/s", rates["agents"], note="the same with all measures and tables"))
        rows.append(Row("— batch engine, 1 thread, over it", "×", ratios(rates["one"], rates["agents"])))
    return rows


def stepped(scenario: Scenario, seed: int) -> None:
    """Our Mesa model from its creation to the end."""
    from sim.engines.agents import AllianceModel

    model = AllianceModel(scenario, seed=seed)
    for _ in range(scenario.end - scenario.start):
        model.step()


def our_mesa_model() -> Callable[[Scenario, int], Any] | str:
    """Plays one run with the package's own agents; or why it cannot."""
    try:
        from sim.engines.agents import run
    except ImportError:
        return "there is no sim.engines.agents yet"
    try:
        run(world("status-quo", 2026), seed=1)
    except Exception as wrong:
        return f"sim.run fails: {type(wrong).__name__}: {wrong}"
    return lambda scenario, seed: run(scenario, seed=seed)


def same_model(size: Size) -> list[Row]:
    """The idiomatic model is the same model: mean European share in the last year, over 50 runs."""
    scenario, runs = world("status-quo"), 50
    rows = idiomatic.play(idiomatic.figures(scenario), range(runs), agents=False)
    theirs = [100.0 * row["european_share"] for row in rows if row["year"] == END]
    levels = run_batch(scenario, replicates=runs).levels
    assert levels is not None
    mine = 100.0 * levels[:, -1, LEVELS.index("european_share")]
    error = float(np.sqrt((np.var(theirs, ddof=1) + np.var(mine, ddof=1)) / runs))
    what, gap = f"European share in {END}", abs(mean(theirs) - float(mine.mean()))
    return [
        Row(f"{what}, batch engine", "% of GDP", [float(mine.mean())], note=f"mean of {runs} runs"),
        Row(f"{what}, idiomatic Mesa", "% of GDP", [mean(theirs)], note=f"mean of {runs} other runs"),
        Row("— difference", "points", [gap], at_most=0.1, note=f"standard error {error:.3f}"),
    ]


# Against C


def against_c(size: Size) -> list[Row]:
    """Scene 5 for 32 members, ours and in C, with one tier and with two."""
    if native.gcc() is None:
        return [missing("scene 5, ours over C", "×", "no gcc here, or no numba", at_most=2.5)]
    with tempfile.TemporaryDirectory(prefix="burdenshare-") as folder:
        options = enumerate(native.VARIANTS.items())
        contenders = {name: native.build(Path(folder) / str(k), *flags) for k, (name, flags) in options}
        plays = {"ours": native.ours, **contenders}
        return [row for name in SCENARIOS for row in duel(name, plays, size)]


def duel(name: str, plays: dict[str, native.Play], size: Size) -> list[Row]:
    """One policy: first that the numbers are the same, then the time of each."""
    boards = {key: native.halfway(world(name)) for key in plays}
    for key, play in plays.items():
        play(boards[key], 3)
    apart = [max(native.differences(boards["ours"], board).values(), default=0.0) for board in boards.values()]
    contenders = {key: partial(play, boards[key], size.votes) for key, play in plays.items()}
    times = interleaved(contenders, size.vote_rounds)
    calls = {key: min(seconds(partial(play, boards[key], 0)) for _ in range(9)) for key, play in plays.items()}
    micros = {key: [1e6 * (t - calls[key]) / size.votes for t in values] for key, values in times.items()}
    ready = boards["ours"]
    number = int(ready.policies["tiers"][ready.world["policy"][0]])
    tiers = f"{number} tier{'s' if number > 1 else ''}"
    note = f"policy of {name}; without the {1e6 * calls['ours']:,.0f} µs that calling it from Python takes"
    rows = [Row(f"{tiers}: ours", "µs", micros["ours"], note=note)]
    for at, key in enumerate(native.VARIANTS):
        rows.append(Row(f"{tiers}: {key}", "µs", micros[key]))
        rows.append(Row("— ours over it", "×", ratios(micros["ours"], micros[key]), at_most=None if at else 2.5))
    note = "in any field of the state after three votes, in any of the three"
    return [*rows, Row(f"{tiers}: largest relative difference", "", [max(apart)], at_most=1e-12, note=note)]


# Linear cost


def linear(size: Size) -> list[Row]:
    """Time against the number of runs and of years: a straight line through the best of every length."""
    unit, years = size.runs // 8, END - 2025
    by_runs = [(unit * 2**k, years) for k in range(5)]
    by_years = [(unit, n) for n in (5, 10, 20, 40, 80)]
    return [*straight("runs", by_runs, size), *straight("years", by_years, size)]


def straight(of: str, lengths: list[tuple[int, int]], size: Size) -> list[Row]:
    """A row for each pair of runs and years, and the R² of the line."""
    contenders = {
        f"{runs:,} runs of {years} years": partial(run_batch, world("status-quo", 2025 + years), 1, runs, workers=1)
        for runs, years in lengths
    }
    times = interleaved(contenders, size.rounds)
    x, y = np.array([runs * years for runs, years in lengths]), np.array([min(values) for values in times.values()])
    slope, constant = np.polyfit(x, y, 1)
    r2 = 1.0 - float(np.sum((y - slope * x - constant) ** 2) / np.sum((y - y.mean()) ** 2))
    rows = []
    for (what, values), played in zip(times.items(), x, strict=True):
        each = f"best: {1e6 * min(values) / played:.2f} µs a year of a run"
        rows.append(Row(what, "ms", [1e3 * t for t in values], note=each))
    note = f"{1e3 * constant:.1f} ms, and {1e6 * slope:.2f} µs a year of a run"
    return [*rows, Row(f"— R² of a straight line in {of}", "", [r2], at_least=0.99, note=note)]


# All of it

SECTIONS: dict[str, Callable[[Size], list[Row]]] = {
    "Runs a second": speed,
    "The same model": same_model,
    "Against C": against_c,
    "Linear in runs and years": linear,
    "Peak memory": lambda size: processes.memory(size.memory_runs, size.memory_rounds),
    "Start": lambda size: processes.startup(size.starts, size.cold_starts),
}
REMARKS = {
    "Runs a second": "25 years, 2025 to 2050. Idiomatic Mesa is `benchmarks/idiomatic.py`: the same model in plain "
    "Python agents, run by `mesa.batch_run` in one process.",
    "Against C": "Scene 5 without support, 32 members: `sim.scenes.budgets.vote` beside `benchmarks/kernel.c`. All "
    f"with `gcc {' '.join(native.FLAGS[:3])}`; vectorised adds `{' '.join(native.VARIANTS['C, vectorised'])}`, and is "
    "the one to beat. It and the plain one have polynomials of their own for exp and log, the same as ours. C knows "
    "one reaction rule, ours six.",
    "Linear in runs and years": "status-quo on one thread; the line is drawn through the best times.",
    "Peak memory": "Each in a process of its own, 25 years, all threads.",
    "Start": "Processes in a copy of the package; from the command to its end.",
}


def attempt(title: str, measure: Callable[[Size], list[Row]], size: Size) -> tuple[list[Row], bool]:
    """A section's rows; one that says what went wrong if something did."""
    begun = time.perf_counter()
    try:
        rows, fine = measure(size), True
    except Exception as wrong:
        why = f"{type(wrong).__name__}: {wrong}".replace("\n", " ").replace("|", "/")
        rows, fine = [missing(title, "", why)], False
    print(f"{title}: {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
    return rows, fine


def main(arguments: list[str] | None = None) -> int:
    """Measure all, print the page and write it; 1 if a part could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description="speed, memory and start-up")
    parser.add_argument("--quick", action="store_true", help="fewer rounds; prints only, unless --into is given")
    parser.add_argument("--only", choices=[*SECTIONS], action="append", help="a section, and print only, likewise")
    parser.add_argument("--into", type=Path, help="folder for benchmarks.md and .json (results/published)")
    given = parser.parse_args(arguments)
    size, begun, facts = QUICK if given.quick else FULL, time.perf_counter(), report.about(native.gcc())
    facts["load before"] = load()
    done = {title: attempt(title, SECTIONS[title], size) for title in given.only or SECTIONS}
    facts |= {"load after": load(), "took": f"{time.perf_counter() - begun:.0f} s"}
    sections = {title: rows for title, (rows, _) in done.items()}
    page = report.as_markdown(facts, sections, REMARKS)
    print(page)
    into = given.into or (None if given.quick or given.only else INTO)
    if into:
        into.mkdir(parents=True, exist_ok=True)
        (into / "benchmarks.md").write_text(page, encoding="utf-8")
        (into / "benchmarks.json").write_text(report.as_json(facts, sections, quick=given.quick), encoding="utf-8")
    return 0 if all(fine for _, fine in done.values()) else 1


def load() -> str:
    """How many processes wanted a core in the last minute, where the system tells."""
    return f"{os.getloadavg()[0]:.2f}" if hasattr(os, "getloadavg") else "unknown"


if __name__ == "__main__":
    sys.exit(main())
