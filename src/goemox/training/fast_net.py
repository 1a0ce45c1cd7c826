"""Training of the fast tier's network: a window of pieces, two poolings, one hidden layer; minutes on a CPU.

It learns what a better model says of many texts (Hinton, Vinyals & Dean 2015,
https://arxiv.org/abs/1503.02531), which is what makes so small a network worth having: labels alone would
teach it a third of what it knows. What comes out are arrays for `runtime.ngram_net`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from goemox.runtime.ngram_net import quantised
from goemox.scores import Floats
from goemox.training.train import set_threads

__all__ = ["FastRecipe", "train_net"]

SORTED = 50  # batches whose texts are sorted by length together, so that little is padded
AVERAGE_EVERY, AVERAGE_DECAY = 10, 0.98
RISE = 200  # steps until the rate is whole, or a tenth of all where they are few
SPREAD = 0.3  # of the numbers of a vector at the start

Ids = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class FastRecipe:
    """All that decides a fast tier besides the texts and what was said of them.

    width: numbers a piece. window: pieces a window, odd. hard_share: weight of people's labels in the targets
    of labelled rows. lost: share of pieces that are hidden in training. max_length: pieces read in training.
    """

    epochs: int = 6
    batch_size: int = 256
    learning_rate: float = 3e-3
    width: int = 64
    window: int = 5
    channels: int = 128
    hidden: int = 256
    dropout: float = 0.2
    lost: float = 0.1
    hard_share: float = 0.5
    max_length: int = 64
    seed: int = 0


class _Net(nn.Module):
    """The network in torch; what it computes stands in `runtime.ngram_net`."""

    def __init__(self, words: Floats, prior: Floats, recipe: FastRecipe) -> None:
        super().__init__()
        self.outside = len(words)  # the row of what is outside a text, 0 for ever
        self.recipe = recipe
        self.bf16 = torch.cpu._is_avx512_bf16_supported()  # the processor multiplies it, three times as fast
        self.vectors = nn.Embedding(len(words) + 1, recipe.width, padding_idx=self.outside)
        self.kernel = nn.Linear(recipe.window * recipe.width, recipe.channels)
        self.hidden = nn.Linear(2 * recipe.channels, recipe.hidden)
        self.output = nn.Linear(recipe.hidden, len(prior))
        with torch.no_grad():
            self.vectors.weight[:-1] = torch.from_numpy(_start(words, recipe.width, recipe.seed)).float()
            self.vectors.weight[-1] = 0.0
            self.output.bias.copy_(torch.logit(torch.from_numpy(prior).float(), eps=1e-4))

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        inside = (ids != self.outside).unsqueeze(2)
        if self.training:
            lost = torch.rand(ids.shape) < self.recipe.lost
            ids = torch.where(lost, self.outside, ids)
        reach, length = self.recipe.window // 2, ids.shape[1]
        spread = nn.functional.pad(self.vectors(ids), (0, 0, reach, reach))
        around = torch.cat([spread[:, j : j + length] for j in range(self.recipe.window)], dim=2)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bf16):
            turned = self.kernel(around)
        channels = torch.relu(turned.float()) * inside
        root = inside.sum(dim=1).clamp(min=1).sqrt()
        read = torch.cat([channels.amax(dim=1), channels.sum(dim=1) / root], dim=1)
        drop = self.recipe.dropout
        hidden = torch.relu(self.hidden(nn.functional.dropout(read, drop, self.training)))
        logits: torch.Tensor = self.output(nn.functional.dropout(hidden, drop, self.training))
        return logits

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """What `NgramNet.from_arrays` reads."""
        vectors, kernel, kernel_bias, hidden, hidden_bias, output, output_bias = (
            parameter.detach().numpy() for parameter in self.parameters()
        )
        windows = kernel.T.reshape(self.recipe.window, self.recipe.width, -1)
        return quantised(vectors[:-1], windows, kernel_bias, hidden.T, hidden_bias, output.T, output_bias)


def train_net(
    ids: Sequence[Ids],
    targets: Floats,
    words: Floats,
    recipe: FastRecipe,
    *,
    say: Callable[[str], None] = lambda message: None,
) -> dict[str, npt.NDArray[np.generic]]:
    """Train a network on n texts and return its arrays; the same seed and threads give the same numbers.

    ids: pieces of each text, without special ones. targets: (n, k) in [0, 1]. words: (v, m), vectors of the
    v pieces to start from. say: told after every pass.
    """
    set_threads()
    torch.manual_seed(recipe.seed)
    net = _Net(words, targets.mean(axis=0), recipe)
    average = [parameter.detach().clone() for parameter in net.parameters()]
    optimiser = torch.optim.Adam(net.parameters(), fused=True)
    cut = [row[: recipe.max_length] for row in ids]
    goal = torch.from_numpy(np.asarray(targets, dtype=np.float32))
    n_steps = recipe.epochs * -(-len(cut) // recipe.batch_size)
    step = 0
    for epoch in range(recipe.epochs):
        total = 0.0
        for rows in _batches(cut, recipe, epoch):
            for group in optimiser.param_groups:
                group["lr"] = recipe.learning_rate * _share_of_rate(step, n_steps)
            total += len(rows) * _step(net, optimiser, _padded(cut, rows, net.outside), goal[rows])
            step += 1
            if step % AVERAGE_EVERY == 0 or step == n_steps:
                keep = min(AVERAGE_DECAY, (1 + step) / (10 + step)) if step > AVERAGE_EVERY else 0.0
                current = [parameter.detach() for parameter in net.parameters()]
                torch._foreach_lerp_(average, current, 1.0 - keep)
        say(f"fast tier: pass {epoch + 1}/{recipe.epochs}  loss {total / len(cut):.5f}")
    with torch.no_grad():
        for parameter, value in zip(net.parameters(), average, strict=True):
            parameter.copy_(value)
    return net.arrays()


def _step(net: _Net, optimiser: torch.optim.Optimizer, ids: torch.Tensor, goal: torch.Tensor) -> float:
    loss = nn.functional.binary_cross_entropy_with_logits(net(ids), goal)
    net.zero_grad()
    (loss * goal.shape[1]).backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    return float(loss.detach())


def _share_of_rate(step: int, n_steps: int) -> float:
    """A short rise, then straight down to a fiftieth."""
    rise = max(1, min(RISE, n_steps // 10))
    return min(1.0, (step + 1) / rise) * max(0.02, 1.0 - step / n_steps)


def _batches(ids: Sequence[Ids], recipe: FastRecipe, epoch: int) -> Iterator[npt.NDArray[np.int64]]:
    """Rows of every batch of one pass, texts of like length together, in random order."""
    random = np.random.default_rng((recipe.seed, epoch))
    order, lengths = random.permutation(len(ids)), np.array([len(row) for row in ids])
    found: list[npt.NDArray[np.int64]] = []
    for start in range(0, len(order), recipe.batch_size * SORTED):
        part = order[start : start + recipe.batch_size * SORTED]
        part = part[np.argsort(lengths[part], kind="stable")]
        found += [part[i : i + recipe.batch_size] for i in range(0, len(part), recipe.batch_size)]
    for index in random.permutation(len(found)):
        yield found[index]


def _padded(ids: Sequence[Ids], rows: npt.NDArray[np.int64], outside: int) -> torch.Tensor:
    width = max(1, *(len(ids[row]) for row in rows))
    padded = np.full((len(rows), width), outside, dtype=np.int64)
    for line, row in enumerate(rows):
        padded[line, : len(ids[row])] = ids[row]
    return torch.from_numpy(padded)


def _start(words: Floats, width: int, seed: int) -> Floats:
    """The main directions of an encoder's word vectors, (v, width): like words begin alike.

    Where it has fewer than `width`, the rest is drawn at random.
    """
    centred = np.asarray(words - words.mean(axis=0), dtype=np.float64)
    _, directions = np.linalg.eigh(centred.T @ centred)
    main = centred @ directions[:, ::-1][:, :width]
    main *= SPREAD / max(float(main.std()), 1e-12)
    rest = np.random.default_rng(seed).normal(0.0, SPREAD, size=(len(words), width - main.shape[1]))
    return np.concatenate([main, rest], axis=1)
