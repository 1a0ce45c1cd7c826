"""The trained weights of a model side by side in one vector, and AdamW's step on them.

A step goes over every weight several times: sum what the shares of the batch found, measure how long the
gradient is, step, average, round for the next products. Here this is done piece by piece, while a piece is in
the cache, and in parts that several threads can take side by side. A graphics processor, where a call costs
more than its work, takes all pieces of a kind at once.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn.utils import get_total_norm
from torch.optim.adamw import adamw

__all__ = ["KEPT", "FlatWeights", "Piece", "by_kind", "sum_gradients", "take", "update"]

BETAS = (0.9, 0.999)
EPSILON = 1e-8  # both AdamW's usual ones
KEPT = ("weights", "average", "mean", "square")  # what a run that goes on later needs


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Weights that are used together, and all that belongs to them, as views of the vectors.

    names: the parameters in it, one after the other; joined matrices (n, d) are one of (sum of n, d).
    mean, square: AdamW's moments. rounded: the weights as products read them. All of one shape, float32 but
    for `rounded`.
    """

    names: tuple[str, ...]
    weights: torch.Tensor
    gradient: torch.Tensor
    mean: torch.Tensor
    square: torch.Tensor
    average: torch.Tensor
    rounded: torch.Tensor


class FlatWeights:
    """All weights of a model that are trained, in `pieces`: matrices first, then vectors.

    While it is in use the model's parameters are views of it; `release` gives them memory of their own again.
    """

    def __init__(self, model: nn.Module, dtype: torch.dtype, joined: Sequence[tuple[str, ...]] = ()) -> None:
        """Take over the weights of `model`.

        dtype: what products read, float32 or bfloat16. joined: names of parameters that are one piece; those
        of a group follow one another among the model's trained matrices or vectors.
        """
        trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
        order = sorted(trained, key=lambda name: trained[name].ndim < 2)
        device = trained[order[0]].device
        self.model = model
        self.vectors = {name: torch.zeros(sum(p.numel() for p in trained.values()), device=device)
                        for name in KEPT}  # fmt: skip
        self.gradient = torch.zeros_like(self.vectors["weights"])
        same = dtype == torch.float32
        self.rounded = self.vectors["weights"] if same else torch.zeros_like(self.gradient, dtype=dtype)
        first = {group[0]: group for group in joined}
        later = {name for group in joined for name in group[1:]}
        self.pieces: list[Piece] = []
        start = 0
        for name in order:
            parameter = trained[name]
            place = self.vectors["weights"][start : start + parameter.numel()].view(parameter.shape)
            place.copy_(parameter.detach())
            parameter.data = place
            if name not in later:
                self.pieces.append(self._piece(first.get(name, (name,)), start, parameter.shape))
            start += parameter.numel()
        self.vectors["average"].copy_(self.vectors["weights"])
        self.round()

    def _piece(self, names: tuple[str, ...], start: int, shape: torch.Size) -> Piece:
        whole = (shape[0] * len(names), *shape[1:])
        stop = start + math.prod(whole)
        views = {name: vector[start:stop].view(whole) for name, vector in self.vectors.items()}
        return Piece(
            names,
            gradient=self.gradient[start:stop].view(whole),
            rounded=self.rounded[start:stop].view(whole),
            **views,
        )

    def parts(self, n: int) -> list[list[int]]:
        """Numbers of the pieces, in `n` groups of about as many weights; on a graphics processor in one."""
        n = 1 if self.gradient.is_cuda else n
        sizes = [piece.weights.numel() for piece in self.pieces]
        groups: list[list[int]] = [[] for _ in range(n)]
        for index in sorted(range(len(sizes)), key=lambda index: -sizes[index]):
            min(groups, key=lambda group: sum(sizes[member] for member in group)).append(index)
        return groups

    def sha256(self) -> str:
        """Of all the model's weights as they stand, those that are not trained too."""
        digest = hashlib.sha256()
        for name, parameter in self.model.named_parameters():
            digest.update(name.encode())
            digest.update(parameter.detach().cpu().reshape(-1).view(torch.uint8).numpy().data)
        return digest.hexdigest()

    def round(self) -> None:
        """Make `rounded` follow from the weights."""
        if self.rounded is not self.vectors["weights"]:
            self.rounded.copy_(self.vectors["weights"])

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Let the model hold the averaged weights, ready to predict, while the block runs."""
        kept = self.vectors["weights"].clone()
        self.vectors["weights"].copy_(self.vectors["average"])
        self.model.eval()
        try:
            yield
        finally:
            self.model.train()
            self.vectors["weights"].copy_(kept)

    def release(self) -> None:
        """End with the averaged weights, in memory of the model's own."""
        self.vectors["weights"].copy_(self.vectors["average"])
        for parameter in self.model.parameters():
            if parameter.requires_grad:
                parameter.data = parameter.data.clone()
                parameter.grad = None


