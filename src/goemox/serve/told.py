"""What is said of each text, as JSON: the prediction without the text, what is odd about it, its language.

And what is said of the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from goemox.assessment import model_facts
from goemox.classifier import EmotionClassifier
from goemox.decision.softmax import SoftmaxRule
from goemox.domain import ACCEPTED
from goemox.profiling.kinds import kinds_of
from goemox.profiling.language import Language
from goemox.records import TextRecord
from goemox.serve.languages import Languages, is_foreign
from goemox.serve.scoring import Scored
from goemox.serve.slices import in_slices
from goemox.tiers import facts_of_tier

__all__ = ["FOREIGN", "HINTS", "about", "facts", "results", "thresholds"]

FOREIGN = "not_english"
"""The hint for a text that is surely in another language."""

HINTS = frozenset(("code", "address_only", "other_script", "without_letters"))
"""The kinds of texts (`profiling.kinds`) that the model does not expect; a profile of texts knows others."""


def about(classifier: EmotionClassifier, card: str | None) -> Mapping[str, object]:
    """The answer of /v1/model. It looks into the model folder, which need not stay where it was."""
    named = model_facts(classifier)
    promise = None if isinstance(classifier.rule, SoftmaxRule) else classifier.rule.conformal
    trained = facts_of_tier(classifier.folder, classifier.tier).get("training") or {}
    return {
        **{key: named[key] for key in ("name", "sha256", "activation", "calibrated", "caveat")},
        "tier": classifier.tier,
        "promise": promise and {"alpha": promise.alpha, "population": promise.population},
        "domain_accepted": None if classifier.profile is None else ACCEPTED,
        "domain_texts": None if classifier.profile is None else len(classifier.profile.distances),
        "parameters": trained.get("parameters"),
        "max_length": classifier.folder.max_length,
        "card": card,
    }


@lru_cache(maxsize=1)
def facts(classifier: EmotionClassifier) -> Mapping[str, object]:
    """What holds for all texts of an answer: the model, and how its scores are to be read."""
    return {
        "model": classifier.scorer.sha256,
        "calibrated": classifier.rule.calibrated,
        "thresholds": thresholds(classifier),
    }


@lru_cache(maxsize=1)
def thresholds(classifier: EmotionClassifier) -> Mapping[str, float]:
    """Label -> calibrated probability from which it is given; none for a softmax model."""
    rule = classifier.rule
    if isinstance(rule, SoftmaxRule):
        return {}
    return {name: round(float(cut), 6) for name, cut in zip(rule.labels, rule.thresholds, strict=True)}


async def results(found: Sequence[Scored], languages: Languages) -> list[dict[str, object]]:
    """One result a text, in their order."""
    read = await languages.of([each.prediction.text or "" for each in found])
    return await in_slices(lambda pair: _told(*pair), zip(found, read, strict=True))


def _told(scored: Scored, language: Language | None) -> dict[str, object]:
    found = scored.prediction
    document = found.to_dict() | {"why_no_set": found.why_no_set}
    del document["id"], document["text"]
    hints = [kind for kind in kinds_of(TextRecord(found.id, found.text or "")) if kind in HINTS]
    if is_foreign(language):
        hints.append(FOREIGN)
    told = language and {"code": language.code, "probability": round(language.probability, 6)}
    return document | {"hints": hints, "language": told}
