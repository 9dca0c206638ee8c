"""Luck: Philox is Philox, draws have their distributions, and keys do not know each other."""

from __future__ import annotations

import hashlib
import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim import chance
from sim.chance import ALLY, MEMBER, STATEMENT, WASHINGTON, WORLD, block, fill_normals, normals, philox, uniform
from sim.compiled import alone

compiled_block, compiled_normals = alone(block), alone(fill_normals)
ALL_ONES = 0xFFFFFFFF
words = st.integers(0, ALL_ONES)


def drawn(seed: int, replicate: int, year: int, actors: int = 33) -> np.ndarray:
    out = np.empty((4, actors))
    compiled_normals(seed, replicate, year, out)
    return out


@pytest.fixture(scope="module")
def year_by_year() -> np.ndarray:
    """Normals of 300 replicates, 20 years: (replicate, year, kind, actor)."""
    return np.array([[drawn(7, r, 2026 + t) for t in range(20)] for r in range(300)])


# --- Philox ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((ALL_ONES,) * 4, (ALL_ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
    ids=["zero", "all ones", "digits of pi"],
)
def test_known_answers(counter: tuple[int, ...], key: tuple[int, ...], expected: tuple[int, ...]) -> None:
    """Salmon et al. 2011, the reference implementation's known-answer tests for philox4x32-10."""
    assert tuple(philox(*counter, *key)) == expected
    assert tuple(alone(philox)(*counter, *key)) == expected


def test_ten_rounds_written_out_once_more() -> None:
    x0, x1, x2, x3, k0, k1 = 1, 2, 3, 4, 5, 6
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * x0, 2**32)
        high1, low1 = divmod(0xCD9E8D57 * x2, 2**32)
        x0, x1, x2, x3 = high1 ^ x1 ^ k0, low1, high0 ^ x3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    assert tuple(philox(1, 2, 3, 4, 5, 6)) == (x0, x1, x2, x3)


def test_a_key_is_spelt_into_counter_and_key() -> None:
    """Counter: replicate low and high, year * 2^16 + stream, actor. Key: seed low and high."""
    seed, replicate = 2**62 + 12345, 2**40 + 7
    expected = philox(7, 2**8, (2031 << 16) + 3, 30, 12345, 2**30)
    assert tuple(block(seed, replicate, 3, 2031, 30)) == tuple(expected)


@given(
    seed=st.integers(0, 2**63 - 1), replicate=st.integers(0, 2**62), stream=st.integers(0, 4),
    year=st.integers(1990, 2200), actor=st.integers(0, 32),
)  # fmt: skip
def test_a_draw_depends_on_its_key_alone(seed: int, replicate: int, stream: int, year: int, actor: int) -> None:
    key = (seed, replicate, stream, year, actor)
    one = tuple(block(*key))
    assert all(0 <= word <= ALL_ONES for word in one)
    assert tuple(compiled_block(*key)) == one
    for place in range(5):
        other = list(key)
        other[place] ^= 1
        assert tuple(block(*other)) != one
    assert tuple(block(*key)) == one


def test_keys_do_not_collide() -> None:
    keys = [
        (s, r, k, y, a)
        for s in (0, 1, 2**32)
        for r in (0, 1, 2**32)
        for k in range(5)
        for y in (2026, 2027)
        for a in range(33)
    ]
    assert len({tuple(block(*key)) for key in keys}) == len(keys)


def test_streams_have_numbers_of_their_own() -> None:
    assert sorted((MEMBER, WORLD, WASHINGTON, STATEMENT, ALLY)) == list(range(5))


def test_a_frozen_stream() -> None:
    """Every published result hangs on these bytes: a change here is a change of all results."""
    raw = [
        word
        for seed, replicate in ((0, 0), (1, 0), (1, 999), (2**63 - 1, 2**40))
        for stream in range(5)
        for year in (1991, 2026, 2045)
        for actor in (0, 1, 31, 32)
        for word in block(seed, replicate, stream, year, actor)
    ]
    assert hashlib.sha256(np.array(raw, "<u4").tobytes()).hexdigest()[:16] == "210fb5289a193c1f"
    cells = np.array([drawn(1, r, 2026) for r in range(20)])
    assert hashlib.sha256(cells.astype("<f8").tobytes()).hexdigest()[:16] == "45d499f7767a72ad"


# --- uniforms -------------------------------------------------------------------------------------


@given(words)
def test_a_uniform_lies_strictly_between_0_and_1(word: int) -> None:
    assert 0.0 < uniform(word) < 1.0
    assert uniform(word) == (word + 0.5) / 2**32


def test_the_ends_of_the_interval_are_never_reached() -> None:
    assert uniform(0) == 2.0**-33
    assert uniform(ALL_ONES) == 1 - 2.0**-33
    assert math.isfinite(math.log(uniform(0)))


