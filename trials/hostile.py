"""``python -m trials.hostile``: files and folders that nobody should write, and what is said of them, in numbers.

Every file of tests/hostile/ is read as a user would (``burdenshare check``, and ``sweep`` where a check lets it pass):
one line on stderr, exit code 2, within 2 s of processor time and 300 MB, no file touched. Those under accepted/ look
wrong and are not. The fuzzer changes shipped files at random: cut, doubled, spliced, with bad words in them. Slow and
large are measured on this process. Folders of results are those of trials/folders.py: every file of one as a link, a
pipe, a device, empty, huge, packed to unpack to gigabytes, with other columns, sealed anew to say what cannot be; each
command on each, in a process with 20 s of processor time and 1.5 GB: a documented exit code, one line at most, nothing
that steers a terminal, nothing changed outside.

The table goes to results/published/hostile.md. ``--fuzz N`` changes N files, ``--quick`` few and only prints;
``--folders`` tries folders only, and prints.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from sim.cli import main as command
from sim.scenario import ScenarioError, load_experiment, load_scenario
from trials.folders import kinds
from trials.report import Line, bound, publish
from trials.visits import COMMANDS, good, visits

__all__ = ["FILES", "judge", "mutated", "read_any"]

ROOT = Path(__file__).parents[1]
FILES = ROOT / "tests" / "hostile"
SEEDS = sorted((ROOT / "scenarios").rglob("*.toml"))
SECONDS, MEGABYTES = 2.0, 300.0
WORDS = (
    'nan inf -inf 1e999 0x 1_0 [ ] { } [[ ]] = == . .. ../ /etc/passwd " \' """ \\ \\u202e \\u0000 \x00 \x1b \r \n '
    "# $x$ =1+1 __class__ _base true 1979-05-27 99999999999999999999 é \U0001f4a5 \u202e \ufeff"
).split(" ")


def judge(path: Path, into: Path) -> str:
    """What is wrong with how a refused file is answered; empty if nothing is."""
    begun = time.process_time()
    code, out, err = _said(["check", str(path)])
    if code == 0 and ": experiment " in out:
        code, out, err = _said(["sweep", str(path), "--into", str(into)])
    seconds = time.process_time() - begun
    if code != 2:
        return f"exit code {code}"
    if out or err.count("\n") != 1 or not err.startswith("burdenshare: ") or not err[:-1].isprintable():
        return f"not one clean line: {err[:200]!r}"
    if path.stem not in err and "hostile" not in err:
        return f"does not name the file: {err[:200]!r}"
    return f"{seconds:.1f} s" if seconds > SECONDS else ""


def _said(words: list[str]) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = command(words)
    return code, out.getvalue(), err.getvalue()


def mutated(text: bytes, other: bytes, chance: Random) -> bytes:
    """A file after some accidents."""
    data = bytearray(text)
    for _ in range(chance.randint(1, 5)):
        at, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
        end = min(end, at + chance.choice([1, 4, 40, 400]))
        accident = chance.randrange(5)
        if accident == 0:
            data[at:end] = b""
        elif accident == 1:
            data[at:at] = chance.choice(WORDS).encode("utf-8", "surrogatepass")
        elif accident == 2:
            data[at:end] = data[at:end] * 2
        elif accident == 3:
            start = chance.randrange(len(other))
            data[at:at] = other[start : start + chance.choice([4, 40, 400])]
        elif data and at < len(data):
            data[at] = chance.randrange(256)
    return bytes(data)


def read_any(path: Path) -> None:
    """Read a file as what it looks like; ScenarioError in one line if it cannot be."""
    load = load_experiment if b"[[levers]]" in path.read_bytes() else load_scenario
    load(path)


