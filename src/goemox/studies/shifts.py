"""`shift` and `shift_study`: what changes when a model reads texts from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from goemox._version import __version__
from goemox.assessment import model_facts
from goemox.classifier import EmotionClassifier
from goemox.data.bad_rows import BadRow
from goemox.domain_shift import ShiftReport
from goemox.runtime.blas import one_blas_thread
from goemox.studies.domain_comparison import compared
from goemox.studies.domains import Domain, Texts, from_files
from goemox.studies.naive import open_naive
from goemox.studies.references import file_reference, model_reference
from goemox.wording import Progress, Say

__all__ = ["MODEL", "SCHEMA", "ShiftStudy", "shift", "shift_study"]

SCHEMA = "goemox.shift/1"
MODEL = "model"
"""What `reference` says for the profile that ships with the model."""


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
    text_column: str | None = None,
    seed: int = 0,
    notice: Say | None = None,
) -> ShiftReport:
    """Compare one collection of texts with another.

    reference: "model" for the domain that the model learned, else a file or texts. target: a file or texts.
    model: "default" or a model folder. naive: a model folder that `goemox reproduce` wrote, asked about the
    same texts. correct_prevalence: also estimate what the shares of the labels would be if only they had
    changed. text_column: of files; None = guessed by name. seed: of all that is drawn at random.
    notice(message): what was guessed, or left out. Raises as `shift_study`.
    """
    study = shift_study(
        reference, {"target": target}, model=model, naive=naive, correct_prevalence=correct_prevalence,
        text_column=text_column, seed=seed, notice=notice,
    )  # fmt: skip
    return study.reports[0]


@one_blas_thread(with_scipy=True)
def shift_study(
    reference: Texts,
    targets: Mapping[str, Texts],
    *,
    model: str | Path = "default",
    naive: str | Path | None = None,
    correct_prevalence: bool = False,
    text_column: str | None = None,
    seed: int = 0,
    notice: Say | None = None,
    progress: Progress | None = None,
) -> ShiftStudy:
    """Say for each target what the model says there, what moved, how far it lies, and what to believe.

    reference: "model" for the domain that the model learned, else a file or texts. targets: {name: a file
    or texts}. Repeats are dropped from each, and from targets what the reference holds too. naive: a model
    folder that `goemox reproduce` wrote, asked about the same texts. correct_prevalence: as in `compare`.
    text_column: of files; None = guessed by name.
    progress(n): n more texts are scored. Raises InvalidInput for a file without a usable text, for a target
    that lies wholly in the reference, a reference of fewer than 50 texts, and a naive model that gives
    several labels a text or has others.
    """
    tell = notice or (lambda message: None)
    classifier = EmotionClassifier.from_pretrained(model, runtime="onnxruntime")
    simple = None if naive is None else open_naive(naive)
    bad_rows: list[BadRow] = []

    def read(name: str, texts: Texts) -> Domain:
        return from_files({name: texts}, bad_rows, tell, text_column=text_column)[0]

    if isinstance(reference, str) and reference == MODEL:
        against = model_reference(classifier)
    else:
        name = Path(reference).name if isinstance(reference, (str, Path)) else "reference"
        against = file_reference(classifier, read(name, reference), progress)
    found = [
        compared(
            classifier, read(name, texts), against, naive=simple, correct_prevalence=correct_prevalence,
            seed=seed, tell=tell, progress=progress,
        )
        for name, texts in targets.items()
    ]  # fmt: skip
    content = {
        "schema": SCHEMA,
        "goemox_version": __version__,
        "seed": seed,
        "model": model_facts(classifier),
        "naive_model": None if simple is None else model_facts(simple),
        "reference": {"name": against.name, "n": len(against.sample.probabilities)},
        "targets": [each.entry for each in found],
    }
    return ShiftStudy(content, tuple(each.report for each in found), tuple(bad_rows))
