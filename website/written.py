"""What pages say that is made from the code: the command line, the files that users write, the worlds that are shipped.

A page has it where a line says `<!-- write: NAME -->`. Links are written as seen from the root of the repository.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import griffe
import typer

import sim
from sim.cli import app
from sim.scenario import Scenario, experiment_names, load_experiment, load_scenario, scenario_names

__all__ = ["WRITTEN"]

ROOT = Path(__file__).parents[1]
Schema = dict[str, Any]


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    """A table in Markdown; a bar within a cell would end it."""
    lines = [head, ("---",) * len(head), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    text = " ".join(text.split())
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) else '.'}" if text else ""


# --- README ---------------------------------------------------------------------------------------


def introduction() -> str:
    """README from below its title to the section on what is in it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    end = text.index("\n## What is in it\n")
    return text[text.index("\n") : end].strip()


# --- the command line -----------------------------------------------------------------------------


def commands() -> str:
    """Every command of `burdenshare` with its arguments and options, as its --help has them."""
    group: Any = typer.main.get_command(app)
    return "\n\n".join(command(name, one) for name, one in group.commands.items())


def command(name: str, one: Any) -> str:
    """A command's section."""
    given = [p for p in one.params if p.param_type_name == "argument"]
    options = [p for p in one.params if p.param_type_name == "option"]
    usage = " ".join(["burdenshare", name, *(["[OPTIONS]"] if options else []), *map(shape, given)])
    parts = [f"## `{name}`", " ".join((one.help or "").split()), f"```text\n{usage}\n```"]
    if one.params:
        rows = [*((f"`{shape(p)}`", p.help or "", default(p)) for p in given),
                *((spelt(p), p.help or "", default(p)) for p in options)]  # fmt: skip
        parts.append(table(("argument or option", "meaning", "default"), iter(rows)))
    return "\n\n".join(parts)


def shape(argument: Any) -> str:
    """SCENARIO."""
    return str(argument.metavar or argument.name.upper()).strip("{}")


def spelt(option: Any) -> str:
    """--figure / --no-figure, --seed INTEGER."""
    names = " / ".join([*option.opts, *option.secondary_opts])
    kind = option.type_descriptor.annotation if hasattr(option, "type_descriptor") else option.type.name
    value = "" if option.is_flag else f" {option.metavar or getattr(kind, '__name__', str(kind)).upper()}"
    return f"`{names}{value}`"


def default(parameter: Any) -> str:
    """What holds when it is not given."""
    if parameter.required:
        return "has to be given"
    value = parameter.default
    if value is None or value == "" or callable(value):
        return ""
    if getattr(parameter, "is_flag", False):
        return f"`{(parameter.opts if value else parameter.secondary_opts or ['off'])[0]}`"
    return f"`{value}`"


# --- files ----------------------------------------------------------------------------------------


def scenario_file() -> str:
    """Every key of a scenario file, from its JSON Schema."""
    return keys("scenario", skip=("Parameters",))


def experiment_file() -> str:
    """Every key of an experiment file, from its JSON Schema."""
    return keys("experiment")


def keys(name: str, skip: tuple[str, ...] = ()) -> str:
    """A table of the file's own keys, then one for each kind of table in it."""
    schema = json.loads((ROOT / "docs" / f"{name}.schema.json").read_text(encoding="utf-8"))
    kinds = {kind: one for kind, one in schema.get("$defs", {}).items() if kind not in skip and "properties" in one}
    parts = ["## The file", of_object(schema)]
    for kind, one in kinds.items():
        parts += [f"## {kind}", sentence(one.get("description", "")), of_object(one)]
    return "\n\n".join(parts)


def of_object(schema: Schema) -> str:
    needed = schema.get("required", [])
    rows = (
        (f"`{key}`", kind_of(one), bounds(one), said(one, key in needed), sentence(one.get("description", "")))
        for key, one in schema["properties"].items()
    )
    return table(("key", "type", "allowed", "default", "meaning"), rows)


