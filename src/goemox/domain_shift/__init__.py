"""Where a model is used beyond its own texts: what changed, by how much, and what cannot be said."""

from goemox.domain_shift.report import ShiftReport, compare
from goemox.domain_shift.sample import DomainSample, ReferenceSample
from goemox.domain_shift.shares import share_correlation
from goemox.domain_shift.two_sample import LabelTests, label_tests

__all__ = [
    "DomainSample",
    "LabelTests",
    "ReferenceSample",
    "ShiftReport",
    "compare",
    "label_tests",
    "share_correlation",
]
