"""Pages of results (docs/results.md and others) and the shipped ladder say what the measurements say."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PENDING: set[int] = set()  # numbers of docs/security.md that nobody has measured yet


@pytest.mark.parametrize(
    "script",
    ["results_page.py", "trust_page.py", "security_page.py", "performance_page.py", "ship_ladder.py"],
)
def test_a_page_or_file_of_results_is_the_one_that_its_measurements_give(script):
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / script, "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_number_of_the_security_checklist_is_measured_or_said_to_be_missing():
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    measured = {int(number) for number in re.findall(r"^\| (\d+) \|", page, re.M)}
    told = re.search(r"Not measured: ([\d, ]+)\.", page)
    missing = {int(number) for number in told[1].split(",")} if told else set()
    assert measured | missing == set(range(1, 26))
    assert missing <= PENDING
