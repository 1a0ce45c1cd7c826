"""`distil`: a student that learns what an ensemble of fine-tuned teachers says, also of unlabelled text.

Several runs of the plain recipe, alike but for their seed, agree on more than each of them knows; the mean of
their probabilities is a better target than the labels that a few people gave, and it can be had for any text
(Hinton, Vinyals & Dean 2015, https://arxiv.org/abs/1503.02531; of the same size: Furlanello et al. 2018,
https://arxiv.org/abs/1805.04770). The student has the teachers' size, so it costs nothing at run time.

Everything is kept in a work folder as it is finished, each file whole or not at all: teachers, what they
said, the student's checkpoint. A run that is started again goes on from there, and students of several seeds
share the teachers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from safetensors import safe_open
from safetensors.numpy import load_file
from safetensors.numpy import save as save_arrays
from safetensors.torch import save

from goemox.atomic import write_bytes
from goemox.errors import InvalidInput, UsageError
from goemox.model_folder import default_folder, file_sha256
from goemox.records import TextRecord, rows_sha256, truth_matrix
from goemox.scores import Floats, sigmoid
from goemox.training.bases import Base, load_base
from goemox.training.log import TrainingLog
from goemox.training.loop import Recipe, logits_of
from goemox.training.train import SoftTargets, Trained, examples_of, fine_tune, set_threads

__all__ = ["Distillation", "content_sha256", "distil", "mix"]

CONTENT = (".bin", ".json", ".onnx", ".safetensors")  # of a folder, what its model hangs on
TEACHER_SEED = 101  # teacher i has this seed + i: never a student's own


@dataclass(frozen=True, slots=True)
class Distillation:
    """The release recipe: so many teachers, their recipe, the student's, and what it learns from.

    hard_share: weight of people's labels in the targets of labelled rows; the teachers have the rest.
    unlabelled: texts, each seen once; 0 for none.
    """

    student: Recipe = field(default_factory=lambda: Recipe(epochs=2, learning_rate=2.5e-4, dropout=0.1))
    teacher: Recipe = field(default_factory=Recipe)
    n_teachers: int = 3
    hard_share: float = 0.5
    unlabelled: int = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """What all stages of one run share."""

    records: Sequence[TextRecord]
    labels: Sequence[str]
    plan: Distillation
    base: str
    base_sha256: str
    work: Path
    dev: Sequence[TextRecord]
    log: TrainingLog

    def teacher_recipe(self, index: int) -> Recipe:
        return replace(self.plan.teacher, seed=TEACHER_SEED + index)

    def teacher_facts(self, index: int) -> dict[str, Any]:
        """What a teacher's outcome hangs on: a file that was made of other things is not used."""
        content = {"base_sha256": self.base_sha256} if self.base_sha256 else {}
        return {
            "base": self.base,
            **content,
            "labels": list(self.labels),
            "rows_sha256": rows_sha256(self.records),
            "recipe": asdict(self.teacher_recipe(index)),
        }


def distil(
    records: Sequence[TextRecord],
    labels: Sequence[str],
    unlabelled: Sequence[str],
    plan: Distillation,
    *,
    work: Path,
    base: str = "minilm",
    dev: Sequence[TextRecord] = (),
    log: TrainingLog,
) -> Trained:
    """Train the teachers that `work` does not hold yet, then a student with `plan.student.seed`.

    unlabelled: texts to choose `plan.unlabelled` from, at random but the same for every seed.
    Raises InvalidInput where there are fewer of them, or as `fine_tune` does, UsageError for a student with
    the seed of one of its teachers.
    """
    if plan.student.seed in range(TEACHER_SEED, TEACHER_SEED + plan.n_teachers):
        raise UsageError(f"--seed {plan.student.seed} is that of a teacher; take another for the student")
    if len(unlabelled) < plan.unlabelled:
        raise InvalidInput(
            f"{len(unlabelled):,} unlabelled texts, the recipe takes {plan.unlabelled:,}; give more of them"
        )
    work.mkdir(parents=True, exist_ok=True)
    log.keep_stages(f"student {plan.student.seed}", *(f"teacher {index}" for index in range(plan.n_teachers)))
    run = _Run(records, labels, plan, base, content_sha256(base), work, dev, log)
    chosen = np.random.default_rng(0).permutation(len(unlabelled))[: plan.unlabelled]
    texts = [unlabelled[row] for row in chosen]
    said: Floats = np.stack([_said(run, index, texts) for index in range(plan.n_teachers)]).mean(
        axis=0, dtype=np.float32
    )
    truth = truth_matrix(records, labels).astype(np.float32)
    student = fine_tune(
        records,
        labels,
        base=base,
        recipe=plan.student,
        soft=mix(truth, said, texts, plan.hard_share),
        checkpoint=work / f"student-{plan.student.seed}.checkpoint",
        dev=dev,
        stage=log.stage(f"student {plan.student.seed}"),
    )
    student.facts["distillation"] = asdict(plan) | {"unlabelled_sha256": _texts_sha256(texts)}
    return student