def kind_of(schema: Schema) -> str:
    """The type in TOML's words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        found = dict.fromkeys(kind_of(one) for one in schema["anyOf"])
        return " or ".join(kind for kind in found if kind != "null")
    if schema.get("type") == "array":
        return f"list of {kind_of(schema.get('items', {})) or 'values'}"
    if schema.get("type") == "object":
        inner: Any = schema.get("additionalProperties") or next(iter(schema.get("patternProperties", {}).values()), {})
        return f"table of {kind_of(inner)}" if isinstance(inner, dict) and inner else "table"
    words = {"string": "text", "integer": "whole number", "boolean": "true or false"}
    return words.get(str(schema.get("type", "")), str(schema.get("type", "")))


def bounds(schema: Schema) -> str:
    """A range, or the words that are allowed."""
    if "anyOf" in schema:
        return "; ".join(dict.fromkeys(found for one in schema["anyOf"] if (found := bounds(one))))
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"{low:,} to {high:,}" if high > 9999 else f"{low} to {high}"
    return f"above {schema['exclusiveMinimum']}" if "exclusiveMinimum" in schema else ""


def said(schema: Schema, needed: bool) -> str:
    """The default as one would write it."""
    if needed:
        return "has to be given"
    value = schema.get("default")
    if value is None or value in ("", [], {}) or isinstance(value, list | dict):
        return ""
    return f"`{json.dumps(value, ensure_ascii=False)}`"


# --- names of Python ------------------------------------------------------------------------------


def names(package: str) -> str:
    """The public functions and classes of a package: a table of them, then what their docstrings say."""
    found = [source(package, name) for name in sorted(exported(package), key=str.lower)]
    told = [one for one in found if one.is_function or one.is_class]
    rows = ((f"[`{one.name}`](#{one.path})", first_line(one)) for one in told)
    return "\n\n".join([table(("name", "is"), rows), *(f"::: {one.path}" for one in told)])


@cache
def code() -> Any:
    """The text of sim, read and not run: to import all of it would take far longer."""
    return griffe.load("sim", search_paths=[str(ROOT)], resolve_aliases=True)


def exported(package: str) -> list[str]:
    """What a package exports."""
    return list(sim.__all__) if package == "sim" else list(map(str, code()[package.removeprefix("sim.")].exports))


def source(package: str, name: str) -> Any:
    """Where a name of a package is written; what sim itself has is loaded late, from modules that it lists."""
    home = sim._HOME.get(name, package) if package == "sim" else package
    one = code()[f"{home}.{name}".removeprefix("sim.")]
    return one.final_target if one.is_alias else one


def first_line(one: Any) -> str:
    """The first sentence or clause of a docstring, on one line."""
    text = " ".join((one.docstring.value if one.docstring else "").split("\n\n")[0].split())
    return text.replace("``", "`")


# --- worlds ---------------------------------------------------------------------------------------


def worlds() -> str:
    """The scenarios that are shipped, each with its question and what it cannot say."""
    return "\n\n".join(world(load_scenario(name)) for name in scenario_names())


def world(one: Scenario) -> str:
    """A scenario's section."""
    head = f"### {one.name}\n\n**{one.title}**, {one.start} to {one.end} ([file](scenarios/{one.name}.toml))."
    return f"{head} {one.question}\n\n*What it cannot say:* {one.cannot_say}"


def experiments() -> str:
    """The experiments that are shipped."""
    loaded = [load_experiment(name) for name in experiment_names()]
    rows = (
        (f"[`{one.name}`](scenarios/experiments/{one.name}.toml)", f"`{one.scenario}`", one.question) for one in loaded
    )
    return table(("experiment", "of the scenario", "question"), rows)


WRITTEN: dict[str, Callable[[], str]] = {
    "introduction": introduction, "commands": commands, "scenario-file": scenario_file,
    "experiment-file": experiment_file, "worlds": worlds, "experiments": experiments,
    **{f"names of {package}": partial(names, package) for package in ("sim", "sim.data", "sim.figures", "sim.insight")},
}  # fmt: skip
