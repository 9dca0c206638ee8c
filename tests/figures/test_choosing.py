"""The figures that a sweep gets, by what its axes set and what it recorded; partial ones say so; a set is whole."""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from PIL import Image

from sim import figures
from sim.figures.choosing import standing
from sim.figures.paper import Picture
from sim.figures.summary import binned, having, shares
from sim.figures.writing import LIST, listed, place_all
from sim.store import Disk, ResultsError
from tests.figures.test_figures import DRAWN, Swept, manifest, runs_by_line, sweep, words_of

YEARS = {"record": "years"}
RUNS = {"record": "runs"}


def axis(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, **more}


def found(table: pd.DataFrame, levers: list[dict[str, Any]], **more: Any) -> Swept:
    about = manifest([])
    about["experiment"] |= {"levers": levers, **RUNS, **more}
    about["runs"] = len(table)
    return Swept(table, about)


def drawn(results: Swept, folder: Path) -> tuple[list[str], list[str]]:
    """Names of the figures, and what was told, without a warning."""
    told: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        paths = figures.save_sweep(results, folder, tell=told.append)
    return sorted({path.stem for path in paths}), told


def called(values: list[Any], name: str) -> pd.DataFrame:
    """Two runs for each value of an axis."""
    rows = [
        {name: value, "replicate": run, "end_european_share": 0.02 + 0.001 * k + 0.0001 * run}
        for k, value in enumerate(values)
        for run in range(2)
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize("name", ["policy", "threshold", "exclusion", "line"])
@pytest.mark.parametrize("values", [["low", "high"], [1, 2, 3], [0.1, 0.2], [True, False], ["＝1", "=2"]])
def test_no_figure_is_chosen_by_the_name_of_an_axis(name: str, values: list[Any], tmp_path: Path) -> None:
    """Labels, numbers and booleans, with years recorded and few measures kept."""
    results = found(called(values, name), [axis(name, key="parameters.thinning", values=values)], **YEARS)
    assert drawn(results, tmp_path) == (["sweep-end-european-share"], [])


def test_the_hump_is_that_of_the_axis_that_moves_the_line_whatever_it_is_called(tmp_path: Path) -> None:
    table = runs_by_line().rename(columns={"threshold": "how_high", "exclusion": "threshold"})
    key = "policies.conditional.tiers.1.minimum"
    levers = [axis("how_high", key=key), axis("threshold", choices={"believed": {"parameters.exclusion_mean": 1}}),
              axis("eu_instruments", key="x")]  # fmt: skip
    results = found(table, levers)
    assert drawn(results, tmp_path) == (["threshold"], [])
    assert "if threshold is believed" in (tmp_path / "threshold.txt").read_text(encoding="utf-8")
    assert "how_high" in pd.read_csv(tmp_path / "threshold.csv").columns
    results.manifest["scenario"]["policies"]["conditional"]["measure"] = "pledge"  # no share of GDP
    assert drawn(results, tmp_path / "pledge")[0] == ["sweep-end-european-share"]
    few = found(table.drop(columns="end_protected_members"), levers)
    assert drawn(few, tmp_path / "few")[0] == ["sweep-end-european-share"]


def test_the_fan_is_that_of_the_axis_that_sets_the_policy(tmp_path: Path) -> None:
    table = sweep().rename(columns={"policy": "threshold"})
    results = found(table, [axis("threshold", key="script.2026")], **YEARS)
    assert drawn(results, tmp_path)[0] == ["policies-challenge", "policies-members", "policies-spending"]
    assert "Policy “conditional 3.5 %”" in (tmp_path / "policies-members.txt").read_text(encoding="utf-8")
    pooled = table.assign(noise=table["replicate"] % 2)
    both = found(pooled, [axis("threshold", key="script.2026"), axis("noise", key="parameters.noise")], **YEARS)
    drawn(both, tmp_path)
    for name in ("policies-challenge", "policies-spending"):
        assert "Runs with different noise are pooled." in (tmp_path / f"{name}.txt").read_text(encoding="utf-8")
    assert "Policy “conditional 3.5 %”; noise 1" in (tmp_path / "policies-members.txt").read_text(encoding="utf-8")
    few = found(table.drop(columns="europe_with_us"), [axis("threshold", key="script.2026")], **YEARS)
    assert drawn(few, tmp_path / "few")[0] == ["policies-members", "policies-spending"]


def test_outcomes_that_have_no_figure_are_told_and_those_that_have_are_all_drawn(tmp_path: Path) -> None:
    levers = [axis("policy", key="script.2026")]
    results = found(sweep(), levers, outcomes=["european_share", "protected_members", "us_policy"], **YEARS)
    results.table["end_protected_members"] = 3
    names, told = drawn(results, tmp_path)
    assert names == ["policies-challenge", "policies-members", "policies-spending", "sweep-end-protected-members"]
    assert told == ["us_policy: not drawn: there is no column of runs for it"]
    bare = found(called(["a"], "policy").drop(columns="end_european_share"), [axis("policy", key="parameters.x")])
    with pytest.raises(ResultsError, match="no measure of runs to draw"):
        figures.save_sweep(bare, tmp_path / "bare")


def conditional(have: int, runs: int = 20) -> pd.DataFrame:
    """Two policies; the first ``have`` runs of the first reach autonomy."""
    table = pd.DataFrame({"rule": ["a"] * runs + ["b"] * runs, "replicate": [*range(runs), *range(runs)]})
    return table.assign(autonomy_year=np.where(table.index < have, 2040.0 + table.index, np.nan))


def test_an_outcome_that_few_runs_have_says_how_many(tmp_path: Path) -> None:
    results = found(conditional(2), [axis("rule", key="parameters.rule")], outcomes=["autonomy_year"])
    assert drawn(results, tmp_path) == (["sweep-autonomy-year", "sweep-has-autonomy-year"], [])
    share, value = (pd.read_csv(tmp_path / f"sweep-{name}.csv") for name in ("has-autonomy-year", "autonomy-year"))
    assert share["share"].to_list() == pytest.approx([0.1, 0.0])
    assert share["low"].to_list() == pytest.approx([0.0279, 0.0], abs=5e-5)  # Wilson, by hand
    assert share["high"].to_list() == pytest.approx([0.3010, 0.1611], abs=5e-5)
    assert value[["runs", "of"]].to_numpy().tolist() == [[2, 20], [0, 20]]
    assert value["q50"].to_list() == pytest.approx([2040.5, np.nan], nan_ok=True)
    words = (tmp_path / "sweep-autonomy-year.txt").read_text(encoding="utf-8")
    assert words.startswith("First year with enough enablers, in 2 of 40 runs (5.0 %): 2040 throughout.")
    assert "b: no run" in words
    assert "2,040" not in words


def test_an_outcome_that_no_run_has_is_a_share_of_none(tmp_path: Path) -> None:
    table = conditional(0).rename(columns={"rule": "policy"})
    results = found(table, [axis("policy", key="parameters.rule")], outcomes=["autonomy_year"])
    assert drawn(results, tmp_path) == (["sweep-has-autonomy-year"], [])
    title = (tmp_path / "sweep-has-autonomy-year.txt").read_text(encoding="utf-8")
    assert title.startswith("Runs in which Europe has enough enablers of its own: 0 % of runs throughout.")
    for draw in (lambda t: figures.grid_figure(t, ["policy"], "autonomy_year"),
                 lambda t: figures.heat_map(t, "policy", "replicate", "autonomy_year"),
                 lambda t: figures.sample_figure(t, ["policy"], "autonomy_year")):  # fmt: skip
        with pytest.raises(ValueError, match="no run has autonomy_year"):
            draw(results.table)


def test_a_heat_map_leaves_cells_without_a_run_grey() -> None:
    table = conditional(3).assign(x=lambda t: t.index % 2, y=lambda t: t["rule"])
    figure: Any = figures.heat_map(table, "x", "y", "autonomy_year")
    assert figure.table.set_index(["x", "y"])["mean"].to_dict() == pytest.approx(
        {(0, "a"): 2041.0, (1, "a"): 2041.0, (0, "b"): np.nan, (1, "b"): np.nan}, nan_ok=True
    )
    assert "Of the runs that have it, 3 of 40 runs (7.5 %); grey: no run." in words_of(figure).replace("\n", " ")
    assert [text.get_text() for text in figure.axes[0].texts] == ["2041", "2041"]


def test_how_many_have_it() -> None:
    table = pd.DataFrame({"x": [1.0, np.nan, np.nan], "y": [1.0, 2.0, 3.0], "z": [np.nan] * 3})
    assert [having(table, name) for name in "xyz"] == ["1 of 3 runs (33\u00a0%)", "", "0 of 3 runs (0\u00a0%)"]
    counted = shares(pd.DataFrame({"by": ["b", "a", "b"], "flag": [True, False, False]}), ["by"], "flag")
    assert counted[["by", "runs", "with", "share"]].to_numpy().tolist() == [["b", 2, 1, 0.5], ["a", 1, 0, 0.0]]


def sample(points: int = 400) -> pd.DataFrame:
    """An outcome that rises with x alone, over a sample of three axes; two runs a point."""
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"x": rng.random(points), "y": rng.random(points), "kind": rng.choice(["a", "b"], points)})
    table = pd.concat([table.assign(replicate=run) for run in range(2)], ignore_index=True)
    return table.assign(end_european_share=0.02 + 0.01 * table["x"] + 0.0001 * table["replicate"])


