"""The log of a run: lines that can be read by a program, whatever moment the run was killed at."""

import json
import re

import numpy as np
import pytest
import torch
from sklearn.metrics import average_precision_score, log_loss

from goemox.data.samples import load_samples
from goemox.labels import GOEMOTIONS
from goemox.training.log import EVERY, TrainingLog
from goemox.training.loop import Recipe
from goemox.training.train import fine_tune


def rows(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_steps_are_logged_now_and_then_and_the_last_one_always(tmp_path):
    path = tmp_path / "training.jsonl"
    stage = TrainingLog(path).stage("model")
    for step in range(1, EVERY + 6):
        stage.on_step(step, EVERY + 5, 1.0 / step, 100.0)
    assert [row["step"] for row in rows(path)] == [EVERY, EVERY + 5]
    assert rows(path)[0]["loss"] == pytest.approx(np.mean([1 / s for s in range(1, EVERY + 1)]), abs=1e-6)


def test_an_epoch_is_judged_by_precision_and_likelihood_never_by_a_cut(tmp_path):
    path = tmp_path / "training.jsonl"
    generator = np.random.default_rng(0)
    truth = generator.random((200, 3)) < 0.3
    logits = (generator.normal(size=truth.shape) + 2 * truth).astype(np.float32)
    TrainingLog(path).stage("model").on_epoch(1, logits, truth)
    (row,) = rows(path)
    p = 1 / (1 + np.exp(-logits.astype(float)))
    assert row["dev_map"] == pytest.approx(average_precision_score(truth, logits, average="macro"), abs=1e-6)
    assert row["dev_nll"] == pytest.approx(
        np.mean([log_loss(truth[:, k], p[:, k]) for k in range(3)]), abs=1e-6
    )


def test_the_line_that_a_kill_tore_is_dropped_and_the_run_goes_on_behind_it(tmp_path):
    path = tmp_path / "training.jsonl"
    path.write_bytes(b'{"stage": "model", "step": 20}\n{"stage": "mod')
    TrainingLog(path).write({"stage": "model", "step": 40})
    assert [row["step"] for row in rows(path)] == [20, 40]


def lines(path):
    return [(row["stage"], row.get("step") or f"epoch {row['epoch']}") for row in rows(path)]


@pytest.mark.parametrize(
    ("first", "kept"),
    [(EVERY + 1, [EVERY, "epoch 1"]), (2 * EVERY + 5, [EVERY, "epoch 1", 2 * EVERY]), (1, [])],
)
def test_steps_that_are_taken_again_and_another_run_leave_no_lines(tmp_path, first, kept):
    path = tmp_path / "training.jsonl"
    written = [{"step": EVERY}, {"epoch": 1}, {"step": 2 * EVERY}, {"step": 3 * EVERY}]
    for row in ({"stage": "teacher 0", "step": 3 * EVERY}, *({"stage": "model"} | row for row in written)):
        TrainingLog(path).write(row)
    TrainingLog(path).stage("model").on_step(first, 5 * EVERY, 0.5, 100.0)
    assert lines(path) == [("teacher 0", 3 * EVERY), *(("model", line) for line in kept)]


def test_a_damaged_line_ends_no_training(tmp_path):
    path = tmp_path / "training.jsonl"
    path.write_bytes(b'{"stage": "model", "st\0\n{"stage": "teacher 0", "step": 20}\n[]\n')
    TrainingLog(path).stage("model").on_step(1, 5 * EVERY, 0.5, 100.0)
    assert lines(path) == [("teacher 0", 20)]


def test_an_epoch_that_is_gone_through_again_stands_once(tmp_path):
    path = tmp_path / "training.jsonl"
    truth = np.array([[True], [False]])
    for epoch in (1, 2, 2):
        TrainingLog(path).stage("model").on_epoch(epoch, np.array([[1.0], [-1.0]]), truth)
    assert lines(path) == [("model", "epoch 1"), ("model", "epoch 2")]


def test_progress_tells_how_long_it_will_still_take(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    said = []
    stage = TrainingLog(None, said.append).stage("teacher 0")
    for step in range(1, 21):
        stage.on_step(step, 100, 0.1, 50.0)
    assert len(said) == 1
    assert said[0].startswith("teacher 0: step 20/100  loss 0.1000  50 rows/s")
    assert said[0].endswith("min left")


def test_a_run_says_first_what_it_is_computed_on(tiny_base):
    said = []
    records = load_samples("reddit")[:32]
    recipe = Recipe(epochs=1, precision="fp32")
    stage = TrainingLog(None, said.append).stage("model")
    fine_tune(records, GOEMOTIONS, base=str(tiny_base), recipe=recipe, stage=stage)
    if torch.cuda.is_available():
        assert said[0] == f"model: on {torch.cuda.get_device_name()}, float32"
    else:
        assert re.fullmatch(r"model: on the processor with (1 thread|\d+ threads), float32", said[0])
