"""The command that serves the web page."""

from __future__ import annotations

from sim.cli.screen import note
from sim.scenario.errors import ScenarioError

__all__ = ["serve"]

OWN = ("127.0.0.1", "localhost", "::1")


def serve(host: str, port: int, browser: bool) -> None:
    """Serve the page; ScenarioError if what it needs is not there, or the port cannot be had."""
    try:
        from sim.app.serve import serve as run
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("shiny", "htmltools", "starlette", "uvicorn"):
            raise
        raise ScenarioError("the page needs Shiny, which is not here: pip install shiny") from None
    if host not in OWN:
        note(f"Warning: everybody who can reach {host} can open the page and make this machine compute.")
    try:
        run(host, port, browser)
    except OSError as error:
        raise ScenarioError(str(error)) from None
