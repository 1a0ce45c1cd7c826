"""`shift` and `shift_study`: what changes when a model reads texts from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from goemox._version import __version__
from goemox.assessment import model_facts
from goemox.classifier import EmotionClassifier
from goemox.data.bad_rows import BadRow
from goemox.domain_shift import ShiftReport, compare
from goemox.domain_shift.answers import answers
from goemox.evaluation.numbers import plain
from goemox.records import TextRecord
from goemox.studies.domains import Domain, domain_of, from_files
from goemox.studies.outside import (
    Reference,
    domain_sample,
    file_reference,
    model_reference,
    without_overlap,
)

__all__ = ["MODEL", "SCHEMA", "ShiftStudy", "shift", "shift_study"]

SCHEMA = "goemox.shift/1"
MODEL = "model"
"""What `reference` says for the profile that ships with the model."""

FOREIGN = 0.05  # share of texts in another language that is worth a word

Notice = Callable[[str], None]
Texts = str | Path | Sequence[str] | Sequence[TextRecord]


@dataclass(frozen=True, slots=True)
class ShiftStudy:
    """Several targets against one reference; `to_dict()` is what `goemox shift --json` prints.

    reports: one a target, in the order given. bad_rows: rows of files that could not be used.
    """

    content: Mapping[str, object]
    reports: tuple[ShiftReport, ...]
    bad_rows: tuple[BadRow, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Model, reference, and each target's report with its answers in words and its profile."""
        return dict(self.content)


def shift(
    reference: Texts,
    target: Texts,
    *,
    model: str | Path = "default",
    naive: str | Path | None = None,
    correct_prevalence: bool = False,
    seed: int = 0,
    notice: Notice | None = None,
) -> ShiftReport:
    """Compare one collection of texts with another; arguments and errors as in `shift_study`."""
    study = shift_study(
        reference, {"target": target}, model=model, naive=naive, correct_prevalence=correct_prevalence,
        seed=seed, notice=notice,
    )  # fmt: skip
    return study.reports[0]


def shift_study(
    reference: Texts,
    targets: Mapping[str, Texts],
    *,
    model: str | Path = "default",
    naive: str | Path | None = None,
    correct_prevalence: bool = False,
    text_column: str | None = None,
    seed: int = 0,
    notice: Notice | None = None,
    progress: Callable[[int], None] | None = None,
) -> ShiftStudy:
    """Say for each target what the model says there, what moved, how far it lies, and what to believe.

    reference: "model" for the domain that the model learned, else a file or texts. targets: {name: a file
    or texts}. Repeats are dropped from each, and from targets what the reference holds too. naive: a model
    folder that `goemox reproduce` wrote, asked about the same texts. correct_prevalence: as in `compare`.
    progress(n): n more texts are scored. Raises InvalidInput for a file without a usable text, for a target
    that lies wholly in the reference, and for a naive model with other labels.
    """
    tell = notice or (lambda message: None)
    classifier = EmotionClassifier.from_pretrained(model)
    simple = None if naive is None else EmotionClassifier.from_pretrained(naive)
    bad_rows: list[BadRow] = []

    def read(name: str, texts: Texts) -> Domain:
        if isinstance(texts, (str, Path)):
            return from_files({name: texts}, bad_rows, tell, text_column=text_column)[0]
        return domain_of(name, texts)

    if reference == MODEL:
        against = model_reference(classifier)
    else:
        name = Path(reference).name if isinstance(reference, (str, Path)) else "reference"
        against = file_reference(classifier, read(name, reference), progress)
    reports, entries = [], []
    for name, texts in targets.items():
        domain, n_overlap = without_overlap(read(name, texts), against)
        _tell(domain, n_overlap, against, tell)
        sample = domain_sample(
            classifier, domain, against, n_overlap=n_overlap, naive=simple, progress=progress
        )
        report = compare(
            against.sample, sample, global_threshold=classifier.global_threshold,
            correct_prevalence=correct_prevalence, seed=seed,
        )  # fmt: skip
        entry = report.to_dict()
        reports.append(report)
        entries.append(entry | {"answers": answers(entry), "profile": plain(domain.profile.in_short())})
    content = {
        "schema": SCHEMA,
        "goemox_version": __version__,
        "seed": seed,
        "model": model_facts(classifier),
        "naive_model": None if simple is None else model_facts(simple),
        "reference": {"name": against.name, "n": len(against.sample.probabilities)},
        "targets": entries,
    }
    return ShiftStudy(content, tuple(reports), tuple(bad_rows))


def _tell(domain: Domain, n_overlap: int, against: Reference, tell: Notice) -> None:
    """What was left out, and what the texts are not."""
    if domain.n_duplicates:
        tell(f"{domain.name}: {domain.n_duplicates:,} repeated texts are left out")
    if n_overlap:
        tell(f"{domain.name}: {n_overlap:,} texts also stand in {against.name} and are left out")
    language = domain.profile.language
    if language is not None and language.other >= FOREIGN:
        tell(
            f"{domain.name}: about {language.other:.0%} of the texts are not English; the model reads "
            "English only"
        )
