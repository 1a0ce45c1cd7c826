"""Makes docs/images/report.png: the first screen of a real report, in a real browser.

    python benchmarks/screenshot.py out/report.html

Needs playwright (in [dev]) and a Chromium on the path or in GOEMOX_CHROMIUM.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright


def main(report: Path) -> None:
    chromium = os.environ.get("GOEMOX_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    target = Path(__file__).parent.parent / "docs" / "images" / "report.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1180, "height": 1240}, color_scheme="light")
        page.goto(report.resolve().as_uri())
        page.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
