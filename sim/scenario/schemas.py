"""JSON Schemas of the two kinds of files, for editors; `write_schemas("docs")` renews them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.scenario.models import Experiment, Scenario
from sim.scenario.parts import PUBLISHED

__all__ = ["schema", "write_schemas"]


def schema() -> dict[str, dict[str, Any]]:
    """The schemas of a scenario's and of an experiment's file, as JSON knows them."""
    return {"scenario": _scenario(), "experiment": Experiment.model_json_schema()}


def _scenario() -> dict[str, Any]:
    """As the model's, with `extends`; a file that extends another need not say everything."""
    result = Scenario.model_json_schema()
    required = result.pop("required")
    extends = {"type": "string", "description": "a preset, or a .toml in the same folder, one level deep"}
    result["properties"] = {"extends": extends} | result["properties"]
    result["anyOf"] = [{"required": ["extends", "name", "title"]}, {"required": required}]
    rules = {"type": "string", "examples": list(PUBLISHED)}  # a rule of one's own needs no other schema
    result["properties"]["reaction"] = _replaced(result["properties"]["reaction"], rules)
    each = result["properties"]["reactions"]
    each["additionalProperties"] = _replaced(each["additionalProperties"], rules)
    return result


def _replaced(part: dict[str, Any], by: dict[str, Any]) -> dict[str, Any]:
    """A choice among names described in another way."""
    return {key: value for key, value in part.items() if key not in ("enum", "type")} | by


def write_schemas(folder: str | Path) -> None:
    """Write docs/scenario.schema.json and docs/experiment.schema.json."""
    for name, content in schema().items():
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        (Path(folder) / f"{name}.schema.json").write_text(text, encoding="utf-8")
