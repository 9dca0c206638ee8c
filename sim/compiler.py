"""numba, set up for this model; imported only when something compiled is needed, because it takes half a second.

Every function is compiled with one word more than numba's own: use vectors as wide as the processor has them. LLVM
halves them on Intel's processors with AVX-512, for fear that wide ones lower the clock; the loops of a year run two
fifths faster without that. Other processors do not heed the word, and no number depends on it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.lowering import Lower
from numba.core.typed_passes import NativeLowering
from numba.extending import intrinsic, overload, register_jitable

__all__ = ["add_in_fours", "cast_to_32_bits", "inline", "jit", "typed"]

WORD = '"prefer-vector-width"="512"'


class WideLower(Lower):  # type: ignore[misc]
    """From numba's form of a function to LLVM's."""

    def setup_function(self, fndesc: Any) -> None:
        """The function's head, with the word."""
        super().setup_function(fndesc)
        set.add(self.function.attributes, WORD)  # ``add`` of llvmlite takes only what it has a list of


@register_pass(mutates_CFG=True, analysis_only=False)
class WideLowering(NativeLowering):  # type: ignore[misc]
    """The step that makes use of it."""

    _name = "wide_lowering"
    lowering_class = WideLower


class WideCompiler(CompilerBase):  # type: ignore[misc]
    """All steps of numba's own, but for that one."""

    lowering = WideLowering

    def define_pipelines(self) -> list[Any]:
        """One list of steps."""
        steps = DefaultPassBuilder.define_nopython_pipeline(self.state)
        steps.passes = [(self.lowering if step is NativeLowering else step, why) for step, why in steps.passes]
        steps.finalize()
        return [steps]


@register_pass(mutates_CFG=True, analysis_only=False)
class LightLowering(WideLowering):
    """The same for what is inlined, hardly optimised.

    Only as part of what calls it is it optimised, as one whole: LLVM then sees every loop once, before any of it is
    unrolled, and makes code that is a fifth faster.
    """

    _name = "light_lowering"

    def run_pass(self, state: Any) -> bool:
        """The step, with LLVM's lowest level but one."""
        full, numba.config.OPT = numba.config.OPT, type(numba.config.OPT)(1)
        try:
            return bool(super().run_pass(state))
        finally:
            numba.config.OPT = full


class LightCompiler(WideCompiler):
    """All steps with that one."""

    lowering = LightLowering


# IEEE division and no lock of the interpreter
OPTIONS = {"error_model": "numpy", "nogil": True, "no_cfunc_wrapper": True}


def inline(function: Callable[..., Any]) -> None:
    """Make a plain function known to compiled code, which inlines it wherever it calls it."""
    register_jitable(forceinline=True, pipeline_class=LightCompiler, **OPTIONS)(function)


def jit(function: Callable[..., Any], folder: str | None = None) -> Any:
    """The function compiled to be called from Python, and kept in ``folder`` if there is one."""
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = before if folder is None else folder
    try:
        return numba.njit(cache=folder is not None, pipeline_class=WideCompiler, **OPTIONS)(function)
    finally:
        numba.config.CACHE_DIR = before


def typed(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """The types of what a function is called with."""
    return tuple(numba.typeof(argument) for argument in arguments)


def add_in_fours(function: Callable[..., Any], size: int) -> None:
    """What compiled code does for a sum of products of two arrays of ``size``: one vector of four sums."""

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

    @intrinsic  # type: ignore[untyped-decorator]
    def summed(typing: Any, x: Any, y: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            kinds = zip(signature.args, arguments, strict=True)
            return in_one_vector(builder, *(context.make_array(k)(context, builder, one).data for k, one in kinds))

        fits = all(kind.layout == "C" and kind.dtype == numba.float64 and kind.ndim == 1 for kind in (x, y))
        return (numba.float64(x, y), generate) if fits else None

    overload(function)(lambda x, y: lambda x, y: summed(x, y))


def cast_to_32_bits(function: Callable[..., Any]) -> None:
    """What compiled code does for a function that leaves a whole number as it is."""
    overload(function)(lambda x: lambda x: np.int32(x))
