"""goemox is typed for those who use it: right programs pass mypy --strict, wrong ones do not."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
REPORTED = re.compile(r"^(?P<file>[^:]+):(?P<line>\d+): error: .*\[(?P<code>[\w-]+)\]$", re.MULTILINE)
EXPECTED = re.compile(r"# expect: (?P<codes>[\w, -]+)$")


@pytest.fixture(scope="module")
def reported():
    """{file: (line, code) of what mypy says of both programs, with the repository's settings and cache}."""
    programs = [str(HERE / name) for name in ("typed_right.py", "typed_wrong.py")]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", "--no-pretty", *programs],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=280,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    found = {"typed_right.py": [], "typed_wrong.py": []}
    for match in REPORTED.finditer(done.stdout):
        found[Path(match["file"]).name].append((int(match["line"]), match["code"]))
    return found


def test_a_program_with_right_types_passes(reported):
    assert reported["typed_right.py"] == []


def test_every_wrong_type_is_found_where_it_stands(reported):
    lines = (HERE / "typed_wrong.py").read_text("utf-8").splitlines()
    expected = [
        (number, code)
        for number, line in enumerate(lines, start=1)
        if (match := EXPECTED.search(line))
        for code in match["codes"].split(", ")
    ]
    assert sorted(reported["typed_wrong.py"]) == expected


def test_the_right_program_uses_every_public_name():
    import goemox

    used = (HERE / "typed_right.py").read_text("utf-8")
    assert {name for name in goemox.__all__ if f"goemox.{name}" not in used} == set()
