"""Fine-tuning, and the way from torch weights to an ONNX model folder: the only room that knows torch."""

from __future__ import annotations

from importlib.util import find_spec

from goemox.errors import MissingExtra

_missing = [name for name in ("torch", "transformers", "onnx", "onnxscript") if find_spec(name) is None]
if _missing:
    raise MissingExtra("training", "train")
