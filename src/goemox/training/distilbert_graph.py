"""The graph of `distilbert_forward` and `masked_mean`, written down operator by operator.

It is the one that torch's exporter makes of the same lines (tests/training/test_exported_graph.py compares
the two), without tracing them four times over: a hundredth of the time. `training.export` proves each graph
equal to its torch model, whoever wrote it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from transformers import DistilBertForSequenceClassification

from goemox.training.forward import MASKED

__all__ = ["HEADS_FIRST", "KEYS_TURNED", "distilbert_graph", "is_written_down"]

IR_VERSION = 10
HEADS_FIRST, KEYS_TURNED = [0, 2, 1, 3], [0, 1, 3, 2]


def is_written_down(model: torch.nn.Module) -> bool:
    """Whether `distilbert_graph` knows the model: DistilBERT of float32, with GELU between its layers."""
    return (
        isinstance(model, DistilBertForSequenceClassification)
        and model.config.activation == "gelu"
        and all(parameter.dtype == torch.float32 for parameter in model.parameters())
    )


def distilbert_graph(model: DistilBertForSequenceClassification, depth: int, opset: int) -> onnx.ModelProto:
    """The graph of input_ids and attention_mask (b, t) to logits (b, k) and the mean after layer `depth`."""
    lines = _Lines(model)
    lines.write("Shape", ["attention_mask"], "rows", start=0, end=1)
    lines.write("Shape", ["attention_mask"], "columns", start=1, end=2)
    embeddings, layers = "distilbert.embeddings", model.distilbert.transformer.layer
    words = lines.write(
        "Gather", [lines.weight(f"{embeddings}.word_embeddings.weight"), "input_ids"], "words"
    )
    places = lines.write(
        "Slice",
        [lines.weight(f"{embeddings}.position_embeddings.weight"), lines.whole(0), "columns",
         lines.whole(0), lines.whole(1)],
        "places",
    )  # fmt: skip
    hidden = lines.norm(f"{embeddings}.LayerNorm", lines.write("Add", [words, places], "embedded"))
    mask = lines.write("Unsqueeze", ["attention_mask", lines.whole(1, 2)], "mask")
    mask = lines.write("Cast", [mask], "mask_floats", to=TensorProto.FLOAT)
    mask = lines.write("Sub", [lines.number(1.0), mask], "hidden_tokens")
    mask = lines.write("Mul", [mask, lines.number(MASKED)], "bias")
    states = [hidden]
    for number in range(len(layers)):
        query = hidden if number < len(layers) - 1 else lines.first(hidden)
        hidden = lines.block(number, query, hidden, mask)
        states.append(hidden)
    place = lines.constant("first", np.array(0))
    pooled = lines.write("Gather", [hidden, place], "cls", axis=1)
    pooled = lines.write("Relu", [lines.head("pre_classifier", pooled, "pre_classifier")], "pooled")
    lines.head("classifier", pooled, "logits")
    lines.mean(states[depth], "embedding")
    value = helper.make_tensor_value_info
    tokens = ("batch", "tokens")
    graph = helper.make_graph(
        lines.nodes,
        "goemox",
        [value(name, TensorProto.INT64, tokens) for name in ("input_ids", "attention_mask")],
        [
            value("logits", TensorProto.FLOAT, ("batch", model.config.num_labels)),
            value("embedding", TensorProto.FLOAT, ("batch", model.config.dim)),
        ],
        [numpy_helper.from_array(array, name) for name, array in lines.constants.items()],
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=IR_VERSION, producer_name="goemox"
    )


class _Lines:
    """Nodes in the order in which they run, and their constants; a name stands for the value it is given."""

    def __init__(self, model: DistilBertForSequenceClassification) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, npt.NDArray[Any]] = {}
        self._model = model
        self._weights = model.state_dict()

    def write(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """One node; returns its output."""
        self.nodes.append(helper.make_node(operator, inputs, [output], name=f"{output}.node", **attributes))
        return output

    def constant(self, name: str, value: npt.NDArray[Any]) -> str:
        self.constants[name] = value
        return name

    def number(self, value: float) -> str:
        return self.constant(f"number {value:g}", np.array(value, dtype=np.float32))

    def whole(self, *values: int) -> str:
        return self.constant("whole " + " ".join(map(str, values)), np.array(values, dtype=np.int64))

    def weight(self, name: str) -> str:
        """A weight as torch has it, under the name that `training.dequantise` knows it by."""
        return self.constant(f"model.{name}", self._weights[name].cpu().numpy())

    def norm(self, name: str, x: str) -> str:
        epsilon = self._model.get_submodule(name).eps
        inputs = [x, self.weight(f"{name}.weight"), self.weight(f"{name}.bias")]
        return self.write("LayerNormalization", inputs, name, axis=-1, epsilon=epsilon)

    def linear(self, name: str, x: str) -> str:
        """A layer of the encoder: its matrix turned, so that quantisers find a product of two matrices."""
        matrix = np.ascontiguousarray(self._weights[f"{name}.weight"].cpu().numpy().T)
        product = self.write("MatMul", [x, self.constant(f"{name}.matrix", matrix)], f"{name}.product")
        return self.write("Add", [product, self.weight(f"{name}.bias")], name)

    def head(self, name: str, x: str, output: str) -> str:
        """A layer behind the encoder, which runs once a text."""
        weights = [self.weight(f"{name}.weight"), self.weight(f"{name}.bias")]
        return self.write("Gemm", [x, *weights], output, transB=1)

    def first(self, hidden: str) -> str:
        """The states of [CLS], (b, 1, d)."""
        cuts = [self.whole(0), self.whole(1), self.whole(1), self.whole(1)]
        return self.write("Slice", [hidden, *cuts], "query")

    def block(self, number: int, query: str, hidden: str, bias: str) -> str:
        """One transformer layer: see `forward._block`."""
        name = f"distilbert.transformer.layer.{number}"
        attention = self._model.distilbert.transformer.layer[number].attention
        heads, size = attention.n_heads, attention.attention_head_size

        def split(part: str, x: str) -> str:
            linear = self.linear(f"{name}.attention.{part}_lin", x)
            if x == hidden:
                sizes = ["rows", "columns", self.whole(heads), self.whole(size)]
                shape = self._shape("by_heads", sizes)
            else:
                shape = self.whole(-1, 1, heads, size)
            return self.write("Reshape", [linear, shape], f"{name}.{part}", allowzero=1)

        def turned(x: str, output: str, order: list[int]) -> str:
            return self.write("Transpose", [x], f"{name}.{output}", perm=order)

        q = turned(split("q", query), "queries", HEADS_FIRST)
        # Keys are turned in two steps for the sake of speed: see `graph.turn_keys_last`.
        k = turned(turned(split("k", hidden), "key_rows", HEADS_FIRST), "keys", KEYS_TURNED)
        v = turned(split("v", hidden), "values", HEADS_FIRST)
        scores = self.write("MatMul", [q, k], f"{name}.scores")
        scores = self.write("Mul", [scores, self.number(size**-0.5)], f"{name}.scaled")
        scores = self.write("Add", [scores, bias], f"{name}.masked")
        shares = self.write("Softmax", [scores], f"{name}.shares", axis=-1)
        context = turned(self.write("MatMul", [shares, v], f"{name}.read"), "by_tokens", HEADS_FIRST)
        if query == hidden:
            shape = self._shape("by_tokens", ["rows", "columns", self.whole(heads * size)])
        else:
            shape = self.whole(-1, 1, heads * size)
        context = self.write("Reshape", [context, shape], f"{name}.context", allowzero=1)
        out = self.linear(f"{name}.attention.out_lin", context)
        attended = self.norm(f"{name}.sa_layer_norm", self.write("Add", [out, query], f"{name}.attended"))
        further = self.write("Gelu", [self.linear(f"{name}.ffn.lin1", attended)], f"{name}.gelu")
        further = self.linear(f"{name}.ffn.lin2", further)
        return self.norm(
            f"{name}.output_layer_norm", self.write("Add", [further, attended], f"{name}.further")
        )

    def _shape(self, name: str, sizes: list[str]) -> str:
        """A shape of the batch's own sizes, written once."""
        if not any(name in node.output for node in self.nodes):
            self.write("Concat", sizes, name, axis=0)
        return name

    def mean(self, states: str, output: str) -> str:
        """The mean over real tokens: see `forward.masked_mean`."""
        weight = self.write("Unsqueeze", ["attention_mask", self.whole(-1)], "real")
        weight = self.write("Cast", [weight], "real_floats", to=TensorProto.FLOAT)
        kept = self.write("Mul", [states, weight], "real_states")
        total = self.write("ReduceSum", [kept, self.whole(1)], "total", keepdims=0)
        count = self.write("ReduceSum", [weight, self.whole(1)], "count", keepdims=0)
        count = self.write("Clip", [count, self.number(1.0)], "at_least_one")
        return self.write("Div", [total, count], output)
