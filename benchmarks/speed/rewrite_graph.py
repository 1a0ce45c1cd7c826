"""An int8 graph written anew as `goemox train` writes it today, with every number of the old one kept.

    python benchmarks/speed/rewrite_graph.py OLD.onnx FOLDER NEW.onnx

FOLDER is a model folder with the old graph's config and tokenizer (the bundled one). Its weights go through
today's export and quantisation; then int8 weights, scales and zero points are put back from OLD.onnx. So the
operators are new and the arithmetic is the same.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from goemox.training.dequantise import full_model
from goemox.training.graph import export_fp32
from goemox.training.quantise import write_int8

DEPTH = 1  # the layer whose mean is the embedding


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("old", "folder", "new"):
        parser.add_argument(name, type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        fp32, int8 = Path(place) / "fp32.onnx", Path(place) / "int8.onnx"
        export_fp32(full_model(arguments.folder).eval(), fp32, DEPTH)
        any_ids = [np.random.default_rng(0).integers(1_000, 20_000, 16).tolist() for _ in range(16)]
        write_int8(fp32, int8, any_ids, pad_id=0)  # its ranges are replaced below
        written = put_back(onnx.load(arguments.old).graph, onnx.load(int8))
    onnx.checker.check_model(written)
    onnx.save(written, arguments.new)


def put_back(old: onnx.GraphProto, new: onnx.ModelProto) -> onnx.ModelProto:
    """`new` with the constants of `old`: named ones by name, those of products by their layer's bias."""
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in old.initializer}
    before, after = products(old), products(new.graph)
    if before.keys() != after.keys():
        raise SystemExit(f"other layers: {sorted(before.keys() ^ after.keys())}")
    kept = {tensor.name: stored[tensor.name] for tensor in new.graph.initializer if "." in tensor.name}
    for bias, names in after.items():
        kept |= {name: stored[former] for former, name in zip(before[bias], names, strict=True)}
    for tensor in new.graph.initializer:
        if tensor.name in kept:
            array = kept[tensor.name]
            if list(tensor.dims) != list(array.shape):
                raise SystemExit(f"{tensor.name}: {list(tensor.dims)}, formerly {list(array.shape)}")
            tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
    return new


def products(graph: onnx.GraphProto) -> dict[str, tuple[str, ...]]:
    """Names of weights, their scales and zero points, input scale and zero point, by the bias added."""
    constants = {tensor.name for tensor in graph.initializer}
    makers = {output: node for node in graph.node for output in node.output}
    found = {}
    for node in graph.node:
        bias = next((name for name in node.input if name in constants and name.endswith(".bias")), None)
        product = next((makers[name] for name in node.input if name in makers), None)
        if node.op_type == "Add" and bias and product is not None and product.op_type == "MatMul":
            inputs, weights = (makers[name] for name in product.input)
            found[bias] = (*weights.input, *inputs.input[1:])
    return found


if __name__ == "__main__":
    main()
