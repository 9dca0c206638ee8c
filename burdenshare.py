"""The package `sim` under the name of its distribution: ``import burdenshare``, ``python -m burdenshare``.

Both names mean the same modules. `sim` is a common name: it is loaded from the folder beside this file, whatever else
is called so in the folder that somebody works in.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim import *  # noqa: F403

NAME = "burdenshare"
HOME = Path(__file__).parent / "sim" / "__init__.py"


def _load() -> ModuleType:
    """The package beside this file; ImportError if another one is called `sim` in this process."""
    there = sys.modules.get("sim")
    if there is None:
        spec = importlib.util.spec_from_file_location("sim", HOME, submodule_search_locations=[str(HOME.parent)])
        assert spec is not None
        assert spec.loader is not None
        there = sys.modules["sim"] = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(there)
        except BaseException:
            del sys.modules["sim"]
            raise
    found = getattr(there, "__file__", None)
    if found is None or Path(found).resolve() != HOME.resolve():
        raise ImportError(f"{found}: a module called sim, which burdenshare's is too; import burdenshare before it")
    return there


class _SameModule(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """``burdenshare.insight`` is ``sim.insight``, and no copy of it."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(name, self) if name.startswith(f"{NAME}.") else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module = importlib.import_module("sim" + spec.name.removeprefix(NAME))
        spec.loader_state = module.__spec__  # the import system is about to write over it
        return module

    def exec_module(self, module: ModuleType) -> None:
        assert module.__spec__ is not None
        module.__spec__ = module.__spec__.loader_state


if __name__ == "__main__" and not sys.flags.safe_path:
    del sys.path[0]  # the folder that somebody works in; worker processes would look there too
_sim = _load()
__all__ = _sim.__all__
__path__: list[str] = []


def __getattr__(name: str) -> Any:
    return getattr(_sim, name)


def __dir__() -> list[str]:
    return dir(_sim)


if __name__ == "__main__":
    from sim.__main__ import main

    sys.exit(main())
sys.meta_path.append(_SameModule())
