"""Notes of ``burdenshare check``: what a file may say and hardly means."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.cli import main
from sim.scenario import experiment_names, scenario_names
from sim.scenario.loader import notes

Put = Callable[..., str]
HEAD = 'extends = "status-quo"\nname = "mine"\ntitle = "Mine"\n'
TIERS = "tiers = [{{ minimum = 0.0, protection = 0.0 }}, {{ minimum = {}, protection = {} }}]"


def policy(line: float, protection: float = 1.0, more: str = "") -> str:
    """A scenario whose one policy has a line; written so that the line stands on line 10."""
    return (
        f'{HEAD}\n[script]\n2025 = "own"\n[policies.own]\n{more}\ntone = 0.3\n' + TIERS.format(line, protection) + "\n"
    )


def said(text: str, put: Put) -> list[str]:
    """The notes on a scenario that hold for it and not for what it extends."""
    return [note for note in notes(put(text), "scenario") if "neither script nor elections" not in note]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (policy(0.35), "mine.toml:10: policies.own.tiers.1.minimum = 0.35: a line at 35 % of GDP; write 0.035"),
        (policy(0.35, more='measure = "effort"'), "= 0.35: a rise of 35 % of GDP in three years; write 0.035 for"),
        (policy(0.035, more='measure = "pledge"'), "= 0.035: 3.5 % of the pledge; 1.0 is all of it, and measure"),
        (policy(0.02, 0.0), "tiers.1.protection = 0.0: promises no more than the tier below"),
        (policy(0.02, more="goes_alone = 0.5"), "mine.toml:8: policies.own.goes_alone = 0.5: has no effect, the"),
        (HEAD + '[reactions]\nIceland = "follow"\n', 'mine.toml:4: reactions.ISL = "follow": has no effect, ISL has'),
        (HEAD + "end = 2100\n", "mine.toml:4: end = 2100: 69 years after the last figure of growth or its forecast"),
        (HEAD + "[parameters]\nloan_opens = 2050\n", "parameters.loan_opens = 2050: is after end = 2045, so that"),
        (HEAD + "[[war]]\nyear = 2060\nvalue = 1.0\n", "war.0.year = 2060: is after end = 2045: the path is 0"),
    ],
)  # fmt: skip
def test_what_is_hardly_meant_is_noted(text: str, words: str, put: Put) -> None:
    found = said(text, put)
    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize(
    "text",
    [
        policy(0.035), policy(0.1), policy(0.005, more='measure = "effort"'), policy(1.0, more='measure = "pledge"'),
        policy(0.02, more="goes_alone = 0.5\nseeks_withdrawal = true"), HEAD + "end = 2050\n",
        HEAD + '[reactions]\nDEU = "follow"\n', HEAD + "[parameters]\nloan_opens = 2027\n",
    ],
)  # fmt: skip
def test_what_is_meant_is_not_noted(text: str, put: Put) -> None:
    assert said(text, put) == []


def test_policies_that_nothing_uses_and_a_script_that_nobody_reads(put: Put) -> None:
    own = HEAD + (
        '[policies.a]\n[policies.b]\n[policies.c]\n[[elections]]\npolicy = "a"\n'
        '[script]\n2025 = "a"\n2028 = "a"\n2033 = "b"\n'
    )
    found = notes(put(own), "scenario")
    assert any("neither script nor elections use b, c" in note for note in found)
    assert any('mine.toml:12: script.2033 = "b": is not read: from 2029 on the winners' in note for note in found)
    assert any('elections.0.policy = "a": the only one to elect' in note for note in found)
    assert not any("2028" in note for note in found)


def test_an_axis_on_a_policy_that_nothing_uses(put: Put) -> None:
    text = (
        'name = "e"\ntitle = "E"\nquestion = "?"\nscenario = "us-policies"\nreplicates = 2\n[[levers]]\nname = "line"\n'
        'key = "policies.conditional-5.tiers.1.minimum"\nvalues = [0.02, 0.05]\n'
    )
    (found,) = notes(put(text, "e.toml"), "experiment")
    assert found.startswith('e.toml:8: levers.0.key = "policies.conditional-5.tiers.1.minimum": neither script nor ')
    assert found.endswith("us-policies use the policy conditional-5: every value plays alike")
    moved = text + '[[levers]]\nname = "policy"\nkey = "script.2026"\nvalues = ["conditional-5", "unconditional"]\n'
    assert notes(put(moved, "e.toml"), "experiment") == []


def test_check_prints_notes_and_is_content(put: Put, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", put(policy(0.35))]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("ok mine.toml: scenario mine")
    assert any(line.startswith("note mine.toml:10: policies.own.tiers.1.minimum") for line in lines[1:])


def test_shipped_files_mean_what_they_say() -> None:
    for name in scenario_names():
        assert all("an experiment may, by moving script" in note for note in notes(name, "scenario")), name
    for name in experiment_names():
        assert notes(name, "experiment") == [], name
