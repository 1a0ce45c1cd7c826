"""The main job: a model and texts to one report; and the shift between two collections of texts."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goemox.studies.compose import StudyReport, study
    from goemox.studies.shifts import ShiftStudy, shift, shift_study

__all__ = ["ShiftStudy", "StudyReport", "shift", "shift_study", "study"]

PLACES = {name: "compose" if name in ("StudyReport", "study") else "shifts" for name in __all__}


def __getattr__(name: str) -> object:
    """Load what is asked for: who draws or compares reports reads a study's files and makes none."""
    if name not in PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{PLACES[name]}"), name)
