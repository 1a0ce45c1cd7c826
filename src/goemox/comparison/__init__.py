"""Two studies side by side: what got better or worse, and what the models answer differently."""

from goemox.comparison.compose import SCHEMA, compare_studies
from goemox.comparison.study_on_disk import StudyOnDisk, read_study

__all__ = ["SCHEMA", "StudyOnDisk", "compare_studies", "read_study"]
