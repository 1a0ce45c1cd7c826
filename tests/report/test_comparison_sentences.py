"""Two studies side by side, read on planted cases: better, worse, flat, by chance, and nothing in common."""

import runpy
from pathlib import Path

import pytest

from goemox.report.comparison_markdown import comparison_markdown
from goemox.report.comparison_page import render_comparison
from goemox.report.fields import Fields
from goemox.report.files import figures
from goemox.report.sentences.comparable import comparable
from goemox.report.sentences.compared_answers import domain
from goemox.report.sentences.comparison import answers, headline, labels, quality, what_next

planted = runpy.run_path(str(Path(__file__).with_name("planted_comparison.py")))  # tests are no package
PAIRS, comparison, home, metric, outside, row, share = (
    planted[name] for name in ("PAIRS", "comparison", "home", "metric", "outside", "row", "share")
)


def read(*args, **more):
    return Fields(comparison(*args, **more), "comparison")


FINDING = ("better", "worse", "more often", "less often", "Find out", "label about")


def test_a_study_against_itself_is_said_to_differ_in_nothing():
    report = read()
    assert headline(report).startswith("No difference:")
    said = " ".join(words for _, each in answers(report) for words in each)
    assert "the same answers as A to the same 2,000 labelled texts" in said
    assert "On titles there is no difference" in said
    assert not any(word in said for word in FINDING)


def test_better_is_said_with_its_figure_interval_and_how_many_go_along():
    rows = [metric("macro_f1", 0.5, 0.54, "better"), metric("micro_f1", 0.6, 0.62, "better")]
    report = read(home("better", [*rows, metric("brier", 0.02, 0.021, "within chance", True)]))
    assert headline(report) == "B is better than A in domain."
    assert quality(report) == (
        "B is better in Macro-F1: 0.540 against 0.500, difference +0.040, 95% interval +0.030 to +0.050; "
        "better in 2 of 3 figures. No figure surely goes the other way."
    )


def test_one_figure_of_several_that_is_better_does_not_make_the_figures_better():
    nominal = metric("micro_f1", 0.6, 0.598, "within chance")
    report = read(home("better", [metric("macro_f1", 0.5, 0.54, "better"), nominal]))
    assert headline(report) == "B is better than A in one of 2 in-domain figures."


def test_worse_asks_for_the_reason_and_names_the_labels():
    rows = [metric("brier", 0.02, 0.03, "worse", True)]
    bad = row({"label": "joy", "support": 90}, 0.6, 0.4, "worse")
    report = read(home("worse", rows, per_label=[bad]))
    assert "worse in Brier score: 0.0300 against 0.0200, difference +0.0100" in quality(report)
    assert what_next(report)[0] == "Find out why before B takes A's place, first at joy."
    assert labels(report).startswith("B is worse at joy (−0.20);")


def test_mixed_figures_are_said_to_be_mixed():
    rows = [metric("macro_f1", 0.5, 0.54, "better"), metric("brier", 0.02, 0.03, "worse", True)]
    report = read(home("mixed", rows))
    assert "better than A in some in-domain figures and worse in others" in headline(report)
    assert "No figure surely goes the other way" not in quality(report)


def test_chance_is_no_finding_even_where_one_interval_leaves_out_zero():
    rows = [metric("macro_f1", 0.5, 0.512, "within chance"), metric("micro_f1", 0.6, 0.6, "within chance")]
    report = read(home("within chance", rows), [outside("within chance")])
    assert headline(report) == "No difference beyond chance."
    assert quality(report).startswith(
        "No in-domain figure differs beyond chance once all 2 are tested together"
    )
    assert "but no label's share moves beyond chance" in domain(report, report.rows("domains")[0])
    assert what_next(report) == ["Nothing: take either."]


def test_changed_labels_outside_are_neither_better_nor_worse():
    shares = [share("joy", 0.1, 0.15, "more"), share("neutral", 0.8, 0.7, "less")]
    report = read(domains=[outside("changed", shares)])
    said = domain(report, report.rows("domains")[0])
    assert "10.0% of 300 texts get other labels (95% interval 7.0% to 14%)" in said.replace("10%", "10.0%")
    assert "more often joy (15%, was 10%), less often neutral (70%, was 80%)" in said
    assert "better" not in headline(report)
    assert "label about 100 texts" in " ".join(what_next(report))


def test_samples_are_never_evidence_and_make_no_headline():
    report = read(domains=[outside("changed", [share("joy", 0.1, 0.3, "more")], source="sample")])
    assert "never evidence" in domain(report, report.rows("domains")[0])
    assert "labels outside texts differently" not in headline(report)


APART = {"paired": False, "n": None, "changed": None, "pairs": PAIRS | {"n_matched": 0}}


def test_other_texts_with_the_same_model_are_the_texts_doing():
    apart = outside("changed", [share("joy", 0.1, 0.3, "more")], **APART)
    same, other = read(domains=[apart]), read(domains=[apart], comparable={"same_model": False})
    assert "the model is the same, so it is the texts" in domain(same, same.rows("domains")[0])
    assert "either may be why" in domain(other, other.rows("domains")[0])


