"""What can be wrong with a folder of results; every message is one line that says what to do.

::

    ResultsError        not what was asked for
      Damaged           bytes that are not those that were written
      FolderInUse       another process writes here
"""

from __future__ import annotations

__all__ = ["Damaged", "FolderInUse", "ResultsError"]


class ResultsError(ValueError):
    """A folder of results is not what it should be."""


class Damaged(ResultsError):
    """A file is not as it was written."""


class FolderInUse(ResultsError):
    """Another sweep writes into this folder."""
