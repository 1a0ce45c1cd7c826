"""Makes docs/images: a real report as a reader sees it, in a real browser with no network.

    python benchmarks/screenshot.py [REPORT] [--naive DIR] [--comparison FILE] [--folder DIR] [--only NAME …]

Where no report is named, one is made of the data sets in GOEMOX_DATA, in some minutes. The first screen on a
desk, in the dark and on a phone, and one picture of each figure that docs/report.md shows. What a report does
not have is skipped with a message; a picture that was there stays. PNGs are reduced to a palette where Pillow
is installed. Needs playwright (in [dev]) and a Chromium on the path or in GOEMOX_CHROMIUM. Exit code 1 where
all pictures together are larger than LIMIT.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "servers"))

from chromium import CHROMIUM, FLAGS
from playwright.sync_api import Browser, Page, sync_playwright

LIMIT = 1_400_000  # bytes of all pictures together
COLOURS = 96  # of a palette; text and flat areas need no more
MARGIN = 12  # pixels round a figure
TALLEST = 1_100  # pixels; of a longer figure the top is shown
SHARP = 1.3  # device pixels per pixel of a figure


FIGURES = {  # name of the picture: the first figure whose id fits is taken
    "baselines": r"fig-baselines",
    "label-scores": r"fig-label-scores",
    "strips": r"fig-strips",
    "confusion": r"fig-confusion-multi-label",
    "co-occurrence": r"fig-together",
    "groups": r"fig-groups",
    "labels": r"fig-labels",
    "words": r"fig-words",
    "timeline": r"fig-time-\d+",
    "breakdown": r"fig-by-group-\d+",
    "likeness": r"fig-jensen-shannon",
    "confidence": r"fig-confidence",
    "ridge": r"fig-distance",
    "map": r"fig-map",
    "calibration": r"fig-reliability",
    "ladder": r"fig-ladder",
    "two-models": r"fig-two-models",
    "rules": r"fig-rules",
}
SETTLED = """async () => {
    const laid = () => !document.querySelector(".by-and-by section:not(.laid)");
    for (let tries = 0; tries < 100 && !laid(); tries += 1) await new Promise((go) => setTimeout(go, 50));
}"""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("report", type=Path, nargs="?")
    parser.add_argument(
        "--naive", type=Path, help="a naive model of `goemox reproduce`, for the study made here"
    )
    parser.add_argument("--comparison", type=Path, help="a page of `goemox report --compare`")
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent.parent / "docs" / "images")
    parser.add_argument("--only", nargs="+", help="names of pictures")
    arguments = parser.parse_args()
    if arguments.report is None:
        arguments.report, arguments.comparison = studied(arguments.naive)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        made = pictures(browser, arguments.report, arguments.comparison, arguments.only)
        browser.close()
    for name, png in made.items():
        small = reduced(png)
        (arguments.folder / f"{name}.png").write_bytes(small)
        print(f"{name}.png: {len(small) / 1e3:.0f} kB")
    together = sum(path.stat().st_size for path in arguments.folder.glob("*.png"))
    print(f"{arguments.folder}: {together / 1e6:.2f} MB of {LIMIT / 1e6:.1f} MB")
    return 0 if together <= LIMIT else 1


def studied(naive: Path | None) -> tuple[Path, Path | None]:
    """A report of GoEmotions test and two kinds of titles; with a naive model, a comparison with it."""
    data, folder = os.environ.get("GOEMOX_DATA"), Path(__file__).parent.parent / "build" / "screenshots"
    if data is None:
        raise SystemExit("name a report, or set GOEMOX_DATA to the folder of the data sets")
    texts = (
        "--offline", "--data", f"{data}/goemotions",
        "--domain", f"titles={data}/hackernews/titles_2026.jsonl",
        "--domain", f"issues={data}/github_issues/titles.jsonl",
    )  # fmt: skip
    report, before = folder / "report", folder / "naive"
    goemox("study", *texts, "--group-by", "repo", *(("--naive", naive) if naive else ()), "-o", report)
    if naive is None:
        return report / "report.html", None
    goemox("study", *texts, "--model", naive, "-o", before)
    goemox("report", "--compare", before, report)
    return report / "report.html", report / "comparison.html"


def goemox(*arguments: str | Path) -> None:
    """Run a command of this environment's goemox; its words are the caller's, and its failure the end."""
    command = [sys.executable, "-m", "goemox", *map(str, arguments)]
    if code := subprocess.run(command, check=False, stdout=sys.stderr).returncode:
        raise SystemExit(code)


def pictures(
    browser: Browser, report: Path, comparison: Path | None, only: list[str] | None
) -> dict[str, bytes]:
    """{name: PNG} of all that the report has."""
    asked = {
        "report": lambda: screen(browser, report, 1180, 1240),
        "report-dark": lambda: screen(browser, report, 1180, 820, scheme="dark"),
        "report-phone": lambda: screen(browser, report, 390, 844),
    }
    if comparison:
        asked["comparison"] = lambda: screen(browser, comparison, 1180, 1240)
    wanted = set(only or [*asked, *FIGURES])
    if unknown := wanted - {*asked, *FIGURES}:
        raise SystemExit(f"no such picture: {', '.join(sorted(unknown))}")
    made = {name: take() for name, take in asked.items() if name in wanted}
    page = opened(browser, report, 1180, 900, scale=SHARP)
    for name, pattern in FIGURES.items():
        if name in wanted:
            png = figure(page, pattern)
            if png is None:
                print(f"{name}: skipped, this report has no such figure")
            else:
                made[name] = png
    page.context.close()
    return made


def opened(
    browser: Browser, page_file: Path, width: int, height: int, *, scheme: Any = "light", scale: float = 1.0
) -> Page:
    """The page in a context of its own, with no network."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        device_scale_factor=scale,
        offline=True,
    )
    page = context.new_page()
    page.goto(page_file.resolve().as_uri())
    page.evaluate(SETTLED)
    return page


