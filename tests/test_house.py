"""The house: who may import whom, what stays out of the repository, and that names and versions agree."""

from __future__ import annotations

import ast
import importlib
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
SIM = ROOT / "sim"

# Reading order: a module imports only from its own group and from those above it.
ORDER = [
    *("source", "machine", "data", "scenario", "faults", "codekey", "codecache", "compiler", "compiled"),
    *("registry", "chance", "rules", "world", "steps", "setup", "scenes", "year", "measures", "engines", "store"),
    *("sweeps", "insight", "evidence", "figures", "lessons", "app", "cli"),
]
# Loading late is allowed where it keeps `import sim` and `burdenshare --help` fast.
MAY_LOAD_LATE = {"sim", "sim.cli", "sim.engines.record"}
PAGE = ("shiny", "htmltools", "starlette", "uvicorn")
# Who may import a library that costs time or ties the house to it.
HOMES = {"mesa": ("sim.engines.agents",), "matplotlib": ("sim.figures", "sim.app"), **dict.fromkeys(PAGE, ("sim.app",))}
# A simulation has no business on the network.
NETWORK = {"aiohttp", "ftplib", "http", "httpx", "requests", "socket", "urllib", "urllib3"}
# Joined here, so that this file passes its own test: hosts of registries and paths that only one machine has.
FORBIDDEN = [
    mark.join(parts).encode()
    for mark, *parts in (
        (".", "pypi", "org"),
        (".", "pythonhosted", "org"),
        (".", "npmjs", "org"),
        (".", "npmjs", "com"),
        (".", "yarnpkg", "com"),
        (".", "anaconda", "org"),
        (".", "anaconda", "com"),
        (".", "deb", "debian", "org"),
        (".", "crates", "io"),
        (".", "proxy", "golang", "org"),
        ("/", "..", "shared"),
        ("/", "work", "shared"),
        ("/", "opt", "pypi"),
        ("/", "opt", "wheels"),
    )
]
LONGEST = 450


@dataclass(frozen=True)
class Import:
    """One import statement, resolved: `of` is a module of sim or the full name of something else."""

    by: str
    of: str
    line: int
    late: bool

    def __str__(self) -> str:
        return f"{self.by}, line {self.line}, imports {self.of}"


def name_of(path: Path, root: Path) -> str:
    """sim/rules/demand.py -> sim.rules.demand; a package's __init__.py -> the package."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def read_imports(root: Path) -> list[Import]:
    """Every import in root/sim, late ones and those for type checkers too."""
    files = {name_of(path, root): path for path in sorted((root / "sim").rglob("*.py"))}
    return [found for name, path in files.items() for found in imports_in(name, path, set(files))]


def imports_in(name: str, path: Path, modules: set[str]) -> Iterator[Import]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]

    def walk(node: ast.AST, late: bool) -> Iterator[Import]:
        for of in targets(node, package, modules):
            yield Import(name, of, getattr(node, "lineno", 0), late)
        late = late or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            yield from walk(child, late)

    yield from walk(ast.parse(path.read_text(encoding="utf-8"), str(path)), False)


def targets(node: ast.AST, package: str, modules: set[str]) -> list[str]:
    """What a node imports: `from sim import rules` names that module, `from sim import run` sim itself."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*above, *([base] if base else [])])
        if base == "sim" and [alias.name for alias in node.names] == ["__version__"]:
            return []  # who wrote a result is no part of the model
        return sorted({full if (full := f"{base}.{alias.name}") in modules else base for alias in node.names})
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in ("import_module", "__import__") and isinstance(node.args[0].value, str):
            first = node.args[0].value
            return [package + first if first.startswith(".") else first]
    return []


def group(module: str) -> str:
    """The room a module of sim lies in; sim itself lies in none."""
    return module.split(".")[1] if "." in module else ""


def place(module: str) -> int:
    """How far down the list; a module that is not on it stands below all others."""
    return ORDER.index(group(module)) if group(module) in ORDER else len(ORDER)


def out_of_order(imports: list[Import]) -> list[str]:
    """The imports that look down the list, and those of sim itself, through which everything can be had."""
    wrong = []
    for one in imports:
        if one.by in ("sim", "sim.__main__") or (one.late and one.by in MAY_LOAD_LATE):
            continue
        if one.of == "sim" and one.by != "sim.cli":
            wrong.append(f"{one}; name the module instead")
        elif one.of.startswith("sim.") and place(one.of) > place(one.by):
            wrong.append(f"{one}, which stands below it")
    return wrong


