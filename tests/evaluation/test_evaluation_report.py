import json
import os
import time
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss

from goemox.data.goemotions import read_split
from goemox.errors import InvalidInput, ShapeError
from goemox.evaluation import evaluate, simple_baselines
from goemox.evaluation.metrics import METRICS
from goemox.labels import EKMAN, GOEMOTIONS
from goemox.records import truth_matrix
from goemox.report.sections.in_domain import METRICS as CARDS


def scored(n=400, k=28, seed=0):
    generator = np.random.default_rng(seed)
    p = generator.beta(0.4, 4.0, (n, k))
    return p, p >= 0.25, generator.random((n, k)) < p


def labels_of(k):
    return GOEMOTIONS if k == 28 else tuple(f"label {column}" for column in range(k))


def test_repeated_texts_make_no_pair_of_labels_and_count_in_all_else():
    p, decided, truth = scored(150, 4)
    once = evaluate(p, decided, truth, labels_of(4), n_bootstrap=0).to_dict()
    p, decided, truth = (np.tile(each, (4, 1)) for each in (p, decided, truth))
    report = evaluate(p, decided, truth, labels_of(4), once=range(150), n_bootstrap=0).to_dict()
    assert report["co_occurrence"] == once["co_occurrence"]
    assert report["n"] == 600


def test_the_report_holds_every_promised_key_and_is_json():
    p, decided, truth = scored()
    logits = np.log(p / (1 - p))
    report = evaluate(
        p, decided, truth, GOEMOTIONS, thresholds=np.full(28, 0.25), logits=logits, n_bootstrap=50
    )
    found = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    beside = {"ece_floor", "ece_debiased_mean", "brier_base_rate", "nll_base_rate"}
    assert set(found["metrics"]) == {*METRICS, *beside}
    assert set(found) == {
        "n", "metrics", "per_label", "baselines", "thresholds", "thresholds_compared", "confusion",
        "label_share", "true_label_share", "top_label", "top_label_share", "confidence", "reliability",
        "score_strips", "co_occurrence", "prediction_sets", "n_bootstrap", "seed",
    }  # fmt: skip
    assert set(found["per_label"][0]) >= {
        "label", "support", "predicted", "precision", "recall", "f1", "f1_low", "f1_high",
        "average_precision", "threshold", "brier", "nll", "ece", "ece_debiased", "ece_floor",
        "ece_floor_high", "ece_p", "ece_above_chance",
    }  # fmt: skip
    assert found["thresholds"]["joy"] == 0.25
    assert found["metrics"]["macro_f1"]["value"] == round(report.metrics["macro_f1"].value, 6)
    assert len(found["confusion"]["labels"]) == 10
    assert sum(found["top_label_share"].values()) == pytest.approx(1, abs=1e-5)


def test_every_metric_lies_within_its_interval():
    p, decided, truth = scored()
    report = evaluate(p, decided, truth, GOEMOTIONS, n_bootstrap=300)
    for name, interval in report.metrics.items():
        if name not in ("ece_debiased_mean", "brier_base_rate", "nll_base_rate"):  # have none
            assert interval.low < interval.value < interval.high, name


def test_constants_score_what_scikit_learn_says_and_skill_is_measured_against_them():
    p, decided, truth = scored(500, 3)
    truth[:, 2] = False  # a label that no text carries: nothing to be better than
    constant = np.tile(truth.mean(axis=0), (500, 1))
    found = evaluate(p, decided, truth, labels_of(3), n_bootstrap=0)
    scores = {
        "brier": [brier_score_loss(truth[:, j], constant[:, j], labels=[False, True]) for j in range(3)],
        "nll": [log_loss(truth[:, j], constant[:, j], labels=[False, True]) for j in range(3)],
    }
    for name, expected in scores.items():
        assert found.metrics[f"{name}_base_rate"].value == pytest.approx(np.mean(expected), abs=1e-9)
    for j, row in enumerate(found.per_label[:2]):
        assert row.brier_skill == pytest.approx(1 - row.brier / scores["brier"][j])
    assert np.isnan(found.per_label[2].brier_skill)
    same = evaluate(constant, decided, truth, labels_of(3), n_bootstrap=0)
    assert same.per_label[0].brier_skill == pytest.approx(0, abs=1e-9)
    assert same.metrics["nll"].value == pytest.approx(same.metrics["nll_base_rate"].value)
    halves = np.arange(500)[:, None] % 2 == [0, 1, 1]  # a label's share is that of the rows judged for it
    judged = evaluate(p, decided, truth, labels_of(3), judged=halves, n_bootstrap=0).per_label[0]
    share = truth[::2, 0].mean()
    assert judged.brier_skill == pytest.approx(1 - judged.brier / (share * (1 - share)))


