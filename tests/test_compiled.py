"""The portable functions: accurate, monotone, the same bits compiled and in plain Python; and what is kept on disk."""

from __future__ import annotations

import errno
import math
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import compiled
from sim.codecache import CodeCache, CodeCacheWarning
from sim.compiled import COMPILED, alone, exp, log, logistic, power
from sim.faults import MachineFault
from sim.world import N, dot

ROOT = Path(compiled.__file__).parents[1]
needs_numba = pytest.mark.skipif(not COMPILED, reason="nothing is compiled here")


@alone
def each_exp(x: np.ndarray, out: np.ndarray) -> None:
    for i in range(x.size):
        out[i] = exp(x[i])


@alone
def each_log(x: np.ndarray, out: np.ndarray) -> None:
    for i in range(x.size):
        out[i] = log(x[i])


def over(loop: Callable[[np.ndarray, np.ndarray], None], x: np.ndarray) -> np.ndarray:
    out = np.empty_like(x)
    loop(x, out)
    return out


def ulps(found: np.ndarray, true: np.ndarray) -> np.ndarray:
    """How many units in the last place a result is off."""
    return np.abs(found - true) / np.spacing(np.abs(true))


def spread(n: int) -> int:
    return n if COMPILED else n // 50


# --- accuracy -------------------------------------------------------------------------------------


def test_exp_is_accurate() -> None:
    rng = np.random.default_rng(1)
    n = spread(200_000)
    x = np.concatenate([rng.uniform(-700, 700, n), rng.normal(0, 1, n), rng.normal(0, 1e-6, n)])
    assert ulps(over(each_exp, x), np.exp(x)).max() <= 2


def test_log_is_accurate() -> None:
    rng = np.random.default_rng(2)
    n = spread(200_000)
    x = np.concatenate([np.exp(rng.uniform(-700, 700, n)), rng.uniform(0, 2, n), 1 + rng.normal(0, 1e-4, n)])
    assert ulps(over(each_log, x), np.log(x)).max() <= 2


def test_both_are_monotone() -> None:
    rng = np.random.default_rng(3)
    n = spread(100_000)
    x = np.sort(rng.uniform(-720, 720, n))
    assert np.all(np.diff(over(each_exp, x)) >= 0)
    x = np.sort(np.exp(rng.uniform(-720, 700, n)))
    assert np.all(np.diff(over(each_log, x)) >= 0)
    for fold in (0.5 * math.log(2), 10.5 * math.log(2), -7.5 * math.log(2)):  # where exp changes the power of two
        near = over(each_exp, fold + np.arange(-300, 300) * 1e-14)
        assert np.all(np.diff(near) > 0)
    near = over(each_log, math.sqrt(2) + np.arange(-300, 300) * 1e-14)  # and where log does
    assert np.all(np.diff(near) > 0)


@given(st.floats(-600.0, 600.0))
def test_log_undoes_exp(x: float) -> None:
    assert log(exp(x)) == pytest.approx(x, rel=1e-15, abs=4e-16)


# --- special values -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "expected"),
    [(0.0, 1.0), (-0.0, 1.0), (1.0, math.e), (700.0, math.exp(700)), (1e9, math.exp(700)), (math.inf, math.exp(700)),
     (-700.0, math.exp(-700)), (-1e9, math.exp(-700)), (-math.inf, math.exp(-700)), (5e-324, 1.0)],
)  # fmt: skip
def test_exp_never_overflows(x: float, expected: float) -> None:
    assert exp(x) == pytest.approx(expected, rel=4e-16)


@pytest.mark.parametrize(
    ("x", "expected"),
    [(1.0, 0.0), (0.0, -math.inf), (-0.0, -math.inf), (-1.0, -math.inf), (-math.inf, -math.inf), (math.nan, -math.inf),
     (sys.float_info.max, math.log(sys.float_info.max)), (sys.float_info.min, math.log(sys.float_info.min)),
     (2.0, math.log(2)), (math.e, 1.0)],
)  # fmt: skip
def test_log_of_what_is_not_positive_is_minus_infinity(x: float, expected: float) -> None:
    assert log(x) == pytest.approx(expected, rel=4e-16)


