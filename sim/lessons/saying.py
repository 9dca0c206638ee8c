"""Which outcome a table shows, and the sentence that says it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.lessons.measures import MEASURES, Measure
from sim.lessons.models import Run

__all__ = ["outcome_of", "sentence_of", "subject", "told"]

Floats = NDArray[np.float64]


def outcome_of(run: Run, table: pd.DataFrame, measure: Measure) -> str:
    """One of ``run.outcomes``, read off the medians; differences up to ``measure.alike`` count as none.

    Of the rule highest, "alike" says that the two highest are.
    """
    middle = table["median"].to_numpy(float)
    if run.rule == "level":
        return run.levels[int(np.searchsorted(run.cuts, middle[0], side="right"))]
    if run.rule == "change":
        return _change(float(middle[-1] - middle[0]), measure)
    if run.rule == "shape":
        return _shape(middle, measure.alike)
    second, first = np.sort(middle)[-2:]
    return "alike" if first - second <= measure.alike else str(table["case"].iloc[int(middle.argmax())])


def _change(difference: float, measure: Measure) -> str:
    if abs(difference) <= measure.alike:
        return "alike"
    return "higher" if difference > 0 else "lower"


def _shape(middle: Floats, alike: float) -> str:
    """Rises, falls, up and down (hump), down and up (dip), or flat; of two turns the larger counts."""
    first, last = float(middle[0]), float(middle[-1])
    above = float(middle.max()) - max(first, last)
    below = min(first, last) - float(middle.min())
    if max(above, below) > alike:
        return "hump" if above >= below else "dip"
    if abs(last - first) <= alike:
        return "flat"
    return "rises" if last > first else "falls"


def sentence_of(run: Run, table: pd.DataFrame, values: list[Floats], outcome: str) -> str:
    """What came out, with its numbers."""
    measure = MEASURES[run.measure]
    tell = {"change": _tell_change, "highest": _tell_highest, "shape": _tell_shape, "level": _tell_level}[run.rule]
    text = tell(run, table, values, outcome, measure)
    return (text[:1].upper() + text[1:]).replace(" %", "\u00a0%")


def subject(run: Run, measure: Measure) -> str:
    """What is measured; the change in it where every case is compared with another world."""
    compared = all(case.minus is not None for case in run.cases)
    return f"change in {measure.name.removeprefix('the ')}" if compared else measure.name


def told(run: Run, table: pd.DataFrame, place: int, measure: Measure) -> str:
    """A case's value with its unit; with its sign where it is a difference."""
    return measure.shown(float(table["median"].iloc[place]), change=run.cases[place].minus is not None)


def _tell_change(run: Run, table: pd.DataFrame, values: list[Floats], outcome: str, measure: Measure) -> str:
    first, last = (f"{told(run, table, k, measure)} with {_quoted(table, k)}" for k in (0, len(table) - 1))
    text = f"{subject(run, measure)}: {first}, {last}"
    if outcome == "alike":
        return f"{text}. That is about the same."
    moved = measure.shown_difference(float(table["median"].iloc[-1] - table["median"].iloc[0]))
    return f"{text}. That is {outcome} by {moved}{_in_how_many(run, values, outcome, measure)}."


def _quoted(table: pd.DataFrame, place: int) -> str:
    return f"\u201c{table['case'].iloc[place]}\u201d"


def _in_how_many(run: Run, values: list[Floats], outcome: str, measure: Measure) -> str:
    """In which part of the runs, pair by pair on the same luck."""
    starts = {case.world().start for case in (run.cases[0], run.cases[-1]) if case.game is None}
    if measure.of_game or measure.yes_or_no or len(starts) > 1:  # one value, no size, or other years' luck
        return ""
    difference = values[-1] - values[0]
    same = float(np.mean(difference > 0 if outcome == "higher" else difference < 0))
    return f", and {outcome} in {100 * same:.0f}\u00a0% of the runs, pair by pair"


def _tell_highest(run: Run, table: pd.DataFrame, values: list[Floats], outcome: str, measure: Measure) -> str:
    each = ", ".join(f"{told(run, table, k, measure)} with {_quoted(table, k)}" for k in range(len(table)))
    end = "No single one stands out" if outcome == "alike" else f"It is highest with \u201c{outcome}\u201d"
    return f"{subject(run, measure)}: {each}. {end}."


def _tell_shape(run: Run, table: pd.DataFrame, values: list[Floats], outcome: str, measure: Measure) -> str:
    turn = int(table["median"].argmax() if outcome == "hump" else table["median"].argmin())
    first, top, last = (f"{told(run, table, k, measure)} with {_quoted(table, k)}" for k in (0, turn, len(table) - 1))
    name = subject(run, measure)
    if outcome in ("hump", "dip"):
        then, after = ("rises", "falls") if outcome == "hump" else ("falls", "rises")
        return f"{name} {then} from {first} to {top}, then {after} to {last}."
    if outcome == "flat":
        return f"{name} hardly moves, from {first} to {last}."
    return f"{name} {outcome} from {first} to {last}."


def _tell_level(run: Run, table: pd.DataFrame, values: list[Floats], outcome: str, measure: Measure) -> str:
    each = ", ".join(f"{told(run, table, k, measure)} ({table['case'].iloc[k]})" for k in range(len(table)))
    return f"{subject(run, measure)}: {each}."
