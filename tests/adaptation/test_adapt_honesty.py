"""What `adapt` must not claim: rows seen twice, shares of half judged rows, sets that hold every label."""

import dataclasses
import json
import shlex
import subprocess
import sys

import numpy as np
import orjson
import pytest

import goemox
from goemox.adaptation import adapt, calibrate
from goemox.adaptation.estimates import _widened
from goemox.adaptation.measuring import COMPARED, surely_better, surely_worse
from goemox.assessment import assess
from goemox.cli.adaptation_tables import quoted as quoted_table
from goemox.domain import hash_words
from goemox.errors import InvalidInput
from goemox.evaluation.seen_rows import seen_rows, too_good
from goemox.report.fields import Fields
from goemox.report.sentences.summary import headline

MAPPING = {"glad": ["gratitude", "joy"], "cross": ["anger", "annoyance"], "asking": ["curiosity"]}
OUTSIDE = {"gratitude": "glad", "anger": "cross", "curiosity": "asking"}


def renamed(rows, others=frozenset()):
    """The same rows under outside labels; those that have none get `others`."""
    return [
        dataclasses.replace(
            row, labels=frozenset(OUTSIDE[label] for label in row.labels if label in OUTSIDE) or others
        )
        for row in rows
    ]


@pytest.fixture(scope="module")
def own(classifier, planted, tmp_path_factory):
    """The bundled model adapted to 130 planted rows with its own labels."""
    folder = tmp_path_factory.mktemp("own") / "model"
    adapt(classifier, planted(130, wrong=0.2), name="mine", output=folder)
    return goemox.load(folder)


def unlike(rows, seen):
    """The rows whose words, in any order, are not those of a seen one."""
    known = hash_words(row.text for row in seen)
    found = hash_words(row.text for row in rows).found_in(known)
    return [row for row, is_known in zip(rows, found, strict=True) if not is_known]


def test_an_adapted_label_rule_is_not_adapted_again(own, planted):
    for rows in (planted(130, wrong=0.2), planted(400)[200:330]):
        with pytest.raises(InvalidInput, match=r"made by `goemox adapt`.*all labelled rows together"):
            adapt(own, rows, name="again")


def test_outside_labels_on_rows_that_an_adapted_rule_saw_are_refused_and_new_rows_are_not(
    own, planted, tmp_path
):
    seen, new = renamed(planted(130)), renamed(unlike(planted(400)[200:330], planted(130)))
    with pytest.raises(InvalidInput, match=r"130 of 130 labelled rows were seen when `goemox adapt` made"):
        adapt(own, seen, name="again", mapping=MAPPING, grouping="moods")
    adapt(own, new, name="new", mapping=MAPPING, grouping="moods", output=tmp_path / "m")
    with pytest.raises(InvalidInput, match="made by `goemox adapt`"):
        adapt(goemox.load(tmp_path / "m"), planted(130), name="own labels again")


def test_a_folder_with_outside_labels_is_adapted_again_since_its_label_rule_is_as_before(
    classifier, planted, tmp_path
):
    rows = planted(130, wrong=0.2)
    first = adapt(
        classifier, renamed(rows), name="a", mapping=MAPPING, grouping="moods", output=tmp_path / "m"
    )
    model = goemox.load(tmp_path / "m")
    again = adapt(model, renamed(rows), name="a", mapping=MAPPING, grouping="moods")
    assert again.quotable == first.quotable
    assert adapt(model, rows, name="own").n == 130


def test_rows_that_a_full_refit_saw_are_refused_with_their_number(classifier, planted, tmp_path):
    rows = planted(400, wrong=0.2)
    calibrate(classifier, rows[:150], name="mine", output=tmp_path / "m")
    new = unlike(rows[200:], rows[:150])[:120]
    model = goemox.load(tmp_path / "m")
    with pytest.raises(InvalidInput, match="40 of 160 labelled rows were seen when `goemox calibrate` made"):
        adapt(model, [*rows[110:150], *new], name="again")
    assert adapt(model, new, name="new").n == 120


def test_labels_not_judged_in_every_random_row_have_no_prediction_powered_share(classifier, planted):
    rows = renamed(planted(200))
    partly = [
        dataclasses.replace(
            row,
            labels=row.labels - {"cross"} if i % 2 else row.labels,
            judged=frozenset({"glad"} if i % 2 else {"glad", "cross"}),
        )
        for i, row in enumerate(rows)
    ]
    texts = [dataclasses.replace(row, labels=None) for row in planted(400)[200:300]]
    said = []
    report = adapt(classifier, partly, name="m", mapping=MAPPING, grouping="g", texts=texts, say=said.append)
    assert report.prevalences["glad"].powered is not None
    found = report.prevalences["cross"]
    assert (found.n, found.powered, found.weight) == (100, None, None)
    assert report.rule.conformal.population.endswith("counting only labels that were looked for")
    assert any("not looked for in every random row" in line and line.endswith(": cross") for line in said)