@pytest.mark.parametrize("kind", ["latin-hypercube", "sobol"])
def test_a_sample_gets_a_panel_an_axis_the_strongest_first(kind: str, tmp_path: Path) -> None:
    levers = [axis("y", low=0, high=1, key="b"), axis("x", low=0, high=1, key="a"), axis("kind", key="c")]
    results = found(sample(), [], uncertainties=levers, design={"kind": kind, "points": 400})
    results.manifest["experiment"]["levers"] = []
    results = Sampled(results.table, results.manifest)
    assert drawn(results, tmp_path) == (["sample-end-european-share"], [])
    table = pd.read_csv(tmp_path / "sample-end-european-share.csv")
    assert list(dict.fromkeys(table["axis"])) == ["x", "y", "kind"]
    along = table[table["axis"] == "x"]
    assert along["runs"].to_list() == [80] * 10  # as many points in every part
    whole = sample()
    tenth = np.quantile(whole["x"], 0.1)
    assert along["q50"].iloc[0] == pytest.approx(whole.loc[whole["x"] < tenth, "end_european_share"].median(), rel=1e-3)
    assert "moves most along x, from" in (tmp_path / "sample-end-european-share.txt").read_text(encoding="utf-8")


class Sampled(Swept):
    """A sample: every point is a cell."""

    @property
    def axes(self) -> list[str]:
        return ["x", "y", "kind"]


