"""Compiled code on disk: whose folder it is, what is read back, and that nothing here ends a run."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim import codecache
from sim.codecache import KEPT, CodeCache, CodeCacheWarning, places, unfit

posix = pytest.mark.skipif(not hasattr(os, "getuid"), reason="no owners and modes here")
NAME = "rules.demand-0123-4567"


@pytest.fixture
def cache(tmp_path: Path) -> CodeCache:
    assert unfit(tmp_path / "own") == ""
    return CodeCache(tmp_path / "own")


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No variable of the environment, no home that can be written to, an own folder for temporary files."""
    for name in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "a file").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "a file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


# what is read


def test_what_was_written_is_read(cache: CodeCache) -> None:
    assert cache.read(NAME) is None
    assert not cache.holds("rules.demand-0123-")
    for content in (b"some", b"", bytes(100_000)):
        cache.write(NAME, content)
        assert cache.read(NAME) == content
    assert cache.holds("rules.demand-0123-")
    assert not cache.holds("rules.demand-4567-")
    assert CodeCache(cache.folder).read(NAME) == bytes(100_000)
    assert cache.damage() == {NAME: ""}
    assert cache.folder is not None
    assert [path.name for path in cache.folder.iterdir()] == [NAME]


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(at: int) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[at] ^= 1
        path.write_bytes(content)

    return damage


def link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def exchange(path: Path) -> None:
    """A whole file, but that of another function."""
    cache = CodeCache(path.parent)
    cache.write("other-0123-4567", b"other")
    (path.parent / "other-0123-4567").rename(path)


DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "empty": (lambda path: path.write_bytes(b"") and None, "damaged"),
    "truncated": (truncate, "damaged"),
    "a bit of the mark": (flip(0), "damaged"),
    "a bit of the checksum": (flip(40), "damaged"),
    "the first bit": (flip(codecache.CHECKED), "damaged"),
    "the last bit": (flip(-1), "damaged"),
    "another's": (exchange, "damaged"),
    "writable to others": (lambda path: path.chmod(0o622), "others may write to it"),
    "a link": (link, os.strerror(errno.ELOOP)),
    "a pipe": (pipe, "no file"),
}


@posix
@pytest.mark.parametrize("kind", DAMAGES)
def test_what_is_not_as_written_is_not_read_and_can_be_written_again(kind: str, cache: CodeCache) -> None:
    damage, why = DAMAGES[kind]
    cache.write(NAME, b"compiled")
    assert cache.folder is not None
    damage(cache.folder / NAME)
    with pytest.warns(CodeCacheWarning) as told:
        assert [cache.read(NAME), cache.read(NAME)] == [None, None]
    assert [str(one.message) for one in told] == [
        f"compiled code: {cache.folder}/{NAME}: {why}; it is not used, and compiled anew"
    ], "one warning of a kind"
    assert cache.damage()[NAME] == why
    cache.write(NAME, b"compiled")
    assert cache.read(NAME) == b"compiled"


@posix
def test_what_another_user_owns_is_not_read(cache: CodeCache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.write(NAME, b"compiled")
    another = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: another)
    with pytest.warns(CodeCacheWarning, match="belongs to another user"):
        assert cache.read(NAME) is None


def test_only_the_newest_files_of_a_function_are_kept(cache: CodeCache) -> None:
    assert cache.folder is not None
    begun = time.time() - 1000
    cache.write("other-0-0", b"")
    (cache.folder / f"{NAME}.1.new").touch()
    (cache.folder / f"{NAME}.2.new").touch()
    os.utime(cache.folder / f"{NAME}.2.new", (begun, begun - codecache.LEFT))
    for number in range(KEPT):
        cache.write(f"one-{number}-0", b"")
        os.utime(cache.folder / f"one-{number}-0", (begun + number, begun + number))
    assert cache.read("one-0-0") == b"", "which makes it the newest"
    for number in (8, 9):
        cache.write(f"one-{number}-0", b"")
    names = {path.name for path in cache.folder.iterdir()}
    assert names == {f"{NAME}.1.new", "other-0-0", *(f"one-{n}-0" for n in (0, 3, 4, 5, 6, 7, 8, 9))}


# what cannot be written


