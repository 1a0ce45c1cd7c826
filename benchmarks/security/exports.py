"""Everything that goemox writes, full of words that mean something to its readers: line 16 of the checklist.

    python benchmarks/security/exports.py [--every 3]

Words that a spreadsheet runs, a browser or Markdown takes for markup, or a terminal for orders go through
every writer as texts, ids, cells and names of columns, domains, labels, files and models; what comes out is
parsed as its reader would, and read back by goemox. Pages and pictures are drawn for every third word alone
and for all words joined. The page's own CSV and the report run in Chromium, where there is one.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "attacks"))
sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "report"))
sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "servers"))

import planted
from chromium import CHROMIUM, FLAGS
from exported import (
    figures_wrong,
    hostile_report,
    markdown_wrong,
    names_wrong,
    page_wrong,
    tables_wrong,
    terminal_wrong,
)
from hostile_words import WORDS, running_cells, steering
from lines import Line, publish

from goemox.data.cells import as_written
from goemox.report.page import render

ROOT = Path(__file__).parents[2]
WANTED = {
    "csv": "formula prefixed; round trip of text preserved",
    "page": "HTML escaped + CSP",
    "terminal": "control characters shown escaped",
}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--every", type=int, default=3)
    arguments = parser.parse_args()
    alone = [*WORDS[:: arguments.every], " ".join(WORDS)]
    n = len(WORDS)
    lines = [
        line("CSV, as texts, ids, cells and column names", "csv", n, tables_wrong("csv") + names_wrong()),
        line("JSON Lines and Parquet", "csv", n, tables_wrong("jsonl") + tables_wrong("parquet")),
        line("table and messages on a terminal", "terminal", n, terminal_wrong() + command_line_wrong()),
        line(
            "the report as a page", "page", len(alone),
            [w for word in alone for w in page_wrong(planted, word)],
        ),
        line(
            "the summary in Markdown", "page", len(alone),
            [w for word in alone for w in markdown_wrong(planted, word)],
        ),
        line(
            "figures as SVG files", "page", len(alone),
            [w for word in alone for w in figures_wrong(planted, word)],
        ),
    ]  # fmt: skip
    return publish("exports", [*lines, *in_chromium(alone)], sys.argv[1:])


def line(test: str, wanted: str, n: int, wrong: list[str]) -> Line:
    """A line of the checklist from what came out wrong."""
    return Line(
        16,
        f"{test}: {n} hostile words",
        WANTED[wanted],
        f"{len(wrong)} wrong of {n}",
        not wrong,
        {"words": n, "wrong": wrong[:20]},
    )


def command_line_wrong() -> list[str]:
    """Errors of the real command about files that are called by hostile words, and what it explains."""
    wrong = []
    with tempfile.TemporaryDirectory() as place:
        steered = Path(place) / "\x1b]0;title\x07\u202egnp.csv"
        steered.write_text("no,\x1b[31mcolumns\n1,2\n", "utf-8")
        for arguments in (
            ["predict", str(steered)],
            ["predict", str(steered), "--text-column", "\x1b[2J"],
            ["predict", "--model", f"{place}/\x1b[2J", "x"],
            ["explain", "\x1b[2Jthank you \u202eso much"],
        ):
            command = [sys.executable, "-m", "goemox", *arguments]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
            told = done.stderr + (done.stdout if arguments[0] == "explain" else "")
            wrong += [f"{arguments[0]}: {c!r}" for c in steering(told)]
    return wrong


def in_chromium(words: list[str]) -> list[Line]:
    """The page's own CSV, and the report, as a browser runs them; nothing where there is none."""
    if CHROMIUM is None:
        return []
    from playwright.sync_api import sync_playwright

    script = (ROOT / "src/goemox/serve/static/download.js").read_text("utf-8").replace("export ", "")
    whole = [word for word in WORDS if "\ud83d" not in word]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        cells = page.evaluate(f"(words) => {{ {script}; return words.map(csvCell); }}", whole)
        browser_says = [f"{cell!r} would run" for cell in running_cells(",".join(cells) + "\n")]
        back = _read(cells)
        lost = [f"{w!r} came back as {b!r}" for w, b in zip(whole, back, strict=True) if w != b]
        ran: list[str] = []
        page.expose_function("pwned", lambda: ran.append("pwned()"))
        page.on("dialog", lambda dialog: ran.append(dialog.message))
        page.on("request", lambda request: ran.append(request.url) if "evil" in request.url else None)
        with tempfile.TemporaryDirectory() as place:
            for number, word in enumerate(words[:: max(1, len(words) // 8)] + words[-1:]):
                file = Path(place) / f"{number}.html"
                file.write_text(render(hostile_report(planted, word)), "utf-8", "surrogatepass")
                page.goto(file.as_uri())
                page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        browser.close()
    return [
        line("the CSV that the server's page saves, in Chromium", "csv", len(whole), browser_says + lost),
        line("reports opened in Chromium, everything unfolded", "page", min(len(words), 10), ran),
    ]


def _read(cells: list[str]) -> list[str]:
    """The cells of one CSV record, as goemox reads them."""
    import csv
    import io

    (record,) = csv.reader(io.StringIO(",".join(cells) + "\n", newline=""))
    return [as_written(cell) for cell in record]


if __name__ == "__main__":
    sys.exit(main())
