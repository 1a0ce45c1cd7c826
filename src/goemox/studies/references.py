"""What domains are compared with: the model's own texts, as numbers only, or those of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from goemox.classifier import EmotionClassifier
from goemox.data.splits import normalised
from goemox.decision.calibration import uncalibrated
from goemox.domain import ADAPTED, TRAINED, DomainProfile, hash_words
from goemox.domain_shift import ReferenceSample
from goemox.domain_shift.limits import MIN_TEXTS
from goemox.domain_shift.phrases import ADAPTED_TO, OWN
from goemox.errors import InvalidInput
from goemox.studies.domains import Domain
from goemox.wording import Progress

__all__ = [
    "Reference",
    "file_reference",
    "home_of",
    "model_reference",
    "n_words",
    "shared_texts",
    "without_overlap",
]


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """What domains are compared with: a sample of texts, and the profile that distances are measured to.

    texts: of a file, `normalised`, or None for the model's own, which ships without them.
    """

    sample: ReferenceSample
    profile: DomainProfile | None
    texts: frozenset[str] | None = None

    @property
    def name(self) -> str:
        """In words."""
        return self.sample.name


def model_reference(classifier: EmotionClassifier) -> Reference:
    """The profile that ships with the model; an empty sample where there is none."""
    profile, rule = classifier.profile, classifier.rule
    if profile is None:
        nothing = np.empty((0, len(classifier.labels)))
        name = "nothing: the model brings no reference"
        return Reference(ReferenceSample(classifier.labels, nothing, nothing >= 1, name=name), None)
    probabilities = profile.probabilities
    sample = ReferenceSample(
        classifier.labels,
        probabilities,
        rule.decide(probabilities.astype(np.float64)),
        profile.n_words,
        name=OWN if home_of(classifier) == TRAINED else ADAPTED_TO,
        logits=uncalibrated(probabilities, rule.maps) if rule.calibrated else None,
        truth=profile.truth,
        # in older folders they are sorted, and belong to no text
        distances=None if profile.coordinates is None else profile.distances,
        coordinates=profile.coordinates,
        words=profile.words,
    )
    return Reference(sample, profile)


def home_of(classifier: EmotionClassifier) -> str:
    """From which texts the model's own distances are measured: `TRAINED`, or `ADAPTED`.

    An adaptation on few texts keeps the profile that it found, and writes down of what that is.
    """
    adapted: Mapping[str, Any] = (classifier.folder.facts or {}).get("adapted") or {}  # type: ignore[assignment]
    return ADAPTED if adapted and adapted.get("reference", ADAPTED) == ADAPTED else TRAINED


def shared_texts(domain: Domain, reference: Reference) -> int:
    """How many of the domain's texts are among those that the model was adapted on, all but surely."""
    words = reference.sample.words
    if words is None or reference.name != ADAPTED_TO:
        return 0
    return int(hash_words(domain.texts).found_in(words).sum())


def file_reference(
    classifier: EmotionClassifier, domain: Domain, progress: Progress | None = None
) -> Reference:
    """Texts of a file as the reference; the model's own profile is moved to them for the distance.

    Raises InvalidInput for fewer than 50 different texts: nothing can be compared with them.
    """
    n = len(domain.records)
    if n < MIN_TEXTS:
        raise InvalidInput(
            f"{domain.name}: a reference needs {MIN_TEXTS} different texts or more, this one has {n}"
        )
    scores = classifier.scores(domain.records, progress)
    probabilities, lengths = classifier.rule.probabilities(scores), n_words(domain.texts)
    profile = classifier.profile
    if profile is not None and scores.embeddings is not None:
        profile = profile.moved_to(scores.embeddings, probabilities, lengths)
    sample = ReferenceSample(
        classifier.labels,
        probabilities,
        classifier.rule.decide(probabilities),
        lengths,
        name=domain.name,
        is_own=False,
        logits=scores.logits,
        distances=None if profile is None else profile.distances,
        coordinates=None if profile is None else profile.coordinates,
        words=hash_words(domain.texts),
    )
    texts = frozenset(normalised(text) for text in domain.texts)
    return Reference(sample, profile, texts)


def without_overlap(domain: Domain, reference: Reference) -> tuple[Domain, int]:
    """The domain without texts that the reference holds too, and how many those were.

    Texts that a model was adapted to are kept: they were not trained on, and are what will be compared.
    Raises InvalidInput where nothing is left.
    """
    if reference.texts is not None:
        seen = [normalised(text) in reference.texts for text in domain.texts]
    elif reference.sample.words is not None and reference.name == OWN:
        seen = hash_words(domain.texts).found_in(reference.sample.words).tolist()
    else:
        return domain, 0
    n_seen = sum(seen)
    if n_seen == len(domain.records):
        raise InvalidInput(
            f"{domain.name}: all of its {n_seen} different texts stand in the reference ({reference.name}) "
            "too; compare texts from elsewhere"
        )
    kept = tuple(record for record, is_seen in zip(domain.records, seen, strict=True) if not is_seen)
    return (replace(domain, records=kept), n_seen) if n_seen else (domain, 0)


def n_words(texts: Sequence[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    """How long each text is, in words between spaces, (n,)."""
    return np.array([len(text.split()) for text in texts], dtype=np.int32)
