"""The Chromium of the machine, started once a session of tests, and the sizes that pages are tried in."""

from __future__ import annotations

import asyncio
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
STARTED: list[tuple] = []  # the driver of the session, its browser and its event loop
SIZES = {"desktop": (1280, 900), "phone": (390, 844), "small phone": (320, 640)}


def launched(request: pytest.FixtureRequest) -> Iterator[object]:
    """A browser, for a fixture of a module; skips where there is none.

    It is started once a session. Playwright leaves its event loop marked as the one that runs, which no other
    test could live with: between modules none is marked.
    """
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install 'goemox[dev]'"
    )
    if CHROMIUM is None:
        pytest.skip("no Chromium on PATH: install it or set GOEMOX_CHROMIUM")
    if STARTED and not STARTED[0][1].is_connected():
        _end()  # it died in another module
    if not STARTED:
        driver = playwright.sync_playwright().start()
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=WAIT)
        STARTED.append((driver, browser, asyncio.get_running_loop()))
        request.session.addfinalizer(_end)
    _, browser, loop = STARTED[0]
    asyncio._set_running_loop(loop)
    yield browser
    asyncio._set_running_loop(None)


def _end() -> None:
    if not STARTED:
        return
    driver, browser, loop = STARTED.pop()
    asyncio._set_running_loop(loop)
    browser.close()
    driver.stop()
    asyncio._set_running_loop(None)


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
