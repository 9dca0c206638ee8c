"""Two tiny sweeps of this release, for tests/store/releases: what every later release has to open.

python -m trials.release        # writes tests/store/releases/VERSION/, which must not be there yet
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import sim

RELEASES = Path(__file__).parents[1] / "tests" / "store" / "releases"
HEAD = """name = "{name}"
title = "{name}"
question = "Does a later release open it?"
scenario = "us-policies"
seed = 7
replicates = 3
record = "{record}"
outcomes = ["european_share"]
measures = ["protected_members", "us_spending", "challenge_risk"]

[[levers]]
name = "policy"
[levers.choices."unconditional"]
"script.2026" = "unconditional"
[levers.choices."line"]
"script.2026" = "conditional-3.5"
"""
RANGE = """
[[uncertainties]]
name = "{key}"
key = "parameters.{key}"
low = {low}
high = {high}
"""
TEXTS = {
    "grid": HEAD.format(name="grid", record="years"),
    "screening": HEAD.format(name="screening", record="runs")
    + RANGE.format(key="thinning", low=0.2, high=1.0)
    + RANGE.format(key="lead_time", low=1, high=4)
    + '\n[design]\nkind = "morris"\npoints = 2\n',
}


def main() -> int:
    """Play both into the folder of this version."""
    into = RELEASES / sim.__version__
    if into.exists():
        sys.stderr.write(f"{into}: is there already; a release is stored once\n")
        return 2
    with TemporaryDirectory() as folder:
        for name, text in TEXTS.items():
            path = Path(folder) / f"{name}.toml"
            path.write_text(text)
            results = sim.sweep(sim.load_experiment(path), into, workers=1)
            (results.folder / "lock").unlink()
            print(results.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