@pytest.mark.parametrize("verdict", ["changed", "within chance"])
def test_two_collections_by_one_model_are_no_two_models_to_take(verdict):
    apart = outside(verdict, [share("joy", 0.1, 0.3, "more")], **APART)
    report = read(home("same", paired=False), [apart])
    assert headline(report).startswith("No text of A is paired with one of B: these are two collections")
    assert "goemox study --group-by COLUMN" in " ".join(what_next(report))
    assert "take either" not in " ".join(what_next(report))


def test_texts_of_which_too_few_are_the_same_are_not_called_two_collections():
    few = APART | {"pairs": PAIRS | {"n_matched": 40, "n_only_a": 260, "n_only_b": 260}}
    report = read(home("same", paired=False), [outside("changed", [share("joy", 0.1, 0.3, "more")], **few)])
    assert headline(report).startswith(
        "Fewer than 50 texts are in both A and B, too few to compare them one by"
    )
    said = domain(report, report.rows("domains")[0])
    assert "(300 texts in A and 300 in B, 40 of them the same: fewer than 50, so not paired)" in said
    assert "others" not in said


def test_figures_over_other_labels_are_no_verdict_and_are_not_said_to_be_over_the_shared_ones():
    apart = home("unknown", paired=False, pairs=None)
    other = {"labels_only_b": ["envy", "love"]}
    report = read(apart, comparable=other)
    said = " ".join(comparable(report))
    assert "over what they share, but those in domain, which are over each model's own" in said
    assert (
        quality(report)
        == "That cannot be told: their labels differ, and each report's figures are over its own."
    )
    assert "but those in domain" not in " ".join(comparable(read(comparable=other)))


@pytest.mark.parametrize("verdict", ["changed", "within chance"])
@pytest.mark.parametrize("same_model", [True, False])
def test_texts_that_could_not_be_paired_may_be_the_same_and_are_not_called_others(verdict, same_model):
    apart = outside(verdict, [share("joy", 0.1, 0.3, "more")], paired=False, pairs=None, n=None, changed=None)
    report = read(
        home("same", paired=False, pairs=None), [apart], a={"has_rows": False},
        comparable={"same_model": same_model},
    )  # fmt: skip
    said = " ".join([headline(report), domain(report, report.rows("domains")[0]), *what_next(report)])
    assert headline(report).startswith("Texts of A and B cannot be paired and may be the same: their labels")
    assert "(300 texts in A and 300 in B, which cannot be paired and may be the same)" in said
    assert "Keep rows.jsonl.gz" in said
    for words in ("collections", "others", "it is the texts", "the same outside texts"):
        assert words not in said


def test_two_studies_with_nothing_in_common_say_so():
    report = read({}, [], domains_only_a=["titles"], domains_only_b=["issues"])
    assert headline(report) == "Nothing in these two studies can be compared."
    said = " ".join(comparable(report))
    assert "Only A studied titles." in said
    assert "Only B studied issues." in said
    assert "cannot be told" in quality(report)


def test_too_few_texts_are_told_with_their_numbers():
    report = read(home("unknown"), [outside("unknown", paired=False, n=None, n_a=3, n_b=20)])
    assert "too few texts to compare (3 in A, 20 in B; 50 are needed)" in domain(
        report, report.rows("domains")[0]
    )
    assert "at least 50 labelled texts" in quality(report)
    assert "Label 100 texts or more" in " ".join(what_next(report))


def test_what_stands_in_the_way_of_comparing_is_said():
    report = read(
        home("unknown", same_set=False, paired=False, name_b="other.csv"),
        comparable={
            "same_model": False, "same_version": False, "same_seed": False, "same_fallback": False,
            "labels_only_b": ["calm"], "thresholds_changed": ["joy"],
        },
        b={"has_rows": False, "model": {"name": "new"}, "goemox_version": "0.2.0"},
    )  # fmt: skip
    said = " ".join(comparable(report))
    for words in (
        "A used planted, B new, with other thresholds for 1 of 3 labels and another answer",
        "1 label only in B (calm)",
        "different versions of goemox (0.1.0 and 0.2.0)",
        "Their seeds differ",
        "in-domain sets differ (hand.csv, 2,000 texts and other.csv, 2,000 texts)",
        "no rows.jsonl.gz beside B",
    ):
        assert words in said


def test_the_same_graph_under_another_calibration_is_not_called_the_same_rule():
    model = {"name": "planted", "sha256": "ab" * 32, "conformal": None}
    adapted = {"by": "adapt", "n": 30, "name": "hand.csv"}
    report = read(
        comparable={
            "same_calibration": False, "calibrators_changed": ["joy", "anger", "neutral"],
            "same_conformal": False,
        },
        a={"model": model | {"conformal": {"alpha": 0.1}}}, b={"model": model | {"adapted": adapted}},
    )  # fmt: skip
    assert comparable(report)[0] == (
        "Both used the same model file, with another calibration for all 3 labels and other prediction sets "
        "(only A promises any). B's was fitted by goemox adapt on 30 rows of hand.csv."
    )


