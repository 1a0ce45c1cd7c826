"""Decision rules fitted again on labelled rows: `calibrate` with many, `adapt` with about a hundred."""

from goemox.adaptation.adapting import AdaptReport, adapt
from goemox.adaptation.calibrating import CalibrateReport, calibrate

__all__ = ["AdaptReport", "CalibrateReport", "adapt", "calibrate"]
