"""The command as its user meets it: what it prints and where, how it ends, what it leaves behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from sim import __version__
from sim.cli import main
from sim.cli.explaining import _bars
from sim.cli.outcomes import _some
from sim.insight import explain
from sim.scenario import load_experiment, load_scenario
from sim.store import Results

ROOT = Path(__file__).parents[1]
COMMANDS = (
    *("demo", "scenarios", "run", "sweep", "estimate", "plot", "hindcast", "check", "parameters", "lesson"),
    *("calibrate", "explain", "compare", "resume", "status", "verify", "export", "replay", "merge", "doctor"),
)
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
START = [sys.executable, "-m", "sim"]
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
    assert "..." not in said.replace("[ARGS]...", ""), "the first sentence about a command has to fit on its line"


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_imports_nothing_heavy(command: str) -> None:
    code = "import sys; from sim.cli import main; main(sys.argv[1:]); print(*sys.modules)"
    words = [command, "--help"] if command else ["--help"]
    ran = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, env=SPEAKS, check=True)
    loaded = {name.split(".")[0] for name in ran.stdout.splitlines()[-1].split()}
    assert {"sim", "typer"} <= loaded
    assert loaded & {"mesa", "pandas", "numba", "numpy", "matplotlib", "pyarrow", "duckdb", "rich"} == set()


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
    (["explain", "Germny", "2030"], ["Germny", "did you mean Germany"]),
    (["explain", "USA", "2030"], ["USA", "allowed"]),
    (["explain", "Iceland", "2030"], ["ISL", "no armed forces", "allowed"]),
    (["explain", "DEU", "2025"], ["2025", "allowed: 2026 to 2045"]),
    (["explain", "DEU", "soon"], ["YEAR", "integer"]),
    (["explain", "DEU"], ["YEAR"]),
    (["explain", "DEU", "2030", "--scenario", "status-qo"], ["did you mean status-quo"]),
    (["explain", "DEU", "2030", "--scenario", "bad.toml"], ["bad.toml:7", "thinning = 2"]),
    (["explain", "DEU", "2030", "--seed", "-1"], ["--seed = -1"]),
    (["explain", "DEU", "2030", "--replicate", "-1"], ["--replicate = -1"]),
    (["compare", "status-quo"], ["B"]),
    (["compare", "status-quo", "status-qo"], ["did you mean status-quo"]),
    (["compare", "status-quo", "drawdown-1990"], ["starts in 2025", "in 1990", "allowed"]),
    (["compare", "status-quo", "rearm", "--replicates", "1"], ["--replicates = 1", "2 to 20000"]),
    (["compare", "status-quo", "rearm", "--until", "1999"], ["--until", "2026 to 2200"]),
    (["compare", "status-quo", "rearm", "--seed", "-1"], ["--seed = -1"]),
    (["sweep", "thresholds"], ["did you mean threshold"]),
    (["sweep", "nothing.toml"], ["nothing.toml", "no such file"]),
    (["sweep", "policies", "--seed", "-1"], ["--seed = -1"]),
    (["sweep", "policies", "--replicates", "0"], ["--replicates = 0", "1 to 1000000"]),
    (["sweep", "policies", "--workers", "0"], ["workers = 0"]),
    (["sweep", "axis.toml"], ["axis.toml:11", "9.0", "thinning", "allowed: a number from 0 to 1"]),
    (["sweep", "outcome.toml"], ["europeen_share", "did you mean european_share"]),
    (["sweep", "many.toml"], ["1,000,001", "allow_many"]),
    (["estimate", "thresholds"], ["did you mean threshold"]),
    (["estimate", "threshold", "--workers", "0"], ["workers = 0"]),
    (["estimate", "axis.toml"], ["axis.toml:11"]),
    (["plot", "nowhere"], ["nowhere", "no such folder"]),
    (["plot", "."], ["no results", "allowed: torn"]),
    (["plot", "bad.toml"], ["bad.toml", "no results here"]),
    (["sweep", "policies", "--shard", "3/2"], ["--shard = 3/2", "allowed: i/n"]),
    (["resume", "nowhere"], ["nowhere", "no such folder"]),
    (["status", "bad.toml"], ["bad.toml", "no results here"]),
    (["verify", "."], ["no results", "allowed: torn"]),
    (["export", "torn", "a.csv", "--table", "run"], ["--table = run", "cells, runs, years, members"]),
    (["replay", "nowhere", "0", "0"], ["nowhere"]),
    (["replay", "nowhere", "x", "0"], ["see burdenshare replay --help"]),
    (["merge", "nowhere"], ["nowhere"]),
    (["check", "bad.toml"], ["bad.toml:7", "thinning = 2"]),
    (["check", "status-qo"], ["did you mean status-quo"]),
    (["check", "axis.toml"], ["axis.toml:11"]),
    (["check", "outcome.toml"], ["europeen_share"]),
    (["parameters", "xyzzy"], ["xyzzy", "allowed"]),
    (["hindcast", "2014"], ["END"]),
    (["hindcast", "2014", "soon"], ["END", "integer"]),
    (["hindcast", "1900", "1950"], ["1900 to 1950", "available", "world-bank 1960 to 2024"]),
    (["hindcast", "2020", "2014"], ["end 2014 is not after start 2020"]),
    (["hindcast", "2000", "2010", "--series", "nato"], ["2000 to 2010", "nato 2014 to 2025"]),
    (["hindcast", "2014", "2020", "--fit-until", "2021"], ["fit_until 2021", "allowed", "2020"]),
    (["hindcast", "2014", "2020", "--members", "DEU,ISL"], ["ISL has no armed forces"]),
    (["hindcast", "1995", "2000", "--members", "POL"], ["POL joined in 1999"]),
    (["hindcast", "2014", "2020", "--members", "XYZ"], ["--members: member 'XYZ': unknown"]),
    (["hindcast", "2014", "2020", "--variant", "both"], ["unknown variant 'both'", "conditional"]),
    (["hindcast", "2014", "2020", "--replicates", "0"], ["--replicates = 0", "1 to 20000"]),
    (["hindcast", "2014", "2020", "--workers", "0"], ["--workers = 0"]),
    (["hindcast", "2014", "2020", "--csv", "nowhere/x.csv"], ["nowhere/x.csv", "no such folder"]),
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


def test_damaged_results_are_a_fault_of_the_storage(desk: Path, mistakes: list[str], capsys: Captured) -> None:
    for command in ("plot", "status", "verify", "resume"):
        assert main([command, "torn"]) == 74
        assert re.fullmatch(r"burdenshare: torn/manifest.json: damaged, [^\n]+\n", capsys.readouterr().err)


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
    assert re.fullmatch(r"burdenshare: results: Permission denied[^\n]*\n", capsys.readouterr().err)


# What it does


def test_check_says_ok(small: str, capsys: Captured) -> None:
    assert main(["check", "status-quo", "threshold", small]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "ok status-quo: scenario status-quo, 2025 to 2045"
    assert lines[2] == "ok small.toml: experiment small, 2 cells x 5 replicates = 10 runs"


def test_estimate_says_what_a_sweep_takes_and_writes_nothing(small: str, capsys: Captured, desk: Path) -> None:
    assert main(["estimate", small, "--workers", "2"]) == 0
    said = capsys.readouterr().out
    assert "runs    10 = 2 cells x 5 replicates" in said
    for words in ("time ", " on 2 workers, ", "disk ", " in 1 parts; ", "memory ", "Nothing"):
        assert words.lower() in said.lower()
    assert left(desk) == ["small.toml"]


def test_a_sweep_says_how_many_replicates_were_enough(desk: Path, capsys: Captured) -> None:
    text = SMALL.replace("replicates = 5", 'replicates = "auto"\nrecord = "runs"')
    (desk / "auto.toml").write_text(text + '[auto]\noutcome = "european_share"\nwithin = 0.01\nfirst = 10\n')
    assert main(["check", "auto.toml"]) == 0
    assert "2 cells x as many replicates as it takes" in capsys.readouterr().out
    assert main(["sweep", "auto.toml"]) == 0
    said = capsys.readouterr().out
    assert "2 cells x 10 replicates = 20 runs" in said
    assert "10 replicates were enough: 95 % interval of mean european_share within +-0.01 in every cell" in said


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
        ["explain", "DEU", "2027", "--scenario", "conditional-3.5"],
        ["compare", "status-quo", "exit-de-facto", "--replicates", "3", "--until", "2028"],
        ["hindcast", "2018", "2021", "--replicates", "2", "--members", "DEU", "--series", "nato"],
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
    assert main(["status", folder]) == 0
    assert "14 of 14 done, 0 failed, 0 missing" in capsys.readouterr().out
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
    ran = subprocess.run(f"'{sys.executable}' -m sim scenarios | head -1", shell=True, env=SPEAKS,
                         capture_output=True, text=True, check=False)  # fmt: skip
    assert ran.stderr == ""


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_whole_parts_and_says_how_to_go_on(
    desk: Path, wait_for: Callable[[Callable[[], bool]], None], sent: signal.Signals
) -> None:
    command = [*START, "sweep", "threshold", "--replicates", "100000"]
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # where tests run in the background it is ignored
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "preexec_fn": heard}
    with subprocess.Popen(command, env=SPEAKS, **pipes) as sweep:
        try:
            wait_for(lambda: any(desk.glob("results/*/years/*.parquet")) or sweep.poll() is not None)
            sweep.send_signal(sent)
            out, err = sweep.communicate(timeout=120)
        finally:
            sweep.kill()
    assert (sweep.returncode, out) == (3, "")
    last = err.splitlines()[-1]
    assert re.match(
        r"burdenshare: interrupted: [\d,]+ of [\d,]+ parts are whole in (results/threshold-\w+); "
        r"to go on: burdenshare resume \1",
        last,
    )
    (folder,) = (desk / "results").iterdir()
    whole = {path.relative_to(folder).as_posix() for path in folder.rglob("part-*.parquet")}
    assert whole >= set(Results.open(folder).parts) - {"cells.parquet"}
    assert main(["verify", str(folder)]) == 3
    assert not list(folder.rglob("*.tmp"))


@pytest.fixture
def wait_for() -> Callable[[Callable[[], bool]], None]:
    def wait(happened: Callable[[], bool]) -> None:
        until = time.monotonic() + 120  # the first start compiles the model
        while not happened() and time.monotonic() < until:
            time.sleep(0.05)

    return wait


def test_hindcast_scores_and_writes(desk: Path, capsys: Captured) -> None:
    words = ["hindcast", "2018", "2021", "--series", "nato", "--variant", "conditional", "--members", "deu,FRA"]
    assert main([*words, "--replicates", "4", "--csv", "past.csv"]) == 0
    printed = capsys.readouterr()
    assert "nato, conditional: members pooled" in printed.out
    assert "Forecasts: past.csv" in printed.out
    rows = pd.read_csv(desk / "past.csv")
    assert set(rows["member"]) == {"DEU", "FRA", "EUROPE"}
    assert set(rows["origin"]) == {2018, 2019, 2020}
    error = 100 * (rows["forecast"] - rows["actual"]).abs()
    own = (rows["method"] == "joint-product") & (rows["member"] != "EUROPE")
    shown = re.search(r"joint-product +(\S+) +(\S+)", printed.out)
    assert shown is not None
    assert [float(x) for x in shown.groups()] == pytest.approx(error[own].groupby(rows["horizon"]).mean(), abs=0.0051)


def test_a_decision_is_told(capsys: Captured) -> None:
    assert main(["explain", "poland", "2028", "--scenario", "conditional-3.5", "--seed", "2"]) == 0
    said = capsys.readouterr().out
    one = explain(load_scenario("conditional-3.5"), "POL", 2028, seed=2)
    assert said.startswith("Poland in 2028: conditional-3.5, seed 2, replicate 0\n")
    assert one.text() in " ".join(said.split())
    shown = re.findall(r"^ *([-+]?\d+\.\d\d) +([-+]?\d+\.\d\d) ", said, re.MULTILINE)
    *parts, whole = [(float(wanted), float(voted)) for wanted, voted in shown]
    assert len(parts) > 4
    for column, exact in enumerate((one.wanted, one.after - one.before)):
        assert whole[column] == pytest.approx(100 * exact, abs=0.0051)
        assert sum(part[column] for part in parts) == pytest.approx(whole[column], abs=0.0051 * (len(parts) + 1))


def test_bars_grow_from_a_common_zero() -> None:
    assert _bars([1.0, -1.0, 0.5], 8) == ["    ████", "░░░░    ", "    ██  "]
    assert _bars([0.0, 2.0], 4) == ["    ", "████"]
    assert _bars([], 4) == []
    assert _bars([0.0], 4) == ["    "]


def test_two_scenarios_are_compared(capsys: Captured) -> None:
    assert main(["compare", "status-quo", "exit-de-facto", "--replicates", "4", "--until", "2029", "--seed", "3"]) == 0
    said = capsys.readouterr().out
    assert "2025 to 2029, seed 3, 4 runs of each" in said
    assert said.count("(ordinal)") == 3
    assert "What changes most: " in said
    assert "What status-quo cannot say" in said
    assert "What exit-de-facto cannot say" in said
