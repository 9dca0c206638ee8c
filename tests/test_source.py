"""The code that a process plays is known by the text that it was started with, or not at all."""

from __future__ import annotations

import hashlib
import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim import source
from sim.engines.agents import Member
from sim.engines.subclasses import described
from sim.scenario import ScenarioError
from sim.store import ResultsError
from sim.store.provenance import code_digest, code_files, packages


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of three files, just imported."""
    for name in ("rules/one.py", "data/one.csv", "figures/one.py", ".hidden.py", "__pycache__/one.py", "text.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / ".#one.py").symlink_to("nowhere")  # an editor's lock
    monkeypatch.setattr(source, "PACKAGE", str(tmp_path))
    monkeypatch.setattr(source, "_imported", source._stamps())
    monkeypatch.setattr(source, "_sums", {})
    return tmp_path


def test_every_file_of_the_package_has_its_checksum(package: Path) -> None:
    names = ["data/one.csv", "figures/one.py", "rules/one.py"]
    assert source.files() == {name: hashlib.sha256(name.encode()).hexdigest() for name in names}
    assert list(source.files(without=["figures"])) == ["data/one.csv", "rules/one.py"]
    assert list(code_files("figures")) == names
    assert list(code_files()) == ["data/one.csv", "rules/one.py"]
    assert code_digest() != code_digest("figures")


def test_line_ends_make_no_other_text(package: Path) -> None:
    for number, text in enumerate((b"a\nb\n", b"a\r\nb\r\n")):
        (package / f"{number}.py").write_bytes(text)
    assert len({source.checksum(str(package / f"{number}.py")) for number in (0, 1)}) == 1


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("change", ["written", "touched", "made", "removed"])
def test_a_file_that_changes_after_the_import_has_no_name_in_this_process(
    package: Path, known: bool, change: str
) -> None:
    if known:
        code_digest()
    one = package / "rules" / "one.py"
    if change == "written":
        one.write_text("rules/two.py")  # of the same length
        os.utime(one, ns=(1, one.stat().st_mtime_ns + 1))
    elif change == "touched":
        os.utime(one, ns=(1, 1))  # who can say what a module holds that was read in between
    elif change == "removed":
        one.unlink()
    else:
        one = package / "rules" / "new.py"
        one.write_text("")
    with pytest.raises(ResultsError) as caught:
        code_digest()
    assert str(caught.value).startswith(f"{one}: changed since this process imported it; allowed: to start Python anew")
    assert "\n" not in str(caught.value)


def test_what_only_looks_at_results_may_change(package: Path) -> None:
    before = code_digest()
    (package / "figures" / "one.py").write_text("other")
    assert code_digest() == before
    with pytest.raises(ResultsError):
        code_digest("figures")


def test_versions_are_those_that_are_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy

    monkeypatch.setattr("sim.store.provenance.version", lambda name: "of the disk")
    assert packages.__wrapped__()["numpy"] == numpy.__version__


# Agents of a user

CLASS = "from helping import share\nfrom sim.engines.agents import Member\n\nclass Own(Member):\n    want = share\n"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A module of agents, and one beside it that it uses."""
    (tmp_path / "own_class.py").write_text(CLASS)
    (tmp_path / "helping.py").write_text("def share(self):\n    return 0.01\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("own_class")
    for name in ("own_class", "helping"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("file", ["own_class.py", "helping.py"])
def test_agents_have_the_text_that_was_imported(own: Any, tmp_path: Path, file: str) -> None:
    agents = {"members": {"DEU": own.Own}}
    before = described(agents)["members.DEU"]["sha256"]
    path = tmp_path / file
    text = path.read_text()
    path.write_text(text.replace("0.01", "0.02") + "# other\n")
    with pytest.raises(ScenarioError, match=rf"members.DEU = Own: \S+{file}: changed since this process imported it"):
        described(agents)
    path.write_text(text)
    assert described(agents)["members.DEU"]["sha256"] == before


def test_agents_that_are_read_again_have_their_new_text(own: Any, tmp_path: Path) -> None:
    before = described({"members": {"DEU": own.Own}})
    (tmp_path / "own_class.py").write_text(CLASS + "# other\n")
    os.utime(tmp_path / "own_class.py", (1, 1))
    importlib.reload(own)
    assert described({"members": {"DEU": own.Own}}) != before


def test_a_class_without_a_file_can_be_made() -> None:
    made = type("Made", (Member,), {"__module__": "of_nowhere"})
    assert source.agents_text(made) == hashlib.sha256(b"").hexdigest()
