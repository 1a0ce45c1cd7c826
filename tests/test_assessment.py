import shutil
from dataclasses import replace

import numpy as np
import orjson
import pytest

from goemox.assessment import assess, compare, dev_figures, model_facts, same_labels
from goemox.classifier import EmotionClassifier
from goemox.data.samples import load_samples
from goemox.decision.rule import fit_rule
from goemox.decision.thresholds import global_threshold
from goemox.errors import InvalidInput
from goemox.evaluation.mapping import LabelMapping
from goemox.model_folder import SUMS, default_folder, write_sums
from goemox.records import rows_sha256


@pytest.fixture(scope="module")
def records():
    return load_samples("reddit")


@pytest.fixture(scope="module")
def found(classifier, records):
    return assess(classifier, records, n_bootstrap=50)


@pytest.fixture
def changed(tmp_path):
    """The bundled model with some of its JSON replaced: changed({file: {key: value}})."""

    def make(**files):
        folder = tmp_path / "changed"
        shutil.copytree(default_folder(), folder)
        for name, changes in files.items():
            path = folder / f"{name}.json"
            path.write_bytes(orjson.dumps(orjson.loads(path.read_bytes()) | changes))
        write_sums(folder)
        return EmotionClassifier.from_pretrained(folder)

    return make


def renamed(classifier, names):
    """What a folder has to say so that its columns carry other names."""
    labels = [names.get(label, label) for label in classifier.labels]
    thresholds = dict(zip(labels, classifier.rule.thresholds.tolist(), strict=True))
    return {
        "config": {"id2label": {str(i): label for i, label in enumerate(labels)}},
        "goemox": {"labels": labels, "thresholds": thresholds},
    }


def test_a_model_against_itself_differs_by_exactly_nothing(classifier, found, records):
    paired = compare(found, classifier, records)
    assert {row.difference for row in paired.metrics.values() if row} == {0.0}
    assert {row.difference for row in paired.f1.values()} == {0.0}


def test_a_text_that_is_repeated_counts_once_for_pairs_of_labels(classifier, records):
    twice = [*records, *(replace(record, text=f" {record.text.upper()} ") for record in records[:20])]
    assert assess(classifier, twice, n_bootstrap=0).report.co_occurrence["n"] == len(records)


def test_labels_are_compared_by_name_wherever_they_stand(classifier, found, records, changed):
    swapped = changed(**renamed(classifier, {"gratitude": "anger", "anger": "gratitude"}))
    paired = compare(found, swapped, records)
    alone = assess(swapped, records, n_bootstrap=0).report
    assert swapped.labels != classifier.labels
    assert paired.metrics["macro_f1_common"] is None  # no label has 30 samples
    for name, row in paired.metrics.items():
        if row is None:
            continue
        assert row.value == pytest.approx(found.report.metrics[name].value)
        assert row.other == pytest.approx(alone.metrics[name].value)
    assert paired.f1["gratitude"].low > 0
    assert paired.f1["gratitude"].p_not_better == 0
    assert paired.f1["joy"].difference == 0


def test_models_with_different_labels_are_refused_by_name(classifier, found, records, changed):
    other = changed(**renamed(classifier, {"joy": "glee"}))
    with pytest.raises(InvalidInput, match=r"only this one has joy; only the other has glee.*--mapping"):
        compare(found, other, records)


def test_with_mappings_models_of_different_labels_can_be_compared(classifier, records, changed):
    other = changed(**renamed(classifier, {"joy": "glee"}))
    mappings = [LabelMapping.of({"glad": [name], "thankful": ["gratitude"]}, model.labels)
                for name, model in (("joy", classifier), ("glee", other))]  # fmt: skip
    outside = {"joy": "glad", "gratitude": "thankful"}
    rows = [
        type(r)(r.id, r.text, labels=frozenset(outside[label] for label in r.labels if label in outside))
        for r in records
    ]
    found = assess(classifier, rows, mapping=mappings[0], n_bootstrap=20)
    paired = compare(found, other, rows, mapping=mappings[1])
    assert list(paired.f1) == ["glad", "thankful"]
    assert {row.difference for row in paired.f1.values()} == {0.0}


