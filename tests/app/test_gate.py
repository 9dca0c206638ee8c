"""Who is let in, by raw requests and sockets to a page that is served: nobody but the page itself, and for little."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from sim.app import serve
from sim.app.gate import LOOPBACK, MOST_BYTES, Gate, names_of

UPLOAD = {"method": "uploadInit", "args": [[{"name": "big", "size": 2**26, "type": ""}]], "tag": 1}


class Idle:
    """A compiler that has nothing to do."""

    kept, failed = True, ""

    def start(self) -> None:
        """Nothing."""

    def done(self) -> bool:
        """Never: nothing is played here."""
        return False


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a page that is served by this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serve, "Compiler", Idle)
        config = serve.configured("127.0.0.1", 0)
    held, server = config.bind_socket(), uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [held]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield held.getsockname()[1]
    server.should_exit = True
    thread.join()


def said(port: int, *lines: str, path: str = "/assets/style.css", method: str = "GET", body: bytes = b"") -> str:
    """What a request is answered with, head and body."""
    head = "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "Connection: close", "", ""])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
        wire.sendall(head.encode("latin-1") + body)
        parts = []
        while part := wire.recv(65536):
            parts.append(part)
    return b"".join(parts).decode("latin-1")


def status(answer: str) -> int:
    return int(answer.split()[1])


@pytest.mark.parametrize("name", LOOPBACK)
def test_the_page_answers_by_its_own_names(port: int, name: str) -> None:
    assert status(said(port, f"Host: {name}:{port}")) == 200
    assert status(said(port, f"Host: {name.upper()}:{port}", f"Origin: http://{name}:{port}")) == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:{other}", "localhost.evil.example:{port}",
     "127.0.0.1:{port}@evil.example", "[::ffff:127.0.0.1]:{port}", "0.0.0.0:{port}", "127.1:{port}"],
)  # fmt: skip
def test_another_host_is_refused_and_told_what_is_served(port: int, host: str) -> None:
    answer = said(port, f"Host: {host.format(port=port, other=port + 1)}")
    assert status(answer) == 421
    assert f"served at 127.0.0.1:{port}, localhost:{port}, [::1]:{port} only" in answer
    assert "content-security-policy" in answer
    assert "evil" not in answer


def test_a_second_host_is_no_way_in(port: int) -> None:
    assert status(said(port, f"Host: 127.0.0.1:{port}", "Host: evil.example")) in (400, 421)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "file://", "http://localhost:1", "https://{own}"])
def test_another_origin_is_refused(port: int, origin: str) -> None:
    own = f"127.0.0.1:{port}"
    assert status(said(port, f"Host: {own}", f"Origin: {origin.format(own=own)}")) == 403
    assert status(said(port, f"Host: {own}", f"Origin: http://{own}")) == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_files_are_for_the_page_alone_and_links_to_it_may_be_followed(port: int, site: str) -> None:
    lines = f"Host: 127.0.0.1:{port}", f"Sec-Fetch-Site: {site}"
    for path in ("/export/many.png?runs=1000", "/assets/page.js", "/"):
        assert status(said(port, *lines, "Sec-Fetch-Dest: image", path=path)) == 403
    assert status(said(port, *lines, "Sec-Fetch-Dest: iframe", "Sec-Fetch-Mode: navigate", path="/")) == 403
    assert status(said(port, *lines, "Sec-Fetch-Dest: document", "Sec-Fetch-Mode: navigate", path="/")) == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_is_taken_in(port: int, method: str) -> None:
    lines = f"Host: 127.0.0.1:{port}", "Content-Length: 3"
    assert status(said(port, *lines, path="/session/x/upload/1", method=method, body=b"abc")) == 405
    assert status(said(port, *lines, body=b"abc")) == 413
    assert status(said(port, lines[0], "Transfer-Encoding: chunked", body=b"3\r\nabc\r\n0\r\n\r\n")) == 413
    assert status(said(port, lines[0], path="/session/x/download/y")) == 404


def test_a_head_without_an_end_is_cut(port: int) -> None:
    try:
        assert status(said(port, f"Host: 127.0.0.1:{port}", f"X: {'x' * 2**17}")) == 400
    except ConnectionError:  # hung up while more was being sent
        assert status(said(port, f"Host: 127.0.0.1:{port}")) == 200


# Sockets


def opened(port: int, origin: str | None, host: str = "127.0.0.1") -> ClientConnection:
    """A page's socket."""
    return connect(f"ws://{host}:{port}/websocket/", origin=origin, open_timeout=20, max_size=None)  # type: ignore[arg-type]


def reads_on(wire: ClientConnection) -> bool:
    """Whether a socket is still open after all that it was sent."""
    try:
        while True:
            wire.recv(timeout=0.5)
    except TimeoutError:
        return True
    except ConnectionClosed:
        return False


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "file://", None, "http://127.0.0.1", "http://localhost:{port}"]
)
def test_a_socket_opens_to_the_page_itself_only(port: int, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused, opened(port, origin and origin.format(port=port)):
        pass
    assert refused.value.response.status_code == 403


def test_the_pages_own_socket_opens(port: int) -> None:
    with opened(port, f"http://127.0.0.1:{port}") as wire:
        assert "config" in json.loads(wire.recv(timeout=20))
        wire.send(json.dumps({"method": "init", "data": {"address": "view=about", ".clientdata_pixelratio": 1}}))
        assert reads_on(wire)


@pytest.mark.parametrize(
    "message",
    [json.dumps(UPLOAD), json.dumps({"method": "update", "data": {"other": 1}}), json.dumps({"method": "update"}),
     json.dumps({"method": "update", "data": {f".clientdata_{k}": 1 for k in range(400)}}), "[" * 5000, "x", b"\x00",
     "x" * (MOST_BYTES + 1)],
    ids=["an upload", "another value", "no values", "many values", "nested", "no JSON", "bytes", "too long"],
)  # fmt: skip
def test_what_no_page_sends_ends_its_session(port: int, message: Any) -> None:
    with opened(port, f"http://127.0.0.1:{port}") as wire:
        wire.send(message)
        assert not reads_on(wire)


def test_sessions_are_few_and_their_places_come_free(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.app.gate.MOST_SESSIONS", 2)
    origin = f"http://127.0.0.1:{port}"
    with opened(port, origin), opened(port, origin), pytest.raises(InvalidStatus), opened(port, origin):
        pass
    for _ in range(100):
        try:
            with opened(port, origin):
                return
        except InvalidStatus:  # the server has not seen yet that they left
            time.sleep(0.05)
    raise AssertionError("no place came free")


# Names


@pytest.mark.parametrize(
    ("host", "names"),
    [("127.0.0.1", LOOPBACK), ("::1", LOOPBACK), ("localhost", LOOPBACK), ("Desk.example", ("desk.example",)),
     ("fd00::1", ("[fd00::1]",)), ("0.0.0.0", (*LOOPBACK, socket.gethostname().lower()))],
)  # fmt: skip
def test_names_are_those_that_host_says(host: str, names: tuple[str, ...]) -> None:
    assert names_of(host) == names


def test_an_address_of_this_machine_that_a_connection_reached_is_served_too() -> None:
    gate = Gate(lambda *_: None, names_of("0.0.0.0"))  # type: ignore[arg-type,return-value]
    scope = {"type": "http", "method": "GET", "path": "/", "server": ("192.0.2.7", 8000)}
    for host, refused in (("192.0.2.7:8000", False), ("192.0.2.8:8000", True)):
        assert (gate.refused({**scope, "headers": [(b"host", host.encode())]}) is not None) == refused
