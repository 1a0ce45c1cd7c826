"""goemox reads the emotions in short English texts, several at a time, and tells you when not to believe it.

>>> import goemox
>>> clf = goemox.load("default")
>>> clf("Thank you so much, this made my day!").labels
('gratitude',)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from goemox._version import __version__

if TYPE_CHECKING:
    from goemox.classifier import EmotionClassifier, load
    from goemox.domain_shift import ShiftReport
    from goemox.errors import GoemoxError
    from goemox.explanation import Explanation, explain
    from goemox.prediction import Prediction
    from goemox.profiling import TextProfile, profile
    from goemox.records import TextRecord
    from goemox.release import train
    from goemox.report.files import write_report
    from goemox.scores import ScoreMatrix
    from goemox.sources.github import collect_github
    from goemox.sources.hacker_news import collect_hackernews
    from goemox.studies import StudyReport, shift, study

__all__ = [
    "EmotionClassifier", "Explanation", "GoemoxError", "Prediction", "ScoreMatrix", "ShiftReport",
    "StudyReport", "TextProfile", "TextRecord", "__version__", "collect_github", "collect_hackernews",
    "explain", "load", "profile", "shift", "study", "train", "write_report",
]  # fmt: skip

# Where each public name lives; it is imported when it is first used, so that `import goemox` stays quick.
_HOMES = {
    "EmotionClassifier": "goemox.classifier",
    "load": "goemox.classifier",
    "GoemoxError": "goemox.errors",
    "Explanation": "goemox.explanation",
    "explain": "goemox.explanation",
    "Prediction": "goemox.prediction",
    "TextProfile": "goemox.profiling",
    "profile": "goemox.profiling",
    "TextRecord": "goemox.records",
    "ScoreMatrix": "goemox.scores",
    "collect_github": "goemox.sources.github",
    "collect_hackernews": "goemox.sources.hacker_news",
    "ShiftReport": "goemox.domain_shift",
    "StudyReport": "goemox.studies",
    "shift": "goemox.studies",
    "study": "goemox.studies",
    "train": "goemox.release",
    "write_report": "goemox.report.files",
}


if not TYPE_CHECKING:  # to type checkers, a name that is not public does not exist

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module 'goemox' has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
