"""The numbers that README tells, from runs: played, stored with what they rest on, and written where they stand.

    python -m website.numbers    # make numbers: plays, stores results/published/numbers.json, writes README's block,
                                 # and draws the figures that README shows anew

website/shows.md is the block's text with the numbers' names in braces: `{share of status quo}` is a value with its
interval, `{share of status quo:value}` and `{share of status quo:range}` are its parts. A sentence that no run bears
out any more is named (`website.premises`), and then nothing is written.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from statsmodels.stats.proportion import proportion_confint

from sim import __version__
from sim.cli.sweeping import demo
from sim.data import MEMBERS
from sim.engines.batch import Runs, play_members, run_batch
from sim.evidence.burdens import burdens, from_data
from sim.insight.peaks import peak
from sim.lessons.pages import wrapped
from sim.measures import COUNTS, LEVELS
from sim.scenario import Scenario, load_experiment, load_scenario, with_values
from sim.setup import prepare
from sim.store.provenance import code_digest
from website.premises import false_premises

__all__ = ["BEGIN", "END", "STORE", "Number", "block", "measured", "published", "renewed", "stored"]

ROOT = Path(__file__).parents[1]
STORE = ROOT / "results" / "published" / "numbers.json"
EVIDENCE = ROOT / "results" / "published" / "evidence"
FIGURES = ROOT / "results" / "published" / "figures"
TEMPLATE = ROOT / "website" / "shows.md"
README = ROOT / "README.md"
BEGIN, END = "<!-- written by make numbers from website/shows.md -->", "<!-- end of what make numbers writes -->"

SEED, RUNS = 1, 500
PERCENT = 100.0
TAILS = (0.05, 0.5, 0.95)
NEAR = 0.05  # points of GDP below the highest median
AGREED = 0.035  # of GDP by 2035, The Hague 2025
BELIEF = ("exclusion_start", "exclusion_mean", "adversary_exclusion")
LINES = [round(0.0025 * k, 4) for k in range(25)]  # of the published figure
WORLDS: dict[str, tuple[str, dict[str, object]]] = {
    "status quo": ("status-quo", {}),
    "status quo without the pledge's pull": ("status-quo", {"parameters.pledge_pull": 0.0}),
    "status quo with neutral statements": ("status-quo", {"policies.unconditional.tone": 0.0}),
    "many statements": ("turbulence", {}),
    "no instruments": ("no-rearm", {}),
    "de-facto exit": ("exit-de-facto", {}),
    "lawful exit": ("exit-lawful", {}),
    "unilateral exit": ("exit-unilateral", {}),
    "refused exit": ("exit-blocked", {}),
    "line at 2 %": ("conditional-2", {}),
    "line at 3.5 %": ("conditional-3.5", {}),
    "line at 5 %": ("conditional-5", {}),
    "effort": ("effort-based", {}),
    "1990": ("drawdown-1990", {}),
    "2013": ("crimea-2014", {}),
    "1960": ("cold-war-1960", {}),
}
Floats = NDArray[np.float64]


class Number(NamedTuple):
    """A number as it is told.

    Attributes:
        value, low, high: in the unit that is shown; the ends are NaN where it has no interval.
        n: of how many runs, draws or forecasts; 0 for a figure of the data. basis: what value and ends are.
        digits, unit, signed: how it is shown.
    """

    value: float
    low: float
    high: float
    n: int
    basis: str
    digits: int = 2
    unit: str = ""
    signed: bool = False

    def told(self, part: str = "") -> str:
        """The value with its interval, or one of the two parts."""
        unit = self.unit.replace(" ", "\u00a0")  # stays on the line of its number
        plain = f"{self.value:{'+' if self.signed else ''}.{self.digits}f}"
        ends = f"{self.low:.{self.digits}f} to {self.high:.{self.digits}f}"
        if part == "range":
            return f"{ends}{unit}"
        return f"{plain}{unit}" + (f" ({ends})" if not part and np.isfinite(self.low) else "")


Numbers = Mapping[str, Number]


# --- from runs ------------------------------------------------------------------------------------


def measured() -> dict[str, Number]:
    """Every number that is of runs, played now; some ten thousand runs."""
    played = {name: _played(*world) for name, world in WORLDS.items()}
    found = {"runs": Number(RUNS, np.nan, np.nan, RUNS, "runs of a world", 0)}
    now = played.pop("status quo")
    return found | _status_quo(now) | _compared(now, played) | _past(played) | _lines() | _demo()


def _played(scenario: str, values: Mapping[str, object]) -> Runs:
    return run_batch(with_values(load_scenario(scenario), values), SEED, RUNS)


def _level(runs: Runs, name: str, year: int = 0) -> Floats:
    """A measure in a year, the last one for 0; shape (runs,)."""
    assert runs.levels is not None
    assert runs.counts is not None  # recorded unless something else is asked for
    place = year - runs.scenario.start if year else -1
    if name in LEVELS:
        return np.asarray(runs.levels[:, place, LEVELS.index(name)], float)
    return np.asarray(runs.counts[:, place, COUNTS.index(name)], float)


def _spread(values: Floats, digits: int = 2, unit: str = " %", signed: bool = False) -> Number:
    low, middle, high = (float(one) for one in np.quantile(values, TAILS))
    return Number(middle, low, high, values.size, "median and 5-95 % of the runs", digits, unit, signed)


def _part(happened: NDArray[np.bool_]) -> Number:
    low, high = proportion_confint(int(happened.sum()), happened.size, alpha=0.05, method="wilson")
    value = float(happened.mean())
    return Number(PERCENT * value, PERCENT * low, PERCENT * high, happened.size,
                  "part of the runs with Wilson's 95 % interval", 0, " %")  # fmt: skip


def _share(runs: Runs, year: int = 0) -> Floats:
    return PERCENT * _level(runs, "european_share", year)


def _status_quo(now: Runs) -> dict[str, Number]:
    return {
        "share of status quo in 2026": _spread(_share(now, 2026)),
        "share of status quo in 2030": _spread(_share(now, 2030)),
        "share of status quo": _spread(_share(now)),
        "status quo below the pledge in 2035": _part(_share(now, 2035) < PERCENT * AGREED),
        "enough enablers in status quo": _part(_enough(now) > 0),
    }


def _enough(runs: Runs) -> Floats:
    """The first year with enough enablers, 0 where there is none."""
    return np.nan_to_num(np.asarray(runs.summaries["autonomy_year"], float))


def _compared(now: Runs, played: Mapping[str, Runs]) -> dict[str, Number]:
    """What every other world of the same years ends with, and how far it lies from the status quo, run by run."""
    found: dict[str, Number] = {}
    for name, runs in played.items():
        if runs.scenario.start != now.scenario.start:
            continue
        found[f"share of {name}"] = _spread(_share(runs))
        found[f"lift of {name}"] = _spread(_share(runs) - _share(now), unit=" points", signed=True)
        found[f"protected in {name}"] = _spread(_level(runs, "protected_members"), 0, "")
        years = _enough(runs)
        found[f"enough enablers in {name}"] = _part(years > 0)
        if (years > 0).any():
            found[f"year of enough enablers in {name}"] = _spread(years[years > 0], 0, "")
    lifted, other = (np.asarray(one.levels)[:, :, LEVELS.index("european_share")] for one in
                     (now, played["no instruments"]))  # fmt: skip
    apart = PERCENT * (lifted - other)
    widest = int(np.abs(np.median(apart, axis=0)).argmax())
    found["lift of the instruments"] = _spread(apart[:, widest], 3, " points", signed=True)
    found["year of the instruments"] = Number(now.scenario.start + widest, np.nan, np.nan, RUNS, "of that median", 0)
    found["largest lift of the instruments"] = Number(
        float(np.abs(apart).max()), np.nan, np.nan, RUNS, "largest of all runs and years", 2, " points"
    )
    return found


def _past(played: Mapping[str, Runs]) -> dict[str, Number]:
    """Worlds that begin in the past, beside what happened."""
    actual = burdens(from_data()).set_index("year")
    found: dict[str, Number] = {}
    for name in ("2013", "1990", "1960"):
        runs = played[name]
        for year in (runs.scenario.start, runs.scenario.end):
            for who, column in (("European", "european_share"), ("US", "us_share")):
                figure = PERCENT * float(actual.loc[year, column])
                found[f"actual {who} share in {year}"] = Number(figure, np.nan, np.nan, 0, "figure", 2, " %")
        found[f"European share from {name}"] = _spread(_share(runs))
        found[f"US share from {name}"] = _spread(PERCENT * _us_share(runs.scenario))
    newest = PERCENT * float(actual.loc[2025, "european_share"])
    return found | {"actual European share in 2025": Number(newest, np.nan, np.nan, 0, "figure", 2, " %")}


def _us_share(scenario: Scenario) -> Floats:
    """The US share of GDP in the last year."""
    played = play_members(prepare(scenario), SEED, np.arange(RUNS), ["defence_share"])
    return np.asarray(played[:, -1, 0, MEMBERS.index("USA")], float)


def _lines() -> dict[str, Number]:
    """The share against the line for protection, believed or not, as in the published figure."""
    shares, protected = {}, {}
    for name, belief in (("believed", 0.95), ("not believed", 0.05)):
        worlds = [
            _played("us-policies", {f"parameters.{one}": belief for one in BELIEF}
                    | {"policies.conditional.tiers.1.minimum": line})
            for line in LINES
        ]  # fmt: skip
        shares[name] = np.stack([_share(runs) for runs in worlds], axis=1)
        protected[name] = np.stack([_level(runs, "protected_members") for runs in worlds], axis=1)
    found, medians = peak(LINES, shares["believed"], SEED), np.median(shares["believed"], axis=0)
    near = [line for line, one in zip(LINES, medians, strict=True) if one > medians.max() - NEAR]
    low, high = min(near[0], found.low), max(near[-1], found.high)
    ends = [LINES.index(line) for line in (low, high)]
    left = np.median(protected["believed"][:, ends], axis=0)
    best = float(np.median(shares["not believed"], axis=0).max())
    return {
        "line of the peak": Number(PERCENT * found.at, PERCENT * low, PERCENT * high, RUNS,
                                   f"highest median; lines within {NEAR} points, or highest in 90 % of resamples of "
                                   "the runs", 2, " %"),
        "highest line": Number(PERCENT * LINES[-1], np.nan, np.nan, 0, "of those that were tried", 0, " %"),
        "share at the peak": _spread(shares["believed"][:, LINES.index(found.at)]),
        "share at the highest line": _spread(shares["believed"][:, -1]),
        "protected at the peak": Number(float(left.mean()), float(left.min()), float(left.max()), RUNS,
                                        "medians at the ends of the peak's range", 0),
        "highest share if not believed": Number(best, np.nan, np.nan, RUNS, "highest median of all lines", 2, " %"),
    }  # fmt: skip


def _demo() -> dict[str, Number]:
    """How much the first command plays."""
    runs = sum(_size(name) for name in ("policies", "threshold"))
    return {"runs of the demo": Number(runs, np.nan, np.nan, 0, "runs of two experiments", 0)}


def _size(name: str) -> int:
    from sim.scenario.grid import count

    experiment = load_experiment(name)
    return count(experiment) * int(experiment.replicates)


# --- from what is published, and to the page ------------------------------------------------------


def published() -> dict[str, Number]:
    """Numbers of the evidence: the claims over the posterior, and the hindcasts' errors."""
    found: dict[str, Number] = {}
    claims = pd.read_csv(EVIDENCE / "claims.csv")
    for one in claims.to_dict("records"):
        unit, draws = " points" if one["unit"] == "points of GDP" else "", int(one["draws"])
        digits = 1 if one["unit"] == "allies" else 2
        found[f"margin: {one['claim']}"] = Number(one["margin"], one["margin_5"], one["margin_95"], draws,
                                                  "median and 5-95 % of the draws", digits, unit, True)  # fmt: skip
        held = [PERCENT * one[name] for name in ("holds", "lower_90", "upper_90")]
        whole = 0 if held[0] == round(held[0]) else 1
        found[f"holds: {one['claim']}"] = Number(*held, draws, "part of the draws, 90 % interval", whole, " %")
        found[f"undecided: {one['claim']}"] = Number(PERCENT * one["undecided"], np.nan, np.nan, draws,
                                                     "part of the draws", 0, " %")  # fmt: skip
    for name in ("draws", "replicates"):
        found[name] = Number(int(claims[name].iloc[0]), np.nan, np.nan, 0, "of the claims", 0)
    scores = pd.read_csv(EVIDENCE / "hindcast-scores.csv")
    for one in scores[(scores["horizon"] == 5) & (scores["variant"] == "conditional")].to_dict("records"):
        name = f"error: {one['series']}, {one['era']}, {one['who']}, {one['method']}"
        found[name] = Number(one["mean_absolute_error"], np.nan, np.nan, int(one["forecasts"]), "mean absolute error")
    return found