def fuzz(folder: Path, number: int) -> tuple[int, int, float]:
    """Trials, those answered wrong, and the slowest one's seconds."""
    chance, wrong, slowest = Random(1), 0, 0.0
    texts = [path.read_bytes() for path in SEEDS]
    path = folder / "fuzzed.toml"
    for _ in range(number):
        path.write_bytes(mutated(chance.choice(texts), chance.choice(texts), chance))
        begun = time.process_time()
        try:
            read_any(path)
        except ScenarioError as error:
            wrong += "\n" in str(error) or not str(error).isprintable()
        except Exception as error:
            print(f"{type(error).__name__}: {error}: {path.read_bytes()!r}"[:3000], file=sys.stderr)
            wrong += 1
        seconds = time.process_time() - begun
        wrong, slowest = wrong + (seconds > SECONDS), max(slowest, seconds)
    return number, wrong, slowest


def strangers(commands: Sequence[str]) -> Iterator[Line]:
    """Folders of all kinds, a line a command; what is wrong goes to stderr."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="burdenshare-folders-", dir=memory) as name:
        whole = good(Path(name))
        for command in commands:
            begun, wrong, tried, slowest = time.monotonic(), 0, 0, 0.0
            for what, complaint, seconds in visits(whole, Path(name) / "there", kinds(), [command]):
                tried, wrong, slowest = tried + 1, wrong + bool(complaint), max(slowest, seconds)
                if complaint:
                    print(f"{what}: {complaint}", file=sys.stderr, flush=True)
            words = f"folders from strangers: {command} (slowest {slowest:.1f} s)"
            yield Line(words, tried, wrong, time.monotonic() - begun)
            print(f"{words}: {tried} trials, {wrong} failed", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--fuzz", type=int, default=50_000)
    parser.add_argument("--folders", nargs="*", metavar="COMMAND", help=f"of {', '.join(COMMANDS)}")
    given = parser.parse_args()
    if given.folders is not None:
        found = list(strangers(given.folders or list(COMMANDS)))
        return int(any(line.failed for line in found))
    lines, before = [], {path: path.read_bytes() for path in FILES.rglob("*.toml")}
    with tempfile.TemporaryDirectory(prefix="burdenshare-hostile-") as name:
        begun = time.monotonic()
        refused = sorted((FILES / "refused").glob("*.toml"))
        wrong = [f"{path.name}: {words}" for path in refused if (words := judge(path, Path(name) / "out"))]
        lines.append(Line("files that have to be refused", len(refused), len(wrong), time.monotonic() - begun))
        begun = time.monotonic()
        accepted = sorted((FILES / "accepted").glob("*.toml"))
        wrong += [f"{path.name}: {said}" for path in accepted if (said := _said(["check", str(path)]))[0]]
        failed = len(wrong) - lines[0].failed
        lines.append(Line("files that look wrong and are not", len(accepted), failed, time.monotonic() - begun))
        begun = time.monotonic()
        trials, broken, slowest = fuzz(Path(name), 500 if given.quick else given.fuzz)
        words = f"shipped files changed at random (slowest {slowest:.2f} s)"
        lines.append(Line(words, trials, broken, time.monotonic() - begun))
        touched = {path: path.read_bytes() for path in FILES.rglob("*.toml")} != before or (Path(name) / "out").exists()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    lines.append(Line(f"memory of all of it below {MEGABYTES:g} MB ({peak:.0f} MB)", 1, int(peak > MEGABYTES), 0.0))
    lines.append(Line("no file touched", 1, int(touched), 0.0))
    lines += strangers(["status", "verify", "resume"] if given.quick else list(COMMANDS))
    print(*wrong, sep="\n")
    for line in lines:
        print(f"{line.what}: {line.trials} trials, {line.failed} failed, {bound(line)}")
    if not given.quick:
        made = f"python -m trials.hostile --fuzz {given.fuzz}"
        publish(ROOT / "results" / "published" / "hostile.md", "Hostile input", __doc__ or "", lines, made)
    return int(any(line.failed for line in lines))


if __name__ == "__main__":
    sys.exit(main())
