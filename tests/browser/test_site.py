"""The site from a disk: its search answers what was typed, although no worker may be started there."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.conftest import ROOT

# As the search does: the same objects again and again, with other contents; what comes back is changed as well.
WORKER = """onmessage = ({ data }) => {
    const answer = { got: [...data.words] };
    postMessage(answer);
    answer.got = [];
};"""
TYPED = """() => new Promise((done) => {
    const heard = [], one = new Worker('worker.js'), message = { words: [] };
    one.onmessage = ({ data }) => { heard.push(data.got.join('')); if (heard.length === 3) done(heard); };
    for (const letter of 'nat') { message.words.push(letter); one.postMessage(message); }
    message.words.length = 0;
})"""


def test_every_key_stroke_reaches_the_search_as_it_was_sent(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "offline.js").write_bytes((ROOT / "website" / "offline.js").read_bytes())
    (tmp_path / "worker.js").write_text(WORKER, encoding="utf-8")
    (tmp_path / "index.html").write_text('<!doctype html><body><script src="offline.js"></script>', encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    assert page.evaluate(TYPED) == ["n", "na", "nat"]
    page.close()
