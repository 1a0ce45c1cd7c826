"""Labelled rows for training, dev and test: from a folder of splits, the hub, or one file of the user's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from goemox.data.labelled import load_labelled
from goemox.errors import InvalidInput
from goemox.labels import GOEMOTIONS
from goemox.records import TextRecord

__all__ = ["TrainingSet", "read_training_set"]


@dataclass(frozen=True, slots=True, eq=False)
class TrainingSet:
    """Labelled rows: train for weights, dev for every choice, test (may be empty) for the report.

    name: what the data are called in the model's facts and card.
    """

    name: str
    labels: tuple[str, ...]
    train: list[TextRecord]
    dev: list[TextRecord]
    test: list[TextRecord]


def read_training_set(data: str | Path, *, limit: int | None = None, offline: bool = False) -> TrainingSet:
    """Read the splits of a folder, or of the hub's GoEmotions where `data` is "goemotions".

    limit: keep the first rows of train only. A folder without a test split gives an empty test.
    Raises as `load_labelled`.
    """
    train = load_labelled(data, "train", offline=offline)
    dev = load_labelled(data, "dev", offline=offline)
    try:
        test = load_labelled(data, "test", offline=offline)
    except InvalidInput:
        test = []
    seen = {label for record in (*train, *dev, *test) for label in record.labels or ()}
    labels = (
        GOEMOTIONS if seen <= set(GOEMOTIONS) and len(seen) > len(GOEMOTIONS) // 2 else tuple(sorted(seen))
    )
    name = "GoEmotions" if train[0].source == "goemotions" else Path(data).name
    return TrainingSet(name, labels, train[:limit], dev, test)