def test_log_of_subnormal_numbers_is_very_low_and_no_more() -> None:
    """They carry no full mantissa: anything from there down counts as about 1e-308, in order."""
    values = [log(float(x)) for x in (5e-324, 1e-320, 1e-315, 1e-310, sys.float_info.min)]
    assert values == sorted(values)
    assert values[0] == pytest.approx(-1023 * math.log(2))


def test_logistic() -> None:
    assert logistic(0.0) == 0.5
    assert logistic(-1e9) == pytest.approx(math.exp(-700))
    assert logistic(1e9) == 1.0
    for x in np.linspace(-30, 30, 61):
        assert logistic(float(x)) == pytest.approx(1 / (1 + math.exp(-x)), rel=1e-15)
        assert logistic(float(x)) + logistic(float(-x)) == pytest.approx(1, rel=1e-15)


@given(base=st.floats(1e-6, 1e6), exponent=st.floats(-20, 20))
def test_power(base: float, exponent: float) -> None:
    assert power(base, exponent) == pytest.approx(base**exponent, rel=1e-13)
    assert power(base, 0.0) == 1.0
    assert power(1.0, exponent) == 1.0
    assert power(base, 1.0) == pytest.approx(base, rel=1e-14)
    assert power(0.0, exponent) == 0.0


# --- compiled and plain ---------------------------------------------------------------------------

ALONE = """
import pickle, sys
from sim import compiled
from sim.codecache import CodeCache, CodeCacheWarning
assert not compiled.COMPILED
x = pickle.load(sys.stdin.buffer)
done = [[getattr(compiled, name)(one) for one in x] for name in ("exp", "log", "logistic")]
done.append([compiled.power(abs(one), .37) for one in x])
pickle.dump(done, sys.stdout.buffer)
"""


def test_the_same_bits_in_a_process_without_a_compiler() -> None:
    rng = np.random.default_rng(4)
    x = [*rng.uniform(-710, 710, 500).tolist(), *rng.normal(0, 1, 500).tolist(), 0.0, -0.0, 1e-320, 1e308, -math.inf]
    run = subprocess.run(
        [sys.executable, "-c", ALONE], input=pickle.dumps(x), capture_output=True, cwd=ROOT, check=True,
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
    )  # fmt: skip
    here = [[function(one) for one in x] for function in (exp, log, logistic)]
    here.append([power(abs(one), 0.37) for one in x])
    assert [[one.hex() for one in row] for row in pickle.loads(run.stdout)] == [
        [one.hex() for one in row] for row in here
    ]


def test_the_same_bits_one_by_one_and_in_a_loop() -> None:
    rng = np.random.default_rng(5)
    x = np.concatenate([rng.uniform(-710, 710, 1001), rng.normal(0, 1, 1001)])
    for function, loop in ((exp, each_exp), (log, each_log)):
        in_a_loop = over(loop, x).tobytes()
        for version in (function, alone(function)):
            assert np.array([version(float(one)) for one in x]).tobytes() == in_a_loop


@alone
def total(x: np.ndarray, y: np.ndarray) -> float:
    return float(dot(x, y))


def test_the_same_bits_of_a_sum_of_products() -> None:
    rng = np.random.default_rng(6)
    for _ in range(100):
        x, y = rng.normal(size=(2, N))
        assert total(x, y).hex() == float(dot(x, y)).hex()


def test_results_are_plain_numbers() -> None:
    for function in (exp, log, logistic):
        for version in (function, alone(function)):
            assert type(version(0.3)) is float


def test_alone_is_the_same_rule() -> None:
    by_itself = alone(logistic)
    assert by_itself(0.3) == logistic(0.3)
    assert hasattr(by_itself, "py_func") == COMPILED


# --- the cache ------------------------------------------------------------------------------------


@needs_numba
def test_an_entry_is_compiled_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "CACHE", CodeCache(tmp_path))

    def one(x: float) -> float:
        return x + 1.0

    assert compiled.rule(one)(2.0) == 3.0
    assert list(tmp_path.iterdir()) == []
    assert not compiled.is_ready(one)
    for kept in (compiled.entry(one), alone(one)):
        assert kept(2.0) == 3.0
        assert len(list(tmp_path.iterdir())) == 1
        assert compiled.is_ready(one)