@torch.no_grad()
def sum_gradients(pieces: Sequence[Piece], shares: Sequence[Sequence[torch.Tensor | None]]) -> float:
    """Put the sum of the shares' gradients into the pieces'; the square of its length.

    shares: of each share a gradient for each piece, of any float type, dense or sparse.
    """
    if pieces and pieces[0].gradient.is_cuda and len(shares) == 1:
        return take(pieces, shares[0])
    square = 0.0
    for piece, *found in zip(pieces, *shares, strict=True):
        first, *further = found
        if first is None:
            continue
        if first.is_sparse:
            piece.gradient.zero_()
            further = found
        else:
            piece.gradient.copy_(first)
        for gradient in further:
            piece.gradient.add_(gradient)
        square += float(torch.linalg.vector_norm(piece.gradient)) ** 2
    return square


def take(pieces: Sequence[Piece], found: Sequence[torch.Tensor | None]) -> float:
    """`sum_gradients` of one share, in as many calls as there are kinds of work, and one wait."""
    pairs = [(p.gradient, one) for p, one in zip(pieces, found, strict=True) if one is not None]
    mine = [gradient for gradient, _ in pairs]
    torch._foreach_copy_(mine, [one.to_dense() if one.is_sparse else one for _, one in pairs])
    return float(get_total_norm(mine)) ** 2


@torch.no_grad()
def update(
    pieces: Sequence[Piece], *, step: int, rate: float, decay: float, scale: float, keep: float
) -> None:
    """AdamW's step number `step` (from 1), the average and the rounding.

    decay: of weights in matrices only: biases and layer norms are scales, not connections. scale: what the
    gradient is multiplied by, at most 1. keep: how much of the average stays as it was.
    Loshchilov & Hutter 2019, https://arxiv.org/abs/1711.05101.
    """
    for together in _at_once(pieces):
        weights, averages = [piece.weights for piece in together], [piece.average for piece in together]
        gradients = [piece.gradient for piece in together]
        if scale < 1.0:
            torch._foreach_mul_(gradients, scale)
        adamw(
            weights,
            gradients,
            [piece.mean for piece in together],
            [piece.square for piece in together],
            [],
            list(torch.full((len(together),), float(step - 1), device=weights[0].device).unbind()),
            fused=True,
            amsgrad=False,
            beta1=BETAS[0],
            beta2=BETAS[1],
            lr=rate,
            weight_decay=decay if weights[0].ndim >= 2 else 0.0,
            eps=EPSILON,
            maximize=False,
        )
        torch._foreach_lerp_(averages, weights, 1.0 - keep)
        for piece in together:
            if piece.rounded.dtype != piece.weights.dtype:
                piece.rounded.copy_(piece.weights)


def _at_once(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces in groups of one, or for a graphics processor in as few as there are kinds."""
    if not pieces or not pieces[0].weights.is_cuda:
        return [[piece] for piece in pieces]
    return by_kind(pieces)


def by_kind(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Matrices and vectors, of which the first decay."""
    matrices = [piece for piece in pieces if piece.weights.ndim >= 2]
    vectors = [piece for piece in pieces if piece.weights.ndim < 2]
    return [group for group in (matrices, vectors) if group]
