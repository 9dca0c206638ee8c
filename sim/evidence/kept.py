"""Finished pieces of a long piece of work, on disk: stopped in the middle, it goes on where it was."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.store.disk import DISK
from sim.store.files import place
from sim.store.provenance import code_digest, packages

__all__ = ["Kept", "Piece"]

Piece = dict[str, NDArray[Any]]  # name -> array of numbers or strings


class Kept:
    """Pieces of one piece of work, which is told from others by what was asked and by the code that answers.

    Args:
        into: folder in which a folder of its own is made. what: its name's beginning. asked: what the pieces depend on.

    Attributes:
        folder: where the pieces are, from the first that is finished until ``forget``.
    """

    def __init__(self, into: Path, what: str, asked: Mapping[str, object]) -> None:
        said = {"asked": {k: str(v) for k, v in asked.items()}, "code": code_digest("evidence"), "packages": packages()}
        told = json.dumps(said, sort_keys=True)
        self.folder = into / f"{what}-{hashlib.sha256(told.encode()).hexdigest()[:12]}.unfinished"
        self._alone = False  # whether the folder above is for these pieces only

    def piece(self, name: str, make: Callable[[], Piece]) -> Piece:
        """A piece: the one that is kept, or made now and kept. A file that is not whole is made anew; OSError."""
        path = self.folder / f"{name}.npz"
        broken = (OSError, ValueError, EOFError, zipfile.BadZipFile)
        with suppress(*broken), path.open("rb") as file, np.load(file) as found:
            return dict(found)
        made: dict[str, Any] = make()
        self._alone = self._alone or not self.folder.parent.exists()
        self.folder.mkdir(parents=True, exist_ok=True)
        written = io.BytesIO()
        np.savez(written, **made)
        place(DISK, path, written.getvalue())
        return made

    def __len__(self) -> int:
        """How many pieces are kept."""
        return len(list(self.folder.glob("*.npz")))

    def forget(self) -> None:
        """The work is done."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._alone:
            with suppress(OSError):  # something else is in it by now
                self.folder.parent.rmdir()
