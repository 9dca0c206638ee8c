"""Disks that fail and disks that forget, in the place of ``sim.store.Disk``."""

from __future__ import annotations

import contextlib
import errno
import os
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sim.store import Disk

__all__ = ["HOW", "Dead", "Failing", "Forgetful"]

HOW = ("before", "half", "after")


class Dead(BaseException):
    """The process is gone: nothing it does reaches the disk any more."""


class Failing(Disk):
    """Fails one operation: before it does anything, half-way, or after it has done it all.

    Args:
        at: number of the operation, counted from 0; None fails nothing and only counts.
        how: "before", "half" (only writing can be half done; anything else then fails before) or "after".
        dead: the process dies there, and no later operation takes place; otherwise the operation raises an error.
        lasting: every later operation that writes fails too, as on a full disk.
    """

    def __init__(
        self, at: int | None, how: str = "before", *, dead: bool = False, lasting: bool = False, code: int = errno.EIO
    ) -> None:
        self.at, self.how, self.dead, self.lasting, self.code = at, how, dead, lasting, code
        self.done: list[str] = []
        self._gone = False

    def _reached(self, name: str) -> bool:
        if self._gone and self.dead:
            raise Dead
        number = len(self.done)
        self.done.append(name)
        writes = name in ("write", "append", "make_folder")
        return number == self.at or (self.lasting and writes and self.at is not None and number > self.at)

    def _fail(self) -> None:
        self._gone = True
        if self.dead:
            raise Dead
        raise OSError(self.code, os.strerror(self.code))

    def _do(self, name: str, *given: object) -> object:
        act = getattr(Disk, name)
        if not self._reached(name):
            return act(self, *given)
        if self.how == "after":
            with contextlib.suppress(FileNotFoundError):
                act(self, *given)
        if self.how == "half" and name in ("write", "append"):
            path, data = given
            act(self, path, data[: len(data) // 2])  # type: ignore[index]
        self._fail()
        return None

    def make_folder(self, path: Path) -> None:
        if not path.is_dir():
            self._do("make_folder", path)

    def read(self, folder: Path, name: str, most: int) -> bytes:
        return self._do("read", folder, name, most)  # type: ignore[return-value]

    def names(self, folder: Path) -> list[str]:
        return self._do("names", folder)  # type: ignore[return-value]

    def write(self, path: Path, data: bytes) -> None:
        self._do("write", path, data)

    def append(self, path: Path, data: bytes) -> None:
        self._do("append", path, data)

    def truncate(self, path: Path, size: int) -> None:
        self._do("truncate", path, size)

    def rename(self, path: Path, to: Path) -> None:
        self._do("rename", path, to)

    def remove(self, path: Path) -> None:
        self._do("remove", path)

    def sync(self, path: Path) -> None:
        self._do("sync", path)

    def sync_folder(self, path: Path) -> None:
        self._do("sync_folder", path)


@dataclass
class Node:
    """A file or a folder: what it holds, and what of it would survive a power loss."""

    content: bytes | None
    lasting: bytes | None = b""


class Forgetful(Failing):
    """Knows what would be left if the power failed: only what was flushed, and of the rest whatever the disk pleases.

    A file keeps its flushed content; what was written since may be there, in part, as zeros, or not at all. A name
    keeps its flushed meaning; a rename, a new file or a removal since may have happened or not, each for itself.
    """

    def __init__(self, at: int | None = None) -> None:
        super().__init__(at, "before", dead=True)
        self.now: dict[Path, Node] = {}
        self.then: dict[Path, Node] = {}

    def make_folder(self, path: Path) -> None:
        new = []
        while not path.is_dir():
            new.append(path)
            path = path.parent
        for one in reversed(new):
            self._do("make_folder", one)
            self.now[one] = self.then[one] = Node(None)

    def write(self, path: Path, data: bytes) -> None:
        super().write(path, data)
        self.now[path] = Node(data)

    def append(self, path: Path, data: bytes) -> None:
        super().append(path, data)
        node = self.now[path]
        node.content = (node.content or b"") + data

    def truncate(self, path: Path, size: int) -> None:
        super().truncate(path, size)
        node = self.now[path]
        node.content = (node.content or b"")[:size]

    def rename(self, path: Path, to: Path) -> None:
        super().rename(path, to)
        self.now[to] = self.now.pop(path)

    def remove(self, path: Path) -> None:
        super().remove(path)
        self.now.pop(path, None)

    def sync(self, path: Path) -> None:
        super().sync(path)
        self.now[path].lasting = self.now[path].content

    def sync_folder(self, path: Path) -> None:
        super().sync_folder(path)
        for table, other in ((self.then, self.now), (self.now, self.then)):
            for name in [one for one in table if one.parent == path]:
                if name in self.now:
                    self.then[name] = self.now[name]
                elif other is self.now:
                    del self.then[name]

    def left(self, root: Path, to: Path, chance: Random) -> None:
        """Write what a power loss now would leave of ``root`` into ``to``."""
        for path in sorted(self.now.keys() | self.then.keys()):
            node = self.then.get(path) if chance.random() < 0.5 else self.now.get(path)
            if node is None or not path.is_relative_to(root):
                continue
            there = to / path.relative_to(root)
            if node.content is None:
                there.mkdir(parents=True, exist_ok=True)
            elif there.parent.is_dir():
                there.write_bytes(self._content(node, chance))

    def _content(self, node: Node, chance: Random) -> bytes:
        now, then = node.content or b"", node.lasting or b""
        if now == then:
            return then
        cut = chance.randint(min(len(then), len(now)), len(now))
        zeros = then + bytes(len(now) - len(then)) if len(now) > len(then) else now
        return chance.choice([then, now, now[:cut], zeros])
