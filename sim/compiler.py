"""numba, set up for this model; imported only when something compiled is needed, because it takes half a second.

LLVM is made to find vectors in the loops over members, on which no number depends, only time. Every function has one
word more than numba's own: use vectors as wide as the processor has them. LLVM halves them on Intel's processors with
AVX-512, for fear that wide ones lower the clock; a year is two fifths faster without that. And what is inlined keeps
its loops whole until LLVM has looked for vectors in them. It would unroll a loop of 32 short rounds before and then
add number by number; a year is a third faster without that.
"""

from __future__ import annotations

import os
import pickle
import platform
import sys
from collections.abc import Callable
from typing import Any

import llvmlite
import llvmlite.binding as llvm
import numba
import numpy as np
from llvmlite import ir
from numba.core import codegen
from numba.core.caching import NullCache
from numba.core.compiler import CompilerBase, CompileResult, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.lowering import Lower
from numba.core.serialize import dumps
from numba.core.typed_passes import NativeLowering
from numba.extending import intrinsic, overload, register_jitable

from sim.codecache import CodeCache
from sim.codekey import code_parts, digest

__all__ = ["add_in_fours", "cast_to_32_bits", "inline", "jit", "typed"]

OWN = digest(code_parts(sys._getframe().f_code))  # this module as it was imported
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
    """The same for what is inlined: vectors are found in it, and the rest is left to what calls it.

    Only as part of that it is optimised in full, as one whole, in which every loop is seen once.
    """

    _name = "light_lowering"

    def run_pass(self, state: Any) -> bool:
        """The step, with LLVM's lowest level but one and no loop unrolled."""
        full, pass_builder = numba.config.OPT, codegen.create_pass_builder
        numba.config.OPT, codegen.create_pass_builder = type(full)(1), without_unrolling
        try:
            return bool(super().run_pass(state))
        finally:
            numba.config.OPT, codegen.create_pass_builder = full, pass_builder


def without_unrolling(machine: Any, opt: int = 2, loop_vectorize: bool = False, slp_vectorize: bool = False) -> Any:
    """``create_pass_builder`` of numba with one option more."""
    options = llvm.create_pipeline_tuning_options(opt)
    options.loop_vectorization, options.slp_vectorization = loop_vectorize, slp_vectorize
    options.loop_unrolling = False
    return llvm.create_pass_builder(machine, options)


class LightCompiler(WideCompiler):
    """All steps with that one."""

    lowering = LightLowering


# IEEE division and no lock of the interpreter
OPTIONS = {"error_model": "numpy", "nogil": True, "no_cfunc_wrapper": True}


def inline(function: Callable[..., Any]) -> None:
    """Make a plain function known to compiled code, which inlines it wherever it calls it."""
    register_jitable(forceinline=True, pipeline_class=LightCompiler, **OPTIONS)(function)


def jit(function: Callable[..., Any], cache: CodeCache, start: Callable[[], str]) -> Any:
    """The function compiled to be called from Python, and kept in a file whose name begins with ``start``."""
    compiled = numba.njit(pipeline_class=WideCompiler, **OPTIONS)(function)
    compiled._cache = Kept(compiled, cache, start)
    return compiled


class Kept(NullCache):  # type: ignore[misc]
    """What numba asks for compiled code before it compiles, and hands it to afterwards.

    numba's own looks at one source file only, trusts what it reads, and chooses its folder by itself.
    """

    def __init__(self, compiled: Any, cache: CodeCache, start: Callable[[], str]) -> None:
        self._compiled, self._cache, self._start = compiled, cache, start

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled code for these types; None if it is to be compiled."""
        target_context.refresh()
        name = self._name(sig, target_context.codegen())
        content = self._cache.read(name)
        if content is None:
            return None
        try:
            return CompileResult._rebuild(target_context, *pickle.loads(content))
        except MemoryError:
            raise
        except Exception as error:
            self._cache.distrust(name, f"{type(error).__name__}: {error}")
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep it, unless it holds an address of this process."""
        if not data.library.has_dynamic_globals:
            self._cache.write(self._name(sig, data.codegen), dumps(data._reduce()))

    def _name(self, sig: Any, codegen: Any) -> str:
        """The name of the file: of the sources, and of all else that the code depends on."""
        options = [self._compiled.targetoptions.get(name) for name in OPTIONS]
        asked = sorted(f"{name}={value}" for name, value in os.environ.items() if _asks_other_code(name))
        versions = numba.__version__, llvmlite.__version__, np.__version__, sys.version, platform.platform()
        return self._start() + digest(map(str, (sig, codegen.magic_tuple(), options, asked, OWN, *versions)))[:16]


def _asks_other_code(variable: str) -> bool:
    return variable.startswith("NUMBA_") and variable not in ("NUMBA_CACHE_DIR", "NUMBA_NUM_THREADS")


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
