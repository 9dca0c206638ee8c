"""Two names of one package, in a folder that has a module called sim of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

SAME = """
import burdenshare
import burdenshare.insight
from burdenshare.store import Results
import sim, sim.insight
assert sim.insight is burdenshare.insight and sim.insight.__spec__.name == "sim.insight"
assert Results is sim.Results is burdenshare.Results
assert set(sim.__all__) <= set(dir(burdenshare))
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "sim.py").write_text("raise SystemExit('somebody else')\n")
    return tmp_path


def play(desk: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Python in a folder, with the repository behind it on the path, as an installed package is."""
    begin = f"import sys; sys.path.append({str(ROOT)!r})\n"
    command = [sys.executable, "-c", begin + words[0]] if len(words) == 1 else [sys.executable, *words]
    return subprocess.run(command, cwd=desk, capture_output=True, text=True, timeout=120)


def test_both_names_mean_the_same_modules_whatever_lies_in_the_folder(desk: Path) -> None:
    done = play(desk, SAME)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_command_runs_under_either_name(desk: Path) -> None:
    run = "import runpy; sys.argv[1:] = ['--version']; runpy.run_module('burdenshare', run_name='__main__')"
    done = play(desk, f"sys.path.insert(0, {str(desk)!r}); {run}")  # as ``python -m`` begins
    assert (done.returncode, done.stdout.split()[0], done.stderr) == (0, "burdenshare", "")


def test_another_sim_that_is_loaded_already_is_named(desk: Path) -> None:
    (desk / "sim.py").write_text("")
    done = play(desk, "import sim; import burdenshare")
    assert done.stderr.splitlines()[-1].startswith(f"ImportError: {desk / 'sim.py'}: a module called sim")
