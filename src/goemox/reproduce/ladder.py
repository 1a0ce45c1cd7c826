"""`reproduce`: the whole ladder as one document; what is finished is kept and never done twice."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from goemox._version import __version__
from goemox.classifier import EmotionClassifier
from goemox.decision.softmax import SoftmaxRule
from goemox.errors import InvalidModel, UsageError
from goemox.evaluation.numbers import plain
from goemox.labels import GOEMOTIONS, is_goemotions
from goemox.records import rows_sha256, truth_matrix
from goemox.reproduce.climb import BROUGHT, LOGITS, Climb, rows_ahead
from goemox.reproduce.figures import spread, truth_shares
from goemox.reproduce.findings import findings
from goemox.reproduce.naive_models import KEPT, check_room, keep_model
from goemox.reproduce.plan import FULL, RUNGS, Plan, Rung
from goemox.reproduce.progress import Progress, Say
from goemox.reproduce.runs import Store
from goemox.reproduce.texts import LadderTexts, read_texts

__all__ = ["SCHEMA", "reproduce"]

SCHEMA = "goemox.ladder/1"
BUNDLED = "default"


def reproduce(
    data: str | Path,
    output: Path,
    *,
    plan: Plan = FULL,
    models: Mapping[str, Sequence[str | Path]] | None = None,
    split: str = "dev",
    command: str = "",
    offline: bool = False,
    say: Say = lambda message: None,
) -> dict[str, object]:
    """Climb from the naive model to the release model and return ladder.json's content.

    data: a folder with GoEmotions' splits, or "goemotions". models: {rung: model folders, one a seed} for
    rungs trained elsewhere ("all-labels", "all-rows", "optimisation", "release"); the release rung takes the
    bundled model where none is named. split: "dev", where fitted rules are cross-fitted, or "test".
    Finished rungs are kept in `output`/rungs, logits in `output`/runs: a killed climb goes on from there. The
    naive models of the first seed are kept as model folders, `output`/naive and `output`/naive-best-rate.
    Raises MissingExtra without [train], UsageError, InvalidInput, InvalidModel.
    """
    import goemox.training  # noqa: F401 - says at once, and in one line, where torch is missing

    check_room(output)
    brought = _open({"release": [BUNDLED], **(models or {})})
    texts = read_texts(data, plan, split, offline)
    if plan.quick:
        say("the quick version: fewer rows, seeds and texts; its figures are no result")
    progress = Progress(rows_ahead(plan, texts, brought, output), say)
    climb = Climb(texts, plan, output / "rungs", Store(output / LOGITS, texts.scored(), progress), brought)
    rungs = []
    for number, rung in enumerate(RUNGS, start=1):
        rows = [climb.figures(rung, seed) for seed in range(climb.seeds(rung))]
        if rung.name in KEPT:
            keep_model(rung, climb.naive_run(rung), climb.store, output / rung.name)
        rungs.append(_rung(number, rung, rows, plan, len(texts.train)))
        summary = rungs[-1]["summary"]
        say(f"rung {number} of {len(RUNGS)}, {rung.title}: macro-F1 {summary['macro_f1']['mean']:.3f}")  # type: ignore[index]
    return _document(texts, plan, rungs, command)


def _open(models: Mapping[str, Sequence[str | Path]]) -> dict[str, list[EmotionClassifier]]:
    """Open every brought model before anything is trained."""
    opened = {}
    for name, folders in models.items():
        if name not in BROUGHT:
            raise UsageError(f"no models can be brought for rung {name!r}; rungs: {', '.join(BROUGHT)}")
        if not folders:
            raise UsageError(f"rung {name!r}: name at least one model folder, or leave the rung out")
        opened[name] = [
            EmotionClassifier.from_pretrained(folder, runtime="onnxruntime") for folder in folders
        ]
        for folder, classifier in zip(folders, opened[name], strict=True):
            if not is_goemotions(classifier.labels):
                raise InvalidModel(f"{folder}: its labels are not GoEmotions' 28; the ladder needs those")
            if isinstance(classifier.rule, SoftmaxRule):
                raise InvalidModel(
                    f"{folder}: gives each text one label (softmax); this rung is of models that decide each "
                    "label by itself"
                )
    return opened


def _rung(
    number: int, rung: Rung, rows: list[dict[str, object]], plan: Plan, n_train: int
) -> dict[str, object]:
    repair = rung.repair.format(
        naive_rows=min(plan.naive_rows, n_train), all_rows=min(plan.all_rows or n_train, n_train)
    )
    return {
        "number": number,
        "name": rung.name,
        "title": rung.title,
        "repair": repair,
        "decision": rung.decision,
        "seeds": rows,
        "summary": spread(rows),
    }


def _document(
    texts: LadderTexts, plan: Plan, rungs: list[dict[str, object]], command: str
) -> dict[str, object]:
    truth = truth_shares(truth_matrix(texts.evaluated, GOEMOTIONS))
    content = {
        "schema": SCHEMA,
        "goemox_version": __version__,
        "quick": plan.quick,
        "date": datetime.now(UTC).date().isoformat(),
        "command": command,
        "machine": _machine(),
        "split": texts.split,
        "evaluated": {"n": len(texts.evaluated), "rows_sha256": rows_sha256(texts.evaluated), **truth},
        "train": {"n": len(texts.train), "rows_sha256": rows_sha256(texts.train)},
        "outside": [
            {"key": source.key, "title": source.title, "source": source.source, "n": len(source.texts)}
            for source in texts.outside
        ],
        "seeds": list(range(plan.seeds)),
        "findings": findings(rungs, truth, {s.key: s.title for s in texts.outside}, texts.split),
        "rungs": rungs,
    }
    return plain(content)  # type: ignore[return-value]


def _machine() -> dict[str, object]:
    """Processor, cores, system and torch: training on another gives other digits."""
    from importlib.metadata import version

    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "torch": version("torch"),
    }


def _processor() -> str:
    """The processor's name as Linux tells it, or what the platform knows."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
