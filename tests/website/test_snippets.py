"""What README and the pages tell a reader to type works as it stands there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from website.snippets import Block, blocks, pages, play

RUN = {"python", "console"}
WHY = ("needs a cluster", "takes minutes")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder, whose modules can be imported and are forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None)).startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.mark.parametrize("page", pages(), ids=str)
def test_what_a_page_tells_to_type_works(page: Path, desk: Path) -> None:
    done = list(play(page))
    assert [one for one in blocks(page) if one.language in RUN and not one.left_out and one not in done] == []


def test_little_is_left_out_and_the_reader_sees_why() -> None:
    every = [one for page in pages() for one in blocks(page) if one.language in RUN]
    left_out = [one for one in every if one.left_out]
    assert [str(one) for one in left_out if one.left_out not in WHY] == []
    assert len(left_out) < len(every) / 8


@pytest.mark.parametrize(
    ("language", "text"),
    [("python", "assert 1 == 2\n"), ("python", "x = )\n"), ("console", "burdenshare run nowhere\n"),
     ("console", "make nothing-like-it\n"), ("console", "rm -rf results\n"), ("console", "python none.py\n")],
)  # fmt: skip
def test_what_does_not_work_is_noticed(language: str, text: str, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("website.snippets.blocks", lambda page: [Block("page.md", 1, language, text)])
    with pytest.raises((AssertionError, SyntaxError)):
        list(play(Path("page.md")))
