"""Torch weights to an ONNX graph with two outputs: `logits` and the early-layer `embedding`."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import nn
from transformers import DistilBertForSequenceClassification, PreTrainedModel

__all__ = ["EarlyMean", "export_fp32", "forget_origin"]

MASKED = -1e4  # exp of it is zero, and it survives every float format
OPSET = 18


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
    """The same for DistilBERT, with the last layer worked out for [CLS] alone: nothing else is read of it."""

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits and early mean, as the class says."""
        encoder = self.model.distilbert
        hidden = encoder.embeddings(input_ids)
        bias = (1.0 - attention_mask[:, None, None, :].to(hidden.dtype)) * MASKED
        embedding = masked_mean(hidden, attention_mask)
        layers = encoder.transformer.layer
        for number, layer in enumerate(layers, start=1):
            query = hidden if number < len(layers) else hidden[:, :1]
            hidden = _block(layer, query, hidden, bias)
            if number == self.depth:
                embedding = masked_mean(hidden, attention_mask)
        pooled = torch.relu(self.model.pre_classifier(hidden[:, 0]))
        return self.model.classifier(pooled), embedding


def masked_mean(hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean over real tokens: hidden (b, t, d), mask (b, t), returns (b, d)."""
    weight = mask.unsqueeze(-1).to(hidden.dtype)
    mean: torch.Tensor = (hidden * weight).sum(dim=1) / weight.sum(dim=1).clamp(min=1.0)
    return mean


def _block(layer: Any, query: torch.Tensor, hidden: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    attention = layer.attention
    heads, size = attention.n_heads, attention.attention_head_size

    def split(x: torch.Tensor) -> torch.Tensor:
        return x.reshape(*x.shape[:-1], heads, size).transpose(1, 2)

    q, k, v = split(attention.q_lin(query)), split(attention.k_lin(hidden)), split(attention.v_lin(hidden))
    weights = torch.softmax(q @ k.transpose(-1, -2) * size**-0.5 + bias, dim=-1)
    context = (weights @ v).transpose(1, 2).flatten(-2)
    hidden = layer.sa_layer_norm(attention.out_lin(context) + query)
    forward = layer.ffn.lin2(layer.ffn.activation(layer.ffn.lin1(hidden)))
    output: torch.Tensor = layer.output_layer_norm(forward + hidden)
    return output


def export_fp32(model: PreTrainedModel, path: Path, depth: int) -> None:
    """Write `model` as ONNX with free batch size and length; weights inside the file."""
    distilbert = isinstance(model, DistilBertForSequenceClassification)
    wrapped = (DistilBertEarlyMean if distilbert else EarlyMean)(model, depth).eval()
    ids = torch.ones((2, 8), dtype=torch.int64)
    outputs = ["logits", "embedding"]
    batch, tokens = (
        torch.export.Dim("batch"),
        torch.export.Dim("tokens", max=model.config.max_position_embeddings),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with torch.no_grad(), _quiet():
        torch.onnx.export(
            wrapped,
            (ids, torch.ones_like(ids)),
            path,
            input_names=["input_ids", "attention_mask"],
            output_names=[f"goemox_{name}" for name in outputs],
            dynamic_shapes={"input_ids": {0: batch, 1: tokens}, "attention_mask": {0: batch, 1: tokens}},
            opset_version=OPSET,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    graph = onnx.load(path)
    _name_outputs(graph.graph, outputs)
    forget_origin(graph)
    onnx.checker.check_model(graph)
    onnx.save(graph, path)


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


def _name_outputs(graph: onnx.GraphProto, names: list[str]) -> None:
    """Give the outputs their public names; the exporter uses some of them for values inside."""
    renamed = {f"goemox_{name}": name for name in names} | {name: f"inner_{name}" for name in names}
    for node in graph.node:
        node.input[:] = [renamed.get(name, name) for name in node.input]
        node.output[:] = [renamed.get(name, name) for name in node.output]
    for value in (*graph.output, *graph.value_info):
        value.name = renamed.get(value.name, value.name)
