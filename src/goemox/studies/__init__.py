"""The main job: a model and texts to one report; and the shift between two collections of texts."""

from goemox.studies.compose import StudyReport, study
from goemox.studies.shifts import ShiftStudy, shift, shift_study

__all__ = ["ShiftStudy", "StudyReport", "shift", "shift_study", "study"]
