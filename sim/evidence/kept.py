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
from sim.store.folder import own, read
from sim.store.provenance import code_digest, packages

__all__ = ["Kept", "Piece"]

LARGEST = 256 * 2**20  # bytes of a piece
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
        self.folder = own(into, f"{what}-{hashlib.sha256(told.encode()).hexdigest()[:12]}.unfinished")
        self._alone = False  # whether the folder above is for these pieces only

    def piece(self, name: str, make: Callable[[], Piece]) -> Piece:
        """A piece: the one that is kept, or made now and kept. A file that is not whole is made anew; OSError."""
        with suppress(OSError, ValueError, EOFError, MemoryError, zipfile.BadZipFile):
            return _read(read(self.folder, f"{name}.npz", LARGEST))
        made: dict[str, Any] = make()
        self._alone = self._alone or not self.folder.parent.exists()
        self.folder.mkdir(parents=True, exist_ok=True)
        written = io.BytesIO()
        np.savez(written, **made)
        place(DISK, self.folder / f"{name}.npz", written.getvalue())
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


def _read(content: bytes) -> Piece:
    """A piece of a file; ValueError if it is packed, which ours are not and what unpacks to gigabytes is."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if any(one.compress_type != zipfile.ZIP_STORED for one in packed.infolist()):
            raise ValueError("packed")
    with np.load(io.BytesIO(content)) as found:
        return dict(found)
