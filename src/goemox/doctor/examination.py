"""All that is looked at, in the order in which it is told."""

from __future__ import annotations

from pathlib import Path

from goemox.doctor.cache import cache
from goemox.doctor.clock import clock
from goemox.doctor.finding import Finding
from goemox.doctor.model import engine, model_folder
from goemox.doctor.network import network
from goemox.doctor.packages import packages, python
from goemox.doctor.processor import processor

__all__ = ["examine"]


def examine(model: Path | None = None) -> list[Finding]:
    """Look at this installation and at `model` (default: the bundled one)."""
    found = list(model_folder(model))
    runs = [] if any(finding.state == "problem" for finding in found) else list(engine(model))
    return [*python(), *packages(), processor(), *found, *runs, *cache(), *network(), clock()]
