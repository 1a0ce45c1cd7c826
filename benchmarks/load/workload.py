"""What is sent, how often and for how long."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from connections import request_bytes

__all__ = ["FULL", "PATHS", "QUICK", "Plan", "Workload", "short_texts"]

PATHS = ("/v1/predict", "/predict")
N_TEXTS = 2_048  # as many as offline scoring reads in one list


@dataclass(frozen=True)
class Plan:
    """How long each part of the benchmark takes; seconds, unless they say otherwise."""

    repeats: int = 5
    window: float = 5.0  # of one closed loop
    single: int = 1_000  # requests one after the other
    steady: float = 30.0
    soak_minutes: float = 10.0
    overload: float = 30.0
    reference: float = 15.0
    starts: int = 7
    alone: int = 256  # texts that are read alone and beside others


FULL = Plan()
QUICK = Plan(
    repeats=2, window=2.0, single=200, steady=5.0, soak_minutes=0.5, overload=5.0, reference=4.0, starts=3,
    alone=64,
)  # fmt: skip


@dataclass(frozen=True)
class Workload:
    """Short texts, the plan, and where the peer comes from (None: it is not measured, and why)."""

    texts: Sequence[str]
    plan: Plan
    peer_python: str
    weights: Path | None = None
    why_no_weights: str = ""
    notes: dict[str, str] = field(default_factory=dict)

    def requests(self, port: int, path: str, *, close: bool = False) -> list[bytes]:
        """One request a text."""
        return [request_bytes(port, path, _body(path, [text]), close=close) for text in self.texts]

    def lists(self, port: int, path: str, size: int) -> list[bytes]:
        """Requests of `size` texts each."""
        starts = range(0, len(self.texts) - size + 1, size)
        return [request_bytes(port, path, _body(path, self.texts[i : i + size])) for i in starts]


def _body(path: str, texts: Sequence[str]) -> bytes:
    document = {"texts": list(texts)}
    if path == "/predict":
        document = {"inputs": texts[0] if len(texts) == 1 else list(texts)}  # type: ignore[dict-item]
    return json.dumps(document, ensure_ascii=False).encode()


def short_texts() -> list[str]:
    """The first distinct texts of GoEmotions test. Raises SystemExit where GOEMOX_DATA does not hold it."""
    file = Path(os.environ.get("GOEMOX_DATA", "")) / "goemotions" / "test.tsv"
    if not os.environ.get("GOEMOX_DATA") or not file.is_file():
        raise SystemExit(
            "GOEMOX_DATA: name the folder that holds goemotions/test.tsv, whose short texts are sent"
        )
    with file.open(encoding="utf-8", newline="") as rows:
        texts = dict.fromkeys(row[0] for row in csv.reader(rows, delimiter="\t", quoting=csv.QUOTE_NONE))
    return list(texts)[:N_TEXTS]
