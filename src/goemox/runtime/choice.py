"""Which engine is faster here: measured for a second, and kept in the cache folder.

Engines differ by processor, model and version, so none of them is the right one everywhere. What is kept says
for which of these it holds; anything else in its place is measured again.

What is not covered: on a machine that is busy while it measures, the slower engine may be taken.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from goemox._version import __version__
from goemox.cache_folder import cache_dir
from goemox.errors import GoemoxError, UsageError
from goemox.runtime.cores import processor
from goemox.runtime.engine import ENGINES, Engine, EngineName, is_installed

__all__ = ["TEXTS", "Choice", "choose", "kept_choice"]

MEASURED_S = 1.0
ROUNDS = 3  # at least, of each engine in turn
CLEARLY = 1.03  # how many times as fast the second engine must be: to start it costs a second
SENTENCE = (
    "thank you so much for this I really did not expect that anybody would care about my broken old bike and "
    "now look at it what a wonderful day honestly who does such a thing"
)
WORDS = SENTENCE.split()
# 197 short texts of six lengths, 8 to 34 tokens, that fill six runs as those of many texts are filled.
TEXTS = tuple(
    " ".join(WORDS[(start + i) % len(WORDS)] for i in range(width - 2))
    for width in (8, 12, 16, 20, 26, 34)
    for start in range(512 // width)
)


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine to take.

    texts_per_second: of each engine; 0 where it cannot run the graph. measured: when, ISO 8601 in UTC.
    """

    engine: EngineName
    texts_per_second: Mapping[EngineName, float]
    measured: str


def choose(
    present: Engine,
    opened: Callable[[EngineName], Engine],
    read: Callable[[Engine], int],
    model: str,
    threads: int,
) -> tuple[Engine, Choice | None]:
    """The faster engine for a graph, opened, and why; `present` and None where there is no other.

    opened(name): another engine with the same graph. read(engine): reads texts with it, and says how
    many. model: sha256 of the graph. threads: runs at a time.
    """
    if not is_installed("openvino"):
        return present, None
    choice = kept_choice(model, threads)
    if choice is not None and choice.engine == present.name:
        return present, choice
    try:
        other = opened("openvino")
    except GoemoxError:  # a graph that only onnxruntime runs, or a damaged OpenVINO
        choice = Choice(present.name, {present.name: _rates([present], read)[0], "openvino": 0.0}, _now())
        _keep(choice, model, threads)
        return present, choice
    if choice is None:
        rates = _rates([present, other], read)
        faster = other if rates[1] > CLEARLY * rates[0] else present
        choice = Choice(faster.name, {present.name: rates[0], other.name: rates[1]}, _now())
        _keep(choice, model, threads)
    return (other if choice.engine == other.name else present), choice


def kept_choice(model: str, threads: int) -> Choice | None:
    """What was measured here before for this graph and number of threads; None where nothing was.

    Nothing else is believed: not another processor's figures, nor another version's, nor a damaged file.
    """
    import orjson

    try:
        content = orjson.loads(_file(model, threads).read_bytes())
        if content["holds_for"] != _holds_for(model, threads):
            return None
        found = content["choice"]
        rates = {name: float(found["texts_per_second"][name]) for name in ENGINES}
        measured = datetime.fromisoformat(found["measured"]).isoformat(timespec="seconds")
        engine = next(name for name in ENGINES if name == found["engine"])
    except (OSError, UsageError, ValueError, LookupError, TypeError, StopIteration):
        return None
    return Choice(engine, rates, measured)


def _keep(choice: Choice, model: str, threads: int) -> None:
    """Write a choice to the cache; where that cannot be written it holds for this process only."""
    import orjson

    from goemox.atomic import write_bytes

    content = {"holds_for": _holds_for(model, threads), "choice": asdict(choice)}
    with suppress(OSError, UsageError):
        write_bytes(_file(model, threads), orjson.dumps(content, option=orjson.OPT_INDENT_2))


def _file(model: str, threads: int) -> Path:
    key = repr(sorted(_holds_for(model, threads).items()))
    return cache_dir() / "runtime" / f"{sha256(key.encode()).hexdigest()[:16]}.json"


def _holds_for(model: str, threads: int) -> dict[str, Any]:
    versions: dict[str, Any] = {name: _version(name) for name in ENGINES}
    return versions | {
        "goemox": __version__, "model": model, "processor": processor(), "threads": threads
    }  # fmt: skip


def _version(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version  # slow to import, and seldom needed

    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _rates(engines: list[Engine], read: Callable[[Engine], int]) -> list[float]:
    """Texts a second of each engine: the best of several rounds in turn, after one that warms up."""
    best = [0.0] * len(engines)
    for engine in engines:
        read(engine)
    began, rounds = time.perf_counter(), 0
    while rounds < ROUNDS or time.perf_counter() - began < MEASURED_S:
        for i, engine in enumerate(engines):
            started = time.perf_counter()
            n_texts = read(engine)
            best[i] = max(best[i], n_texts / (time.perf_counter() - started))
        rounds += 1
    return [round(rate, 1) for rate in best]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
