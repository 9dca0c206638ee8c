"""The audit of locked releases: a vulnerability ends it, a service that does not answer is said."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("pip_audit")

import requests
from packaging.version import Version
from pip_audit._service import PyPIService
from pip_audit._service.interface import ResolvedDependency

from trials import audit

WEAK = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fixed_in": ["2.0"], "summary": "weak"}


class Pages:
    """A session with pages of its own; a key is the end of an address."""

    def __init__(self, pages: dict[str, Any]) -> None:
        self.pages = pages

    def get(self, url: str, timeout: int | None = None) -> requests.Response:
        answer = requests.Response()
        found = next((page for end, page in self.pages.items() if url.endswith(end)), None)
        answer.status_code = 404 if found is None else 200
        answer.json = lambda **_: found  # type: ignore[method-assign]
        return answer


def service(pages: dict[str, Any]) -> PyPIService:
    made = PyPIService()
    made.session = audit.NewestToo(Pages(pages))
    return made


def page(version: str, *found: dict[str, Any]) -> dict[str, Any]:
    return {"info": {"version": version}, "vulnerabilities": list(found)}


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ({"/soft/1.0/json": page("1.0")}, []),
        ({"/soft/1.0/json": page("1.0", WEAK)}, ["soft 1.0: PYSEC-1, mended in 2.0"]),
        ({"/soft/json": page("1.0", WEAK)}, ["soft 1.0: PYSEC-1, mended in 2.0"]),
        ({"/soft/json": page("2.0")}, None),  # says nothing of 1.0
        ({}, None),
    ],
)
def test_a_release_is_looked_up_on_its_page_or_as_the_newest(pages: dict[str, Any], expected: list[str] | None) -> None:
    assert audit.ask(service(pages), ResolvedDependency("soft", Version("1.0"))) == expected


def test_releases_for_every_system_are_pinned() -> None:
    text = 'soft==1.0 ; sys_platform == "win32" \\\n    --hash=sha256:00\nhard==2.0 \\\n    --hash=sha256:11\n'
    assert [(one.name, str(one.version)) for one in audit.pinned(text)] == [("soft", "1.0"), ("hard", "2.0")]


@pytest.mark.parametrize(
    ("answer", "code", "line"),
    [([], 0, "vulnerable: none"), (["soft 1.0: X"], 1, "soft 1.0: X"), (None, 0, "NOT looked up")],
)
def test_a_vulnerability_fails_and_silence_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: list[str] | None, code: int, line: str
) -> None:
    monkeypatch.setattr(audit, "ask", lambda *_: answer)
    assert audit.main() == code
    assert line in capsys.readouterr().out
