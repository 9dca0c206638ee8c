"""What was built, looked at as a browser would: every link leads somewhere, and nothing comes from another host."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

__all__ = ["Page", "read", "wrong"]

# Attributes that make a browser fetch something at once. A link that a reader may follow is another matter.
FETCHED = {
    ("audio", "src"), ("embed", "src"), ("iframe", "src"), ("image", "href"), ("img", "src"), ("img", "srcset"),
    ("input", "src"), ("object", "data"), ("script", "src"), ("source", "src"), ("source", "srcset"),
    ("use", "href"), ("video", "poster"), ("video", "src"),
}  # fmt: skip
FETCHING_LINKS = {"stylesheet", "preconnect", "dns-prefetch", "preload", "prefetch", "modulepreload", "icon"}
IN_STYLES = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")


class Page(HTMLParser):
    """The anchors, links and resources of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.resources: list[str] = []
        self._style = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        self._style = tag == "style"
        self._note_styles(given.get("style", ""))
        self.resources += [value for name, value in given.items() if (tag, name) in FETCHED]
        if tag == "link" and FETCHING_LINKS & set(given.get("rel", "").split()):
            self.resources.append(given.get("href", ""))
        if tag == "a" and "href" in given:
            self.links.append(given["href"])

    def handle_data(self, data: str) -> None:
        if self._style:
            self._note_styles(data)

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def _note_styles(self, text: str) -> None:
        self.resources += [one or other for one, other in IN_STYLES.findall(text)]


@cache
def read(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


def wrong(site: Path) -> list[str]:
    """One line for every link that leads nowhere, and for every resource that is not in the site."""
    pages = sorted(site.rglob("*.html"))
    found = [f"{path.relative_to(site)}: {one}" for path in pages for one in _of_page(path, site)]
    for path in sorted(site.rglob("*.css")):
        named = (one or other for one, other in IN_STYLES.findall(path.read_text(encoding="utf-8")))
        found += [f"{path.relative_to(site)}: {one}: from another host" for one in named if _abroad(one)]
    return found


def _of_page(path: Path, site: Path) -> list[str]:
    if path.name == "404.html":  # served at any address, so its links are absolute
        return [f"{one}: from another host" for one in read(path).resources if _abroad(one)]
    page = read(path)
    found = [f"{one}: from another host" for one in page.resources if _abroad(one)]
    targets = [one for one in page.resources if not _abroad(one)] + page.links
    return found + [f"{one}: {why}" for one in dict.fromkeys(targets) if (why := _missing(one, path, site))]


def _abroad(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme in ("http", "https")


def _missing(address: str, path: Path, site: Path) -> str:
    """Why an address leads nowhere; nothing if it leads somewhere, or away from the site."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return ""
    to = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    to = to / "index.html" if to.is_dir() else to
    if not to.is_relative_to(site.resolve()) and to != path:
        return "outside the site"
    if not to.is_file():
        return "no such file"
    if parts.fragment and to.suffix == ".html" and unquote(parts.fragment) not in read(to).anchors:
        return "no such heading"
    return ""
