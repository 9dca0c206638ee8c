"""The commands that look after a folder of results: what they take; what they do is in ``sim.cli.storing``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Dask", "EngineName", "Progress", "Workers", "register"]

Folder = Annotated[Path, typer.Argument(metavar="RESULTS", help="A folder that `sweep` has written.")]
Workers = Annotated[int | None, typer.Option(help="How many play at once; all cores unless given. No result differs.")]
EngineName = Annotated[str, typer.Option(help="batch, or mesa: agents, in worker processes. The same results.")]
Dask = Annotated[str | None, typer.Option(metavar="ADDRESS", help="Dask scheduler whose workers play.")]
Progress = Annotated[str, typer.Option(help="words, or json: a line every ten seconds, for logs.")]
To = Annotated[Path, typer.Argument(metavar="FILE", help="A new file, .csv or .parquet.")]
Table = Annotated[str, typer.Option(help="cells, runs, years or members, as recorded.")]


def resume(
    results: Folder,
    workers: Workers = None,
    failed: Annotated[bool, typer.Option("--failed", help="Play the runs that failed once more, too.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the folder of results and nothing else.")] = False,
    progress: Progress = "words",
    engine: EngineName = "batch",
    dask: Dask = None,
) -> None:
    """Go on with a sweep: play what is missing or damaged, no more."""
    from sim.cli.storing import resume

    raise typer.Exit(resume(results, workers, failed, quiet, progress=progress, engine=engine, dask=dask))


def status(results: Folder) -> None:
    """How far a sweep is: runs done, failed, missing. Also files in quarantine, and who writes there."""
    from sim.cli.storing import status

    raise typer.Exit(status(results))


def verify(results: Folder) -> None:
    """Read every byte of a sweep: is it as written. Changes nothing."""
    from sim.cli.storing import verify

    raise typer.Exit(verify(results))


def export(results: Folder, file: To, table: Table = "runs") -> None:
    """A table as one file, Parquet or CSV, its codebook beside it. The CSV is safe to open in a spreadsheet."""
    from sim.cli.storing import export

    raise typer.Exit(export(results, file, table))


def replay(
    results: Folder,
    cell: Annotated[int, typer.Argument(help="Number of the cell.")],
    replicate: Annotated[int, typer.Argument(help="Number of the run in it.")],
    to: Annotated[Path | None, typer.Option(help="A new .csv or .parquet for every member's years.")] = None,
) -> None:
    """Play one run of a sweep again, with every member's history. It has to be the same to the last bit."""
    from sim.cli.storing import replay

    raise typer.Exit(replay(results, cell, replicate, to))


def merge(
    shards: Annotated[list[Path], typer.Argument(metavar="SHARD...", help="The folders of `sweep --shard`.")],
    into: Annotated[Path | None, typer.Option(help="Folder that the merged results go to; beside the shards.")] = None,
) -> None:
    """Make one folder of a job array's shards. They stay as they are."""
    from sim.cli.storing import merge

    raise typer.Exit(merge(shards, into))


def doctor(
    folder: Annotated[Path, typer.Argument(metavar="[FOLDER]", help="Where results go, or results.")] = Path("results"),
) -> None:
    """Can this machine keep results safe, and what to do if not. Tries the disk, the lock and the compiler."""
    from sim.cli.doctor import doctor

    raise typer.Exit(doctor(folder))


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (resume, status, verify, export, replay, merge, doctor):
        app.command()(command)