def test_a_sample_is_never_a_mesh_of_points() -> None:
    """2,000 points were 4,000,000 squares, nearly all of them blank."""
    table = sample(2000)
    figure: Any = figures.heat_map(table, "x", "y")
    assert len(figure.table) <= 400
    assert figure.table["runs"].sum() == len(table)
    assert figure.table["runs"].min() >= 1
    assert "X is drawn in 15 bins. Y is drawn in 15 bins." in words_of(figure).replace("\n", " ")
    lines: Any = figures.grid_figure(table, ["x", "kind"])
    assert len(lines.table) == 2 * 20
    assert lines.table["runs"].sum() == len(table)
    many = pd.DataFrame({"x": np.repeat(np.arange(300.0), 200), "y": np.tile(np.arange(200.0), 300)})
    mesh: Any = figures.heat_map(many.assign(end_european_share=0.02), "x", "y")
    assert len(mesh.table) == 150 * 150
    assert mesh.axes[0].collections[0].get_rasterized()


def test_bins_are_equal_parts_with_short_middles() -> None:
    assert binned(pd.Series([0.0, 0.24, 0.26, 1.0]), 4).to_list() == pytest.approx([0.12, 0.12, 0.38, 0.88])


def partial(done: int, parts: int = 4, **more: Any) -> Swept:
    table = runs_by_line().iloc[: 5 * done]
    results = found(table, [axis("exclusion", key="x")])
    results.manifest |= {"number_of_parts": parts, "runs": 5 * parts, **more}
    results.parts = {f"runs/part-{number:05d}.parquet": 1 for number in range(done)}
    return Incomplete(table, results.manifest, results.parts) if done < parts else results


