"""One domain against a reference: its texts scored and placed, compared, and what was found in words."""

from __future__ import annotations

from dataclasses import dataclass

from goemox.classifier import EmotionClassifier
from goemox.decision.softmax import caveat
from goemox.domain import DomainProfile
from goemox.domain_shift import DomainSample, ShiftReport, compare
from goemox.domain_shift.answers import answers
from goemox.domain_shift.collapse_words import neutral_sentences
from goemox.domain_shift.limits import FOREIGN
from goemox.evaluation.numbers import plain
from goemox.studies.domains import Domain
from goemox.studies.naive import naive_logits
from goemox.studies.references import Reference, home_of, n_words, shared_texts, without_overlap
from goemox.wording import Progress, Say

__all__ = ["Compared", "compared"]


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
    tell: Say = lambda message: None,
    progress: Progress | None = None,
) -> Compared:
    """Compare a domain with the reference and say in words what was found; what is left out is told.

    Raises InvalidInput for a domain that lies wholly in the reference.
    """
    domain, n_overlap = without_overlap(domain, reference)
    _tell(domain, n_overlap, reference, tell)
    sample = _sample(classifier, domain, reference, n_overlap=n_overlap, naive=naive, progress=progress)
    report = compare(
        reference.sample,
        sample,
        global_threshold=classifier.global_threshold,
        correct_prevalence=correct_prevalence,
        seed=seed,
    )
    entry = report.to_dict() | {"profile": plain(domain.text_profile.in_short())}
    said = {"answers": answers(entry), "neutral_answers": list(neutral_sentences(entry))}
    return Compared(domain, sample, report, entry | said)


def _tell(domain: Domain, n_overlap: int, against: Reference, tell: Say) -> None:
    """What was left out, and what the texts are not."""
    if domain.n_duplicates:
        tell(f"{domain.name}: left out as repeats: {domain.n_duplicates:,}")
    if n_overlap:
        tell(f"{domain.name}: left out, since they also stand in {against.name}: {n_overlap:,}")
    language = domain.text_profile.language
    if language is not None and language.other >= FOREIGN:
        tell(
            f"{domain.name}: about {language.other:.0%} of the texts are not English; the model reads "
            "English only"
        )


def _sample(
    classifier: EmotionClassifier,
    domain: Domain,
    reference: Reference,
    *,
    n_overlap: int = 0,
    naive: EmotionClassifier | None = None,
    progress: Progress | None = None,
) -> DomainSample:
    """Score and decide the texts of a domain, and place them relative to the reference's profile."""
    texts = domain.texts
    scores = classifier.scores(domain.records, progress)
    probabilities = classifier.rule.probabilities(scores)
    at_home = placed = classifier.placed(scores)
    profile, embeddings = reference.profile, scores.embeddings
    if profile is not classifier.profile and profile is not None and embeddings is not None:
        placed = profile.placed(embeddings)
    return DomainSample(
        name=domain.name,
        scores=scores,
        probabilities=probabilities,
        decided=classifier.rule.decide(probabilities),
        domain_percentile=None if at_home is None else at_home.percentiles,
        in_domain=None if at_home is None else DomainProfile.in_domain(at_home.percentiles),
        n_words=n_words(texts),
        distances=None if placed is None else placed.distances,
        coordinates=None if placed is None else placed.coordinates,
        texts=texts,
        source=domain.source,
        description=domain.description,
        n_duplicates=domain.n_duplicates,
        n_overlap=n_overlap,
        n_shared=shared_texts(domain, reference),
        home=home_of(classifier),
        n_home=None if classifier.profile is None else len(classifier.profile.distances),
        caveat=caveat(classifier.rule),
        has_promise=any(
            rule.conformal is not None
            for rule in (classifier.rule, *(groups.rule for groups in classifier.groupings.values()))
        ),
        naive_logits=None if naive is None else naive_logits(classifier, naive, texts, progress),
        naive_at_home=None if naive is None else (naive.folder.facts or {}).get("at_home"),  # type: ignore[arg-type]
    )
