"""What each layer costs in int8: dev scores with that layer alone in int8, all others in floating point.

    GOEMOX_DATA=... python benchmarks/speed/int8_layers.py FOLDER [--rows 1000]

FOLDER is a model folder with both graphs (what `goemox train` writes without bundling). The int8 graph's
products are given back their exact weights and unrounded inputs, except those of the named part; residuals
are read before rounding where no product of the part reads the rounded ones. Prints and writes the rows into
results/speed/graph.json under "int8_by_part". Ten minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
from rewrite_graph import products

from goemox.data.goemotions import read_split
from goemox.model_folder import ONNX_FP32, ONNX_INT8, TOKENIZER, file_sha256
from goemox.records import truth_matrix
from goemox.runtime.session import Scorer
from goemox.scores import Floats, sigmoid
from goemox.training.gate import mean_precision

RESULTS = Path(__file__).parent.parent / "results/speed/graph.json"
Part = Callable[[str], bool]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000)
    parser.add_argument("--output", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    folder = arguments.folder
    labels = tuple(json.loads((folder / "goemox.json").read_bytes())["labels"])
    dev = read_split(Path(os.environ["GOEMOX_DATA"]) / "goemotions", "dev")[: arguments.rows]
    texts, truth = [record.text for record in dev], truth_matrix(dev, labels)

    def logits(graph: Path) -> Floats:
        scorer = Scorer(graph, folder / TOKENIZER, labels, 512, file_sha256(graph))
        return scorer.score(texts).logits.astype(np.float64)

    def nll(z: Floats) -> Floats:
        return np.asarray((np.logaddexp(0, z) - truth * z).mean(axis=1))

    exact = logits(folder / ONNX_FP32)
    rows: list[dict[str, object]] = [{"part": "fp32", "map": round(mean_precision(sigmoid(exact), truth), 6)}]
    for name, part in parts(
        1 + max(_layer(b) for b in products(onnx.load(folder / ONNX_INT8).graph))
    ).items():
        with tempfile.TemporaryDirectory() as place:
            graph = Path(place) / "part.onnx"
            onnx.save(only(part, onnx.load(folder / ONNX_INT8), onnx.load(folder / ONNX_FP32).graph), graph)
            z = logits(graph)
        cost = nll(z) - nll(exact)
        rows.append({
            "part": name, "map": round(mean_precision(sigmoid(z), truth), 6),
            "nll_cost": round(float(cost.mean()), 6),
            "nll_cost_standard_error": round(float(cost.std()) / len(texts) ** 0.5, 6),
            "mean_logit_difference": round(float(np.abs(z - exact).mean()), 4),
        })  # fmt: skip
        print(rows[-1], flush=True)
    document = json.loads(arguments.output.read_text("utf-8")) if arguments.output.is_file() else {}
    document["int8_by_part"] = {
        "command": "python benchmarks/speed/int8_layers.py FOLDER", "model": "seed 1 of release_seeds.json",
        "rows_of_dev": len(texts), "parts": rows,
    }  # fmt: skip
    arguments.output.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")


def parts(n_layers: int) -> dict[str, Part]:
    """Which biases' products are kept in int8, by name."""
    found: dict[str, Part] = {
        "all": lambda bias: True,
        "word table only": lambda bias: False,
        "attention of all layers": lambda bias: "attention" in bias,
        "feed-forward of all layers": lambda bias: "ffn" in bias,
    }
    return found | {f"layer {n + 1}": lambda bias, n=n: _layer(bias) == n for n in range(n_layers)}  # type: ignore[misc]


def only(part: Part, int8: onnx.ModelProto, fp32: onnx.GraphProto) -> onnx.ModelProto:
    """The int8 graph with every product exact but those that `part` names by their bias."""
    exact = {tensor.name: tensor for tensor in fp32.initializer}
    weights = {bias: exact[name] for bias, name in _factors(fp32).items()}
    makers = {output: node for node in int8.graph.node for output in node.output}
    biases = {product: bias for bias, product in _products(int8.graph).items()}
    for node in int8.graph.node:
        bias = biases.get(node.output[0])
        if bias and not part(bias):
            node.input[0] = makers[makers[node.input[0]].input[0]].input[0]
            stored = int8.graph.initializer.add()
            stored.CopyFrom(weights[bias])
            stored.name = node.input[1] = f"{bias}_exact"
    read = {name for node in int8.graph.node if node.op_type == "MatMul" for name in node.input}
    for node in int8.graph.node:
        for place, name in enumerate(node.input):
            back = makers.get(name)
            if back is None or back.op_type != "DequantizeLinear" or name in read:
                continue
            rounding = makers.get(back.input[0])
            if rounding is not None:
                node.input[place] = rounding.input[0]
    return int8


def _products(graph: onnx.GraphProto) -> dict[str, str]:
    """The output of each linear layer's product, by its bias."""
    made = {output for node in graph.node if node.op_type == "MatMul" for output in node.output}
    stored = {tensor.name for tensor in graph.initializer}
    found = {}
    for node in graph.node:
        bias = next((name for name in node.input if name in stored and name.endswith(".bias")), None)
        product = next((name for name in node.input if name in made), None)
        if node.op_type == "Add" and bias and product:
            found[bias] = product
    return found


def _factors(graph: onnx.GraphProto) -> dict[str, str]:
    """The name of each linear layer's matrix, by its bias."""
    makers = {output: node for node in graph.node for output in node.output}
    return {bias: makers[product].input[1] for bias, product in _products(graph).items()}


def _layer(bias: str) -> int:
    return int(bias.split("layer.")[1].split(".")[0])


if __name__ == "__main__":
    main()
