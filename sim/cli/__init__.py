"""The command ``burdenshare``: what it offers, and how it ends when something is wrong.

Exit codes: 0 done, 2 a mistake in what was typed or in a file, 3 stopped and can go on, 4 some runs failed, 73 another
process writes into the folder, 74 the disk or damaged bytes on it, 130 Ctrl-C with nothing to go on with, 141 nobody
reads the output any more. Whatever is heavy is imported by the command that needs it, so that help comes at once.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.cli import store_commands
from sim.cli.store_commands import Dask, EngineName, Progress, Workers
from sim.cli.streams import UNREAD, flush, open_closed

__all__ = ["app", "main"]

app = typer.Typer(
    help="Who pays for NATO's defence, who is protected, and what each policy changes.",
    epilog="Begin with: burdenshare demo",
    add_completion=False,
    rich_markup_mode=None,  # its tables would cost help half its time
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Into = Annotated[Path, typer.Option(help="Folder that results go to.")]
Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="Files (.toml), or names of shipped ones.")]
ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="A name from `scenarios`, or a .toml file.")]
ExperimentName = Annotated[str, typer.Argument(metavar="EXPERIMENT", help="A shipped experiment, or a .toml file.")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    open_closed()
    if arguments is None:
        warnings.showwarning = _warn
    code, message = _ran(list(sys.argv[1:] if arguments is None else arguments))
    unwritten, why = flush()
    if message:
        _complain(message)
    elif unwritten:
        code = unwritten
        if why:
            _complain(why)
    return code


def _ran(given: list[str]) -> tuple[int, str]:
    """The exit code, and the line that says what was wrong."""
    try:
        code = app(given or ["--help"], prog_name="burdenshare", standalone_mode=False)
    except typer.Abort:
        code = 130
    except SystemExit:  # how Typer and Rich end where nobody reads any more
        return UNREAD, ""
    except Exception as error:
        code, message = _meaning(error)
        if not code:
            raise  # a fault of the program: its traceback helps to mend it
        return code, message
    return (code if isinstance(code, int) else 0), "interrupted; nothing was left half done" if code == 130 else ""


def _meaning(error: Exception) -> tuple[int, str]:
    """The exit code and the line for a user; 0 if it is not the user's doing."""
    from sim.cli.screen import Interrupted
    from sim.faults import MachineFault
    from sim.scenario.errors import ScenarioError

    store: Any = sys.modules.get("sim.store")
    if isinstance(error, Interrupted):
        return error.code, str(error)
    if store is not None and isinstance(error, store.ResultsError):
        code = 73 if isinstance(error, store.FolderInUse) else 74 if isinstance(error, store.Damaged) else 2
        return code, f"{error}{_notes(error)}"
    crew: Any = sys.modules.get("sim.sweeps.crew")
    if crew is not None and isinstance(error, crew.WorkersLost):
        return 3, f"{error}{_notes(error)}"
    if isinstance(error, ScenarioError):
        return 2, f"{error}{_notes(error)}"
    if hasattr(error, "format_message"):  # of typer's parser, or click's
        command = getattr(getattr(error, "ctx", None), "command_path", "burdenshare")
        return 2, f"{error.format_message().rstrip('.')}; see {command} --help"
    if isinstance(error, OSError):
        return 74, f"{error.filename or 'input or output'}: {error.strerror or error}{_notes(error)}"
    if isinstance(error, MachineFault):
        return 3, f"{error}{_notes(error)}"
    if isinstance(error, ImportError) and not str(error.name).startswith("sim"):
        return 3, f"{error}; allowed: more memory, or all packages of requirements.lock{_notes(error)}"
    if isinstance(error, MemoryError):
        return 3, f"out of memory; allowed: fewer --workers{_notes(error)}"
    return 0, ""


def _notes(error: Exception) -> str:
    return "".join(f"; {note}" for note in getattr(error, "__notes__", ()))


