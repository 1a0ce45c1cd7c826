"""The main job: a model, what is known about it in domain, and what it says elsewhere, in one report."""

from goemox.studies.compose import StudyReport, study

__all__ = ["StudyReport", "study"]