class Incomplete(Swept):
    @property
    def complete(self) -> bool:
        return False


def test_a_partial_sweep_is_marked_on_the_picture_in_the_words_and_in_the_data(tmp_path: Path) -> None:
    mark = "Partial: 3 of 4 parts, 15 of 20 runs"
    assert standing(partial(3)) == mark
    figures.save_sweep(partial(3), tmp_path)
    stem = tmp_path / "sweep-end-european-share"
    assert stem.with_suffix(".txt").read_text(encoding="utf-8").startswith(f"{mark}. ")
    assert set(pd.read_csv(stem.with_suffix(".csv"))["partial"]) == {mark}
    with Image.open(stem.with_suffix(".png")) as held:
        assert held.info["Title"].startswith(mark)
        assert held.convert("RGB").getpixel((held.width - 5, 5)) == (0xC6, 0x54, 0x00)  # the band, not its words
    assert json.loads((tmp_path / LIST).read_text())["x-0123456789ab"]["shows"] == mark


def test_shards_and_failed_runs_are_said_too() -> None:
    shard = partial(1, 4, shard=[2, 4])
    shard.parts = {"runs/part-00001.parquet": 1}
    assert standing(shard) == "Partial: 1 of 4 parts, 5 of 20 runs (shard 2 of 4)"
    failed = found(runs_by_line(), [axis("exclusion", key="x")])
    failed.lost = [(0, 1, "why")]
    assert standing(failed) == "Complete but for failed runs: 139 of 140 runs; 1 failed"
    failed.lost = []
    assert standing(failed) == ""


@pytest.mark.parametrize("name", ["hump", "fan", "challenge", "dots", "heat", "lines", "rows", "run"])
def test_a_mark_moves_nothing_and_lies_over_nothing(name: str) -> None:
    plain, marked = DRAWN[name](), DRAWN[name]()
    assert isinstance(plain, Picture)
    assert isinstance(marked, Picture)
    marked.mark("Partial: 3 of 4 parts, $15$ of 20 runs " * 3)
    box, (width, height) = marked.get_tightbbox(), marked.get_size_inches()
    assert min(box.x0, box.y0, width - box.x1, height - box.y1) > -0.001
    for one, other in zip(plain.axes, marked.axes, strict=True):
        before, after = (a.get_window_extent().bounds for a in (one, other))
        assert after == pytest.approx(before, abs=0.01)
    assert not [text for text in marked.findobj(Text) if text.get_parse_math() and text.get_text()]
    added = marked.get_size_inches()[1] - plain.get_size_inches()[1]
    pictures = [np.asarray(Image.open(io.BytesIO(one._repr_png_()[0])).convert("L"), int) for one in (plain, marked)]
    band = round(added * plain.dpi)
    assert (pictures[1][band + 2 :][: len(pictures[0]) - 4] != 255).sum() == pytest.approx(
        (pictures[0] != 255).sum(), rel=0.02
    )


