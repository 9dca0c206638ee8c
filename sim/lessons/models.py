"""What a story is made of. Its numbers are not in it: every answer is read off runs when it is shown."""

from __future__ import annotations

import math
from itertools import chain
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sim.lessons.measures import MEASURES
from sim.scenario import Scenario, load_scenario, with_values
from sim.scenario.errors import ScenarioError, fault
from sim.scenario.parameters import Frozen
from sim.scenario.parts import Name, Text

__all__ = ["Case", "Choice", "Game", "Predict", "Prose", "Round", "Run", "Sandbox", "Step", "Story", "Term"]

WORDS_A_MINUTE = 200  # of plain prose, read to be understood
SECONDS = {"predict": 30, "run": 45, "sandbox": 180}  # to think and choose, to look, to play

Prose = Annotated[str, Field(min_length=1, max_length=6000)]
Rule = Literal["change", "highest", "shape", "level"]
# outcomes of the rules that have fixed ones
OUTCOMES = {
    "change": ("lower", "alike", "higher"),
    "shape": ("rises", "falls", "hump", "dip", "flat"),
}


class Game(Frozen):
    """A static alliance: everybody's spending is the best response to everybody else's (Eq. 2)."""

    gdp: dict[str, Annotated[float, Field(gt=0, le=1e6)]] = Field(
        min_length=1, max_length=12, description="country -> GDP, any unit"
    )
    taste: float = Field(0.05, gt=0, lt=0.5, description="Theta, how much all care for security")
    collective_share: float = Field(1.0, ge=0, le=1, description="rho, 1: a pure public good")
    thinning: float = Field(0.0, ge=0, le=1, description="X, 0: forces protect all in full, 1: fully rival")
    weight: float = Field(1.0, ge=0, le=1, description="w, how much of an ally's spending spills in")


class Case(Frozen):
    """One world of a run: a scenario with some values set, or a game."""

    label: Text
    scenario: str | None = Field(None, description="name of a shipped scenario")
    set: dict[str, Any] = Field(default_factory=dict, description="dotted name -> value")
    minus: dict[str, Any] | None = Field(
        None, description="the measure less what it is, on the same luck, with these values instead"
    )
    member: str | None = Field(None, description="whose share is measured, where one member's is")
    x: float | None = Field(None, description="place on the horizontal axis, where the cases lie on one")
    game: Game | None = None

    @model_validator(mode="after")
    def _whole(self) -> Case:
        if (self.scenario is None) == (self.game is None):
            raise fault("a case has a scenario or a game", allowed="one of the two")
        if self.game is not None and (self.set or self.minus is not None):
            raise fault("a game has no dotted names", "set", allowed="none with a game")
        if self.game is not None and self.member is not None and self.member not in self.game.gdp:
            raise fault("no such country", "member", name=self.member, known=sorted(self.game.gdp))
        for key in ("set", "minus"):
            if self.scenario is not None and getattr(self, key) is not None:
                _check(self.scenario, getattr(self, key), key)
        return self

    def world(self) -> Scenario:
        """The scenario with its values; of a case with a scenario only."""
        return with_values(load_scenario(str(self.scenario)), self.set)

    def other(self) -> Scenario:
        """What it is compared with; of a case with `minus` only."""
        return with_values(load_scenario(str(self.scenario)), self.minus or {})


class Choice(Frozen):
    """One answer that a reader may give, and the outcomes for which it is right."""

    text: Text
    when: tuple[str, ...] = Field(min_length=1, description="outcomes of the rule")


class Predict(Frozen):
    """A question before the run; which choice is right is known only after it."""

    question: Text
    choices: tuple[Choice, ...] = Field(min_length=2, max_length=4)

    def answer(self, outcome: str) -> int:
        """The place of the choice that an outcome makes right."""
        return next(place for place, choice in enumerate(self.choices) if outcome in choice.when)


class Run(Frozen):
    """What is played, what is measured of it, and by which rule the answer is read off."""

    key: Name
    measure: str = Field(description="one of sim.lessons.measures")
    rule: Rule = Field(description="change: last case against first; highest; shape over the cases; level of the first")
    cases: tuple[Case, ...] = Field(min_length=1, max_length=8)
    at: Literal["end", "mean"] = Field("end", description="the last year, or the mean of all played years")
    axis: str = Field("", description="what lies on the horizontal axis, for cases with x")
    cuts: tuple[float, ...] = Field((), description="of level: where one level ends and the next begins")
    levels: tuple[str, ...] = Field((), description="of level: the levels' names, one more than cuts")
    told: dict[str, Text] = Field(
        default_factory=dict, description="outcome -> what it means, for each outcome if for any; only one is shown"
    )
    replicates: Annotated[int, Field(ge=1, le=2000)] = 100
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 1

    @model_validator(mode="after")
    def _whole(self) -> Run:
        if self.measure not in MEASURES:
            raise fault("unknown measure", "measure", name=self.measure, known=sorted(MEASURES))
        least = {"level": 1, "shape": 3}.get(self.rule, 2)
        if len(self.cases) < least:
            raise fault(f"the rule {self.rule} needs {least} cases or more", "cases", allowed=f"{least} to 8")
        if (self.rule == "level") != bool(self.levels) or len(self.levels) != (len(self.cuts) + 1) * bool(self.levels):
            raise fault("levels belong to the rule level, one more than cuts", "levels", allowed="cuts and levels")
        if tuple(sorted(self.cuts)) != self.cuts:
            raise fault("cuts must rise", "cuts", allowed="rising numbers")
        if self.told and set(self.told) != set(self.outcomes):
            wrong = next(iter({*self.told} ^ {*self.outcomes}))
            raise fault(f"{wrong} has no text, or is no outcome", "told", allowed="each of " + ", ".join(self.outcomes))
        labels = [case.label for case in self.cases]
        if len(set(labels)) < len(labels):
            raise fault("two cases have one label", "cases", allowed="each label once")
        self._check_measure()
        return self

    def _check_measure(self) -> None:
        measure = MEASURES[self.measure]
        for place, case in enumerate(self.cases):
            if (case.game is not None) != measure.of_game:
                kind = "games" if measure.of_game else "scenarios"
                raise fault(f"{self.measure} is measured of {kind}", "cases", place, allowed=f"a case of {kind}")
            if (case.member is not None) != measure.of_member:
                need = "needs a member" if measure.of_member else "is measured of no single member"
                raise fault(f"{self.measure} {need}", "cases", place, "member", allowed="a member, or none")

    @property
    def outcomes(self) -> tuple[str, ...]:
        """All that may come out."""
        if self.rule == "level":
            return self.levels
        return OUTCOMES.get(self.rule) or (*(case.label for case in self.cases), "alike")


