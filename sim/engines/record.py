"""What is measured of a run of agents, by the functions of ``sim.measures`` on the batch engine's record of a world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engines import turns
from sim.engines.situation import Situation
from sim.engines.tables import History, member_columns, summarise, year_columns
from sim.measures import COUNTS, EVERYTHING, LEVELS, MEMBER
from sim.scenario.models import Scenario
from sim.scenario.showing import Shown
from sim.world import N

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Record", "Run"]


class Record:
    """The tables of one run, filled year by year: ``history`` has a row for every year that was measured."""

    def __init__(self, now: Situation) -> None:
        years = len(now.begun.years)
        self.now = now
        self.measured = -1  # the latest year in it
        self.history = History(
            np.zeros((years, len(LEVELS))), np.zeros((years, len(COUNTS)), np.int16), np.zeros((years, len(MEMBER), N))
        )

    def measure(self) -> None:
        """This year's row, unless it is there."""
        now, history = self.now, self.history
        if self.measured != now.t:
            turns.course.measure(now.board, now.t, history.levels, history.counts, history.members, EVERYTHING)
            self.measured = now.t


@dataclass(frozen=True, repr=False)
class Run(Shown):
    """One run with agents; the tables have the columns of ``sim.engines.batch.Runs``.

    Attributes:
        scenario, seed, replicate: what was run. history: its measures. model: its end, an ``AllianceModel``.
    """

    scenario: Scenario
    seed: int
    replicate: int
    history: History
    model: Any

    def _facts(self) -> dict[str, Any]:
        years = f"{self.scenario.start}-{self.scenario.end}"
        return {"scenario": self.scenario.name, "years": years, "seed": self.seed, "replicate": self.replicate}

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
        from sim.insight.explaining import again

        return again(self, member, year)
