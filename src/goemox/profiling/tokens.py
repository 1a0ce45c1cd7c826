"""How much of the texts the model reads: tokens of the bundled tokenizer against its two limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from goemox.model_folder import TOKENIZER, ModelFolder, default_folder, open_model
from goemox.profiling.lengths import LengthCounts, LengthSummary
from goemox.runtime.tokenize import TextEncoder

__all__ = ["TokenCounts", "TokenShares"]


@dataclass(frozen=True, slots=True)
class TokenShares:
    """Tokens of the texts that were looked at, special ones included.

    lengths: at most `limit`, where the model stops reading. over_limit: the share of texts that go on.
    trained: the longest that the model was trained on, in tokens; over_trained: the share of longer texts.
    """

    lengths: LengthSummary
    limit: int
    over_limit: float
    trained: int
    over_trained: float

    def to_dict(self) -> dict[str, object]:
        """The shares as JSON."""
        return asdict(self)


class TokenCounts:
    """Tokens of a sample in which texts take the places of others."""

    def __init__(self) -> None:
        self._of: dict[int, tuple[int, bool]] = {}  # place in the sample -> tokens, cut

    def add(self, texts: Mapping[int, str]) -> None:
        """Count the tokens of the text at each place."""
        if not texts:
            return
        encoded = self._encoder.encode(list(texts.values()))
        counted = zip(encoded.n_tokens.tolist(), encoded.truncated.tolist(), strict=True)
        self._of |= dict(zip(texts, counted, strict=True))

    def shares(self) -> TokenShares | None:
        """What all texts of the sample come to; None without texts."""
        counts = LengthCounts()
        counts.add(n_tokens for n_tokens, _ in self._of.values())
        lengths = counts.summary()
        if lengths is None:
            return None
        n_cut = sum(cut for _, cut in self._of.values())
        limit, trained = self._model.max_length, _trained_length(self._model)
        over_limit = n_cut / lengths.n
        over_trained = counts.share_over(trained) if trained < limit else over_limit  # none counts over limit
        return TokenShares(lengths, limit, over_limit, trained, over_trained)

    @property
    def _model(self) -> ModelFolder:
        return _reader(default_folder())[0]

    @property
    def _encoder(self) -> TextEncoder:
        return _reader(default_folder())[1]


@cache  # every collection of a study is counted by the same one
def _reader(path: Path) -> tuple[ModelFolder, TextEncoder]:
    """The model folder there, checked, and how it reads texts."""
    model = open_model(path)
    return model, TextEncoder(model.path / TOKENIZER, model.max_length)


def _trained_length(model: ModelFolder) -> int:
    """Where training cut its texts, in tokens; the model's limit where the folder does not say."""
    facts: object = model.facts
    for key in ("training", "recipe", "max_length"):
        facts = facts.get(key) if isinstance(facts, Mapping) else None
    return facts if isinstance(facts, int) else model.max_length