@pytest.mark.parametrize("code", [errno.EDQUOT, errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_what_cannot_be_written_is_warned_of_once(code: int, cache: CodeCache, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> Any:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "replace", fails)
    with pytest.warns(CodeCacheWarning) as told:
        assert [cache.write(name, b"compiled") for name in (NAME, "another-0-0")] == [None, None]
    assert len(told) == 1
    words = f"compiled code: {cache.folder}: {os.strerror(code)}; every process compiles for itself"
    assert str(told[0].message).startswith(f"{words}; set NUMBA_CACHE_DIR")
    assert codecache.notes[-1] == str(told[0].message)
    assert cache.folder is not None
    assert list(cache.folder.iterdir()) == []


# whose folder it is


def test_the_folder_is_the_first_that_is_named(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = nowhere / f"burdenshare-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    assert CodeCache().folder == temporary
    (nowhere / "home").mkdir()
    for name, value, expected in (
        ("HOME", nowhere / "home", nowhere / "home" / ".cache" / "burdenshare"),
        ("XDG_CACHE_HOME", "relative", nowhere / "home" / ".cache" / "burdenshare"),
        ("XDG_CACHE_HOME", nowhere / "xdg", nowhere / "xdg" / "burdenshare"),
        ("NUMBA_CACHE_DIR", nowhere / "numba", nowhere / "numba" / "burdenshare"),
        ("NUMBA_CACHE_DIR", "", nowhere / "xdg" / "burdenshare"),
    ):
        monkeypatch.setenv(name, str(value))
        assert CodeCache().folder == expected
        assert stat.S_IMODE(expected.stat().st_mode) == 0o700


@posix
@pytest.mark.parametrize("kind", ["foreign", "open", "link", "file"])
def test_a_folder_that_is_not_ours_alone_is_passed_by(
    kind: str, nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the folder for temporary files anybody may have made it: then there is none, and every process compiles."""
    named, real = nowhere / f"burdenshare-{os.getuid()}", os.getuid()
    if kind == "link":
        (nowhere / "elsewhere").mkdir(mode=0o700)
        named.symlink_to("elsewhere")
    elif kind == "file":
        named.touch()
    else:
        named.mkdir()
        named.chmod(0o777 if kind == "open" else 0o700)
    if kind == "foreign":
        monkeypatch.setattr(codecache, "_user", lambda: str(real))
        monkeypatch.setattr(os, "getuid", lambda: real + 1)
    cache = CodeCache()
    with pytest.warns(CodeCacheWarning, match="every process compiles for itself") as told:
        assert cache.folder is None
    assert len(told) == 1
    why = {
        "foreign": "belongs to another user", "open": "others may write to it", "link": "no folder, or a link to one",
        "file": os.strerror(errno.EEXIST),
    }  # fmt: skip
    assert f"{named}: {why[kind]};" in str(told[0].message)
    cache.write(NAME, b"compiled")
    assert cache.read(NAME) is None
    assert not cache.holds("")
    assert list(nowhere.rglob(NAME)) == []


@posix
def test_a_named_folder_that_cannot_be_used_is_told(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(nowhere / "a file"))
    with pytest.warns(CodeCacheWarning) as told:
        found = CodeCache().folder
    assert found == nowhere / f"burdenshare-{os.getuid()}"
    passed = (f"{nowhere}/a file/{name}burdenshare: {os.strerror(errno.ENOTDIR)}" for name in ("", ".cache/"))
    words = f"compiled code: {'; '.join(passed)}; compiled code is kept in {found}"
    assert [str(one.message) for one in told] == [words]


@posix
def test_a_folder_at_home_that_others_may_write_to_is_told(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(nowhere))
    (nowhere / ".cache" / "burdenshare").mkdir(parents=True)
    (nowhere / ".cache" / "burdenshare").chmod(0o777)
    with pytest.warns(CodeCacheWarning, match="others may write to it; compiled code is kept in") as told:
        assert CodeCache().folder == nowhere / f"burdenshare-{os.getuid()}"
    assert len(told) == 1


def test_without_home_and_folder_for_temporary_files_there_is_none(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> str:
        raise FileNotFoundError(errno.ENOENT, "no usable temporary directory")

    monkeypatch.setattr(tempfile, "gettempdir", none)
    monkeypatch.setattr(Path, "expanduser", lambda self: (_ for _ in ()).throw(RuntimeError("no home")))
    assert list(places()) == []
    with pytest.warns(CodeCacheWarning, match="compiled code: no folder"):
        assert CodeCache().folder is None


def test_a_working_folder_that_is_gone_changes_nothing(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (nowhere / "gone").mkdir()
    before = Path.cwd()
    monkeypatch.chdir(nowhere / "gone")
    (nowhere / "gone").rmdir()
    try:
        monkeypatch.setenv("NUMBA_CACHE_DIR", "relative")
        assert CodeCache().folder == nowhere / f"burdenshare-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    finally:
        os.chdir(before)
