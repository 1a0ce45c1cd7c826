"""docs/results.md says what the committed measurements say."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_results_page_is_the_one_that_its_files_give():
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "results_page.py", "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
