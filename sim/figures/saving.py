"""Figures as files: a picture for screens, one for print, the data they draw, and their words."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
from matplotlib.figure import Figure

from sim import __version__
from sim.figures.alliance import dots
from sim.figures.generic import grid_figure
from sim.figures.history import run_figure
from sim.figures.paper import Picture
from sim.figures.policy import fan
from sim.figures.risk import PANELS, challenge
from sim.figures.style import DPI, clean, sheet
from sim.figures.summary import one_run
from sim.figures.threshold import MEASURES, hump
from sim.scenario.told import clause_years

__all__ = ["Played", "Swept", "save", "save_run", "save_sweep", "spreadsheet"]

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet may take for a formula at the start of a cell
REPLAYED = 50  # runs of a sweep that are played again with every member's year
OUTCOMES = 4  # figures of a sweep that has no figure of its own
BY = ("eu_instruments", "exclusion")


class Played(Protocol):
    """One run; ``version`` and ``model`` are used where it has them."""

    @property
    def scenario(self) -> Any: ...
    @property
    def seed(self) -> int: ...
    def years(self) -> pd.DataFrame: ...
    def members(self) -> pd.DataFrame: ...


class Swept(Protocol):
    """What a sweep found."""

    @property
    def manifest(self) -> Mapping[str, Any]: ...
    def cells(self) -> pd.DataFrame: ...
    def members(self, cell: int, replicate: int) -> pd.DataFrame: ...
    def runs(self, columns: Sequence[str] | None = None) -> pd.DataFrame: ...
    def years(self, columns: Sequence[str] | None = None) -> pd.DataFrame: ...


def save(figure: Figure, folder: Path, name: str, kinds: Sequence[str] = ("png", "svg")) -> list[Path]:
    """Write name.png, .svg, .csv (its data) and .txt (its words) into a folder; same figure, same bytes."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    stem = _file_name(name)
    contents = {kind: _drawn(figure, kind) for kind in kinds}
    if isinstance(figure, Picture):
        contents["csv"] = spreadsheet(figure.table).encode()
        contents["txt"] = (figure.alt + "\n").encode()
    paths = []
    for ending, content in contents.items():
        path = folder / f"{stem}.{ending}"
        path.write_bytes(content)
        paths.append(path)
    return paths


def save_run(run: Played, folder: Path) -> list[Path]:
    """The figures of one run: the run at a glance, and the members; returns the paths of the PNGs."""
    years, members = run.years(), one_run(run.members(), None)
    replicate = int(members["replicate"].iloc[0]) if "replicate" in members.columns else None
    version = str(getattr(run, "version", __version__))
    shown = run_figure(
        years, members, run.scenario, clause=_clause(run), replicate=replicate, seed=run.seed, version=version
    )
    paths = save(shown, folder, "run")
    title, points = str(getattr(run.scenario, "title", "")), _points(getattr(run.scenario, "pledge", ()))
    paths += save(dots(members, pledge=points, title=title, seed=run.seed, version=version), folder, "members")
    return [path for path in paths if path.suffix == ".png"]


def _clause(run: Played) -> range:
    """The years in which the escape clause is open, of a run that has its agents."""
    model = getattr(run, "model", None)
    return range(0) if model is None else clause_years(run.scenario.parameters, model.european_union.clause_opened)


def save_sweep(results: Swept, folder: Path) -> list[Path]:
    """The figures of a sweep, by its axes.

    With an axis ``threshold`` the hump, with ``policy`` the fan and the challenge (if years were recorded), else lines,
    dots or a heat map of the outcomes that the experiment names.
    """
    experiment = _experiment(results.manifest)
    axes = [str(axis["name"]) for group in ("levers", "uncertainties") for axis in experiment.get(group) or ()]
    if "threshold" in axes:
        return _save_threshold(results, axes, folder)
    if "policy" in axes and experiment.get("record", "years") != "runs":
        return _save_policies(results, folder)
    return _save_outcomes(results, axes, experiment, folder)


def _save_threshold(results: Swept, axes: list[str], folder: Path) -> list[Path]:
    runs = results.runs([*axes, "replicate", *(f"end_{name}" for name in MEASURES)])
    by = [name for name in axes if name != "threshold"]
    end = _scenario(results.manifest).get("end")
    return save(hump(runs, by=by, year=end, **_origin(results.manifest)), folder, "threshold")