def mix(truth: Floats, said: Floats, texts: Sequence[str], hard_share: float) -> SoftTargets:
    """Targets between people's labels, truth (n, k), and the teachers' probabilities, said (n + m, k).

    hard_share: weight of `truth`, in [0, 1]. texts: the m unlabelled ones, whose targets are the teachers'.
    """
    n = len(truth)
    return SoftTargets(hard_share * truth + (1.0 - hard_share) * said[:n], texts, said[n:])


def _said(run: _Run, index: int, texts: Sequence[str]) -> Floats:
    """A teacher's probabilities (n + m, k) float16, of the n labelled texts and then of `texts`."""
    path = run.work / f"said-{index}.safetensors"
    every = [*(record.text for record in run.records), *texts]
    facts = run.teacher_facts(index) | {"texts_sha256": _texts_sha256(every)}
    if _facts_of(path) == facts:
        return load_file(path)["probabilities"]
    teacher = _teacher(run, index)
    run.log.say(f"teacher {index}: reading {len(every):,} texts")
    nothing = np.zeros((len(every), len(run.labels)), dtype=np.float32)
    recipe = run.plan.teacher
    logits = logits_of(
        teacher.model, examples_of(teacher, every, nothing, recipe.max_length), precision=recipe.precision
    )
    said = sigmoid(logits).astype(np.float16)
    write_bytes(path, save_arrays({"probabilities": said}, metadata={"goemox": orjson.dumps(facts).decode()}))
    return said


def _teacher(run: _Run, index: int) -> Base:
    """The teacher with this number: from its file, or trained now."""
    path = run.work / f"teacher-{index}.safetensors"
    facts, recipe = run.teacher_facts(index), run.teacher_recipe(index)
    if _facts_of(path) == facts:
        set_threads()
        prior = np.full(len(run.labels), 0.5)  # overwritten with the rest
        start = load_base(run.base, run.labels, prior, dropout=recipe.dropout, seed=recipe.seed)
        with safe_open(path, framework="pt") as file:
            start.model.load_state_dict({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
        return start
    checkpoint = run.work / f"teacher-{index}.checkpoint"
    trained = fine_tune(
        run.records,
        run.labels,
        base=run.base,
        recipe=recipe,
        checkpoint=checkpoint,
        dev=run.dev,
        stage=run.log.stage(f"teacher {index}"),
    )
    weights = {name: tensor.detach().contiguous() for name, tensor in trained.model.state_dict().items()}
    write_bytes(path, save(weights, metadata={"goemox": orjson.dumps(facts).decode()}))
    checkpoint.unlink(missing_ok=True)
    return trained.base


def _facts_of(path: Path) -> dict[str, Any] | None:
    """The facts that a file of the work folder was written with; None where there is no such file."""
    if not path.is_file():
        return None
    with safe_open(path, framework="np") as file:
        facts: dict[str, Any] = orjson.loads(file.metadata()["goemox"])
    return facts


def content_sha256(name: str) -> str:
    """Of a folder's weights, graphs and settings; "" for a base that its name alone says."""
    folder = default_folder() if name == "default" else Path(name)
    digest = hashlib.sha256()
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in CONTENT] if folder.is_dir() else []
    for path in files:
        digest.update(f"{path.relative_to(folder).as_posix()} {file_sha256(path)}\n".encode())
    return digest.hexdigest() if files else ""


def _texts_sha256(texts: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(f"{text}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
