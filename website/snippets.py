"""What the pages tell a reader to type: their fenced blocks, taken out and run, a page in a folder of its own.

* ```python is run, the blocks of a page one after the other with the same names;
* ```console is typed, line by line: `burdenshare` here, `python` in a process of its own; of `make` only whether there
  is such a target, as its work has tests of its own;
* a block of any language whose first line is a comment with a file's name, as `# stubborn.py`, is written to that file,
  and is not run.

A block with a comment "not run in the tests: WHY" is left out; the reader sees it, and so does the test that counts.
"""

from __future__ import annotations

import contextlib
import glob
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.cli import main
from website.assemble import ROOT, inputs

__all__ = ["Block", "blocks", "pages", "play"]

FENCE = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.M | re.S)
NAMED = re.compile(r"# ([\w-]+\.\w+)\n")
LEFT_OUT = re.compile(r"# not run in the tests: (.+)", re.I)


@dataclass(frozen=True)
class Block:
    """A fenced block: where it stands, its language and its text."""

    page: str
    line: int
    language: str
    text: str

    @property
    def left_out(self) -> str:
        """Why it is not run; nothing if it is."""
        found = LEFT_OUT.search(self.text)
        return found[1] if found else ""

    @property
    def file(self) -> str:
        """The file that it is; nothing if it is none."""
        found = NAMED.match(self.text)
        return found[1] if found else ""

    def __str__(self) -> str:
        return f"{self.page}, line {self.line}"


def pages() -> list[Path]:
    """README and the pages of docs/ that have blocks to run, from the root of the repository."""
    every = [Path("README.md"), Path("CONTRIBUTING.md"), *inputs()]
    return [page for page in every if any(one.language in ("python", "console") for one in blocks(page))]


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page in their order."""
    text = (ROOT / page).read_text(encoding="utf-8")

    def block(found: re.Match[str]) -> Block:
        inside = re.sub(rf"^{found[1]}", "", found[3], flags=re.M)  # a fence in a list is indented
        return Block(str(page), text.count("\n", 0, found.start()) + 1, found[2], inside)

    return [block(found) for found in FENCE.finditer(text)]


def play(page: Path) -> Iterator[Block]:
    """Run a page's blocks in the folder that one stands in; yields every block that was run or written."""
    names: dict[str, Any] = {"__name__": "page"}
    for block in blocks(page):
        if block.left_out:
            continue
        if block.file:
            Path(block.file).write_text(block.text, encoding="utf-8")
        elif block.language == "python":
            _execute(block, names)
        elif block.language == "console":
            for line in block.text.replace("\\\n", " ").splitlines():
                _type(line, block)
        else:
            continue
        yield block


def _execute(block: Block, names: dict[str, Any]) -> None:
    """Python, with the lines that a traceback names being the page's."""
    code = "\n" * block.line + block.text
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, block.page, "exec"), names)


def _type(line: str, block: Block) -> None:
    """A line for a shell; AssertionError unless it ends with 0."""
    words = shlex.split(line, comments=True)
    if not words:
        return
    words = [one for word in words for one in (sorted(glob.glob(word)) if "*" in word else [word])]
    program, *rest = words
    if program == "make":
        done = subprocess.run(["make", "-n", "-C", str(ROOT), *rest], capture_output=True, text=True, check=False)
        code, said = done.returncode, done.stderr
    elif program == "python":
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.getcwd()])}
        command = [sys.executable, *rest]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        code, said = done.returncode, done.stderr
    elif program == "burdenshare":
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(rest)
        said = err.getvalue()
    else:
        raise AssertionError(f"{block}: {line!r}: begin with burdenshare, python or make")
    assert code == 0, f"{block}: {line!r} ended with {code}: {said}"
