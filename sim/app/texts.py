"""What the page says: sentences and alternative texts, all made from the state and what was played."""

from __future__ import annotations

import math

import pandas as pd

from sim import __version__
from sim.app.levers import LEVERS, Slider, Value, promised
from sim.app.measures import Measure, measure_of, member_measure
from sim.app.state import State, World, written
from sim.app.worlds import preset, scenario_of
from sim.figures.style import number

__all__ = [
    "compared", "described", "difference", "finding", "moved", "shown", "source", "spread_words", "tiled", "told",
    "world_name",
]  # fmt: skip

ASSUMED = "how governments, Congress and the adversary respond is assumed or estimated, see About; no forecast"


def shown(value: float, measure: str) -> str:
    """A value of a measure in its unit: 2.31 % of GDP, 17, 0.62."""
    if not math.isfinite(value):
        return "no value"
    kind = measure_of(measure)
    if kind.ordinal:
        return _signless(value, 0)
    if kind.unit.startswith("%"):
        return f"{_signless(value * kind.scale, 2)}\u00a0{kind.unit}"
    if kind.unit == "number":
        return number(round(value, 1))
    return f"{_signless(value * kind.scale, 2)}" + (f" {kind.unit}" if kind.unit.startswith("2015") else "")


def _signless(value: float, digits: int) -> str:
    """Rounded, never minus nothing, with a real minus sign."""
    text = f"{value:,.{digits}f}"
    return text.lstrip("-") if float(text.replace(",", "")) == 0 else text.replace("-", "\u2212")


def difference(value: float, measure: str) -> str:
    """A difference with its sign, in points for shares: +0.35 points, −3."""
    kind = measure_of(measure)
    digits = 0 if kind.ordinal else 1 if kind.unit == "number" else 2
    text = _signless(value * kind.scale, digits)
    sign = "" if text.startswith("\u2212") or float(text.replace(",", "")) == 0 else "+"
    return f"{sign}{text}{' points' if kind.unit.startswith('%') else ''}"


def moved(world: World) -> str:
    """The levers that stand elsewhere than in the scenario: 'line 4 % of GDP, EU instruments none'."""
    levers = [f"{_small(LEVERS[key].label)} {position(key, value)}" for key, value in world.values]
    return ", ".join([*levers, *(f"{name} = {value}" for name, value in world.fields)])


def position(key: str, value: Value) -> str:
    """A lever's value with its unit."""
    lever = LEVERS[key]
    if isinstance(lever, Slider):
        return f"{written(value)} {lever.unit}".replace("-", "\u2212")
    return lever.options[str(value)]


def world_name(world: World) -> str:
    """The scenario's title, and that it was changed."""
    return f"{preset(world.preset).title}{', changed' if world.changed else ''}"


def described(world: World, horizon: int = 0) -> str:
    """What US policy promises at the end of the script, and what was moved."""
    changed = f"; moved: {moved(world)}" if world.changed else ""
    return f"{_large(promised(scenario_of(world, horizon)))}{changed}."


def source(state: State, runs: int, what: str = "") -> str:
    """The line under every chart."""
    if runs > 1:
        luck = f"bands 25\u201375 and 5\u201395\u00a0% of {runs:,} histories, seed {state.seed}"
    else:
        luck = f"history {state.replicate} of seed {state.seed}; one draw of chance, no interval"
    told = f"; {what}" if what else ""
    return (
        f"Source: {luck}{told}; burdenshare {__version__}. Figures to start from: World Bank, NATO, IMF. "
        f"Assumption: {ASSUMED}."
    )


def spread_words(table: pd.DataFrame, measure: str, world: World) -> str:
    """Where the median goes, and how far the histories spread."""
    first, last = table.dropna().iloc[0], table.iloc[-1]
    name = _name(measure)
    return (
        f"{world_name(world)}: {name} goes from {shown(float(first['q50']), measure)} in {int(first['year'])} to "
        f"{shown(float(last['q50']), measure)} in {int(last['year'])} (90\u00a0% of histories: "
        f"{_bare(float(last['q05']), measure)} to {_bare(float(last['q95']), measure)})"
    )


def _name(measure: str) -> str:
    """The measure's name, fit to stand inside a sentence."""
    return _small(measure_of(measure).name)


def _small(name: str) -> str:
    return name if name.startswith(("Europe", "US", "EU")) else name[:1].lower() + name[1:]


def _bare(value: float, measure: str) -> str:
    """A value without its unit."""
    return shown(value, measure).split("\u00a0")[0].removesuffix(f" {measure_of(measure).unit}")


