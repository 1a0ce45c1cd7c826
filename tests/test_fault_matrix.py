"""docs/faults.md says what the tests show."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_fault_matrix_is_the_one_that_the_tests_give():
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "fault_matrix.py", "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_fault_matrix_has_forty_rows_or_more():
    page = (ROOT / "docs" / "faults.md").read_text("utf-8")
    assert sum(line.startswith("| ") for line in page.splitlines()) - page.count("| fault |") >= 40
