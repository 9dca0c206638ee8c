"""The decorator ``@rule`` and the few functions whose last bit must not depend on the machine.

A rule is scalar Python, and stays that for who calls it from Python. Where numba is installed, what is compiled calls
it too; where it is not, or where ``NUMBA_DISABLE_JIT=1`` is set, everything runs as plain Python and returns the same
bits, because nothing here uses more than ``+ - * /``, square roots and casts of bits, which IEEE 754 fixes exactly.
Libraries' ``exp`` and ``log`` differ in the last bit between versions and processors; these do not.

Accuracy, measured in ``tests/test_compiled.py``: ``exp`` and ``log`` within 2 units in the last place.
"""

from __future__ import annotations

import functools
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from sim.codecache import CodeCache
from sim.codekey import code_key
from sim.faults import MachineFault

if TYPE_CHECKING:
    from types import ModuleType

# looked for but not imported: that takes longer than to play a few runs in plain Python
COMPILED = os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0") and find_spec("numba") is not None

F = TypeVar("F", bound=Callable[..., Any])

__all__ = [
    "CACHE", "COMPILED", "alone", "compiling", "entry", "exp", "four_sums", "interpreted", "is_ready",
    "kernel", "log", "logistic", "narrow", "numba_version", "power", "rule",
]  # fmt: skip


def rule(function: F) -> F:
    """A scalar rule for one actor, in plain Python; compiled code inlines it wherever it calls it."""
    _new.append(lambda compiler: compiler.inline(function))
    return function


def kernel(function: F) -> F:
    """A loop over one run's records that other compiled code calls; the same."""
    return rule(function)


def four_sums(size: int) -> Callable[[F], F]:
    """For a sum of products of two arrays that is taken as four sums side by side, those of a rest in the first.

    Compiled, the four are one vector: LLVM unrolls such a loop before it looks for vectors, and then adds number by
    number. The function itself says what is computed, and is what plain Python calls.
    """

    def decorate(function: F) -> F:
        if size % 4:
            return kernel(function)
        _ways[function] = f"four sums of {size}"
        _new.append(lambda compiler: compiler.add_in_fours(function, size))
        return function

    return decorate


def entry(function: F) -> F:
    """Compile a loop that Python calls; kept on disk, so that the next process need not compile it."""
    if not COMPILED:
        return function
    lock = threading.Lock()

    @functools.wraps(function)
    def call(*arguments: Any) -> Any:
        if function not in _loaded:
            with lock:
                _load(function, arguments)
        return _loaded[function](*arguments)

    return cast(F, call)