def _save_policies(results: Swept, folder: Path) -> list[Path]:
    names = ["policy", "replicate", "year", "european_share", *(panel[0] for panel in PANELS)]
    years = results.years(names)
    points = _points(_scenario(results.manifest).get("pledge") or ())
    spending = fan(years, pledge=points, **_origin(results.manifest))
    return [
        *save(spending, folder, "policies-spending"),
        *_save_members(results, years, folder),
        *save(challenge(years, **_origin(results.manifest)), folder, "policies-challenge"),
    ]


def _save_members(results: Swept, years: pd.DataFrame, folder: Path) -> list[Path]:
    """Members one by one, under the policy that lifts European spending most; its first runs are played again."""
    end = years[years["year"] == years["year"].max()]
    policy = str(end.groupby("policy", sort=False)["european_share"].median().idxmax())
    cells = results.cells()
    cell = int(cells.loc[cells["policy"] == policy, "cell"].iloc[0])
    replicates = sorted(end["replicate"].unique())[:REPLAYED]
    members = pd.concat([results.members(cell, int(replicate)) for replicate in replicates])
    figure = dots(
        members,
        pledge=_points(_scenario(results.manifest).get("pledge") or ()),
        title=f"Policy “{clean(policy, 60)}”",
        **_origin(results.manifest),
    )
    return save(figure, folder, "policies-members")


def _save_outcomes(results: Swept, axes: list[str], experiment: Mapping[str, Any], folder: Path) -> list[Path]:
    runs = results.runs()
    columns = [column for name in experiment.get("outcomes") or () if (column := _column(runs, str(name)))]
    paths: list[Path] = []
    for column in columns[:OUTCOMES] or ["end_european_share"]:
        figure = grid_figure(runs, axes, column, **_origin(results.manifest))
        paths += save(figure, folder, f"sweep-{column}")
    return paths


def _column(runs: pd.DataFrame, name: str) -> str | None:
    """The column of runs for a yearly measure: its end; of the chance of a challenge the mean."""
    first, second = ("mean_", "end_") if name == "challenge_risk" else ("end_", "mean_")
    wanted = (f"{first}{name}", f"{second}{name}", name)
    numbers = (one for one in wanted if one in runs.columns and runs[one].dtype != bool)
    return next((one for one in numbers if pd.api.types.is_numeric_dtype(runs[one])), None)


def _experiment(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    found = manifest.get("experiment")
    if not isinstance(found, Mapping):
        raise ValueError("save_sweep: the manifest has no experiment with its axes")
    return found


def _scenario(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    found = manifest.get("scenario")
    return found if isinstance(found, Mapping) else {}


def _origin(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Seed and version of the runs, for the footer."""
    version = manifest.get("version") or (manifest.get("packages") or {}).get("burdenshare") or __version__
    seed = manifest.get("seed", _experiment(manifest).get("seed"))
    return {"seed": seed, "version": str(version)}


def _points(pledge: Sequence[Any]) -> list[tuple[int, float]]:
    """The points of a path, from objects or from a manifest's tables."""
    pairs = [(p["year"], p["value"]) if isinstance(p, Mapping) else (p.year, p.value) for p in pledge]
    return [(int(year), float(value)) for year, value in pairs]


def _drawn(figure: Figure, kind: str) -> bytes:
    """The picture's bytes: no dates, no versions of libraries, fixed names inside."""
    title, alt = getattr(figure, "title", ""), getattr(figure, "alt", "")
    maker = f"burdenshare {clean(getattr(figure, 'version', __version__), 40)}"
    metadata: dict[str, Any] = {"Title": title, "Description": alt}
    metadata |= {"Creator": maker, "Date": None} if kind == "svg" else {"Software": maker}
    held = io.BytesIO()
    with sheet():
        figure.savefig(held, format=kind, dpi=DPI, metadata=metadata)
    if kind == "png":
        return held.getvalue()
    return re.sub(rb"<svg ", b'<svg role="img" ', held.getvalue(), count=1)


def spreadsheet(table: pd.DataFrame) -> str:
    """A table as CSV that a spreadsheet reads as data: text that looks like a formula gets an apostrophe before it."""
    safe = table.rename(columns=_harmless)
    for name in range(safe.shape[1]):
        column = safe.iloc[:, name]
        if not pd.api.types.is_numeric_dtype(column):
            safe.isetitem(name, [_harmless(one) for one in column])
    return str(safe.to_csv(index=False, lineterminator="\n", float_format="%.6g"))


def _harmless(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = clean(value, 10_000)
    return f"'{text}" if text.startswith(FORMULA) else text


def _file_name(name: str) -> str:
    """Letters, digits, dots and hyphens."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-.")[:80] or "figure"
