"""The results in Markdown, from the published CSV files alone: the page cannot say what they do not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.evidence.observed import EUROPE, SERIES
from sim.evidence.plan import MODEL
from sim.evidence.report import HORIZON
from sim.evidence.scorecard import BASELINES, scorecard
from sim.evidence.worlds import CONDITIONAL

__all__ = ["BEGIN", "END", "FOLDER", "PAGE", "block", "published", "renewed", "scorecard_page"]

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "results" / "published" / "evidence"
PAGE = ROOT / "docs" / "evidence.md"
BEGIN, END = "<!-- written by make evidence -->", "<!-- end of what make evidence writes -->"
CLAIM = (
    "Points: one for each of the three bounds that the measured value meets. The bounds were written down after the "
    "first results were known, and before any change to the model that they may lead to; they stay."
)

LEADING = 3  # parameters of a claim on the page

Tables = Mapping[str, pd.DataFrame]


def published(folder: Path = FOLDER) -> dict[str, pd.DataFrame]:
    """Every published table by its file's name."""
    return {path.stem: pd.read_csv(path) for path in sorted(folder.glob("*.csv"))}


def renewed(page: str, text: str) -> str:
    """A page with the block between its markers replaced; ValueError without them."""
    found = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.S)
    if not found.search(page):
        raise ValueError(f"the page needs the lines {BEGIN} and {END}")
    return found.sub(lambda _: f"{BEGIN}\n{text}\n{END}", page)


def scorecard_page(tables: Tables) -> str:
    """The scorecard as a page of its own."""
    return f"# Credibility scorecard\n\n{_scorecard(tables)}\n"


def block(tables: Tables) -> str:
    """All results, in the order of the page."""
    parts = [
        _basis(tables), "### Scorecard, lowest score first", _scorecard(tables),
        "### Hindcasts", _members(tables), _figure("errors", "Error over that of no change, World Bank's series"),
        _figure("errors-nato", "Error over that of no change, NATO's series"), _europe(tables),
        _figure("hindcast-europe", "Europe's share and its forecasts"), _figure("pit", "Histograms of PIT"),
        _worst(tables),
        "### The rules judged", _rules(tables), _figure("rules-by-era", "The six rules by era"),
        "### The claims", _claims(tables), _figure("claims", "In what part of the posterior each claim holds"),
        _drivers(tables), _figure("claims-drivers", "What each claim hangs on"),
        "### The literature", _facts(tables), _figure("exploitation", "Exploitation by year"), _others(tables),
    ]  # fmt: skip
    return "\n\n".join(parts)


def _basis(tables: Tables) -> str:
    row = tables["basis"].iloc[0]
    drawn = int(row["posterior_draws"])
    rests = f"{drawn:,} draws of the posterior" if drawn else "the default parameters, with no uncertainty of their own"
    return (
        f"Seed {row['seed']}; {row['runs_a_forecast']} runs a forecast, {row['runs']} of an era; {row['resamples']:,} "
        f"resamples for the rules, 2,000 for skill; forecasts rest on {rests}. Tables: "
        "[results/published/evidence](../results/published/evidence)."
    )


def _scorecard(tables: Tables) -> str:
    card = scorecard(tables)
    head = ("Question", "Measured", "Points", "Bounds for 1, 2, 3", "What would improve it")
    rows = [
        (one.question, one.answer, str(one.score), one.rule, one.improve) for one in _each(card)
    ]
    total = f"{int(card['score'].sum())} of {3 * len(card)} points. {CLAIM}"
    return f"{total}\n\n{_table(head, rows, right=(2,))}"


def _members(tables: Tables) -> str:
    """Every cell of series, variant, era and horizon."""
    head = ("Series", "Variant", "Origins", "Years ahead", "n", "Model", "Bias", "No change",
            "Best baseline", "Skill (90 %)", "DM p", "CRPS", "Coverage")  # fmt: skip
    text = (
        "Members pooled. Model and baselines: mean absolute error in percentage points of GDP; the best baseline is "
        "the best of the five in hindsight. Bias: the model's forecast less the actual. Skill: 1 less the model's "
        "error over that of no change, by origin. Coverage: part of outcomes in the 90 % interval. Dashes: no more "
        "origins than years ahead. With fewer than three times as many origins as years ahead the bootstrap draws "
        "from few blocks and its intervals are too narrow; the Diebold-Mariano p is the more careful of the two."
    )
    return f"{text}\n\n{_table(head, _scored(tables, 'members'), right=range(3, len(head)))}"


def _europe(tables: Tables) -> str:
    head = ("Series", "Variant", "Origins", "Years ahead", "n", "Model", "Bias", "No change",
            "Best baseline", "Skill (90 %)", "DM p", "CRPS", "Coverage")  # fmt: skip
    rows = [row for row in _scored(tables, EUROPE) if row[3] == str(HORIZON)]
    return f"Europe and Canada, five years ahead.\n\n{_table(head, rows, right=range(3, len(head)))}"


