"""Folders from strangers, and what they and long names would print: bounded, one line, nothing touched outside.

``make hostile`` has every kind with every command; here are the examples that were seen.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from types import FrameType

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.cli import main
from sim.cli.streams import UNREAD
from sim.scenario import unpacking
from sim.scenario.errors import LONGEST, one_line
from sim.scenario.rows import read_rows
from sim.store import Damaged, ResultsError, declared, folder, listed, parquet
from sim.store.files import encoded
from sim.store.pages import pages
from sim.store.parquet import groups
from trials.folders import CELLS, PART, STEERING, kinds
from trials.visits import CODES, COMMANDS, Visit, complaint, good

Captured = pytest.CaptureFixture[str]
KINDS = kinds()
ROOT = Path(__file__).parents[1]
LINK = "is a link, which is not followed; allowed: a "


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return good(tmp_path_factory.mktemp("good"))


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    """What hangs is ended, and fails."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise AssertionError("took longer than a minute")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def test_there_are_enough_kinds() -> None:
    assert len(KINDS) >= 200
    assert len(COMMANDS) >= 12


@pytest.mark.parametrize(
    ("kind", "commands", "code", "words"),
    [
        ("lock: link out", "status, resume a part, sweep", 74, f"lock: {LINK}regular file"),
        ("lock: hard link", "resume a part", 74, "lock: has a second name, a hard link"),
        ("lock: pipe", "status, resume a part", 74, "lock: is a pipe; allowed: a regular file"),
        ("lock: link to /dev/zero", "status, resume a part", 74, f"lock: {LINK}regular file"),
        ("runs/: link out", "resume, resume a part, verify", 74, f"runs: {LINK}folder"),
        ("figures/: link out", "plot", 74, f"figures: {LINK}folder"),
        ("figures/sweep-end-european-share.png: link out", "plot", 0, "sweep-end-european-share.png"),
        ("manifest.json: pipe", "status, verify, resume, plot", 74, "manifest.json: is a pipe; allowed"),
        ("journal: pipe", "status, verify, resume, merge", 74, "journal: is a pipe; allowed: a regular file"),
        ("journal: link to /dev/zero", "status, export runs", 74, f"journal: {LINK}regular file"),
        ("journal: huge and sparse", "status, verify, resume, merge", 74, "bytes; allowed: at most"),
        ("journal: fifty megabytes of sessions", "status, resume, merge", 74, "bytes; allowed: at most"),
        (f"{PART}: pipe", "export runs, merge, Results.sql", 74, "part-00000.parquet: "),
        (f"{PART}: folder", "export runs, plot", 74, "is a folder; allowed: a regular file"),
        (f"{PART}: long text", "export runs, plot, Results, Results.sql, verify", 74, "unpacks to more than 8,388,608"),
        (f"{PART}: other columns", "export runs, plot, Results", 74, "has no column cell of whole numbers"),
        (f"{PART}: texts packed by what they share", "export runs, Results.sql", 74, "a page of another kind"),
        (f"{PART}: ten million rows", "export runs, Results.sql", 74, "has 10,000,000 rows where 12 were written"),
        ("manifest, cells: a million cells of one text", "export cells", 74, "texts unpack to 33,333,300"),
        ("manifest, cells: 10**11 cells", "status, verify, resume, merge", 74, "number_of_parts = 100000000000: not"),
        ("manifest: 10**11 parts", "status, verify, resume", 74, "number_of_parts = 100000000000: not what a sweep"),
        ("manifest: name that leads out", "merge, status", 74, "name = '../../outside/x': not what a sweep writes"),
        ("manifest: start that steers a terminal", "status, merge", 74, r"started = '\x1b[2J"),
        ("manifest: agents that are a command", "status, resume", 74, "agents.members.DEU.module = "),
        ("journal: failed that steer a terminal", "status", 74, "runs/part-00000.parquet: 6 rows and failed runs"),
        ("runs/: gone", "status", 3, "1 of 4 that the journal names are missing"),
        ("runs/: gone", "export runs, merge", 74, "part-00000.parquet: damaged or missing"),
    ],
)
def test_a_folder_from_a_stranger_is_one_line(
    whole: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: Captured,
    kind: str,
    commands: str,
    code: int,
    words: str,
) -> None:
    for module in (parquet, unpacking):
        monkeypatch.setattr(module, "MOST_UNPACKED", 8 * 2**20)
    monkeypatch.setattr("trials.folders.LONG", 9 * 2**20)
    for number, command in enumerate(commands.split(", ")):
        visit = Visit(whole, tmp_path / f"{number}", KINDS[kind])
        before = visit.untouched()
        monkeypatch.chdir(visit.there / "desk")
        found = COMMANDS[command](visit.folder)
        printed = capfd.readouterr()
        assert found == code, (command, printed)
        assert not complaint(found, printed.err + printed.out), command
        assert words in printed.err + printed.out, command
        assert visit.untouched() == before, command