def test_the_top_label_is_judged_only_where_every_row_carries_one(classifier, planted):
    rows, said = planted(120, wrong=0.2), []
    some = adapt(classifier, renamed(rows), name="m", mapping=MAPPING, grouping="g", say=said.append)
    assert "top1_accuracy" not in some.quotable
    assert some.metrics["top1_accuracy"] is None
    assert some.rule.fallback == "none"
    assert not any("most probable label" in line for line in said)
    every = adapt(
        classifier, renamed(rows, frozenset({"glad"})), name="m", mapping=MAPPING, grouping="g",
        say=said.append,
    )  # fmt: skip
    assert every.quotable["top1_accuracy"]["value"] > 0
    assert every.rule.fallback == "top"
    assert any("get their most probable label, because all your rows carried one" in line for line in said)


def test_sets_of_nearly_every_label_ask_for_a_larger_alpha(classifier, planted):
    said, rows = [], renamed(planted(120, wrong=0.2))
    adapt(classifier, rows, name="m", mapping=MAPPING, grouping="g", alpha=0.001, say=said.append)
    assert any("ask for a larger alpha" in line for line in said)


def test_fewer_than_a_hundred_rows_of_outside_labels_say_that_cuts_follow_from_probabilities(
    classifier, planted
):
    said = []
    adapt(classifier, renamed(planted(60)), name="m", mapping=MAPPING, grouping="g", say=said.append)
    assert any("cuts follow from the probabilities" in line for line in said)


def figures(**standard_errors):
    """Rows of `before_after`: differences so many standard errors off 0, with their 95 % intervals."""
    ends = {name: (z - 1.96, z + 1.96) for name, z in standard_errors.items()}
    return {
        name: {"difference": standard_errors[name], "low": low, "high": high}
        for name, (low, high) in ends.items()
    }


def test_only_what_chance_in_as_many_figures_would_not_do_is_surely_worse():
    metrics = figures(nll=3.0, brier=-4.0, ece_mean=2.1, macro_f1=-3.0, micro_f1=-1.9)
    metrics["top1_accuracy"] = None
    assert surely_worse(metrics) == ["nll", "macro_f1"]
    assert surely_better(metrics) == ["brier"]
    assert surely_worse(figures(ece_mean=2.1)) == ["ece_mean"]  # of a single figure it would be


def test_of_six_figures_of_equally_good_models_one_is_called_surely_other_in_a_draw_of_twenty_at_most():
    generator = np.random.default_rng(0)
    drawn = [figures(**dict(zip(COMPARED, generator.normal(size=6), strict=True))) for _ in range(1000)]
    assert np.mean([bool(surely_worse(each) + surely_better(each)) for each in drawn]) <= 0.06


def test_quoted_intervals_hold_the_spread_between_fits_as_well_as_that_of_rows():
    drawn = {"value": 0.5, "low": 0.40, "high": 0.56}
    assert _widened(drawn, [0.5] * 5) == pytest.approx({"value": 0.5, "low": 0.42, "high": 0.58})
    fits = [0.48, 0.49, 0.5, 0.51, 0.52]
    half = np.hypot(0.08, 2.7764 * np.std(fits, ddof=1))  # Student's quantile for five fits
    assert _widened(drawn, fits)["low"] == pytest.approx(0.5 - half, abs=1e-4)
    assert _widened({"value": 0.01, "low": 0.0, "high": 0.05}, fits)["low"] == 0.0


@pytest.fixture
def files(planted, tmp_path):
    """Rows judged for one label each, and a mapping, on disk."""
    rows = []
    for number, row in enumerate(renamed(planted(160, wrong=0.2))):
        looked = list(MAPPING)[number % 3]
        rows.append({"text": row.text, "labels": sorted(row.labels & {looked}), "judged": [looked]})
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "moods.mapping.json").write_text(json.dumps(MAPPING))
    return tmp_path


