"""What stories play and say: theorems in the toy alliance, answers that are read off the runs, words that fit them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.cli import main
from sim.lessons import MEASURES, Case, Game, Run, Story, draw, play, solve, stories, story
from sim.lessons.pages import example
from sim.lessons.saying import outcome_of
from sim.rules.demand import best_response

RUNS = [(one, each.run) for one in stories() for each in one.rounds]
IDS = [f"{one.name}-{run.key}" for one, run in RUNS]


def spaced(text: str) -> str:
    """With plain spaces only, one at a time."""
    return " ".join(text.replace("\u00a0", " ").split())


def few(run: Run) -> Run:
    """The same with a handful of runs, for what does not hang on their number."""
    return run.model_copy(update={"replicates": 5})


# --- the toy alliance -----------------------------------------------------------------------------

incomes = st.lists(st.floats(90.0, 110.0), min_size=2, max_size=5)


@settings(max_examples=40)
@given(incomes, st.floats(0.3, 0.45))
def test_a_pure_public_good_has_the_equilibrium_of_the_textbook(gdp: list[float], taste: float) -> None:
    """Olson & Zeckhauser 1966; Q = B Y / (n - (n-1) B) while all contribute."""
    game = Game(gdp={f"c{k}": y for k, y in enumerate(gdp)}, taste=taste)
    n, total = len(gdp), taste * sum(gdp) / (len(gdp) - (len(gdp) - 1) * taste)
    if min(gdp) <= (1 - taste) / taste * total:
        return  # some do not contribute
    spent = solve(game)
    assert sum(spent.values()) == pytest.approx(total)
    burdens = [spent[f"c{k}"] / y for k, y in enumerate(gdp)]
    assert list(np.argsort(burdens)) == list(np.argsort(gdp)) or len({round(y, 6) for y in gdp}) < n


def test_the_transfer_of_the_story_is_neutral_and_leaves_all_as_well_off() -> None:
    before, after = (case.game for case in story("who-pays").run("neutrality").cases)
    assert before is not None
    assert after is not None
    first, second = solve(before), solve(after)
    assert all(spent > 0 for spent in (*first.values(), *second.values()))
    assert sum(second.values()) == pytest.approx(sum(first.values()), abs=1e-9)
    for name in first:
        assert before.gdp[name] - first[name] == pytest.approx(after.gdp[name] - second[name], abs=1e-9)


@settings(max_examples=40)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_nobody_in_a_game_would_rather_spend_otherwise(rho: float, thinning: float, weight: float) -> None:
    game = Game(gdp={"a": 100.0, "b": 40.0, "c": 10.0}, collective_share=rho, thinning=thinning, weight=weight)
    spent, whole = solve(game), sum(game.gdp.values())
    for name, gdp in game.gdp.items():
        spillin = weight * (gdp / whole) ** thinning * (sum(spent.values()) - spent[name])
        best = best_response(gdp, spillin, rho * game.taste, (1 - rho) * game.taste)
        assert spent[name] == pytest.approx(best, abs=1e-9)


# --- outcomes -------------------------------------------------------------------------------------


def toy(rule: str, cases: int, **more: Any) -> Run:
    game = Game(gdp={"a": 1.0})
    made = tuple(Case(label=f"c{k}", game=game) for k in range(cases))
    return Run.model_validate({"key": "toy", "measure": "game_total", "rule": rule, "cases": made, **more})


def shown(*medians: float) -> pd.DataFrame:
    return pd.DataFrame({"case": [f"c{k}" for k in range(len(medians))], "median": medians})


@pytest.mark.parametrize(
    ("rule", "medians", "outcome"),
    [
        ("change", (1.0, 2.0), "higher"), ("change", (2.0, 1.0), "lower"), ("change", (1.0, 1.01), "alike"),
        ("change", (1.0, 9.0, 1.0), "alike"),
        ("highest", (1.0, 3.0, 2.0), "c1"), ("highest", (3.0, 1.0, 3.01), "alike"), ("highest", (1.0, 1.0), "alike"),
        ("shape", (1.0, 2.0, 3.0), "rises"), ("shape", (3.0, 2.0, 1.0), "falls"), ("shape", (1.0, 3.0, 2.0), "hump"),
        ("shape", (3.0, 1.0, 2.0), "dip"), ("shape", (1.0, 1.02, 1.0), "flat"), ("shape", (1.0, 0.5, 5.0, 4.0), "hump"),
    ],
)  # fmt: skip
def test_outcomes(rule: str, medians: tuple[float, ...], outcome: str) -> None:
    assert outcome_of(toy(rule, len(medians)), shown(*medians), MEASURES["game_total"]) == outcome


@pytest.mark.parametrize(("median", "outcome"), [(0.1, "few"), (0.5, "some"), (0.6, "some"), (0.95, "most")])
def test_levels(median: float, outcome: str) -> None:
    run = toy("level", 1, cuts=(0.5, 0.9), levels=("few", "some", "most"))
    assert outcome_of(run, shown(median), MEASURES["game_total"]) == outcome


@given(st.lists(st.floats(-10, 10), min_size=3, max_size=6), st.sampled_from(["change", "highest", "shape"]))
def test_whatever_comes_out_is_an_outcome(medians: list[float], rule: str) -> None:
    run = toy(rule, len(medians))
    assert outcome_of(run, shown(*medians), MEASURES["game_total"]) in run.outcomes


# --- the stories' own runs ------------------------------------------------------------------------


@pytest.mark.parametrize(("one", "run"), RUNS, ids=IDS)
def test_a_run_tells_what_its_table_shows(one: Story, run: Run) -> None:
    reveal = play(few(run))
    assert reveal.outcome in run.outcomes
    assert reveal.sentence.endswith(".")
    assert (reveal.table["low"] <= reveal.table["median"]).all()
    assert (reveal.table["median"] <= reveal.table["high"]).all()
    told = reveal.shown()
    named = told if run.rule in ("highest", "level") else (told[0], told[-1])
    assert [text for text in named if spaced(text) not in spaced(reveal.sentence)] == []


@pytest.mark.parametrize(("one", "run"), RUNS, ids=IDS)
def test_every_outcome_makes_one_answer_right(one: Story, run: Run) -> None:
    predict = next(each.predict for each in one.rounds if each.run is run)
    if predict is not None:
        assert {predict.answer(outcome) for outcome in run.outcomes} == set(range(len(predict.choices)))


def test_the_same_run_says_the_same() -> None:
    run = few(story("friends").run("one-ahead"))
    first, second = play(run), play(run)
    assert first.sentence == second.sentence
    assert first.table.equals(second.table)


def steps_ahead() -> list[tuple[Run, int, str]]:
    """Cases of runs in which one member alone takes another rule than in what it is compared with."""
    return [
        (run, place, key.removeprefix("reactions."))
        for _, run in RUNS
        for place, case in enumerate(run.cases)
        for key in case.set
        if key.startswith("reactions.") and case.minus is not None and key not in case.minus
    ]


@pytest.mark.parametrize(("run", "place", "leader"), steps_ahead())
def test_who_goes_ahead_spends_more(run: Run, place: int, leader: str) -> None:
    """What the others answer is an answer to a step up: in the last year, and on average over the years."""
    case = run.cases[place]
    own = case.model_copy(update={"label": "itself", "member": leader})
    less = own.model_copy(update={"label": "its world", "set": case.minus, "minus": case.minus})
    for at in ("end", "mean"):
        step = Run.model_validate({**dict(few(run)), "cases": (less, own), "rule": "highest", "at": at, "told": {}})
        reveal = play(step)
        assert reveal.outcome == "itself"
        assert reveal.table["low"].iloc[1] > 10 * MEASURES[run.measure].alike


def test_one_who_goes_ahead_pulls_followers_and_crowds_out_those_who_weigh() -> None:
    """What the story and its key say of Czechia is what its run shows, by more than chance does."""
    table = play(story("friends").run("one-ahead")).table.set_index("case")
    assert table.loc["Czechia, if all others follow", "low"] > 0.0
    assert table.loc["Czechia, if all others weigh", "high"] < 0.0


def test_a_text_for_one_outcome_needs_one_for_each() -> None:
    with pytest.raises(ValueError, match="no text, or is no outcome"):
        toy("change", 2, told={"higher": "It rose."})
    with pytest.raises(ValueError, match="no text, or is no outcome"):
        toy("change", 2, told={"higher": "a", "lower": "b", "alike": "c", "sideways": "d"})
    run = toy("change", 2, told={"higher": "a", "lower": "b", "alike": "c"})
    assert play(run).meaning == "c"


def test_a_world_less_itself_is_nothing() -> None:
    same = {"reaction": "follow"}
    case = Case(label="itself", scenario="status-quo", member="CZE", set=same, minus=same)
    cases = case, case.model_copy(update={"label": "again"})
    run = Run(key="nothing", measure="defence_share", rule="highest", cases=cases, replicates=3)
    reveal = play(run)
    assert reveal.outcome == "alike"
    assert (reveal.table[["median", "low", "high"]] == 0.0).all(axis=None)


def test_a_share_of_runs_has_wilsons_interval() -> None:
    case = Case(label="sure", scenario="exit-lawful", set={"parameters.withdrawal_support": 0.99})
    run = Run(
        key="sure", measure="lawful_exit", rule="level", cases=(case,), cuts=(0.5,), levels=("few", "most"),
        replicates=10,
    )  # fmt: skip
    row = play(run).table.iloc[0]
    z2 = 1.959963984540054**2
    assert row["median"] == 1.0
    assert row["low"] == pytest.approx(10 / (10 + z2))
    assert row["high"] == pytest.approx(1.0)


@pytest.mark.parametrize("name", [one.name for one in stories()])
def test_the_sandbox_opens(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(example(story(name).sandbox), {})
    assert "mean" in capsys.readouterr().out


@pytest.mark.parametrize(("name", "key"), [("who-pays", "thinning"), ("who-pays", "alone"), ("friends", "one-ahead")])
def test_a_picture_holds_the_numbers_and_keeps_its_words_apart(name: str, key: str) -> None:
    reveal = play(few(story(name).run(key)))
    figure = draw(reveal)
    canvas: Any = figure.canvas
    assert all(spaced(text) in spaced(figure.alt) for text in reveal.shown())
    assert ("World Bank" in figure.alt) == (not reveal.measure.of_game)
    renderer = canvas.get_renderer()
    boxes = [one.get_window_extent(renderer) for axes in figure.axes for one in axes.texts]
    assert [1 for k, a in enumerate(boxes) for b in boxes[k + 1 :] if a.overlaps(b)] == []
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.width for box in boxes)


# --- the command ----------------------------------------------------------------------------------


def test_the_command_lists_answers_and_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lesson"]) == 0
    listed = spaced(capsys.readouterr().out)
    assert [one.title for one in stories() if one.title not in listed] == []
    assert main(["lesson", "who-pays", "neutrality"]) == 0
    assert spaced(play(story("who-pays").run("neutrality")).sentence) in spaced(capsys.readouterr().out)
    for wrong in (["lesson", "who-pay"], ["lesson", "who-pays", "neutralty"]):
        assert main(wrong) == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert "did you mean" in said


def test_the_command_tells_a_whole_story(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.cli.lessons.play", lambda run: play(few(run)))
    assert main(["lesson", "friends"]) == 0
    out = spaced(capsys.readouterr().out)
    assert all(each.title in out for each in story("friends").rounds)
    assert out.count("The answer is") == sum(each.predict is not None for each in story("friends").rounds)