def test_status_counts_what_lies_there(whole: Path, tmp_path: Path, capfd: Captured) -> None:
    visit = Visit(whole, tmp_path / "a", KINDS["runs/: gone"])
    assert main(["status", str(visit.folder)]) == 3
    assert "0 of 12 done, 0 failed, 12 missing" in capfd.readouterr().out
    assert main(["resume", str(visit.folder), "--quiet"]) == 0
    assert main(["status", str(visit.folder)]) == 0


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/../b", "/etc/passwd", "a//b", "a/", "a\\..\\b", "c:x"])
def test_no_name_leads_out(tmp_path: Path, name: str) -> None:
    with pytest.raises(Damaged, match="allowed: names of files in the folder"):
        folder.read(tmp_path, name, 10)


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"12345")
    assert folder.read(tmp_path, "x", 5) == b"12345"
    with pytest.raises(Damaged, match="x: has 5 bytes; allowed: at most 4"):
        folder.read(tmp_path, "x", 4)
    with pytest.raises(FileNotFoundError):
        folder.read(tmp_path, "y", 4)


def test_the_bounds_in_the_docs_are_those_in_the_code() -> None:
    text = (ROOT / "docs" / "store.md").read_text(encoding="utf-8").split("## Folders from others")[1].split("\n## ")[0]
    told = [line.split("|")[2].strip() for line in text.splitlines() if line.startswith("| ")][1:]
    mib = 2**20
    base, most = 2 * declared.MOST_MANIFEST // mib, declared.MOST_JOURNAL // mib
    assert told == [
        f"{declared.MOST_MANIFEST // mib} MiB",
        f"{base} MiB, {declared.A_FILE // 1024} KiB a file and {declared.A_RUN // 1024} KiB a run; {most} MiB in all",
        f"{declared.MOST_FILES:,}",
        f"{declared.MOST_IN_A_PART:,}",
        f"{declared.MOST_OF_A_PART // mib} MiB",
        f"{declared.MOST_OF_A_TABLE // 2**30} GiB",
        f"{parquet.MOST_FOOTER // mib} MiB",
        f"{unpacking.MOST_UNPACKED // mib} MiB",
        f"{listed.MOST_AT_ONCE // 2**30} GiB, unpacked",
    ]


# Parquet


def test_the_headers_of_pages_say_what_the_footer_says(whole: Path) -> None:
    data = (whole / PART).read_bytes()
    found = pq.read_metadata(pa.BufferReader(data)).row_group(0)
    for number in range(found.num_columns):
        column = found.column(number)
        start = min(place for place in (column.dictionary_page_offset, column.data_page_offset) if place)
        seen = list(pages(memoryview(data), start, start + column.total_compressed_size))
        heads = column.total_compressed_size - sum(page.packed for page in seen)
        assert sum(page.unpacked for page in seen) + heads == column.total_uncompressed_size
        assert len(seen) == 1 + column.has_dictionary_page


def test_a_page_that_asks_for_gigabytes_is_refused() -> None:
    """A footer says what it likes; the page's own header counts."""
    asks = bytes([0x15, 0x00, 0x15, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F, 0x15, 0x02, 0x2C, 0x15, 0x02, 0x15, 0x00, 0x00, 0x00])
    (page,) = pages(memoryview(asks + b"x"), 0, len(asks) + 1)
    assert page == (1, 2**31 - 1)
    for wrong in (b"", b"\x15", bytes(40), b"\xff" * 40, b"\x1c" * 70_000, asks):
        if wrong:
            with pytest.raises(ValueError, match="a page "):
                list(pages(memoryview(wrong), 0, len(wrong)))


