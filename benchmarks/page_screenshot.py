"""Makes docs/images/serve*.png: the page of `goemox serve` as a visitor sees it, in a real browser.

    python benchmarks/page_screenshot.py [--folder docs/images]

It starts a server of the bundled model on any free port, types a text, and reads a file of made-up comments.
Needs what `benchmarks/screenshot.py` needs, and the [serve] extra.
"""

from __future__ import annotations

import argparse
import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "servers"))

from chromium import CHROMIUM, FLAGS
from playwright.sync_api import Browser, Page, sync_playwright
from screenshot import reduced

DESKTOP, PHONE = (1180, 1010), (390, 844)
TEXT = "I love this, but why does it crash every time I save? I am so confused."
PARTS = (
    "Thank you so much!", "It keeps crashing.", "I am so sorry about that.", "Why does this happen?",
    "Great work, I love it.", "It works here.", "Build 4812 fails on aarch64.", "I am scared that it breaks.",
    "This is so annoying.", "Wow, that was fast.", "Can you send the log?", "Closing as duplicate.",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent.parent / "docs" / "images")
    folder = parser.parse_args().folder
    with serving() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        made = {
            "serve": one_text(opened(browser, address)),
            "serve-phone": one_text(opened(browser, address, PHONE, "dark")),
            "serve-file": a_file(opened(browser, address)),
        }
        browser.close()
    for name, png in made.items():
        small = reduced(png)
        (folder / f"{name}.png").write_bytes(small)
        print(f"{name}.png: {len(small) / 1e3:.0f} kB")
    return 0


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server that is stopped afterwards."""
    command = [sys.executable, "-m", "goemox", "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = re.search(r"http://\S+", process.stderr.readline())
        assert found is not None
        yield found[0]
        process.send_signal(signal.SIGINT)


def opened(
    browser: Browser,
    address: str,
    size: tuple[int, int] = DESKTOP,
    scheme: Literal["light", "dark"] = "light",
) -> Page:
    page = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, reduced_motion="reduce"
    ).new_page()
    page.goto(address)
    page.wait_for_selector("html[data-ready]", state="attached")
    return page


def one_text(page: Page) -> bytes:
    page.locator("#text").fill(TEXT)
    page.locator("#evidence-words", has_text="arried by").wait_for()
    page.locator("#text").blur()
    return page.screenshot()


def a_file(page: Page) -> bytes:
    page.locator("#tab-file").click()
    draw = random.Random(0)
    rows = [" ".join(draw.choices(PARTS, k=draw.randint(1, 3))) for _ in range(600)]
    file = "id,comment\n" + "".join(f'{i},"{row}"\n' for i, row in enumerate(rows))
    sent = {"name": "comments.csv", "mimeType": "text/csv", "buffer": file.encode()}
    page.locator("#file-input").set_input_files(sent)
    page.locator("#start").click()
    page.locator("#file-end", has_text="Done").wait_for(timeout=120_000)
    page.evaluate("document.activeElement.blur()")
    return page.screenshot()


if __name__ == "__main__":
    sys.exit(main())
