"""Large objects on screen: what they are in one line, and a small table in a notebook."""

from __future__ import annotations

from html import escape
from typing import Any

__all__ = ["Shown"]


class Shown:
    """An object that says what it is by a few facts; its contents are for those who ask."""

    def _facts(self) -> dict[str, Any]:
        """Name -> value, the most telling first."""
        raise NotImplementedError

    def __repr__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self._facts().items())
        return f"{type(self).__name__}({facts})"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        """For notebooks."""
        facts = ((escape(name), escape(str(value))) for name, value in self._facts().items())
        rows = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in facts)
        return f"<table><caption>{escape(type(self).__name__)}</caption>{rows}</table>"
