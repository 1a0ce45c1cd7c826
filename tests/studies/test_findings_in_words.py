import re

from goemox.studies.findings import findings


def in_domain(value=0.55, low=0.52, neutral=0.4, weak=0.6):
    return {
        "n": 5427,
        "dataset": "GoEmotions",
        "split": "test",
        "metrics": {"macro_f1": {"value": value, "low": low, "high": value + 0.02}},
        "baselines": [{"name": "words", "macro_f1": 0.47}, {"name": "majority", "macro_f1": 0.02}],
        "per_label": [
            {"label": "realization", "support": 99, "f1": weak},
            {"label": "odd", "support": 0, "f1": 0.0},
        ],
        "top_label_share": {"neutral": neutral},
    }


def domain(n=500, outside=0.05, source="file", verdict="neither"):
    way = {"way": "softmax, one label a text", "share": 0.9, "home": 0.33}
    return {
        "name": "titles",
        "n": n,
        "n_duplicates": 7,
        "source": source,
        "has_promise": True,
        "tests": {"whole": {"classifier": None}},
        "distance": {"share_outside": outside, "share_outside_interval": [outside - 0.03, outside + 0.03]},
        "neutral": verdict
        and {
            "verdict": verdict,
            "rest": "unknown",
            "expected": 0.7,
            "home": 0.33,
            "home_is_labelled": True,
            "ways": [way],
        },
    }


def texts(*arguments):
    return {row["id"]: (row["text"], row["level"]) for row in findings(*arguments)}


def test_beating_the_baseline_is_good_only_when_the_whole_interval_does():
    assert texts(in_domain(), [])["in-domain-f1"][1] == "good"
    text, level = texts(in_domain(low=0.46), [])["in-domain-f1"]
    assert level == "watch"
    assert "not clearly above" in text
    assert "words: 0.470" in text


def test_macro_f1_without_an_interval_is_no_verdict_against_the_baseline():
    text, level = texts(in_domain(value=0.653, low=None), [])["in-domain-f1"]
    assert text.startswith(
        "On GoEmotions test macro-F1 is 0.653, more than the best baseline beside it (words: 0.470); whether "
        "beyond chance cannot be told, for want of rows"
    )
    assert level == "watch"
    assert "no better than the best baseline" in texts(in_domain(value=0.4, low=None), [])["in-domain-f1"][0]


def test_a_flat_result_is_called_flat():
    found = texts(in_domain(), [domain()])
    assert "not surely more than usual" in found["titles-distance"][0]
    near = domain(outside=0.05) | {"tests": {"whole": {"classifier": {"auroc": {"value": 0.99}}}}}
    text, level = texts(in_domain(), [near])["titles-distance"]
    assert "yet they are other texts: words alone find the foreign one of two 99 times in 100" in text
    assert level == "watch"
    assert "Neither: neutral is no more frequent than at home" in found["titles-neutral"][0]
    assert {level for id_, (_, level) in found.items() if id_.startswith("titles")} == {"info"}


def test_one_text_is_said_in_the_singular():
    found = texts(in_domain() | {"n": 1}, [domain(n=1) | {"n_duplicates": 1}])
    assert found["in-domain-few"][0] == "1 in-domain text is too few to judge a model by."
    assert found["titles-few"][0] == "titles: 1 text (1 repeat left out) is too few to say what changes."


def test_a_far_domain_is_bad_and_says_what_to_do():
    text, level = texts(in_domain(), [domain(outside=0.7)])["titles-distance"]
    assert level == "bad"
    assert "70% of the texts are unlike what the model learned from (at home 5% are)" in text
    assert "label 100" in text


def test_texts_that_were_labelled_are_not_asked_for_once_more():
    words = {"tests": {"whole": {"classifier": {"auroc": {"value": 0.99}}}}}
    for few in (domain(outside=0.7), domain(outside=0.05) | words):
        assert "label 100 texts" in texts(None, [few | {"n_labelled": 99}])["titles-distance"][0]
        assert "label" not in texts(None, [few | {"n_labelled": 100}])["titles-distance"][0]
        small = few | {"n": 60}
        assert "label all 60 texts" in texts(None, [small])["titles-distance"][0]
        assert "label" not in texts(None, [small | {"n_labelled": 60}])["titles-distance"][0]


def test_neutral_that_needs_an_explanation_is_watched():
    text, level = texts(in_domain(), [domain(verdict="partly collapse")])["titles-neutral"]
    assert level == "watch"
    assert "by the largest softmax, one label a text, goemox calls 90% neutral" in text
    assert "; its calibrated probabilities add up to 70%, unproven here; at home people called 33%." in text
    assert "Partly collapse; whether the rest is in the texts" in text


def test_a_model_without_neutral_says_nothing_of_it():
    assert "titles-neutral" not in texts(in_domain(), [domain(verdict=None)])


def test_few_texts_say_nothing_but_that_they_are_few():
    found = texts(in_domain(), [domain(n=49, outside=1.0)])
    assert [id_ for id_ in found if id_.startswith("titles")] == ["titles-few"]


def test_samples_are_never_evidence():
    found = texts(in_domain(), [domain(source="sample", outside=0.9)])
    assert "prove nothing" in found["titles-sample"][0]
    assert [id_ for id_ in found if id_.startswith("titles")] == ["titles-sample"]


def test_weak_labels_are_named_where_they_occur():
    assert "realization" in texts(in_domain(weak=0.2), [])["weak-labels"][0]
    assert "odd" not in texts(in_domain(weak=0.2), [])["weak-labels"][0]


def test_of_many_weak_labels_the_five_weakest_are_named():
    row = in_domain(weak=0.2)["per_label"][0]
    rows = [row | {"label": f"label-{n}", "support": 900, "f1": n / 100} for n in (6, 5, 4, 3, 2, 1, 0)]
    said = texts(in_domain() | {"per_label": rows}, [])["weak-labels"][0]
    assert re.findall(r"label-\d", said) == [f"label-{n}" for n in (0, 1, 2, 3, 4)]
    assert said.endswith("and 2 more, even in domain.")