def _scored(tables: Tables, who: str) -> list[tuple[str, ...]]:
    keys = ["series", "variant", "era", "horizon"]
    scores, skill = (table[table["who"] == who] for table in (tables["hindcast-scores"], tables["hindcast-skill"]))
    errors = scores.pivot(index=keys, columns="method", values="mean_absolute_error")
    own = scores[scores["method"] == MODEL].set_index(keys)
    better = skill[skill["method"] == MODEL].set_index(keys)
    rows = []
    for key in own.sort_index(ascending=[False, True, True, True]).index:
        rivals = errors.loc[key, [name for name in BASELINES if name in errors.columns]].dropna()
        one, against = own.loc[key], better.loc[key]
        rows.append(
            (
                *map(str, key), f"{one['forecasts']:.0f}", _number(one["mean_absolute_error"]),
                f"{one['bias']:+.2f}", _number(errors.loc[key, "no change"]),
                f"{_number(rivals.min())} ({rivals.idxmin()})",
                _interval(against["skill"], against["lower_90"], against["upper_90"]),
                _probability(against["dm_p_value"]), _number(one["crps"]), _number(one["coverage_90"]),
            )
        )  # fmt: skip
    return rows


def _worst(tables: Tables) -> str:
    """Members and years that fail most, World Bank's series, conditional."""
    told = []
    for name, column in (("members", "member"), ("years", "year")):
        table = tables[f"hindcast-worst-{name}"]
        own = table[(table["series"] == SERIES[-1]) & (table["variant"] == CONDITIONAL)]
        rows = [
            (str(one[column]), f"{one['forecasts']:.0f}", _number(one["mean_absolute_error"]),
             f"{one['bias']:+.2f}", _number(one["no_change_error"]))
            for _, one in own.iterrows()
        ]  # fmt: skip
        head = (column.capitalize(), "n", "Error", "Bias", "No change")
        told.append(_table(head, rows, right=range(1, len(head))))
    text = (
        "Where the model fails most, five years ahead, conditional, World Bank's series: the worst ten members and "
        "outcome years; bias is forecast less actual, in percentage points of GDP."
    )
    return "\n\n".join([text, *told])


def _rules(tables: Tables) -> str:
    head = ("Era", "Rule", "Origins", "Error (90 %)", "Best in resamples", "Weight in mixture (90 %)",
            "Members it fits best", "of them surely")  # fmt: skip
    rows = [
        (
            one.era, one.rule, str(one.origins), _interval(one.mean_absolute_error, one.lower_90, one.upper_90),
            _number(one.best), _interval(one.weight, one.weight_lower_90, one.weight_upper_90),
            str(one.members_best), str(one.members_sure),
        )
        for one in _each(tables["rules-by-era"])
    ]  # fmt: skip
    text = (
        "Conditional hindcasts five years ahead in the World Bank's series, by era of the outcome (the first begins in "
        "1970, six years of figures and five years ahead of 1960; the last ends in 2024). Surely: best in nine of ten "
        "resamples of origins. The rules share tastes, threat and luck, so that only the reaction to allies differs."
    )
    return f"{text} {_own_rule(tables)}\n\n{_table(head, rows, right=range(2, len(head)))}"


def _own_rule(tables: Tables) -> str:
    """How the model's own rule does."""
    table = tables["rules-by-era"]
    best = table.loc[table.groupby("era")["mean_absolute_error"].idxmin(), "rule"]
    weights = ", ".join(_number(value) for value in table.loc[table["rule"] == MODEL, "weight"])
    return (
        f"The model's own rule, `{MODEL}`, has the least error in {(best == MODEL).sum()} of {len(best)} eras; its "
        f"weights in the mixtures are {weights}. Forecasts of rules are alike, so weights move far between resamples."
    )


def _claims(tables: Tables) -> str:
    head = ("Claim", "Holds in draws (90 %)", "Undecided", "Margin, median (5-95 % of draws)", "Unit",
            "Holds in all ranges")  # fmt: skip
    table = tables["claims"].sort_values("holds", kind="stable")
    rows = [
        (one.says, _interval(one.holds, one.lower_90, one.upper_90), _number(one.undecided),
         _interval(one.margin, one.margin_5, one.margin_95, 3), one.unit, _number(one.holds_in_ranges))
        for one in _each(table)
    ]  # fmt: skip
    first = table.iloc[0]
    drawn = "draws of the posterior" if first["draws"] > 1 else "draw, the default parameters"
    text = (
        "What the project says of its policies, as far as it follows from the calibrated parameters, the weakest claim "
        f"first: {first['draws']} {drawn}, worth {first['independent']:.0f} independent ones, {first['replicates']} "
        "replicates a draw, the same luck for all worlds and draws. A claim holds in a draw if its margin, taken of "
        "means over the replicates, is above 0. Intervals: Jeffreys, 90 %, of so many independent draws; undecided is "
        "the part of the draws whose margin has 0 in its 90 % bootstrap interval over the replicates. All ranges: the "
        "part in which it holds if every uncertain parameter, estimated or assumed, lies anywhere in its range, "
        "whether history allows it or not. What a scenario sets itself is not varied. No claim is about deterrence, "
        "whose outputs are ordinal."
    )
    return f"{text}\n\n{_table(head, rows, right=range(1, 4))}"


