"""DistilBERT's forward pass for training on processors: `forward.distilbert_forward` on rounded weights.

A thread has a `Share`: leaves of its own over weights that all threads read, so that several parts of a batch
run forward and backward side by side and none waits for another. States stay in the products' precision
(softmax, embeddings, norms' weights and the loss are float32); weights are rounded once a step, not at each
use; query, key and value are one product; dropout costs a byte of noise a state. A test holds that logits and
gradients are those of `distilbert_forward`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch.nn.functional import embedding, layer_norm, linear
from transformers import DistilBertForSequenceClassification

from goemox.training.flat import Piece
from goemox.training.forward import MASKED

__all__ = ["Dropout", "Share", "joined_names"]

LEVELS = 256  # of a byte of noise: what is dropped is a multiple of 1/256


class Dropout:
    """Which states one share of one step drops: it follows from these numbers alone.

    So a run drops the same whatever its threads do, and one that goes on after a kill needs its step only.
    """

    def __init__(self, seed: int, step: int, share: int) -> None:
        self._generator = np.random.Generator(np.random.SFC64((seed, step, share)))

    def mask(self, states: torch.Tensor, dropped: float) -> torch.Tensor:
        """What to multiply `states` by: 0 where they are dropped, elsewhere what makes up for it."""
        limit = round(dropped * LEVELS)
        words = -(-states.numel() // 8)
        noise = self._generator.integers(0, 2**64 - 1, words, dtype=np.uint64, endpoint=True)
        octets = torch.from_numpy(noise.view(np.uint8)[: states.numel()]).view(states.shape)
        kept = torch.empty(states.shape, dtype=states.dtype)
        return torch.ge(octets, limit, out=kept).mul_(LEVELS / (LEVELS - limit))


def joined_names(model: DistilBertForSequenceClassification) -> list[tuple[str, ...]]:
    """The parameters that `Share` reads as one: query, key and value; in the last layer key and value."""
    layers = len(model.distilbert.transformer.layer)
    return [
        tuple(f"distilbert.transformer.layer.{number}.attention.{part}_lin.{kind}" for part in parts)
        for number in range(layers)
        for parts in ("qkv" if number < layers - 1 else "kv",)
        for kind in ("weight", "bias")
    ]


class Share:
    """The forward pass on leaves of its own, whose gradients a backward pass leaves in them."""

    def __init__(self, model: DistilBertForSequenceClassification, pieces: Sequence[Piece]) -> None:
        """pieces: all weights of `model` that are trained, joined as `joined_names` says."""
        self._model = model
        exact = tuple(name for name, m in model.named_modules() if not isinstance(m, torch.nn.Linear))
        self._leaves: dict[str, torch.Tensor] = {}
        for piece in pieces:
            in_product = piece.names[0].rpartition(".")[0] not in exact
            leaf = piece.rounded if in_product else piece.weights
            self._leaves[piece.names[0]] = leaf.detach().requires_grad_()
        self._dtype = pieces[0].rounded.dtype

    def gradients(self) -> list[torch.Tensor | None]:
        """One for each piece, and forget them."""
        found = [leaf.grad for leaf in self._leaves.values()]
        for leaf in self._leaves.values():
            leaf.grad = None
        return found

    def logits(
        self, ids: torch.Tensor, mask: torch.Tensor, dropped: float = 0.0, dropout: Dropout | None = None
    ) -> torch.Tensor:
        """Logits (b, k) of token ids and mask, both (b, t) int64.

        dropped: share of states that `dropout` drops after each block; without `dropout` nothing is.
        """
        encoder = self._model.distilbert
        (b, t), d = ids.shape, self._model.config.dim
        table = self._leaves.get("distilbert.embeddings.word_embeddings.weight")
        held = encoder.embeddings.word_embeddings.weight
        words = embedding(ids, held if table is None else table, sparse=table is not None)
        places = self._leaves["distilbert.embeddings.position_embeddings.weight"][:t]
        states = self._norm("distilbert.embeddings.LayerNorm", words + places).to(self._dtype).view(b * t, d)
        hidden = states * dropout.mask(states, dropped) if dropout and dropped else states
        bias = None if bool(mask.all()) else (1.0 - mask[:, None, None, :].float()) * MASKED
        for number in range(len(encoder.transformer.layer)):
            hidden = self._block(number, hidden.view(b, t, d), bias, dropped, dropout)
        pooled = torch.relu(self._linear("pre_classifier", hidden))
        head = self._model.dropout.p
        if dropout and head:
            pooled = pooled * dropout.mask(pooled, head)
        return self._linear("classifier", pooled)

    def _block(
        self,
        number: int,
        hidden: torch.Tensor,
        bias: torch.Tensor | None,
        dropped: float,
        dropout: Dropout | None,
    ) -> torch.Tensor:
        """A layer's states (b * t, d), `hidden` (b, t, d) attending to itself; the last's: [CLS], (b, d)."""
        name = f"distilbert.transformer.layer.{number}"
        layer = self._model.distilbert.transformer.layer[number]
        heads, size = layer.attention.n_heads, layer.attention.attention_head_size
        b, t, d = hidden.shape

        def split(x: torch.Tensor, n: int) -> tuple[torch.Tensor, ...]:
            return x.view(b, -1, n, heads, size).permute(2, 0, 3, 1, 4).contiguous().unbind(0)

        flat = hidden.view(b * t, d)
        if number < len(self._model.distilbert.transformer.layer) - 1:
            query = flat
            q, k, v = split(self._linear(f"{name}.attention.q_lin", flat), 3)
        else:
            query = hidden[:, 0].contiguous()
            (q,) = split(self._linear(f"{name}.attention.q_lin", query), 1)
            k, v = split(self._linear(f"{name}.attention.k_lin", flat), 2)
        weights = (q @ k.transpose(-1, -2)).float() * size**-0.5
        weights = torch.softmax(weights if bias is None else weights + bias, dim=-1)
        context = (weights.to(v.dtype) @ v).transpose(1, 2).reshape(-1, d)

        def added(x: torch.Tensor, states: torch.Tensor) -> torch.Tensor:
            if dropout is None or not dropped:
                return x + states
            return torch.addcmul(x, states, dropout.mask(states, dropped))

        attended = self._norm(
            f"{name}.sa_layer_norm", added(query, self._linear(f"{name}.attention.out_lin", context))
        )
        further = self._linear(
            f"{name}.ffn.lin2", layer.ffn.activation(self._linear(f"{name}.ffn.lin1", attended))
        )
        return self._norm(f"{name}.output_layer_norm", added(attended, further))

    def _linear(self, name: str, x: torch.Tensor) -> torch.Tensor:
        return linear(x, self._leaves[f"{name}.weight"], self._leaves[f"{name}.bias"])

    def _norm(self, name: str, x: torch.Tensor) -> torch.Tensor:
        weight, bias = self._leaves[f"{name}.weight"], self._leaves[f"{name}.bias"]
        epsilon = self._model.get_submodule(name).eps
        return layer_norm(x, weight.shape, weight, bias, epsilon)
