"""What is measured of a run of agents, by the functions of ``sim.measures`` on the batch engine's record of a world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.compiled import alone
from sim.data import MEMBERS
from sim.engines.batch import History, member_columns, summarise, year_columns
from sim.engines.brussels import EuropeanUnionTurns
from sim.engines.crisis import Crisis
from sim.engines.members import MemberTurns
from sim.engines.moscow import AdversaryTurns
from sim.engines.situation import MEMBER_FIELDS, Situation
from sim.engines.washington import AdministrationTurns
from sim.measures import COUNTS, LEVELS, MEMBER, measure_members, measure_year
from sim.scenario.models import Scenario
from sim.world import MEMORY, Game, N

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Record", "Run"]

# attributes of the members and of the situation that measures look at
LOOKED_AT = (
    "gdp", "defence_share", "capability", "commitment_belief", "exclusion_belief", "expected_protection", "protected",
    "wanted_share", "support_share", "loan", "room_used", "price", "debt", "hazard", "protection", "threat",
    "collective_taste", "national_taste", "proximity",
)  # fmt: skip
SITUATION = (
    "posture", "protected_gdp", "trust", "total_support", "enablers", "enabled_with_us", "enabled_without_us",
)  # fmt: skip


@alone
def measure(
    parameters: NDArray[Any], setup: NDArray[Any], years: NDArray[Any], policies: NDArray[Any], world: NDArray[Any],
    path: NDArray[Any], t: int, levels: NDArray[np.float64], counts: NDArray[np.int16], members: NDArray[np.float64],
) -> float:  # fmt: skip
    """Year ``t`` of the tables of the year and the members; returns the grievance."""
    g = Game(parameters[0], setup[0], years, policies, world[0], path, 0, 0)
    measure_year(g, t, levels[t], counts[t])
    measure_members(g, t, members[t])
    return float(g.w.grievance)


class Record:
    """The tables of one run, filled year by year: ``history`` has a row for every year that was measured."""

    def __init__(self, now: Situation) -> None:
        begun = now.begun
        years = len(begun.years)
        self.now, self.world, self.path = now, begun.world.copy(), begun.path.copy()
        self.measured = -1  # the latest year in it
        self.history = History(
            np.zeros((years, len(LEVELS))), np.zeros((years, len(COUNTS)), np.int16), np.zeros((years, len(MEMBER), N))
        )
        self.fields = [(attrgetter(name), self.world[MEMBER_FIELDS[name]][0, :N]) for name in LOOKED_AT]
        self.spent, self.shares = self.path["spending"], self.path["share"]

    def measure(
        self, members: Sequence[MemberTurns], administration: AdministrationTurns, union: EuropeanUnionTurns,
        adversary: AdversaryTurns, crisis: Crisis,
    ) -> float:  # fmt: skip
        """This year's row; returns the grievance."""
        now, world, row = self.now, self.world, MEMORY + self.now.t
        for attribute, column in self.fields:
            column[:] = list(map(attribute, members))
        self.shares[row] = [member.defence_share for member in members]
        self.spent[row] = [member.spending for member in members] + [adversary.spending]
        world["member"][0], world["ally"][0] = now.given.member, now.given.ally
        world["allied_gdp"][0] = now.given.ally * now.gdps
        values = {name: getattr(now, name) for name in SITUATION} | {
            "adversary_capability": adversary.capability, "challenge_risk": adversary.challenge_risk,
            "loans": union.loans, "policy": now.policy.code, "status": administration.treaty_status,
            "attempt": administration.attempt, "de_facto": administration.de_facto_exit,
            "challenge": crisis.challenge, "us_came": crisis.us_came, "lost": crisis.lost,
            "target": MEMBERS.index(crisis.target) if crisis.target else -1,
        }  # fmt: skip
        for name, value in values.items():
            world[name][0] = value
        prepared, history, self.measured = now.begun.prepared, self.history, now.t
        return measure(
            prepared.parameters, prepared.setup, prepared.years, prepared.policies, self.world, self.path, now.t,
            history.levels, history.counts, history.members,
        )  # fmt: skip


@dataclass(frozen=True)
class Run:
    """One run with agents; the tables have the columns of ``sim.engines.batch.Runs``.

    Attributes:
        scenario, seed, replicate: what was run. history: its measures. model: its end, an ``AllianceModel``.
    """

    scenario: Scenario
    seed: int
    replicate: int
    history: History
    model: Any

    def runs(self) -> pd.DataFrame:
        """One row: replicate and the summaries."""
        import pandas as pd

        summaries = summarise(self.scenario, self.history.levels[None], self.history.counts[None])
        return pd.DataFrame({"replicate": [self.replicate], **summaries})

    def years(self) -> pd.DataFrame:
        """One row a year: replicate, year, the measures, counts, us_policy by name."""
        import pandas as pd

        number = np.array([self.replicate])
        return pd.DataFrame(year_columns(self.scenario, number, self.history.levels[None], self.history.counts[None]))

    def members(self) -> pd.DataFrame:
        """One row a year and member."""
        import pandas as pd

        return pd.DataFrame(member_columns(self.scenario, self.replicate, self.history))

    def explain(self, member: str, year: int) -> Any:
        """Why the member's voted share changed from the year before: an ``Explanation`` of ``sim.insight.explain``."""
        from sim.insight.explain import again

        return again(self, member, year)
