"""The Chromium of the machine, started once a module of tests, and the sizes that pages are tried in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

__all__ = ["CHROMIUM", "FLAGS", "SIZES", "WAIT", "launched", "watched"]

# The shell is Chromium without windows: the same pages and scripts for half the processor's time.
KINDS = ("chromium-headless-shell", "chromium", "google-chrome")
CHROMIUM = os.environ.get("GOEMOX_CHROMIUM") or next(filter(None, map(shutil.which, KINDS)), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WAIT = 120_000  # milliseconds; a shared machine may be slow
SIZES = {"desktop": (1280, 900), "phone": (390, 844), "small phone": (320, 640)}


def launched() -> Iterator[object]:
    """A browser, for a fixture; skips where there is none."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install 'goemox[dev]'"
    )
    if CHROMIUM is None:
        pytest.skip("no Chromium on PATH: install it or set GOEMOX_CHROMIUM")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=WAIT)
        yield browser
        browser.close()


def watched(context) -> SimpleNamespace:
    """A new page of a browser context; `wrong` collects console errors, `asked` all requests."""
    context.set_default_timeout(WAIT)
    page = context.new_page()
    wrong, asked = [], []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    return SimpleNamespace(page=page, wrong=wrong, asked=asked)


# Its place once it stays for three frames: scrolling to it has ended, or there was none.
SETTLED = """(one) => new Promise((found) => {
    let [last, same] = [NaN, 0];
    const look = () => {
        const { x, y, width, height } = one.getBoundingClientRect();
        same = y === last ? same + 1 : 0;
        last = y;
        if (same > 2) found({ x, y, width, height }); else requestAnimationFrame(look);
    };
    look();
})"""


def settled(mark) -> dict[str, float]:
    """Where a part of the page is in the window, once it no longer moves."""
    return mark.evaluate(SETTLED)
