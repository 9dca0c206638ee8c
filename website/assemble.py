"""The pages that Zensical reads, made from those of the repository.

A page of docs/ keeps its place. Any other file that a page links to becomes a page below files/: Markdown as it is,
text as a listing with numbered lines, and a link with the name of a function leads to its line. Pictures and tables
are copied.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

from website.written import WRITTEN

__all__ = ["ROOT", "assemble", "inputs", "place"]

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"(?<!\\)(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
WRITE = re.compile(r"^<!-- write: ([\w. -]+?) -->$", re.M)
CODE = re.compile(r"^(```.*?^```|    .*?$)|(`[^`\n]+`)", re.M | re.S)
LANGUAGES = {".py": "python", ".toml": "toml", ".json": "json", ".ipynb": "json", ".cff": "yaml"}
COPIED = {".png", ".svg", ".csv", ".parquet"}
# Pages that nothing links to, but that the navigation has.
ALSO = ("CHANGELOG.md", "CONTRIBUTING.md", "sim/data/SOURCES.md")


def assemble(into: Path) -> list[str]:
    """Write every page below ``into``; returns their paths."""
    shutil.rmtree(into, ignore_errors=True)
    waiting = [*inputs(), *map(Path, ALSO)]
    done: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in done:
            done.add(path)
            waiting += _write(path, into)
    return sorted(str(path.relative_to(into)) for path in into.rglob("*.md"))


def inputs() -> list[Path]:
    """The pages of docs/, from the root of the repository."""
    return sorted(path.relative_to(ROOT) for path in (ROOT / "docs").rglob("*.md"))


def place(path: Path) -> Path:
    """Where a file of the repository lies in the site."""
    if path == Path("README.md"):
        return Path("index.md")
    if path.parts[0] == "docs":
        return path.relative_to("docs")
    if path.suffix in COPIED | {".md"}:
        return "files" / path
    return ("files" / path).with_name(f"{path.name}.md")


def _write(path: Path, into: Path) -> list[Path]:
    """Write one file; returns those that it links to."""
    to = into / place(path)
    to.parent.mkdir(parents=True, exist_ok=True)
    if path == Path("README.md"):
        return []  # docs/index.md has what it says
    if path.suffix in COPIED:
        shutil.copyfile(ROOT / path, to)
        return []
    text = (ROOT / path).read_text(encoding="utf-8")
    if path.suffix != ".md":
        to.write_text(_listing(path, text), encoding="utf-8")
        return []
    links: list[Path] = []
    text = _led(text, path, path, links)
    text = WRITE.sub(lambda found: _led(WRITTEN[found[1]](), Path("README.md"), path, links), text)
    to.write_text(text, encoding="utf-8")
    return links


def _listing(path: Path, text: str) -> str:
    """A file as a page; no part of the search, which would find the code before its description."""
    fence = "~~~~"
    head = "---\nsearch:\n  exclude: true\n---\n\n"
    language = LANGUAGES.get(path.suffix, "text")
    return f'{head}# `{path}`\n\n{fence}{language} linenums="1"\n{text.rstrip()}\n{fence}\n'


def _led(text: str, path: Path, page: Path, links: list[Path]) -> str:
    """The text of a file, its links led to where they lie in the site as seen from a page; notes what they lead to."""

    def lead(found: re.Match[str]) -> str:
        mark, label, target = found.groups()
        name, _, anchor = target.partition("#")
        label = LINK.sub(lead, label)
        if "://" in target or not name or target.startswith("mailto:"):
            return f"{mark}[{label}]({target})"
        to = Path(os.path.normpath(path.parent / name))
        if to.parts[0] == ".." or not (ROOT / to).exists():
            raise FileNotFoundError(f"{path}: {target}: no such file")
        if (ROOT / to).is_dir():
            return label
        links.append(to)
        anchor = anchor or _line_of(to, label)
        relative = os.path.relpath(place(to), place(page).parent)
        return f"{mark}[{label}]({relative}{'#' if anchor else ''}{anchor})"

    return _outside_code(text, lambda part: LINK.sub(lead, part))


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    """Change a text, but leave what stands in fences and in indented blocks alone."""
    parts, at = [], 0
    for found in CODE.finditer(text):
        if found[1] is None:
            continue
        parts += [change(text[at : found.start()]), found[0]]
        at = found.end()
    return "".join([*parts, change(text[at:])])


def _line_of(path: Path, label: str) -> str:
    """The anchor of the line of a listing where the function begins that a link names; nothing if it names none."""
    name = label.strip("`").split(".")[-1]
    if path.suffix != ".py" or not label.startswith("`"):
        return ""
    line = _functions(path).get(name)
    return f"__codelineno-0-{line}" if line else ""


@cache
def _functions(path: Path) -> dict[str, int]:
    """Name -> line of every function and class of a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    kinds = ast.FunctionDef | ast.ClassDef
    return {node.name: node.lineno for node in ast.walk(tree) if isinstance(node, kinds)}