def a_cycle(imports: list[Import]) -> list[str]:
    """One cycle of modules, or nothing."""
    graph: dict[str, list[str]] = {}
    for one in imports:
        if one.of.startswith("sim.") and one.by != "sim" and not (one.late and one.by in MAY_LOAD_LATE):
            graph.setdefault(one.by, []).append(one.of)
    done: set[str] = set()

    def visit(module: str, trail: list[str]) -> list[str]:
        if module in trail:
            return [*trail[trail.index(module) :], module]
        if module in done:
            return []
        for other in graph.get(module, []):
            if found := visit(other, [*trail, module]):
                return found
        done.add(module)
        return []

    return next((found for module in sorted(graph) if (found := visit(module, []))), [])


def away_from_home(imports: list[Import]) -> list[str]:
    """Imports of the network, and of libraries that have one place."""
    wrong = []
    for one in imports:
        library = one.of.split(".")[0]
        homes = HOMES.get(library)
        at_home = homes is None or any(one.by == home or one.by.startswith(f"{home}.") for home in homes)
        if library in NETWORK or not at_home:
            wrong.append(str(one))
    return wrong


# The rules above, on this repository


def test_every_module_has_a_place_in_the_reading_order() -> None:
    rooms = {group(name_of(path, ROOT)) for path in SIM.rglob("*.py")} - {"", "__main__"}
    assert rooms - set(ORDER) == set(), "give it a place in ORDER"


def test_reading_order_is_import_order() -> None:
    assert out_of_order(read_imports(ROOT)) == []


def test_no_modules_import_each_other() -> None:
    assert a_cycle(read_imports(ROOT)) == []


def test_libraries_stay_in_their_rooms_and_nothing_talks_to_the_network() -> None:
    assert away_from_home(read_imports(ROOT)) == []


def test_files_are_short() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_bytes().splitlines()) for path in SIM.rglob("*.py")}
    assert {name: lines for name, lines in lengths.items() if lines >= LONGEST} == {}


