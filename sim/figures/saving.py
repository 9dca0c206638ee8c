"""Figures as files: a picture for screens, one for print, the data they draw, and their words."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
from matplotlib.figure import Figure

from sim import __version__
from sim.figures.alliance import dots
from sim.figures.choosing import Swept, drawings, points, standing
from sim.figures.history import run_figure
from sim.figures.paper import Picture
from sim.figures.style import DPI, clean, sheet
from sim.figures.summary import one_run
from sim.figures.writing import place_all, place_set
from sim.scenario.told import clause_years
from sim.store.errors import ResultsError
from sim.store.export import defused

__all__ = ["Played", "Swept", "save", "save_run", "save_sweep", "spreadsheet"]

KINDS = ("png", "svg")
LONGEST = 10_000  # letters of a text in a table


class Played(Protocol):
    """One run; ``version`` and ``model`` are used where it has them."""

    @property
    def scenario(self) -> Any: ...
    @property
    def seed(self) -> int: ...
    def years(self) -> pd.DataFrame: ...
    def members(self) -> pd.DataFrame: ...


def save(figure: Figure, folder: Path, name: str, kinds: Sequence[str] = KINDS, dpi: int = DPI) -> list[Path]:
    """Write name.png, .svg, .csv (its data) and .txt (its words) into a folder, all or none; same figure, same bytes.

    Raises:
        OSError: the disk.
    """
    return place_all(Path(folder), files_of(figure, name, kinds, dpi))


def files_of(figure: Figure, name: str, kinds: Sequence[str] = KINDS, dpi: int = DPI) -> dict[str, bytes]:
    """The files of a figure, by their names."""
    stem = _file_name(name)
    contents = {f"{stem}.{kind}": _drawn(figure, kind, dpi) for kind in kinds}
    if isinstance(figure, Picture):
        contents[f"{stem}.csv"] = spreadsheet(figure.table).encode()
        contents[f"{stem}.txt"] = (figure.alt + "\n").encode()
    return contents


def save_run(run: Played, folder: Path) -> list[Path]:
    """The figures of one run: the run at a glance, and the members; returns the paths of the PNGs."""
    years, members = run.years(), one_run(run.members(), None)
    replicate = int(members["replicate"].iloc[0]) if "replicate" in members.columns else None
    version = str(getattr(run, "version", __version__))
    shown = run_figure(
        years, members, run.scenario, clause=_clause(run), replicate=replicate, seed=run.seed, version=version
    )
    title, pledge = str(getattr(run.scenario, "title", "")), points(getattr(run.scenario, "pledge", ()))
    spent = dots(members, pledge=pledge, title=title, seed=run.seed, version=version)
    paths = place_all(Path(folder), {**files_of(shown, "run"), **files_of(spent, "members")})
    return [path for path in paths if path.suffix == ".png"]


def _clause(run: Played) -> range:
    """The years in which the escape clause is open, of a run that has its agents."""
    model = getattr(run, "model", None)
    return range(0) if model is None else clause_years(run.scenario.parameters, model.european_union.clause_opened)


def save_sweep(
    results: Swept, folder: Path, *, own: bool = True, tell: Callable[[str], None] = lambda line: None
) -> list[Path]:
    """The figures of a sweep, see ``sim.figures.choosing.drawings``: all of them are written, or none.

    What an earlier call for the same sweep has written and this one does not draw goes. Where runs are missing, a mark
    on every picture says how many there are.

    Args:
        results: such as ``sim.Results.open(FOLDER)``.
        folder: where they go; ``own`` says that it holds figures of this sweep only, else no other file is replaced.
        tell: gets a line for each figure that cannot be drawn.

    Raises:
        ResultsError: nothing can be drawn, damaged results, or a file of another's in the way.
        OSError: the disk.
    """
    mark, contents, manifest = standing(results), dict[str, bytes](), results.manifest
    for name, figure in drawings(results, tell):
        if mark and isinstance(figure, Picture):
            figure.mark(mark)
        contents |= files_of(figure, name)
    if not contents:
        raise ResultsError(f"{manifest['name']}: no figure can be drawn of these results")
    piece = "-{}of{}".format(*manifest["shard"]) if manifest.get("shard") else ""
    source = f"{manifest['name']}-{manifest['digest'][:12]}{piece}"
    return place_set(Path(folder), contents, source, mark or "complete", own)


def _drawn(figure: Figure, kind: str, dpi: int) -> bytes:
    """The picture's bytes: no dates, no versions of libraries, fixed names inside."""
    title, alt = getattr(figure, "title", ""), getattr(figure, "alt", "")
    maker = f"burdenshare {clean(getattr(figure, 'version', __version__), 40)}"
    metadata: dict[str, Any] = {"Title": title, "Description": alt}
    metadata |= {"Creator": maker, "Date": None} if kind == "svg" else {"Software": maker}
    held = io.BytesIO()
    with sheet():
        figure.savefig(held, format=kind, dpi=dpi, metadata=metadata)
    if kind == "png":
        return held.getvalue()
    return re.sub(rb"<svg ", b'<svg role="img" ', held.getvalue(), count=1)


def spreadsheet(table: pd.DataFrame) -> str:
    """A table as CSV that a spreadsheet reads as data: text that looks like a formula gets an apostrophe before it."""
    safe = table.set_axis(_harmless(list(table.columns)), axis=1)
    for name in range(safe.shape[1]):
        column = safe.iloc[:, name]
        if not pd.api.types.is_numeric_dtype(column):
            safe.isetitem(name, _harmless(list(column)))
    return str(safe.to_csv(index=False, lineterminator="\n", float_format="%.6g"))


def _harmless(values: list[Any]) -> list[Any]:
    """The texts among some values defused, all else as it is."""
    texts = defused([clean(one, LONGEST) if isinstance(one, str) else None for one in values])
    return [one if text is None else text for one, text in zip(values, texts, strict=True)]


def _file_name(name: str) -> str:
    """Letters, digits, dots and hyphens."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-.")[:80] or "figure"
