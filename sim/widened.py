"""numba's compiler with one word added to every function: use vectors as wide as the processor has them.

LLVM halves them on Intel's processors with AVX-512, for fear that wide ones lower the clock; the loops of a year run
two fifths faster without that. Other processors do not heed the word, and no number depends on it.
"""

from __future__ import annotations

from typing import Any

from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.lowering import Lower
from numba.core.typed_passes import NativeLowering

__all__ = ["WideCompiler"]

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

    def define_pipelines(self) -> list[Any]:
        """One list of steps."""
        steps = DefaultPassBuilder.define_nopython_pipeline(self.state)
        steps.passes = [(WideLowering if step is NativeLowering else step, why) for step, why in steps.passes]
        steps.finalize()
        return [steps]
