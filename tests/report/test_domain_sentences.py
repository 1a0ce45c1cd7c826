"""Sentences about domains: a difference is a finding only where a test and enough texts say so."""

import numpy as np
import pytest

from goemox.domain_shift import limits
from goemox.domain_shift.answers import how_far
from goemox.domain_shift.far_out import far_out
from goemox.report.markdown import markdown_summary
from goemox.report.order import domain_name, leading_label, three_groups
from goemox.report.page import render
from goemox.report.sections import label_dots
from goemox.report.sentences import alike, naive
from goemox.report.sentences import domains as say
from goemox.report.sentences.co_occurrence import domains_together
from goemox.report.sentences.verdicts import nearness, verdict
from goemox.report.texts import isolate

FIGURES = (
    say.group_shares, say.label_shares, alike.correlation, alike.likeness, naive.confidence,
    naive.decision_rules,
)  # fmt: skip


@pytest.fixture
def report(planted):
    def make(*domains, **more):
        return planted.fields(planted.planted_report(list(domains), **more))

    return make


def likeness_of(names, r, js):
    size = range(len(names))
    return {
        "names": list(names),
        "pearson": [[1.0 if i == j else r for j in size] for i in size],
        "jensen_shannon": [[0.0 if i == j else js for j in size] for i in size],
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "moved"),
        ({"moved": ()}, "flat"),
        ({"ks": 0.04}, "slight"),
        ({"n": 49}, "too few"),
        ({"n": 50}, "moved"),
        ({"tests": None}, "untested"),
        ({"n": 49, "tests": None}, "too few"),
    ],
)
def test_the_verdict_needs_a_test_a_size_and_enough_texts(planted, changes, expected):
    assert verdict(planted.fields(planted.domain(**changes))) == expected


@pytest.mark.parametrize(
    ("outside", "expected"),
    [(0.05, "near"), (0.07, "near"), (0.075, "partly"), (0.15, "partly"), (0.2, "far"), (0.54, "far")],
)
def test_nearness_grows_with_the_share_outside(planted, outside, expected):
    assert nearness(planted.fields(planted.domain(outside=outside))) == expected


def test_nearness_is_unknown_without_a_distance_or_with_few_texts(planted):
    blind = planted.domain(distance={"available": False, "share_outside": 0.9})
    assert nearness(planted.fields(blind)) == "unknown"
    assert nearness(planted.fields(planted.domain(n=10))) == "unknown"


def test_a_domain_that_moved_says_what_and_how_much(report, planted):
    said = say.change(report(planted.domain()), planted.fields(planted.domain()))
    assert said == (
        "On hackernews the scores of 5 of 28 labels differ beyond chance; the shares changed most for "
        "neutral (73% against 36%), admiration (4.8% against 10%) and gratitude (3.3% against 7.1%); "
        "neutral is the top label of 71% of the texts (38% in domain)."
    )


def test_beside_own_texts_the_test_is_said_to_be_against_the_models_and_the_shares_to_be_of_these(planted):
    own = {**planted.in_domain(), "measured": "now", "dataset": "lab.csv", "split": "all rows", "n": 60}
    found = planted.fields(planted.planted_report([planted.domain()], in_domain=own))
    assert say.change(found, planted.fields(planted.domain())).startswith(
        "On hackernews the scores of 5 of 28 labels differ beyond chance from those of held-out texts; the "
        "shares differ most from those of lab.csv all rows for neutral (73% against 36%); "
    )  # those of the others do not differ beyond chance from a share of 60 texts
    assert "differ most from those of lab.csv all rows for neutral" in say.label_shares(found)


def test_shares_of_other_texts_than_those_tested_are_said_to_differ_by_a_test_of_their_own(planted):
    flat = planted.domain(neutral=0.60, moved=())
    own = {**planted.in_domain(), "measured": "now", "dataset": "lab.csv", "split": "all rows", "n": 300}
    found = planted.fields(planted.planted_report([flat], in_domain=own))
    assert "chance" not in say.group_shares(found)  # 60 % of 20,000 against 38 % of 300
    assert say.change(found, planted.fields(flat)) == (
        "On hackernews no label moved beyond chance from those of held-out texts: neutral is the top label "
        "of 60% of the texts."
    )
    assert say.label_shares(found).endswith("no label moved beyond chance from those of held-out texts.")
    adapted = planted.domain(neutral=0.60, moved=(), distance={"share_outside": 0.05, "home": "adapted"})
    found = planted.fields(planted.planted_report([adapted]))
    assert "from those of adaptation texts" in say.change(found, planted.fields(adapted))


