"""Sentences about distance: told apart is a finding only beyond chance and beyond length."""

import pytest

from goemox.report.sections.distance import section
from goemox.report.sections.text_map import text_map
from goemox.report.sentences import distance as say
from goemox.report.sentences.domains import NO_DOMAIN
from goemox.report.sentences.evidence import apart

FINDING = ("finds", "new to the model", "keep to themselves", "only in part")


@pytest.fixture
def report(planted):
    def make(*domains, **more):
        return planted.fields(planted.planted_report(list(domains), **more))

    return make


@pytest.fixture
def domain(planted):
    """domain(name, n=…, auroc=…, …): one whose distance tells so much."""

    def make(name="hackernews", n=20_000, outside=0.54, source="file", **told):
        found = planted.domain(name, n, outside=outside, source=source)
        found["distance"]["told_apart"] = planted.told_apart(n, **told)
        return found

    return make


def test_a_distance_that_is_not_available_is_said_to_be_so(report, planted):
    found = report(planted.domain(distance={"available": False}), planted.domain("issues"))
    assert "For hackernews the distance is not available" in say.distance(found)
    assert "54% of issues" in say.distance(found)
    assert "How well the distance tells hackernews apart was not measured." in say.told_apart(found)


def test_lengths_name_the_reference_and_say_why_they_matter(report, planted):
    assert say.lengths(report(planted.domain())) == (
        "The median text has 12 words among held-out texts, 9 on hackernews: length alone can move the "
        "distance."
    )
    assert say.lengths(report()) == ""


@pytest.mark.parametrize("sentence", [say.distance, say.told_apart, say.neighbours])
def test_no_domain_is_said_in_the_same_words_as_everywhere(report, sentence):
    assert sentence(report()) == NO_DOMAIN


@pytest.mark.parametrize("n", [1, 12, 49])
@pytest.mark.parametrize("sentence", [say.distance, say.told_apart, say.neighbours])
def test_fewer_than_fifty_texts_are_too_few_to_compare(report, planted, sentence, n):
    said = sentence(report(planted.domain("tiny", n=n)))
    assert "too few to compare" in said
    assert "54%" not in said
    assert not [word for word in FINDING if word in said]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, "apart"),
        ({"auroc": 0.5}, "flat"),
        ({"auroc": 0.515}, "flat"),
        ({"auroc": 0.53}, "hardly"),
        ({"auroc": 0.64}, "hardly"),
        ({"auroc": 0.45}, "closer"),
        ({"matched": 0.51, "explains": "partly"}, "length"),
        ({"matched": 0.4, "explains": "partly"}, "length"),
        ({"matched": 0.6, "half": 0.12, "auroc": 0.7, "explains": "unclear"}, "unmatched"),
        ({"matched": None}, "unmatched"),
        ({"auroc": 0.51, "matched": None}, "flat"),
    ],
)
def test_what_is_told_apart_needs_more_than_chance_and_more_than_length(planted, domain, told, expected):
    assert apart(planted.fields(domain(**told))) == expected


def test_a_finding_stands_beside_what_length_alone_gives(report, domain):
    found = report(domain(), domain("issues", auroc=0.95, matched=0.93, length=0.65, explains="partly"))
    assert say.told_apart(found) == (
        "Given two texts, one of each side, the distance picks out that of hackernews 92 times in 100 "
        "(length alone 72; among texts of the same length 88) and that of issues 95 times (65; 93). Guessing "
        "picks it 50 times. On hackernews it is not mainly length. On issues part of it is length."
    )


def test_a_flat_domain_never_reads_as_a_finding(report, planted, domain):
    flat = domain(outside=0.05, auroc=0.5, matched=0.5, explains="unclear")
    found = report(flat, map=planted.text_map([("hackernews", 20_000)], share=0.49, p=0.4))
    said = " ".join(sentence(found) for sentence in (say.distance, say.told_apart, say.neighbours))
    assert "Hardly more texts of hackernews lie far out than of held-out texts, if more at all." in said
    assert "does not tell hackernews (50) from held-out texts beyond chance" in said
    assert "By their neighbours, texts of hackernews cannot be told from held-out texts" in said
    assert not [word for word in FINDING if word in said]


def test_a_distance_that_sees_length_and_nothing_else_beyond_chance_says_so(report, domain):
    said = say.told_apart(report(domain(auroc=0.8, matched=0.5, length=0.85, explains="partly")))
    assert said == (
        "The distance finds texts of hackernews (80 in 100, same length 50), but not beyond chance among "
        "texts of the same length: part of what it sees is length, if not all."
    )


def test_of_few_texts_of_which_more_may_lie_far_out_it_is_not_said_that_hardly_more_do(report, planted):
    few = planted.domain("notes", n=50, outside=0.1)
    few["distance"] |= {"share_outside_interval": [0.043, 0.214], "n_home": 5426}
    said = say.distance(report(few, planted.domain("chats", outside=0.05)))
    assert "Hardly more texts of chats lie far out than of held-out texts, if more at all." in said
    assert "Whether more texts of notes lie far out than of held-out texts is not sure." in said


