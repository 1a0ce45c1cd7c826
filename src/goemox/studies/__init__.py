"""The main job: a model and texts to one report; and the shift between two collections of texts."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goemox.studies.compose import study
    from goemox.studies.shifts import ShiftStudy, shift, shift_study
    from goemox.studies.study_report import StudyReport

__all__ = ["ShiftStudy", "StudyReport", "shift", "shift_study", "study"]

# Where each public name lives, imported when it is first used: who draws or compares reports makes no study.
_HOMES = dict.fromkeys(("ShiftStudy", "shift", "shift_study"), "goemox.studies.shifts")
_HOMES |= {"StudyReport": "goemox.studies.study_report", "study": "goemox.studies.compose"}


if not TYPE_CHECKING:  # to type checkers, a name that is not public does not exist

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)