def test_beside_a_handful_of_texts_no_difference_is_called_chance(planted):
    own = {**planted.in_domain(), "measured": "now", "n": 20}
    found = planted.fields(planted.planted_report([planted.domain(neutral=0.42)], in_domain=own))
    assert (
        say.group_shares(found)
        == "Neutral is the top label of 38% of the texts in domain and 42% on hackernews."
    )


def test_no_dot_is_full_of_a_domain_that_was_not_tested(planted):
    own = {**planted.in_domain(), "measured": "now", "n": 300}
    found = planted.fields(planted.planted_report([planted.domain(neutral=0.9, tests=None)], in_domain=own))
    assert not [dot.label for dot in label_dots._away(found, ["neutral"])[0][-1] if dot.full]


def test_without_in_domain_figures_the_shares_beside_are_those_of_the_tests(planted):
    found = planted.fields(planted.planted_report([planted.domain()], in_domain=None))
    said = say.change(found, found.rows("domains")[0])
    assert "the shares changed most for neutral (73% against 36%), admiration (4.8% against 10%)" in said
    assert "–" not in said


def test_dots_beside_other_texts_are_full_by_a_test_of_the_shares_that_are_drawn(planted):
    flat = planted.domain(neutral=0.60, moved=())
    own = {**planted.in_domain(), "measured": "now", "n": 300}
    for inside, is_full in ((planted.in_domain(), False), (own, True)):
        found = planted.fields(planted.planted_report([flat], in_domain=inside))
        (*_, dots), *_ = label_dots._away(found, ["neutral"])
        assert [dot.full for dot in dots] == [is_full]


def test_beside_a_handful_of_own_texts_no_share_is_said_to_differ(planted):
    own = {**planted.in_domain(), "measured": "now", "dataset": "lab.csv", "split": "all rows", "n": 1}
    found = planted.fields(planted.planted_report([planted.domain()], in_domain=own))
    assert "differ most" not in say.change(found, planted.fields(planted.domain()))
    assert say.label_shares(found) == "lab.csv all rows holds too few texts to compare shares with."


def test_the_page_calls_a_share_outside_by_the_name_that_goemox_shift_gives_it(planted):
    found = {}
    for n in (60, 500, 20_000):
        for share in np.linspace(0.01, 0.4, 79):
            distance = far_out(np.full(n, 50.0), np.arange(n) >= round(share * n), "trained", 5426)
            domain = planted.fields(planted.domain(n=n, distance=distance))
            found.setdefault((how_far(distance), nearness(domain)), []).append(distance["share_outside"])
    assert set(found) == {("usual", "near"), ("more", "near"), ("more", "partly"), ("far", "far")}
    assert max(found["more", "near"]) <= limits.A_LITTLE_MORE


def test_a_model_without_neutral_is_never_said_to_call_texts_neutral(planted):
    found = planted.planted_report([planted.domain(neutral=0.0), planted.domain("issues", neutral=0.0)])
    found["model"]["labels"] = [label for label in found["model"]["labels"] if label != "neutral"]
    for domain in found["domains"]:
        domain["naive"] |= {"softmax_argmax": {"neutral": 0.0, "admiration": 0.1, "others": 0.9}}
        domain["tests"]["moved"] = ["admiration"]
    fields = planted.fields(found)
    said = [say.group_shares(fields), *(say.change(fields, domain) for domain in fields.rows("domains"))]
    assert not [sentence for sentence in said if "neutral" in sentence.lower()]
    assert "| hackernews | 20,000 | – |" in markdown_summary(found)
    page = render(found)
    assert 'id="fig-groups"' not in page
    assert 'id="fig-rules"' not in page
    assert 'id="fig-groups"' in render(planted.planted_report())


def test_a_flat_domain_never_reads_as_a_finding(report, planted):
    flat = planted.domain(neutral=0.37, moved=(), outside=0.05)
    found = report(flat, correlation=likeness_of(["GoEmotions test", "hackernews"], 0.999, 0.01))
    said = " ".join([say.change(found, planted.fields(flat)), *(sentence(found) for sentence in FIGURES)])
    assert "no label moved beyond chance" in said
    assert "No difference from those goes beyond chance" in said
    assert "nearly the same labels" in said
    for word in ("moved most", "differ most", "new to the model", "looks high"):
        assert word not in said


def test_a_slight_move_is_called_slight(report, planted):
    slight = planted.domain(ks=0.04)
    assert "moved measurably but little" in say.change(report(slight), planted.fields(slight))
    assert "Of the labels of hackernews that moved a little" in say.label_shares(report(slight))


def test_labels_are_ranked_by_the_change_of_their_share_as_the_figure_draws_it(report, planted):
    domain = planted.domain(moved=("love", "neutral", "admiration"))
    said = say.label_shares(report(domain))
    assert said.startswith(
        "On hackernews the shares changed most for neutral (73% against 36%), admiration ("
    )


