"""A hundred labelled rows: what moves, what counts for figures, what is promised, and what is refused."""

import copy
import dataclasses
import json

import numpy as np
import pytest

import goemox
from goemox.adaptation import adapt, calibrate
from goemox.errors import InvalidInput, UnknownLabel, UsageError
from goemox.evaluation.seen_rows import seen_rows
from goemox.records import TextRecord

MAPPING = {"glad": ["gratitude", "joy"], "cross": ["anger", "annoyance"], "asking": ["curiosity"]}
OUTSIDE = {"gratitude": "glad", "anger": "cross", "curiosity": "asking", "sadness": "blue"}


def renamed(rows):
    """The same rows under outside labels; neutral ones have none."""
    return [
        dataclasses.replace(row, labels=frozenset(OUTSIDE[label] for label in row.labels if label in OUTSIDE))
        for row in rows
    ]


def relabelled(rows, labels):
    """The same rows, all with these labels."""
    return [dataclasses.replace(row, labels=labels) for row in rows]


@pytest.fixture(scope="module")
def adapted(classifier, planted, tmp_path_factory):
    """(report, folder, what was said) of 160 rows with outside labels and 60 unlabelled texts."""
    rows = renamed(planted(160, wrong=0.2))
    texts = [dataclasses.replace(row, labels=None) for row in planted(300)[200:260]]
    folder, said = tmp_path_factory.mktemp("adapted") / "model", []
    report = adapt(
        classifier, rows, name="mine", mapping=MAPPING, grouping="moods", texts=[*texts, texts[0], rows[0]],
        output=folder, say=said.append,
    )  # fmt: skip
    return report, folder, said


def test_groups_under_outside_names_are_asked_for_by_the_name_of_the_adaptation(adapted, classifier):
    _, folder, _ = adapted
    model = goemox.load(folder)
    grouped = model.grouped("moods")
    assert grouped.labels == ("glad", "cross", "asking")
    (found,) = grouped.predictions([TextRecord("1", "Thank you so much for the lamp and boat you gave me.")])
    assert found.labels == ("glad",)
    assert found.in_domain
    assert "glad" in found.prediction_set
    np.testing.assert_array_equal(model.rule.thresholds, classifier.rule.thresholds)
    assert set(model.groupings) == {"ekman", "sentiment", "moods"}


def test_older_promises_are_withdrawn_where_in_domain_speaks_of_another_domain(adapted, classifier):
    _, folder, _ = adapted
    assert classifier.rule.conformal is not None
    model = goemox.load(folder)
    assert model.rule.conformal is None
    promise = model.groupings["moods"].rule.conformal
    assert promise.alpha == 0.1
    assert promise.population == (
        "texts with at least one of its labels, exchangeable with the 160 rows of mine"
    )
    assert 50 <= promise.n < 160


def test_what_is_left_out_is_told_with_its_number(adapted):
    _, _, said = adapted
    assert any("carry labels that the mapping does not name (blue" in line for line in said)
    assert any("1 of 62 unlabelled texts repeats a labelled one and was left out" in line for line in said)
    assert any("1 of 62 unlabelled texts repeats an earlier text" in line for line in said)
    assert any("do not say how they were drawn" in line for line in said)


def test_figures_have_intervals_and_promised_sets_are_judged_on_rows_left_out(adapted):
    report, _, _ = adapted
    assert report.n == report.n_random == 160
    assert report.n_texts == 60
    for name in ("nll", "brier", "ece_mean", "macro_f1", "micro_f1"):
        row = report.metrics[name]
        assert row["low"] <= row["difference"] <= row["high"]
    quoted = report.quotable["macro_f1"]
    assert quoted["low"] < quoted["value"] < quoted["high"]
    assert report.sets["before"] is None
    assert 0.0 <= report.sets["after"]["fnr"]["value"] <= 0.2
    json.dumps(report.to_dict())


def test_shares_come_from_labels_alone_and_with_predictions(adapted):
    report, _, _ = adapted
    found = report.prevalences["glad"]
    assert found.n == 160
    assert found.classical.value == pytest.approx(report.support["glad"] / 160)
    assert 0 <= found.weight <= 1
    assert found.powered.low <= found.powered.value <= found.powered.high


