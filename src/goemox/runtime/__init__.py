"""Texts to logits without torch: cleaning, tokens, ONNX."""

import os

# onnxruntime writes a device id into the user's home and sends events unless told not to before its import.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
