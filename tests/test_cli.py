"""The command as its user meets it: what it prints and where, how it ends, what it leaves behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sim import __version__
from sim.cli import main
from sim.cli.sweeping import _some
from sim.scenario import load_experiment

ROOT = Path(__file__).parents[1]
COMMANDS = ("demo", "scenarios", "run", "sweep", "plot", "check", "parameters", "calibrate")
SMALL = """name = "small"
title = "Small"
question = "Does it work?"
scenario = "exit-blocked"
outcomes = ["european_share", "challenged"]
replicates = 5

[[levers]]
name = "thinning"
key = "parameters.thinning"
values = [0.5, 0.9]
"""
START = [sys.executable, "-c", "import sys; from sim.cli import main; sys.exit(main())"]
SPEAKS = {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, and no terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    return tmp_path


@pytest.fixture
def small(desk: Path) -> str:
    (desk / "small.toml").write_text(SMALL)
    return "small.toml"


Captured = pytest.CaptureFixture[str]


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


# Help


def test_without_arguments_it_shows_help(capsys: Captured) -> None:
    assert main([]) == 0
    said = capsys.readouterr().out
    assert all(command in said for command in COMMANDS)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_imports_nothing_heavy(command: str) -> None:
    code = "import sys; from sim.cli import main; main(sys.argv[1:]); print(*sys.modules)"
    words = [command, "--help"] if command else ["--help"]
    ran = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, env=SPEAKS, check=True)
    loaded = {name.split(".")[0] for name in ran.stdout.splitlines()[-1].split()}
    assert {"sim", "typer"} <= loaded
    assert loaded & {"mesa", "pandas", "numba", "numpy", "matplotlib", "pyarrow"} == set()


def test_version(capsys: Captured) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"burdenshare {__version__}\n"


# Mistakes


MISTAKES: list[tuple[list[str], list[str]]] = [
    (["runn"], ["runn", "run"]),
    (["run"], ["SCENARIO"]),
    (["run", "status-quo", "--sed", "1"], ["--sed"]),
    (["run", "status-quo", "--seed", "x"], ["--seed"]),
    (["run", "status-quo", "--seed", "-1"], ["--seed = -1", "9223372036854775807"]),
    (["run", "status-quo", "--seed", str(2**63)], ["--seed", "allowed: 0 to"]),
    (["run", "status-quo", "--replicate", "-1"], ["--replicate = -1"]),
    (["run", "status-quo", "--replicates", "0"], ["--replicates = 0"]),
    (["run", "status-quo", "--until", "1999"], ["--until", "end = 1999", "2026 to 2200"]),
    (["run", "status-qo"], ["status-qo", "did you mean status-quo", "allowed"]),
    (["run", "nothing.toml"], ["nothing.toml", "no such file"]),
    (["run", "bad.toml"], ["bad.toml:7", "thinning = 2", "allowed: a number from 0 to 1"]),
    (["run", "bad\x1b[31m.toml"], [r"bad\x1b[31m.toml"]),
    (["sweep", "thresholds"], ["did you mean threshold"]),
    (["sweep", "nothing.toml"], ["nothing.toml", "no such file"]),
    (["sweep", "policies", "--seed", "-1"], ["--seed = -1"]),
    (["sweep", "policies", "--replicates", "0"], ["--replicates = 0", "1 to 1000000"]),
    (["sweep", "policies", "--threads", "0"], ["threads = 0"]),
    (["sweep", "axis.toml"], ["axis.toml:11", "9.0", "thinning", "allowed: a number from 0 to 1"]),
    (["sweep", "outcome.toml"], ["europeen_share", "did you mean european_share"]),
    (["sweep", "many.toml"], ["1,000,001", "allow_many"]),
    (["plot", "nowhere"], ["nowhere", "no such folder"]),
    (["plot", "."], ["no results", "allowed: torn"]),
    (["plot", "bad.toml"], ["bad.toml", "no results here"]),
    (["plot", "torn"], ["torn/manifest.json", "damaged"]),
    (["check", "bad.toml"], ["bad.toml:7", "thinning = 2"]),
    (["check", "status-qo"], ["did you mean status-quo"]),
    (["check", "axis.toml"], ["axis.toml:11"]),
    (["check", "outcome.toml"], ["europeen_share"]),
    (["parameters", "xyzzy"], ["xyzzy", "allowed"]),
]


@pytest.fixture
def mistakes(desk: Path) -> list[str]:
    """Files with something wrong in them."""
    bad = 'extends = "status-quo"\nname = "bad"\ntitle = "Bad"\n\n\n[parameters]\nthinning = 2.0\n'
    (desk / "bad.toml").write_text(bad)
    (desk / "axis.toml").write_text(SMALL.replace("[0.5, 0.9]", "[0.5, 9.0]"))
    (desk / "outcome.toml").write_text(SMALL.replace("european_share", "europeen_share"))
    (desk / "many.toml").write_text(SMALL.replace("values = [0.5, 0.9]", "start = 0.0\nstop = 1.0\nstep = 0.000001"))
    (desk / "torn").mkdir()
    (desk / "torn" / "manifest.json").write_text('{"status": "comp')
    return left(desk)


@pytest.mark.parametrize(("words", "said"), MISTAKES)
def test_a_mistake_is_one_line_and_leaves_nothing(
    desk: Path, mistakes: list[str], capsys: Captured, words: list[str], said: list[str]
) -> None:
    assert main(words) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert re.fullmatch(r"burdenshare: [^\n]+\n", printed.err)
    assert [word for word in said if word not in printed.err] == []
    assert "Traceback" not in printed.err
    assert "\x1b" not in printed.err
    assert left(desk) == mistakes


@pytest.mark.parametrize("into", ["afile", "/dev/null/deep"])
def test_a_closed_place_is_one_line(desk: Path, small: str, capsys: Captured, into: str) -> None:
    (desk / "afile").write_text("mine")
    assert main(["sweep", small, "--into", into]) == 74
    printed = capsys.readouterr()
    assert re.fullmatch(r"burdenshare: [^\n]+: Not a directory\n", printed.err)
    assert (desk / "afile").read_text() == "mine"


def test_no_permission_is_one_line(small: str, desk: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "mkdir", closed)
    assert main(["sweep", small]) == 74
    assert re.fullmatch(r"burdenshare: results/small-\w+: Permission denied\n", capsys.readouterr().err)


# What it does


def test_check_says_ok(small: str, capsys: Captured) -> None:
    assert main(["check", "status-quo", "threshold", small]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "ok status-quo: scenario status-quo, 2025 to 2045"
    assert lines[2] == "ok small.toml: experiment small, 2 cells x 5 replicates = 10 runs"


def test_check_goes_on_after_a_bad_file(small: str, capsys: Captured, mistakes: list[str]) -> None:
    assert main(["check", "bad.toml", small]) == 2
    printed = capsys.readouterr()
    assert printed.out.startswith("ok small.toml")
    assert printed.err.startswith("burdenshare: bad.toml:7")


@pytest.mark.parametrize("columns", ["60", "120"])
@pytest.mark.parametrize(
    "words",
    [
        ["scenarios"], ["parameters", "belief"], ["run", "march-2025", "--no-figure"],
        ["run", "exit-blocked", "--replicates", "3", "--until", "2030"], ["sweep", "small.toml"],
    ],
)  # fmt: skip
def test_output_fits_and_holds_no_codes(
    small: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch, columns: str, words: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert main(words) == 0
    printed = capsys.readouterr()
    assert "\x1b" not in printed.out + printed.err
    assert re.fullmatch(r"(small: 10 of 10 runs[^\n]*\n)*", printed.err)  # the bar, where a machine is slow
    rows = [line for line in printed.out.splitlines() if not line.startswith(("Results:", "Figures:"))]
    assert max(map(len, rows)) <= int(columns)


def test_a_run_is_told(capsys: Captured) -> None:
    assert main(["run", "exit-unilateral", "--seed", "4", "--until", "2030", "--no-figure"]) == 0
    said = capsys.readouterr().out
    assert [year for year in range(2025, 2031) if f"\n{year} " not in said] == []
    assert "leave" in said
    assert "What this cannot say" in said


@pytest.mark.parametrize("columns", ["60", "200"])
def test_what_was_said_and_opened_is_told(capsys: Captured, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert main(["run", "march-2025", "--no-figure"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said.count("statement (weight: ") == 6
    assert "statement (weight: adviser): commitment -0.8, exclusion +0.9" in said
    assert "statement (weight: president): commitment +0.8, exclusion 0" in said
    order = ["escape clause opens", "EU loans flow", "last year of the escape clause"]
    assert [said.count(words) for words in order] == [1, 1, 1]
    assert sorted(order, key=said.index) == order


def test_instruments_that_never_open_are_not_told(capsys: Captured) -> None:
    assert main(["run", "no-rearm", "--until", "2032", "--no-figure"]) == 0
    said = capsys.readouterr().out
    assert "clause opens" not in said
    assert "EU loans" not in said


def test_a_run_has_its_figures(desk: Path, capsys: Captured) -> None:
    assert main(["run", "status-quo", "--until", "2028"]) == 0
    paths = [line.removeprefix("Figure: ") for line in capsys.readouterr().out.splitlines()[-2:]]
    assert paths == [f"results/status-quo/seed-1-replicate-0/{name}.png" for name in ("run", "members")]
    assert all((desk / path).read_bytes().startswith(b"\x89PNG") for path in paths)


def test_sweep_and_plot(desk: Path, small: str, capsys: Captured) -> None:
    assert main(["sweep", small, "--replicates", "7", "--seed", "3"]) == 0
    said = capsys.readouterr().out
    assert "2 cells x 7 replicates = 14 runs, seed 3" in said
    assert "mean_european_share" in said
    assert main(["sweep", small, "--replicates", "7", "--seed", "3", "--quiet"]) == 0
    folder = capsys.readouterr().out.strip()
    assert f"Results: {folder}" in said
    assert json.loads((desk / folder / "manifest.json").read_text())["status"] == "complete"
    assert main(["plot", folder]) == 0
    drawn = capsys.readouterr().out.split()
    assert drawn
    assert all((desk / path).is_file() for path in drawn)
    assert main(["plot", "results"]) == 2
    assert folder in capsys.readouterr().err


def test_the_table_of_cells_is_thinned_evenly() -> None:
    chosen, words = _some(load_experiment("threshold"))
    assert words == "28 of the 100 cells: one in 4 of threshold. "
    assert chosen == [16 * k + one for k in range(7) for one in range(4)]
    assert _some(load_experiment("policies")) == (list(range(6)), "")


def test_progress_is_lines_where_there_is_no_terminal(
    small: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.cli.progress.EVERY", 0.0)
    assert main(["sweep", small]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert all(re.match(r"small: \d+ of 10 runs", line) for line in lines)
    assert "10 of 10 runs" in lines[-1]


def test_a_reader_that_leaves_is_no_error() -> None:
    ran = subprocess.run(f"'{sys.executable}' -c '{START[2]}' scenarios | head -1", shell=True, env=SPEAKS,
                         capture_output=True, text=True, check=False)  # fmt: skip
    assert ran.stderr == ""


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_ctrl_c_leaves_whole_parts_and_says_how_to_go_on(
    desk: Path, wait_for: Callable[[Callable[[], bool]], None]
) -> None:
    command = [*START, "sweep", "threshold", "--replicates", "100000"]
    with subprocess.Popen(command, env=SPEAKS, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as sweep:
        try:
            wait_for(lambda: any(desk.glob("results/*/years/*.parquet")) or sweep.poll() is not None)
            sweep.send_signal(signal.SIGINT)
            out, err = sweep.communicate(timeout=30)
        finally:
            sweep.kill()
    assert (sweep.returncode, out) == (130, "")
    last = err.splitlines()[-1]
    assert re.match(
        r"burdenshare: interrupted: [\d,]+ of 5,000 parts are whole in results/threshold-\w+; .*goes on", last
    )
    (folder,) = (desk / "results").iterdir()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["status"] == "interrupted"
    whole = {path.relative_to(folder).as_posix() for path in folder.rglob("part-*.parquet")}
    assert whole == set(manifest["parts"]) - {"cells.parquet"}
    assert not list(folder.rglob("*.tmp"))


@pytest.fixture
def wait_for() -> Callable[[Callable[[], bool]], None]:
    def wait(happened: Callable[[], bool]) -> None:
        until = time.monotonic() + 120  # the first start compiles the model
        while not happened() and time.monotonic() < until:
            time.sleep(0.05)

    return wait
