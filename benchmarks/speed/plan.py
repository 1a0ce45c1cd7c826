"""How long each part takes."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FULL", "QUICK", "Plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """rounds: turns of each competitor, of `turn_s` seconds and at least `least` texts.

    rows: texts of the longest list. repeats: of each point of a curve. sample: most texts of the
    warm-up that chooses a peer's batch size. n_parity: texts, None = the whole split.
    """

    rounds: int = 5
    turn_s: float = 2.5
    rows: int = 20_000
    repeats: int = 2
    sample: int = 1_024
    least: int = 128
    n_parity: int | None = None


FULL = Plan()
QUICK = Plan(rounds=2, turn_s=0.6, rows=1_600, repeats=1, sample=64, least=32, n_parity=256)
