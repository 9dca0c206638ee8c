"""Results as tables, in SQL and as one file: the same rows, whatever is asked, and nothing else within reach."""

from __future__ import annotations

import csv
import itertools
import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim import data
from sim.engines.tables import History, member_columns, summarise, year_columns
from sim.measures import COUNTS, LEVELS, MEMBER
from sim.scenario import load_scenario
from sim.store import Damaged, Disk, Results, ResultsError, queries
from sim.store import export as exporting
from sim.store.codebook import OTHERS, described
from sim.store.export import CODEBOOK, book_of, defused, export, safe, save, stretches


@pytest.fixture(scope="module")
def results(small: Any, tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("read [1]* ' quoted")  # no pattern, and no end of a text in SQL
    found: Results = small.play(folder)
    return found


def test_sql_sees_the_tables_that_pandas_sees(results: Results) -> None:
    runs = results.runs()
    mean = results.sql("select cell, avg(end_european_share) as mean from runs group by cell order by cell")
    expected = runs.groupby("cell")["end_european_share"].mean()
    assert mean["mean"].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-12)
    joined = results.sql("select count(*) as n, min(thinning) as least from years join cells using (cell, thinning)")
    assert joined.to_dict("records") == [{"n": len(results.years()), "least": 0.5}]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("select nothing from runs", "nothing"),
        ("selec", "syntax error"),
        ("select * from read_csv('/etc/passwd')", "disabled"),
        ("copy runs to '/tmp/runs.csv'", "disabled"),
        ("attach '/tmp/other.db'", "disabled"),
        ("install httpfs", "disabled"),
        ("set enable_external_access = true", "locked|Cannot"),
    ],
)
def test_sql_reaches_nothing_else_and_complains_in_one_line(results: Results, query: str, words: str) -> None:
    with pytest.raises(ResultsError, match=words) as caught:
        results.sql(query)
    assert "\n" not in str(caught.value)
    assert not Path("/tmp/runs.csv").exists()


def test_sql_of_a_file_that_was_cut_short_is_refused(small: Any, tmp_path: Path) -> None:
    results = small.play(tmp_path)
    path = results.folder / "runs" / "part-00002.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Damaged, match=r"part-00002.parquet: missing or cut short; allowed: burdenshare resume"):
        results.sql("select 1")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_an_export_has_every_row_in_order_and_every_digit(results: Results, tmp_path: Path, ending: str) -> None:
    for kind, expected in (("runs", results.runs()), ("years", results.years()), ("cells", results.cells())):
        path = export(results, kind, tmp_path / f"{kind}.{ending}")
        texts = {name: str for name in expected.columns if expected[name].dtype == float}  # pandas may lose a digit
        read = pd.read_parquet if ending == "parquet" else partial(pd.read_csv, dtype=texts, keep_default_na=False)
        found = read(path)
        for name in expected.columns:
            one, other = found[name], expected[name]
            if other.dtype == float:
                one = one.replace("", "nan").astype(float)
            assert one.astype(other.dtype).equals(other) or (one.astype(str) == other.astype(str)).all(), name
    tables = [f"{kind}.{ending}" for kind in ("cells", "runs", "years")]
    assert {path.name for path in tmp_path.iterdir()} == {name + end for name in tables for end in ("", CODEBOOK)}


def test_an_export_overwrites_nothing_and_leaves_nothing_half_done(results: Results, tmp_path: Path) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text("mine")
    (tmp_path / "link.csv").symlink_to(tmp_path / "nowhere.csv")
    for name in ("mine.csv", "link.csv"):
        with pytest.raises(ResultsError, match="is there already"):
            export(results, "runs", tmp_path / name)
    with pytest.raises(ResultsError, match=r"allowed: \.parquet or \.csv"):
        export(results, "runs", tmp_path / "runs.xlsx")

    def breaks() -> Any:
        yield pa.table({"a": [1]})
        raise OSError(28, "No space left on device")

    for ending in ("csv", "parquet"):
        with pytest.raises(OSError, match="No space") as caught:
            save(breaks(), tmp_path / f"new.{ending}", book_of(results, "runs"))
        assert caught.value.filename == str(tmp_path / f"new.{ending}")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.csv", "mine.csv"]
    assert mine.read_text() == "mine"


