"""The evidence end to end on a tiny window, and the page against the published tables it quotes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.cli.evidence import publish, text_of
from sim.evidence import known, page, report
from sim.evidence.scorecard import ITEMS, scorecard
from sim.scenario import ScenarioError

TINY = report.Sizes(first=2014, last=2020, judged_from=2010, replicates=3, runs=2, resamples=10,
                    claim_replicates=2, sobol_points=2, sobol_replicates=1)  # fmt: skip
FIGURES = ("errors", "errors-nato", "hindcast-europe", "pit", "rules-by-era", "exploitation", "claims",
           "claims-drivers")  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def few_draws() -> Iterator[None]:
    """Three of a year's draws of the parameters instead of a hundred, so that all of it takes seconds."""
    few = pd.read_csv(known.TABLE).groupby("until").head(3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(known, "_posteriors", lambda: few)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("evidence")
    publish(TINY, place)
    return place


def test_everything_is_published(folder: Path) -> None:
    for name in FIGURES:
        assert all((folder / f"{name}.{ending}").stat().st_size > 100 for ending in ("png", "csv", "txt")), name
        said = (folder / f"{name}.txt").read_text()
        assert "seed 1" in said, name
    tables = page.published(folder)
    assert tables["basis"].iloc[0][["first", "last", "replicates", "posterior_draws"]].tolist() == [2014, 2020, 3, 0]
    assert (folder / "scorecard.md").read_text() == page.scorecard_page(tables)


def test_the_same_seed_gives_the_same_bytes(folder: Path) -> None:
    """The tables; that a figure of one table has the same bytes twice, tests/figures holds."""
    again = report.tables(TINY, say=lambda _: None)
    written = {name: (folder / f"{name}.csv").read_text() for name in again}
    differ = [name for name, table in again.items() if text_of(table) != written[name]]
    assert differ == []


def test_tables_agree_with_each_other(folder: Path) -> None:
    tables = page.published(folder)
    scores, skill = tables["hindcast-scores"], tables["hindcast-skill"]
    assert set(scores["era"]) == {"2014-20"}
    pit = tables["hindcast-pit"]
    assert pit.groupby(["series", "variant", "horizon"])["part"].sum().to_numpy() == pytest.approx(1.0, abs=1e-4)
    own = scores[(scores["method"] == "joint-product") & (scores["who"] == "members")]
    counts = pit.groupby(["series", "variant", "horizon"])["count"].sum()
    assert own.set_index(["series", "variant", "horizon"])["forecasts"].sort_index().tolist() == counts.tolist()
    assert skill["skill"].max() <= 1.0
    worst = tables["hindcast-worst-members"]
    for _, rows in worst.groupby(["series", "variant"]):
        assert len(rows) <= report.WORST
        assert rows["mean_absolute_error"].is_monotonic_decreasing
        assert (rows["bias"].abs() <= rows["mean_absolute_error"] + 1e-6).all()
    rules = tables["rules-by-era"]
    assert rules.groupby("era")["weight"].sum().to_numpy() == pytest.approx(1.0, abs=1e-4)
    assert (rules.groupby("era")["members_best"].sum() == tables["rules-by-member"].groupby("era").size()).all()


def test_the_scorecard_by_its_bounds(folder: Path) -> None:
    card = scorecard(page.published(folder))
    assert len(card) == len(ITEMS) == card["question"].nunique()
    assert card["score"].is_monotonic_increasing
    for item in ITEMS:
        row = card[card["question"] == item.question].iloc[0]
        less = item.bounds[0] > item.bounds[2]
        met = [row["value"] <= bound if less else row["value"] >= bound for bound in item.bounds]
        assert row["score"] == sum(met), item.question
        assert met == sorted(met, reverse=True), "bounds go from easy to hard"
    assert (card.loc[card["value"].isna(), "answer"] == "not measured").all()


def test_scores_by_hand(folder: Path) -> None:
    tables = page.published(folder)
    perfect = tables["shares"].assign(model=tables["shares"]["actual"])
    card = scorecard({**tables, "shares": perfect}).set_index("question")
    assert card.loc["Does it follow Europe through the Cold War, 1961-90?", ["value", "score"]].tolist() == [0.0, 3]
    off = perfect.assign(model=perfect["actual"] + 0.003)
    card = scorecard({**tables, "shares": off}).set_index("question")
    value, score = card.loc["Does it follow the United States after 1990?", ["value", "score"]]
    assert (value, score) == (pytest.approx(0.3), 1)


def test_a_posterior_is_taken_where_it_is(tmp_path: Path) -> None:
    assert report.posterior(tmp_path / "none.csv") is None
    path = tmp_path / "posterior.csv"
    path.write_text("draw,thinning,weight\n0,0.5,1\n1,0.6,1\n")
    draws = report.posterior(path)
    assert draws is not None
    assert list(draws) == ["thinning"]
    assert np.array_equal(draws["thinning"], [0.5, 0.6])
    path.write_text("draw,thining\n0,0.5\n")
    with pytest.raises(ScenarioError, match=r"posterior\.csv: no column is a parameter; found draw, thining"):
        report.posterior(path)


def test_the_page_quotes_the_published_tables() -> None:
    """ACCEPT=1 writes the block anew from the tables; `make evidence` makes the tables too."""
    tables = page.published()
    written = page.PAGE.read_text(encoding="utf-8")
    right = page.renewed(written, page.block(tables))
    if os.environ.get("ACCEPT"):
        page.PAGE.write_text(right, encoding="utf-8")
        (page.FOLDER / "scorecard.md").write_text(page.scorecard_page(tables), encoding="utf-8")
        return
    assert written == right, "the page and results/published/evidence differ; ACCEPT=1 or make evidence"
    assert (page.FOLDER / "scorecard.md").read_text(encoding="utf-8") == page.scorecard_page(tables)


def test_links_of_the_page_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.PAGE.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.PAGE.parent / link).exists()] == []
    assert {Path(link).stem for link in links if link.endswith(".png")} == {*FIGURES, "calibration-ridge"}


def test_a_page_without_markers_is_left_alone() -> None:
    with pytest.raises(ValueError, match="needs the lines"):
        page.renewed("# Evidence", "new")
    assert page.renewed(f"a {page.BEGIN} old {page.END} b", r"\1 new") == f"a {page.BEGIN}\n\\1 new\n{page.END} b"


def test_published_tables_have_the_shipped_sizes() -> None:
    basis = pd.read_csv(page.FOLDER / "basis.csv").iloc[0]
    sizes = vars(report.Sizes())
    assert basis[list(sizes)].to_dict() == sizes
