"""The model held against history, in pictures: errors, forecasts of Europe, calibration of the bands, rival rules."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim import __version__
from sim.figures.paper import Frame, Picture, Words, finish, footer, panels, plain
from sim.figures.style import HALO, INK, LOOKS, SOFT, number, per_cent, styled
from sim.figures.summary import columns_of

__all__ = ["errors_figure", "europe_figure", "pit_figure", "rules_figure"]

MODEL = "joint-product"
VARIANTS = ("conditional", "unconditional")
RIVALS = ("drift", "autoregression", "panel", "distance")
RULE_TICKS = (([0, 1, 2], ["0", "1", "2"]), ([0, 0.5, 1], ["0", ".5", "1"]))
SERIES = {"world-bank": "the World Bank's series", "nato": "NATO's series"}


@styled
def errors_figure(skill: pd.DataFrame, *, series: str = "world-bank", rests: str, version: str = __version__) -> Figure:
    """Error over that of no change by era of the origin and horizon, model and baselines, with bootstrap intervals.

    Args:
        skill: of `sim.evidence.report`: series, variant, era, horizon, who, method, origins, skill, lower_90, upper_90.
        series: which. rests: runs, seed and parameters of the forecasts, in words. version: of what made them.
    """
    columns_of(skill, ["series", "variant", "era", "horizon", "who", "method", "skill", "lower_90"], "errors_figure")
    table = _ratios(skill[(skill["series"] == series) & (skill["who"] == "members")])
    shown = list(dict.fromkeys(table["shown"]))
    eras, horizons = list(dict.fromkeys(table["era"])), sorted(table["horizon"].unique())
    words = _errors_words(table, series, footer([rests], version), version)
    picture, grid = panels(
        words, Frame(height=4.4, columns=len(eras), left=0.72, right=0.2, top=0.75, bottom=0.5, between_columns=0.18)
    )
    ends = np.array([0.9, 1.1]) * np.nanquantile(table[["ratio", "ratio_low", "ratio_high"]], [0.0, 1.0])
    for k, era in enumerate(eras):
        axes = picture.add_subplot(grid[0, k])
        _draw_ratios(axes, table[table["era"] == era], shown, horizons)
        axes.set_xlim(min(0.45, ends[0]), max(2.1, ends[1]))
        axes.set_title(f"origins {era}", loc="left")
        axes.set_xlabel("error / error of no change")
        if k:
            axes.tick_params(labelleft=False)
    _key(picture)
    told = [f"{one.era}, {one.horizon} years, {one.shown}: {one.ratio:.2f}" for one in table.itertuples()]
    alt = f"{words.title}. A dot plot. {words.subtitle} {'; '.join(told)}. {words.footer}"
    return finish(picture, table, alt)


def _ratios(skill: pd.DataFrame) -> pd.DataFrame:
    """1 - skill: the model in both variants, the baselines once, since they know no variant."""
    model = skill["method"] == MODEL
    rival = skill["method"].isin(RIVALS) & (skill["variant"] == VARIANTS[0])
    table = skill[model | rival].copy()
    table["shown"] = np.where(table["method"] == MODEL, "model, " + table["variant"], table["method"])
    order = [f"model, {variant}" for variant in VARIANTS] + list(RIVALS)
    table["place"] = table["shown"].map(order.index)
    table["ratio"] = 1.0 - table["skill"]
    table["ratio_low"], table["ratio_high"] = 1.0 - table["upper_90"], 1.0 - table["lower_90"]
    columns = ["series", "era", "horizon", "shown", "place", "origins", "ratio", "ratio_low", "ratio_high"]
    return table.sort_values(["era", "horizon", "place"])[columns]


def _draw_ratios(axes: Axes, table: pd.DataFrame, shown: Sequence[str], horizons: Sequence[int]) -> None:
    plain(axes, "x")
    for k, name in enumerate(shown):
        rows = table[table["shown"] == name]
        y = rows["horizon"].map(list(horizons).index) + (k - (len(shown) - 1) / 2) * 0.13
        look = LOOKS[k]
        axes.hlines(y, rows["ratio_low"], rows["ratio_high"], color=look.colour, lw=1.4, alpha=0.6)
        axes.plot(rows["ratio"], y, look.marker, color=look.colour, ms=5, ls="none", label=name)
    for k, horizon in enumerate(horizons):
        rows = table[table["horizon"] == horizon]
        count = _counted(int(rows["origins"].iloc[0]), "origin") if len(rows) else ""
        axes.text(0.98, k - 0.34, count, transform=axes.get_yaxis_transform(), size=9, color=SOFT, ha="right",
                  va="center", path_effects=HALO)  # fmt: skip
    axes.axvline(1.0, color=INK, lw=0.9)
    axes.set_xscale("log")
    axes.set_xticks([0.5, 1, 2, 4, 8], ["0.5", "1", "2", "4", "8"])
    axes.minorticks_off()
    axes.set_ylim(len(horizons) - 0.45, -0.55)
    axes.set_yticks(range(len(horizons)), [_counted(h, "year") for h in horizons])
    for place in range(1, len(horizons)):
        axes.axhline(place - 0.5, color=SOFT, lw=0.5, ls=(0, (1, 3)))


def _counted(many: int, what: str) -> str:
    return f"{many} {what}{'' if many == 1 else 's'}"


def _errors_words(table: pd.DataFrame, series: str, below: str, version: str) -> Words:
    model = table[table["shown"] == f"model, {VARIANTS[0]}"]
    wins = int((model["ratio_high"] < 1.0).sum())
    losses = int((model["ratio_low"] > 1.0).sum())
    return Words(
        f"Given later growth and events, the model's interval lies below “no change” in {wins} of {len(model)} cells, "
        f"above it in {losses}",
        f"Mean absolute error of members' shares of GDP over that of the forecast “no change” (line at 1), "
        f"{SERIES[series]}. Bars: 90 % block bootstrap over origins; none where there are no more origins than years "
        f"ahead. Unconditional: with nothing that came later.",
        below,
        version,
    )


@styled
def europe_figure(table: pd.DataFrame, *, rests: str, version: str = __version__) -> Figure:
    """The European share as it was, and the model's forecasts from every fifth year with their bands, both variants.

    Args:
        table: of `sim.evidence.report`: variant, origin, horizon, year, actual, forecast, lower_90, upper_90,
            no_change. rests, version: as above.
    """
    columns_of(table, ["variant", "origin", "year", "actual", "forecast", "lower_90", "upper_90"], "europe_figure")
    words = _europe_words(table, footer([rests, "World Bank's series"], version), version)
    names = [variant for variant in VARIANTS if variant in set(table["variant"])]
    picture, grid = panels(
        words, Frame(height=4.6, rows=len(names), left=0.72, right=0.3, top=0.35, bottom=0.35, between_rows=0.45)
    )
    ends = 0.97 * table[["actual", "lower_90"]].to_numpy().min(), 1.03 * table["upper_90"].max()
    bottom, top = (100 * float(end) for end in ends)
    for k, name in enumerate(names):
        axes = picture.add_subplot(grid[k, 0])
        _draw_fans(axes, table[table["variant"] == name])
        axes.set_ylim(bottom, top)
        axes.tick_params(labelbottom=k == len(names) - 1)
        axes.set_xlim(float(table["origin"].min()) - 0.5, float(table["year"].max()) + 0.5)
        axes.locator_params(axis="x", integer=True)
        axes.set_ylabel("% of GDP")
        axes.set_title(f"{name}: {'actual' if name == VARIANTS[0] else 'no'} later growth and events", loc="left")
    far = table[table["horizon"] == 5]
    columns = (far[name] for name in ("variant", "origin", "forecast", "actual"))
    told = [f"{variant} from {origin}, five years ahead: {per_cent(forecast)}, actual {per_cent(actual)}"
            for variant, origin, forecast, actual in zip(*columns, strict=True)]  # fmt: skip
    return finish(picture, table, f"{words.title}. Two line charts. {words.subtitle} {'; '.join(told)}. {words.footer}")


def _draw_fans(axes: Axes, table: pd.DataFrame) -> None:
    plain(axes)
    actual = pd.concat([table.set_index("year")["actual"], table.set_index("origin")["no_change"]])
    for k, (origin, rows) in enumerate(table.groupby("origin")):
        start, look = float(rows["no_change"].iloc[0]), LOOKS[k % 2]
        years = [int(str(origin)), *rows["year"]]
        low, middle, high = (100 * np.array([start, *rows[name]]) for name in ("lower_90", "forecast", "upper_90"))
        axes.fill_between(years, low, high, color=look.colour, alpha=0.2, lw=0)
        axes.plot(years, middle, color=look.colour, ls=look.dash, lw=1.6, marker=look.marker, ms=3.5, markevery=[0])
    known = 100 * actual[~actual.index.duplicated()].sort_index()
    axes.plot(known.index, known, "o-", color=INK, lw=1.0, ms=3.5)
    middle = known.index[2 * len(known) // 5]
    axes.annotate("actual", (middle, known[middle]), xytext=(0, -14), textcoords="offset points", ha="center", size=9,
                  color=INK)  # fmt: skip


def _europe_words(table: pd.DataFrame, below: str, version: str) -> Words:
    inside = table["actual"].between(table["lower_90"], table["upper_90"])
    held = [f"{int(inside[own].sum())} of {int(own.sum())} {name}"
            for name in VARIANTS if (own := table["variant"] == name).any()]  # fmt: skip
    return Words(
        f"The model's 90 % bands hold Europe's share in {' and in '.join(held)} forecasts",
        "Share of GDP of the European allies and Canada of the origin. Dots: the figures of origins and of years that "
        "are forecast. Lines and bands: forecasts 1, 3, 5 and 10 years ahead with 90 % of the runs, from every fifth "
        "year; the scale does not begin at 0; two colours only keep them apart.",
        below,
        version,
    )


@styled
def pit_figure(table: pd.DataFrame, *, series: str = "world-bank", rests: str, version: str = __version__) -> Figure:
    """Histograms of where outcomes fall in the forecast distributions, by variant and horizon.

    Args:
        table: of `sim.evidence.report`: series, variant, horizon, bin, count, part.
        series: which. rests, version: as above.
    """
    columns_of(table, ["series", "variant", "horizon", "bin", "count", "part"], "pit_figure")
    table = table[table["series"] == series]
    horizons, names = sorted(table["horizon"].unique()), list(dict.fromkeys(table["variant"]))
    bins = int(table["bin"].max()) + 1
    below = footer([rests, SERIES[series].removeprefix("the ")], version)
    words = _pit_words(table, bins, below, version)
    picture, grid = panels(words, Frame(
        height=3.9, rows=len(names), columns=len(horizons), left=0.8, right=0.2, top=0.35, bottom=0.5,
        between_rows=0.4, between_columns=0.15,
    ))  # fmt: skip
    for (i, variant), (k, horizon) in product(enumerate(names), enumerate(horizons)):
        rows = table[(table["variant"] == variant) & (table["horizon"] == horizon)]
        axes = picture.add_subplot(grid[i, k])
        plain(axes)
        axes.bar((rows["bin"] + 0.5) / bins, rows["part"], width=0.9 / bins, color=LOOKS[0].colour)
        axes.axhline(1.0 / bins, color=INK, lw=0.9, ls=(0, (3, 2)))
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.08 * float(table["part"].max()))
        axes.set_xticks([0, 0.5, 1], ["0", ".5", "1"])
        axes.set_title(f"{_counted(horizon, 'year')}, n = {int(rows['count'].sum()):,}", loc="left", size=9.5)
        axes.tick_params(labelleft=not k, labelbottom=i == len(names) - 1)
        if not k:
            axes.set_ylabel(f"{variant},\npart of outcomes", size=9)
        if i == len(names) - 1:
            axes.set_xlabel("place of the outcome", size=9)
    return finish(picture, table, f"{words.title}. Histograms. {words.subtitle} {words.footer}")


def _pit_words(table: pd.DataFrame, bins: int, below: str, version: str) -> Words:
    ends = table[table["bin"].isin([0, bins - 1])].groupby(["variant", "horizon"])["part"].sum()
    low, high = (number(round(100 * float(x))) for x in (ends.min(), ends.max()))
    right = round(200 / bins)
    verdict = "too narrow" if float(ends.min()) > 2.0 / bins else "not everywhere too narrow"
    return Words(
        f"The model's bands are {verdict}: {low} to {high} % of outcomes fall in the two outer tenths, where {right} % "
        "should",
        "Where members' outcomes fall in the distribution of the model's runs: 0 below all, 1 above all (PIT). Dashed: "
        "a calibrated forecast. High ends mean bands that are too narrow, a slope means bias.",
        below,
        version,
    )


@styled
def rules_figure(table: pd.DataFrame, *, rests: str, version: str = __version__) -> Figure:
    """The six reaction rules by era: error and weight in the best mixture, each with its interval.

    Args:
        table: of `sim.evidence.report` ("rules-by-era").
        rests, version: as above.
    """
    needed = ["era", "rule", "mean_absolute_error", "lower_90", "upper_90", "best", "weight", "weight_lower_90",
              "weight_upper_90", "origins", "forecasts", "members_best"]  # fmt: skip
    columns_of(table, needed, "rules_figure")
    eras, rules = list(dict.fromkeys(table["era"])), list(dict.fromkeys(table["rule"]))
    words = _rules_words(table, footer([rests, "World Bank's series"], version), version)
    picture, grid = panels(words, Frame(
        height=4.3, rows=2, columns=len(eras), left=1.2, right=0.2, top=0.5, bottom=0.5, between_rows=0.75,
        between_columns=0.15,
    ))  # fmt: skip
    rows_of = (
        ("mean_absolute_error", "lower_90", "upper_90", "error, points of GDP", LOOKS[0]),
        ("weight", "weight_lower_90", "weight_upper_90", "weight in mixture", LOOKS[1]),
    )
    for i, (middle, low, high, label, look) in enumerate(rows_of):
        for k, era in enumerate(eras):
            axes, own = picture.add_subplot(grid[i, k]), table[table["era"] == era]
            plain(axes, "x")
            y = own["rule"].map(rules.index)
            axes.hlines(y, own[low], own[high], color=look.colour, lw=1.6, alpha=0.6)
            axes.plot(own[middle], y, look.marker, color=look.colour, ms=5, ls="none")
            axes.set_ylim(len(rules) - 0.5, -0.5)
            axes.set_yticks(range(len(rules)), rules, size=9)
            end = float(table[[high, middle]].max().max())
            axes.set_xticks(*RULE_TICKS[i])
            axes.set_xlim(-0.04 * end, 1.08 * end)
            axes.tick_params(labelleft=not k)
            axes.set_xlabel(label, size=9)
            if not i:
                axes.set_title(f"{era}\n{own['forecasts'].iloc[0]:,} forecasts", loc="left", size=9.5)
    told = [f"{o.era}, {o.rule}: error {o.mean_absolute_error:.2f}, weight {o.weight:.2f}, best for {o.members_best} "
            "members" for o in table.itertuples()]  # fmt: skip
    return finish(picture, table, f"{words.title}. Dot plots. {words.subtitle} {'; '.join(told)}. {words.footer}")


def _rules_words(table: pd.DataFrame, below: str, version: str) -> Words:
    best = table.loc[table.groupby("era", sort=False)["mean_absolute_error"].idxmin()]
    sure = [f" ({100 * x:.0f} %)" if np.isfinite(x) else "" for x in best["best"]]
    told = ", ".join(f"{one.rule} in {one.era}{x}" for one, x in zip(best.itertuples(), sure, strict=True))
    return Words(
        f"Least error: {told}",
        "Six reaction rules, each for all members, on actual growth and events, five years ahead; eras are of "
        "outcomes. Above: mean absolute error in percentage points. Below: weight in the mixture of least squared "
        "error. Bars: 90 % block bootstrap over origins, none with five origins or fewer; in brackets, how often the "
        "rule is best when origins are resampled.",
        below,
        version,
    )


def _key(picture: Picture) -> None:
    """Two lines of names between the words and the panels."""
    handles, names = picture.axes[0].get_legend_handles_labels()
    first = picture.axes[0].get_position()
    inches = float(picture.get_size_inches()[1])
    picture.legend(
        handles, names, ncols=3, frameon=False, loc="lower left", bbox_to_anchor=(0.01, first.y1 + 0.25 / inches),
        fontsize=9, handletextpad=0.3, columnspacing=1.4, borderpad=0.0, labelspacing=0.3,
    )  # fmt: skip
