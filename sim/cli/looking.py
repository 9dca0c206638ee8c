"""The commands that play nothing: scenarios, check, parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sim.cli.screen import NARROW, entries, out, say, table
from sim.scenario import (
    Parameters,
    ScenarioError,
    count,
    experiment_names,
    load_experiment,
    load_scenario,
    scenario_names,
)
from sim.scenario.loader import notes
from sim.scenario.presets import found
from sim.scenario.reading import read

__all__ = ["check", "parameters", "scenarios"]

FEW = 10_000  # cells that a check builds
EXPERIMENT = {"scenario", "levers", "uncertainties", "outcomes", "replicates", "record"}  # keys of no scenario


def scenarios() -> None:
    """Every shipped scenario and experiment with its title and question."""
    console = out()
    listed = [load_scenario(name) for name in scenario_names()]
    tried = [load_experiment(name) for name in experiment_names()]
    for kind, verb, items in (("Scenario", "run", listed), ("Experiment", "sweep", tried)):
        rows = [(one.name, one.title, one.question) for one in items]
        if console.width < NARROW:
            console.print(f"{kind}s (burdenshare {verb} NAME)\n")
            entries(console, ((name, texts) for name, *texts in rows))
        else:
            table(console, (kind, "Title", "Question"), rows)
        console.print()
    console.print("Play a scenario: burdenshare run NAME. Play an experiment: burdenshare sweep NAME.")


def check(files: Sequence[str], complain: Callable[[str], None]) -> bool:
    """Say "ok" for every right file on stdout, and what it may say and hardly means; complain of what is wrong."""
    right = True
    for name in files:
        try:
            say(f"ok {name}: {_checked(name)}")
            for note in notes(name, _kind(name)):
                say(f"note {note}")
        except ScenarioError as error:
            right = False
            complain(str(error))
    return right


def _checked(name: str) -> str:
    """What a file is; ScenarioError if it is not right."""
    kind = _kind(name)
    if kind == "scenario":
        scenario = load_scenario(name)
        return f"scenario {scenario.name}, {scenario.start} to {scenario.end}"
    from sim.sweeps import checked
    from sim.sweeps.design import Blocks

    experiment = load_experiment(name)
    checked(experiment)
    total, replicates = count(experiment), experiment.replicates
    if total <= FEW:
        Blocks(experiment).check(range(total))
    if replicates == "auto":
        return f"experiment {experiment.name}, {total:,} cells x as many replicates as it takes"
    runs = f"{total:,} cells x {replicates:,} replicates = {total * replicates:,} runs"
    return f"experiment {experiment.name}, {runs}"


def _kind(name: str) -> str:
    """Scenario or experiment, by its keys; a plain name by where it is shipped."""
    if Path(name).suffix != ".toml":
        return "experiment" if name in experiment_names() and name not in scenario_names() else "scenario"
    return "experiment" if EXPERIMENT & set(read(found(name, "scenario")).tables) else "scenario"


def parameters(word: str) -> None:
    """Every parameter, or those that have a word in their line."""
    console, rows = out(), []
    for name, field in Parameters.model_fields.items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        unit, basis = str(extra.get("unit", "")), str(extra.get("basis", ""))
        meaning = (field.description or "").split(f" [{unit}]")[0]
        limits = {type(rule).__name__: rule for rule in field.metadata}
        span = f"{limits['Ge'].ge:g} to {limits['Le'].le:g}"
        if word.lower() in f"{name} {unit} {meaning} {basis}".lower():
            rows.append((name, f"{field.default:g}", span, unit, f"{meaning[:1].upper()}{meaning[1:]}.", basis))
    if not rows:
        raise ScenarioError(f"{word}: in no parameter's line; allowed: a word such as belief, loan or enabler")
    if console.width < NARROW:
        entries(console, ((f"{a} = {b}", (f"{c}, {d}", f"{e} {f}")) for a, b, c, d, e, f in rows))
    else:
        head = ("Parameter", "Default", "Range", "Unit", "Meaning. Basis")
        table(console, head, ((a, b, c, d, f"{e} {f}") for a, b, c, d, e, f in rows), right=(1,))
