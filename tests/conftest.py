"""How hypothesis searches: the same examples every time in CI, new ones elsewhere.

No deadline: the first call of a rule compiles it. What pytest's workers say of a terminal that is not there is taken
back, so that a test finds the same width in one process and in many.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True, deadline=None, database=None)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")
os.environ.pop("COLUMNS", None)
