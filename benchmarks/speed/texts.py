"""The texts: short ones as people write them, long ones, a mixture, and texts of one exact length."""

from __future__ import annotations

import csv
import json
import os
import random
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from goemox.model_folder import TOKENIZER, default_folder
from goemox.runtime.tokenize import TextEncoder

__all__ = [
    "MAX_LENGTH",
    "data_folder",
    "long_texts",
    "mixed_texts",
    "n_tokens",
    "of_length",
    "rows_of",
    "short_texts",
]

LONG = (256, 512)  # tokens, special ones included
MAX_LENGTH = 512


def data_folder() -> Path:
    """GOEMOX_DATA. Raises SystemExit where it does not hold GoEmotions."""
    folder = Path(os.environ.get("GOEMOX_DATA", ""))
    if not os.environ.get("GOEMOX_DATA") or not (folder / "goemotions" / "test.tsv").is_file():
        raise SystemExit("GOEMOX_DATA: name the folder that holds goemotions/test.tsv, whose texts are read")
    return folder


def short_texts() -> list[str]:
    """All texts of GoEmotions test, shuffled, so that the first n are a sample."""
    return _shuffled(_goemotions("test.tsv"))


def long_texts(n: int) -> list[str]:
    """Comments and issues of 256 to 512 tokens; where there are too few, neighbours joined by a space."""
    data = data_folder()
    found: list[str] = []
    for name in ("hackernews/comments_2007_2015.jsonl", "github_issues/issues_nlbse2024.jsonl"):
        if (data / name).is_file():
            with (data / name).open(encoding="utf-8") as lines:
                found += [json.loads(line)["text"] for line in lines]
    fitting = [text for text, size in zip(found, n_tokens(found), strict=True) if LONG[0] <= size < LONG[1]]
    comments, at = _goemotions("train.tsv"), 0
    while len(fitting) < n:
        fitting.append(" ".join(comments[at : at + 18]))
        at += 18
    return _shuffled(fitting)[:n]


def mixed_texts(n: int) -> list[str]:
    """Half short ones, a quarter of about 64 to 256 tokens, a quarter long ones."""
    comments = _goemotions("train.tsv")
    sizes = random.Random(1).choices(range(4, 13), k=n // 4)  # comments of about 18 tokens each
    starts = np.concatenate([[0], np.cumsum(sizes)])
    middle = [" ".join(comments[start : start + k]) for start, k in zip(starts, sizes, strict=False)]
    return _shuffled([*short_texts()[: n - 2 * (n // 4)], *middle, *long_texts(n // 4)])


def of_length(tokens: int, n: int) -> list[str]:
    """As many different texts of exactly so many tokens, special ones included: words of one token each."""
    draw = random.Random(tokens)
    return [" ".join(draw.choices(_words(), k=tokens - 2)) for _ in range(n)]


def rows_of(n: int) -> list[str]:
    """As many different short texts: GoEmotions train, then other comments of Reddit where they are there."""
    found = dict.fromkeys(_goemotions("train.tsv"))
    more = data_folder() / "unlabelled" / "reddit.jsonl"
    if len(found) < n and more.is_file():
        with more.open(encoding="utf-8") as lines:
            for line in lines:
                found.setdefault(json.loads(line)["text"])
                if len(found) >= n:
                    break
    return list(found)[:n]


def n_tokens(texts: Sequence[str]) -> npt.NDArray[np.int32]:
    """Tokens of each text, special ones included, cut where the model stops reading; (n,)."""
    return _encoder().encode(texts).n_tokens


@lru_cache
def _encoder() -> TextEncoder:
    return TextEncoder(default_folder() / TOKENIZER, MAX_LENGTH)


@lru_cache
def _words() -> list[str]:
    """Common words of one token each."""
    seen = sorted({word for text in _goemotions("train.tsv")[:5_000] for word in text.lower().split()})
    plain = [word for word in seen if word.isascii() and word.isalpha()]
    return [word for word, size in zip(plain, n_tokens(plain), strict=True) if size == 3]


@lru_cache
def _goemotions(name: str) -> tuple[str, ...]:
    with (data_folder() / "goemotions" / name).open(encoding="utf-8", newline="") as rows:
        return tuple(row[0] for row in csv.reader(rows, delimiter="\t", quoting=csv.QUOTE_NONE))


def _shuffled(texts: Sequence[str]) -> list[str]:
    return random.Random(0).sample(list(texts), len(texts))
