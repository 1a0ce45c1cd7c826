"""A full refit of the rule: what it promises, keeps, refuses and writes."""

import filecmp
from dataclasses import replace

import numpy as np
import pytest

import goemox
from goemox.adaptation import calibrate
from goemox.decision.cuts import CutRule
from goemox.decision.rule import DecisionRule
from goemox.decision.softmax import SoftmaxRule
from goemox.errors import InvalidInput, UsageError
from goemox.model_folder import SUMS, open_model


@pytest.fixture(scope="module")
def written(classifier, planted, tmp_path_factory):
    """The folder that 300 planted rows make, and the report."""
    output = tmp_path_factory.mktemp("calibrated") / "model"
    said = []
    report = calibrate(classifier, planted(300, wrong=0.3), name="mine.csv", output=output, say=said.append)
    return output, report, said


def test_a_wrong_share_of_labels_is_learned_and_measured_on_rows_left_out(written):
    _, report, _ = written
    nll = report.metrics["nll"]
    assert nll["after"] < nll["before"]
    assert nll["high"] < 0
    assert nll["difference"] == pytest.approx(nll["after"] - nll["before"])


def test_the_folder_opens_with_its_sums_and_decides_by_the_new_rule(written, classifier):
    output, report, _ = written
    opened = goemox.load(output)
    assert (output / SUMS).is_file()
    np.testing.assert_allclose(opened.rule.thresholds, report.rule.thresholds, atol=1e-6)
    assert opened.rule.fitted_on == report.rows_sha256 != classifier.rule.fitted_on
    assert opened.rule.conformal.population == "texts exchangeable with mine.csv"
    assert set(opened.groupings) == {"ekman", "sentiment"}
    assert opened.dev["n"] == 300


def test_the_network_is_copied_and_figures_of_the_old_rule_are_not(written, classifier):
    output, _, _ = written
    source = classifier.folder.path
    for name in ("config.json", "tokenizer.json", "onnx/model_int8.onnx"):
        assert filecmp.cmp(source / name, output / name, shallow=False)
    assert not (output / "evaluation.json").exists()
    card = (output / "README.md").read_text()
    assert "fitted again" in card
    assert "300 rows of mine.csv" in card
    assert "Results on" not in card


def test_in_domain_means_like_these_rows_afterwards(written, classifier, planted):
    output, _, _ = written
    fresh = [record.text for record in planted(600)[300:]]
    share = {name: np.mean([p.in_domain for p in model(fresh)]) for name, model in
             (("new", goemox.load(output)), ("old", classifier))}  # fmt: skip
    assert 0.88 <= share["new"] <= 0.99


def test_labels_without_a_row_keep_what_they_had_and_are_named(written, classifier):
    _, report, said = written
    column = classifier.labels.index("grief")
    assert "grief" in report.kept
    assert report.rule.thresholds[column] == classifier.rule.thresholds[column]
    np.testing.assert_array_equal(report.rule.maps[column], classifier.rule.maps[column])
    assert any("decided as before" in line and "grief" in line for line in said)


def test_cuts_by_precision_are_kept_in_the_rule(classifier, planted):
    report = calibrate(classifier, planted(150), name="mine", cuts=CutRule.parse("cost:9"), alpha=0.1)
    assert report.rule.cuts == "cost:9"
    assert report.rule.thresholds == pytest.approx(np.full(28, 0.1))
    assert report.rule.conformal.alpha == 0.1
    assert report.folder is None


def test_fewer_than_a_hundred_rows_move_the_calibration_alone_and_promise_nothing(classifier, planted):
    said = []
    report = calibrate(classifier, planted(60), name="mine", say=said.append)
    assert report.rule.conformal is None
    np.testing.assert_array_equal(report.rule.thresholds, classifier.rule.thresholds)
    assert not np.array_equal(report.rule.maps, classifier.rule.maps)
    assert any("too few for thresholds" in line for line in said)


def test_repeated_texts_count_once_and_contradictions_are_told(classifier, planted):
    rows = planted(120)
    said = []
    again = [replace(rows[0], id="x"), replace(rows[1], id="y", labels=frozenset({"pride"}))]
    report = calibrate(classifier, [*rows, *again], name="mine", say=said.append)
    assert report.n == 120
    assert any("2 of 122" in line and "1 of them with other labels" in line for line in said)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rows: rows[:10], "too few"),
        (lambda rows: [replace(r, labels=frozenset({"joy"})) for r in rows], "the same label"),
        (lambda rows: [replace(r, labels=frozenset()) for r in rows], "no row carries"),
        (lambda rows: [replace(r, judged=frozenset({"joy"})) for r in rows], "goemox adapt"),
        (lambda rows: [replace(r, labels=None) for r in rows], "has no labels"),
    ],
)
def test_rows_that_cannot_carry_a_rule_are_refused(classifier, planted, change, words):
    with pytest.raises(InvalidInput, match=words):
        calibrate(classifier, change(planted(120)), name="mine")


def test_a_softmax_model_has_no_rule_to_fit(classifier, planted):
    model = goemox.EmotionClassifier(classifier.folder, SoftmaxRule.unfitted(classifier.labels))
    with pytest.raises(UsageError, match="softmax"):
        calibrate(model, planted(120), name="mine")


def test_nothing_is_written_over_the_model_itself_or_over_other_files(classifier, planted, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    for place in (
        classifier.folder.path,
        classifier.folder.path / "inside",
        tmp_path,
        tmp_path / "notes.txt",
    ):
        with pytest.raises(UsageError):
            calibrate(classifier, planted(120), name="mine", output=place)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_plain_folder_without_a_rule_gets_one(classifier, planted, tmp_path):
    bare = tmp_path / "bare"
    (bare / "onnx").mkdir(parents=True)
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "onnx/model_int8.onnx"):
        (bare / name).write_bytes((classifier.folder.path / name).read_bytes())
    model = goemox.EmotionClassifier(open_model(bare))
    assert model.rule.fitted_on == DecisionRule.unfitted(model.labels).fitted_on == ""
    calibrate(model, planted(150), name="mine", output=tmp_path / "new")
    opened = goemox.load(tmp_path / "new")
    assert opened.rule.calibrated
    assert opened.profile is None
    assert "fitted again" in (tmp_path / "new" / "README.md").read_text()
