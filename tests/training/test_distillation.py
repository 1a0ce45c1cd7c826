"""Teachers, what they say, and a student of theirs: on the tiny base, with real files and real kills."""

import shutil
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from goemox.data.samples import load_samples
from goemox.errors import InvalidInput, UsageError
from goemox.labels import GOEMOTIONS
from goemox.training.distil import Distillation, content_sha256, distil, mix
from goemox.training.log import TrainingLog
from goemox.training.loop import Recipe

QUICK = Recipe(
    epochs=2, batch_size=32, learning_rate=2e-3, max_length=48, average_decay=0.9, precision="fp32"
)
PLAN = Distillation(
    student=replace(QUICK, seed=1), teacher=QUICK, n_teachers=2, hard_share=0.5, unlabelled=60
)


@pytest.fixture(scope="module")
def texts():
    records = load_samples()
    return records[::2], [record.text for record in records[1::2]]


@pytest.fixture(scope="module")
def train(texts, tiny_base):
    """Distil into a work folder; returns the student and what was said on the way."""

    def run(work, plan=PLAN, unlabelled=None, base=tiny_base):
        said = []
        trained = distil(
            texts[0],
            GOEMOTIONS,
            texts[1] if unlabelled is None else unlabelled,
            plan,
            work=work,
            base=str(base),
            dev=texts[0][:40],
            log=TrainingLog(work / "training.jsonl", said.append),
        )
        return trained, said

    return run


@pytest.fixture(scope="module")
def whole(train, tmp_path_factory):
    """One unbroken run: its work folder, the weights of its student, and what it said."""
    work = tmp_path_factory.mktemp("distilled") / "whole"
    trained, said = train(work)
    return SimpleNamespace(work=work, weights=weights(trained), said=said)


@pytest.fixture
def work(whole, tmp_path):
    """A copy of its work folder."""
    return shutil.copytree(whole.work, tmp_path / "work")


def weights(trained):
    return torch.cat([p.detach().flatten() for p in trained.model.parameters()])


def test_students_of_several_seeds_share_the_teachers(train, whole, work):
    assert any(line.startswith("teacher 1: step") for line in whole.said)
    other, said = train(work, replace(PLAN, student=replace(QUICK, seed=2)))
    assert not any(line.startswith("teacher") for line in said)
    assert not torch.equal(whole.weights, weights(other))


def test_a_run_ends_with_the_same_weights_whatever_stood_in_its_work_folder(train, whole, work):
    lost = ["said-0.safetensors", "said-1.safetensors", "teacher-1.safetensors", "student-1.checkpoint"]
    for name in lost:
        (work / name).unlink()
    trained, said = train(work)
    assert torch.equal(weights(trained), whole.weights)
    assert [any(line.startswith(f"teacher {n}: step") for line in said) for n in (0, 1)] == [False, True]


def test_teachers_of_another_recipe_are_not_taken(train, work):
    _, said = train(work, replace(PLAN, n_teachers=1, teacher=replace(QUICK, learning_rate=1e-3)))
    assert any(line.startswith("teacher 0: step") for line in said)


def test_teachers_of_a_base_that_was_trained_again_are_not_taken(train, work, tiny_base, tmp_path):
    base = shutil.copytree(tiny_base, tmp_path / "base")
    assert content_sha256(str(base)) == content_sha256(str(tiny_base))
    (base / "config.json").write_text((base / "config.json").read_text().replace("0.1", "0.2"))
    assert content_sha256(str(base)) != content_sha256(str(tiny_base))
    assert content_sha256("minilm") == ""
    renamed = shutil.copytree(base, tmp_path / "other" / "base")
    _, said = train(work, replace(PLAN, n_teachers=1), base=renamed)
    assert any(line.startswith("teacher 0: step") for line in said)


def test_a_student_with_the_seed_of_a_teacher_is_refused(train, tmp_path):
    with pytest.raises(UsageError, match="102 is that of a teacher"):
        train(tmp_path / "work", replace(PLAN, student=replace(QUICK, seed=102)))


def test_the_target_of_a_labelled_text_lies_between_people_and_teachers():
    truth = np.array([[1.0, 0.0]], dtype=np.float32)
    said = np.array([[0.6, 0.2], [0.1, 0.3]], dtype=np.float32)
    soft = mix(truth, said, ["unlabelled"], hard_share=0.75)
    assert soft.labelled == pytest.approx(np.array([[0.9, 0.05]]))
    assert soft.unlabelled == pytest.approx(said[1:])


def test_too_few_unlabelled_texts_are_refused_before_a_teacher_is_trained(train, tmp_path):
    with pytest.raises(InvalidInput, match="3 unlabelled texts"):
        train(tmp_path / "w", unlabelled=["a", "b", "c"])
    assert not (tmp_path / "w").exists()


def test_without_unlabelled_text_it_distils_on_the_labelled_rows_alone(train, tmp_path):
    trained, _ = train(tmp_path, replace(PLAN, unlabelled=0, n_teachers=1), unlabelled=[])
    assert trained.facts["distillation"]["unlabelled"] == 0
