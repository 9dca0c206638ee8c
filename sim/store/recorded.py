"""The experiment of a manifest, as this version understands it; what another version wrote can be read, and no more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sim.scenario import Experiment, Scenario, draws
from sim.store.errors import Damaged, OtherVersion
from sim.store.manifest import FORMAT, MANIFEST, differences, writer
from sim.store.provenance import code_digest, code_files, packages

__all__ = ["READABLE", "check_player", "read_experiment"]

READABLE = "its tables can be read, verified and exported"
Model = TypeVar("Model", bound=BaseModel)


def read_experiment(folder: Path, manifest: Mapping[str, Any]) -> Experiment:
    """The experiment with its scenario, without the tables that its axes and its sample are stored in.

    Raises:
        OtherVersion: this version has other fields, or would understand the experiment otherwise than it was played.
        Damaged: a manifest without an experiment or a scenario.
    """
    experiment = _read(folder, manifest, "experiment", Experiment)
    design = experiment.design.kind
    if manifest["format"] < 2 and (design == "morris" or (design == "saltelli" and experiment.luck != "common")):
        lacks = "kept no sample" if design == "morris" else "let points that are compared differ in their luck"
        words = f"by {writer(manifest)}, which {lacks}; allowed: {READABLE}; what {design} says needs a new sweep"
        raise OtherVersion(f"{folder}: {words}")
    experiment._base, experiment._base_name = _read(folder, manifest, "scenario", Scenario), experiment.scenario
    return experiment


def _read(folder: Path, manifest: Mapping[str, Any], key: str, model: type[Model]) -> Model:
    told = manifest.get(key)
    if not isinstance(told, Mapping):
        raise Damaged(f"{folder / MANIFEST}: {key}: missing, or no table; allowed: the manifest that was written here")
    try:
        return model.model_validate_json(json.dumps(told))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(one) for one in (key, *first["loc"], *first.get("ctx", {}).get("place", ())))
        words = f"{place[:120]} is not what this version knows ({first['msg'][:120]})"
        raise OtherVersion(f"{folder}: by {writer(manifest)}; {words}; allowed: {READABLE}") from None


def check_player(folder: Path, manifest: Mapping[str, Any]) -> None:
    """OtherVersion unless the code and the figures at hand are those that played the results."""
    now = dict(manifest) | {"code": code_digest()}
    if "draws" in manifest:
        now["draws"] = draws.posterior().digest
    if now != manifest or manifest["format"] != FORMAT:
        changed = differences(manifest, now, code_files(), packages()) or "another format"
        words = f"by {writer(manifest)}; what would play here is other code: {changed}"
        raise OtherVersion(f"{folder}: {words}; allowed: that code; {READABLE}")
