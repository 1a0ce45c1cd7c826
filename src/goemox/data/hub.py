"""GoEmotions from the Hugging Face hub, fetched once and verified before every use.

What is pinned: the data set's revision (a git commit) and, for each file, its SHA-256 and number of
rows. A file is hashed before anything parses it, so neither a mirror nor the cache has to be trusted.

The hub's rows are those of the official TSV read as the quoted file that it is: in the TSV, a text with
quotation marks stands as `"He said ""no""."`.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import polars as pl

from goemox import atomic
from goemox.data.goemotions import SOURCE, SPLITS
from goemox.errors import InvalidInput, OfflineError, SourceError, UsageError
from goemox.http import Client, Politeness, cache_dir, call, check_base_url
from goemox.labels import GOEMOTIONS
from goemox.records import TextRecord

__all__ = ["PINS", "REVISION", "Pin", "fetch_goemotions"]

ENDPOINT = "https://huggingface.co"
DATASET = "google-research-datasets/go_emotions"
REVISION = "add492243ff905527e67aeb8b80c082af02207c3"
# Where the hub sends a download on to; the token does not go along.
_STORES = (".huggingface.co", ".hf.co")
_POLITENESS = Politeness(concurrency=1, deadline_s=300.0)
_TRUE = frozenset({"1", "on", "true", "yes"})


@dataclass(frozen=True, slots=True)
class Pin:
    """What one file of the data set must be. sha256: in hexadecimal, of the whole file."""

    file: str
    sha256: str
    rows: int


PINS: Mapping[str, Pin] = MappingProxyType(
    {
        "train": Pin(
            file="simplified/train-00000-of-00001.parquet",
            sha256="b7d74279616ae7c9b8374ab62ea9f9d6504d36a577bb17f745d720dc2b0d4e76",
            rows=43_410,
        ),
        "dev": Pin(
            file="simplified/validation-00000-of-00001.parquet",
            sha256="d46ad5633c4fa41829d22d549743a7bf858d94129536a02af7280c281db5e63a",
            rows=5_426,
        ),
        "test": Pin(
            file="simplified/test-00000-of-00001.parquet",
            sha256="fd0953e535ba2569edc6a1daaa1133f8e4b9071691d540c9bab812fda132bc26",
            rows=5_427,
        ),
    }
)


def fetch_goemotions(
    split: str,
    *,
    offline: bool = False,
    pins: Mapping[str, Pin] = PINS,
    politeness: Politeness = _POLITENESS,
) -> list[TextRecord]:
    """The texts and labels of one split (train, dev or test), in the data set's order.

    Downloaded from HF_ENDPOINT at the first call, with HF_TOKEN if it is set, and then read from the
    cache; a cached file that is damaged is fetched again. offline (or HF_HUB_OFFLINE=1): cache only.
    Raises UsageError for another split, OfflineError where the network is needed but off, SourceError
    where the hub fails or what it sends is not the pinned file.
    """
    if split not in SPLITS:
        raise UsageError(f"GoEmotions has no split {split!r}; choose one of {', '.join(SPLITS)}")
    pin = pins[split]
    path = cache_dir() / "datasets" / "go_emotions" / REVISION / pin.file
    data = _read(path)
    if data is None or _sha256(data) != pin.sha256:
        if offline or os.environ.get("HF_HUB_OFFLINE", "").lower() in _TRUE:
            state = "is damaged in" if data else "is not in"
            raise OfflineError(
                f"GoEmotions {split} {state} the cache ({path}) and the network is switched off; "
                "run once without --offline and HF_HUB_OFFLINE"
            )
        data = call(_download(pin, politeness))
        with contextlib.suppress(OSError):  # a cache that cannot be written costs a download, no more
            atomic.write_bytes(path, data)
    return _records(data, pin)


async def _download(pin: Pin, politeness: Politeness) -> bytes:
    base = check_base_url("HF_ENDPOINT", os.environ.get("HF_ENDPOINT") or ENDPOINT)
    client = Client(base, politeness=politeness, token=os.environ.get("HF_TOKEN"), redirect_hosts=_STORES)
    async with client:
        answer = await client.get(f"/datasets/{DATASET}/resolve/{REVISION}/{pin.file}")
    found = _sha256(answer.body)
    if found != pin.sha256:
        raise SourceError(
            f"{base}: {pin.file} is not the pinned file (SHA-256 {found[:12]}…, not {pin.sha256[:12]}…); "
            "nothing was kept; check HF_ENDPOINT and any proxy"
        )
    return answer.body


def _records(data: bytes, pin: Pin) -> list[TextRecord]:
    table = pl.read_parquet(io.BytesIO(data), columns=["text", "labels", "id"])
    if len(table) != pin.rows:
        raise InvalidInput(f"{pin.file}: {len(table):,} rows instead of {pin.rows:,}")
    return [
        TextRecord(id=id_, text=text, source=SOURCE, labels=frozenset(GOEMOTIONS[i] for i in labels))
        for text, labels, id_ in table.iter_rows()
    ]


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
