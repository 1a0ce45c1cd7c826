"""`CascadeScorer`: the fast tier reads every text, the best one those that it is not sure of.

Logits of a cascade are calibrated log-odds, whoever answered, so that one decision rule without a calibration
of its own stands behind both. For a text that is sent on they are just what the best tier says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from goemox.decision.calibration import mapped
from goemox.decision.rule import DecisionRule
from goemox.runtime.blas import one_blas_thread
from goemox.runtime.fast import FastScorer
from goemox.runtime.session import Scorer
from goemox.runtime.windows import LongText
from goemox.scores import ScoreMatrix
from goemox.tiers.gate import Gate

__all__ = ["CascadeScorer"]


class CascadeScorer:
    """Two scorers and the gate between them; safe to call from several threads. Used as `Scorer` is."""

    def __init__(
        self,
        fast: tuple[FastScorer, DecisionRule],
        best: tuple[Callable[[], Scorer], DecisionRule],
        gate: Gate,
        sha256: str,
    ) -> None:
        """Join both tiers, each with its own rule; the best one is opened for the first text it has to read.

        sha256: of both together (`sha256_of_tier`).
        """
        (self._fast, self._fast_rule), (self._open_best, self._best_rule) = fast, best
        self._gate = gate
        self.labels = self._fast.labels
        self.sha256 = sha256

    @cached_property
    def best(self) -> Scorer:
        """The best tier; asking opens it before the first text needs it."""
        return self._open_best()

    def score(
        self,
        texts: Sequence[str],
        ids: Sequence[str] | None = None,
        progress: Callable[[int], None] | None = None,
        long_text: LongText = "truncate",
    ) -> ScoreMatrix:
        """Score texts; parameters and the order of rows as for `Scorer.score`.

        Embeddings are those of the fast tier, which has read all texts. `sent_on` tells who answered.
        """
        scores = self._fast.score(texts, ids, None, long_text)
        log_odds = mapped(scores.logits, self._fast_rule.maps)
        with one_blas_thread():
            sent = self._gate.sends(log_odds)
        if progress:
            progress(int((~sent).sum()))
        logits, asked = log_odds.astype(np.float32), np.flatnonzero(sent)
        if len(asked):
            theirs = self.best.score([texts[row] for row in asked.tolist()], None, progress, long_text)
            logits[asked] = mapped(theirs.logits, self._best_rule.maps)
        return replace(scores, logits=logits, model=self.sha256, sent_on=sent)