def test_what_is_not_drawn_again_goes_and_nothing_else(tmp_path: Path) -> None:
    first = found(called(["a", "b"], "rule"), [axis("rule", key="x")])
    first.table["challenged"] = True
    first.manifest["experiment"]["outcomes"] = ["european_share", "challenged"]
    figures.save_sweep(first, tmp_path)
    (tmp_path / "mine.png").write_text("mine")
    (tmp_path / "sweep-challenged.txt").write_text("what I noted")
    first.manifest["experiment"]["outcomes"] = ["european_share"]
    figures.save_sweep(first, tmp_path)
    stems = {"sweep-end-european-share": 4, "sweep-challenged": 1, "mine": 1, "drawn": 1}
    assert {name: len(list(tmp_path.glob(f"{name}.*"))) for name in stems} == stems
    assert (tmp_path / "sweep-challenged.txt").read_text() == "what I noted"


def test_a_folder_for_several_sweeps_keeps_them_apart(tmp_path: Path) -> None:
    one = found(called(["a", "b"], "rule"), [axis("rule", key="x")])
    figures.save_sweep(one, tmp_path, own=False)
    figures.save_sweep(one, tmp_path, own=False)
    other = found(called([1, 2], "rule"), [axis("rule", key="x")])
    other.manifest["digest"] = "f" * 64
    held = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ResultsError, match="is there already and is no figure of these results; allowed: another fold"):
        figures.save_sweep(other, tmp_path, own=False)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == held
    other.manifest["experiment"]["outcomes"] = ["challenged"]
    other.table["challenged"] = False
    figures.save_sweep(other, tmp_path, own=False)
    assert set(listed(tmp_path)) == {"x-0123456789ab", "x-ffffffffffff"}
    assert len(list(tmp_path.iterdir())) == 9


def failing(real: Any, answers: Iterator[BaseException | None]) -> Any:
    def inside(self: Disk, *given: Any) -> None:
        error = next(answers)
        if error is not None:
            raise error
        real(self, *given)

    return inside


@pytest.mark.parametrize("step", ["write", "sync"])
@pytest.mark.parametrize("number", [0, 2, 4])
def test_a_full_disk_leaves_the_set_that_was_there(
    step: str, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = found(called(["a", "b"], "rule"), [axis("rule", key="x")])
    for there in (False, True):
        if there:
            figures.save_sweep(results, tmp_path)
        held = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        results.table["end_european_share"] += 0.001
        error = OSError(28, "No space left on device")
        answers = iter([*[None] * number, error])
        with monkeypatch.context() as patch:
            patch.setattr(Disk, step, failing(getattr(Disk, step), answers))
            with pytest.raises(OSError, match="No space") as caught:
                figures.save_sweep(results, tmp_path)
        assert Path(caught.value.filename).parent == tmp_path
        assert not Path(caught.value.filename).name.startswith(".")
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == held


def test_a_list_that_is_not_ours_removes_nothing(tmp_path: Path) -> None:
    outside = tmp_path / "outside.png"
    outside.write_bytes(b"mine")
    folder = tmp_path / "figures"
    results = found(called(["a", "b"], "rule"), [axis("rule", key="x")])
    for text in ("[]", "{", '{"x-0123456789ab": 3}', '{"x-0123456789ab": {"files": {"../outside.png": "%s"}}}',
                 '{"x-0123456789ab": {"files": {"/etc/passwd": "a", "link.png": "%s"}}}'):  # fmt: skip
        folder.mkdir(exist_ok=True)
        (folder / LIST).write_text(text.replace("%s", "c02c1a7b8e0d"))
        (folder / "link.png").unlink(missing_ok=True)
        (folder / "link.png").symlink_to(outside)
        figures.save_sweep(results, folder)
        assert outside.read_bytes() == b"mine"
        assert (folder / "link.png").is_symlink()


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").mkdir()
    with pytest.raises(IsADirectoryError) as caught:
        place_all(tmp_path, {"b.png": b"x", "a.png": b"y"})
    assert caught.value.filename == str(tmp_path / "a.png")
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
