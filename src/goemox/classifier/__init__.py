"""`EmotionClassifier`, the public door: a model folder, its runtime, decision rule and domain profile."""

from goemox.classifier.emotion import EmotionClassifier, load
from goemox.classifier.grouped import GroupedClassifier

__all__ = ["EmotionClassifier", "GroupedClassifier", "load"]