def test_studies_that_do_not_tell_their_calibration_are_not_said_to_share_a_rule():
    said = comparable(read(comparable={"same_calibration": None}))[0]
    assert said.startswith("Both used the same model file and thresholds; whether")


def test_figures_that_differ_on_too_few_texts_are_told_and_not_called_the_same():
    rows = [metric("macro_f1", 0.4437, 0.4512, "not tested"), metric("brier", 0.01, 0.01, "same", True)]
    said = quality(read(home("unknown", rows)))
    assert said.endswith("1 figure of 2 differs (Macro-F1: 0.451 in B, 0.444 in A).")


def test_rows_without_a_partner_are_counted_with_the_reason():
    pairs = PAIRS | {"n_only_a": 1, "n_changed_text": 229}
    shares = [share("joy", 0.1, 0.15, "more")]
    report = read(domains=[outside("changed", shares, pairs=pairs)])
    said = domain(report, report.rows("domains")[0])
    assert said.endswith("Left out: 1 only in A and 229 changed under the same id.")


def test_models_of_two_kinds_are_told_apart_by_how_they_decide():
    report = read(comparable={"same_model": False, "same_kind": False}, b={"model": {"name": "naive"}})
    assert comparable(report)[0] == (
        "The models differ: A used planted, B naive: one decides label by label, the other gives each text "
        "one label."
    )


def test_figures_of_other_texts_are_no_verdict():
    rows = [metric("macro_f1", 0.5, 0.9, "not tested")]
    report = read(home("unknown", rows, paired=False, n=None, n_b=200))
    assert quality(report) == "That cannot be told: the two studies measured it on different texts."
    assert "Run both studies with the same --data" in " ".join(what_next(report))
    assert "better" not in headline(report)


def test_what_was_left_out_of_the_pairs_is_counted():
    pairs = PAIRS | {"n_only_a": 5, "n_changed_text": 2, "n_changed_truth": 1, "by_text": False}
    said = " ".join(comparable(read(home(pairs=pairs))))
    assert "left out: 5 only in A, 2 changed under the same id and 1 labelled differently in B" in said
    assert "matched by id alone" in said


NAME = "@team [x](http://y) <script>alert(1)</script>|`#\u202e"


def test_foreign_words_stay_words_on_the_page_and_in_markdown():
    moved = outside("changed", [share("joy", 0.1, 0.3, "more")], NAME)
    content = comparison(domains=[moved])
    page = render_comparison(content)
    assert "<script>alert" not in page
    assert "\u202e" not in page
    text = comparison_markdown(content)
    assert "[x](" not in text
    assert "U+2068" not in text  # our own isolate, not a foreign character
    assert "<script>" not in text
    head = next(line for line in text.splitlines() if line.startswith("| \u2068&#64;team"))
    assert head.count("|") == 5


def test_markdown_begins_with_the_headline_and_shows_what_surely_differs():
    rows = [metric("macro_f1", 0.5, 0.54, "better"), metric("brier", 0.02, 0.03, "worse", True)]
    shares = [share("joy", 0.1, 0.15, "more"), share("neutral", 0.8, 0.8, "same")]
    text = comparison_markdown(comparison(home("mixed", rows), [outside("changed", shares)]))
    assert text.startswith("## B is better than A in some in-domain figures")
    assert "| Macro-F1 | 0.500 | 0.540 | +0.040 | +0.030 to +0.050 | ✅ better |" in text
    assert "| Brier score | 0.0200 | 0.0300 | +0.0100 | +0.0080 to +0.0120 | ❌ worse |" in text
    assert "| titles, 300 texts | A | B | difference |" in text
    assert "| joy | 10% | 15% | +5.0 points |" in text
    assert "neutral |" not in text


def test_markdown_of_a_flat_comparison_has_no_table():
    assert "|---" not in comparison_markdown(comparison())


def test_the_page_and_its_figures_are_the_same_each_time():
    content = comparison()
    assert render_comparison(content) == render_comparison(content)
    assert figures(content) == figures(content)
    assert set(figures(content)) == {"fig-quality", "fig-label-f1", "fig-shares"}


@pytest.mark.parametrize("empty", [{}, {"in_domain": None}, {"domains": []}, {"comparable": {}, "a": {}}])
def test_missing_parts_leave_the_page_whole(empty):
    content = {"schema": "goemox.comparison/1"} | empty
    assert "Nothing in these two studies can be compared." in render_comparison(content)
    assert comparison_markdown(content)


def test_a_figure_that_was_not_tested_is_not_said_to_be_within_chance():
    rows = [
        metric("macro_f1", 0.4, 0.49, "not tested"), metric("micro_f1", 0.5, 0.5, "within chance"),
        metric("brier", 0.02, 0.02, "within chance", True),
    ]  # fmt: skip
    said = quality(read(home("within chance", rows)))
    assert said.startswith("No in-domain figure that was tested differs beyond chance once all 2 are tested")
    assert "Macro-F1" not in said


def test_more_labels_are_no_advice_where_the_label_sets_differ():
    report = read(home("unknown", paired=False, pairs=None), comparable={"labels_only_b": ["envy"]})
    assert "give them to both studies" not in " ".join(what_next(report))
