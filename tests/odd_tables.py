"""The tables of docs/odd.md and docs/limits.md that are written from the code (see test_odd.py)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sim
from sim.rules import brussels, budgets, statements, washington
from sim.scenario import Policy
from sim.scenario.parameters import Parameters
from sim.world import MEMORY, MOST_TIERS

ROOT = Path(sim.__file__).parents[1]
ODD, LIMITS, GLOSSARY, MODEL = (ROOT / "docs" / f"{name}.md" for name in ("odd", "limits", "glossary", "model"))

# How a basis in sim/scenario/parameters.py begins -> what it is.
KINDS = {
    "Source": "source",
    "Estimated": "estimate",
    "Calibrated": "calibration",
    "Assumed": "assumption",
    "As ": "assumption",
    "0:": "switch",
}


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def kind(basis: str) -> str:
    """Source, estimate, calibration, assumption or switch."""
    found = [name for start, name in KINDS.items() if basis.startswith(start)]
    assert found, f"a basis begins with {', '.join(KINDS)}; found {basis!r}"
    return found[0]


def symbol(name: str) -> str:
    """What the equations of docs/model.md call a parameter; nothing where they use its name."""
    found = re.search(rf"([^\s(`]+)`? = `{name}`", read(MODEL))
    return f"`{found[1]}`" if found else ""


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def ends(field: Any) -> str:
    """The range of a number."""
    low, high = (next((getattr(m, end) for m in field.metadata if hasattr(m, end)), None) for end in ("ge", "le"))
    return f"{low:g} to {high:g}" if low is not None and high is not None else ""


def parameters() -> str:
    """Every parameter with its symbol, default, range, unit and basis."""

    def rows() -> Iterator[tuple[str, ...]]:
        for name, field in Parameters.model_fields.items():
            unit, basis = field.json_schema_extra["unit"], field.json_schema_extra["basis"]
            meaning = field.description.removesuffix(f" [{unit}]. {basis}")
            found = kind(basis), basis
            yield f"`{name}`", symbol(name), f"{field.default:g}", ends(field), unit, *found, meaning

    head = "name", "symbol", "default", "range", "unit", "basis", "in full", "meaning"
    return f"{count_of_bases()}\n\n{table(head, rows())}"


def count_of_bases() -> str:
    kinds = Counter(kind(field.json_schema_extra["basis"]) for field in Parameters.model_fields.values())
    parts = ", ".join(f"{kinds[name]} {name}" for name in dict.fromkeys(KINDS.values()))
    return f"{len(Parameters.model_fields)} parameters by basis: {parts}."


def policy() -> str:
    """What an administration may set."""

    def rows() -> Iterator[tuple[str, ...]]:
        for name, field in Policy.model_fields.items():
            if name == "tiers":
                offered = "; ".join(f"{tier.protection:g} from {tier.minimum:g} on" for tier in field.default)
                yield f"`{name}`", offered, f"1 to {MOST_TIERS} tiers", field.description
            else:
                yield f"`{name}`", str(field.default).lower(), ends(field), field.description

    return table(("name", "default", "range", "meaning"), rows())


def fixed() -> str:
    """Numbers that no scenario can set."""
    named = (
        (washington, "HOUSE_MAJORITY", "votes that an Act needs in the House"),
        (washington, "REPRESENTATIVES", "members of the House"),
        (brussels, "DEBT_LIMIT", "debt over GDP from which it narrows the room in a budget; the treaty's value"),
        (statements, "AUTHORITY", "weights of president, cabinet, adviser, legislator; assumed"),
        (budgets, "HIGHEST_SHARE", "highest share of GDP that a parliament votes"),
        (budgets, "HALF_A_DIGIT", "half of the last digit of published shares"),
    )
    rows = [(f"`{m.__name__}.{n}`", str(getattr(m, n)).strip("()"), meaning) for m, n, meaning in named]
    rows += [("`sim.world.MEMORY`", str(MEMORY), "years before the start that lead times may reach back to")]
    rows += [("`sim.world.MOST_TIERS`", str(MOST_TIERS), "tiers of a policy at most")]
    return table(("name", "value", "meaning"), iter(rows))


def assumed() -> str:
    """The parameters that rest on no source and no estimate."""
    fields = Parameters.model_fields.items()
    rows = [(n, f.json_schema_extra["basis"]) for n, f in fields if kind(f.json_schema_extra["basis"]) == "assumption"]
    return "\n".join(f"* `{name}`: {basis}" for name, basis in rows)


GENERATED: dict[str, tuple[Path, Callable[[], str]]] = {
    "parameters": (ODD, parameters), "policy": (ODD, policy), "fixed": (ODD, fixed), "assumed": (LIMITS, assumed),
}  # fmt: skip


def between(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- generated: {name} -->\n)(.*?)(<!-- end: {name} -->)", re.S)


def written(text: str, name: str) -> str:
    """What stands in a page between the marks of a generated part."""
    found = between(name).search(text)
    assert found, f"no marks of the generated part {name}"
    return found[2].strip()