def test_rows_judged_for_one_label_are_not_called_without_an_emotion_and_names_are_quoted(files):
    name = "my moods/<2>"
    done = subprocess.run(
        [
            sys.executable, "-m", "goemox", "adapt", "--data", str(files / "rows.jsonl"), "--mapping",
            str(files / "moods.mapping.json"), "--name", name, "-o", str(files / "model"),
        ],
        capture_output=True, text=True, check=False, timeout=240, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "without an emotion" not in done.stderr
    assert "share among rows judged for it" in done.stdout
    assert f"--grouping {shlex.quote(name)}" in done.stderr
    assert f"--grouping {shlex.quote(name)}" in (files / "model" / "README.md").read_text(encoding="utf-8")


def test_an_adapted_folder_knows_the_rows_it_was_fitted_on_in_any_order_and_no_others(own, planted):
    rows = planted(400, wrong=0.2)
    seen, new = rows[:130], unlike(rows[200:], rows[:130])[:70]
    assert assess(own, seen[::-1], n_bootstrap=0).n_seen == 130
    mixed = assess(own, [*new, *seen[:30]], n_bootstrap=0)
    assert mixed.n_seen == 30
    assert too_good(mixed.n_seen, 100).startswith(
        "30 of 100 rows were used to fit this model's rule: figures"
    )
    assert assess(own, new, n_bootstrap=0).n_seen == 0


def test_a_study_of_the_rows_that_its_model_was_fitted_on_says_that_figures_are_too_good(
    own, planted, tmp_path
):
    data, texts = tmp_path / "hand.jsonl", tmp_path / "mine.txt"
    rows = planted(130, wrong=0.2)
    lines = [orjson.dumps({"text": row.text, "labels": sorted(row.labels)}).decode() for row in rows]
    data.write_text("\n".join(lines), encoding="utf-8")
    texts.write_text("\n".join(row.text for row in planted(400)[200:260]), encoding="utf-8")
    report = goemox.study(own.folder.path, data=data, domains={"mine": texts}).to_dict()
    assert report["in_domain"]["n_fitted_on"] == 130
    assert any("130 of 130 rows were used to fit" in each for each in report["warnings"])
    assert "which is too good: its rule was fitted on the very texts" in " ".join(headline(Fields(report)))


def test_folders_of_older_versions_without_keys_of_their_texts_still_know_their_very_rows(own, planted):
    rows = planted(130, wrong=0.2)
    old = {"adapted": {"by": "adapt"}}
    assert seen_rows(old, rows, own.rule.fitted_on) == 130
    assert seen_rows(old, rows[:100], own.rule.fitted_on) == 0


def test_a_second_grouping_does_not_make_the_folder_forget_the_rows_of_the_first(own, planted, tmp_path):
    new = renamed(unlike(planted(400)[200:], planted(130)))
    first, model = new[:60], own
    second = unlike(new[60:], first)[:60]
    for name, rows in (("a", first), ("b", second), ("c", first[:30])):
        adapt(model, rows, name=name, mapping=MAPPING, grouping=name, output=tmp_path / name)
        model = goemox.load(tmp_path / name)
    facts = model.folder.facts
    known = {name: seen_rows(facts, first[1:], "other rows", name) for name in ("a", "b", "c", None)}
    assert known == {"a": 59, "b": 0, "c": 29, None: 0}
    assert seen_rows(facts, second[1:], "other rows", "b") == 59
    assert seen_rows(facts, planted(130, wrong=0.2)[1:], own.rule.fitted_on) == 129


def few_rows(planted, n=60):
    """Rows of five of the 28 labels, drawn at random."""
    return [dataclasses.replace(row, meta={"sampling": "random"}) for row in planted(n, wrong=0.2)]


def test_a_macro_f1_is_quoted_without_an_interval_on_the_rows_for_which_evaluate_gives_none(
    classifier, planted
):
    rows, said = few_rows(planted), []
    quoted = adapt(classifier, rows, name="m", say=said.append).to_dict()["quotable"]
    judged = assess(classifier, rows, n_bootstrap=50).report.to_dict()["metrics"]
    for name in ("macro_f1", "micro_f1", "top1_accuracy", "subset_accuracy"):
        assert (quoted[name]["low"] is None) == (judged[name]["low"] is None), name
    assert quoted["macro_f1"]["low"] is quoted["macro_f1"]["high"] is None
    assert quoted["micro_f1"]["low"] < quoted["micro_f1"]["value"] < quoted["micro_f1"]["high"]
    assert "23 of 28 labels have no true row here; macro-F1 counts each as 0" in said
    assert any(line.startswith("macro-F1 has no interval: 23 of 28 labels have fewer") for line in said)


def test_labels_that_only_informative_rows_carry_have_no_row_that_a_figure_rests_on(classifier, planted):
    random = [row for row in few_rows(planted, 80) if "anger" not in row.labels]
    picked = [
        dataclasses.replace(row, meta={"sampling": "informative"})
        for row in planted(200)
        if "anger" in row.labels
    ]
    said = []
    adapt(classifier, [*random, *picked], name="m", say=said.append)
    assert "24 of 28 labels have no true row here; macro-F1 counts each as 0" in said


def test_every_label_with_rows_enough_has_its_macro_f1_quoted_with_an_interval_and_no_warning(
    classifier, planted
):
    said, rows = [], renamed(few_rows(planted, 100))
    report = adapt(classifier, rows, name="m", mapping=MAPPING, grouping="g", say=said.append)
    found = report.quotable["macro_f1"]
    assert found["low"] < found["value"] < found["high"]
    assert not any("macro-F1" in line for line in said)


def test_the_table_of_adapt_says_none_for_an_interval_and_claims_no_coverage_for_it():
    figures = {
        "macro_f1": {"value": 0.3, "low": None, "high": None},
        "micro_f1": {"value": 0.7, "low": 0.6, "high": 0.8},
    }
    table = quoted_table(figures, 40)
    assert "none: labels of too few rows" in table
    assert "of draws of 100 rows, for micro-F1 (two outside sets" in table
    figures["macro_f1"] |= {"low": 0.2, "high": 0.4}
    assert "of draws of 100 rows, for macro-F1 and micro-F1 (two" in quoted_table(figures, 40)