def test_uniforms_are_uniform() -> None:
    sample = [uniform(word) for r in range(5000) for word in block(3, r, WASHINGTON, 2026, 0)]
    assert stats.kstest(sample, "uniform").pvalue > 1e-3
    assert np.mean(sample) == pytest.approx(0.5, abs=4 / math.sqrt(12 * len(sample)))


# --- normals --------------------------------------------------------------------------------------


@given(words, words)
def test_normals_are_box_and_mullers(word: int, other: int) -> None:
    radius, turn = math.sqrt(-2 * math.log(uniform(word))), 2 * math.pi * uniform(other)
    assert normals(word, other) == pytest.approx((radius * math.cos(turn), radius * math.sin(turn)), abs=3e-13)


@pytest.mark.parametrize("other", [0, 2**29, 2**30 - 1, 2**30, 2**31 - 1, 2**31, 3 * 2**30, ALL_ONES])
def test_normals_at_the_corners_of_a_turn(other: int) -> None:
    one, two = normals(0, other)
    assert math.hypot(one, two) == pytest.approx(math.sqrt(66 * math.log(2)), rel=1e-14)
    assert max(abs(one), abs(two)) < 6.77, "the largest normal that there is"


@pytest.mark.parametrize("kind", range(4))
def test_normals_are_normal(year_by_year: np.ndarray, kind: int) -> None:
    sample = year_by_year[:, :, kind].ravel()
    n = sample.size
    assert n == 198_000
    assert sample.mean() == pytest.approx(0, abs=4 / math.sqrt(n))
    assert sample.var() == pytest.approx(1, abs=4 * math.sqrt(2 / n))
    assert stats.skew(sample) == pytest.approx(0, abs=4 * math.sqrt(6 / n))
    assert stats.kurtosis(sample) == pytest.approx(0, abs=4 * math.sqrt(24 / n))
    assert stats.kstest(sample, "norm").pvalue > 1e-3


def test_the_table_of_a_year_holds_the_draws_of_every_actor() -> None:
    table = drawn(5, 2**35, 2030)
    for actor in range(33):
        one, two, three, four = block(5, 2**35, MEMBER, 2030, actor)
        assert tuple(table[:, actor]) == (*normals(one, two), *normals(three, four))
    assert drawn(5, 2**35, 2030, 5).tobytes() == np.ascontiguousarray(table[:, :5]).tobytes(), "whoever else is there"


# --- independence ---------------------------------------------------------------------------------


def correlations(columns: np.ndarray) -> np.ndarray:
    """Correlations between all pairs of columns, in standard errors."""
    between = np.corrcoef(columns, rowvar=False)
    return between[np.triu_indices_from(between, 1)] * math.sqrt(len(columns))


def test_actors_are_independent(year_by_year: np.ndarray) -> None:
    z = correlations(year_by_year[:, :, 0].reshape(-1, 33))
    assert np.abs(z).max() < 4.5
    assert z.std() == pytest.approx(1, abs=0.15)


def test_kinds_of_draws_are_independent(year_by_year: np.ndarray) -> None:
    assert np.abs(correlations(year_by_year.transpose(0, 1, 3, 2).reshape(-1, 4))).max() < 4


def test_years_are_independent(year_by_year: np.ndarray) -> None:
    z = correlations(year_by_year[:, :, 3].transpose(0, 2, 1).reshape(-1, 20))
    assert np.abs(z).max() < 4.5


def test_replicates_are_independent(year_by_year: np.ndarray) -> None:
    z = correlations(year_by_year[:60].reshape(60, -1).T)
    assert np.abs(z).max() < 5
    assert z.std() == pytest.approx(1, abs=0.1)


def test_seeds_are_independent(year_by_year: np.ndarray) -> None:
    other = np.array([[drawn(8, r, 2026 + t) for t in range(20)] for r in range(100)])
    z = np.corrcoef(other.ravel(), year_by_year[:100].ravel())[0, 1] * math.sqrt(other.size)
    assert abs(z) < 4


def test_streams_are_independent() -> None:
    table = np.array(
        [[uniform(block(9, r, stream, 2026, 0)[word]) for stream in range(5) for word in range(4)] for r in range(3000)]
    )
    assert np.abs(correlations(table)).max() < 4.5
    for one, two in combinations(range(20), 2):
        cells = np.histogram2d(table[:, one], table[:, two], bins=4, range=[[0, 1], [0, 1]])[0]
        assert stats.chisquare(cells.ravel()).pvalue > 1e-6


def test_every_public_name_is_there() -> None:
    assert all(hasattr(chance, name) for name in chance.__all__)
