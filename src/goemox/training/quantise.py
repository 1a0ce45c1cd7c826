"""The int8 graph: static activation scales, one weight scale per output column, a byte-sized vocabulary.

Static scales, because dynamic ones are taken over the whole batch: a text's score would then depend on
its neighbours. Weight scales leave room for pairs: processors without VNNI add two products in 16 bits,
which full-range weights can overflow (docs/decisions/0002-int8.md).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from goemox.training.graph import turn_keys_last

__all__ = ["pair_safe", "shrink_tables", "write_int8"]

ROWS_PER_STEP = 16
QUANTISED = ["MatMul"]  # the head (Gemm) runs once a text, so that its bytes and time hardly count
BIG_TABLE = 100_000  # cells; smaller lookup tables stay float


class _Batches(CalibrationDataReader):  # type: ignore[misc]
    """Padded batches of token ids, each once."""

    def __init__(self, ids: Sequence[Sequence[int]], pad_id: int) -> None:
        self._batches = self._make(sorted(ids, key=len), pad_id)

    def get_next(self) -> dict[str, npt.NDArray[np.int64]] | None:
        return next(self._batches, None)

    @staticmethod
    def _make(ids: Sequence[Sequence[int]], pad_id: int) -> Iterator[dict[str, npt.NDArray[np.int64]]]:
        for start in range(0, len(ids), ROWS_PER_STEP):
            rows = ids[start : start + ROWS_PER_STEP]
            width = max(map(len, rows))
            tokens = np.array([[*row, *[pad_id] * (width - len(row))] for row in rows], dtype=np.int64)
            mask = np.array([[1] * len(row) + [0] * (width - len(row)) for row in rows], dtype=np.int64)
            yield {"input_ids": tokens, "attention_mask": mask}


def write_int8(fp32: Path, int8: Path, calibration: Sequence[Sequence[int]], pad_id: int) -> None:
    """Quantise `fp32` into `int8`, with activation ranges from token ids of training texts."""
    with tempfile.TemporaryDirectory() as folder:
        prepared, quantised = Path(folder) / "prepared.onnx", Path(folder) / "int8.onnx"
        quant_pre_process(str(fp32), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(quantised),
            _Batches(calibration, pad_id),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=QUANTISED,
            nodes_to_exclude=_without_weights(onnx.load(prepared)),
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            extra_options={"OpTypesToExcludeOutputQuantization": QUANTISED},
        )
        model = onnx.load(quantised)
        _make_pair_safe(model.graph, onnx.load(prepared).graph)
    shrink_tables(model.graph)
    turn_keys_last(model.graph)  # the preparation above joins them again
    onnx.checker.check_model(model)
    onnx.save(model, int8)


def _without_weights(model: onnx.ModelProto) -> list[str]:
    """Multiplications of two activations (attention): cheap, and their ranges vary too much."""
    constant = {tensor.name for tensor in model.graph.initializer}
    return [n.name for n in model.graph.node if n.op_type in QUANTISED and n.input[1] not in constant]


def _make_pair_safe(graph: onnx.GraphProto, original: onnx.GraphProto) -> None:
    """Quantise the weights again, so that no two neighbouring products overflow 16 bits.

    An activation is at most 255, so |w[2i]| + |w[2i+1]| <= 128 down each column keeps their sum within
    32,640. Few columns have two large neighbours, so this costs far less than giving up a bit.
    """
    exact = {tensor.name: tensor for tensor in original.initializer}
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        weight = exact.get(node.input[0].removesuffix("_quantized"))
        if node.op_type != "DequantizeLinear" or weight is None or len(weight.dims) != 2:
            continue
        columns = _axis(node) == 1
        values = numpy_helper.to_array(weight)
        scale, quantised = pair_safe(values if columns else values.T)
        for name, array in ((node.input[0], quantised if columns else quantised.T), (node.input[1], scale)):
            tensors[name].CopyFrom(numpy_helper.from_array(np.ascontiguousarray(array), name))


def pair_safe(weights: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int8]]:
    """Scales (m,) and int8 weights (d, m) of a matrix (d, m), with neighbours in d adding up to <= 128."""
    size = np.abs(weights)
    even = size[: len(size) // 2 * 2]
    pairs = even[0::2] + even[1::2]
    # A unit below 128, since rounding may lift each of the two by half a step.
    scale = np.maximum(size.max(axis=0) / 127.0, pairs.max(axis=0) / 127.0).clip(min=1e-12).astype(np.float32)
    return scale, np.clip(np.round(weights / scale), -127, 127).astype(np.int8)


def _axis(node: onnx.NodeProto) -> int:
    return next((int(attribute.i) for attribute in node.attribute if attribute.name == "axis"), 1)


def shrink_tables(graph: onnx.GraphProto) -> None:
    """Store big lookup tables as int8 with one scale a row: rows are looked up or cut out, then scaled.

    The rows use all eight bits: they are multiplied one by one, never added up in 16 bits.
    """
    tables = {t.name: t for t in graph.initializer if len(t.dims) == 2 and t.dims[0] * t.dims[1] >= BIG_TABLE}
    constants = {t.name: t for t in graph.initializer}
    nodes = []
    for node in graph.node:
        table = tables.get(node.input[0]) if _takes_rows(node, constants) else None
        if table is None:
            nodes.append(node)
            continue
        rows = numpy_helper.to_array(table)
        scale = (np.abs(rows).max(axis=1, keepdims=True) / 127.0).clip(min=1e-12).astype(np.float32)
        name = table.name
        graph.initializer.remove(table)
        graph.initializer.append(
            numpy_helper.from_array(np.round(rows / scale).astype(np.int8), f"{name}_int8")
        )
        graph.initializer.append(numpy_helper.from_array(scale, f"{name}_scale"))
        rest = list(node.input[1:])
        nodes += [
            helper.make_node(node.op_type, [f"{name}_int8", *rest], [f"{name}_rows"]),
            helper.make_node(node.op_type, [f"{name}_scale", *rest], [f"{name}_scales"]),
            helper.make_node("Cast", [f"{name}_rows"], [f"{name}_floats"], to=onnx.TensorProto.FLOAT),
            helper.make_node("Mul", [f"{name}_floats", f"{name}_scales"], list(node.output)),
        ]
    del graph.node[:]
    graph.node.extend(nodes)


def _takes_rows(node: onnx.NodeProto, constants: dict[str, onnx.TensorProto]) -> bool:
    """Whether the node picks whole rows of its first input: a lookup of words, or the first t positions."""
    if node.op_type == "Gather":
        return not any(attribute.name == "axis" and attribute.i for attribute in node.attribute)
    axes = constants.get(node.input[3]) if node.op_type == "Slice" and len(node.input) > 3 else None
    return axes is not None and numpy_helper.to_array(axes).tolist() == [0]
