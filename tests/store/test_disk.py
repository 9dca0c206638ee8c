"""Flushing a folder: where the file system has no such thing one is told once, where it fails the sweep ends."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.store import DISK, disk


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Has every flush of a folder end in an error; files are flushed as always."""

    def refuse(code: int) -> None:
        flush = os.fsync

        def fsync(handle: int) -> None:
            if stat.S_ISDIR(os.fstat(handle).st_mode):
                raise OSError(code, os.strerror(code))
            flush(handle)

        monkeypatch.setattr("os.fsync", fsync)
        monkeypatch.setattr(disk, "_warned", set())

    return refuse


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP, errno.EBADF])
def test_a_file_system_without_it_is_told_of_once(refusing: Callable[[int], None], tmp_path: Path, code: int) -> None:
    refusing(code)
    with pytest.warns(disk.FlushWarning, match="flushes no folders; after a power loss files may be missing") as told:
        DISK.make_folder(tmp_path / "a" / "b")  # two folders
    DISK.sync_folder(tmp_path)  # a second warning would be an error
    assert len(told) == 1
    assert (tmp_path / "a" / "b").is_dir()


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EROFS])
def test_a_disk_that_fails_is_an_error(refusing: Callable[[int], None], tmp_path: Path, code: int) -> None:
    refusing(code)
    with pytest.raises(OSError, match=os.strerror(code)):
        DISK.make_folder(tmp_path / "a")
