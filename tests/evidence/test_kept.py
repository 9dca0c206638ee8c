"""Long work goes on where it was stopped, and what a year knew of the parameters is that year's."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.cli import main
from sim.evidence import hindcast as hindcasts
from sim.evidence import pool as pools
from sim.evidence.calibration import calibrate
from sim.evidence.kept import Kept, Piece
from sim.evidence.known import FIRST_CUT, known
from sim.evidence.plan import Plan
from sim.evidence.priors import NOISE, PRIORS
from sim.store import Damaged

PLAN = Plan(2018, 2021, None, (1, 3), ("conditional",), ("joint-product", "no change"), ("DEU", "FRA"), 4, 1, None)


def test_a_piece_is_made_once_and_anew_where_it_is_not_whole(tmp_path: Path) -> None:
    kept, made = Kept(tmp_path / "in", "work", {"seed": 1}), []

    def make() -> Piece:
        made.append(1)
        return {"numbers": np.arange(3.0), "words": np.array(["DEU", "EUROPE"])}

    for _ in range(2):
        piece = kept.piece("a", make)
        assert piece["numbers"].tolist() == [0.0, 1.0, 2.0]
        assert piece["words"].tolist() == ["DEU", "EUROPE"]
    assert (len(made), len(kept)) == (1, 1)
    (kept.folder / "a.npz").write_bytes((kept.folder / "a.npz").read_bytes()[:40])
    kept.piece("a", make)
    assert len(made) == 2
    np.savez_compressed(kept.folder / "a.npz", numbers=np.zeros(100_000))  # packed, which unpacks to what it likes
    assert kept.piece("a", make)["numbers"].tolist() == [0.0, 1.0, 2.0]
    (kept.folder / "a.npz").unlink()
    os.mkfifo(kept.folder / "a.npz")
    assert kept.piece("a", make)["numbers"].tolist() == [0.0, 1.0, 2.0]
    assert len(made) == 4
    assert Kept(tmp_path / "in", "work", {"seed": 2}).folder != kept.folder
    kept.forget()
    assert list(tmp_path.iterdir()) == []


def test_pieces_are_kept_in_no_folder_that_is_a_link(tmp_path: Path) -> None:
    folder = Kept(tmp_path, "work", {}).folder
    (tmp_path / "elsewhere").mkdir()
    folder.symlink_to("elsewhere")
    with pytest.raises(Damaged, match="is a link, which is not followed; allowed: a folder"):
        Kept(tmp_path, "work", {})


def test_what_others_wrote_into_the_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("mine")
    kept = Kept(tmp_path, "work", {})
    kept.piece("a", dict)
    kept.forget()
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_a_hindcast_goes_on_to_the_same_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, kept, begun = hindcasts.tabulate(hindcasts.issue(PLAN)), Kept(tmp_path, "hindcast", {}), []

    def stopped(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        hindcasts.resumed(PLAN, None, kept, 1, stopped)
    there = len(kept)
    assert there >= 3
    play = hindcasts._play
    monkeypatch.setattr(hindcasts, "_play", lambda *given: begun.append(given[2]) or play(*given))
    pd.testing.assert_frame_equal(hindcasts.resumed(PLAN, None, kept, 1), whole, check_exact=True)
    assert len(begun) < sum(len(PLAN.origins(seen)) for seen in hindcasts.check(PLAN, None))


def test_a_calibration_goes_on_to_the_same_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, kept, begun = calibrate(1996, draws=500), Kept(tmp_path, "calibration", {}), []

    def stopped(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        calibrate(1996, draws=500, workers=1, progress=stopped, kept=kept)
    there = len(kept)
    assert there >= 1
    forecast = pools._forecast
    monkeypatch.setattr(pools, "_forecast", lambda *given: begun.append(given[2]) or forecast(*given))
    again = calibrate(1996, draws=500, workers=1, kept=kept)
    pd.testing.assert_frame_equal(again.table, whole.table, check_exact=True)
    assert len(begun) == 6 - there


@pytest.mark.parametrize("words", [["calibrate", "--until", "1996", "--draws", "500"], ["hindcast", "2018", "2020"]])
def test_ctrl_c_says_how_to_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    command = [*words, "--into", str(tmp_path / "results")]
    piece, made = Kept.piece, []

    def stopped(self: Kept, name: str, make: object) -> Piece:
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(name)
        return piece(self, name, make)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Kept, "piece", stopped)
        assert main([*command, "--workers", "1"]) == 3
    said = capsys.readouterr()
    assert "2 o" in said.err or "2 p" in said.err
    assert "to go on: the same command again" in said.err
    assert main(command) == 0
    left = [path.name for path in (tmp_path / "results").iterdir()]
    assert left == (["calibration-1996"] if words[0] == "calibrate" else [])


def test_every_year_has_its_posterior() -> None:
    assert known(FIRST_CUT - 1) == {}
    for year in range(FIRST_CUT, 2026):
        draws = known(year)
        assert list(draws) == [*PRIORS, NOISE]
        assert {column.shape for column in draws.values()} == {(100,)}
        assert all(((prior.low <= draws[name]) & (draws[name] <= prior.high)).all() for name, prior in PRIORS.items())


def test_forecasts_have_the_parameters_of_their_cut_off() -> None:
    def errors(**asked: object) -> list[float]:
        table = sim.hindcast(2016, 2017, series=["nato"], variants=["conditional"], replicates=1, **asked)  # type: ignore[arg-type]
        return table["forecast"].tolist()

    assert errors() == errors(parameters=known(2016))
    assert errors(fit_until=2013) == errors(fit_until=2013, parameters=known(2013))
    assert errors() != errors(parameters={})
    assert errors(parameters=known(2013)) != errors(parameters=known(2016))
