"""A user's program in which every type is right: mypy --strict has nothing to say. Read by test_typing.py."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

import goemox

clf: goemox.EmotionClassifier = goemox.load("default")
one: goemox.Prediction = clf("Thank you so much!")
many: list[goemox.Prediction] = clf(["Thank you so much!", "I am sad."])
labels: tuple[str, ...] = one.labels
gratitude: float = one.scores["gratitude"]
promise: tuple[str, ...] | None = one.prediction_set
percentile: float | None = one.domain_percentile
farther: float = 0.0 if percentile is None else percentile

chosen: npt.NDArray[np.bool_] = clf.predict(["a", "b"])
scores: goemox.ScoreMatrix = clf.scores(["a", "b"])
logits: npt.NDArray[np.float32] = scores.logits
ids: tuple[str, ...] = scores.ids

evidence: goemox.Explanation = goemox.explain(clf, "Thank you so much!")
issues: Iterator[goemox.TextRecord] = goemox.collect_github("pallets/flask", limit=10)
titles: list[str] = [record.text for record in goemox.collect_hackernews(limit=10)]
compared: goemox.ShiftReport = goemox.shift("model", [record.text for record in issues])
studied: goemox.StudyReport = goemox.study(domains={"mine": Path("comments.csv")}, offline=True)
page: Path = goemox.write_report(studied, "out", figures=Path("figures"))
listed: goemox.TextProfile = goemox.profile(["Thank you so much!", "I am sad."])
alike: goemox.TextProfile = goemox.profile("comments.csv", text_column="comment")
folder: Path = goemox.train("path/to/goemotions", Path("model"))
version: str = goemox.__version__


def fast() -> tuple[str, ...]:
    """A function of the user's own that must be typed through."""
    return goemox.load(tier="fast")("Thanks").labels


try:
    goemox.load(Path("a folder"))
except goemox.GoemoxError as error:
    code: int = error.exit_code
