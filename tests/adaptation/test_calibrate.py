"""A full refit of the rule: what it promises, keeps, refuses and writes."""

import filecmp
from dataclasses import replace

import numpy as np
import pytest

import goemox
from goemox.adaptation import adapt, calibrate
from goemox.cli.adaptation_tables import calibration_table
from goemox.decision.cuts import CutRule
from goemox.decision.rule import DecisionRule
from goemox.decision.softmax import SoftmaxRule
from goemox.errors import GateFailed, InvalidInput, UsageError
from goemox.model_folder import REFERENCE, SUMS, default_folder, open_model


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


@pytest.mark.parametrize("cuts", ["fixed:0.3", "cost:5", "precision:0.6"])
def test_under_other_cuts_labels_without_a_row_keep_their_calibration_alone(classifier, planted, cuts):
    said = []
    report = calibrate(classifier, planted(200), name="mine", cuts=CutRule.parse(cuts), say=said.append)
    column = classifier.labels.index("grief")
    assert report.rule.thresholds[column] != classifier.rule.thresholds[column]
    np.testing.assert_array_equal(report.rule.maps[column], classifier.rule.maps[column])
    assert "grief" not in report.kept
    assert " kept" not in calibration_table(report.to_dict())
    assert any(line.startswith("labels without a row here, calibrated as before: ") for line in said)
    assert not any("decided as before" in line for line in said)


def test_labels_that_cannot_show_a_precision_are_named_and_never_given(classifier, planted, tmp_path):
    said = []
    report = calibrate(
        classifier, planted(250), name="mine", cuts=CutRule.parse("precision:0.8"), output=tmp_path / "m",
        say=said.append,
    )  # fmt: skip
    assert "grief" in report.rule.unreached
    assert "gratitude" not in report.rule.unreached
    assert any(line.startswith("labels that cannot show their precision (precision:0.8)") for line in said)
    assert any(line.startswith("groups of ekman that cannot show") for line in said)
    rows = {
        line.split()[0]: line for line in calibration_table(report.to_dict()).splitlines() if line.strip()
    }
    assert rows["grief"].split() == ["grief", "0", "never", "given"]
    assert "never" not in rows["gratitude"]
    assert not any("grief" in p.labels for p in goemox.load(tmp_path / "m")(["I mourn my father."] * 2))


def test_labels_never_given_stay_so_where_a_later_refit_has_no_row_of_them(classifier, planted, tmp_path):
    first = tmp_path / "first"
    calibrate(classifier, planted(250), name="mine", cuts=CutRule.parse("precision:0.8"), output=first)
    report = calibrate(goemox.load(first), planted(250, seed=5), name="mine")
    assert report.rule.cuts == "f1"
    assert "grief" in report.kept
    assert "grief" in report.rule.unreached
    assert "gratitude" not in report.rule.unreached


def test_a_folder_that_would_give_no_label_is_refused(classifier, planted, tmp_path):
    cuts, rows = CutRule.parse("precision:0.99"), planted(110, wrong=0.4)
    assert len(calibrate(classifier, rows, name="mine", cuts=cuts).rule.unreached) == 28
    with pytest.raises(GateFailed, match=r"no label can show.*precision:0\.99.*lower precision"):
        calibrate(classifier, rows, name="mine", cuts=cuts, output=tmp_path / "m")
    assert not (tmp_path / "m").exists()


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


def test_what_a_distance_is_measured_from_stays_that_of_training_where_few_rows_move_nothing(
    classifier, planted, tmp_path
):
    folder = tmp_path / "few"
    calibrate(classifier, planted(40), name="mine", output=folder)
    assert open_model(folder).facts["adapted"]["reference"] == "trained"
    assert (folder / REFERENCE).read_bytes() == (default_folder() / REFERENCE).read_bytes()


