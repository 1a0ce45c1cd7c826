"""The whole command under SIGKILL, as `benchmarks/kill_training.py` does it longer and with twenty kills."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "kill_training.py"


@pytest.mark.timeout(1200)
@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX's")
def test_a_killed_training_leaves_nothing_torn_and_ends_with_the_same_folder():
    command = [sys.executable, BENCHMARK, "--kills", "2", "--epochs", "2"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout[done.stdout.index("{") :])
    assert found["kills"] == 2
    assert found["runs_finished_and_equal"] >= 1
