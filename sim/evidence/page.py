"""The results in Markdown, from the published CSV files alone: the page cannot say what they do not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sim import data
from sim.evidence import markdown as md
from sim.evidence.page_calibration import calibration
from sim.evidence.page_hindcasts import hindcasts
from sim.evidence.plan import MODEL
from sim.evidence.scorecard import scorecard

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
SURE = 0.9  # of the resamples

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
        "### Posterior and recovery", *calibration(tables),
        "### Hindcasts", *hindcasts(tables),
        "### The rules judged", _rules(tables), md.figure("rules-by-era", "The six rules by era"), _fitting(tables),
        "### The claims", _claims(tables), md.figure("claims", "In what part of the posterior each claim holds"),
        _drivers(tables), md.figure("claims-drivers", "What each claim hangs on"),
        "### The literature", _facts(tables), md.figure("exploitation", "Exploitation by year"), _thinned(tables),
        _first(tables), _others(tables),
    ]  # fmt: skip
    return "\n\n".join(parts)


def _basis(tables: Tables) -> str:
    row = tables["basis"].iloc[0]
    drawn = int(row["posterior_draws"])
    rests = f"{drawn:,} draws of the posterior until 2025" if drawn else "the default parameters alone"
    return (
        f"Seed {row['seed']}; {row['runs_a_forecast']} runs a forecast, {row['runs']} of an era; {row['resamples']:,} "
        f"resamples for the rules, 2,000 for skill. Hindcasts rest on {row['known_draws']} draws of the posterior of "
        f"each origin's own past; the rules judged and the claims on {rests}. Tables: "
        "[results/published/evidence](../results/published/evidence)."
    )


def _scorecard(tables: Tables) -> str:
    card = scorecard(tables)
    head = ("Question", "Measured", "Points", "Bounds for 1, 2, 3", "What would improve it")
    rows = [(one.question, one.answer, str(one.score), one.rule, one.improve) for one in md.each(card)]
    total = f"{int(card['score'].sum())} of {3 * len(card)} points. {CLAIM}"
    return f"{total}\n\n{md.table(head, rows, right=(2,))}"


def _rules(tables: Tables) -> str:
    head = ("Era", "Rule", "Origins", "Error (90 %)", "Best in resamples", "Weight in mixture (90 %)",
            "Members it fits best", "of them surely")  # fmt: skip
    rows = [
        (
            one.era, one.rule, str(one.origins), md.interval(one.mean_absolute_error, one.lower_90, one.upper_90),
            md.number(one.best), md.interval(one.weight, one.weight_lower_90, one.weight_upper_90),
            str(one.members_best), str(one.members_sure),
        )
        for one in md.each(tables["rules-by-era"])
    ]  # fmt: skip
    text = (
        "Conditional hindcasts five years ahead in the World Bank's series, by era of the outcome (the first begins in "
        "1970, six years of figures and five years ahead of 1960; the last ends in 2024). Surely: best in nine of ten "
        "resamples of origins. The rules share tastes, threat and luck, so that only the reaction to allies differs."
    )
    return f"{text} {_own_rule(tables)}\n\n{md.table(head, rows, right=range(2, len(head)))}"


def _own_rule(tables: Tables) -> str:
    """How the model's own rule does."""
    table = tables["rules-by-era"]
    best = table.loc[table.groupby("era")["mean_absolute_error"].idxmin(), "rule"]
    weights = ", ".join(md.number(value) for value in table.loc[table["rule"] == MODEL, "weight"])
    return (
        f"The model's own rule, `{MODEL}`, has the least error in {(best == MODEL).sum()} of {len(best)} eras; its "
        f"weights in the mixtures are {weights}. Forecasts of rules are alike, so weights move far between resamples."
    )


