"""The page on a port of this machine: Shiny, the files of the page, charts as files, and headers that keep it shut."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import webbrowser
from typing import TYPE_CHECKING, Any

import uvicorn
from shiny import App, ui
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sim.app.exports import Unknown, exported
from sim.app.gate import LOOPBACK, MOST_BYTES, Gate, names_of
from sim.app.histories import Compiler
from sim.app.page import PLACEHOLDER, SERVED, document
from sim.app.server import Served, read
from sim.scenario import ScenarioError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["POLICY", "application", "serve"]


def _hashes() -> str:
    """What the policy calls Shiny's own inline script, the one that there is."""
    scripts = re.findall(r"<script>(.*?)</script>", str(ui.busy_indicators.use()), re.S)
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()}'" for one in scripts)


# Only what comes from here is run, shown or talked to. Inline styles: where marks stand under a slider.
POLICY = (
    f"default-src 'self'; script-src 'self' {_hashes()}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY, "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
}  # fmt: skip

MOST_CONNECTIONS = 256  # open at a time


class Guarded:
    """An application whose answers all carry the headers."""

    def __init__(self, inner: ASGIApp) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message.get("headers", ()), *own]
            await send(message)

        await self.inner(scope, receive, sent)


def application(names: tuple[str, ...] = LOOPBACK) -> ASGIApp:
    """The whole page as an ASGI application that answers by these names; the engine begins to compile in a thread."""
    compiler = Compiler()
    compiler.start()
    page = App(_page, Served(compiler))
    routes = [
        Route("/export/{name}.{kind}", _export),
        Mount("/assets", StaticFiles(directory=SERVED)),
        Mount("/", page),
    ]
    return Guarded(Gate(Starlette(routes=routes), names))


def _page(request: Request) -> Any:
    return ui.page_html(document(*read(request.url.query)), deps_replace_pattern=PLACEHOLDER)


async def _export(request: Request) -> Response:
    """A chart or a scenario as a file; the address says which, and has to be understood as a whole."""
    name, kind = request.path_params["name"], request.path_params["kind"]
    state, notes = read(request.url.query)
    if notes:
        return PlainTextResponse("\n".join(notes), 404)
    try:
        made = await asyncio.to_thread(exported, name, kind, state)
    except (Unknown, ScenarioError) as error:
        return PlainTextResponse(str(error), 404)
    disposition = {"content-disposition": f'attachment; filename="{made.name}"'}
    return Response(made.content, media_type=made.type, headers=disposition)


def serve(host: str, port: int, browser: bool) -> None:
    """Serve until Ctrl-C.

    Raises:
        OSError: the port is taken, or the host is none of this machine's.
    """
    config = configured(host, port)
    try:
        held = config.bind_socket()
    except SystemExit:  # uvicorn has written why
        raise OSError(f"{host}:{port} cannot be served; another --port, or --host 127.0.0.1") from None
    held.listen()  # who opens the address before the server is up waits, instead of being refused
    address = f"http://{host if ':' not in host else f'[{host}]'}:{held.getsockname()[1]}"
    print(f"burdenshare at {address}  (Ctrl-C ends it)", flush=True)
    if browser:
        webbrowser.open(address)
    _run(uvicorn.Server(config), held)


def configured(host: str, port: int) -> uvicorn.Config:
    """How the page is served; requests, messages and connections have an end (h11 ends heads at 64 KiB)."""
    return uvicorn.Config(
        application(names_of(host)), host=host, port=port, log_level="warning", http="h11",
        ws_max_size=MOST_BYTES, ws_per_message_deflate=False, limit_concurrency=MOST_CONNECTIONS, proxy_headers=False,
        server_header=False,
    )  # fmt: skip


def _run(server: uvicorn.Server, held: Any) -> None:
    try:
        server.run(sockets=[held])
    except KeyboardInterrupt:
        return