class Round(Frozen):
    """One turn of a story: tell, ask, run, explain. A round that varies the one before need not ask."""

    title: Text
    text: Prose
    predict: Predict | None = None
    run: Run
    explain: Prose

    @model_validator(mode="after")
    def _every_outcome_has_an_answer(self) -> Round:
        if self.predict is None:
            return self
        given = list(chain.from_iterable(choice.when for choice in self.predict.choices))
        outcomes = self.run.outcomes
        for place, choice in enumerate(self.predict.choices):
            for name in choice.when:
                if name not in outcomes:
                    raise fault("no such outcome", "predict", "choices", place, "when", name=name, known=outcomes)
        missing = [name for name in outcomes if given.count(name) != 1]
        if missing:
            wrong = f"{missing[0]} makes {given.count(missing[0])} choices right"
            raise fault(wrong, "predict", "choices", allowed="each outcome in one choice: " + ", ".join(outcomes))
        return self


class Sandbox(Frozen):
    """Where a story ends: the reader's own run, from a scenario with some values set."""

    text: Prose
    scenario: str
    set: dict[str, Any] = Field(default_factory=dict, description="dotted name -> value")

    @model_validator(mode="after")
    def _whole(self) -> Sandbox:
        _check(self.scenario, self.set, "set")
        return self


Step = Prose | Predict | Run | Sandbox


class Story(Frozen):
    """A question, some rounds, what to take home, and a sandbox."""

    name: Name
    title: Text
    question: Text
    opening: Prose
    rounds: tuple[Round, ...] = Field(min_length=2, max_length=8)
    debrief: Prose
    sandbox: Sandbox
    sources: tuple[Text, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _begins_with_a_question(self) -> Story:
        if self.rounds[0].predict is None:
            raise fault("the first round asks", "rounds", 0, "predict", allowed="a question with 2 to 4 choices")
        keys = [each.run.key for each in self.rounds]
        if len(set(keys)) < len(keys):
            raise fault("two runs have one key", "rounds", allowed="each key once")
        return self

    def steps(self) -> list[Step]:
        """The story in the order in which it is shown; str is prose in Markdown."""
        shown: list[Step] = [self.opening]
        for each in self.rounds:
            shown += [f"### {each.title}\n\n{each.text}", *([each.predict] if each.predict else []), each.run]
            shown.append(each.explain)
        return [*shown, self.debrief, self.sandbox]

    def run(self, key: str) -> Run:
        """One run by its key; KeyError if there is none."""
        return {each.run.key: each.run for each in self.rounds}[key]

    def prose(self) -> str:
        """All that is read, without sources."""
        parts = [self.title, self.question, self.opening]
        for each in self.rounds:
            parts += [each.title, each.text, *list(each.run.told.values())[:1], each.explain]
            if each.predict is not None:
                parts += [each.predict.question, *(choice.text for choice in each.predict.choices)]
        return "\n\n".join([*parts, self.debrief, self.sandbox.text])

    @property
    def minutes(self) -> int:
        """How long it takes: reading, thinking before a run, looking after it, three minutes in the sandbox."""
        asked = sum(each.predict is not None for each in self.rounds)
        seconds = SECONDS["predict"] * asked + SECONDS["run"] * len(self.rounds) + SECONDS["sandbox"]
        return math.ceil(len(self.prose().split()) / WORDS_A_MINUTE + seconds / 60)


class Term(Frozen):
    """One term as this project uses it."""

    term: Text
    meaning: Text = Field(description="one or two sentences in plain words, ending with a point")
    where: Text | None = Field(None, description="equation, parameter or measure of docs/model.md")
    source: Text | None = Field(None, description="whose term it is")


def _check(scenario: str, values: dict[str, Any], key: str) -> None:
    """A fault if there is no such scenario, or it does not take these values."""
    try:
        with_values(load_scenario(scenario), values)
    except ScenarioError as error:
        place = key if values else "scenario"
        raise fault(str(error), place, allowed="a shipped scenario, and values that it takes") from None
