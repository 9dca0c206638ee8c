"""Files that nobody should write: a clean line, quickly, and nothing done. ``make hostile`` publishes the numbers."""

from __future__ import annotations

import ast
from pathlib import Path
from random import Random

import pytest

from sim.scenario import ScenarioError
from trials.hostile import FILES, SEEDS, judge, mutated, read_any

ROOT = Path(__file__).parents[1]
REFUSED = sorted((FILES / "refused").glob("*.toml"))
ACCEPTED = sorted((FILES / "accepted").glob("*.toml"))


def test_there_are_enough() -> None:
    assert len(REFUSED) >= 200
    assert len(ACCEPTED) >= 20


def test_every_bad_file_is_refused_in_one_clean_line(tmp_path: Path) -> None:
    wrong = {path.name: words for path in REFUSED if (words := judge(path, tmp_path / "out"))}
    assert wrong == {}
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.stem)
def test_a_strange_text_is_a_text(path: Path) -> None:
    read_any(path)


def test_a_fuzzed_file_is_read_or_refused_in_one_clean_line(tmp_path: Path) -> None:
    chance, texts = Random(0), [path.read_bytes() for path in SEEDS]
    path = tmp_path / "fuzzed.toml"
    refused = 0
    for _ in range(300):
        path.write_bytes(mutated(chance.choice(texts), chance.choice(texts), chance))
        try:
            read_any(path)
        except ScenarioError as error:
            refused += 1
            said = str(error)
            assert said.isprintable(), path.read_bytes()
            assert "fuzzed.toml" in said
    assert refused > 150


RUNS_TEXT = {"eval", "exec", "compile", "__import__"}
OUR_OWN = (
    "compiler.py: pickle",  # compiled code of a folder that is nobody else's, its checksum checked
    "registry.py: exec",  # calls of functions that the package registers
    "rules/reactions/__init__.py: import_module",  # the files of that folder
)
UNPACKS = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "yaml", "runpy", "code"}


def test_no_text_becomes_code() -> None:
    """No pickle, eval or import by string but OUR_OWN; ``sim/__init__`` imports its own names when asked."""
    found = []
    for path in sorted((ROOT / "sim").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {one.name.split(".")[0] for one in node.names}
                names.add((getattr(node, "module", "") or "").split(".")[0])
                found += [f"{path.relative_to(ROOT / 'sim').as_posix()}: {name}" for name in names & UNPACKS]
                if "import_module" in {one.name for one in node.names} and path != ROOT / "sim" / "__init__.py":
                    found.append(f"{path.relative_to(ROOT / 'sim').as_posix()}: import_module")
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RUNS_TEXT:
                found.append(f"{path.relative_to(ROOT / 'sim').as_posix()}: {node.func.id}")
    assert sorted(found) == sorted(OUR_OWN)
