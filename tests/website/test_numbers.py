"""What README tells in numbers: stored with what they rest on, played again, and borne out by what the words say.

Renew everything with `make numbers`; after a change of the model that the evidence sees too, `make evidence` first.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from sim.lessons import stories
from sim.scenario import scenario_names
from website import numbers as telling
from website.assemble import ROOT
from website.numbers import BEGIN, END, STORE, TEMPLATE, Number, block, measured, published, stored
from website.premises import false_premises

README = (ROOT / "README.md").read_text(encoding="utf-8")
RENEW = "renew it: make numbers"
BY_HAND = {"3.5", "2.53", "0.05"}  # agreed; NATO's estimate; the claim's own bound
COUNTED = {4: "Four", 9: "Nine", 21: "Twenty-one"}


@pytest.fixture(scope="module")
def numbers() -> dict[str, Number]:
    return {**stored(), **published()}


def test_readme_tells_the_stored_numbers(numbers: dict[str, Number]) -> None:
    assert telling.renewed(README, numbers) == README, RENEW


def test_the_model_still_plays_the_stored_numbers() -> None:
    """All of them, with their ends, as far as they are shown; each with how many runs it is of."""
    now, then = measured(), stored()
    assert now.keys() == then.keys(), RENEW
    parts = ("", "range")
    apart = [name for name in now if any(now[name].told(part) != then[name].told(part) for part in parts)]
    assert apart == [], RENEW
    assert [name for name in now if (now[name].n, now[name].basis) != (then[name].n, then[name].basis)] == []


def test_the_store_says_what_it_rests_on() -> None:
    held = json.loads(STORE.read_text(encoding="utf-8"))
    assert held["seed"] == telling.SEED
    assert re.fullmatch(r"[0-9a-f]{16,}", held["code"])
    assert held["version"]
    for name, one in stored().items():
        assert one.basis, name
        assert not np.isfinite(one.low) or one.low <= one.value <= one.high, name


def test_the_words_around_the_numbers_hold(numbers: dict[str, Number]) -> None:
    assert false_premises(numbers) == []


@pytest.mark.parametrize(
    ("name", "premise"),
    [
        ("lift of lawful exit", "an exit lifts it, in every draw"),
        ("protected in line at 2 %", "a line lifts it and protects fewer the higher it is"),
        ("share at the peak", "it peaks within the lines that were tried, if exclusion is believed"),
        ("status quo below the pledge in 2035", "it stays short of the pledge"),
    ],
)
def test_words_that_no_run_bears_out_are_named_and_nothing_is_written(
    name: str, premise: str, numbers: dict[str, Number], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    false = {**numbers, name: numbers[name]._replace(value=-1.0, low=-1.0, high=-1.0)}
    assert premise in false_premises(false)
    monkeypatch.setattr(telling, "measured", lambda: false)
    monkeypatch.setattr(telling, "published", dict)
    for place in ("STORE", "README"):
        monkeypatch.setattr(telling, place, tmp_path / place)
    with pytest.raises(SystemExit, match=re.escape(premise)):
        telling.main()
    assert list(tmp_path.iterdir()) == []


def test_a_number_that_changes_changes_readme(numbers: dict[str, Number]) -> None:
    other = {**numbers, "share of status quo": numbers["share of status quo"]._replace(value=9.87)}
    assert telling.renewed(README, other) != README
    assert "9.87\u00a0%" in block(other)


def test_no_result_is_typed_by_hand(numbers: dict[str, Number]) -> None:
    """Neither in the block's text nor in README around it."""
    text = TEMPLATE.read_text(encoding="utf-8")
    typed = re.sub(r"\{[^}]*\}", "", text)
    assert set(re.findall(r"(?<![\w.])\d*\.\d+", typed)) <= BY_HAND
    around = README.partition(BEGIN)[0] + README.partition(END)[2]
    prose = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", "", around, flags=re.S)
    assert set(re.findall(r"(?<![\w.])\d*\.\d+ ?(?:%|points)", prose)) <= {"1.5 %"}  # of GDP, the escape clause


def test_a_name_that_there_is_not_is_an_error(numbers: dict[str, Number]) -> None:
    named = set(re.findall(r"\{([^{}:]+(?:: [^{}:]+)?)(?::(?:value|range))?\}", TEMPLATE.read_text(encoding="utf-8")))
    assert named <= numbers.keys()
    with pytest.raises(KeyError):
        block({name: one for name, one in numbers.items() if name != "share of status quo"})
    with pytest.raises(ValueError, match="needs the lines"):
        telling.renewed("no marks", numbers)


def test_what_readme_counts_is_there(numbers: dict[str, Number]) -> None:
    there = {"scenarios": len(scenario_names()), "stories": len(stories()),
             "notebooks": len(list((ROOT / "notebooks").glob("*.ipynb")))}  # fmt: skip
    for what, count in there.items():
        assert f"{COUNTED[count]} {what}" in README
    assert f"{numbers['runs of the demo'].value:,.0f} histories" in README
    speeds = json.loads((ROOT / "results/published/benchmarks.json").read_text(encoding="utf-8"))["measured"]
    compiled = next(one for one in speeds["Runs a second"] if one["what"] == "status-quo: compiled engine")
    assert 10_000 < compiled["median"] < 25_000, "some ten thousand histories a second"


@pytest.mark.parametrize(
    ("number", "part", "words"),
    [
        (Number(3.161, 2.92, 3.48, 500, "", 2, " %"), "", "3.16\u00a0% (2.92 to 3.48)"),
        (Number(3.161, 2.92, 3.48, 500, "", 2, " %"), "value", "3.16\u00a0%"),
        (Number(3.161, 2.92, 3.48, 500, "", 2, " %"), "range", "2.92 to 3.48\u00a0%"),
        (Number(0.4, 0.2, 0.6, 500, "", 1, " points", True), "", "+0.4\u00a0points (0.2 to 0.6)"),
        (Number(15.0, np.nan, np.nan, 0, "", 0), "", "15"),
    ],
)  # fmt: skip
def test_numbers_are_told_with_their_interval(number: Number, part: str, words: str) -> None:
    assert number.told(part) == words