def _claims(tables: Tables) -> str:
    head = ("Claim", "Holds in draws (90 %)", "Undecided", "Margin, median (5-95 % of draws)", "Unit",
            "Holds in all ranges")  # fmt: skip
    table = tables["claims"].sort_values("holds", kind="stable")
    rows = [
        (one.says, md.interval(one.holds, one.lower_90, one.upper_90), md.number(one.undecided),
         md.interval(one.margin, one.margin_5, one.margin_95, 3), one.unit, md.number(one.holds_in_ranges))
        for one in md.each(table)
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
    return f"{text}\n\n{md.table(head, rows, right=range(1, 4))}"


def _drivers(tables: Tables) -> str:
    head = ("Claim", "Parameter", "Basis", "Range", "First (90 %)", "Total (90 %)")
    table, sizes = tables["claims-sobol"], tables["basis"].iloc[0]
    rows = [
        (one.claim, f"`{one.parameter}`", one.basis, f"{one.low:g} to {one.high:g}",
         f"{md.number(one.first)} ± {md.number(one.first_interval)}",
         f"{md.number(one.total)} ± {md.number(one.total_interval)}")
        for one in md.each(table.groupby("claim", sort=False).head(LEADING))
    ]  # fmt: skip
    text = (
        f"What the margins hang on: Sobol indices over {table['parameter'].nunique()} parameters at once, uniform in "
        f"their ranges (estimated: the priors of `sim.evidence.priors`; assumed: `sim.evidence.ranges`, judgement), by "
        f"Saltelli's sample of {sizes['sobol_points']} base points, {sizes['sobol_replicates']} replicates a point on "
        f"the same luck. The {LEADING} largest total indices of each claim; all are in `claims-sobol.csv`. An index "
        "is a share of the variance that these ranges produce, and worth no more than they are."
    )
    return f"{text}\n\n{md.table(head, rows, right=(4, 5))}"


def _fitting(tables: Tables) -> str:
    """Which rule fits which member in which era."""
    table = tables["rules-by-member"]
    eras = list(dict.fromkeys(table["era"]))
    told = {
        (one.member, one.era): f"**{one.rule}** ({one.best:.2f})" if one.best >= SURE
        else one.rule + (f" ({one.best:.2f})" if one.best == one.best else "")
        for one in md.each(table)
    }  # fmt: skip
    rows = [(member, *(told.get((member, era), "") for era in eras)) for member in sorted(table["member"].unique())]
    text = (
        "The rule with the least error for each member, in brackets how often it is that when origins are resampled; "
        "bold: in nine of ten resamples. With five origins or fewer nothing is resampled. Elsewhere the data do "
        "not tell rules apart."
    )
    return f"{text}\n\n{md.table(('Member', *eras), rows)}"


def _thinned(tables: Tables) -> str:
    """Whether thinning ends exploitation."""
    rows = [
        (str(one.thinning), md.interval(one.early, one.early_low, one.early_high)
         if str(one.thinning) != "figures" else md.number(one.early),
         md.interval(one.late, one.late_low, one.late_high) if str(one.thinning) != "figures" else md.number(one.late),
         f"{one.fall:+.2f}", md.number(one.ended) if str(one.thinning) != "figures" else "")
        for one in md.each(tables["exploitation-thinning"])
    ]  # fmt: skip
    head = ("Thinning", "1961-66 (5-95 %)", "1968-74 (5-95 %)", "Fall", "Runs that end it about 1967")
    text = (
        "Does thinning end exploitation about 1967, when flexible response made forces rival (Murdoch & Sandler 1984)? "
        "Mean rank correlation of GDP and burden before and after, in runs from 1960 with thinning from 0 (a pure "
        "public good) to 1 (rival forces), tastes fitted anew to each. A change of thinning in mid-run is not in the "
        "model."
    )
    return f"{text}\n\n{md.table(head, rows, right=range(1, 5))}"


def _first(tables: Tables) -> str:
    """Olson and Zeckhauser's table, ranked as they did."""
    table, found = data.olson_zeckhauser().sort_values("gnp", ascending=False), tables["olson-zeckhauser"].iloc[0]
    burden = table["defence_share"].rank(ascending=False)
    rows = [
        (str(k + 1), one.member, f"{one.gnp:.2f}", f"{100 * one.defence_share:.1f}", f"{rank:g}")
        for k, (one, rank) in enumerate(zip(md.each(table), burden, strict=True))
    ]
    head = ("Rank by GNP", "Member", "GNP 1964, US$ bn", "Defence, % of GNP", "Rank by burden")
    text = (
        f"Olson & Zeckhauser's table of 1964 (1966; single figures recalled, see `sim/data/SOURCES.md`): rank "
        f"correlation {found['rank']:.4f} for the published {found['published']:.3f}, one-sided p "
        f"{found['p_one_sided']:.3f}, Kendall's tau {found['kendall']:.3f}, {found['members']:.0f} members. In "
        f"the pure public good with one taste {found['contributors']:.0f} of them contributes: it gives the order of "
        "burdens, not their level."
    )
    return f"{text}\n\n{md.table(head, rows, right=(0, 2, 3, 4))}"


def _facts(tables: Tables) -> str:
    head = ("No.", "Fact", "Holds within", "Figures", "", "Model (5-95 %)", "", "Source")
    rows = []
    for one in md.each(tables["facts"]):
        model = md.interval(one.model, one.model_low, one.model_high, 4)
        rows.append(
            (str(one.number), str(one.fact), f"{one.low:g} to {one.high:g}", md.number(one.data, 4),
             md.verdict(one.data_passes), model, md.verdict(one.model_passes), str(one.source))
        )  # fmt: skip
    passes = [tables["facts"][column].map(md.verdict) for column in ("data_passes", "model_passes")]
    told = [f"{(one == 'pass').sum()} of {one.isin(['pass', '**fail**']).sum()}" for one in passes]
    text = f"The shipped figures show {told[0]} facts, the model {told[1]}; the rest cannot be measured there."
    return f"{text}\n\n{md.table(head, rows)}"


def _others(tables: Tables) -> str:
    answer = tables["russian-response"].iloc[0]
    head = ("What replacing the United States takes", "Published", "Value (5-95 %)", "Unit", "Source")
    rows = [
        (one.quantity, md.span(one.published_low, one.published_high), md.interval(one.value, one.low, one.high, 4),
         one.unit, one.source)
        for one in md.each(tables["enablers"])
    ]  # fmt: skip
    return (
        f"Members' spending answered "
        f"Russia's in {answer['first']:.0f}-{answer['last']:.0f} with an elasticity of {answer['elasticity']:.3f} "
        f"(standard error {answer['standard_error']:.3f}, {answer['observations']:.0f} observations)."
        f"\n\n{md.table(head, rows)}"
    )