def finding(here: pd.DataFrame, apart: pd.DataFrame | None, measure: str = "european_share") -> str:
    """One computed finding of a world: the end, and how far it lies from the status quo on the same luck."""
    last = here.iloc[-1]
    end = f"Europe and Canada spend {shown(float(last['q50']), measure)} in {int(last['year'])}"
    if apart is None:
        first = here.iloc[0]
        return f"{end}, from {_bare(float(first['q50']), measure)}\u00a0% in {int(first['year'])} (medians)."
    gap, none = apart.iloc[-1], difference(0.0, measure)
    if all(difference(float(gap[level]), measure) == none for level in ("q05", "q50", "q95")):
        before = _before(apart, measure)
        return f"{end} (median), to these digits as in the status quo in 90\u00a0% of histories{before}."
    words = difference(float(gap["q50"]), measure)
    spread = f"{_signed(float(gap['q05']), measure)} to {_signed(float(gap['q95']), measure)}"
    return f"{end} (median); against the status quo {words} ({spread}) on the same luck."


def _before(apart: pd.DataFrame, measure: str) -> str:
    """How far apart two worlds that end alike are before."""
    widest = apart.iloc[int(apart["q50"].abs().to_numpy().argmax())]
    apart_by = difference(float(widest["q50"]), measure)
    if apart_by == difference(0.0, measure):
        return ", and so are the medians of the years before"
    return f"; on the way there at most {apart_by} (median), in {int(widest['year'])}"


def _signed(value: float, measure: str) -> str:
    return difference(value, measure).removesuffix(" points")


def compared(apart: pd.DataFrame | None, measure: str, here: World, there: World) -> str:
    """One sentence: what the first world changes against the second, run by run."""
    one, other = f"\u201c{world_name(here)}\u201d", f"\u201c{world_name(there)}\u201d"
    if apart is None:
        return f"{one} and {other} begin in different years, so that there is no difference to show."
    last, name = apart.iloc[-1], _name(measure)
    year, middle = int(last["year"]), float(last["q50"])
    low, high = float(last["q05"]), float(last["q95"])
    if low == high == 0.0:
        return f"On the same luck, {one} and {other} give the same {name} in {year} in at least 90\u00a0% of histories."
    apart_by = difference(middle, measure).lstrip("+\u2212")
    word = "higher" if middle > 0 else "lower"
    sure = (
        f"{word} in at least 95\u00a0% of histories"
        if low > 0 or high < 0
        else "but the sign differs between histories"
    )
    return (
        f"On the same luck, {name} in {year} is {apart_by} {word} under {one} than under {other} "
        f"(median; 5\u201395\u00a0%: {_signed(low, measure)} to {_signed(high, measure)}), {sure}."
    )


def told(years: pd.DataFrame, measure: str, year: int, replicate: int) -> str:
    """Where one history stands in a year."""
    now = years[years["year"] == year].iloc[0]
    start = years[years[measure].notna()].iloc[0]  # what the start year does not decide begins a year later
    first, kept = int(start["year"]), f"US policy {now['us_policy']}"
    if year < first:
        return f"History {replicate} begins in {year}: {_name(measure)} from {first} on, {kept}"
    begins = f", from {_bare(float(start[measure]), measure)} in {first};" if year > first else ","
    verb = "in" if year > int(years["year"].iloc[0]) else "begins in"
    return f"History {replicate} {verb} {year}: {_name(measure)} {shown(float(now[measure]), measure)}{begins} {kept}"


def tiled(rows: pd.DataFrame, measure: str, year: int) -> str:
    """Who has most and who least of a measure in a year, of the allies but the US; rows as ``tiles.rows_of`` makes."""
    unit = member_measure(measure)
    rows = rows[rows["in_alliance"] & (rows["member"] != "USA") & rows["value"].notna()]
    if rows.empty:
        return f"{_large(unit.name)} in {year}: no values."
    order = rows.sort_values("value", kind="stable")
    least, most = order.iloc[0], order.iloc[-1]
    if float(least["value"]) == float(most["value"]):
        return f"{_large(unit.name)} in {year}: {_unit(float(most['value']), unit)} for every ally but the US."
    return (
        f"{_large(unit.name)} in {year}: from {_unit(float(least['value']), unit)} ({least['name']}) to "
        f"{_unit(float(most['value']), unit)} ({most['name']}), the US aside."
    )


def _unit(value: float, unit: Measure) -> str:
    if unit.ordinal:
        return f"{value:,.0f}"
    return f"{number(float(f'{unit.scale * value:.3g}'))}\u00a0{unit.unit}"


def _large(text: str) -> str:
    return text[:1].upper() + text[1:]