def test_intervals_narrow_as_texts_grow():
    def width(n):
        interval = evaluate(*scored(n), GOEMOTIONS, n_bootstrap=200).metrics["micro_f1"]
        return interval.high - interval.low

    assert width(1600) == pytest.approx(width(400) / 2, rel=0.3)


def test_the_same_seed_gives_the_same_report():
    p, decided, truth = scored(100)
    first, again, other = (
        evaluate(p, decided, truth, GOEMOTIONS, n_bootstrap=40, seed=s).to_dict() for s in (1, 1, 2)
    )
    assert first == again
    assert first["metrics"] != other["metrics"]


def test_other_taxonomies_have_no_groups():
    report = evaluate(*scored(k=3), labels_of(3), n_bootstrap=0)
    assert report.metrics["ekman_macro_f1"] is None
    assert report.metrics["macro_f1"].to_dict()["low"] != 0
    assert report.to_dict()["metrics"]["macro_f1"]["low"] is None
    assert report.to_dict()["thresholds"] == {}
    assert report.to_dict()["per_label"][0]["threshold"] is None


def test_rows_judged_for_one_label_are_scored_for_that_label_only():
    p, decided, truth = scored(90, 3)
    judged = np.eye(3, dtype=bool)[np.arange(90) % 3]
    found = evaluate(p, decided, truth, labels_of(3), judged=judged, n_bootstrap=20).to_dict()
    assert [row["judged"] for row in found["per_label"]] == [30, 30, 30]
    assert found["per_label"][1]["support"] == int(truth[1::3, 1].sum())
    assert found["true_label_share"]["label 1"] == pytest.approx(truth[1::3, 1].mean(), abs=1e-6)
    assert found["metrics"]["macro_f1"]["value"] is not None
    for name in ("top1_accuracy", "subset_accuracy", "lrap"):
        assert found["metrics"][name] is None
    assert found["confusion"] is None


def test_a_label_that_nobody_judged_has_no_figures_rather_than_zeros():
    p, decided, truth = scored(50, 3)
    judged = np.ones_like(truth)
    judged[:, 2] = False
    row = evaluate(p, decided, truth, labels_of(3), judged=judged, n_bootstrap=20).to_dict()["per_label"][2]
    for name in (
        "precision",
        "recall",
        "f1",
        "f1_low",
        "f1_high",
        "average_precision",
        "brier",
        "ece",
        "ece_floor",
    ):
        assert row[name] is None, name


@pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
def test_constant_scores_and_single_rows_give_a_report(value):
    p = np.full((60, 3), value)
    truth = np.zeros((60, 3), dtype=bool)
    truth[:20, 0] = True
    json.dumps(evaluate(p, p > 0.5, truth, labels_of(3), n_bootstrap=20).to_dict(), allow_nan=False)
    json.dumps(
        evaluate(p[:1], p[:1] > 0.5, truth[:1], labels_of(3), n_bootstrap=20).to_dict(), allow_nan=False
    )


def test_no_rows_and_misfitting_thresholds_are_refused():
    p, decided, truth = scored(5, 3)
    with pytest.raises(InvalidInput, match="no texts"):
        evaluate(p[:0], decided[:0], truth[:0], labels_of(3))
    with pytest.raises(ShapeError, match="thresholds"):
        evaluate(p, decided, truth, labels_of(3), thresholds=np.zeros(2))


@pytest.mark.data
def test_real_labels_give_the_baselines_known_for_goemotions():
    folder = os.environ.get("GOEMOX_DATA")
    if not folder:
        pytest.skip("GOEMOX_DATA is not set; point it at the data folder to check against GoEmotions")
    train, test = (
        truth_matrix(read_split(Path(folder) / "goemotions", split), GOEMOTIONS)
        for split in ("train", "test")
    )
    random, majority, prior = simple_baselines(test, GOEMOTIONS, train.mean(axis=0))
    assert majority["top1_accuracy"] == pytest.approx(1787 / 5427)
    assert majority["ekman_macro_f1"] == pytest.approx(majority["macro_f1"] * 28 / len(EKMAN))
    assert random["macro_f1"] == pytest.approx(0.042, abs=0.003)
    assert prior["macro_f1"] == pytest.approx(0.075, abs=0.003)


def test_a_full_evaluation_of_the_test_split_takes_seconds():
    generator = np.random.default_rng(0)
    p = generator.beta(0.3, 6.0, (5427, 28))
    start = time.process_time()
    evaluate(p, p > 0.3, generator.random(p.shape) < p, GOEMOTIONS)
    assert time.process_time() - start < 30  # about 3 on an idle core; the limit allows for a busy machine


# Near 0 for any model where labels are rare; and an order that top-label accuracy tells in plain words.
NOT_ON_THE_PAGE = ("hamming_loss", "lrap")


def test_a_report_shows_every_metric_but_those_that_are_left_out_on_purpose():
    shown = [key for key, *_ in CARDS]
    assert shown == [name for name in METRICS if name not in NOT_ON_THE_PAGE]
