"""`goemox serve --check`: what would happen at the start, looked at part by part, without serving anybody."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from goemox.classifier import EmotionClassifier
from goemox.errors import GoemoxError
from goemox.model_folder import SUMS
from goemox.serve.configuration import MEBIBYTE, ServeSettings, oddities, prove, token_of
from goemox.serve.operation import HASH_DIGITS, bound, opened
from goemox.tiers import rule_of_tier, sha256_of_tier
from goemox.wording import plural

__all__ = ["Checked", "Part", "look"]

TEXT = "Thank you so much for this!"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was looked at. found: a sentence, of what is wrong where it is not ok.

    exit_code: what `goemox serve` would end with because of it.
    """

    part: str
    ok: bool
    found: str
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    """All that was looked at, and what is odd though it works."""

    parts: tuple[Part, ...]
    warnings: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """Of the first part that is not ok; 0 where all are."""
        return next((part.exit_code for part in self.parts if not part.ok), 0)

    def lines(self) -> list[str]:
        """For people, a line each."""
        rows = [f"{part.part:<9} {'' if part.ok else 'NOT OK: '}{part.found}" for part in self.parts]
        rows += [f"warning   {sentence}" for sentence in self.warnings]
        return [*rows, "settings and model are fine" if self.exit_code == 0 else "this would not start"]

    def to_dict(self) -> dict[str, object]:
        """The document of `--check --json`."""
        return {
            "ok": self.exit_code == 0, "exit_code": self.exit_code, "warnings": list(self.warnings),
            "parts": [{"part": part.part, "ok": part.ok, "found": part.found} for part in self.parts],
        }  # fmt: skip


def look(settings: ServeSettings) -> Checked:
    """Look at everything, also where something before it is wrong."""
    parts = tuple(_part(name, looking, settings) for name, looking in PARTS.items())
    return Checked(parts, tuple(oddities(settings)))


def _part(name: str, looking: Callable[[ServeSettings], str], settings: ServeSettings) -> Part:
    try:
        return Part(name, True, looking(settings))
    except GoemoxError as error:
        return Part(name, False, str(error), error.exit_code)


def _settings(settings: ServeSettings) -> str:
    prove(settings)
    limits, told = settings.limits, ", requests too" if settings.access_log else ""
    return (
        f"{plural(settings.workers, 'process', 'processes')}, up to {limits.queue_texts:,} texts wait before "
        f"a short request, {limits.batch_texts} are scored together, a request has up to "
        f"{limits.body_bytes / MEBIBYTE:.3g} MiB within {limits.body_s:g} s, an answer up to "
        f"{limits.answer_s:g} s; log: {settings.log_format}, {settings.log_level}{told}"
    )


def _token(settings: ServeSettings) -> str:
    token = token_of(settings)
    if token is None:
        return "none; only this machine reaches the server"
    return f"{settings.token_file}: {len(token)} characters"


def _model(settings: ServeSettings) -> str:
    folder = opened(settings)
    sums = f"{plural(len(folder.sums), 'file')} as in {SUMS}" if folder.sums else f"no {SUMS} to verify it by"
    rule_of_tier(folder, settings.tier)
    tier = "" if settings.tier == "best" else f", {settings.tier} tier"
    return (
        f"{settings.model}{tier}, {plural(len(folder.labels), 'label')}, sha256 "
        f"{sha256_of_tier(folder, settings.tier)[:HASH_DIGITS]}, {sums}"
    )


def _port(settings: ServeSettings) -> str:
    bound(settings).close()
    return f"{settings.port or 'any'} at {settings.host} is free"


def _reading(settings: ServeSettings) -> str:
    began = time.perf_counter()
    classifier = EmotionClassifier.from_pretrained(
        settings.model, tier=settings.tier, runtime=settings.runtime
    )
    classifier(TEXT)
    loaded, began = time.perf_counter() - began, time.perf_counter()
    found = classifier(TEXT)
    took = (time.perf_counter() - began) * 1e3
    return (
        f"a text is read as {', '.join(found.labels) or 'no label'} in {took:.1f} ms; loading took "
        f"{loaded:.2f} s{_memory()}{' for each process' if settings.workers > 1 else ''}"
    )


def _memory() -> str:
    """`; 170 MiB of memory`, where the system tells."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        return ""
    kib = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
    return f"; {kib / 1024:.0f} MiB of memory"


PARTS: Mapping[str, Callable[[ServeSettings], str]] = {
    "settings": _settings, "token": _token, "model": _model, "port": _port, "reading": _reading,
}  # fmt: skip
