"""Milliseconds from a key, or from pasting, to the results on the agents' page, in Chromium on this machine."""

from __future__ import annotations

import argparse
import shutil

from playwright.sync_api import sync_playwright

from benchmarks.queries import golden_texts, show
from benchmarks.serving import require_index, service

# Notes when the text was last changed, and how long after that its answer (which the title names) was painted.
WATCH = """() => { window.took = []; const box = document.getElementById("query"); let changed = 0;
  box.addEventListener("input", (event) => { changed = event.timeStamp; }, true);
  const ask = window.fetch; window.fetch = async (...args) => { const answer = await ask(...args);
    if (args[0] === "/v1/suggestions") answer.clone().json().then((body) => { window.service = body.took_ms; });
    return answer; };
  new MutationObserver(() => { if (document.title.startsWith(box.value.trim().slice(0, 40)))
    requestAnimationFrame(() => window.took.push(performance.now() - changed)); })
    .observe(document.querySelector("title"), {childList: true}); }"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--texts", type=int, default=105, help="how many are typed, and as many pasted")
    chromium = shutil.which("chromium")
    parser.add_argument("--chromium", default=chromium, help="its path; playwright's own without one")


def run(asked: argparse.Namespace) -> None:
    """As an agent would: each text typed at ten keys a second, then another pasted; the pause in typing is included."""
    require_index()
    texts = [text for text in golden_texts() if 4 <= len(text) <= 16][::5][: 2 * asked.texts]
    took: dict[str, list[float]] = {"first key": [], "last key": [], "paste": []}
    rest: list[float] = []
    with service() as (url, _, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=asked.chromium, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(base_url=url, permissions=["clipboard-read", "clipboard-write"])
        shown = context.new_page()
        for number, (typed, pasted) in enumerate(zip(texts[::2], texts[1::2], strict=True)):
            for way, keys in (("first key", typed[0]), ("last key", typed), ("paste", pasted)):
                shown.goto("/")
                shown.evaluate(WATCH)
                if way == "paste":
                    shown.evaluate("text => navigator.clipboard.writeText(text)", keys)
                    shown.locator("#query").press("Control+V")
                else:
                    shown.locator("#query").press_sequentially(keys, delay=100)
                shown.wait_for_function("text => document.title.startsWith(text)", arg=keys.strip()[:40])
                shown.wait_for_function("() => window.took.length > 0")
                shown.wait_for_timeout(50)
                if number >= 5:  # the first ones warm up
                    took[way].append(shown.evaluate("window.took.at(-1)"))
                if number >= 5 and way == "paste":
                    rest.append(took[way][-1] - shown.evaluate("window.service"))
        browser.close()
    for way, values in took.items():
        within = sum(value < 100 for value in values) / len(values)
        show(f"results after {way}, ms ({within:.0%} under 100)", values)
    show("after paste, all but the service's own time, ms", rest)
