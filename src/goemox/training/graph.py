"""Torch weights to an ONNX graph with two outputs: `logits` and the early-layer `embedding`."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import onnx
import torch
from onnx import helper
from torch import nn
from transformers import DistilBertForSequenceClassification, PreTrainedModel

from goemox.training.distilbert_graph import HEADS_FIRST, KEYS_TURNED, distilbert_graph, is_written_down
from goemox.training.forward import distilbert_forward, masked_mean

__all__ = ["EarlyMean", "export_fp32", "forget_origin", "traced_graph", "turn_keys_last"]

OPSET = 20  # the first with GELU as one operator


class EarlyMean(nn.Module):
    """A classifier that also returns the token mean after layer `depth` (0 = the embeddings).

    forward(input_ids, attention_mask), both (b, t) int64, gives logits (b, k) and embedding (b, d).
    """

    def __init__(self, model: PreTrainedModel, depth: int) -> None:
        super().__init__()
        self.model = model
        self.depth = depth

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits and early mean, as the class says."""
        output = self.model(input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True)
        return output.logits, masked_mean(output.hidden_states[self.depth], attention_mask)


class DistilBertEarlyMean(EarlyMean):
    """The same for DistilBERT, by the forward pass that it was trained with."""

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits and early mean, as the class says."""
        logits, states = distilbert_forward(self.model, input_ids, attention_mask, early=self.depth)
        return logits, masked_mean(states, attention_mask)


def export_fp32(model: PreTrainedModel, path: Path, depth: int) -> None:
    """Write `model` as ONNX with free batch size and length; weights inside the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    graph = distilbert_graph(model, depth, OPSET) if is_written_down(model) else traced_graph(model, depth)
    onnx.checker.check_model(graph)
    onnx.save(graph, path)


def traced_graph(model: PreTrainedModel, depth: int) -> onnx.ModelProto:
    """The graph of any classifier, by torch's exporter, which takes seconds."""
    distilbert = isinstance(model, DistilBertForSequenceClassification)
    wrapped = (DistilBertEarlyMean if distilbert else EarlyMean)(model, depth).eval()
    ids = torch.ones((2, 8), dtype=torch.int64)
    outputs = ["logits", "embedding"]
    batch, tokens = (
        torch.export.Dim("batch"),
        torch.export.Dim("tokens", max=model.config.max_position_embeddings),
    )
    with torch.no_grad(), _quiet():
        program = torch.onnx.export(
            wrapped,
            (ids, torch.ones_like(ids)),
            input_names=["input_ids", "attention_mask"],
            output_names=[f"goemox_{name}" for name in outputs],
            dynamic_shapes={"input_ids": {0: batch, 1: tokens}, "attention_mask": {0: batch, 1: tokens}},
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    assert program is not None  # noqa: S101 - with dynamo it never is
    graph = program.model_proto
    _name_outputs(graph.graph, outputs)
    forget_origin(graph)
    turn_keys_last(graph.graph)
    return graph


@contextmanager
def _quiet() -> Iterator[None]:
    """The exporter warns of its own insides (deprecated helpers, no torchvision); nobody can act on that."""
    logger = logging.getLogger("torch.onnx._internal.exporter._registration")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def forget_origin(model: onnx.ModelProto) -> None:
    """Drop the exporter's notes: stack traces with the paths of the machine that it ran on."""
    graph = model.graph
    for part in (
        model,
        graph,
        *graph.node,
        *graph.initializer,
        *graph.input,
        *graph.output,
        *graph.value_info,
    ):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")


def turn_keys_last(graph: onnx.GraphProto) -> None:
    """Write the transposition of attention's keys as two: heads before tokens, then tokens after numbers.

    Both runtimes read the second as they multiply, and the first moves whole rows; as one, which exporters
    make of it, single numbers are moved (benchmarks/results/speed/graph.json). No value changes.
    """
    at_once = [HEADS_FIRST[axis] for axis in KEYS_TURNED]
    nodes = []
    for node in graph.node:
        if node.op_type != "Transpose" or list(node.attribute[0].ints) != at_once:
            nodes.append(node)
            continue
        between = f"{node.output[0]}_rows"
        nodes.append(helper.make_node("Transpose", node.input, [between], perm=HEADS_FIRST))
        nodes.append(helper.make_node("Transpose", [between], node.output, perm=KEYS_TURNED))
    del graph.node[:]
    graph.node.extend(nodes)


def _name_outputs(graph: onnx.GraphProto, names: list[str]) -> None:
    """Give the outputs their public names; the exporter uses some of them for values inside."""
    renamed = {f"goemox_{name}": name for name in names} | {name: f"inner_{name}" for name in names}
    for node in graph.node:
        node.input[:] = [renamed.get(name, name) for name in node.input]
        node.output[:] = [renamed.get(name, name) for name in node.output]
    for value in (*graph.output, *graph.value_info):
        value.name = renamed.get(value.name, value.name)
