"""The forward pass of a classifier: DistilBERT's written out, every other architecture as it comes.

Written out, because half of the time is saved: nothing reads the last layer's states but [CLS], and short
rows are faster through plain products than through the attention kernels made for long ones. The exported
graph (`distilbert_graph`) has these lines too: a test holds it to what torch's exporter makes of them.
Dropout stands where BERT has it, after each block; not on the attention weights.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn.functional import dropout as drop
from transformers import DistilBertForSequenceClassification, PreTrainedModel

__all__ = ["distilbert_forward", "logits_for", "masked_mean"]

MASKED = -1e4  # exp of it is zero, and it survives every float format


def logits_for(
    model: PreTrainedModel, ids: torch.Tensor, mask: torch.Tensor, dropout: float = 0.0
) -> torch.Tensor:
    """Logits (b, k) of token ids and mask, both (b, t) int64. dropout is read for DistilBERT only."""
    if isinstance(model, DistilBertForSequenceClassification):
        return distilbert_forward(model, ids, mask, dropout=dropout)[0]
    logits: torch.Tensor = model(input_ids=ids, attention_mask=mask).logits
    return logits


def distilbert_forward(
    model: DistilBertForSequenceClassification,
    ids: torch.Tensor,
    mask: torch.Tensor,
    *,
    dropout: float = 0.0,
    early: int = 0,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits (b, k), and the states (b, t, d) after layer `early` (0 = the embeddings).

    ids, mask: (b, t) int64. dropout: share of states dropped after each block while the model is training.
    """
    encoder = model.distilbert
    dropout = dropout if model.training else 0.0
    words = encoder.embeddings.word_embeddings(ids)
    places = encoder.embeddings.position_embeddings.weight[: ids.shape[1]]
    hidden = drop(encoder.embeddings.LayerNorm(words + places), dropout)
    bias = (1.0 - mask[:, None, None, :].float()) * MASKED
    states = hidden
    layers = encoder.transformer.layer
    for number, layer in enumerate(layers, start=1):
        query = hidden if number < len(layers) else hidden[:, :1]
        hidden = _block(layer, query, hidden, bias, dropout)
        if number == early:
            states = hidden
    pooled = torch.relu(model.pre_classifier(hidden[:, 0]))
    return model.classifier(model.dropout(pooled)), states


def masked_mean(hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean over real tokens: hidden (b, t, d), mask (b, t), returns (b, d)."""
    weight = mask.unsqueeze(-1).to(hidden.dtype)
    mean: torch.Tensor = (hidden * weight).sum(dim=1) / weight.sum(dim=1).clamp(min=1.0)
    return mean


def _block(
    layer: Any, query: torch.Tensor, hidden: torch.Tensor, bias: torch.Tensor, dropout: float
) -> torch.Tensor:
    """One transformer layer: the states of `query` (b, q, d) after attending to `hidden` (b, t, d)."""
    attention = layer.attention
    heads, size = attention.n_heads, attention.attention_head_size

    def split(x: torch.Tensor) -> torch.Tensor:
        return x.reshape(*x.shape[:-1], heads, size).transpose(1, 2)

    q, k, v = split(attention.q_lin(query)), split(attention.k_lin(hidden)), split(attention.v_lin(hidden))
    weights = torch.softmax((q @ k.transpose(-1, -2)).float() * size**-0.5 + bias, dim=-1)
    context = (weights.to(v.dtype) @ v).transpose(1, 2).flatten(-2)
    attended = layer.sa_layer_norm(drop(attention.out_lin(context), dropout) + query)
    further = layer.ffn.lin2(layer.ffn.activation(layer.ffn.lin1(attended)))
    output: torch.Tensor = layer.output_layer_norm(drop(further, dropout) + attended)
    return output
