"""A checked graph becomes an engine. Which one is `runtime.choice`'s matter, or the user's."""

from __future__ import annotations

from pathlib import Path

from goemox.errors import InvalidModel
from goemox.runtime.engine import Engine, EngineName

__all__ = ["open_engine"]

FED = ("input_ids", "attention_mask")


def open_engine(name: EngineName, graph: bytes, path: Path, n_callers: int) -> Engine:
    """Load a checked graph (`runtime.graph.read_graph`). path: for messages.

    n_callers: threads that may run it at the same time without waiting for each other.
    Raises InvalidModel where the library cannot load the graph, or it reads other inputs than it is fed or
    has no logits.
    """
    engine: Engine
    if name == "openvino":
        from goemox.runtime.openvino_engine import OpenvinoEngine

        engine = OpenvinoEngine(graph, path, n_callers)
    else:
        from goemox.runtime.onnxruntime_engine import OnnxruntimeEngine

        engine = OnnxruntimeEngine(graph, path)
    if "logits" not in engine.outputs:
        raise InvalidModel(f"{path}: the graph has no output named 'logits'; name it so and export again")
    other = sorted(set(engine.inputs) - set(FED))
    if other or "input_ids" not in engine.inputs:
        raise InvalidModel(
            f"{path}: the graph reads {', '.join(other) or 'nothing'}; it must read {' and '.join(FED)}"
        )
    return engine
