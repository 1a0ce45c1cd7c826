"""What the README claims: its numbers are the bundled model's, its files are there, every verb is told.

Its code blocks run in tests/docs, as those of all pages do.
"""

import re
from pathlib import Path

import orjson
from typer.main import get_command

from goemox.cli.app import app
from goemox.model_folder import default_folder

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
METRICS = {
    "macro-F1, 28 labels": "macro_f1",
    "micro-F1": "micro_f1",
    "mean average precision": "mean_average_precision",
    "accuracy of the top label": "top1_accuracy",
    "macro-F1, Ekman's 7": "ekman_macro_f1",
    "macro-F1, 4 sentiments": "sentiment_macro_f1",
    "Brier score": "brier",
    "mean calibration error (ECE, 15 bins)": "ece_mean",
}


def test_the_table_shows_the_figures_that_ship_with_the_model():
    evaluation = orjson.loads((default_folder() / "evaluation.json").read_bytes())
    rows = dict(re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|", README, flags=re.MULTILINE))
    for name, key in METRICS.items():
        metric = evaluation["metrics"][key]
        digits = 4 if key in ("brier", "ece_mean") else 3
        expected = f"{metric['value']:.{digits}f} ({metric['low']:.{digits}f} to {metric['high']:.{digits}f})"
        assert rows[name] == expected


def test_every_file_that_the_readme_points_to_exists():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if not target.startswith("https://"):
            assert (ROOT / target).exists(), target


def test_every_verb_is_in_the_readme_or_the_changelog():
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    for verb in get_command(app).commands:
        assert f"goemox {verb}" in README + changelog
