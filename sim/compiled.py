"""The decorator ``@rule`` and the few functions whose last bit must not depend on the machine.

A rule is scalar Python. Where numba is installed it is compiled; where it is not, or where ``NUMBA_DISABLE_JIT=1``
is set, the same source runs as plain Python and returns the same bits, because nothing here uses more than
``+ - * /``, square roots and casts of bits, which IEEE 754 fixes exactly. Libraries' ``exp`` and ``log`` differ in
the last bit between versions and processors; these do not.

Accuracy, measured in ``tests/test_compiled.py``: ``exp`` and ``log`` within 2 units in the last place.
"""

from __future__ import annotations

import functools
import hashlib
import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any, TypeVar, cast

import numpy as np

try:
    import numba
    from llvmlite import ir
    from numba.extending import intrinsic, overload

    from sim.vectors import PartCompiler, WideCompiler

    COMPILED = not numba.config.DISABLE_JIT
except ImportError:  # no wheel for this machine: the same rules run as plain Python
    COMPILED = False

COMPILED_PARTS = ("data", "rules", "scenes", "engines", "scenario")  # and the modules beside this one

F = TypeVar("F", bound=Callable[..., Any])

__all__ = [
    "COMPILED", "alone", "entry", "exp", "four_sums", "interpreted", "is_ready", "kernel", "log", "logistic", "power",
    "rule",
]  # fmt: skip


def rule(function: F) -> F:
    """Compile a scalar rule for one actor; it is inlined wherever compiled code calls it."""
    return _compile(function, forceinline=True)


def kernel(function: F) -> F:
    """Compile a loop over one run's records that other compiled code calls."""
    return _compile(function, forceinline=True)


def entry(function: F) -> F:
    """Compile a loop that Python calls; kept on disk, so that the next process need not compile it."""
    if not COMPILED:
        return function
    compiled: Any = _compile(function, cached=True)
    lock = threading.Lock()

    @functools.wraps(function)
    def call(*arguments: Any) -> Any:
        if compiled.signatures:
            return compiled(*arguments)
        with lock:
            compiled.compile(tuple(numba.typeof(argument) for argument in arguments))
        return compiled(*arguments)

    return cast(F, call)