def test_rows_picked_as_informative_are_fitted_on_and_count_for_no_figure(classifier, planted):
    random, picked = (
        [dataclasses.replace(row, meta={"sampling": how}) for row in rows]
        for how, rows in (("random", planted(120)), ("informative", planted(260)[160:]))
    )
    said = []
    both = adapt(classifier, [*random, *picked], name="mine", say=said.append)
    assert (both.n, both.n_random) == (220, 120)
    assert both.rule.conformal.n == 120
    assert both.prevalences["gratitude"].n == 120
    assert any("100 of 220 rows were picked" in line for line in said)
    none = adapt(classifier, picked, name="mine")
    assert none.metrics is None
    assert none.prevalences == {}
    assert none.rule.conformal is None


def test_own_labels_move_their_rule_their_groupings_and_the_profile(classifier, planted, tmp_path):
    report = adapt(classifier, planted(150, wrong=0.2), name="mine", output=tmp_path / "m")
    model = goemox.load(tmp_path / "m")
    assert report.sets["before"]["fnr"]["value"] >= 0
    assert set(model.groupings) == {"ekman", "sentiment"}
    assert model.rule.conformal.population.endswith("exchangeable with the 150 rows of mine")
    assert len(model.profile.distances) == 150
    assert not (tmp_path / "m" / "evaluation.json").exists()
    rare = classifier.labels.index("grief")
    drift = np.abs(model.rule.maps - classifier.rule.maps).sum(axis=1)
    assert drift[classifier.labels.index("neutral")] > drift[rare]


def test_fewer_than_a_hundred_rows_move_no_cut_and_promise_nothing(classifier, planted):
    said = []
    report = adapt(classifier, planted(40), name="mine", say=said.append)
    np.testing.assert_array_equal(report.rule.thresholds, classifier.rule.thresholds)
    assert report.rule.conformal is None
    assert report.sets["after"] is None
    assert any("40 random rows are too few for thresholds and a promise" in line for line in said)


def test_that_few_rows_give_cuts_to_a_model_without_any_is_told(classifier, planted):
    said, foreign = [], copy.copy(classifier)
    foreign.rule = dataclasses.replace(classifier.rule, fitted_on="", conformal=None)
    report = adapt(foreign, planted(40), name="mine", say=said.append)
    assert (report.rule.thresholds != foreign.rule.thresholds).any()
    assert any("the calibration was fitted, and cuts follow from the probabilities" in line for line in said)


def test_cells_that_nobody_judged_count_nowhere(classifier, planted):
    rows = renamed(planted(200))
    partly = [dataclasses.replace(row, judged=frozenset({"glad"})) for row in rows]
    report = adapt(classifier, partly, name="mine", mapping=MAPPING, grouping="moods")
    assert report.support["cross"] == 0
    assert list(report.prevalences) == ["glad"]
    assert report.metrics["top1_accuracy"] is None


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda rows: rows[:19], InvalidInput, "19 distinct labelled rows are too few"),
        (lambda rows: [rows[0]] * 50, InvalidInput, "1 distinct labelled row is too few"),
        (lambda rows: relabelled(rows, frozenset({"joy"})), InvalidInput, "same label"),
        (lambda rows: relabelled(rows, frozenset({"jo"})), UnknownLabel, "'jo'"),
        (lambda rows: relabelled(rows, None), InvalidInput, "has no labels"),
    ],
)
def test_rows_that_nothing_can_be_fitted_on_are_refused(classifier, planted, change, error, words):
    with pytest.raises(error, match=words):
        adapt(classifier, change(planted(60)), name="mine")


def test_mappings_need_a_name_of_their_own_and_known_labels(classifier, planted):
    rows = renamed(planted(60))
    with pytest.raises(UsageError, match="need a name"):
        adapt(classifier, rows, name="mine", mapping=MAPPING)
    with pytest.raises(UsageError, match="its own groups"):
        adapt(classifier, rows, name="mine", mapping=MAPPING, grouping="ekman")
    with pytest.raises(UnknownLabel, match="'happy'"):
        adapt(classifier, rows, name="mine", mapping={"glad": ["happy"]}, grouping="moods")
    with pytest.raises(InvalidInput, match="no row carries a label that the mapping names"):
        adapt(classifier, rows, name="mine", mapping={"other": ["joy"]}, grouping="moods")


def test_a_model_that_says_the_same_of_every_text_is_refused(classifier, planted):
    same = [dataclasses.replace(row, text=" " * i + "Ok") for i, row in enumerate(planted(60))]
    with pytest.raises(InvalidInput, match="1 distinct labelled row is too few"):
        adapt(classifier, same, name="mine")