@given(st.lists(st.integers(0, 9), max_size=12))
def test_stretches_do_not_depend_on_the_parts(sizes: list[int]) -> None:
    total = sum(sizes)
    starts = [sum(sizes[:k]) for k in range(len(sizes))]
    tables = [pa.table({"a": pa.array(range(a, a + n), pa.int64())}) for a, n in zip(starts, sizes, strict=True)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exporting, "ROWS", 5)
        found = [table["a"].to_pylist() for table in stretches(iter(tables))]
    assert [one for rows in found for one in rows] == list(range(total))
    assert all(len(rows) == 5 for rows in found[:-1])
    assert len(found) == (max(1, -(-total // 5) + (total % 5 == 0)) if sizes else 0)


def failing(real: Any, answers: Iterator[BaseException | None]) -> Any:
    """An operation of the disk that raises what comes next, if it is an error."""

    def inside(self: Disk, *paths: Path) -> None:
        error = next(answers)
        if error is not None:
            raise error
        real(self, *paths)

    return inside


@pytest.mark.parametrize("broken", ["sync", "rename"])
def test_a_table_and_its_codebook_are_there_together_or_not_at_all(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """Whichever of the four operations of the disk fails, or is interrupted."""
    for number, error in itertools.product(range(2), (OSError(5, "Input/output error"), KeyboardInterrupt())):
        answers = itertools.chain([None] * number, itertools.repeat(error))
        with monkeypatch.context() as patch:
            patch.setattr(Disk, broken, failing(getattr(Disk, broken), answers))
            with pytest.raises(type(error)):
                export(results, "runs", tmp_path / "runs.csv")
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_an_export_has_a_codebook(results: Results, tmp_path: Path, ending: str) -> None:
    path = export(results, "runs", tmp_path / f"runs.{ending}")
    book = json.loads((tmp_path / f"runs.{ending}{CODEBOOK}").read_text(encoding="utf-8"))
    manifest, runs = results.manifest, results.runs()
    assert {name: book[name] for name in ("file", "table", "seed", "digest", "code", "version", "runs_done")} == {
        "file": path.name, "table": "runs", "seed": 1, "digest": manifest["digest"], "code": manifest["code"],
        "version": sim.__version__, "runs_done": 12,
    }  # fmt: skip
    assert (book["rows"], book["complete"]) == (len(runs), True)
    columns = {one["column"]: one for one in book["columns"]}
    assert list(columns) == list(runs.columns)
    assert columns["autonomy_year"]["missing"] == int(runs["autonomy_year"].isna().sum())
    assert columns["autonomy_year"]["unit"] == "year"
    assert columns["end_european_share"] | {"type": ""} == {
        "column": "end_european_share", "type": "", "unit": "fraction of GDP", "missing": 0,
        "meaning": "Europe's and Canada's spending, in the last year",
    }  # fmt: skip
    assert columns["thinning"]["meaning"] == "axis of the experiment: value of parameters.thinning"
    if ending == "parquet":
        attrs = pd.read_parquet(path).attrs
        assert attrs["columns"] == [{k: v for k, v in one.items() if k != "missing"} for one in book["columns"]]
        assert {**book, **attrs} == {**book, "columns": attrs["columns"]}


def test_every_column_has_a_meaning_and_a_unit() -> None:
    """Of all tables that a sweep can write."""
    scenario = load_scenario("status-quo")
    levels, counts = np.ones((1, 2, len(LEVELS))), np.zeros((1, 2, len(COUNTS)), np.int16)
    history = History(levels[0], counts[0], np.ones((2, len(MEMBER), len(data.MEMBERS))))
    tables = {
        "runs": summarise(scenario, levels, counts), "years": year_columns(scenario, np.zeros(1, int), levels, counts),
        "members": member_columns(scenario, 0, history),
    }  # fmt: skip
    for kind, columns in tables.items():
        units = {name: described(kind, name, {})[1] for name in columns}
        assert [name for name, unit in units.items() if unit == OTHERS] == []


FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠a", '=cmd|"/c calc"!A1', " =1",
    "\u00a0=1", "\u200b=1", "\ufeff=1", "\u22121", "\ufe661", "\ufe62a", "\ufe63a", "\ufe6ba", "\u207c1", "\u208b1",
    "\ufb291", "\u3000＝1", "\x0b1", "\x1b[0m",
]  # fmt: skip


def test_formulas_are_defused_and_numbers_left_alone(tmp_path: Path) -> None:
    harmless = ["", "a=1", " a", "1-1", "'=1", "über", "a,b", 'a"b', "a\nb"]
    texts = FORMULAS + harmless
    table = pa.table({"text": texts, "number": [-0.1 * k for k in range(len(texts))]})
    save(iter([table]), tmp_path / "a.csv")
    with open(tmp_path / "a.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == [f"'{text}" for text in FORMULAS] + harmless
    assert [float(row["number"]) for row in rows] == table["number"].to_pylist()
    save(iter([table]), tmp_path / "a.parquet")
    assert pq.read_table(tmp_path / "a.parquet")["text"].to_pylist() == texts


@given(st.lists(st.text(st.characters() | st.sampled_from("=+-@＝＋－＠\u2212\ufe66 \t\r\u200b\u3000")), min_size=1))
def test_no_text_of_a_csv_begins_a_formula(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    found = safe(pa.table({"a": pa.array(texts, pa.string())}))["a"].to_pylist()
    assert found == defused(texts)
    for text, whole in zip(found, texts, strict=True):
        seen = unicodedata.normalize("NFKC", text).lstrip()
        assert seen[:1] not in set("=+-@\u2212") or not seen
        assert not text or unicodedata.category(text[0]) not in ("Cc", "Cf")
        assert text in (whole, f"'{whole}")


READER = """
import os, sys
from pathlib import Path
from sim.store import Results
from sim.store.checking import verify
from sim.store.export import export

def threads():
    names = [Path(f"/proc/self/task/{one}/comm").read_text() for one in os.listdir("/proc/self/task")]
    return len([name for name in names if "jemalloc" not in name])  # which knows nothing of Python

before, results = threads(), Results.open(sys.argv[1])
assert not list(verify(results))
for table in (results.cells(), results.runs(), results.years()):
    assert len(table)
export(results, "years", Path(sys.argv[2], "years.csv"))
export(results, "years", Path(sys.argv[2], "years.parquet"))
print(threads() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_reading_leaves_no_thread_that_could_outlive_python(results: Results, tmp_path: Path) -> None:
    """One of Arrow's would ask for Python's lock while Python ends, which aborts the process after all was well."""
    command = [sys.executable, "-c", READER, str(results.folder), str(tmp_path)]
    there = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    ran = subprocess.run(command, env=there, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "0\n", "")


def test_sql_takes_the_share_of_the_machine_that_this_process_has(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "cores", lambda: 3)
    monkeypatch.setattr(queries, "memory", lambda: 10 * 2**30)
    set_to = results.sql("select current_setting('threads') threads, current_setting('memory_limit') memory")
    assert set_to.to_dict("records") == [{"threads": 3, "memory": "8.0 GiB"}]
