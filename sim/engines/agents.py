"""One run of a scenario as Mesa agents: members, the adversary, the European Union, Congress and the administration.

    model = AllianceModel(scenario, seed=1)
    model.step()                                  # a year
    model.members["DEU"].defence_share

Every agent decides for itself with the rules of ``sim.rules``. Its numbers lie in the records of the batch engine
(``sim.world``), one set a run; its attributes read and write them there. They are the same to the last bit: luck is
keyed (``sim.chance``), the rules are the same, and sums over the alliance are taken in the same order. A year has the
scenes of ``docs/model.md``; within a scene members act at once, on what was known before it.

To try another decision, replace one in a subclass::

    class Stubborn(Member):
        def want(self):
            return 0.01

    AllianceModel(scenario, members={"DEU": Stubborn})

Of Mesa it uses ``Model(rng=)`` and ``Agent(model)``.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

from sim import source
from sim.data import MEMBERS, member_code
from sim.engines import scenes, turns
from sim.engines.brussels import EuropeanUnionTurns
from sim.engines.crisis import NONE, answer
from sim.engines.members import MemberTurns
from sim.engines.moscow import AdversaryTurns
from sim.engines.record import Record, Run
from sim.engines.situation import Situation, begin
from sim.engines.washington import AdministrationTurns, CongressTurns
from sim.scenario.given import LAST, scenario_of, whole
from sim.scenario.models import Scenario
from sim.scenario.showing import Shown

with warnings.catch_warnings():  # in a notebook without widgets mesa's progress bar complains; none is shown here
    warnings.filterwarnings("ignore", message="IProgress not found")
    import mesa

__all__ = [
    "Administration", "Adversary", "AllianceModel", "Congress", "EuropeanUnion", "Member", "Run", "UnitedStates", "run",
]  # fmt: skip


class _Numbers(dict[Any, Any]):
    """Who counts the agents of a model: the model itself. Mesa's own table would keep every model alive for ever."""

    def __missing__(self, model: AllianceModel) -> count[int]:
        return model.numbers


class Actor(mesa.Agent):  # type: ignore[misc]
    """A Mesa agent."""

    _ids: ClassVar[_Numbers] = _Numbers()

    def __init_subclass__(cls, **words: Any) -> None:
        super().__init_subclass__(**words)
        source.note(cls)

    def remove(self) -> None:
        """Mesa's way to take an agent out of its model, which no actor of the alliance can be."""
        words = "allowed: in_alliance = False, for a member that leaves the alliance"
        raise ValueError(f"{type(self).__name__}.remove: countries and offices do not disappear; {words}")


class Members(Mapping[str, "Member"]):
    """The members by code, or by any name or code of a country; nobody is added or taken away."""

    def __init__(self, members: dict[str, Member]) -> None:
        self._members = members

    def __getitem__(self, name: str) -> Member:
        return self._members[name] if name in self._members else self._members[member_code(name)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)


class Member(MemberTurns, Actor):
    """A member of the alliance, or a country that will be one; attributes and decisions in ``MemberTurns``."""

    def __init__(self, model: AllianceModel, code: str) -> None:
        super().__init__(model)
        self.begin(code, model.now)


class UnitedStates(Member):
    """The member that protects the others: no guarantee covers it, and the policy in force rules its support."""


class Capital(Actor):
    """An actor of which there is one."""

    def __init__(self, model: AllianceModel) -> None:
        super().__init__(model)
        self.begin(model.now)

    def begin(self, now: Situation) -> None:
        """The start year."""
        raise NotImplementedError


class Adversary(AdversaryTurns, Capital):
    """The adversary; attributes and decisions in ``AdversaryTurns``."""


class EuropeanUnion(EuropeanUnionTurns, Capital):
    """The EU with its instruments; attributes and decisions in ``EuropeanUnionTurns``."""


class Congress(CongressTurns, Capital):
    """The US Congress; attributes and decisions in ``CongressTurns``."""


class Administration(AdministrationTurns, Capital):
    """The US administration; attributes and decisions in ``AdministrationTurns``."""


def _keeps(kind: type[Member], *names: str) -> bool:
    """Whether a class decides and acts as all do."""
    return all(getattr(kind, name) is getattr(MemberTurns, name) for name in names)


