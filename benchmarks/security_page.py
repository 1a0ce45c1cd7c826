"""docs/security.md from results/security/*.json: the checklist, what was measured, and by which command.

    python benchmarks/security_page.py [--check]

--check writes nothing and fails where the page is not what the files say. `make security` measures all of it
again first.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results" / "security"
PAGE = Path(__file__).parent.parent / "docs" / "security.md"

PARTS = (  # numbers of the checklist, in words
    ("Model folders", range(1, 5)),
    ("Requests", range(5, 11)),
    ("Load", range(11, 13)),
    ("Doors", range(13, 16)),
    ("What goes out", range(16, 18)),
    ("Texts", range(18, 20)),
    ("Files and sources", range(20, 23)),
    ("All of it", range(23, 26)),
)

HEAD = """# What keeps goemox safe, measured

<!-- made by: python benchmarks/security_page.py -->

The checklist was set before the server was built, from what other model servers promise and where they
fell. Every line is a script that attacks the real thing (a server process, raw sockets, real files), and
fails where the figure is not kept; a small version of each runs with the tests.

{summary}

**Promised.** Who may not call is refused before the body is read; a body or a head that is too large or too
slow costs others neither memory nor time; bad input gets a short answer that repeats nothing of it; no text
is kept or logged; nothing in a model folder is run; exports cannot run in a
browser, nor in a spreadsheet that reads them with the separator that they have.

**Not promised.** The server speaks plain HTTP: TLS, and limits for each visitor, are a proxy's. Whoever has
the token may use up the queue. A model folder decides what its labels mean, and an ONNX graph from a stranger
is parsed by onnxruntime, in no sandbox. More in [SECURITY.md](../SECURITY.md).

```
make security
```

measures all of it again but what takes long, and writes this page. Each line's script can be run by itself.
"""


def main() -> int:
    page = render()
    if "--check" in sys.argv[1:]:
        same = PAGE.exists() and PAGE.read_text("utf-8") == page
        print(f"docs/security.md is {'up to date' if same else 'out of date: run this without --check'}")
        return 0 if same else 1
    PAGE.write_text(page, encoding="utf-8", newline="\n")
    return 0


def render() -> str:
    """The whole page."""
    lines = measured()
    held = sum(line["holds"] for line in lines)
    numbers = {line["number"] for line in lines}
    missing = [str(number) for _, part in PARTS for number in part if number not in numbers]
    summary = (
        f"{held} of {len(lines)} lines hold; of the checklist's 25 numbers, {len(numbers)} are measured."
    )
    if missing:
        summary += f" Not measured: {', '.join(missing)}."
    page = HEAD.format(summary=summary)
    for title, part in PARTS:
        here = [line for line in lines if line["number"] in part]
        if here:
            page += f"\n## {title}\n\n| # | test | pass | measured | | script |\n|---|---|---|---|---|---|\n"
            page += "".join(map(row, here))
    return page + fails(lines) + where()


def measured() -> list[dict[str, Any]]:
    """All lines of all files, by number."""
    found = []
    for path in sorted(RESULTS.glob("*.json")):
        content = json.loads(path.read_text("utf-8"))
        found += [{**line, "script": path.stem} for line in content["lines"]]
    return sorted(found, key=lambda line: line["number"])


def fails(lines: list[dict[str, Any]]) -> str:
    """Each line that does not hold, with the reason."""
    found = [line for line in lines if not line["holds"]]
    if not found:
        return ""
    told = [
        f"- {line['number']}, {line['test']}: {line.get('why', 'the reason is not known')}.\n"
        for line in found
    ]
    return "\n## What does not hold\n\n" + "".join(told)


def row(line: dict[str, Any]) -> str:
    words = [cell(str(line[name])) for name in ("test", "pass", "measured")]
    verdict = "holds" if line["holds"] else "**does not hold**"
    link = f"[{line['script']}](../benchmarks/results/security/{line['script']}.json)"
    return f"| {line['number']} | {' | '.join(words)} | {verdict} | {link} |\n"


def cell(words: str) -> str:
    """Words that cannot end a cell, nor begin markup."""
    return words.replace("\n", " ").replace("|", "\\|").replace("<", "&lt;")


def where() -> str:
    """Command, day and machine of each file."""
    page = "\n## Where it was measured\n\n| command | day | machine |\n|---|---|---|\n"
    for path in sorted(RESULTS.glob("*.json")):
        content = json.loads(path.read_text("utf-8"))
        page += f"| `{content['command']}` | {content['date']} | {cell(content['machine'])} |\n"
    return page


if __name__ == "__main__":
    sys.exit(main())