def four_sums(size: int) -> Callable[[F], F]:
    """For a sum of products of two arrays that is taken as four sums side by side, those of a rest in the first.

    Compiled, the four are one vector: LLVM unrolls such a loop before it looks for vectors, and then adds number by
    number. The function itself says what is computed, and is what plain Python calls.
    """

    def in_one_vector(builder: Any, x: Any, y: Any) -> Any:
        four = ir.VectorType(ir.DoubleType(), 4)
        left, right = (builder.bitcast(array, four.as_pointer()) for array in (x, y))
        sums = ir.Constant(four, [0.0] * 4)
        for k in range(size // 4):
            at = [ir.Constant(ir.IntType(64), k)]
            product = builder.fmul(*(builder.load(builder.gep(array, at), align=8) for array in (left, right)))
            sums = builder.fadd(sums, product)
        a, b, c, d = (builder.extract_element(sums, ir.Constant(ir.IntType(32), k)) for k in range(4))
        return builder.fadd(builder.fadd(a, b), builder.fadd(c, d))

    def decorate(function: F) -> F:
        if not COMPILED or size % 4:
            return kernel(function)

        @intrinsic  # type: ignore[untyped-decorator]
        def summed(typing: Any, x: Any, y: Any) -> Any:
            def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
                kinds = zip(signature.args, arguments, strict=True)
                return in_one_vector(builder, *(context.make_array(k)(context, builder, one).data for k, one in kinds))

            fits = all(kind.layout == "C" and kind.dtype == numba.float64 and kind.ndim == 1 for kind in (x, y))
            return (numba.float64(x, y), generate) if fits else None

        overload(function)(lambda x, y: lambda x, y: summed(x, y))
        return function

    return decorate


def is_ready(function: Callable[..., Any]) -> bool:
    """Whether an entry need not be compiled: some process did it before, or there is no compiler."""
    found = (_cache_folder(), function.__name__) if COMPILED else ("", "")
    if COMPILED and found not in _ready and any(Path(found[0]).rglob(f"*.{found[1]}-*.nbi")):
        _ready.add(found)
    return not COMPILED or found in _ready


def interpreted(function: F) -> F:
    """The same function as plain Python, with all that it calls; the same bits, a thousand times slower."""
    return cast(F, _plain(function, {}))


def _plain(thing: Any, known: dict[int, Any]) -> Any:
    """A compiled function, or a module of them, as Python reads it; anything else as it is."""
    if id(thing) in known:
        return known[id(thing)]
    source = getattr(thing, "py_func", getattr(thing, "__wrapped__", None))
    if isinstance(source, FunctionType):
        known[id(thing)] = twin = FunctionType(source.__code__, {}, source.__name__, source.__defaults__)
        names = [name for name in source.__code__.co_names if name in source.__globals__]
        twin.__globals__.update({name: _plain(source.__globals__[name], known) for name in names})
        return twin
    if isinstance(thing, ModuleType) and thing.__name__.startswith("sim."):
        known[id(thing)] = names_of = SimpleNamespace()
        vars(names_of).update({name: _plain(value, known) for name, value in vars(thing).items()})
        return names_of
    return thing


def alone(function: F) -> F:
    """The same rule or kernel, compiled to be called from Python, and kept on disk."""
    return _compile(getattr(function, "py_func", function), cached=True)


def _compile(function: F, cached: bool = False, **options: bool) -> F:
    """numba with IEEE division and without the interpreter's lock; plain Python where numba is not to be had.

    numba's own cache looks at one file only and would keep a kernel after a rule that it calls has changed, so the
    folder is named after the text of all that is compiled. Rules and inner kernels are not cached: numba cannot
    inline what it has read from disk, and the loops then run a third slower.
    """
    if not COMPILED:
        return function
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = _cache_folder() if cached else before
    try:
        compiled: F = numba.njit(
            error_model="numpy", nogil=True, cache=cached, no_cfunc_wrapper=True,
            pipeline_class=WideCompiler if cached else PartCompiler, **options,
        )(function)  # fmt: skip
    finally:
        numba.config.CACHE_DIR = before
    return compiled


def _cache_folder() -> str:
    """Beside the package where one may write there, else in the user's cache."""
    if not _folder:
        package = Path(__file__).parent
        read = [*package.glob("*.py"), *(p for part in COMPILED_PARTS for p in (package / part).rglob("*.py"))]
        text = b"".join(path.read_bytes() for path in sorted(read))
        name = f"burdenshare-{hashlib.sha256(text).hexdigest()[:16]}"
        beside = package / "__pycache__"
        if os.access(beside if beside.exists() else package, os.W_OK):
            _folder.append(str(beside / name))
        else:
            home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
            root = home if os.access(os.path.dirname(home), os.W_OK) else tempfile.gettempdir()
            _folder.append(os.path.join(root, "burdenshare", name))
    return _folder[0]


_folder: list[str] = []  # the folder's name, found once
_ready: set[tuple[str, str]] = set()  # folder and name of entries that somebody has compiled

LOG2_E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
ROUND = 6755399441055744.0  # 1.5 * 2**52: adding it rounds to the nearest integer, left in the low bits


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
    exponent = ((np.float64(shifted).view(np.int64) + 1023) & 2047) << 52
    return float(s * np.int64(exponent).view(np.float64))


@rule
def log(x: float) -> float:
    """Natural logarithm; minus infinity for zero and for negative numbers, where a utility is not defined."""
    bits = np.float64(x if x > 0.0 else 1.0).view(np.int64)
    # the exponent such that the mantissa lies in [sqrt(1/2), sqrt(2))
    raised = bits - 0x3FE6A09E667F3BCD
    exponent = np.int64(((raised >> 52) + 4096) | 0x4330000000000000).view(np.float64) - 4503599627374592.0
    mantissa = np.int64(bits - ((raised >> 52) << 52)).view(np.float64)
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