@needs_numba
@pytest.mark.parametrize("damage", ["truncated", "empty", "flipped", "renamed"])
def test_a_damaged_file_is_compiled_anew_with_one_warning(
    damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "CACHE", CodeCache(tmp_path))

    def one(x: float) -> float:
        return x + 1.0

    assert alone(one)(2.0) == 3.0
    (path,) = tmp_path.iterdir()
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 8
    damaged = {"truncated": whole[: len(whole) // 2], "empty": b"", "flipped": whole, "renamed": other_file(tmp_path)}
    path.write_bytes(damaged[damage])
    with pytest.warns(CodeCacheWarning, match="damaged; it is not used, and compiled anew") as told:
        assert alone(one)(2.0) == 3.0
    assert len(told) == 1
    assert str(path) in str(told[0].message)
    read: Any = alone(one)
    assert read(2.0) == 3.0
    assert list(read.stats.cache_hits.values()) == [1]


@needs_numba
def test_what_cannot_be_kept_is_compiled_once_in_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = CodeCache(tmp_path)
    monkeypatch.setattr(compiled, "CACHE", cache)

    @compiled.entry
    def one(x: float) -> float:
        return x + 1.0

    def full(*_: Any) -> None:
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr(os, "replace", full)
    with pytest.warns(CodeCacheWarning, match="Disk quota exceeded; every process compiles for itself") as told:
        assert [one(x) for x in (1.0, 2.0, 3.0)] == [2.0, 3.0, 4.0]
    assert len(told) == 1
    once = compiled._loaded[compiled.interpreted(one)]
    assert sum(once.stats.cache_misses.values()) == 1
    assert list(tmp_path.iterdir()) == []


def other_file(folder: Path) -> bytes:
    """The whole file of another function, which does something else."""

    def two(x: float) -> float:
        return x + 2.0

    before = set(folder.iterdir())
    assert alone(two)(2.0) == 4.0
    (path,) = set(folder.iterdir()) - before
    content = path.read_bytes()
    path.unlink()
    return content


@needs_numba
def test_what_was_compiled_for_another_processor_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from numba.core.codegen import JITCPUCodegen

    monkeypatch.setattr(compiled, "CACHE", CodeCache(tmp_path))

    def one(x: float) -> float:
        return x + 1.0

    assert alone(one)(2.0) == 3.0
    monkeypatch.setattr(JITCPUCodegen, "magic_tuple", lambda self: ("x86_64", "another", "+other"))
    elsewhere: Any = alone(one)
    assert elsewhere(2.0) == 3.0
    assert dict(elsewhere.stats.cache_hits) == {}
    assert len(list(tmp_path.iterdir())) == 2


# --- what does not work ---------------------------------------------------------------------------


@needs_numba
def test_what_cannot_be_compiled_is_one_line_that_blames_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "CACHE", CodeCache(tmp_path))

    @compiled.entry
    def one(x: float) -> float:
        return x + "1"  # type: ignore[operator, no-any-return]

    for _ in range(2):
        with pytest.raises(MachineFault, match=r"numba \d[\d.]+ cannot compile the model: TypingError") as caught:
            one(2.0)
        assert "\n" not in str(caught.value)
        assert "NUMBA_DISABLE_JIT=1" in str(caught.value)


@needs_numba
@pytest.mark.parametrize("error", [ImportError("failed to map segment"), AttributeError("no such thing"), OSError(5)])
def test_a_numba_that_does_not_work_is_one_line(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(compiler: Any) -> None:
        raise error

    monkeypatch.setattr(compiled, "_new", [broken])
    with pytest.raises(MachineFault, match="cannot compile the model"):
        alone(power)
    monkeypatch.setattr(compiled, "_new", [])
    assert alone(power)(2.0, 2.0) == 4.0, "and works once it is mended"


@needs_numba
def test_a_working_folder_that_is_gone_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(MachineFault, match="the working folder is gone") as caught, compiled.compiling():
        Path.cwd()
    monkeypatch.chdir(tmp_path)
    assert "allowed: to change into another" in str(caught.value)


def test_no_memory_is_no_fault_of_numba() -> None:
    with pytest.raises(MemoryError), compiled.compiling():
        raise MemoryError


@needs_numba
def test_division_is_ieee() -> None:
    """A checked division would stop vectorisation, and differ from the array engines."""

    @alone
    def ratio(a: float, b: float) -> float:
        return a / b

    assert ratio(1.0, 0.0) == math.inf
    assert math.isnan(ratio(0.0, 0.0))
