"""The model folder, and what runs it here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from goemox._version import __version__
from goemox.classifier import EmotionClassifier
from goemox.decision.shipped import rule_of
from goemox.decision.softmax import caveat
from goemox.doctor.finding import Finding
from goemox.doctor.packages import REINSTALL
from goemox.errors import GoemoxError
from goemox.model_folder import ModelFolder, default_folder, file_sha256, open_model
from goemox.runtime.session import Scorer

__all__ = ["engine", "model_folder"]


def model_folder(model: Path | None) -> Iterator[Finding]:
    """A folder, or the bundled one (None): whole, of this goemox's schema, and what made it."""
    name = "bundled model" if model is None else "model"
    try:
        folder = open_model(model or default_folder())
        sha256, doubt = file_sha256(folder.onnx), caveat(rule_of(folder))
    except (GoemoxError, OSError) as error:
        remedy = REINSTALL if model is None else "mend it as said, or give another folder with --model"
        yield Finding(name, "problem", str(error), remedy)
        return
    how = doubt or "with calibration and thresholds"
    detail = f"{folder.onnx.name} sha256 {sha256}, {len(folder.labels)} labels, {how}"
    made_by = str((folder.facts or {}).get("goemox_version") or "")
    if _is_newer(made_by, __version__):
        told = f"{detail}; made by goemox {made_by}, newer than this {__version__}"
        yield Finding(name, "warning", told, "pip install --upgrade goemox")
    else:
        yield Finding(
            name, "ok", f"{detail}{_tiers(folder)}{f', made by goemox {made_by}' if made_by else ''}"
        )


def _tiers(folder: ModelFolder) -> str:
    tiers = (folder.facts or {}).get("tiers")
    return ", with a fast tier" if tiers else ", without a fast tier"


def _is_newer(one: str, other: str) -> bool:
    """Whether a version is later than another, by its leading numbers; False where one has none."""
    numbers = [tuple(int(part) for part in v.split(".")[:3] if part.isdecimal()) for v in (one, other)]
    return bool(numbers[0]) and numbers[0] > numbers[1]


def engine(model: Path | None) -> Iterator[Finding]:
    """What runs the model here; measured now where it has not been."""
    try:
        scorer = EmotionClassifier.from_pretrained(model or "default").scorer
        taken = scorer.settle() if isinstance(scorer, Scorer) else ""
    except GoemoxError as error:
        yield Finding("engine", "problem", str(error), "give another --model, or unset GOEMOX_RUNTIME")
        return
    choice = scorer.choice if isinstance(scorer, Scorer) else None
    if choice is None:
        why = "as GOEMOX_RUNTIME says" if os.environ.get("GOEMOX_RUNTIME") else "the only one installed"
        yield Finding("engine", "ok", f"{taken}, {why}")
        return
    rates = ", ".join(f"{name} {rate:,.0f}" for name, rate in choice.texts_per_second.items())
    yield Finding(
        "engine", "ok", f"{taken} for 1,000 texts or more; short texts a second: {rates} ({choice.measured})"
    )