def _complain(message: str) -> None:
    """One line, and nothing in it that would speak to the terminal."""
    from sim.scenario.errors import one_line

    sys.stderr.write(f"burdenshare: {one_line(' '.join(message.split()))}\n")


def _warn(message: Warning | str, *_: Any, **__: Any) -> None:
    """A warning in one line, without the place in the code that it comes from."""
    _complain(f"warning: {message}")


def _version(wanted: bool) -> None:
    if wanted:
        from sim import __version__  # looks into the installation, which takes a while

        typer.echo(f"burdenshare {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Who pays for NATO's defence, who is protected, and what each policy changes."""


@app.command()
def demo(into: Into = Path("results"), workers: Workers = None) -> None:
    """Two experiments, from nothing to figures, in about a minute."""
    from sim.cli.sweeping import demo

    demo(into, workers)


@app.command()
def scenarios() -> None:
    """The shipped scenarios and experiments, and what each asks."""
    from sim.cli.looking import scenarios

    scenarios()


@app.command()
def run(
    scenario: ScenarioName,
    seed: Annotated[int, typer.Option(help="Number that all luck comes from.")] = 1,
    replicate: Annotated[int, typer.Option(help="Number of the run; each has its own luck.")] = 0,
    replicates: Annotated[int, typer.Option(help="More than 1: so many runs, their medians and spread.")] = 1,
    until: Annotated[int | None, typer.Option(help="Last year, instead of the scenario's.")] = None,
    figure: Annotated[bool, typer.Option(help="Draw the run's figures.")] = True,
    into: Into = Path("results"),
) -> None:
    """Play one run with its agents, and tell it year by year."""
    from sim.cli.running import run, spread

    if replicates == 1:
        run(scenario, seed, replicate, until, into if figure else None)
    else:
        spread(scenario, seed, replicates, until)


@app.command()
def explain(
    member: Annotated[str, typer.Argument(metavar="MEMBER", help="An ally, by code or name: DEU, Germany.")],
    year: Annotated[int, typer.Argument(metavar="YEAR", help="A year of the scenario, not its first.")],
    scenario: Annotated[str, typer.Option(help="A name from `scenarios`, or a .toml file.")] = "status-quo",
    seed: Annotated[int, typer.Option(help="Number that all luck comes from.")] = 1,
    replicate: Annotated[int, typer.Option(help="Number of the run; each has its own luck.")] = 0,
) -> None:
    """Why a member's share changed in a year, reason by reason."""
    from sim.cli.explaining import explain

    explain(member, year, scenario, seed, replicate)


@app.command()
def compare(
    first: Annotated[str, typer.Argument(metavar="A", help="A name from `scenarios`, or a .toml file.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    replicates: Annotated[int, typer.Option(help="Runs of each.")] = 500,
    seed: Annotated[int, typer.Option(help="Number that all luck comes from.")] = 1,
    until: Annotated[int | None, typer.Option(help="Last year, instead of the scenarios'.")] = None,
) -> None:
    """What two scenarios differ in, run by run on the same luck."""
    from sim.cli.explaining import compare

    compare(first, second, replicates, seed, until)


@app.command()
def sweep(
    experiment: ExperimentName,
    into: Into = Path("results"),
    workers: Workers = None,
    replicates: Annotated[int | None, typer.Option(help="Runs of every cell, instead of the experiment's.")] = None,
    seed: Annotated[int | None, typer.Option(help="Instead of the experiment's.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Go beyond the caps on cells, runs, disk and memory.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the folder of results and nothing else.")] = False,
    shard: Annotated[str | None, typer.Option(metavar="I/N", help="Only the I-th of N shares, for job arrays.")] = None,
    progress: Progress = "words",
    engine: EngineName = "batch",
    dask: Dask = None,
) -> None:
    """Play an experiment: every combination (cell) many times. Again after Ctrl-C, it goes on."""
    from sim.cli.sweeping import sweep

    how: dict[str, Any] = {"allow_many": yes, "quiet": quiet, "shard": shard, "progress": progress}
    raise typer.Exit(sweep(experiment, into, workers, replicates, seed, **how, engine=engine, dask=dask))


@app.command()
def estimate(
    experiment: ExperimentName,
    into: Into = Path("results"),
    workers: Workers = None,
    replicates: Annotated[int | None, typer.Option(help="Runs of every cell, instead of the experiment's.")] = None,
) -> None:
    """What a sweep would take: runs, time, disk and memory. Plays a few runs, writes nothing."""
    from sim.cli.estimating import estimate

    estimate(experiment, into, workers, replicates)


@app.command()
def plot(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="A folder that `sweep` has written.")],
    into: Annotated[Path | None, typer.Option(help="Folder that the figures go to; figures/ in RESULTS.")] = None,
) -> None:
    """Draw the figures of a sweep."""
    from sim.cli.sweeping import plot

    raise typer.Exit(plot(results, into))


@app.command()
def hindcast(
    start: Annotated[int, typer.Argument(help="First year that forecasts start from.", metavar="START")],
    end: Annotated[int, typer.Argument(help="Last year that is forecast.", metavar="END")],
    fit_until: Annotated[
        int | None, typer.Option(help="Last year that parameters and tastes know; each origin's own unless given.")
    ] = None,
    series: Annotated[str, typer.Option(help="nato or world-bank, or both with a comma; both unless given.")] = "",
    variant: Annotated[str, typer.Option(help="conditional (on what came) or unconditional, or both.")] = "",
    members: Annotated[str, typer.Option(help="Codes or names, as DEU,France; all that have figures.")] = "",
    replicates: Annotated[int, typer.Option(help="Runs of every forecast.")] = 200,
    seed: Annotated[int, typer.Option(help="Number that all luck comes from.")] = 1,
    csv: Annotated[Path | None, typer.Option(help="File for every forecast, as CSV.")] = None,
    into: Annotated[Path, typer.Option(help="Folder that unfinished work is kept in.")] = Path("results"),
    workers: Workers = None,
) -> None:
    """Forecast the past from every year of a window, and score it. Again after Ctrl-C, it goes on."""
    from sim.cli.judging import hindcast

    hindcast(start, end, fit_until, (series, variant, members), replicates, seed, csv, into, workers)


@app.command()
def check(files: Files) -> None:
    """Is this scenario or experiment right? Says where it is not."""
    from sim.cli.looking import check

    if not check(files, _complain):
        raise typer.Exit(2)


@app.command()
def parameters(
    word: Annotated[str, typer.Argument(metavar="[WORD]", help="Only those with this word.", show_default=False)] = "",
) -> None:
    """Every number of the model: default, range, unit and basis."""
    from sim.cli.looking import parameters

    parameters(word)


@app.command()
def lesson(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A story; none: the list.")] = None,
    run: Annotated[str | None, typer.Argument(metavar="RUN", help="One run of it, for its answer alone.")] = None,
) -> None:
    """Four short stories: guess, run, see what comes out, and why."""
    from sim.cli.lessons import lesson

    lesson(name, run)


@app.command()
def calibrate(
    until: Annotated[int, typer.Option(help="Last year of the figures that may be used.")] = 2025,
    draws: Annotated[int, typer.Option(help="Draws from the priors, each played from every year.")] = 32768,
    seed: Annotated[int, typer.Option(help="Where draws come from.")] = 1,
    into: Into = Path("results"),
    workers: Workers = None,
) -> None:
    """Estimate the parameters on history, in about a minute. Again after Ctrl-C, it goes on."""
    from sim.cli.calibrating import calibration

    calibration(until, draws, seed, workers, into)


@app.command("app")
def page(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where the page is served; 0: any that is free.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on; any other lets others in.")] = "127.0.0.1",
    browser: Annotated[bool, typer.Option("--open/--no-open", help="Open it in a browser.")] = True,
) -> None:
    """Serve the web page: worlds, levers, comparisons, reasons."""
    from sim.cli.serving import serve

    serve(host, port, browser)


store_commands.register(app)
