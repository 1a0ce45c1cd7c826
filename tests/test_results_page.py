"""docs/results.md, trust.md and security.md and the shipped ladder say what the measurements say."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("script", ["results_page.py", "trust_page.py", "security_page.py", "ship_ladder.py"])
def test_a_page_or_file_of_results_is_the_one_that_its_measurements_give(script):
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / script, "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
