"""docs/results.md and docs/trust.md say what the committed measurements say."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("script", ["results_page.py", "trust_page.py"])
def test_a_page_of_results_is_the_one_that_its_files_give(script):
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / script, "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
