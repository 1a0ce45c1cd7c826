"""The bundled int8 graph with weights of the full range, as onnxruntime's own quantisation makes them.

The bundled weights leave room for pairs (docs/decisions/0002-int8.md); here each column is scaled anew, so
that its largest weight is 127, whatever stands beside it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

__all__ = ["with_full_range"]


def with_full_range(graph: Path) -> int:
    """Rewrite the file; how many matrices were scaled anew. Raises SystemExit where there are none."""
    model = onnx.load(graph)
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    n = 0
    for node in model.graph.node:
        if node.op_type != "DequantizeLinear":
            continue
        weight, scale = tensors.get(node.input[0]), tensors.get(node.input[1])
        if weight is None or scale is None or len(weight.dims) != 2:
            continue
        axis = next((int(each.i) for each in node.attribute if each.name == "axis"), 1)
        q, s = numpy_helper.to_array(weight), numpy_helper.to_array(scale)
        along = s[:, None] if axis == 0 else s[None, :]
        values = q.astype(np.float32) * along
        new = (np.abs(values).max(axis=1 - axis) / 127.0).clip(min=1e-12).astype(np.float32)
        whole = np.clip(np.round(values / (new[:, None] if axis == 0 else new[None, :])), -127, 127).astype(
            np.int8
        )
        weight.CopyFrom(numpy_helper.from_array(whole, weight.name))
        scale.CopyFrom(numpy_helper.from_array(new, scale.name))
        n += 1
    if not n:
        raise SystemExit(f"{graph}: no int8 weights found")
    onnx.save(model, graph)
    return n
