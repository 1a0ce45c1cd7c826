"""Scores and truth in, `EvaluationReport` out: every figure with an interval, beside what it must beat."""

from goemox.evaluation.baselines import simple_baselines, thresholds_compared
from goemox.evaluation.intervals import Interval, wilson
from goemox.evaluation.mapping import LabelMapping, read_mapping, read_mappings
from goemox.evaluation.paired import PairedComparison, paired_bootstrap
from goemox.evaluation.prediction_sets import PredictionSets
from goemox.evaluation.report import EvaluationReport, LabelResult, evaluate
from goemox.evaluation.shares import confidence, display_shares, label_shares, top_label_shares
from goemox.evaluation.tfidf import tfidf_baseline

__all__ = [
    "EvaluationReport",
    "Interval",
    "LabelMapping",
    "LabelResult",
    "PairedComparison",
    "PredictionSets",
    "confidence",
    "display_shares",
    "evaluate",
    "label_shares",
    "paired_bootstrap",
    "read_mapping",
    "read_mappings",
    "simple_baselines",
    "tfidf_baseline",
    "thresholds_compared",
    "top_label_shares",
    "wilson",
]
