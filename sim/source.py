"""The code that this process plays, by its text: the package's own files, and those of a user's agents.

Python reads a module once; what the disk holds later is other code. So the time and the size of every file of the
package are noted when it is imported, and the files are read for their checksums only while all still have them. A
process is thus known by the text that it was started with, or says that it no longer can be. Classes of a user are
noted when they are made, which is while Python imports their module.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from contextlib import suppress
from types import FunctionType, ModuleType

__all__ = ["SourceChanged", "agents_text", "check", "checksum", "files", "note"]

PACKAGE = os.path.dirname(os.path.abspath(__file__))
ENDINGS = (".py", ".csv")
OURS = ("sim", "mesa", "builtins", "typing", "abc")  # modules whose text is known otherwise, or is Python's own
INSTALLED = ("site-packages", "dist-packages")

Stamp = tuple[int, int]  # time of the last change in ns, and bytes


class SourceChanged(RuntimeError):
    """A file is not what this process has imported; one line that names it."""

    def __init__(self, path: str) -> None:
        words = "changed since this process imported it; allowed: to start Python anew, which then plays what is there"
        super().__init__(f"{path}: {words}")


def checksum(path: str) -> str:
    """The SHA-256 of a text, whatever its line ends; SourceChanged if it is gone."""
    import hashlib  # here, because most commands need no checksum

    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read().replace(b"\r\n", b"\n")).hexdigest()
    except OSError:
        raise SourceChanged(path) from None


# The package


def _stamps() -> dict[str, Stamp]:
    """Every file of the package by its name in there; hidden ones are an editor's."""
    found, folders = {}, [PACKAGE]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for one in entries:
                if one.name.startswith((".", "__pycache__")):
                    continue
                if one.is_dir():
                    folders.append(one.path)
                elif one.name.endswith(ENDINGS):
                    state = one.stat()
                    name = os.path.relpath(one.path, PACKAGE).replace(os.sep, "/")
                    found[name] = state.st_mtime_ns, state.st_size
    return found


_imported = _stamps()
_sums: dict[str, str] = {}


def check(without: Collection[str] = ()) -> None:
    """SourceChanged if a file of the package was written, made or removed since this process imported the package.

    ``without``: folders of the package that are not looked at.
    """
    now = _stamps()
    for name in sorted(now.keys() | _imported.keys()):
        if now.get(name) != _imported.get(name) and name.split("/")[0] not in without:
            raise SourceChanged(os.path.join(PACKAGE, name))


def files(without: Collection[str] = ()) -> dict[str, str]:
    """Every file of the package as it was at the import, with its SHA-256; SourceChanged as ``check``."""
    names = [name for name in sorted(_imported) if name.split("/")[0] not in without]
    new = {name: checksum(os.path.join(PACKAGE, name)) for name in names if name not in _sums}
    check(without)  # afterwards, so that nothing changed while it was read
    _sums.update(new)
    return {name: _sums[name] for name in names}


# Agents of a user

_texts: dict[str, str] = {}  # file -> its checksum when Python had just read it
_needed: dict[str, list[str]] = {}  # module of a class -> the files that its classes depend on


def note(kind: type) -> None:
    """Remember the files that define a class: of its module, of its bases, and of a user's modules that these use."""
    needed = _needed[kind.__module__] = _with_own([base.__module__ for base in kind.__mro__])
    for path in needed:
        if path not in _texts or path == _file(kind.__module__):  # that one may be read for the second time
            with suppress(SourceChanged):  # told when somebody asks
                _texts[path] = checksum(path)


def agents_text(kind: type) -> str:
    """The SHA-256 over the files of a class as they were when it was made; SourceChanged if they are others now."""
    import hashlib

    texts = []
    for path in _needed.get(kind.__module__, ()):
        texts.append(checksum(path))
        if texts[-1] != _texts.get(path):
            raise SourceChanged(path)
    return hashlib.sha256("".join(texts).encode()).hexdigest()


def _with_own(modules: list[str]) -> list[str]:
    """The files of modules and of those whose classes and functions they use, installed ones left out."""
    found: set[str] = set()
    left = list(modules)
    while left:
        name = left.pop()
        path = _file(name)
        if path is not None and path not in found:
            found.add(path)
            left += [_home(value) for value in vars(sys.modules[name]).values()]
    return sorted(found)


def _home(value: object) -> str:
    """The module that something in a module's table comes from; empty for a mere value."""
    if isinstance(value, ModuleType):
        return value.__name__
    return value.__module__ if isinstance(value, type | FunctionType) else ""


def _file(name: str) -> str | None:
    """The text of a module that a user has written; None for Python's, ours and installed ones."""
    first, path = name.split(".")[0], getattr(sys.modules.get(name), "__file__", None) or ""
    if first in OURS or first in sys.stdlib_module_names or not path.endswith(".py"):
        return None
    return None if set(INSTALLED) & set(os.path.normpath(path).split(os.sep)) else os.path.abspath(path)