@pytest.mark.parametrize(("cuts", "value"), [("fixed:0.3", 0.3), ("cost:4", 0.2)])
def test_cuts_that_need_no_rows_are_set_with_few_of_them_too(classifier, planted, cuts, value):
    said = []
    report = calibrate(
        classifier, planted(60), name="mine", cuts=CutRule.parse(f"{cuts},anger=0.5"), say=said.append
    )
    wanted = np.full(28, value)
    wanted[classifier.labels.index("anger")] = 0.5 if "fixed" in cuts else 1 / 1.5
    assert report.rule.thresholds == pytest.approx(wanted)
    assert (report.rule.cuts, report.rule.fallback) == (f"{cuts},anger=0.5", "none")
    assert report.rule.conformal is None
    assert any(f"the thresholds are those of {cuts}" in line for line in said)
    assert any("calibrated by the others alone: admiration" in line for line in said)


def test_cuts_that_need_more_rows_are_ignored_by_name(classifier, planted):
    said = []
    report = calibrate(
        classifier, planted(60), name="mine", cuts=CutRule.parse("precision:0.8"), say=said.append
    )
    np.testing.assert_array_equal(report.rule.thresholds, classifier.rule.thresholds)
    assert report.rule.cuts == "f1"
    assert any("precision:0.8 needs more rows and was ignored" in line for line in said)


@pytest.mark.parametrize("n", [60, 120])
def test_a_cut_of_an_unknown_label_is_refused_however_many_rows_there_are(classifier, planted, n):
    with pytest.raises(UsageError, match="unknown label 'foo'"):
        calibrate(classifier, planted(n), name="mine", cuts=CutRule.parse("cost:5,foo=3"))


def test_the_promise_is_of_texts_with_a_label_where_some_rows_have_none(classifier, planted):
    rows = planted(200)
    some = [replace(r, labels=frozenset()) if i % 3 == 0 else r for i, r in enumerate(rows)]
    promise = calibrate(classifier, some, name="mine").rule.conformal
    assert (promise.n, promise.population) == (133, "texts exchangeable with mine, with at least one label")
    said = []
    few = [replace(r, labels=frozenset()) if i >= 49 else r for i, r in enumerate(rows)]
    assert calibrate(classifier, few, name="mine", say=said.append).rule.conformal is None
    assert "fewer than 50 of the 200 rows carry a label: prediction sets promise nothing" in said


def test_rows_that_the_rule_was_fitted_on_are_told(written, planted):
    model, same = goemox.load(written[0]), planted(300, wrong=0.3)
    for rows, words in (
        (same, "fitted on these very rows: figures before are too good"),
        ([*same[:150], *planted(700)[500:]], "rows stand among the texts that the model's rule was fitted"),
        (same[:60], "figures before and after are too good on those"),
    ):
        said = []
        calibrate(model, rows, name="mine", say=said.append)
        assert any(words in line for line in said)


def test_rows_that_only_groups_were_fitted_on_are_new_to_the_labels(classifier, planted, tmp_path):
    outside = [
        replace(r, labels=frozenset({"cross" if "anger" in r.labels else "other"})) for r in planted(150)
    ]
    mapping = {"cross": ["anger", "annoyance"], "other": ["gratitude", "curiosity", "neutral", "sadness"]}
    adapt(classifier, outside, name="mine", mapping=mapping, grouping="moods", output=tmp_path / "m")
    said = []
    calibrate(goemox.load(tmp_path / "m"), planted(150), name="mine", say=said.append)
    assert not any("fitted" in line and "too good" in line for line in said)


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


def marked(rows, **meta):
    return [replace(row, meta=meta) for row in rows]


def test_rows_picked_as_informative_are_refused_and_sent_to_the_command_that_takes_them(classifier, planted):
    rows = [*planted(150), *marked(planted(180)[150:], sampling="informative")]
    with pytest.raises(
        InvalidInput, match=r"30 of 180 rows were picked as informative.*`goemox adapt` takes"
    ):
        calibrate(classifier, rows, name="mine")


@pytest.mark.parametrize("fit", [adapt, calibrate])
def test_a_rule_fitted_on_labels_given_with_suggestions_in_sight_is_said_to_flatter_the_model(
    classifier, planted, fit
):
    said = []
    rows = [*marked(planted(40), suggested=True), *planted(60)[40:]]
    fit(classifier, rows, name="mine", say=said.append)
    assert any(line.startswith("40 of 60 rows were labelled with suggestions in sight") for line in said)
