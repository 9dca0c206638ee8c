"""A scenario that extends another: what merges, what is replaced, what may be named, and who is blamed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load_scenario

Put = Callable[..., str]
HEAD = 'name = "mine"\ntitle = "Mine"\n'


def error(source: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(source)
    assert str(caught.value).isprintable()
    return str(caught.value)


def test_everything_but_name_and_title_is_inherited(put: Put) -> None:
    base, mine = load_scenario("status-quo"), load_scenario(put(f'extends = "status-quo"\n{HEAD}'))
    assert mine == base.model_copy(update={"name": "mine", "title": "Mine"})
    message = error(put('extends = "status-quo"\nname = "mine"', "no-title.toml"))
    assert message.startswith("no-title.toml:1: title: missing; allowed: ")


def test_tables_merge_key_by_key(put: Put) -> None:
    mine = load_scenario(put(f'extends = "status-quo"\n{HEAD}[parameters]\nloan_opens = 2030\n'))
    assert (mine.parameters.loan_opens, mine.parameters.clause_opens) == (2030, 2026)


def test_policies_merge_by_name_and_by_field(put: Put) -> None:
    text = f"""extends = "status-quo"
{HEAD}[policies.unconditional]
posture = 0.5
[policies.other]
tone = -1.0
"""
    mine, base = load_scenario(put(text)), load_scenario("status-quo")
    assert mine.policies["unconditional"] == base.policies["unconditional"].model_copy(update={"posture": 0.5})
    assert mine.policies["other"].tone == -1
    assert mine.policies["other"].support == 1


def test_lists_are_replaced(put: Put, good: str) -> None:
    put(good, "base.toml")
    text = f"""extends = "base.toml"
{HEAD}sources = ["new"]
[policies.a]
tiers = [{{ minimum = 0, protection = 0.5 }}]
"""
    mine = load_scenario(put(text))
    assert mine.sources == ("new",)
    assert [tier.protection for tier in mine.policies["a"].tiers] == [0.5]
    assert mine.parameters.thinning == 0.5


def test_the_script_is_replaced_whole(put: Put) -> None:
    text = f'extends = "status-quo"\n{HEAD}start = 2020\n[script]\n2020 = "unconditional"\n'
    assert load_scenario(put(text)).script == {"2020": "unconditional"}


def test_a_file_in_the_same_folder_wherever_one_stands(put: Put, good: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(good, "base.toml")
    path = Path(put(f'extends = "base.toml"\n{HEAD}')).resolve()
    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    assert load_scenario(path).question == "What?"


ALLOWED = "allowed: the name of a preset, or a .toml in the same folder"


@pytest.mark.parametrize(
    "name",
    ["../base.toml", "/etc/base.toml", "sub/base.toml", "..\\\\base.toml", "C:base.toml", "~base.toml", "./base.toml"],
)
def test_no_way_out_of_the_folder(name: str, put: Put, good: str) -> None:
    Path("sub").mkdir()
    put(good, "sub/base.toml")
    put(good, "base.toml")
    message = error(put(f'extends = "{name}"\n{HEAD}'))
    assert message == f'mine.toml:1: extends = "{name}": only a file in the same folder; {ALLOWED}'


def test_no_way_out_through_a_link(put: Put, good: str) -> None:
    Path("sub").mkdir()
    put(good, "base.toml")
    try:
        Path("sub/link.toml").symlink_to(Path("base.toml").resolve())
    except OSError:
        pytest.skip("no links here")
    message = error(put(f'extends = "link.toml"\n{HEAD}', "sub/mine.toml"))
    assert message.endswith(f'extends = "link.toml": only a file in the same folder; {ALLOWED}')


def test_what_cannot_be_extended(put: Put) -> None:
    def says(name: str) -> str:
        return error(put(f"# who am I?\nextends = {name}\n{HEAD}")).removeprefix(f"mine.toml:2: extends = {name}: ")

    assert says('"statusquo"') == f"no such preset, did you mean status-quo?; {ALLOWED}"
    assert says('"gone.toml"') == f"no such file in this folder; {ALLOWED}"
    assert says('"zzz"').startswith("no such preset; allowed: one of backlash, ")
    assert says("3") == f"a name belongs here; {ALLOWED}"
    assert says('"mine.toml"') == f"a scenario cannot extend itself; {ALLOWED}"
    one_level = 'conditional-2 itself extends "status-quo", and one level is all there is'
    assert says('"conditional-2"') == f"{one_level}; {ALLOWED}"


def test_the_file_that_holds_the_key_is_blamed(put: Put, good: str) -> None:
    put(good.replace("0.5", "5"), "base.toml")
    in_base = error(put(f'extends = "base.toml"\n{HEAD}'))
    assert in_base.startswith("base.toml:17: parameters.thinning = 5: out of range; allowed: ")
    assert in_base.endswith(" (in the file that mine.toml extends)")
    own = error(put(f'extends = "base.toml"\n{HEAD}[parameters]\nthinning = 7\n'))
    assert own == "mine.toml:5: parameters.thinning = 7: out of range; allowed: a number from 0 to 1"


def test_one_s_own_problems_come_first(put: Put, good: str) -> None:
    put(good.replace("0.5", "5"), "base.toml")
    own = error(put(f'extends = "base.toml"\n{HEAD}[parameters]\ninflation = 7\n'))
    assert own.startswith("mine.toml:5: parameters.inflation = 7")


def test_a_base_that_cannot_be_read_says_so_itself(put: Put) -> None:
    put("x = [", "base.toml")
    assert error(put(f'extends = "base.toml"\n{HEAD}')).startswith("base.toml:1: x = [: not TOML")
