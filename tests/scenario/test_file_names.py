"""Files beside a file by any name that a folder may hold; tables of other forms are told apart; commands to copy."""

from __future__ import annotations

import shlex
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sim.scenario import ScenarioError, load_experiment, load_scenario
from sim.scenario.messages import command

Put = Callable[..., str]
HEAD = 'name = "mine"\ntitle = "Mine"\n'
EXPERIMENT = 'name = "e"\ntitle = "E"\nquestion = "?"\nreplicates = 2\nscenario = "{scenario}"\n'
TABLE = '[[uncertainties]]\nname = "draw"\ntable = "{table}"\n'
NAMES = ["my base.toml", "türkei.toml", "Türkiye (2).toml", "базис.toml", "基.toml", "Mine.toml", "a,b'c&d.toml"]


@pytest.mark.parametrize("name", NAMES)
def test_a_base_by_any_name(name: str, put: Put, good: str) -> None:
    put(good, name)
    assert load_scenario(put(f'extends = "{name}"\n{HEAD}')).question == "What?"
    assert load_experiment(put(EXPERIMENT.format(scenario=name), "e.toml")).scenario == name


def test_a_name_whose_accents_are_stored_apart(put: Put, good: str) -> None:
    put(good, unicodedata.normalize("NFD", "türkei.toml"))
    assert load_scenario(put(f'extends = "türkei.toml"\n{HEAD}')).question == "What?"


@pytest.mark.parametrize("name", ["Länder.csv", "my cells.csv", "ländertabelle mit leerzeichen.csv"])
def test_a_table_by_any_name(name: str, put: Put) -> None:
    put("thinning\n0.5\n0.6\n", name)
    experiment = load_experiment(put(EXPERIMENT.format(scenario="status-quo") + TABLE.format(table=name), "e.toml"))
    assert experiment.uncertainties[0].keys == ("parameters.thinning",)


@pytest.mark.parametrize(
    "name", ["../base.toml", "a/b.toml", ".hidden.toml", "~base.toml", "C:base.toml", "a\\\\b.toml", "\\u202Ebase.toml"]
)
def test_no_name_leads_out(name: str, put: Put, good: str) -> None:
    for text, where in ((f'extends = "{name}"\n{HEAD}', "x.toml"), (EXPERIMENT.format(scenario=name), "e.toml")):
        with pytest.raises(ScenarioError, match=r"only a file in the same folder|holds the hidden character"):
            (load_scenario if where == "x.toml" else load_experiment)(put(text, where))


def csv(frame: pd.DataFrame, **how: object) -> bytes:
    text = frame.to_csv(None, lineterminator="\n", **how)  # type: ignore[call-overload]
    assert isinstance(text, str)
    return text.encode()


FRAME = pd.DataFrame({"thinning": [0.5, 0.6], "lead_time": [2, 3]})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (csv(FRAME), "column 1 has no name; a table's index is left out (in pandas, index=False)"),
        (b"Unnamed: 0,thinning\n0,0.5\n", "column 1 has no name; a table's index is left out"),
        (csv(FRAME, index=False, sep=";", decimal=","), "line 1 has semicolons between its columns; they have to be c"),
        (csv(FRAME, index=False, sep="\t"), "line 1 has tabs between its columns; they have to be commas"),
        (csv(FRAME, index=False).decode().encode("utf-16"), "its letters are in UTF-16"),
        (csv(FRAME, index=False).decode().encode("utf-16-be"), "its letters are in UTF-16"),
        ("script.2026\nkönigsweg\n".encode("latin-1"), "column script.2026: its words are not in UTF-8"),
        (b"# made by me\nthinning\n0.5\n", "line 1 is a comment (#), and a table has none"),
        (b"thinning,lead_time\n0.5,2\n# a remark\n0.6,3\n", "line 3 is a comment (#), and a table has none"),
        (b"PK\x03\x04\x14\x00\x06\x00", "UTF-16, or it is no text"),
        (b"PK\x03\x04\x14\x01\x06\x01", "an archive, such as a file of Excel's"),
    ],
)
def test_other_forms_of_a_table_are_told_apart(content: bytes, words: str, put: Put) -> None:
    path = put(EXPERIMENT.format(scenario="status-quo") + TABLE.format(table="t.csv"), "e.toml")
    Path("t.csv").write_bytes(content)
    with pytest.raises(ScenarioError) as error:
        load_experiment(path)
    message = str(error.value)
    assert message.startswith('e.toml:8: uncertainties.0.table = "t.csv": ')
    assert words in message
    assert message.isprintable()


def test_a_mark_at_the_start_of_utf8_is_read(put: Put) -> None:
    path = put(EXPERIMENT.format(scenario="status-quo") + TABLE.format(table="t.csv"), "e.toml")
    Path("t.csv").write_bytes(csv(FRAME, index=False).decode().encode("utf-8-sig"))
    assert load_experiment(path).uncertainties[0].keys == ("parameters.thinning", "parameters.lead_time")


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame({"script.2026": pd.Categorical(["graduated", "graduated"])}), "script.2026: categories; write"),
        (FRAME.set_index(pd.Index([7, 8.5])), "column 3 has no name; a table's index is left out"),
    ],
)
def test_tables_of_pandas_are_told_apart(frame: pd.DataFrame, words: str, put: Put) -> None:
    path = put(EXPERIMENT.format(scenario="us-policies") + TABLE.format(table="t.parquet"), "e.toml")
    frame.to_parquet("t.parquet")
    with pytest.raises(ScenarioError, match=r"uncertainties\.0\.table") as error:
        load_experiment(path)
    assert words in str(error.value)


def test_commands_can_be_copied() -> None:
    for folder in ("results/a-1", "my results/a-1", "it's/ä $x;y", "résultats"):
        assert shlex.split(command("resume", Path(folder), "--failed")) == ["burdenshare", "resume", folder, "--failed"]
    assert command("resume", Path("results/a-1")) == "burdenshare resume results/a-1"