def stored(path: Path = STORE) -> dict[str, Number]:
    """The numbers of runs as they were written last."""
    held = json.loads(path.read_text(encoding="utf-8"))["numbers"]
    return {name: Number(**{**one, **{end: _float(one[end]) for end in ("low", "high")}}) for name, one in held.items()}


def _float(value: float | None) -> float:
    return np.nan if value is None else value


def text_of(numbers: Numbers) -> str:
    """The store: what was played, by which code, and every number with what it rests on."""
    rows = {name: {key: _kept(value) for key, value in one._asdict().items()} for name, one in sorted(numbers.items())}
    head = {"written_by": "make numbers", "version": __version__, "code": code_digest(), "seed": SEED}
    return json.dumps({**head, "numbers": rows}, indent=1) + "\n"


def _kept(value: object) -> object:
    """A float to six digits after the point, which no text shows; null for none."""
    return (None if value != value else round(value, 6)) if isinstance(value, float) else value


def block(numbers: Numbers) -> str:
    """README's block; KeyError if its text names a number that there is not."""
    text = TEMPLATE.read_text(encoding="utf-8")
    return wrapped(re.sub(r"\{([^{}:]+(?:: [^{}:]+)?)(?::(value|range))?\}",
                          lambda found: numbers[found[1]].told(found[2] or ""), text)).strip()  # fmt: skip


