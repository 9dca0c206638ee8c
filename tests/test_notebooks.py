"""Every notebook agrees with its text, runs from top to bottom in a fresh kernel, and so do the answers in it.

A notebook is written as text, notebooks/NAME.py (jupytext's percent format); NAME.ipynb is made from it with
`ACCEPT=1 make test` (or pytest on this file).
"""

from __future__ import annotations

import ast
import os
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

import sim

TEXTS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.py"))
LESSON = ("Predict", "Run", "Explain", "Vary", "Debrief", "Exercises")
ANSWER = re.compile(r"^<details><summary>Answer</summary>\n\n(.+?)\n\n</details>$", re.M | re.S)
CODE = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)
MOST_SECONDS = 120  # of one cell, on a machine that has much else to do
# what a notebook may use beside the public names of sim and of these modules; docs/runners.md tells of it
PUBLIC = ("sim", "sim.data", "sim.figures", "sim.insight")
TOLD = {("sim.engines.agents", "Member")}

every = pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.stem)


@cache
def written(text: Path) -> Any:
    """The notebook that a text means, with cells numbered in their order."""
    notebook = jupytext.read(text)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        cell["metadata"] = {}
    notebook.metadata = {
        "jupytext": {"formats": "ipynb,py:percent"},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def exercises(text: Path) -> list[str]:
    """The cells that set an exercise."""
    return [cell.source for cell in written(text).cells if cell.source.startswith("### Exercise ")]


def answers(text: Path) -> list[str]:
    """The code of all answers, one after the other."""
    told = [found[1] for source in exercises(text) if (found := ANSWER.search(source))]
    return [code for answer in told for code in CODE.findall(answer)]


def test_every_notebook_has_a_text_and_every_text_a_notebook() -> None:
    assert [text.stem for text in TEXTS] == sorted(path.stem for path in TEXTS[0].parent.glob("*.ipynb"))
    assert [int(text.stem[:2]) for text in TEXTS] == list(range(1, len(TEXTS) + 1))


@every
def test_notebook_agrees_with_its_text(text: Path) -> None:
    path, meant = text.with_suffix(".ipynb"), written(text)
    if os.environ.get("ACCEPT"):
        nbformat.write(meant, path)
    there = nbformat.read(path, as_version=4)
    nbformat.validate(there)
    assert not any(cell.get("outputs") for cell in there.cells), "notebooks are kept without outputs"
    shown = [[(cell.cell_type, cell.source) for cell in one.cells] for one in (there, meant)]
    assert shown[0] == shown[1], f"{path.name} and {text.name} differ; if the text is right, ACCEPT=1"
    assert there.metadata == meant.metadata


@every
def test_notebook_is_a_lesson(text: Path) -> None:
    cells = [cell.source for cell in written(text).cells if cell.cell_type == "markdown"]
    heads = [line[3:] for source in cells for line in source.splitlines() if line.startswith("## ")]
    places = [next(k for k, head in enumerate(heads) if head.startswith(name)) for name in LESSON]
    assert places == sorted(places), f"a notebook has, in this order, {', '.join(LESSON)}"
    number = int(text.stem[:2])
    asked = [source.split("\n", 1)[0] for source in exercises(text)]
    assert asked == [f"### Exercise {number}.{k}" for k in range(1, len(asked) + 1)]
    assert all(len(ANSWER.findall(source)) == 1 for source in exercises(text)), "every exercise has one folded answer"
    assert sum(source.count("<details>") for source in cells) == len(asked)


def test_there_are_exercises_enough() -> None:
    assert sum(len(exercises(text)) for text in TEXTS) >= 40
    assert sum(len(answers(text)) for text in TEXTS) >= 25


@every
def test_notebook_calls_public_names_only(text: Path) -> None:
    code = [cell.source for cell in written(text).cells if cell.cell_type == "code"]
    tree = ast.parse("\n".join([*code, *answers(text)]))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sim"):
            assert node.module is not None
            names = {alias.name for alias in node.names}
            module = import_module(node.module)
            known = node.module in PUBLIC and names <= {*module.__all__, "insight", "figures"}
            assert known or {(node.module, name) for name in names} <= TOLD, ast.unparse(node)
        elif isinstance(node, ast.Import):
            assert not [alias.name for alias in node.names if alias.name.startswith("sim.")], ast.unparse(node)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sim":
            assert node.attr in sim.__all__, ast.unparse(node)


@every
@pytest.mark.filterwarnings("ignore")  # of the kernel's machinery; the notebook's own warnings stay in its cells
def test_notebook_runs(text: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(text.with_suffix(".ipynb"), as_version=4)
    drawing = sum("sim.figures" in cell.source for cell in notebook.cells if cell.cell_type == "code")
    notebook.cells += [new_code_cell(code) for code in answers(text)]
    NotebookClient(notebook, timeout=MOST_SECONDS, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    said = [out for out in outputs if out.get("name") == "stderr"]
    assert not said, f"{text.name} wrote to stderr: {said}"
    pictures = [out for out in outputs if "image/png" in out.get("data", {})]
    assert bool(pictures) == bool(drawing), "a figure is a picture in the notebook"
    assert not [out for out in outputs if "Picture size" in str(out.get("data", {})) and out not in pictures]
    asked = notebook.cells[len(written(text).cells) :]
    assert not [cell.source for cell in asked if not cell.outputs], "an answer in code shows something"
