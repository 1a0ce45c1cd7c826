"""docs/scaling.md says what was measured, and the recipe in it is a program."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCALE = ROOT / "benchmarks" / "scale"


def test_the_plan_for_a_billion_rows_is_made_of_the_figures_that_are_stored():
    command = [sys.executable, SCALE / "plan.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_spark_recipe_can_be_taken_out_of_the_page(monkeypatch):
    monkeypatch.syspath_prepend(SCALE)
    from spark_recipe import recipe

    names = {node.id for node in ast.walk(ast.parse(recipe())) if isinstance(node, ast.Name)}
    assert {"BatchScorer", "read_emotions", "emotions"} <= names
