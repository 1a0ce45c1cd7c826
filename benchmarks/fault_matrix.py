"""docs/faults.md from the tests that carry `@pytest.mark.fault(fault, outcome)`.

    python benchmarks/fault_matrix.py [--check]

--check writes nothing and fails where the page is not what the tests say. Both arguments of a marker must be
plain strings, because the tests are read and not run.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
TESTS = ROOT / "tests"
PAGE = ROOT / "docs" / "faults.md"

# Part of the tree: what its faults have in common.
PARTS = (
    ("sources/test_hn", "Hacker News"),
    ("sources/test_github", "GitHub"),
    ("sources", "Sources"),
    ("http_room", "Any host"),
    ("data", "Files"),
    ("cli", "The command as a whole"),
)

HEAD = """# What goes wrong, and what happens then

<!-- made by: python benchmarks/fault_matrix.py -->

{n} faults. Each row is shown by a test that brings the fault about for real (sockets, files, processes) and
fails if something else happens. Where a remote source is to blame, the command ends with exit code 5; rows so
far are kept, and the same command goes on from there.
"""

Row = tuple[str, str, str, str]


def main() -> int:
    page = render()
    if "--check" in sys.argv[1:]:
        same = PAGE.exists() and PAGE.read_text("utf-8") == page
        print(f"docs/faults.md is {'up to date' if same else 'out of date: run this without --check'}")
        return 0 if same else 1
    PAGE.write_text(page, encoding="utf-8", newline="\n")
    return 0


def render() -> str:
    """The whole page."""
    rows = sorted({row for path in sorted(TESTS.rglob("test_*.py")) for row in faults_in(path)})
    parts = [HEAD.format(n=len(rows))]
    left = rows
    for start, title in PARTS:
        here = [row for row in left if row[0].startswith(start)]
        left = [row for row in left if row not in here]
        if here:
            parts.append(f"\n## {title}\n\n| fault | what happens | shown by |\n|---|---|---|\n")
            parts.extend(line(*row) for row in here)
    if left:
        raise SystemExit(f"no part of the page for {left[0][0]}")
    return "".join(parts)


def line(file: str, fault: str, outcome: str, test: str) -> str:
    cells = (fault.replace("|", "\\|"), outcome.replace("|", "\\|"), f"[{test}](../tests/{file})")
    return f"| {' | '.join(cells)} |\n"


def faults_in(path: Path) -> Iterator[Row]:
    """(file, fault, outcome, test) of each marker in the decorators of a test file."""
    source = path.read_text("utf-8")
    if "mark.fault" not in source:
        return
    file = path.relative_to(TESTS).as_posix()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        for decorator in node.decorator_list:
            for call in ast.walk(decorator):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.fault":
                    yield file, *said(call, path), node.name


def said(call: ast.Call, path: Path) -> tuple[str, str]:
    words = [node.value for node in call.args if isinstance(node, ast.Constant) and type(node.value) is str]
    if len(words) != 2 or call.keywords:
        raise SystemExit(f"{path}:{call.lineno}: write @pytest.mark.fault('what goes wrong', 'what happens')")
    return words[0], words[1]


if __name__ == "__main__":
    sys.exit(main())
