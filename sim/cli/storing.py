"""The commands resume, status, verify, export, replay and merge; and what they share with sweep."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.progress import Bar, Form
from sim.cli.screen import Interrupted, note, notes, out, say, table
from sim.faults import of_machine
from sim.scenario import Experiment, ScenarioError
from sim.scenario.errors import one_line
from sim.scenario.messages import command
from sim.store import Results, ResultsError
from sim.store.checking import Counts, count
from sim.store.checking import verify as wrong
from sim.store.layout import KINDS

if TYPE_CHECKING:
    from sim.engines.tables import History
    from sim.scenario import Scenario

__all__ = [
    "begun_before", "export", "form_of", "merge", "played", "replay", "resume", "status", "tell", "told", "verify",
]  # fmt: skip

TABLES = ("cells", *KINDS)
SHOWN = 5  # failed runs that are named
MEASURES = ("european_share", "us_spending_share", "protected_members", "us_policy", "challenge")


def resume(folder: Path, workers: int | None, again: bool, quiet: bool, *, progress: str, **where: Any) -> int:
    """Go on with a sweep, ``where`` the engine and Dask say; returns the exit code."""
    from sim.sweeps import resume as play

    Results.open(folder)  # a wrong folder is complained of before a bar is drawn
    how = partial(play, folder, workers=workers, again=again, tell=tell, **where)
    results = played(folder.name, form_of(progress, quiet), how)
    if quiet:
        say(results.folder)
    else:
        _say(results, count(results))
    return told(results)


def status(folder: Path) -> int:
    """Print how far a sweep is; returns the exit code that this means."""
    results = Results.open(folder)
    counts = count(results)
    _say(results, counts)
    _name_failed(results, counts)
    return counts.code


def verify(folder: Path) -> int:
    """Print a line for whatever is not as it was written; 74 if there is anything."""
    results = Results.open(folder)
    found = 0
    for line in wrong(results):
        note(line)
        found += 1
    if found:
        noun = "thing is" if found == 1 else "things are"
        say(f"{folder}: {found:,} {noun} not as written; to mend: {command('resume', folder)}")
        return 74
    size = sum(one["bytes"] for one in results.parts.values())
    say(f"{folder}: {len(results.parts):,} files, {size:,} bytes, all as written; {results.status}")
    return count(results).code


def export(folder: Path, to: Path, kind: str) -> int:
    """Write one table to one file."""
    from sim.store.export import export as write

    if kind not in TABLES:
        raise ResultsError(f"--table = {kind}: no such table; allowed: {', '.join(TABLES)}")
    results = Results.open(folder)
    say(write(results, kind, to))
    if not results.complete:
        note(f"{folder} is not complete; the file holds what is there")
    return told(results)


def merge(folders: Sequence[Path], into: Path | None) -> int:
    """Merge shards and say what is still missing."""
    from sim.sweeps import merge as join

    results = join(folders, into)
    _say(results, count(results))
    return told(results)


def replay(folder: Path, cell: int, replicate: int, to: Path | None) -> int:
    """Play a run again and print its years; 4 if it fails."""
    results = Results.open(folder)
    failed = {(a, b) for a, b, _ in results.failed()}
    try:
        scenario, history = results.replay(cell, replicate)
    except Exception as error:
        if isinstance(error, ResultsError) or of_machine(error, foreign=False):
            raise
        where = traceback.extract_tb(error.__traceback__)[-1]
        words = f"{type(error).__name__}: {error} ({Path(where.filename).name}, line {where.lineno})"
        note(f"{folder}: cell {cell}, replicate {replicate} failed: {words}")
        return 4
    _show(results, cell, replicate, scenario, history)
    if (cell, replicate) in failed:
        again = command("resume", folder, "--failed")
        say(f"It failed then and does not now; to play it into the results: {again}")
    elif _stored(results, cell, replicate):
        say("The same as the stored run, to the last bit.")
    else:
        say("Not stored yet.")
    if to is not None:
        say(_save_members(results, cell, scenario, replicate, history, to))
    return 0


def _stored(results: Results, cell: int, replicate: int) -> bool:
    from sim.store.layout import names, part_of

    return names(results.manifest, part_of(results.manifest, cell, replicate))[0] in results.parts


def _save_members(results: Results, cell: int, scenario: Scenario, replicate: int, history: History, to: Path) -> Path:
    import pyarrow as pa

    from sim.engines.tables import member_columns
    from sim.store.export import book_of, save

    members = pa.table(member_columns(scenario, replicate, history))
    return save(iter([members]), to, book_of(results, "members", cell=cell, replicate=replicate))


def _show(results: Results, cell: int, replicate: int, scenario: Scenario, history: History) -> None:
    import numpy as np

    from sim.engines.tables import year_columns

    columns = year_columns(scenario, np.array([replicate]), history.levels[None], history.counts[None])
    console = out()
    console.print(f"{results.folder}: cell {cell}, replicate {replicate}", soft_wrap=True)
    rows = []
    for year, *values in zip(columns["year"], *(columns[name] for name in MEASURES), strict=True):
        rows.append((str(year), *(f"{one:.4f}" if isinstance(one, float) else str(one) for one in values)))
    table(console, ("year", *(name.replace("_", " ") for name in MEASURES)), rows, range(6))


# Shared with sweep


def form_of(typed: str, quiet: bool) -> Form:
    """How progress is shown; ScenarioError for a form that there is not."""
    if typed == "json":
        return "json"
    if typed != "words":
        raise ScenarioError(f"--progress = {typed}: no such form; allowed: words, json")
    return "none" if quiet else "words"


def played(name: str, form: Form, play: Callable[..., Results]) -> Results:
    """Play with a bar; Ctrl-C, and SIGTERM as ``sim.__main__`` takes it, become a line that says how to go on."""
    bar = Bar(notes(), name, form)
    try:
        with bar:
            return play(progress=bar, failing=bar.failing)
    except KeyboardInterrupt as error:
        said = getattr(error, "__notes__", None)
        if not said:
            raise Interrupted("interrupted: nothing has been written") from None
        raise Interrupted(f"interrupted: {said[0]}", 3) from None


def tell(damage: str) -> None:
    """A line on stderr for what was found damaged."""
    note(damage)


def told(results: Results) -> int:
    """Name what failed, on stderr; returns the exit code that the state of the folder means."""
    counts = count(results)
    _name_failed(results, counts)
    return counts.code


def begun_before(experiment: Experiment, into: Path) -> None:
    """Say so if a sweep of this name was begun with another experiment, other code or figures, and is not complete."""
    from sim.store.manifest import differences
    from sim.store.provenance import code_files, packages
    from sim.sweeps.plan import Plan

    others = [path.parent for path in sorted(into.glob(f"{experiment.name}-*/manifest.json"))]
    if not others:
        return
    header = Plan(experiment).header
    for folder in others:
        try:
            other = Results.open(folder)
        except (ResultsError, OSError):
            continue  # no results, and none of ours
        if other.manifest["digest"] != header["digest"] and not other.complete:
            changed = differences(other.manifest, header, code_files(), packages())
            words = f"{folder} was begun with something else and is left as it is: {changed}; this sweep begins anew"
            note(words)


def _say(results: Results, counts: Counts) -> None:
    manifest, console = results.manifest, out()
    console.print(f"{results.folder}: {results.status}", style="bold", soft_wrap=True)
    numbers = f"{counts.done:,} of {counts.wanted:,} done, {counts.failed:,} failed, {counts.missing:,} missing"
    lines = [("runs", numbers), ("quarantine", f"{counts.quarantined:,} files")]
    if counts.absent:
        words = f"{counts.absent:,} of {len(results.parts):,} that the journal names are missing or have another length"
        lines.append(("files", words))
    git = manifest.get("git") or {}
    commit = f", git {git['commit'][:12]}{' with changes' if git['changed'] else ''}" if git else ""
    lines.append(("begun", f"{manifest['started']}, code {manifest['code'][:12]}{commit}"))
    if results.sessions:
        last = one_line(str(results.sessions[-1].get("at", "at a time that is not told")))
        lines.append(("sessions", f"{len(results.sessions)}, last begun {last}"))
    lines.append(("writer", counts.writer or "nobody"))
    if counts.missing and not counts.writer:
        lines.append(("to go on", command("resume", results.folder)))
    for name, words in lines:
        console.print(f"{name:<10}  {words}", soft_wrap=True)


def _name_failed(results: Results, counts: Counts) -> None:
    for cell, replicate, why in results.failed()[:SHOWN]:
        again = results.to_replay(cell, replicate)
        note(f"cell {cell}, replicate {replicate} failed: {why}; to see it: {again}")
    if counts.failed > SHOWN:
        note(f"and {counts.failed - SHOWN:,} more failed")
    sys.stderr.flush()
