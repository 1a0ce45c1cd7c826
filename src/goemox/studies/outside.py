"""One domain, scored: the samples that a comparison needs, from a classifier and texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from goemox.assessment import same_labels
from goemox.classifier import EmotionClassifier
from goemox.data.splits import normalised
from goemox.decision.calibration import uncalibrated
from goemox.decision.softmax import SoftmaxRule, caveat
from goemox.domain import DomainProfile, hash_words
from goemox.domain_shift import DomainSample, ReferenceSample, ShiftReport, compare
from goemox.domain_shift.answers import answers
from goemox.domain_shift.collapse_words import neutral_sentences
from goemox.domain_shift.limits import FOREIGN, MIN_TEXTS
from goemox.domain_shift.phrases import OWN
from goemox.errors import InvalidInput
from goemox.evaluation.numbers import plain
from goemox.records import TextRecord
from goemox.scores import Floats
from goemox.studies.domains import Domain

__all__ = [
    "Compared",
    "Reference",
    "compared",
    "file_reference",
    "model_reference",
    "naive_logits",
    "open_naive",
]

Progress = Callable[[int], None]


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
    moved = (classifier.folder.facts or {}).get("adapted")
    sample = ReferenceSample(
        classifier.labels,
        probabilities,
        rule.decide(probabilities.astype(np.float64)),
        profile.n_words,
        name=OWN if moved is None else "the domain that it was adapted to",
        logits=uncalibrated(probabilities, rule.maps) if rule.calibrated else None,
        truth=profile.truth,
        # in older folders they are sorted, and belong to no text
        distances=None if profile.coordinates is None else profile.distances,
        coordinates=profile.coordinates,
        words=profile.words,
    )
    return Reference(sample, profile)


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
    probabilities, n_words = classifier.rule.probabilities(scores), _n_words(domain.records)
    profile = classifier.profile
    if profile is not None and scores.embeddings is not None:
        profile = profile.moved_to(scores.embeddings, probabilities, n_words)
    sample = ReferenceSample(
        classifier.labels,
        probabilities,
        classifier.rule.decide(probabilities),
        n_words,
        name=domain.name,
        is_own=False,
        logits=scores.logits,
        distances=None if profile is None else profile.distances,
        coordinates=None if profile is None else profile.coordinates,
        words=hash_words(record.text for record in domain.records),
    )
    texts = frozenset(normalised(record.text) for record in domain.records)
    return Reference(sample, profile, texts)


def open_naive(model: str | Path) -> EmotionClassifier:
    """Open a model that gives one label a text. Raises InvalidInput for one that decides label by label."""
    classifier = EmotionClassifier.from_pretrained(str(model), runtime="onnxruntime")
    if not isinstance(classifier.rule, SoftmaxRule):
        raise InvalidInput(
            f"{model}: not a naive model: it decides label by label. `goemox reproduce` writes naive ones, "
            "and any folder of a single-label model will do"
        )
    return classifier


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """One domain: its different texts, their sample, the report, and the report as JSON with answers."""

    domain: Domain
    sample: DomainSample
    report: ShiftReport
    entry: dict[str, object]


def compared(
    classifier: EmotionClassifier,
    domain: Domain,
    reference: Reference,
    *,
    naive: EmotionClassifier | None = None,
    correct_prevalence: bool = False,
    seed: int = 0,
    tell: Callable[[str], None] = lambda message: None,
    progress: Progress | None = None,
) -> Compared:
    """Compare a domain with the reference and say in words what was found; what is left out is told.

    Raises InvalidInput for a domain that lies wholly in the reference.
    """
    domain, n_overlap = without_overlap(domain, reference)
    _tell(domain, n_overlap, reference, tell)
    sample = domain_sample(classifier, domain, reference, n_overlap=n_overlap, naive=naive, progress=progress)
    report = compare(
        reference.sample,
        sample,
        global_threshold=classifier.global_threshold,
        correct_prevalence=correct_prevalence,
        seed=seed,
    )
    entry = report.to_dict() | {"profile": plain(domain.profile.in_short())}
    said = {"answers": answers(entry), "neutral_answers": list(neutral_sentences(entry))}
    return Compared(domain, sample, report, entry | said)


def _tell(domain: Domain, n_overlap: int, against: Reference, tell: Callable[[str], None]) -> None:
    """What was left out, and what the texts are not."""
    if domain.n_duplicates:
        tell(f"{domain.name}: left out as repeats: {domain.n_duplicates:,}")
    if n_overlap:
        tell(f"{domain.name}: left out, since they also stand in {against.name}: {n_overlap:,}")
    language = domain.profile.language
    if language is not None and language.other >= FOREIGN:
        tell(
            f"{domain.name}: about {language.other:.0%} of the texts are not English; the model reads "
            "English only"
        )


def without_overlap(domain: Domain, reference: Reference) -> tuple[Domain, int]:
    """The domain without texts that the reference holds too, and how many those were.

    Texts that a model was adapted to are kept: they were not trained on, and are what will be compared.
    Raises InvalidInput where nothing is left.
    """
    if reference.texts is not None:
        seen = [normalised(record.text) in reference.texts for record in domain.records]
    elif reference.sample.words is not None and reference.name == OWN:
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
    percentiles = classifier.percentiles(scores)
    distances = coordinates = None
    if profile is not None and embeddings is not None:
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
        caveat=caveat(classifier.rule),
        has_promise=any(
            rule.conformal is not None
            for rule in (classifier.rule, *(groups.rule for groups in classifier.groupings.values()))
        ),
        naive_logits=None if naive is None else naive_logits(classifier, naive, texts, progress),
        naive_at_home=None if naive is None else (naive.folder.facts or {}).get("at_home"),  # type: ignore[arg-type]
    )


def naive_logits(
    classifier: EmotionClassifier, naive: EmotionClassifier, texts: Sequence[str], progress: Progress | None
) -> Floats:
    """What the naive model says of the texts, (n, k), in the columns of the classifier's labels.

    Raises InvalidInput where the two have different labels.
    """
    columns = same_labels(classifier.labels, naive.labels)
    return np.asarray(naive.scores(texts, progress).logits[:, columns])


def _n_words(records: Sequence[TextRecord]) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    return np.array([len(record.text.split()) for record in records], dtype=np.int32)
