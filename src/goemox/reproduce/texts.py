"""The texts that the ladder is trained and measured on, read once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from goemox.data.files import read_records
from goemox.data.labelled import load_labelled
from goemox.data.samples import load_samples
from goemox.errors import UsageError
from goemox.labels import GOEMOTIONS
from goemox.records import TextRecord
from goemox.reproduce.plan import Plan

__all__ = ["LadderTexts", "Outside", "read_texts", "texts_sha256"]

# key: (name as shown, file beside the labelled data, style of the samples that stand in for it)
SOURCES = {
    "hackernews": ("Hacker News titles", "hackernews/titles_2015_2016.jsonl", "story"),
    "github": ("GitHub issue titles", "github_issues/titles.jsonl", "issue"),
}
STUDY_SPLIT = 0.8  # share of the naive rows that is trained on; the rest is the study's validation part


@dataclass(frozen=True, slots=True)
class Outside:
    """Titles without labels from elsewhere. source: "file", or "sample" where there is no file."""

    key: str
    title: str
    source: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LadderTexts:
    """Labelled rows and outside titles; `evaluated` is dev or test, and rules are fitted on dev."""

    split: str
    train: list[TextRecord]
    dev: list[TextRecord]
    evaluated: list[TextRecord]
    outside: tuple[Outside, ...]

    def scored(self) -> dict[str, list[str]]:
        """The texts that every model is asked about, by name: dev, test if asked for, each outside source."""
        sets = {"dev": [record.text for record in self.dev]}
        if self.split != "dev":
            sets[self.split] = [record.text for record in self.evaluated]
        return sets | {source.key: list(source.texts) for source in self.outside}


def read_texts(data: str | Path, plan: Plan, split: str, offline: bool) -> LadderTexts:
    """Read the splits of `data` and the outside titles beside it.

    Raises UsageError for another split than dev or test, and for one file as `data`, InvalidInput for data
    that cannot be used, UnknownLabel for labels that are not GoEmotions'.
    """
    if split not in ("dev", "test"):
        raise UsageError(f"--split {split}: the ladder is measured on dev or on test")
    if Path(data).is_file():
        raise UsageError(
            f"--data {data}: one file has no splits, and what is trained on it cannot be measured on it; "
            "name a folder with train and dev"
        )
    train, dev = (load_labelled(data, name, GOEMOTIONS, offline=offline) for name in ("train", "dev"))
    dev = dev[: plan.evaluated]
    evaluated = dev
    if split == "test":
        evaluated = load_labelled(data, "test", GOEMOTIONS, offline=offline)[: plan.evaluated]
    return LadderTexts(split, train, dev, evaluated, tuple(_outside(data, plan.outside)))


def _outside(data: str | Path, rows: int) -> list[Outside]:
    found = []
    for key, (title, name, style) in SOURCES.items():
        path = Path(data).parent / name
        if Path(data).exists() and path.is_file():
            texts = tuple(record.text for record in islice(read_records(path), rows))
            found.append(Outside(key, title, "file", texts))
        else:
            texts = tuple(sample.text for sample in load_samples(style)[:rows])
            found.append(Outside(key, f"{title} (samples)", "sample", texts))
    return found


def texts_sha256(sets: Mapping[str, list[str]]) -> str:
    """Hash of named lists of texts, in their order."""
    digest = hashlib.sha256()
    for name, texts in sets.items():
        digest.update(f"{name}\0{len(texts)}\0".encode())
        for text in texts:
            digest.update(f"{text}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
