"""The picture of a reveal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.lessons.playing import Reveal
from sim.lessons.saying import subject

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw"]


def draw(reveal: Reveal) -> Figure:
    """A figure with its data (``.table``) and its words for those who do not see it (``.alt``)."""
    from sim.figures.lesson import lesson_figure

    measure = reveal.measure
    table = reveal.table.assign(shown=reveal.shown())
    differences = all(case.minus is not None for case in reveal.run.cases)
    sign, digits = ("+", measure.digits + 1) if differences else ("", measure.digits)
    table["number"] = [f"{measure.scale * value:{sign},.{digits}f}" for value in table["median"]]
    table[["median", "low", "high"]] *= measure.scale
    unit = (measure.difference if differences else "") or measure.unit
    return lesson_figure(
        table, title=reveal.sentence, measure=subject(reveal.run, measure), unit=unit.strip("\u00a0"), basis=reveal.basis,
        axis=reveal.run.axis, cuts=[measure.scale * cut for cut in reveal.run.cuts], toy=measure.of_game,
    )  # fmt: skip
