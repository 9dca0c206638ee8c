# ruff: noqa: E501 (a message is one line)
"""Every bad input is one line, `file:line: key = value: problem; allowed: ...`, and nothing but a ScenarioError."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim.scenario import REACTIONS, Scenario, ScenarioError, load_experiment, load_scenario
from sim.scenario.parameters import Drawn
from tests.scenario.conftest import GOOD

Put = Callable[..., str]


def error(source: object) -> str:
    """What load_scenario says; one line that prints as it is."""
    with pytest.raises(ScenarioError) as caught:
        load_scenario(source)  # type: ignore[arg-type]
    message = str(caught.value)
    assert message.isprintable()
    assert caught.value.__cause__ is None
    return message


THINNING = "thinning = 0.5"
NUMBER = "allowed: a number from 0 to 1"
KEYS = f"allowed: {len(Drawn.model_fields)} keys, see burdenshare parameters"
TOP = "allowed: " + ", ".join(Scenario.model_fields)
REACTION = "allowed: " + ", ".join(REACTIONS)

CASES = {  # what is written instead of what, and the message
    # TOML itself
    "no equals sign": (
        THINNING,
        "thinning 0.5",
        "17: thinning 0.5: not TOML, expected '=' after a key in a key/value pair; allowed: key = value",
    ),
    "no digit": (
        THINNING,
        "thinning = .5",
        "17: thinning = .5: not TOML, invalid value; allowed: a number starts with a digit: 0.5, not .5",
    ),
    "no quotes": (
        '"Mine"',
        "Mine",
        '2: title = Mine: not TOML, invalid value; allowed: text in quotes: "follow", not follow',
    ),
    "capital": (
        THINNING,
        "x = True",
        "17: x = True: not TOML, invalid value; allowed: true or false, in small letters",
    ),
    "given again": (
        THINNING,
        "thinning = 0.5\nthinning = 0.4",
        "18: parameters.thinning: given again, first on line 17; allowed: each key once",
    ),
    "table again": (THINNING, "[script]", "17: script: given again, first on line 7; allowed: each key once"),
    "many digits": (
        THINNING,
        "thinning = " + "9" * 5000,
        "17: thinning = 9999999999999999999999999999999999999999999999...: not TOML, a number of too many digits; allowed: fewer digits",
    ),
    "deep": (
        THINNING,
        "thinning = " + "[" * 9999,
        f"17: thinning = {'[' * 46}...: nested 9999 deep; allowed: at most 24",
    ),
    "deep name": (THINNING, "a" + ".a" * 9999 + " = 1", f"17: a{'.a' * 28}...: nested 9999 deep; allowed: at most 24"),
    # keys
    "misspelt": ("thinning", "thining", "17: parameters.thining = 0.5: no such key, did you mean thinning?; " + KEYS),
    "misspelt table": (
        "[parameters]",
        "[parameter]",
        f"16: parameter = {{...}}: no such key, did you mean parameters?; {TOP}",
    ),
    "missing": ('question = "What?"\n', "", "1: question: missing; allowed: text in quotes of 1 to 2000 characters"),
    "name": (
        '"mine"',
        '"My World"',
        '1: name = "My World": not a valid name; allowed: a name of small letters, digits, - and .',
    ),
    "policy's name": (
        "[policies.a]",
        "[policies.A]",
        "10: policies.A: not a valid name; allowed: small letters, digits, - and .",
    ),
    # values
    "range": ("0.5", "1.5", f"17: parameters.thinning = 1.5: out of range; {NUMBER}"),
    "nan": ("0.5", "nan", f"17: parameters.thinning = nan: not a finite number; {NUMBER}"),
    "infinity": ("0.5", "-inf", f"17: parameters.thinning = -inf: not a finite number; {NUMBER}"),
    "bool": ("0.5", "true", f"17: parameters.thinning = true: a truth value does not belong here; {NUMBER}"),
    "text": ("0.5", '"0.5"', f'17: parameters.thinning = "0.5": text does not belong here; {NUMBER}'),
    "date": (
        "0.5",
        "2025-03-06",
        f"17: parameters.thinning = 2025-03-06: a date or time does not belong here; {NUMBER}",
    ),
    "list": ("0.5", "[0.5]", f"17: parameters.thinning = [0.5]: a list does not belong here; {NUMBER}"),
    "table": ("0.5", "{}", f"17: parameters.thinning = {{}}: a table does not belong here; {NUMBER}"),
    "large": ("0.5", "9" * 400, f"17: parameters.thinning = a number of more than 20 digits: too large; {NUMBER}"),
    "large hexadecimal": (
        "0.5",
        "0x" + "F" * 6000,
        f"17: parameters.thinning = a number of more than 20 digits: too large; {NUMBER}",
    ),
    "large whole": (
        THINNING,
        "lead_time = " + "9" * 40,
        "17: parameters.lead_time = a number of more than 20 digits: out of range; allowed: a whole number from 0 to 10",
    ),
    "not whole": (
        THINNING,
        "lead_time = 3.0",
        "17: parameters.lead_time = 3.0: a number with a point does not belong here; allowed: a whole number from 0 to 10",
    ),
    "empty list": ('["me"]', "[]", "5: sources = []: too short; allowed: a list of at least 1"),
    "empty text": ('"Mine"', '""', '2: title = "": empty; allowed: text in quotes of 1 to 2000 characters'),
    "text for list": ('["me"]', '"me"', '5: sources = "me": text does not belong here; allowed: a list of at least 1'),
    # names
    "policy": ('2025 = "a"', '2025 = "aa"', '8: script.2025 = "aa": unknown policy, did you mean a?; allowed: a'),
    "member": (
        "[parameters]",
        '[reactions]\nDUE = "follow"\n[parameters]',
        '17: reactions.DUE = "follow": member unknown, did you mean DEU?; allowed: a code or a name, such as DEU or Germany',
    ),
    "reaction": (
        "[script]",
        'reaction = "folow"\n[script]',
        f'7: reaction = "folow": unknown, did you mean follow?; {REACTION}',
    ),
    "member's reaction": (
        "[parameters]",
        '[reactions]\nDEU = "autarky"\n[parameters]',
        f'17: reactions.DEU = "autarky": unknown; {REACTION}',
    ),
    # tiers
    "no tiers": (
        "tiers = [\n  { minimum = 0.0, protection = 0.0 },\n  { minimum = 0.02, protection = 1.0 },\n]",
        "tiers = []",
        "11: policies.a.tiers = []: too short; allowed: a list of 1 to 8",
    ),
    "overlap": (
        "0.02",
        "0.0",
        "13: policies.a.tiers.1.minimum = 0.0: tiers must rise and not overlap, but the tier before starts at 0; allowed: a number above 0",
    ),
    "unsorted": (
        "minimum = 0.02",
        "minimum = -0.1",
        "13: policies.a.tiers.1.minimum = -0.1: tiers must rise and not overlap, but the tier before starts at 0; allowed: a number above 0",
    ),
    "first": (
        "minimum = 0.0,",
        "minimum = 0.01,",
        "12: policies.a.tiers.0.minimum = 0.01: the first tier must start at 0 or below; allowed: -0.2 to 0",
    ),
    "per cent": (
        "0.02",
        "2",
        "13: policies.a.tiers.1.minimum = 2: too high; write 0.02 for 2 % of GDP; allowed: a fraction of GDP from -0.2 to 1",
    ),
    "per cent with a point": (
        "0.02",
        "3.5",
        "13: policies.a.tiers.1.minimum = 3.5: too high; write 0.035 for 3.5 % of GDP; allowed: a fraction of GDP from -0.2 to 1",
    ),
    "per cent of the pledge": (
        "tiers = [\n  { minimum = 0.0, protection = 0.0 },\n  { minimum = 0.02, protection = 1.0 },\n]",
        'measure = "pledge"\ntiers = [{ minimum = 0.0, protection = 0.0 }, { minimum = 80, protection = 1.0 }]',
        "12: policies.a.tiers.1.minimum = 80: too high; write 0.8 for 80 % of the pledge; allowed: a fraction of the pledge from -0.2 to 2",
    ),
    "falling": (
        "protection = 0.0 },\n  { minimum = 0.02, protection = 1.0",
        "protection = 0.5 },\n  { minimum = 0.02, protection = 0.2",
        "13: policies.a.tiers.1.protection = 0.2: protection must not fall, but the tier before has 0.5; allowed: a number from 0.5 to 1",
    ),
    # years
    "before the figures": (
        "[script]",
        "start = 1949\n[script]",
        "7: start = 1949: out of range; allowed: a whole number from 1960 to 2025",
    ),
    "after the figures": (
        "[script]",
        "start = 2026\n[script]",
        "7: start = 2026: out of range; allowed: a whole number from 1960 to 2025",
    ),
    "end": ("[script]", "end = 2020\n[script]", "7: end = 2020: end must be after start = 2025; allowed: 2026 to 2200"),
    "script's year": (
        '2025 = "a"',
        '2025 = "a"\n2050 = "a"',
        '9: script.2050 = "a": 2050 is not a year of this scenario; allowed: a year from start = 2025 to end = 2045',
    ),
    "script's key": (
        '2025 = "a"',
        '2025 = "a"\n"²025" = "a"',
        '9: script.²025 = "a": ²025 is not a year of this scenario; allowed: a year from start = 2025 to end = 2045',
    ),
    "script's start": (
        "2025 =",
        "2026 =",
        '7: script: nothing says which policy is in force at the start, 2025; allowed: a line such as 2025 = "a"',
    ),
    "points": (
        "[script]",
        "war = [\n  { year = 2030, value = 1 },\n  { year = 2030, value = 0 },\n]\n[script]",
        "9: war.1.year = 2030: years must rise, but the point before is of 2030; allowed: a year after 2030",
    ),
    "window": (
        "[script]",
        "taste_window = [2020, 2030]\n[script]",
        "7: taste_window = [2020, 2030]: no such window of years; allowed: [first, last], rising, from 1951 to start = 2025",
    ),
    "opens": (
        THINNING,
        "loan_opens = 2025",
        "17: parameters.loan_opens = 2025: too early: the first simulated year is 2026; allowed: 0 (never by date), or 2026 to 2200",
    ),
    "said": (
        THINNING,
        '[[statements]]\nyear = 2025\nauthority = 1\nsource = "me"',
        "18: statements.0.year = 2025: not a simulated year; allowed: 2026 to 2045",
    ),
    "election twice": (
        THINNING,
        '[[elections]]\npolicy = "a"\n[[elections]]\npolicy = "a"',
        '20: elections.1.policy = "a": a policy stands here twice; allowed: each policy once',
    ),
    "election": (
        THINNING,
        '[[elections]]\npolicy = "a"\n[[elections]]\npolicy = "b"',
        '20: elections.1.policy = "b": unknown policy; allowed: a',
    ),
    # nothing may break the line
    "line breaks": (
        THINNING,
        '"a\\nb\\u001b\\u2028" = "c\\nd"',
        '17: parameters.a\\nb\\x1b\\u2028 = "c\\nd": no such key; ' + KEYS,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_message(case: str, put: Put, good: str) -> None:
    before, after, message = CASES[case]
    assert before in good
    assert error(put(good.replace(before, after, 1))) == f"mine.toml:{message}"


def test_the_example_itself_is_right(put: Put, good: str) -> None:
    assert load_scenario(put(good)).parameters.thinning == 0.5


def test_whole_numbers_do_for_numbers_and_stay_what_they_are(put: Put, good: str) -> None:
    scenario = load_scenario(put(good.replace("0.5", "1")))
    assert scenario.parameters.thinning == 1.0
    assert isinstance(scenario.parameters.thinning, float)


def test_a_file_from_windows(put: Put, good: str) -> None:
    assert load_scenario(put("\ufeff" + good.replace("\n", "\r\n"))) == load_scenario(put(good, "other.toml"))


def test_the_first_wrong_line_is_named_and_a_misspelling_before_what_it_leaves_missing(put: Put, good: str) -> None:
    assert error(put(good.replace("0.5", "9").replace('"Mine"', "1"))).startswith("mine.toml:2: title = 1:")
    assert error(put(good.replace("[policies.a]", "[policy.a]"))).startswith("mine.toml:10: policy = {...}: no such")


ALLOWED = "allowed: a TOML file of at most 1 MB in UTF-8"


def test_files_that_are_none(put: Put, tmp_path: Path) -> None:
    put("# x\n" * 300_000)
    assert error("mine.toml") == f"mine.toml: too large; {ALLOWED}"
    assert error("gone.toml") == f"gone.toml: no such file; {ALLOWED}, or the name of a preset"
    Path("folder.toml").mkdir()
    assert error(tmp_path / "folder.toml") == f"folder.toml: is a folder; {ALLOWED}"
    Path("latin.toml").write_bytes('name = "x"\ntitle = "é"'.encode("latin-1"))
    assert error("latin.toml") == f"latin.toml:2: byte 0xe9 is not UTF-8; {ALLOWED}"
    assert error("a\0.toml").startswith("a\\x00.toml: ")
    assert error("x" * 5000 + ".toml").startswith("xxx")
    assert error(Path("status-quo")) == "status-quo: not a TOML file; allowed: a path that ends in .toml"
    assert error("./status-quo") == "./status-quo: not a TOML file; allowed: a path that ends in .toml"
    assert error(put("")) == "mine.toml:1: name: missing; allowed: a name of small letters, digits, - and ."


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(put: Put) -> None:
    put("")
    os.mkfifo("pipe.toml")
    assert error("pipe.toml") == f"pipe.toml: is not an ordinary file; {ALLOWED}"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nobody may be kept from reading")
def test_a_file_that_may_not_be_read(put: Put, good: str) -> None:
    Path(put(good)).chmod(0)
    assert error("mine.toml") == f"mine.toml: cannot be read, permission denied; {ALLOWED}"


def test_names_that_are_none() -> None:
    assert error("statusquo").startswith("statusquo: no such scenario, did you mean status-quo?; allowed: a path to")
    assert error("").startswith(": no such scenario; allowed: ")
    assert error(None) == "NoneType: not a scenario; allowed: a path to a .toml, or the name of a preset"
    with pytest.raises(ScenarioError, match=r"^tresholds: no such experiment, did you mean threshold\?"):
        load_experiment("tresholds")


def test_large_files_full_of_errors_are_answered(put: Put) -> None:
    keys = "".join(f"thin{i} = 0.5\n" for i in range(40_000))
    assert error(put(f"[parameters]\n{keys}")).startswith(
        "mine.toml:2: parameters.thin0 = 0.5: no such key, did you mean"
    )


@pytest.fixture(scope="module")
def anywhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any") / "any.toml"


def loads_or_says_why(text: str, path: Path) -> None:
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    for load in (load_scenario, load_experiment):
        said = ""
        try:
            load(path)
        except ScenarioError as caught:
            said = str(caught)
        assert said == "" or said.isprintable()


@settings(max_examples=300, deadline=None)
@given(text=st.text())
@example(text="a = '''")
@example(text='[a\n]"="\n{[')
def test_any_text_loads_or_is_a_scenario_error(text: str, anywhere: Path) -> None:
    loads_or_says_why(text, anywhere)


@settings(max_examples=300, deadline=None)
@given(
    at=st.integers(0, len(GOOD)),
    drop=st.integers(0, 30),
    add=st.text("[]{}=\"'.,#\n 0e-tnaif_\\", max_size=8),
)
def test_any_damage_loads_or_is_a_scenario_error(at: int, drop: int, add: str, anywhere: Path) -> None:
    loads_or_says_why(GOOD[:at] + add + GOOD[at + drop :], anywhere)
