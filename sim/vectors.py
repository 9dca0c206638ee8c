"""numba's compiler, made to find vectors in the loops over members. No number depends on it, only time.

`WideCompiler` adds a word to every function: vectors as wide as the processor has them. LLVM halves them on Intel's
processors with AVX-512, for fear that wide ones lower the clock; the loops of a year run two fifths faster without
that. Other processors do not heed the word.

`PartCompiler` keeps loops whole until LLVM has looked for vectors in them. It would unroll a short loop of 32 rounds
before and then add number by number; a year runs a third faster without that. What calls such a part sees it light, all
its loops once, and is optimised in full as one whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import llvmlite.binding as llvm
import numba
from numba.core import codegen
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.lowering import Lower
from numba.core.typed_passes import NativeLowering

__all__ = ["PartCompiler", "WideCompiler"]

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
    """All steps of numba's own, but for the one that adds the word."""

    def define_pipelines(self) -> list[Any]:
        """One list of steps."""
        steps = DefaultPassBuilder.define_nopython_pipeline(self.state)
        steps.passes = [(WideLowering if step is NativeLowering else step, why) for step, why in steps.passes]
        steps.finalize()
        return [steps]


class PartCompiler(WideCompiler):
    """For functions that others call: LLVM looks for vectors in their loops, and leaves the rest to the caller."""

    def compile_extra(self, function: Any) -> Any:
        """As numba compiles, with lighter options."""
        with _lightly():
            return super().compile_extra(function)


@contextmanager
def _lightly() -> Iterator[None]:
    full, pass_builder = numba.config.OPT, codegen.create_pass_builder
    numba.config.OPT, codegen.create_pass_builder = type(full)(1), _without_unrolling
    try:
        yield
    finally:
        numba.config.OPT, codegen.create_pass_builder = full, pass_builder


def _without_unrolling(machine: Any, opt: int = 2, loop_vectorize: bool = False, slp_vectorize: bool = False) -> Any:
    """``create_pass_builder`` of numba with one option more."""
    options = llvm.create_pipeline_tuning_options(opt)
    options.loop_vectorization, options.slp_vectorization = loop_vectorize, slp_vectorize
    options.loop_unrolling = False
    return llvm.create_pass_builder(machine, options)