def screen(browser: Browser, page_file: Path, width: int, height: int, scheme: str = "light") -> bytes:
    """What stands in the window before anybody scrolls."""
    page = opened(browser, page_file, width, height, scheme=scheme)
    png = page.screenshot()
    page.context.close()
    return png


def figure(page: Page, pattern: str) -> bytes | None:
    """The figure with its title and sentence, without its table and buttons; None = not there."""
    box = page.evaluate(
        """(pattern) => {
            const fits = new RegExp(`^(?:${pattern})$`);
            const found = [...document.querySelectorAll("main figure")].find((each) => fits.test(each.id));
            if (!found?.querySelector("svg")) return null;
            found.querySelectorAll(".foot, details.more").forEach((part) => { part.style.display = "none"; });
            const parts = [...found.querySelectorAll("figcaption > *, .note, svg")]
                .filter((part) => part.checkVisibility()).map((part) => part.getBoundingClientRect());
            const { left, top } = found.getBoundingClientRect();
            const right = Math.max(...parts.map((box) => box.right));
            const bottom = Math.max(...parts.map((box) => box.bottom));
            return { x: left + scrollX, y: top + scrollY, width: right - left, height: bottom - top };
        }""",
        pattern,
    )
    if box is None:
        return None
    clip = {
        "x": max(0.0, box["x"] - MARGIN),
        "y": box["y"] - MARGIN,
        "width": box["width"] + 2 * MARGIN,
        "height": min(box["height"] + 2 * MARGIN, TALLEST),
    }
    return page.screenshot(full_page=True, clip=clip)


def reduced(png: bytes) -> bytes:
    """The same picture with a palette of COLOURS, where Pillow is at hand; else as it is."""
    try:
        from PIL import Image
    except ImportError:
        return png
    small = io.BytesIO()
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        small, "PNG", optimize=True
    )
    return min(png, small.getvalue(), key=len)


if __name__ == "__main__":
    sys.exit(main())