def _drivers(tables: Tables) -> str:
    head = ("Claim", "Parameter", "Basis", "Range", "First (90 %)", "Total (90 %)")
    table, sizes = tables["claims-sobol"], tables["basis"].iloc[0]
    rows = [
        (one.claim, f"`{one.parameter}`", one.basis, f"{one.low:g} to {one.high:g}",
         f"{_number(one.first)} ± {_number(one.first_interval)}",
         f"{_number(one.total)} ± {_number(one.total_interval)}")
        for one in _each(table.groupby("claim", sort=False).head(LEADING))
    ]  # fmt: skip
    text = (
        f"What the margins hang on: Sobol indices over {table['parameter'].nunique()} parameters at once, uniform in "
        f"their ranges (estimated: the priors of `sim.evidence.priors`; assumed: `sim.evidence.ranges`, judgement), by "
        f"Saltelli's sample of {sizes['sobol_points']} base points, {sizes['sobol_replicates']} replicates a point on "
        f"the same luck. The {LEADING} largest total indices of each claim; all are in `claims-sobol.csv`. An index "
        "is a share of the variance that these ranges produce, and worth no more than they are."
    )
    return f"{text}\n\n{_table(head, rows, right=(4, 5))}"


def _facts(tables: Tables) -> str:
    head = ("No.", "Fact", "Holds within", "Figures", "", "Model (5-95 %)", "", "Source")
    rows = []
    for one in _each(tables["facts"]):
        model = _interval(one.model, one.model_low, one.model_high, 4)
        rows.append(
            (str(one.number), str(one.fact), f"{one.low:g} to {one.high:g}", _number(one.data, 4),
             _verdict(one.data_passes), model, _verdict(one.model_passes), str(one.source))
        )  # fmt: skip
    passes = [tables["facts"][column].map(_verdict) for column in ("data_passes", "model_passes")]
    told = [f"{(one == 'pass').sum()} of {one.isin(['pass', '**fail**']).sum()}" for one in passes]
    text = f"The shipped figures show {told[0]} facts, the model {told[1]}; the rest cannot be measured there."
    return f"{text}\n\n{_table(head, rows)}"


def _others(tables: Tables) -> str:
    first, answer = tables["olson-zeckhauser"].iloc[0], tables["russian-response"].iloc[0]
    head = ("What replacing the United States takes", "Published", "Value (5-95 %)", "Unit", "Source")
    rows = [
        (one.quantity, _span(one.published_low, one.published_high), _interval(one.value, one.low, one.high, 4),
         one.unit, one.source)
        for one in _each(tables["enablers"])
    ]  # fmt: skip
    return (
        f"Olson & Zeckhauser's table of 1964 gives {first['rank']:.4f} for the published {first['published']:.3f} "
        f"(one-sided p {first['p_one_sided']:.3f}, {first['members']:.0f} members). Members' spending answered "
        f"Russia's in {answer['first']:.0f}-{answer['last']:.0f} with an elasticity of {answer['elasticity']:.3f} "
        f"(standard error {answer['standard_error']:.3f}, {answer['observations']:.0f} observations)."
        f"\n\n{_table(head, rows)}"
    )


def _each(table: pd.DataFrame) -> Iterator[Any]:
    """Rows with the columns as attributes."""
    yield from table.itertuples(index=False)


def _figure(name: str, alt: str) -> str:
    return f"![{alt}](../results/published/evidence/{name}.png)"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> str:
    numbers = set(right)
    line = ["---:" if k in numbers else "---" for k in range(len(head))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, line, *rows))


def _number(value: float, digits: int = 2) -> str:
    if not np.isfinite(value):
        return "–"
    return f"{value:.{digits}f}" if abs(value) < 100 else f"{value:.0f}"


def _probability(value: float) -> str:
    return "< .005" if value < 0.005 else _number(value)


def _interval(value: float, low: float, high: float, digits: int = 2) -> str:
    if not np.isfinite(low):
        return _number(value, digits)
    return f"{_number(value, digits)} ({_number(low, digits)} to {_number(high, digits)})"


def _span(low: float, high: float) -> str:
    if not np.isfinite(low):
        return "–"
    if not np.isfinite(high):
        return f"at least {low:g}"
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def _verdict(value: object) -> str:
    return {"True": "pass", "False": "**fail**"}.get(str(value), "–")
