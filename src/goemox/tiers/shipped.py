"""What a model folder ships for each tier: facts, decision rule, network, domain profile.

best stands where it always did. fast has a file of its own, `fast.safetensors` (the network, and its domain
profile under names that begin with `domain.`), and cascade none; both have an entry under `tiers` in
`goemox.json` that is read as the whole file is for best.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Literal, get_args

from goemox.decision.rule import DecisionRule
from goemox.decision.shipped import rule_of
from goemox.domain import DomainProfile
from goemox.errors import InvalidModel, UsageError
from goemox.model_folder import FACTS, FAST, REFERENCE, TOKENIZER, ModelFolder
from goemox.runtime.fast import FastScorer
from goemox.runtime.ngram_net import NgramNet
from goemox.tiers.gate import Gate

__all__ = [
    "DOMAIN", "TIERS", "Tier", "facts_of_tier", "gate_of", "open_fast", "profile_of_tier", "rule_of_tier",
    "sha256_of_tier",
]  # fmt: skip

Tier = Literal["best", "fast", "cascade"]
"""Who answers: the whole model, its fast student, or the student where it is sure and else the model."""

TIERS: tuple[Tier, ...] = get_args(Tier)
DOMAIN = "domain."  # begins the names of the profile's arrays in fast.safetensors


def facts_of_tier(folder: ModelFolder, tier: Tier) -> Mapping[str, Any]:
    """The entry of `goemox.json` that describes a tier; empty for best in a folder without that file.

    Raises UsageError for a tier that there is not, InvalidModel where the folder has no such one.
    """
    if tier not in TIERS:
        raise UsageError(f"--tier {tier!r}: there is no such tier; choose one of {', '.join(TIERS)}")
    if tier == "best":
        return folder.facts or {}
    tiers = (folder.facts or {}).get("tiers") or {}
    entry = tiers.get(tier) if isinstance(tiers, Mapping) else None
    if entry is None or not (folder.path / FAST).is_file():
        raise InvalidModel(
            f"{folder.path}: has no {tier} tier. Make one with: goemox export --format fast --model "
            f"{folder.path} --data TRAINING_DATA --output-dir DIR (needs pip install 'goemox[train]'), or "
            "leave --tier out"
        )
    if not isinstance(entry, Mapping):
        raise InvalidModel(f"{folder.path / FACTS}: tiers, {tier}: is no table; make the fast tier again")
    return entry


def rule_of_tier(folder: ModelFolder, tier: Tier) -> DecisionRule:
    """The decision rule of a tier. Raises as `facts_of_tier`, and InvalidModel for an unreadable rule."""
    facts = facts_of_tier(folder, tier)
    if tier == "best":
        return rule_of(folder)
    return DecisionRule.from_facts(facts, folder.labels, f"{folder.path / FACTS}, tiers, {tier}")


def sha256_of_tier(folder: ModelFolder, tier: Tier) -> str:
    """What a tier is known by: the hash of its network's file; of a cascade, that of both hashes."""
    if tier == "best":
        return folder.sha256(folder.onnx)
    fast = folder.sha256(folder.path / FAST)
    if tier == "fast":
        return fast
    return hashlib.sha256(f"{fast} {folder.sha256(folder.onnx)}".encode()).hexdigest()


def gate_of(folder: ModelFolder) -> Gate:
    """What a cascade sends on to the best tier. Raises as `rule_of_tier`."""
    where = f"{folder.path / FACTS}, tiers, cascade"
    return Gate.from_facts(facts_of_tier(folder, "cascade").get("gate"), len(folder.labels), where)


def open_fast(folder: ModelFolder, threads: int | None = None) -> FastScorer:
    """The fast tier's scorer; threads: as for `Scorer`. Raises InvalidModel where its file is damaged."""
    facts_of_tier(folder, "fast")
    file, tokenizer = folder.path / FAST, folder.path / TOKENIZER
    net = NgramNet.from_arrays(folder.arrays(FAST) or {}, str(file), len(folder.labels))
    return FastScorer(
        net,
        tokenizer,
        folder.labels,
        folder.max_length,
        folder.sha256(file),
        threads,
        folder.sha256(tokenizer),
    )


def profile_of_tier(folder: ModelFolder, tier: Tier) -> DomainProfile | None:
    """The domain profile of a tier's embeddings, None where there is none; a cascade has that of fast.

    Raises InvalidModel where its arrays do not fit.
    """
    name = REFERENCE if tier == "best" else FAST
    arrays, where = folder.arrays(name), str(folder.path / name)
    if arrays is not None and tier != "best":
        arrays = {key.removeprefix(DOMAIN): value for key, value in arrays.items() if key.startswith(DOMAIN)}
    return None if arrays is None else DomainProfile.from_arrays(arrays, where, len(folder.labels))