def test_same_labels_says_where_each_label_stands_in_the_other_model():
    assert same_labels(("a", "b", "c"), ("c", "a", "b")).tolist() == [1, 2, 0]


def test_dev_figures_are_those_that_an_evaluation_of_the_same_rows_finds(found, records):
    truth = found.truth
    fitted = fit_rule(found.scores, truth, population="samples", fitted_on="samples")
    cut = global_threshold(fitted.probabilities(found.scores), truth)
    block = dev_figures(fitted, found.scores, truth, cut)
    folder = EmotionClassifier.from_pretrained().folder
    again = assess(EmotionClassifier(folder, fitted), records, n_bootstrap=0).report.to_dict()
    assert block["n"] == len(records)
    for name in ("macro_f1", "micro_f1", "mean_average_precision", "nll", "brier"):
        assert block[name] == again["metrics"][name]["value"]
    rows = {row["rule"]: row for row in block["thresholds_compared"]}
    assert list(rows) == ["0.5", "one global", "chosen"]
    assert set(rows["chosen"]) == {"rule", "macro_f1", "micro_f1"}
    assert rows["chosen"]["macro_f1"] == block["macro_f1"]
    assert orjson.loads(orjson.dumps(block)) == block


def test_optimism_is_told_where_the_folder_knows_its_dev_figures(records, changed):
    dev = {"n": 9, "thresholds_compared": [{"rule": "chosen", "macro_f1": 0.9, "micro_f1": 0.8}]}
    model = changed(goemox={"dev": dev})
    rows = {
        r["rule"]: r for r in assess(model, records, n_bootstrap=0).report.to_dict()["thresholds_compared"]
    }
    assert rows["chosen"]["dev_macro_f1"] == 0.9
    assert rows["chosen"]["dev_micro_f1"] == 0.8
    assert rows["chosen"]["optimism"] == pytest.approx(0.9 - rows["chosen"]["macro_f1"], abs=2e-6)
    assert rows["0.5"]["optimism"] is None


def test_baselines_of_the_release_stand_beside_those_of_its_own_rows_only(records, changed):
    shipped = [
        {"name": "words", "macro_f1": 0.4},
        {"name": "prior (every label, by its share)", "macro_f1": 9},
    ]
    model = changed(evaluation={"rows_sha256": rows_sha256(records), "baselines": shipped})
    rows = assess(model, records, n_bootstrap=0).report.baselines
    assert [row["name"].split()[0] for row in rows] == ["random", "majority", "prior", "words"]
    assert [row.get("measured") for row in rows] == [None, None, None, "at release"]
    assert len(assess(model, records[1:], n_bootstrap=0).report.baselines) == 3


def test_nobody_chose_the_cut_of_an_uncalibrated_model(classifier, records, tmp_path):
    folder = tmp_path / "plain"
    shutil.copytree(default_folder(), folder)
    for name in (SUMS, "goemox.json", "evaluation.json", "reference.safetensors"):
        (folder / name).unlink()
    plain = EmotionClassifier.from_pretrained(folder)
    rows = assess(plain, records, n_bootstrap=0).report.thresholds_compared
    assert [row["rule"] for row in rows] == ["0.5"]
    assert model_facts(plain)["calibrated"] is False
    assert model_facts(plain)["name"] == "plain"
    assert model_facts(plain)["sha256"] == model_facts(classifier)["sha256"]
    assert np.isfinite(rows[0]["macro_f1"])


def test_what_the_sets_miss_is_measured_where_the_model_promises_and_its_own_labels_are_asked(
    classifier, found, records
):
    promise, sets = classifier.rule.conformal, found.report.prediction_sets
    assert (sets.alpha, sets.population, sets.n_fitted) == (promise.alpha, promise.population, promise.n)
    assert 0 <= sets.fnr.low <= sets.fnr.value <= sets.fnr.high <= 1
    mapping = LabelMapping.of({"any": classifier.labels}, classifier.labels)
    mapped = [replace(record, labels=frozenset({"any"})) for record in records]
    assert assess(classifier, mapped, mapping=mapping, n_bootstrap=0).report.prediction_sets is None