# The rules above, on small houses that break them


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"rules/crisis": "from sim.compiled import rule", "compiled": ""}, ""),
        ({"rules/a": "from . import b", "rules/b": "from ..compiled import rule", "compiled": ""}, ""),
        ({"rules/a": "from sim.rules import b", "rules/b": "import sim.rules.a"}, "cycle"),
        ({"compiled": "from sim.rules.demand import share", "rules/demand": ""}, "order"),
        ({"compiled": "from .rules import demand", "rules/demand": ""}, "order"),
        ({"world": "def f():\n    from sim import year", "year": ""}, "order"),
        ({"world": "import importlib\nimportlib.import_module('sim.year')", "year": ""}, "order"),
        ({"world": "from sim import run"}, "order"),
        ({"store": "from sim import __version__"}, ""),
        ({"cli": "def f():\n    from sim import run, cli"}, ""),
        ({"__init__": "def f():\n    from sim.cli import main", "cli": ""}, ""),
        ({"engines/agents": "import mesa"}, ""),
        ({"engines/batch": "import mesa.model"}, "home"),
        ({"figures/map": "from matplotlib.figure import Figure"}, ""),
        ({"insight": "def f():\n    import matplotlib.pyplot as plt"}, "home"),
        ({"data/loader": "from urllib.request import urlopen"}, "home"),
    ],
)
def test_the_rules_bite(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    for name, text in files.items():
        path = tmp_path / "sim" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    imports = read_imports(tmp_path)
    found = {"order": out_of_order(imports), "cycle": a_cycle(imports), "home": away_from_home(imports)}
    assert [rule for rule, wrong in found.items() if wrong] == ([expected] if expected else [])


# What stays out of the repository


def listed(*options: str) -> list[str]:
    """What git lists; skips where this is no checkout."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = [git, "ls-files", "-z", "--exclude-standard", *options]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    return [name for name in names if (ROOT / name).is_file()]


def test_no_file_names_a_registry_or_the_folder_beside_the_repository() -> None:
    names = listed("--cached", "--others")
    assert names
    texts = {name: (ROOT / name).read_bytes().lower() for name in names}
    assert [f"{name}: {word.decode()}" for name in names for word in FORBIDDEN if word in texts[name]] == []


def test_nothing_is_committed_that_git_should_ignore() -> None:
    assert listed("--cached", "--ignored") == []


# Names and versions


@cache
def project() -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table


@cache
def package() -> ModuleType:
    if not (SIM / "__init__.py").exists():
        pytest.skip("no sim/__init__.py yet")
    return importlib.import_module("sim")


def test_all_names_what_exists() -> None:
    sim = package()
    if not hasattr(sim, "__all__"):
        pytest.skip("sim has no __all__ yet")
    names: list[str] = list(sim.__all__)
    assert len(names) == len(set(names))
    assert [name for name in names if not hasattr(sim, name)] == []
    own = {
        name
        for name in dir(sim)
        if not name.startswith("_")
        and not isinstance(getattr(sim, name), ModuleType)
        and str(getattr(getattr(sim, name), "__module__", "")).startswith("sim")
    }
    assert own <= set(names), "public, but not in __all__"


def test_all_is_sorted_or_in_the_order_of_the_documentation() -> None:
    sim = package()
    if not hasattr(sim, "__all__"):
        pytest.skip("sim has no __all__ yet")
    names = [name for name in sim.__all__ if not name.startswith("__")]
    isorted = sorted(names, key=lambda name: (not name.isupper(), not name[:1].isupper(), name))
    text = sim.__doc__ or ""
    places = [found.start() if (found := re.search(rf"\b{name}\b", text)) else -1 for name in names]
    documented = -1 not in places and places == sorted(places)
    assert names in (sorted(names), sorted(names, key=str.lower), isorted) or documented


def test_versions_agree() -> None:
    version = project()["version"]
    cited = re.search(r"^version: *\"?([^\"\s]+)", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.M)
    assert cited is not None
    assert cited[1] == version
    assert f"\n## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_package_knows_its_version() -> None:
    sim = package()
    if not hasattr(sim, "__version__"):
        pytest.skip("sim has no __version__ yet")
    assert sim.__version__ == project()["version"]


# The locks


@pytest.mark.parametrize("name", ["requirements.lock", "requirements.lowest.lock"])
def test_every_locked_release_has_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"\n(?=\S)", text.strip()) if not entry.startswith("#")]
    assert len(entries) > 20
    hashed = re.compile(r"[\w.-]+==\S+( ;[^\n]*)? \\\n +--hash=sha256:")
    assert [entry for entry in entries if not hashed.match(entry)] == []
    assert "://" not in text


def pins(name: str) -> list[tuple[str, str]]:
    """Releases that a lock names; one may stand there twice, for two versions of Python."""
    found = re.findall(r"^([\w.-]+)==([^ \\;]+)", (ROOT / name).read_text(encoding="utf-8"), re.M)
    return [(canonicalize_name(name), version) for name, version in found]


def asked(*extras: str) -> list[Requirement]:
    """Requirements of the project, and of the extras named."""
    chosen = [line for extra in extras for line in project()["optional-dependencies"][extra]]
    lines = [*project()["dependencies"], *chosen]
    return [one for one in map(Requirement, lines) if one.name != project()["name"]]


def test_the_lock_meets_what_the_project_asks_for() -> None:
    locked = dict(pins("requirements.lock"))
    missing = [
        str(one)
        for one in asked(*project()["optional-dependencies"])
        if not one.specifier.contains(locked.get(canonicalize_name(one.name), "0"), prereleases=True)
    ]
    assert missing == [], "make lock"


def test_the_lowest_lock_has_the_lowest_releases_that_the_project_admits() -> None:
    locked = dict(pins("requirements.lowest.lock"))
    floors = {one.name: bound.version for one in asked("test") for bound in one.specifier if bound.operator == ">="}
    assert len(floors) > 12
    found = {name: Version(locked[canonicalize_name(name)]) for name in floors}
    above = {name for name, floor in floors.items() if found[name] > Version(floor)}
    assert above <= {"rich"}, "make lock"  # Typer asks for a newer one


def test_no_lock_takes_setuptools_back_behind_its_last_vulnerability() -> None:
    for name in ("requirements.lock", "requirements.lowest.lock"):
        assert all(Version(version) >= Version("78.1.1") for of, version in pins(name) if of == "setuptools"), name
