"""Who is let in: browsers that ask for the page by an address it is served at, from the page itself, and for little.

A browser sends any web page's requests to this machine too. What gives them away is the name they ask for (`Host`; a
foreign name may be led here by DNS rebinding) and the page they come from (`Origin`, `Sec-Fetch-Site`).
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["LOOPBACK", "MOST_BYTES", "MOST_SESSIONS", "Gate", "names_of"]

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
EVERYWHERE = ("0.0.0.0", "::", "")
MOST_SESSIONS = 32
MOST_BYTES = 2**16  # of one message of a page
MOST_NAMES = 300  # of values that one page sends; Shiny's own script sends some for each output
INPUTS = ("address", "widths", "swap", "keep", "find-term")
OWN = (".clientdata_", "control-")  # what Shiny's script tells of itself, and of every control that it finds
Refusal = tuple[int, str]


def names_of(host: str) -> tuple[str, ...]:
    """Names by which a page that is served at a host may be asked for, besides the address a connection reached."""
    if host in EVERYWHERE:
        return (*LOOPBACK, platform.node().lower())
    name = f"[{host}]" if ":" in host else host.lower()
    return LOOPBACK if name in LOOPBACK else (name,)


class Gate:
    """An application that answers only requests of its own page, and few sessions at a time."""

    def __init__(self, inner: ASGIApp, names: tuple[str, ...] = LOOPBACK) -> None:
        self.inner = inner
        self.names = names
        self.sessions = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            refused = self.refused(scope)
            answer = self.inner if refused is None else PlainTextResponse(refused[1] + "\n", refused[0])
            await answer(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._session(scope, receive, send)
        else:
            await self.inner(scope, receive, send)

    def refused(self, scope: Scope) -> Refusal | None:
        """Status and reason for a request that is not answered; None for one that is."""
        headers, hosts = _headers(scope), self._hosts(scope)
        host, origin = headers.get("host", "").lower(), headers.get("origin")
        if host not in hosts:
            return 421, f"This page is served at {', '.join(hosts)} only."
        if (origin is None and scope["type"] == "websocket") or origin not in (None, f"http://{host}"):
            return 403, f"Only pages of http://{host} may ask for this."
        return None if scope["type"] == "websocket" else _excess(scope, headers)

    def _hosts(self, scope: Scope) -> list[str]:
        """What `Host` may say: the names, and the address that the connection reached, each with the port."""
        address, port = scope["server"][0].partition("%")[0], scope["server"][1]
        names = dict.fromkeys([*self.names, f"[{address}]" if ":" in address else address])
        return [f"{name}:{port}" for name in names] + (list(names) if port == 80 else [])

    async def _session(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One page's socket; closed before it opens where it is refused, and when it sends what no page sends."""
        if self.refused(scope) or self.sessions >= MOST_SESSIONS:
            await receive()
            await send({"type": "websocket.close", "code": 1013})
            return
        self.sessions += 1
        try:
            await self.inner(scope, _Checked(receive, send), send)
        finally:
            self.sessions -= 1


class _Checked:
    """What a socket receives, as far as a page of ours sends it; anything else ends the session."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self.receive, self.send = receive, send
        self.names: set[str] = set()

    async def __call__(self) -> Message:
        message = await self.receive()
        if message["type"] != "websocket.receive" or self._known(message.get("text")):
            return message
        await self.send({"type": "websocket.close", "code": 1008})
        return {"type": "websocket.disconnect", "code": 1008}

    def _known(self, text: str | None) -> bool:
        """Whether this is a message of Shiny's script with values of our page; uploads are none."""
        try:
            told: Any = json.loads(text or "")
        except (ValueError, RecursionError):
            return False
        if not isinstance(told, dict) or told.get("method") not in ("init", "update"):
            return False
        values = told.get("data")
        self.names |= set(values) if isinstance(values, dict) else {""}
        names_known = all(name.partition(":")[0] in INPUTS or name.startswith(OWN) for name in self.names)
        return names_known and len(self.names) <= MOST_NAMES


def _headers(scope: Scope) -> dict[str, str]:
    """Name -> value; of a header that came twice, both, which is nothing that is allowed."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _excess(scope: Scope, headers: Mapping[str, str]) -> Refusal | None:
    """Status and reason where a request asks for more than a page and its files."""
    if scope["method"] not in ("GET", "HEAD"):
        return 405, "Only GET and HEAD are answered."
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        return 413, "A request here has no body."
    if scope["path"].startswith("/session/"):
        return 404, "Nothing is uploaded or kept here."
    opened = scope["path"] == "/" and headers.get("sec-fetch-dest") == "document"  # a link that somebody followed
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and not opened:
        return 403, "Only this page itself may ask for its files."
    return None
