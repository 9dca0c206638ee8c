"""What can be wrong with a folder of results; every message is one line that says what to do.

::

    ResultsError        not what was asked for
      Damaged           bytes that are not those that were written
      FolderInUse       another process writes here
      OtherVersion      written by a version or by code that this one can read, and neither play nor go on with
"""

from __future__ import annotations

from sim.scenario.errors import one_line

__all__ = ["Damaged", "FolderInUse", "OtherVersion", "ResultsError"]


class ResultsError(ValueError):
    """A folder of results is not what it should be."""

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


class Damaged(ResultsError):
    """A file is not as it was written."""


class FolderInUse(ResultsError):
    """Another sweep writes into this folder."""


class OtherVersion(ResultsError):
    """Results of another version, of which this asks more than reading."""
