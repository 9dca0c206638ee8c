"""One pool of draws, each played without noise from every origin: the errors that serve every cut-off.

A cut-off selects: of the forecasts, made once, it uses those whose year it has seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim import data
from sim.data import MEMBERS
from sim.engines.batch import play_members
from sim.evidence.kept import Kept, Piece
from sim.evidence.observed import Observed, places
from sim.evidence.plan import MODEL
from sim.evidence.worlds import CONDITIONAL, fitted, world
from sim.machine import threads
from sim.world import UNITED_STATES

__all__ = ["HORIZONS", "QUIET", "TARGETS", "Pool", "planned", "play"]

HORIZONS = (1, 3, 5)
QUIET = {"budget_noise": 0.0, "belief_noise": 0.0, "statement_rate": 0.0, "challenge_rate": 0.0}
TARGETS = ("europe", "us", "dispersion", "plans")  # three shares of GDP; the third: members' deviation over their mean
COLUMNS = ("gdp", "defence_share", "wanted_share")
CHUNK = 512  # draws that a thread plays at a time
US = MEMBERS[UNITED_STATES]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pool:
    """Forecasts of every draw from every origin, horizons 1, 3 and 5.

    Attributes:
        series: of `sim.evidence.observed.SERIES`. draws: parameter name -> (draws,).
        origins: (origins,) years.
        count: (origins, 3) members that are judged; 0 where the figures end before.
        loss: (draws, origins, 3) mean over members of |forecast - actual|, of GDP; 0 where count is.
        sign: (draws, origins, 3) mean over members of the sign of forecast - actual.
        targets: (draws, origins, 3, 4) what the draws say of TARGETS. actual: (origins, 3, 4) what came, NaN where
            nobody said what he wants (`sim.data.plans`).
    """

    series: str
    draws: dict[str, Floats]
    origins: NDArray[np.int64]
    count: Floats
    loss: Floats
    sign: Floats
    targets: Floats
    actual: Floats

    def seen(self, until: int) -> Floats:
        """Members judged in the forecasts whose year a cut-off has seen, (origins, 3), else 0."""
        year = self.origins[:, None] + np.array(HORIZONS)
        return np.where(year <= until, self.count, 0.0)


def play(
    seen: Observed,
    draws: Mapping[str, Floats],
    origins: Sequence[int],
    *,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    kept: Kept | None = None,
) -> Pool:
    """Forecast from every origin with every draw, on actual later GDP and events, without noise.

    ``progress`` is called with runs done and runs in all. ``kept``: where finished origins are kept, to go on with. The
    same bytes for any number of workers, and however often it was stopped.
    """
    size = next(iter(draws.values())).size
    shape = (len(origins), len(HORIZONS))
    pool = Pool(
        seen.name, dict(draws), np.array(origins), np.zeros(shape), np.zeros((size, *shape)),
        np.zeros((size, *shape)), np.zeros((size, *shape, len(TARGETS))), np.zeros((*shape, len(TARGETS))),
    )  # fmt: skip
    for k, origin in enumerate(origins):
        members = seen.judged(origin)
        for h, horizon in enumerate(_reached(seen, origin)):
            pool.count[k, h] = len(members)
            came = _summed(seen.of(origin + horizon, origin, members)[None], members)[0]
            pool.actual[k, h] = *came, planned(origin + horizon)
    chunks = [slice(first, min(first + CHUNK, size)) for first in range(0, size, CHUNK)]
    done, whole = 0, size * len(origins)
    with threads(workers) as executor:
        jobs = [executor.submit(_filled, seen, pool, k, chunks, kept) for k in range(len(origins))]
        for job in as_completed(jobs):
            job.result()
            done += size
            if progress:
                progress(done, whole)
    return pool


def _reached(seen: Observed, origin: int) -> list[int]:
    return [horizon for horizon in HORIZONS if origin + horizon <= seen.end]


def _filled(seen: Observed, pool: Pool, k: int, chunks: list[slice], kept: Kept | None) -> None:
    """All draws from origin k into the pool."""

    def make() -> Piece:
        return _forecast(seen, pool, k, chunks)

    piece = make() if kept is None else kept.piece(str(pool.origins[k]), make)
    for name, values in piece.items():
        getattr(pool, name)[:, k, : values.shape[1]] = values


def _forecast(seen: Observed, pool: Pool, k: int, chunks: list[slice]) -> Piece:
    """All draws from origin k, a chunk after the other: loss, sign and targets, (draws, horizons reached) and more."""
    origin = int(pool.origins[k])
    members, reached = seen.judged(origin), _reached(seen, origin)
    prepared = world(seen, origin, origin + max(reached), fitted(origin), CONDITIONAL, MODEL)
    europe, who_plan = seen.europe(origin), places(planners())
    actual = np.stack([seen.of(origin + horizon, origin, members) for horizon in reached])
    parts: list[Piece] = []
    for chunk in chunks:
        own = {name: values[chunk] for name, values in pool.draws.items()}
        luck = np.zeros(chunk.stop - chunk.start, np.int64)  # there is none
        played = play_members(prepared, 1, luck, COLUMNS, {**own, **QUIET})[:, reached]
        gdp, share, wanted = played[:, :, 0], played[:, :, 1], played[:, :, 2]
        income = gdp * europe
        aggregate = (share * income).sum(axis=2) / income.sum(axis=2)
        forecast = np.concatenate([share[:, :, places(members)], aggregate[:, :, None]], axis=2)
        error = (forecast - actual)[:, :, :-1]
        plans = wanted[:, :, who_plan].mean(axis=2)[..., None]
        parts.append({
            "loss": np.abs(error).mean(axis=2), "sign": np.sign(error).mean(axis=2),
            "targets": np.concatenate([_summed(forecast, members), plans], axis=2),
        })  # fmt: skip
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def planners() -> tuple[str, ...]:
    """Whose plans are known."""
    return tuple(sorted(set(data.plans()["member"])))


def planned(year: int) -> float:
    """The mean share that the planners said in a year that they want; NaN if they did not."""
    table = data.plans().query("announced == @year")
    return float(table["share"].mean()) if len(table) == len(planners()) else np.nan


def _summed(shares: Floats, members: tuple[str, ...]) -> Floats:
    """The first three TARGETS of the members' and Europe's shares, (..., members + 1) -> (..., 3)."""
    own = shares[..., :-1]
    dispersion = own.std(axis=-1) / own.mean(axis=-1)
    return np.stack([shares[..., -1], own[..., members.index(US)], dispersion], axis=-1)
