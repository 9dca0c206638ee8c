"""python -m website [FOLDER]: build the site, into site/ unless told otherwise. Any warning is an error."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from website.assemble import ROOT, assemble
from website.built import wrong

__all__ = ["build", "main"]


def build(into: Path, work: Path) -> int:
    """Build the site in a folder for work; returns its number of pages, SystemExit if anything is amiss."""
    pages = assemble(work / "docs")
    for name in ("style.css", "offline.js"):
        shutil.copyfile(ROOT / "website" / name, work / "docs" / name)
    shutil.copyfile(ROOT / "zensical.toml", work / "zensical.toml")
    shutil.rmtree(work / "site", ignore_errors=True)
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean", "-f", str(work / "zensical.toml")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    if done.returncode or "warning" in said.lower() or "could not be found" in said:
        raise SystemExit(f"zensical:\n{said}")
    _search_from_disk(work / "site")
    if found := wrong(work / "site"):
        raise SystemExit("\n".join(["the site has links that lead nowhere, or needs another host:", *found]))
    shutil.rmtree(into, ignore_errors=True)
    shutil.move(work / "site", into)
    return len(pages)


def _search_from_disk(site: Path) -> None:
    """The index of the search as a script too: a page that is opened from a disk may read no other file.

    Zensical's own plugin for this takes a script from another host; website/offline.js stands in for that.
    """
    index = (site / "search.json").read_text(encoding="utf-8")
    (site / "search.js").write_text(f"var __index = {index}", encoding="utf-8")


def main() -> None:
    into = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT / "site"
    began = time.perf_counter()
    pages = build(into, ROOT / "build" / "pages")
    print(f"{pages} pages in {time.perf_counter() - began:.0f} s: {into / 'index.html'}")


if __name__ == "__main__":
    main()