def renewed(readme: str, numbers: Numbers) -> str:
    """README with its block written anew; ValueError without its marks."""
    if readme.count(BEGIN) != 1 or readme.count(END) != 1:
        raise ValueError(f"README needs the lines {BEGIN} and {END}")
    before, _, rest = readme.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{block(numbers)}\n\n{END}{rest.partition(END)[2]}"


def draw(into: Path = FIGURES) -> list[Path]:
    """The published figures of the first command anew, each with its data and its words."""
    with tempfile.TemporaryDirectory() as folder:
        demo(Path(folder), None)
        made = [one for one in Path(folder).glob("*/figures/*") if (into / one.name).exists()]
        return [Path(shutil.copyfile(one, into / one.name)) for one in sorted(made)]


def main() -> None:
    numbers = measured()
    whole = {**numbers, **published()}
    if wrong := false_premises(whole):
        sys.exit(f"{TEMPLATE.relative_to(ROOT)} says what no run bears out; nothing was written: {'; '.join(wrong)}")
    text = renewed(README.read_text(encoding="utf-8"), whole)
    STORE.write_text(text_of(numbers), encoding="utf-8")
    README.write_text(text, encoding="utf-8")
    print(f"{len(numbers)} numbers of runs: {STORE.relative_to(ROOT)}; {README.relative_to(ROOT)}")
    print(f"{len(draw())} files: {FIGURES.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
