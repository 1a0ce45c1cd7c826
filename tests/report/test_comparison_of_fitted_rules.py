"""Two studies of which one's rule was fitted on the labelled texts, or measures distance from other texts."""

import re
import runpy
from pathlib import Path

import pytest

from goemox.report.comparison_markdown import comparison_markdown
from goemox.report.comparison_page import render_comparison
from goemox.report.fields import Fields
from goemox.report.sentences.comparable import comparable
from goemox.report.sentences.compared_answers import domain
from goemox.report.sentences.comparison import headline, labels, quality, what_next

planted = runpy.run_path(str(Path(__file__).with_name("planted_comparison.py")))  # tests are no package
comparison, home, metric, outside, row = (
    planted[name] for name in ("comparison", "home", "metric", "outside", "row")
)
OWN = {"name": "the model's own domain", "n": 5426, "is_own": True}
ADAPTED = {"name": "the domain that it was adapted to", "n": 151, "is_own": True}


def compared(verdict="better", a=0, b=0, **more):
    """In domain with 2,000 texts, of which a and b are the numbers that the two rules were fitted on.

    verdict: what it would be of other texts; on those that the better side was fitted on it is unknown.
    """
    better = verdict == "better"
    told = "unknown" if {"better": b, "worse": a}.get(verdict) else verdict
    figures = [metric("macro_f1", 0.5, 0.54 if better else 0.46, told)]
    named = [row({"label": "joy", "support": 90}, 0.5, 0.6 if better else 0.4, told)]
    inside = home(told, figures, per_label=named, n_fitted_on_a=a, n_fitted_on_b=b)
    return comparison(inside, **more)


def read(*args, **more):
    return Fields(compared(*args, **more), "comparison")


TOO_GOOD = "figures are too good: its rule was fitted on the very texts that they were measured on."


@pytest.mark.parametrize(("verdict", "side"), [("better", "b"), ("worse", "a")])
def test_a_side_that_is_better_on_texts_its_rule_was_fitted_on_is_not_called_better(verdict, side):
    report = read(verdict, **{side: 2000})
    assert headline(report) == (
        f"Whether B is better than A cannot be told in domain. {side.upper()}'s {TOO_GOOD}"
    )
    assert f"{side.upper()}'s {TOO_GOOD}" in comparable(report)
    assert quality(report).startswith(
        f"That cannot be told from texts that a rule was fitted on. On these B is {verdict} in Macro-F1"
    )
    assert labels(report).startswith(f"B is {verdict} at joy")
    assert labels(report).endswith(f"{side.upper()}'s {TOO_GOOD}")
    assert what_next(report)[0].startswith("Measure both on labelled texts that neither rule was fitted on")
    assert "Nothing: take either." not in what_next(report)


def test_such_a_verdict_gets_no_sign_in_markdown_and_is_qualified_on_the_page():
    content = compared(b=2000)
    told = "better, but B was fitted on these texts"
    said = comparison_markdown(content)
    assert said.count(f"| {told} |") == 2  # macro-F1, and the F1 of joy
    assert "✅" not in said
    assert render_comparison(content).count(f">{told}<") == 2


def drawn(**more):
    """The in-domain pictures' hovers and dots, of macro-F1 and of joy; and the page."""
    page = render_comparison(compared(**more))
    return re.findall(r'<circle[^>]* class="(dot [^"]*)"><title>([^<]*)</title>', page)[:2], page


def test_a_verdict_that_is_not_earned_has_a_hollow_dot_in_pictures_and_a_key_for_it():
    dots, page = drawn(b=2000)
    told = "better, but B was fitted on these texts"
    assert dots == [
        ("dot rest hollow", f"Macro-F1: +0.040, {told}"),
        ("dot rest hollow", f"joy: +0.100, {told}"),
    ]
    hollow = "within chance or fitted on these texts"
    assert f">{hollow}</text>" in page
    assert f"A hollow dot is {hollow}." in page
    dots, page = drawn(a=2000)  # a verdict against the flattered side stands
    assert dots == [("dot main", "Macro-F1: +0.040, better"), ("dot main", "joy: +0.100, better")]
    assert "or fitted on these texts" not in page


def test_words_too_long_for_a_phone_stand_below_the_name_of_their_figure():
    def heights(**more):
        return re.findall(r'<text[^>]* y="(\d+)"[^>]*>(?:Macro-F1|\+0\.040, better)', drawn(**more)[1])

    assert heights() == ["14", "14"]
    assert heights(b=2000) == ["14", "29"]


def test_part_of_the_texts_is_told_in_numbers():
    assert "its rule was fitted on 40 of the 2,000 texts that" in headline(read(b=40))


@pytest.mark.parametrize(("verdict", "side"), [("better", "a"), ("worse", "b")])
def test_a_verdict_against_the_side_that_was_flattered_stands(verdict, side):
    report = read(verdict, **{side: 2000})
    assert headline(report) == f"B is {verdict} than A in domain."
    assert quality(report).startswith(f"B is {verdict} in Macro-F1")


def test_a_model_that_is_better_is_what_should_be_taken():
    assert what_next(read(domains=[outside("within chance")])) == [
        "Take B where texts are like those in domain: there it is better, and in no figure surely worse."
    ]
    flat = read("within chance", domains=[outside("within chance")])
    assert what_next(flat) == ["Nothing: take either."]


def test_chance_on_texts_that_a_rule_was_fitted_on_does_not_make_them_equal():
    report = read("within chance", b=2000, domains=[outside("within chance")])
    assert what_next(report)[0].startswith("Measure both on labelled texts")


def far_out(**more):
    shares = row({}, 0.41, 0.047, "")
    return outside("within chance", share_outside=shares, reference_a=OWN, **more)


def test_shares_of_far_texts_that_were_measured_from_other_texts_are_explained():
    part = far_out(reference_b=ADAPTED)
    report = Fields(comparison(home("same"), [part]), "comparison")
    assert domain(report, report.rows("domains")[0]).endswith(
        "Far out lie 41% in A (measured from 5,426 texts held out from training) and 4.7% in B (measured "
        "from 151 texts of the domain that it was adapted to): two measures, so these shares cannot be "
        "compared."
    )
    assert headline(report) == (
        "No difference beyond chance in the labels given; how far out texts lie is not measured from the "
        "same texts."
    )


def test_shares_of_far_texts_of_one_measure_need_no_explanation():
    report = Fields(comparison(home("same"), [far_out(reference_b=OWN)]), "comparison")
    assert "Far out" not in domain(report, report.rows("domains")[0])
    assert headline(report) == "No difference beyond chance."


def test_adaptations_of_one_network_are_told_apart_by_their_rows():
    content = comparison()
    for side, rows in (("a", "ab" * 32), ("b", "cd" * 32)):
        adapted = {"by": "adapt", "n": 110, "name": "issues", "rows_sha256": rows}
        fitted = {"adapted": adapted, "rule_sha256": rows[::-1]}
        content[side] = content[side] | {"model": content[side]["model"] | fitted}
    page = render_comparison(content)
    for digits in ("ab" * 6, "cd" * 6):
        assert f"fitted by goemox adapt on 110 rows of issues (SHA-256 of these rows {digits}…)" in page
    assert "ba" * 32 in page
    assert "dc" * 32 in page
