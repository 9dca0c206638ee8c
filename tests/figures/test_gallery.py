"""The gallery: tables are true to the data, names do not collide, words are literal, colours are read in grey."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib import colormaps
from matplotlib.text import Text

from sim import data, figures
from sim.figures.naming import less_is_better, measure_of, member_measure
from sim.figures.paper import Picture
from sim.figures.style import CELLS, INK, alike, ink_on, luminance
from sim.figures.tiles import COLUMNS, ROWS, TILES
from sim.figures.why import steps
from sim.measures import MEMBER
from tests.figures.test_figures import FIRST, HOSTILE, LAST, inside, one_run_years, some_members, words_of

NAMES = data.members(2025).set_index("member")["name"]


def helpers() -> pd.DataFrame:
    """Members that give a part of their number of $ bn; the last ten nothing."""
    table = some_members()
    place = table["member"].map(list(data.MEMBERS).index)
    return table.assign(gdp=100.0, support_share=np.where(place < 22, 0.0001 * (1 + place), 0.0))


def parts(many: int = 5) -> pd.DataFrame:
    values = [0.004 * (-1) ** k / (1 + k) for k in range(many)]
    return pd.DataFrame({"key": range(many), "label": [f"part {k}" for k in range(many)], "value": values})


def indices(panels: int = 2, axes: int = 4) -> pd.DataFrame:
    rows = [
        {"policy": f"policy {k}", "axis": f"axis_{i}", "first": 0.1 * i + 0.02 * k, "first_interval": 0.05,
         "total": 0.12 * i + 0.02 * k, "total_interval": 0.06}
        for k, i in itertools.product(range(panels), range(axes))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def effects() -> pd.DataFrame:
    table = indices(1).drop(columns="policy")
    table = table.rename(columns={"total": "strength", "total_interval": "strength_interval"})
    return table.assign(effect=-table["strength"] / 2, spread=0.1).drop(columns=["first", "first_interval"])


def grid(across: int = 5, up: int = 4) -> pd.DataFrame:
    rows = [
        {"line": 0.01 * i, "below": 0.2 * j, "replicate": run, "lost": (i + run) % 2 == 0,
         "end_european_share": 0.02 + 0.001 * i * j + 0.0001 * run, "mean_challenge_risk": 0.02 + 0.001 * i}
        for i, j, run in itertools.product(range(across), range(up), range(4))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def regrets() -> pd.DataFrame:
    """Three policies, ten futures; the second has the smallest largest regret, the first the smallest median."""
    futures = np.arange(10)
    columns = {"low": np.where(futures == 9, 0.02, 0.0), "middle": 0.001 * futures, "high": 0.003 * futures}
    return pd.concat([pd.DataFrame({"policy": k, "x": futures, "regret": v}) for k, v in columns.items()])


DRAWN: dict[str, Callable[..., Any]] = {
    "tiles": lambda **o: figures.tile_map(some_members(), **o),
    "tiles of many": lambda **o: figures.tile_map(pd.concat([some_members(), some_members().assign(replicate=1)]), **o),
    "slope": lambda **o: figures.slope(some_members(), **o),
    "network": lambda **o: figures.network(helpers(), one_run_years(), **o),
    "timeline": lambda **o: figures.timeline(one_run_years(), SimpleNamespace(title="A title"), **o),
    "why": lambda **o: figures.why_bars(parts(), before=0.02, after=0.0262, rests="One run, seed 7", **o),
    "tornado": lambda **o: figures.tornado(indices(), "end_european_share", **o),
    "morris": lambda **o: figures.tornado(effects(), "mean_challenge_risk", **o),
    "heat": lambda **o: figures.heat_map(grid(), "line", "below", **o),
    "contours": lambda **o: figures.heat_map(grid(14, 9), "line", "below", "end_european_share", **o),
    "flags": lambda **o: figures.heat_map(grid(), "line", "below", "lost", **o),
    "regret": lambda **o: figures.regret_figure(regrets(), "end_european_share", **o),
}


def drawn(name: str, **options: Any) -> Any:
    return DRAWN[name](**({} if name == "why" else {"seed": 7}), version="9.8.7", **options)


@pytest.mark.parametrize("name", DRAWN)
def test_says_what_it_rests_on_and_takes_words_literally(name: str) -> None:
    figure = drawn(name)
    assert isinstance(figure, Picture)
    said = words_of(figure)
    assert "eed 7" in said
    assert "burdenshare 9.8.7" in said
    assert "ssumed" in said
    assert len(figure.table) > 0
    assert figure.title.replace("\u00a0", " ") in figure.alt
    assert inside(figure)
    for text in figure.findobj(Text):
        if text.get_text() and text.get_visible():
            assert not text.get_parse_math()
            assert float(text.get_fontsize()) >= 9


@pytest.mark.parametrize("name", DRAWN)
def test_no_words_collide(name: str) -> None:
    figure = drawn(name)
    unseen = [
        label
        for axes in figure.axes
        for axis, span in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim()))
        for label, at in zip(axis.get_ticklabels(), axis.get_ticklocs(), strict=True)
        if not axes.axison or not min(span) <= at <= max(span)
    ]
    texts = [text for text in figure.findobj(Text) if text.get_text().strip() and text not in unseen]
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    boxes = [(words, box) for words, box in boxes if box.width > 1]
    hit = [(a, b) for (a, one), (b, two) in itertools.combinations(boxes, 2) if one.padded(-1).overlaps(two.padded(-1))]
    assert hit == []


def test_every_member_has_one_tile_and_none_shares_it() -> None:
    assert set(TILES) == set(data.MEMBERS)
    assert len(set(TILES.values())) == len(TILES)
    assert all(0 <= column < COLUMNS and 0 <= row < ROWS for column, row in TILES.values())
    east = {code: TILES[code][0] for code in TILES}
    assert east["USA"] + 2 <= min(place for code, place in east.items() if code not in ("USA", "CAN"))


def test_tiles_show_the_year_and_grey_out_who_is_not_in_the_alliance() -> None:
    table = some_members().assign(year=lambda t: t["year"] - 20)  # 2005 to 2009
    figure: Any = figures.tile_map(table, year=2008)
    found = figure.table.set_index("member")
    assert found["value"].to_dict() == table[table["year"] == 2008].set_index("member")["defence_share"].to_dict()
    late = {"FIN", "SWE", "MNE", "MKD", "ALB", "HRV"}
    assert set(found.index[~found["in_alliance"]]) == late
    hatched = [patch for patch in figure.axes[0].patches if patch.get_hatch()]
    assert len(hatched) == len(late)
    assert "not in the alliance in 2008" in words_of(figure)
    assert "not in the alliance in" not in words_of(figures.tile_map(some_members()))
    assert "Finland" in figure.alt


def test_tiles_of_flags_are_shares_of_runs_and_beliefs_leave_out_the_us() -> None:
    runs = pd.concat([some_members().assign(replicate=k, protected=k == 0) for k in range(4)])
    found: Any = figures.tile_map(runs, "protected").table.set_index("member")  # type: ignore[attr-defined]
    assert set(found["value"].drop("USA")) == {0.25}
    assert np.isnan(found.loc["USA", "value"])


@pytest.mark.parametrize(("year", "measure"), [(1999, "defence_share"), (None, "member")])
def test_tiles_refuse_what_is_not_there(year: int | None, measure: str) -> None:
    with pytest.raises(ValueError, match=r"no members in 1999|member is no number"):
        figures.tile_map(some_members(), measure, year=year)


def test_words_on_tiles_are_read_whatever_the_colour() -> None:
    shades = [colormaps[CELLS](k / 255) for k in range(256)]
    light = [luminance(shade) for shade in shades]
    assert all(b >= a - 1e-3 for a, b in itertools.pairwise(light))  # so that the order is seen in grey
    for shade in shades:
        ink = luminance(ink_on(shade))
        pair = sorted([ink + 0.05, luminance(shade) + 0.05])
        assert pair[1] / pair[0] >= 4
    assert ink_on("white") == INK
    assert ink_on("black") == "white"


def test_a_slope_highlights_six_at_most_and_knows_its_ends() -> None:
    figure: Any = figures.slope(some_members(), highlight=["DEU", "FRA"])
    row = figure.table.set_index("member").loc["DEU"]
    shares = some_members().query("member == 'DEU'").set_index("year")["defence_share"]
    assert (row["start"], row["end"]) == (shares[FIRST], shares[LAST])
    assert row["change"] == pytest.approx(shares[LAST] - shares[FIRST])
    named = {name for name in NAMES if any(name in text.get_text() for text in figure.axes[0].texts)}
    assert named == {"Germany", "France"}
    with pytest.raises(ValueError, match="at most 6"):
        figures.slope(some_members(), highlight=list(data.MEMBERS[:7]))
    with pytest.raises(ValueError, match="no member XXX"):
        figures.slope(some_members(), highlight=["XXX"])


def test_a_slope_says_who_has_no_value() -> None:
    table = some_members()
    table.loc[(table["member"] == "DEU") & (table["year"] == FIRST), "defence_share"] = np.nan
    figure: Any = figures.slope(table.assign(year=table["year"]))
    assert "Without a value at both ends, and not drawn: DEU." in words_of(figure).replace("\n", " ")
    assert "of 31 members" in figure.title
    assert "not drawn" not in words_of(figures.slope(some_members()))


def test_a_slope_between_policies_takes_the_last_year_and_medians() -> None:
    more = some_members().assign(defence_share=lambda t: t["defence_share"] + 0.01)
    after = [more.assign(policy="b", replicate=k) for k in (0, 1)]
    table = pd.concat([some_members().assign(policy="a"), *after])
    figure: Any = figures.slope(table, by="policy")
    assert set(figure.table["change"].round(9)) == {0.01}
    assert "higher for 32 of 32 members" in figure.title
    with pytest.raises(ValueError, match="two values of policy"):
        figures.slope(some_members().assign(policy="a"), by="policy")


def test_the_network_adds_up() -> None:
    figure: Any = drawn("network")
    support = figure.table[figure.table["kind"] == "support"]
    given = helpers().eval("support_share * gdp").groupby(helpers()["member"]).sum()
    assert support.set_index("giver")["amount"].to_dict() == pytest.approx(given[given > 0].to_dict())
    assert support["amount"].is_monotonic_decreasing
    crises = figure.table[figure.table["kind"] != "support"]
    assert crises[["receiver", "kind", "year", "outcome"]].to_numpy().tolist() == [
        ["EST", "came", "2026", "held"], ["POL", "stayed away", "2029", "lost"],
    ]  # fmt: skip
    assert "the US came to 1 of 2 challenges, 1 lost" in figure.title
    written = [text.get_text() for text in figure.axes[0].texts]
    assert any(text.startswith("7 others") for text in written)  # 22 givers, 15 with a line of their own
    with pytest.raises(ValueError, match="nobody gave support"):
        figures.network(helpers().assign(support_share=0.0))


def test_a_timeline_is_the_events() -> None:
    figure: Any = drawn("timeline")
    assert list(figure.table["year"]) == [2025, 2026, 2026, 2026, 2027, 2027, 2028, 2029, 2029]
    assert "one attempt" not in figure.title
    assert "1 attempt to leave refused" in figure.title
    assert "the US left the treaty in 2028" in figure.title
    calm = one_run_years("unconditional").assign(treaty_status=0, attempt=0, challenge=0)
    quiet: Any = figures.timeline(calm)
    assert "one US policy; no step out of the treaty and no challenge" in quiet.title


def test_why_bars_lead_from_before_to_after() -> None:
    table = steps(parts(), 0.02, 0.0262, 100.0)
    assert table["end"].iloc[-1] == pytest.approx(2.62)
    assert table["value"].sum() == pytest.approx(0.62)
    assert (table["end"] - table["start"]).to_numpy()[1:-1] == pytest.approx(table["value"].to_numpy()[1:-1])
    assert table["label"].iloc[-2] == "not attributed"
    whole = steps(parts(), 0.02, 0.02 + float(parts()["value"].sum()), 100.0)
    assert "rest" not in set(whole["key"])
    many = steps(parts(30), 0.02, 0.02 + float(parts(30)["value"].sum()), 100.0)
    assert len(many) == 14
    assert many["value"].sum() == pytest.approx(100 * float(parts(30)["value"].sum()))
    with pytest.raises(ValueError, match="finite"):
        figures.why_bars(parts(), before=float("nan"), after=0.02)


def test_a_tornado_is_ordered_and_keeps_its_table() -> None:
    figure: Any = drawn("tornado")
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["axis 3", "axis 2", "axis 1", "axis 0"]
    widths = [bar.get_width() for bar in figure.axes[0].patches[:4]]
    assert widths == pytest.approx([0.36, 0.24, 0.12, 0.0])
    assert figure.table.drop(columns="outcome").equals(indices())
    assert "axis 3 weighs most" in figure.title
    risk: Any = drawn("morris")
    assert "ordinal: compares policies, no forecast" in words_of(risk).replace("\n", " ")
    assert "% a year" not in risk.title
    with pytest.raises(ValueError, match="of sobol or morris"):
        figures.tornado(pd.DataFrame({"axis": ["a"], "score": [1.0]}), "lost")


def test_a_heat_map_shows_means_and_marks_what_is_ordinal() -> None:
    figure: Any = drawn("heat")
    means = grid().groupby(["line", "below"])["end_european_share"].mean()
    found = figure.table.set_index(["line", "below"])["mean"]
    assert found.sort_index().to_numpy() == pytest.approx(means.to_numpy())
    assert len(figure.axes[0].texts) == len(means)
    flags: Any = drawn("flags")
    assert set(flags.table["mean"]) == {0.5}
    assert "ordinal: compares policies, no forecast" in words_of(flags).replace("\n", " ")
    with pytest.raises(ValueError, match="neither"):
        figures.heat_map(grid().assign(word="a"), "line", "below", "word")


def test_regret_names_the_minimax_choice() -> None:
    figure: Any = drawn("regret")
    assert list(figure.table["policy"]) == ["middle", "low", "high"]
    assert figure.table["worst"].to_list() == pytest.approx([0.009, 0.02, 0.027])
    assert figure.title.startswith("The largest regret is smallest under \u201cmiddle\u201d")
    assert "more counts as better here" in words_of(figure).replace("\n", " ")
    assert "less counts as better here" in words_of(drawn("regret", best="low")).replace("\n", " ")
    never: Any = figures.regret_figure(regrets().assign(regret=0.0), "end_european_share")
    assert never.title.startswith("No policy is ever regretted")


def test_hostile_words_are_harmless(tmp_path: Path) -> None:
    held = [
        figures.tile_map(some_members(), title=HOSTILE, version=HOSTILE),
        figures.timeline(one_run_years(HOSTILE[:60]), SimpleNamespace(title=HOSTILE)),
        figures.why_bars(
            parts().assign(label=HOSTILE), before=0.02, after=0.03, what=HOSTILE, first="$a$", rests=HOSTILE
        ),
        figures.regret_figure(regrets().assign(policy=HOSTILE + regrets()["policy"]), "lost"),
        figures.tornado(indices(1).assign(policy="$x$", axis=lambda t: HOSTILE[:80] + t["axis"]), "lost"),
        figures.heat_map(grid().assign(below=HOSTILE), "line", "below"),
    ]
    for number, figure in enumerate(held):
        paths = figures.save(figure, tmp_path, str(number), kinds=["png"])
        assert inside(figure)
        assert not [text for text in figure.findobj(Text) if text.get_parse_math() and text.get_text()]
        assert paths[-1].read_text(encoding="utf-8").count("\n") == 1


def test_every_column_of_members_has_a_name_and_a_unit() -> None:
    assert [name for name in MEMBER if member_measure(name).unit == "as in the table"] == []
    assert measure_of("lost").ordinal
    assert not measure_of("end_european_share").ordinal
    assert less_is_better("mean_challenge_risk")
    assert not less_is_better("end_european_share")


def test_numbers_beside_each_other_have_the_same_decimals() -> None:
    assert alike([3.7, 0.833, 0.0]) == ["3.70", "0.83", "0.00"]
    assert alike([124.0, 31.26, float("nan")]) == ["124", "31.3", "\u2013"]
    assert alike([0.0]) == ["0"]
