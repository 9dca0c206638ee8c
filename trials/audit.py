"""``python -m trials.audit``: whether a release of requirements.lock has a published vulnerability, by pip-audit.

The lock holds for several systems and versions of Python; all its releases are asked for, not only those of this
machine. Exit code 1 for a vulnerability. A release that the service does not know, or a service that does not answer,
is said and passes: a machine without a network can do no better.
"""

from __future__ import annotations

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from packaging.version import Version
from pip_audit._service import PyPIService
from pip_audit._service.interface import ConnectionError, ResolvedDependency, ServiceError

LOCK = Path(__file__).parents[1] / "requirements.lock"


class NewestToo:
    """A session that asks a project's own page where a release has none, and takes it if that release is the newest.

    Some mirrors have the first kind of page only.
    """

    def __init__(self, session: Any) -> None:
        self.session = session

    def get(self, url: str, timeout: int | None = None) -> Any:
        """The release's page, or the project's; the first answer, if neither is there."""
        answer = self.session.get(url, timeout=timeout)
        if answer.status_code == 404:
            project, version, _ = url.rsplit("/", 2)
            newest = self.session.get(f"{project}/json", timeout=timeout)
            if newest.ok and newest.json()["info"]["version"] == version:
                return newest
        return answer


def pinned(text: str) -> list[ResolvedDependency]:
    """Every release of a lock, whatever system it is for."""
    pins = re.findall(r"^([\w.-]+)==([^ \\;]+)", text, re.M)
    return [ResolvedDependency(name, Version(version)) for name, version in pins]


def ask(service: PyPIService, release: ResolvedDependency) -> list[str] | None:
    """Published vulnerabilities of a release; None if it could not be looked up."""
    try:
        found, known = service.query(release)
    except (ConnectionError, ServiceError, OSError, ValueError):
        return None
    if found.is_skipped():
        return None
    fixed = {one.id: ", ".join(map(str, one.fix_versions)) or "nothing yet" for one in known}
    return [f"{release.name} {release.version}: {key}, mended in {there}" for key, there in fixed.items()]


def main() -> int:
    """The audit, on standard output."""
    service = PyPIService(timeout=20)
    service.session = NewestToo(service.session)
    releases = pinned(LOCK.read_text(encoding="utf-8"))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda release: ask(service, release), releases))
    missing = [f"{one.name} {one.version}" for one, answer in zip(releases, answers, strict=True) if answer is None]
    vulnerable = [line for answer in answers for line in answer or []]
    print(f"audit: {len(releases) - len(missing)} of {len(releases)} locked releases looked up, vulnerable: ", end="")
    print("; ".join(vulnerable) or "none")
    if missing:
        print(f"audit: NOT looked up: {', '.join(missing)}")
    return bool(vulnerable)


if __name__ == "__main__":
    sys.exit(main())
