"""Where the shipped scenarios and experiments are, and which file a name or a path means."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from sim.scenario.allowed import meant
from sim.scenario.errors import ScenarioError

__all__ = ["experiment_names", "found", "neighbour", "preset_folder", "scenario_names", "table_file", "table_names"]

ENDING = ".toml"
PACKAGE = Path(__file__).parent.parent
FOLDERS = (PACKAGE / "scenarios", PACKAGE.parent / "scenarios")  # in a wheel, in a checkout
TABLES = (".csv", ".parquet")


def preset_folder() -> Path:
    """The folder of the shipped scenarios."""
    return next((folder for folder in FOLDERS if folder.is_dir()), FOLDERS[0])


def _names(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.name.removesuffix(ENDING) for path in folder.glob(f"*{ENDING}")))


def scenario_names() -> tuple[str, ...]:
    """The shipped scenarios."""
    return _names(preset_folder())


def experiment_names() -> tuple[str, ...]:
    """The shipped experiments."""
    return _names(preset_folder() / "experiments")


def found(source: object, kind: str) -> Path:
    """The file that a user means by a path to a .toml or a preset's name; kind: scenario or experiment."""
    if isinstance(source, Path) or (isinstance(source, str) and re.search(r"\.toml$|[/\\]", source)):
        path = Path(source)
        if path.suffix != ENDING:
            raise ScenarioError(f"{source}: not a TOML file; allowed: a path that ends in {ENDING}")
        return path
    if not isinstance(source, str):
        what = type(source).__name__
        raise ScenarioError(f"{what}: not a {kind}; allowed: a path to a {ENDING}, or the name of a preset")
    folder, names = preset_folder(), scenario_names()
    if kind == "experiment":
        folder, names = folder / "experiments", experiment_names()
    if source not in names:
        other = f"a path to a {ENDING}, or one of {', '.join(names)}"
        raise ScenarioError(f"{source}: no such {kind}{meant(source, names)}; allowed: {other}")
    return folder / f"{source}{ENDING}"


def neighbour(name: object, folder: Path) -> tuple[Path | None, str]:
    """The scenario that a file in `folder` names: a preset, or a file beside it; or why it is none."""
    if not isinstance(name, str):
        return None, "a name belongs here"
    if name in scenario_names():
        return preset_folder() / f"{name}{ENDING}", ""
    if not name.endswith(ENDING):
        return None, f"no such preset{meant(name, scenario_names())}"
    return _beside(name, folder)


def table_names() -> dict[str, Path]:
    """The shipped tables of cells or draws, by name."""
    folder = preset_folder() / "tables"
    return {path.stem: path for ending in TABLES for path in sorted(folder.glob(f"*{ending}"))}


def table_file(name: str, folder: Path) -> tuple[Path | None, str]:
    """The table that an experiment in `folder` names: a shipped one, or a file beside it; or why it is none."""
    shipped = table_names()
    if name in shipped:
        return shipped[name], ""
    if not name.endswith(TABLES):
        return None, f"no such table{meant(name, shipped)}"
    return _beside(name, folder)


def _beside(name: str, folder: Path) -> tuple[Path | None, str]:
    """The file of that name in the folder itself, wherever links may point; or why there is none."""
    plain = name.isprintable() and not name.startswith((".", "~")) and not re.search(r"[/\\:]", name)
    try:
        path = _spelt(folder, name) if plain else folder
        beside = plain and path.resolve().parent == folder.resolve()
    except (OSError, RuntimeError):
        beside = False
    if not beside:
        return None, "only a file in the same folder"
    return (path, "") if path.is_file() else (None, "no such file in this folder")


def _spelt(folder: Path, name: str) -> Path:
    """The file of that name, whether its letters are stored whole or, as by a Mac, apart from their accents."""
    path = folder / name
    if path.exists() or name.isascii():
        return path
    form = unicodedata.normalize("NFC", name)
    return next((one for one in folder.iterdir() if unicodedata.normalize("NFC", one.name) == form), path)
