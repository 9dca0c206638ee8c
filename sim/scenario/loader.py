"""TOML files -> Scenario and Experiment, checked; every bad input is one ScenarioError of one line.

The line reads `file:line: key = value: problem; allowed: ...`.

A scenario may say `extends = "status-quo"` (a preset) or `extends = "mine.toml"` (a file in the same folder),
one level deep. Tables then merge key by key, `policies` by name and their fields one by one; a list replaces
the list of the base, and `script` is one thing and replaces the base's script whole. `name` and `title` are
the scenario's own and have to be given.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from sim.scenario.axes import doubts
from sim.scenario.errors import CONTRADICTION, ScenarioError
from sim.scenario.messages import ABSENT, Problem, problem, written
from sim.scenario.models import Experiment, Scenario
from sim.scenario.notes import experiment_notes, scenario_notes
from sim.scenario.parameters import Parameters
from sim.scenario.presets import found, neighbour, scenario_names, table_file, table_names
from sim.scenario.reading import LARGEST, Document, read
from sim.scenario.rows import read_rows
from sim.scenario.setting import tupled

__all__ = ["load_experiment", "load_scenario", "notes"]

WHOLE = {"script"}  # tables that are not merged
OWN = ("name", "title")  # not inherited
Model = TypeVar("Model", bound=BaseModel)


def load_scenario(source: str | Path) -> Scenario:
    """The scenario of a file (a path that ends in .toml) or of a preset (a name such as "status-quo")."""
    return _scenario(found(source, "scenario"))


def load_experiment(source: str | Path) -> Experiment:
    """The experiment of a file or of a preset; its scenario is read now, and does not change any more."""
    document = read(found(source, "experiment"))
    experiment = _model(Experiment, document.tables, [document])
    path, wrong = neighbour(experiment.scenario, document.path.parent)
    if path is None:
        raise _error(_no_base("scenario", experiment.scenario, wrong), [document])
    experiment._base, experiment._base_name = (base := _scenario(path)), experiment.scenario
    doubt = _tabled(experiment, document.path.parent) or next(doubts(experiment, base), None)
    if doubt is not None:
        raise _error(doubt, [document])
    return experiment


def _tabled(experiment: Experiment, folder: Path) -> Problem | None:
    """Read the tables of its axes; a column is a dotted name, or a parameter's own."""
    for group, axes in (("levers", experiment.levers), ("uncertainties", experiment.uncertainties)):
        for number, axis in enumerate(axes):
            if axis.table is None:
                continue
            path, wrong = table_file(axis.table, folder)
            try:
                if path is None:
                    raise ValueError(wrong)
                axis._rows = read_rows(path).renamed({name: f"parameters.{name}" for name in Parameters.model_fields})
            except ValueError as error:
                shipped = "".join(f"{name}, " for name in table_names())
                allowed = f"{shipped}or a .csv or .parquet in the same folder, a named column a field"
                return Problem((group, number, "table"), axis.table, str(error), allowed.removeprefix("or "), "table")
    try:
        experiment.check_names()  # again, now that the columns are known
    except PydanticCustomError as error:
        context = error.context or {}
        return Problem(context["place"], ABSENT, context["problem"], context["allowed"], CONTRADICTION)
    return None


def notes(source: str | Path, kind: str) -> list[str]:
    """What is allowed in a file and hardly meant, a line each; kind: scenario or experiment."""
    if kind == "scenario":
        tables, documents = _read(found(source, kind))
        doubtful = scenario_notes(_model(Scenario, tables, documents))
    else:
        experiment, documents = load_experiment(source), [read(found(source, kind))]
        doubtful = experiment_notes(experiment, experiment._base or load_scenario(experiment.scenario))
    return [_line(note, documents) for note in doubtful]


def _scenario(path: Path) -> Scenario:
    return _model(Scenario, *_read(path))


def _read(path: Path) -> tuple[Mapping[str, Any], list[Document]]:
    """The tables of a scenario's file, on top of those that it extends, and the files."""
    document = read(path)
    if "extends" not in document.tables:
        return document.tables, [document]
    base = _base(document)
    own = {key: value for key, value in document.tables.items() if key != "extends"}
    for key in OWN:
        base.tables.pop(key, None)
        base.lines.of.pop(key, None)
    return _merged(base.tables, own), [document, base]


def _base(document: Document) -> Document:
    """The file that a scenario extends."""
    name = document.tables["extends"]
    path, wrong = neighbour(name, document.path.parent)
    if path is None:
        raise _error(_no_base("extends", name, wrong), [document])
    if path.resolve() == document.path.resolve():
        raise _error(_no_base("extends", name, "a scenario cannot extend itself"), [document])
    base = read(path)
    if "extends" in base.tables:
        further = f"{name} itself extends {written(base.tables['extends'])}, and one level is all there is"
        raise _error(_no_base("extends", name, further), [document])
    return base


def _no_base(key: str, name: object, wrong: str) -> Problem:
    """The preset or file that `key` names is none; presets are listed for who asked for one."""
    presets = f"one of {', '.join(scenario_names())}" if wrong == "no such preset" else "the name of a preset"
    return Problem((key,), name, wrong, f"{presets}, or a .toml in the same folder", "base")


def _merged(base: Mapping[str, Any], own: Mapping[str, Any], top: bool = True) -> dict[str, Any]:
    """The base's tables with the file's own on top of them."""
    result = dict(base)
    for key, value in own.items():
        if top and key == "parameters" and isinstance(value, str):  # short for a table that says no more
            value = {"table": value}
        both = isinstance(value, Mapping) and isinstance(base.get(key), Mapping)
        result[key] = _merged(base[key], value, False) if both and not (top and key in WHOLE) else value
    return result


def _model(model: type[Model], tables: Mapping[str, Any], documents: list[Document]) -> Model:
    data = tupled(tables)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = problem(error, model, data, lambda place: _order(place, documents))
    raise _error(first, documents)


def _where(place: str, documents: list[Document]) -> tuple[int, int]:
    """Which of the files has most of a place, the first if both have as much; and the line there."""
    hits = [document.lines.find(place) for document in documents]
    index = max(range(len(hits)), key=lambda one: (hits[one][0], -one))
    return index, hits[index][1]


def _order(place: str, documents: list[Document]) -> int:
    """The file's own problems come first, each file's by line."""
    index, line = _where(place, documents)
    return index * LARGEST + line


def _error(wrong: Problem, documents: list[Document]) -> ScenarioError:
    return ScenarioError(_line(wrong, documents))


def _line(wrong: Problem, documents: list[Document]) -> str:
    """What is wrong, with the file and the line that say so."""
    index, line = _where(wrong.key, documents)
    base_of = f" (in the file that {documents[0].name} extends)" if index else ""
    return f"{documents[index].name}:{line}: {wrong.text()}{base_of}"
