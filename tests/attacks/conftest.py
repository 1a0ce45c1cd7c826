"""Hostile graphs are built with the onnx package of the [train] extra; without it they are left out."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("onnx") else ["test_model_folders_from_others.py"]