def test_any_damage_to_a_file_is_a_line(whole: Path) -> None:
    """Bytes changed and sealed anew: tables, or an error of the kind that a reader turns into a line."""
    data, chance = (whole / CELLS).read_bytes(), Random(0)
    read = refused = 0
    for _ in range(400):
        wrong = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            wrong[chance.randrange(len(wrong))] = chance.randrange(256)
        try:
            read += sum(table.num_rows for table in groups(bytes(wrong), 4))
        except (ValueError, pa.ArrowException, OSError):
            refused += 1
    assert refused > 200
    assert read > 0


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    table = pa.table({"cell": [0, 1], "x": [0.5, None], "t": ["a", None], "b": [True, False]})
    for one in (table, table.slice(0, 0)):
        data, rows = encoded([one])
        assert pa.concat_tables(groups(data, rows)).equals(one)
        assert pa.concat_tables(groups(data, rows, ["t"])).column_names == ["t"]
    with pytest.raises(KeyError):
        list(groups(data, 0, ["nothing"]))


def test_a_table_of_an_experiment_is_bounded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    labels = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0] * 100), pa.array(["a" * 1000, "b"]))
    pq.write_table(pa.table({"policy": labels, "x": range(300)}), tmp_path / "t.parquet", store_schema=False)
    assert list(read_rows(tmp_path / "t.parquet").columns["policy"][:2]) == ["a" * 1000, "b"]
    monkeypatch.setattr(unpacking, "MOST_UNPACKED", 100_000)
    with pytest.raises(ValueError, match="column policy: its texts unpack to 200,100 bytes"):
        read_rows(tmp_path / "t.parquet")
    monkeypatch.setattr("sim.scenario.rows.MOST_UNPACKED", 1000)
    with pytest.raises(ValueError, match=r"unpacks to .* bytes, where 1,000 are the most"):
        read_rows(tmp_path / "t.parquet")


def test_an_unknown_column_is_said(whole: Path) -> None:
    from sim.store import Results

    with pytest.raises(ResultsError, match="no column 'nothing'; allowed: cell, "):
        Results.open(whole).runs(["nothing"])


# Messages


@pytest.mark.parametrize(
    "typed",
    [
        ["sweep", "small.toml", "--into", f"out{STEERING}"],
        ["check", f"{STEERING}.toml"],
        ["status", f"x{STEERING}"],
        ["status", "x" * 100_000],
        ["check", "[red]" * 20_000 + ".toml"],
        ["export", f"y{STEERING}", f"{STEERING}.csv"],
        ["resume", "\udcff"],
        [STEERING],
        ["run", STEERING, "--until", "\u202e2030"],
    ],
)
def test_nothing_that_is_typed_steers_the_terminal(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Captured, typed: list[str]
) -> None:
    monkeypatch.chdir(Visit(whole, tmp_path / "a", KINDS["lock: gone"]).there / "desk")
    code = main(typed)
    printed = capfd.readouterr()
    assert code in CODES
    assert not complaint(code, printed.err + printed.out)
    assert all(len(line) < LONGEST + 50 for line in printed.err.splitlines())


def test_a_message_keeps_its_head_and_its_end() -> None:
    message = f"small.toml:3: key = {'a' * 100_000}{STEERING}: no such key; allowed: what there is"
    found = one_line(message)
    assert found.isprintable()
    assert len(found) <= LONGEST
    assert found == one_line(found)
    assert re.fullmatch(r"small\.toml:3: key = a+ \[[\d,]+ letters left out\] a+.*allowed: what there is", found)


def burdenshare(words: str) -> subprocess.CompletedProcess[bytes]:
    """What a shell gives for a line; in it, burdenshare is the command."""
    code = "import sys; from sim.cli import main; sys.exit(main())"
    python = f"burdenshare() {{ '{sys.executable}' -c '{code}' \"$@\"; }}"
    return subprocess.run(["sh", "-c", f"{python}; {words}"], capture_output=True, cwd=ROOT, check=False)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("burdenshare status '{0}' <&- >&- 2>&-", 0, b""),
        ("burdenshare parameters >&-", 0, b""),
        ("burdenshare parameters >/dev/full", 74, b"burdenshare: input or output: No space left on device\n"),
        ("{{ burdenshare parameters; echo $? >&2; }} | true", 0, f"{UNREAD}\n".encode()),
    ],
)
def test_streams_may_be_closed_full_or_unread(whole: Path, words: str, code: int, said: bytes) -> None:
    found = burdenshare(words.format(whole))
    assert (found.returncode, found.stdout) == (code, b"")
    assert found.stderr.startswith(said)
    assert found.stderr.count(b"\n") <= 1