@pytest.fixture
def files(planted, tmp_path):
    """Labelled rows, texts and a mapping on disk."""
    rows = [
        {"id": row.id, "text": row.text, "labels": sorted(row.labels)}
        for row in renamed(planted(130, wrong=0.2))
    ]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "texts.txt").write_text("".join(row.text + "\n" for row in planted(300)[200:]))
    (tmp_path / "moods.mapping.json").write_text(json.dumps(MAPPING))
    return tmp_path


def test_from_the_command_line_to_predictions_and_evaluation_in_outside_labels(files, command):
    done = command(
        "adapt", "--data", files / "rows.jsonl", "--mapping", files / "moods.mapping.json",
        "--texts", files / "texts.txt", "-o", files / "model", "--json",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert json.loads(done.out)["grouping"] == "moods"
    assert "--grouping moods" in done.err
    assert "no model was written" not in done.err
    line = command(
        "predict",
        "I am furious about this awful car and dog!",
        "--model",
        files / "model",
        "--grouping",
        "moods",
    )
    assert json.loads(line.out)["labels"] == ["cross"]
    judged = command(
        "evaluate",
        "--data",
        files / "rows.jsonl",
        "--model",
        files / "model",
        "--grouping",
        "moods",
        "--json",
    )
    assert judged.code == 0, judged.err
    assert [row["label"] for row in json.loads(judged.out)["per_label"]] == list(MAPPING)
    assert "the grouping does not name (blue" in judged.err
    wrong = command("predict", "Well", "--model", files / "model", "--grouping", "mods")
    assert wrong.code == 2
    assert "its groupings: ekman, sentiment, moods" in wrong.err


def test_an_empty_cell_among_the_unlabelled_texts_is_told_and_left_out(files, planted, command):
    texts = [row.text for row in planted(300)[200:]]
    (files / "texts.csv").write_text("n,text\n" + "".join(f'{i},"{t}"\n' for i, t in enumerate([*texts, ""])))
    done = command(
        "adapt", "--data", files / "rows.jsonl", "--mapping", files / "moods.mapping.json",
        "--texts", files / "texts.csv", "--json",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert json.loads(done.out)["n_texts"] == 100
    assert "--texts: 1 row cannot be used; the first: " in done.err
    assert "the text is empty" in done.err


def test_the_table_says_what_may_be_quoted(files, command):
    done = command(
        "adapt", "--data", files / "rows.jsonl", "--mapping", files / "moods.mapping.json", "--name", "forum"
    )
    assert done.code == 0, done.err
    for words in ("to be quoted (130 random rows", "labelled rows of forum", "prediction sets after, by"):
        assert words in done.out
    assert "the folder of any one draw of" in done.out
    assert "no model was written; to keep this one, run the same again with -o DIR" in done.err


def test_evaluate_counts_rows_that_the_mapping_does_not_name_as_none_of_its_labels(files, command):
    done = command(
        "evaluate", "--data", files / "rows.jsonl", "--mapping", files / "moods.mapping.json", "--json"
    )
    assert done.code == 0, done.err
    assert json.loads(done.out)["n"] == 130
    assert "rows carry labels that the mapping does not name (blue" in done.err
    both = command(
        "evaluate",
        "--data",
        files / "rows.jsonl",
        "--mapping",
        files / "moods.mapping.json",
        "--grouping",
        "ekman",
    )
    assert both.code == 2


def test_groups_can_be_judged_on_rows_that_carry_the_models_labels(planted, tmp_path, command):
    path = tmp_path / "own.jsonl"
    rows = [{"text": row.text, "labels": sorted(row.labels)} for row in planted(120)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = command("evaluate", "--data", path, "--grouping", "sentiment", "--json")
    assert done.code == 0, done.err
    support = {row["label"]: row["support"] for row in json.loads(done.out)["per_label"]}
    assert sum(support.values()) == 120
    assert support["neutral"] > 0


def test_rows_that_do_not_say_how_they_were_drawn_beside_others_that_do_are_told(classifier, planted):
    rows = planted(60)
    mixed = [dataclasses.replace(row, meta={"sampling": "random"}) for row in rows[:50]] + rows[50:]
    said = []
    adapt(classifier, mixed, name="mine", say=said.append)
    assert "10 of 60 rows do not say how they were drawn and count as random" in said


def test_an_adaptation_remembers_the_rows_that_an_earlier_fit_saw(classifier, planted, tmp_path):
    rows = planted(120)
    calibrate(classifier, rows[:60], name="first", output=tmp_path / "m1")
    adapt(goemox.load(tmp_path / "m1"), rows[60:], name="second", output=tmp_path / "m2")
    facts = goemox.load(tmp_path / "m2").folder.facts
    assert seen_rows(facts, rows, "") == 120
