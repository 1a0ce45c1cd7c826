"""One domain, scored: the samples that a comparison needs, from a classifier and texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from goemox.assessment import same_labels
from goemox.classifier import EmotionClassifier
from goemox.data.splits import normalised
from goemox.domain import DomainProfile, hash_words
from goemox.domain_shift import DomainSample, ReferenceSample
from goemox.errors import InvalidInput
from goemox.records import TextRecord
from goemox.scores import Floats
from goemox.studies.domains import Domain

__all__ = ["Reference", "domain_sample", "file_reference", "model_reference", "without_overlap"]

WHOLE_FIT = 2_000  # rows of a reference file from which on it gets a Gaussian of its own
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """What domains are compared with: a sample of texts, and the profile that distances are measured to.

    name: in words. texts: of a file, `normalised`, or None for the model's own, which ships without them.
    """

    name: str
    sample: ReferenceSample
    profile: DomainProfile | None
    texts: frozenset[str] | None = None


def model_reference(classifier: EmotionClassifier) -> Reference:
    """The profile that ships with the model; an empty sample where there is none."""
    profile = classifier.profile
    if profile is None:
        nothing = np.empty((0, len(classifier.labels)))
        sample = ReferenceSample(classifier.labels, nothing, nothing >= 1)
        return Reference("nothing: the model brings no reference", sample, None)
    probabilities = profile.probabilities
    sample = ReferenceSample(
        classifier.labels,
        probabilities,
        classifier.rule.decide(probabilities.astype(np.float64)),
        profile.n_words,
        truth=profile.truth,
        # in older folders they are sorted, and belong to no text
        distances=None if profile.coordinates is None else profile.distances,
        coordinates=profile.coordinates,
        words=profile.words,
    )
    return Reference("the model's own domain", sample, profile)


def file_reference(
    classifier: EmotionClassifier, domain: Domain, progress: Progress | None = None
) -> Reference:
    """Texts of a file as the reference.

    From 2,000 texts on, the distance is to a Gaussian of one half and its scale the other; fewer texts move
    the model's own Gaussian to their mean.
    """
    scores = classifier.scores(domain.records, progress)
    probabilities, n_words = classifier.rule.probabilities(scores), _n_words(domain.records)
    words = hash_words(record.text for record in domain.records)
    rows, profile = np.arange(len(scores)), None
    if scores.embeddings is not None and len(scores) >= WHOLE_FIT:
        order = np.random.default_rng(0).permutation(len(scores))
        fitted, rows = np.sort(order[: len(order) // 2]), np.sort(order[len(order) // 2 :])
        profile = DomainProfile.fit(
            scores.embeddings[fitted], scores.embeddings[rows], probabilities[rows], n_words[rows]
        )
    elif scores.embeddings is not None and classifier.profile is not None:
        profile = classifier.profile.moved_to(scores.embeddings, probabilities, n_words)
    sample = ReferenceSample(
        classifier.labels,
        probabilities[rows],
        classifier.rule.decide(probabilities[rows]),
        n_words[rows],
        distances=None if profile is None else profile.distances,
        coordinates=None if profile is None else profile.coordinates,
        words=words.rows(rows),
    )
    texts = frozenset(normalised(record.text) for record in domain.records)
    return Reference(domain.name, sample, profile, texts)


def without_overlap(domain: Domain, reference: Reference) -> tuple[Domain, int]:
    """The domain without texts that the reference holds too, and how many those were.

    Raises InvalidInput where nothing is left.
    """
    if reference.texts is not None:
        seen = [normalised(record.text) in reference.texts for record in domain.records]
    elif reference.sample.words is not None:
        seen = hash_words(record.text for record in domain.records).found_in(reference.sample.words).tolist()
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


def domain_sample(
    classifier: EmotionClassifier,
    domain: Domain,
    reference: Reference,
    *,
    n_overlap: int = 0,
    naive: EmotionClassifier | None = None,
    progress: Progress | None = None,
) -> DomainSample:
    """Score and decide the texts of a domain, and place them relative to the reference's profile."""
    texts = [record.text for record in domain.records]
    scores = classifier.scores(domain.records, progress)
    probabilities = classifier.rule.probabilities(scores)
    profile, embeddings = reference.profile, scores.embeddings
    percentiles = distances = coordinates = None
    if profile is not None and embeddings is not None:
        percentiles = profile.percentile(embeddings)
        distances, coordinates = profile.distance(embeddings), profile.main_directions(embeddings)
    return DomainSample(
        name=domain.name,
        scores=scores,
        probabilities=probabilities,
        decided=classifier.rule.decide(probabilities),
        domain_percentile=percentiles,
        in_domain=None if percentiles is None else DomainProfile.in_domain(percentiles),
        n_words=_n_words(domain.records),
        distances=distances,
        coordinates=coordinates,
        texts=texts,
        source=domain.source,
        description=domain.description,
        n_duplicates=domain.n_duplicates,
        n_overlap=n_overlap,
        naive_logits=None if naive is None else _naive_logits(classifier, naive, texts, progress),
        naive_at_home=None if naive is None else (naive.folder.facts or {}).get("at_home"),  # type: ignore[arg-type]
    )


def _naive_logits(
    classifier: EmotionClassifier, naive: EmotionClassifier, texts: Sequence[str], progress: Progress | None
) -> Floats:
    columns = same_labels(classifier.labels, naive.labels)
    return np.asarray(naive.scores(texts, progress).logits[:, columns])


def _n_words(records: Sequence[TextRecord]) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    return np.array([len(record.text.split()) for record in records], dtype=np.int32)