def test_an_untested_difference_is_called_untested(report, planted):
    untested = planted.domain(tests=None)
    assert "was not tested" in say.change(report(untested), planted.fields(untested))
    assert "no test was made" in say.label_shares(report(untested))


@pytest.mark.parametrize("n", [1, 12, 49])
def test_fewer_than_fifty_texts_are_called_too_few_in_every_figure(report, planted, n):
    found = report(planted.domain("tiny", n=n))
    for sentence in FIGURES:
        said = sentence(found)
        assert "too few" in said or "large enough" in said, sentence
        assert "71%" not in said
        assert "54%" not in said


def test_one_text_is_singular(planted):
    assert say.few(planted.fields(planted.domain("tiny", n=1))).startswith("tiny has 1 text: too few")


def test_no_domain_is_said_once_in_the_same_words(report):
    for sentence in (say.group_shares, say.label_shares, alike.correlation, alike.likeness):
        assert sentence(report(correlation=None)) == say.NO_DOMAIN


def test_samples_are_compared_only_alone_and_then_by_their_name(report, planted):
    beside = report(planted.domain(), planted.samples())
    alone = report(planted.samples())
    for sentence in FIGURES:
        assert "samples" not in sentence(beside), sentence
    assert "samples written for goemox, never evidence" in say.group_shares(alone)
    assert "61% of 240 texts" in say.samples(alone)[0]


def test_a_high_correlation_is_not_taken_for_likeness(report, planted):
    found = report(planted.domain(), correlation=likeness_of(["GoEmotions test", "hackernews"], 0.97, 0.4))
    assert "looks high only because one label outweighs" in alike.correlation(found)
    assert (
        alike.likeness(found)
        == "The labels of hackernews differ most from those of GoEmotions test: distance 0.40 of 1."
    )


def test_a_middling_distance_is_called_somewhat(report, planted):
    found = report(planted.domain(), correlation=likeness_of(["GoEmotions test", "hackernews"], 0.97, 0.1))
    assert "differ somewhat" in alike.likeness(found)


def test_a_name_with_a_direction_override_cannot_turn_the_sentence(report, planted):
    said = say.group_shares(report(planted.domain("evil\u202eeman")))
    assert "\u202e" not in said
    assert "U+202E" in said


def test_figures_of_top_labels_name_the_most_frequent_one_of_this_study(planted):
    tops = {"neutral": 0.5, "curiosity": 0.35, "joy": 0.15}
    home = {**planted.in_domain(), "top_label": {"neutral": 0.4, "admiration": 0.6}}
    titles = planted.domain("titles", top_label=tops)
    others = planted.domain("issues", top_label={"neutral": 0.9, "joy": 0.1})
    report = planted.fields(planted.planted_report([titles, others, planted.samples()], in_domain=home))
    assert leading_label(report) == "curiosity"
    unknown = report.fields("nothing")
    assert three_groups("curiosity", tops, unknown) == pytest.approx(
        {"neutral": 0.5, "curiosity": 0.35, "others": 0.15}
    )
    assert three_groups("curiosity", {}, unknown) is None
    own = three_groups("others", {"neutral": 0.5, "others": 0.3, "joy": 0.2}, unknown)  # a label of that name
    assert own == pytest.approx({"neutral": 0.5, "others": 0.3, "all others": 0.2})
    assert leading_label(planted.fields(planted.planted_report())) == "admiration"  # not told by its home


def test_domains_whose_names_differ_in_the_middle_are_told_apart_by_their_place(planted):
    names = [f"support tickets {region} 2024 (cleaned)" for region in ("EMEA", "APAC")]
    report = planted.fields(planted.planted_report([planted.domain(each) for each in ("titles", *names)]))
    shown = [domain_name(domain) for domain in report.rows("domains")]
    assert shown == ["titles", *(isolate(f"support ticke…cleaned) ({place})") for place in (2, 3))]
    assert [domain_name(domain, 60) for domain in report.rows("domains")[1:]] == names


def test_labels_that_come_together_are_told_of_both_domains_with_names_alike(planted):
    paired = planted.domain("support tickets EMEA 2024 (cleaned)")
    flat = planted.domain("support tickets APAC 2024 (cleaned)", co_occurrence=planted.co_occurrence(900, ()))
    said = domains_together(planted.fields(planted.planted_report([paired, flat])))
    assert "leaned) (1)\N{POP DIRECTIONAL ISOLATE} come together" in said
    assert "leaned) (2)\N{POP DIRECTIONAL ISOLATE} no two labels" in said
