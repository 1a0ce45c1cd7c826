"""All that is looked at, in the order in which it is told."""

from __future__ import annotations

from pathlib import Path

from goemox.doctor.finding import Finding
from goemox.doctor.packages import REINSTALL, packages, python
from goemox.doctor.processor import processor

__all__ = ["examine"]


def examine(model: Path | None = None) -> list[Finding]:
    """Look at this installation and at `model` (default: the bundled one)."""
    found = [*python(), *packages(), processor()]
    try:  # what needs the packages that may be missing
        from goemox.doctor.cache import cache
        from goemox.doctor.clock import clock
        from goemox.doctor.model import engine, model_folder
        from goemox.doctor.network import network
    except ImportError as error:
        detail = f"a package cannot be imported ({error}), so nothing else could be looked at"
        return [*found, Finding("imports", "problem", detail, REINSTALL)]
    folder = list(model_folder(model))
    runs = [] if any(finding.state == "problem" for finding in folder) else list(engine(model))
    return [*found, *folder, *runs, *cache(), *network(), clock()]