def test_too_few_texts_of_one_length_leave_it_open(report, domain):
    said = say.told_apart(report(domain(matched=None, length=0.97, explains="unclear")))
    assert "too few have the length of held-out texts to say whether it sees more than length" in said
    assert "length alone 97" in said


def test_texts_that_lie_closer_are_not_called_foreign(report, domain):
    assert "lie closer than held-out texts do" in say.told_apart(report(domain(auroc=0.4, matched=0.4)))


def test_neighbours_are_set_beside_what_like_texts_would_have(report, planted):
    found = report(
        planted.domain("titles"),
        planted.domain("reddit"),
        map=planted.text_map([("titles", 900), ("reddit", 900)])
        | {"mixing": [
            {"name": "titles", "neighbours_reference": 0.17, "expected": 0.5, "p_adjusted": 0.003},
            {"name": "reddit", "neighbours_reference": 0.43, "expected": 0.5, "p_adjusted": 0.02},
        ]},
    )  # fmt: skip
    assert say.neighbours(found) == (
        "Of a text's 10 nearest neighbours 17% on titles and 43% on reddit are held-out texts; were the "
        "texts alike, about 50% would be. Texts of titles keep to themselves. Texts of reddit mix with "
        "held-out texts only in part."
    )


def test_a_low_share_without_a_test_behind_it_is_not_a_finding(report, planted):
    found = report(planted.domain(), map=planted.text_map([("hackernews", 60)], share=0.2, p=0.051))
    assert "cannot be told from held-out texts" in say.neighbours(found)
    assert "keep to themselves" not in say.neighbours(found)


def test_samples_are_never_evidence(report, planted, domain):
    beside = report(planted.domain(), domain("written", 240, source="sample"))
    for sentence in (say.distance, say.told_apart, say.neighbours):
        assert "written" not in sentence(beside)
        assert "never evidence" in sentence(report(domain("written", 240, source="sample")))


def test_texts_that_are_not_drawn_are_named(report, planted):
    found = report(planted.domain(), planted.domain("tiny", n=5))
    assert "Not drawn, with fewer than ten texts: tiny." in say.neighbours(found)


@pytest.mark.parametrize("key", ["map", "domains"])
def test_reports_of_older_versions_say_less_and_never_fail(planted, key):
    found = planted.planted_report()
    for each in found["domains"]:
        each["distance"] |= {"told_apart": None, "ridge": None}
    found[key] = None
    for sentence in (say.distance, say.told_apart, say.neighbours):
        sentence(planted.fields(found))


def test_a_name_with_braces_or_a_direction_override_stays_a_name(report, planted):
    said = say.told_apart(report(planted.domain("{0} evil\u202eeman")))
    assert "{0} evil" in said
    assert "\u202e" not in said


@pytest.mark.parametrize("sentence", [say.distance, say.told_apart, say.neighbours, say.lengths])
def test_many_domains_are_counted_where_naming_them_all_would_fill_the_page(report, planted, sentence):
    said = sentence(report(*(planted.domain(f"set-{i:02d}", outside=0.1 + i / 40) for i in range(20))))
    assert "others" in said
    assert len({word for word in said.replace(".", " ").split() if word.startswith("set-")}) <= 9
    assert len(said) < 500


def test_of_many_domains_the_farthest_are_named(report, planted):
    said = say.distance(report(*(planted.domain(f"set-{i}", outside=0.1 + i / 40) for i in range(9))))
    assert said.startswith("Far out lie 30% of set-8, 28% of set-7, 25% of set-6 and no more of 6 others;")


def test_the_share_far_out_at_home_is_told_for_texts_of_the_same_lengths_where_it_is_more_than_usual(
    report, planted
):
    def far(share, low, name="titles"):
        found = planted.domain(name)
        found["distance"] |= {
            "share_far_same_length": share, "share_far_same_length_interval": [low, share + 0.02]
        }  # fmt: skip
        return found

    said = say.distance(report(far(0.14, 0.12)))
    assert "of held-out texts 5% do, by definition, but 14% of those with the lengths of titles." in said
    for usual in (far(0.05, 0.04), far(0.09, 0.03), planted.domain(distance={"share_outside": 0.5})):
        assert "by definition." in say.distance(report(usual))
    row = section(report(far(0.14, 0.12))).blocks[0].table.rows[0]
    assert [cell.shown for cell in row[3:5]] == ["14%", "0.120 to 0.160"]


def test_a_p_value_that_permutations_hold_up_is_marked_in_the_numbers(report, planted):
    found = planted.text_map([("hackernews", 900)], p=0.001)
    found["mixing"][0]["p_at_floor"] = True
    assert text_map(report(planted.domain(), map=found)).table.rows[0][6].shown == "≤0.001"
