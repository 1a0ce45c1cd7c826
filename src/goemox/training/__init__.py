"""Fine-tuning, and the way from torch weights to an ONNX model folder: the only room that knows torch."""

from __future__ import annotations

from importlib.util import find_spec

import goemox.runtime  # noqa: F401 - switches the telemetry of onnxruntime off before anything here imports it
from goemox.errors import MissingExtra

_missing = [name for name in ("torch", "transformers", "onnx", "onnxscript") if find_spec(name) is None]
if _missing:
    raise MissingExtra("training", "train")

from transformers.utils import logging as _logging  # noqa: E402 - only now is it known to be there

# A fresh head on a pretrained encoder is the point here, not the accident that transformers reports.
_logging.set_verbosity_error()
_logging.disable_progress_bar()