def _load(function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    """Read or compile an entry for arguments of these types."""
    if function in _loaded:
        return
    compiled: Any = alone(function)
    with compiling():
        compiled.compile(_compiler().typed(arguments))
    _loaded[function] = compiled


def is_ready(function: Callable[..., Any]) -> bool:
    """Whether an entry need not be compiled: some process seems to have done it before, or there is no compiler."""
    if COMPILED and function not in _ready and CACHE.holds(_start(interpreted(function))):
        _ready.add(function)
    return not COMPILED or function in _ready


def _start(function: Callable[..., Any]) -> str:
    """What the names of the files begin with in which a function is kept: its own name and the key of its sources."""
    name = re.sub(r"\W+", ".", f"{function.__module__}.{function.__qualname__}")
    return f"{name}-{code_key(function, _ways)[:16]}-"


def interpreted(function: F) -> F:
    """An entry as plain Python, the same bits, a thousand times slower."""
    return cast(F, getattr(function, "__wrapped__", function))


def alone(function: F) -> F:
    """A rule or kernel, compiled to be called from Python, and kept on disk; imports numba at once."""
    if not COMPILED:
        return function
    plain = interpreted(function)
    return cast(F, _compiler().jit(plain, CACHE, functools.partial(_start, plain)))


def _compiler() -> ModuleType:
    """The compiler, which knows all rules and kernels that there are by now.

    Those are not kept on disk: numba cannot inline what it has read from there, and the loops then run a third slower.
    """
    with compiling(), _learning:
        from sim import compiler

        while _new:
            _new[0](compiler)
            _new.pop(0)
    return compiler


@contextmanager
def compiling() -> Iterator[None]:
    """Around what numba does: what it raises is no fault of a run, and says what to do. Raises MachineFault."""
    try:
        yield
    except (MemoryError, MachineFault):
        raise
    except Exception as error:  # a release that lacks what we use, a broken installation, no memory to load it
        words, allowed = f"{type(error).__name__}: {' '.join(str(error).split())}"[:300], REMEDY
        if _working_folder_is_gone():
            words, allowed = "the working folder is gone, and numba looks for it", "allowed: to change into another"
        raise MachineFault(f"numba {numba_version()} cannot compile the model: {words}; {allowed}") from error


def _working_folder_is_gone() -> bool:
    try:
        os.getcwd()
    except FileNotFoundError:
        return True
    return False


def numba_version() -> str:
    """The release of numba that is installed; empty where there is none."""
    from importlib.metadata import PackageNotFoundError, version  # here, because it takes longer than the rest

    try:
        return version("numba")
    except PackageNotFoundError:
        return ""


REMEDY = (
    "allowed: another release of numba (pip install --force-reinstall numba), more memory, or NUMBA_DISABLE_JIT=1, "
    "with which plain Python plays the same numbers a hundred times slower"
)
CACHE = CodeCache()
_ready: set[Callable[..., Any]] = set()  # entries that somebody has compiled
_ways: dict[Callable[..., Any], str] = {}  # of functions that are compiled otherwise than others
_loaded: dict[Callable[..., Any], Any] = {}  # entries that this process has read or compiled
_new: list[Callable[[ModuleType], None]] = []  # what the compiler does not know yet, each with how to tell it
_learning = threading.Lock()

LOG2_E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
ROUND = 6755399441055744.0  # 1.5 * 2**52: adding it rounds to the nearest integer, left in the low bits


def narrow(number: int) -> int:
    """A whole number that compiled code keeps in 32 bits, so that twice as many make a vector."""
    return number


_new.append(lambda compiler: compiler.cast_to_32_bits(narrow))


@rule
def exp(x: float) -> float:
    """e to the power x, clipped to [-700, 700] so that it never overflows."""
    x = -700.0 if x < -700.0 else x
    x = 700.0 if x > 700.0 else x
    shifted = x * LOG2_E + ROUND
    turns = shifted - ROUND
    r = (x - turns * LN2_HIGH) - turns * LN2_LOW
    # the series in three short sums and not by Horner's rule: a processor adds them side by side
    z = r * r
    y = z * z
    low = (0.5 + r * (1.0 / 6.0)) + z * (1.0 / 24.0 + r * (1.0 / 120.0))
    middle = (1.0 / 720.0 + r * (1.0 / 5040.0)) + z * (1.0 / 40320.0 + r * (1.0 / 362880.0))
    high = (1.0 / 3628800.0 + r * (1.0 / 39916800.0)) + z * (1.0 / 479001600.0 + r * (1.0 / 6227020800.0))
    s = 1.0 + (r + z * (low + y * (middle + y * high)))
    exponent = ((int(np.float64(shifted).view(np.int64)) + 1023) & 2047) << 52
    return float(s * np.int64(exponent).view(np.float64))


@rule
def log(x: float) -> float:
    """Natural logarithm; minus infinity for zero and for negative numbers, where a utility is not defined."""
    bits = int(np.float64(x if x > 0.0 else 1.0).view(np.int64))
    # the exponent such that the mantissa lies in [sqrt(1/2), sqrt(2))
    raised = bits - 0x3FE6A09E667F3BCD
    exponent = float(np.int64(((raised >> 52) + 4096) | 0x4330000000000000).view(np.float64)) - 4503599627374592.0
    mantissa = float(np.int64(bits - ((raised >> 52) << 52)).view(np.float64))
    f = mantissa - 1.0
    s = f / (2.0 + f)
    z = s * s
    y = z * z
    odd = 6.666666666666735130e-01 + y * (
        2.857142874366239149e-01 + y * (1.818357216161805012e-01 + y * 1.479819860511658591e-01)
    )
    even = 3.999999999940941908e-01 + y * (2.222219843214978396e-01 + y * 1.531383769920937332e-01)
    w = z * odd + y * even
    half = 0.5 * f * f
    value = exponent * LN2_HIGH - ((half - (s * (half + w) + exponent * LN2_LOW)) - f)
    return float(value if x > 0.0 else -np.inf)


@rule
def logistic(x: float) -> float:
    """1 / (1 + e^-x)."""
    return float(1.0 / (1.0 + exp(-x)))


@rule
def power(base: float, exponent: float) -> float:
    """A non-negative base to any power; zero stays zero."""
    return float(exp(exponent * log(base)) if base > 0.0 else 0.0)
