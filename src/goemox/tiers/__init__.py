"""The tiers of a model folder: best (the whole model), fast (a small student), cascade (both, fast first)."""

from goemox.tiers.cascade import CascadeScorer
from goemox.tiers.gate import Gate, fit_gate
from goemox.tiers.shipped import (
    TIERS,
    Tier,
    facts_of_tier,
    gate_of,
    open_fast,
    profile_of_tier,
    rule_of_tier,
    sha256_of_tier,
)

__all__ = [
    "TIERS", "CascadeScorer", "Gate", "Tier", "facts_of_tier", "fit_gate", "gate_of", "open_fast",
    "profile_of_tier", "rule_of_tier", "sha256_of_tier",
]  # fmt: skip
