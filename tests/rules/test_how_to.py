"""docs/how-to/add-a-reaction-rule.md, followed to the letter in a copy of the project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim

ROOT = Path(sim.__file__).parents[1]
PAGE = (ROOT / "docs/how-to/add-a-reaction-rule.md").read_text(encoding="utf-8")
PLAYED = """
from sim.compiled import COMPILED
from sim.engines.agents import run
from sim.engines.batch import run_members
from sim.rules.reactions import REACTIONS
from sim.scenario import load_scenario, with_values
from sim.world import N

assert not COMPILED
assert list(REACTIONS)[-1] == "match-us", "new rules stand behind, so that no other gets another code"
base = with_values(load_scenario("conditional-3.5"), {"end": 2028})
for values in ({"reaction": "match-us"}, {"reactions.DEU": "match-us", "reactions.POL": "follow"}):
    scenario = with_values(base, values)
    played = run(scenario, 3, 1)
    for one, other in zip(vars(played.history).values(), vars(run_members(scenario, 3, 1)).values(), strict=True):
        assert one.tobytes() == other.tobytes()
    germany = played.members().set_index(["member", "year"]).loc["DEU"]
    assert germany["wanted_share"].nunique() == 3, "wanted anew every year, in the first what there was"
    explained = played.explain("DEU", 2028)
    assert explained.reaction == "match-us"
    assert explained.wanted == germany["wanted_share"][2028]
    assert abs(sum(part.wanted for part in explained.parts) - explained.wanted) < 1e-15
    assert abs(sum(part.value for part in explained.parts) - (explained.after - explained.before)) < 1e-15
    assert abs(max(explained.parts, key=lambda part: abs(part.wanted)).wanted) > 0.001
"""


def block(first: str) -> str:
    """The block of the page that begins so."""
    found = re.search(rf"^```\w+\n({re.escape(first)}.*?)^```", PAGE, re.M | re.S)
    assert found, first
    return found[1]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with the rule in it: three files."""
    folder: Path = tmp_path_factory.mktemp("house") / "copy"
    for part in ("sim", "scenarios", "docs", "tests"):
        ignored = shutil.ignore_patterns("__pycache__", "golden", "published", "*.svg", "*.png")
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder)
    name, _, text = block("# match_us.py").partition("\n")
    (folder / "sim/rules/reactions" / name.removeprefix("# ")).write_text(text, encoding="utf-8")
    described, tested = folder / "docs/odd.md", folder / "tests/rules/test_reactions.py"
    last = "| [`inertia.wanted`]"
    page = described.read_text(encoding="utf-8").replace(last, f"{block('| [`match_us.wanted`]')}{last}")
    described.write_text(page, encoding="utf-8")
    with tested.open("a", encoding="utf-8") as file:
        file.write("\n\n" + block("def test_matchers"))
    return folder


def done(copy: Path, *arguments: str) -> str:
    """What Python says in the copy, without the compiler."""
    surroundings = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(copy)}
    ended = subprocess.run(
        [sys.executable, *arguments], cwd=copy, env=surroundings, capture_output=True, text=True, timeout=300
    )
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    return ended.stdout


def test_both_engines_play_the_new_rule_and_explain_takes_it_apart(copy: Path) -> None:
    done(copy, "-c", PLAYED)


def test_it_inherits_the_contract_and_the_house_holds(copy: Path) -> None:
    files = "tests/rules/test_reactions.py", "tests/test_odd.py", "tests/scenario/test_scenario_files.py"
    chosen = "match or registered or place or name_each or links or every_function or every_submodel or schemas"
    told = done(copy, "-m", "pytest", *files, "-q", "-n", "0", "-p", "no:cacheprovider", "-k", chosen)
    assert told.count(".") > 12, "the tests that were meant"