class AllianceModel(Shown, mesa.Model):  # type: ignore[misc]
    """One run of a scenario.

    Args:
        scenario: the world; a preset's name or a path to a .toml will do.
        seed, replicate: what luck comes from; replicate k is run k of ``sim.run_batch`` with the same seed.
        members: code or name -> subclass of Member for those that decide otherwise.
        adversary, administration, congress, european_union: subclasses likewise.

    Attributes:
        name: of the scenario. year: calendar year, at first the start. running: whether there are years left.
        members: code -> Member. adversary, administration, congress, european_union: the other agents.
        now: what everybody can see (``Situation``).
        crisis: what happened this year (``Crisis``).
    """

    running: bool

    def __init__(
        self,
        scenario: Scenario | str | Path,
        seed: int = 1,
        replicate: int = 0,
        *,
        members: Mapping[str, type[Member]] | None = None,
        adversary: type[Adversary] = Adversary,
        administration: type[Administration] = Administration,
        congress: type[Congress] = Congress,
        european_union: type[EuropeanUnion] = EuropeanUnion,
    ) -> None:
        scenario = scenario_of(scenario)
        seed, replicate = whole("seed", seed, 0, LAST), whole("replicate", replicate, 0, LAST)
        super().__init__(rng=1)  # Mesa asks for one; nothing is drawn from it
        self.numbers = count(1)
        begun = begin(scenario, replicate)
        self.name = scenario.name  # Mesa has plans of its own for an attribute "scenario"
        self.now = Situation(begun, seed, replicate)
        self.members = self._make_members(members or {})
        self.adversary, self.administration = adversary(self), administration(self)
        self.congress, self.european_union = congress(self), european_union(self)
        self.crisis = NONE
        self._order = list(self.members.values())
        self._record: Record | None = None
        kinds: set[type[Member]] = {type(member) for member in self._order}
        self._budget_is_usual = all(_keeps(kind, "want", "vote", "weigh", "spend") for kind in kinds)
        self._support_is_usual = all(_keeps(kind, "give_support", "hand_over") for kind in kinds)

    @property
    def year(self) -> int:
        """The calendar year that was played last."""
        return self.now.year

    def _facts(self) -> dict[str, Any]:
        now = self.now
        return {"scenario": self.name, "year": now.year, "seed": now.seed, "replicate": now.replicate}

    def step(self) -> None:
        """Play one year: the eight scenes in their order."""
        if not self.running:
            raise RuntimeError(f"the scenario {self.name} ends in {self.year}; there is no year after it")
        now = self.now
        now.enter(now.t + 1)
        turns.course.draw(now.board, now.t)
        members, adversary, administration = self._order, self.adversary, self.administration
        scenes.economy(now, members, adversary)
        scenes.statements(now, members, adversary, administration)
        administration.govern(self.congress)
        self.european_union.fund(members)
        scenes.budgets(now, members, self._budget_is_usual)
        scenes.support(now, members, self._support_is_usual)
        scenes.forces(now, members)
        adversary.confront(members)
        self.crisis = answer(now, members, administration, adversary)
        turns.course.close(now.board, now.t)
        self.running = now.t + 1 < len(now.begun.years)

    def measure(self) -> Record:
        """The measures of this year, by the functions of ``sim.measures``, into the record of the run."""
        if self._record is None:
            self._record = Record(self.now)
        self._record.measure()
        return self._record

    def _make_members(self, special: Mapping[str, type[Member]]) -> Members:
        usual: dict[str, type[Member]] = {code: UnitedStates if code == "USA" else Member for code in MEMBERS}
        chosen = dict(usual)
        for name, kind in special.items():
            code = member_code(name)
            if not (isinstance(kind, type) and issubclass(kind, usual[code])):
                found = getattr(kind, "__name__", repr(kind))
                raise ValueError(f"{code} needs a subclass of {usual[code].__name__}, found {found}")
            if chosen[code] is not usual[code]:
                raise ValueError(f"members: {code} is given twice, the second time as {name!r}; allowed: each once")
            chosen[code] = kind
        return Members({code: kind(self, code) for code, kind in chosen.items()})


def run(scenario: Scenario | str | Path, seed: int = 1, replicate: int = 0, **agents: Any) -> Run:
    """Play one run of a scenario with Mesa agents and keep its tables.

    Args:
        scenario: the world; a preset's name or a path to a .toml will do.
        seed, replicate: what luck comes from; the same two give the same bytes.
        agents: what else ``AllianceModel`` takes, such as ``members={"DEU": Stubborn}``.
    """
    scenario = scenario_of(scenario)
    model = AllianceModel(scenario, seed, replicate, **agents)
    while True:
        record = model.measure()
        if not model.running:
            return Run(scenario, model.now.seed, model.now.replicate, record.history, model)
        model.step()
