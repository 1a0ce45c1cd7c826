"""Which texts distances are from: those of training, or those that a model was adapted on."""

import csv
import json

import pytest

import goemox
from goemox.adaptation import adapt
from goemox.domain import ADAPTED, TRAINED
from goemox.domain_shift.phrases import ADAPTED_TO, OWN
from goemox.records import TextRecord
from goemox.studies.report_files import SCHEMA

CRASHES = ("crashes", "hangs", "leaks memory", "ignores flags", "prints nothing")
PLACES = ("pip", "the lexer", "asyncio", "ssl", "the REPL", "sqlite3", "mypy", "the linker", "tar", "curl")
WHEN = ("on Windows", "under load", "with IPv6")


def titles(n):
    """n different titles of issues, which lie far out for the bundled model."""
    every = [
        f"[bug] {where} {what} {when} v{i}"
        for i, when in enumerate(WHEN)
        for what in CRASHES
        for where in PLACES
    ]
    return every[:n]


def labelled(texts, sampling="random"):
    labels = ("neutral", "annoyance", "confusion")
    return [
        TextRecord(str(i), text, labels=frozenset({labels[i % 3]}), meta={"sampling": sampling})
        for i, text in enumerate(texts)
    ]


def on_disk(path, rows):
    lines = (json.dumps({"text": row.text, "labels": sorted(row.labels)}) for row in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(classifier, tmp_path_factory):
    """The bundled model adapted on 30 labelled titles and 90 more without labels."""
    output = tmp_path_factory.mktemp("adapted") / "model"
    rows, others = labelled(titles(30)), [TextRecord(text, text) for text in titles(120)[30:]]
    adapt(classifier, rows, name="titles", texts=others, output=output)
    return output


def study(model, texts, data=None):
    return goemox.study(model, data=data, domains={"issues": texts}).to_dict()


@pytest.fixture(scope="module")
def before_and_after(folder):
    """The same 120 titles, read by the bundled model and by the one that was adapted on them."""
    return study("default", titles(120)), study(folder, titles(120))


def test_the_distance_of_an_adapted_model_is_from_the_texts_it_was_adapted_on_and_says_so(before_and_after):
    before, after = (report["domains"][0] for report in before_and_after)
    assert (before["distance"]["home"], after["distance"]["home"]) == (TRAINED, ADAPTED)
    assert (before["reference"]["name"], after["reference"]["name"]) == (OWN, ADAPTED_TO)
    assert before["distance"]["share_outside"] > 0.2 > after["distance"]["share_outside"]
    said = [
        next(row["text"] for row in r["findings"] if row["id"] == "issues-distance") for r in before_and_after
    ]
    assert "unlike what the model learned from (at home 5% are)" in said[0]
    assert "unlike the texts that the model was adapted on (of those 5% are; at least " in said[1]
    assert "learned from" not in said[1]
    told = " ".join(after["answers"])
    assert "5 of 100 texts that it was adapted on (at least " in told
    assert "that it learned from" not in told


def test_texts_that_a_model_was_adapted_on_are_counted_where_they_are_studied_again(before_and_after):
    before, after = (report["domains"][0] for report in before_and_after)
    assert (before["n"], after["n"]) == (120, 120)
    assert before["reference"]["n_shared"] == 0
    assert 100 < after["reference"]["n_shared"] <= 120


def test_texts_that_a_model_was_adapted_on_are_not_tested_against_themselves(before_and_after):
    before, after = before_and_after
    assert before["domains"][0]["tests"]["moved"]
    assert [row["name"] for row in before["map"]["mixing"]] == ["issues"]
    (domain,) = after["domains"]
    assert "the model was adapted on: beside themselves they show nothing" in domain["tests"]["reason"]
    assert domain["tests"]["moved"] is domain["tests"]["whole"]["classifier"] is None
    assert domain["distance"]["told_apart"] is None
    assert after["map"]["mixing"] == []
    assert any("Which labels moved was not tested: at least" in said for said in domain["answers"])


def test_other_texts_are_not_called_those_that_the_model_was_adapted_on(folder):
    other = [f"I really love my new {thing}, thank you!" for thing in range(60)]
    report = study(folder, other)
    assert report["domains"][0]["reference"]["n_shared"] == 0
    text = next(row["text"] for row in report["findings"] if row["id"] == "issues-distance")
    assert "(of those 5% are)" in text


def test_a_model_adapted_on_too_few_random_texts_still_measures_from_those_of_training(classifier, tmp_path):
    rows = [*labelled(titles(10)), *labelled(titles(40)[10:], "informative")]
    adapt(classifier, rows, name="titles", output=tmp_path / "m")
    (domain,) = study(tmp_path / "m", titles(120))["domains"]
    assert (domain["distance"]["home"], domain["reference"]["name"]) == (TRAINED, OWN)


def test_a_later_fit_that_keeps_the_profile_of_an_adaptation_keeps_saying_so(folder, tmp_path):
    rows = [*labelled(titles(10)), *labelled(titles(40)[10:], "informative")]
    mapping = {"neutral": ["neutral"], "annoyance": ["annoyance"], "confusion": ["confusion"]}
    fresh = [TextRecord(row.id, f"{row.text} again", labels=row.labels, meta=row.meta) for row in rows]
    adapt(goemox.load(folder), fresh, name="m", mapping=mapping, grouping="g", output=tmp_path / "m")
    facts = json.loads((tmp_path / "m" / "goemox.json").read_text())
    assert facts["adapted"]["reference"] == ADAPTED


def test_labelled_texts_of_the_users_own_domain_have_their_share_far_out_measured(classifier, tmp_path):
    rows = labelled(titles(60))
    report = study("default", titles(120), on_disk(tmp_path / "labels.jsonl", rows))
    found = report["in_domain"]["distance"]
    percentiles = classifier.percentiles(classifier.scores(rows))
    assert found["share_outside"] == pytest.approx((percentiles > 95).mean(), abs=1e-6)
    assert found["share_outside"] > 0.2
    assert found["share_outside_interval"][0] < found["share_outside"] < found["share_outside_interval"][1]
    assert found["home"] == TRAINED
    (text,) = (row["text"] for row in report["findings"] if row["id"] == "in-domain-distance")
    assert text.startswith("“In domain” means labels.jsonl all rows here, and ")
    assert "of these texts are unlike what the model learned from (at home 5% are)" in text


def test_labelled_texts_like_those_of_training_need_no_such_word(goemox_data, tmp_path):
    with (goemox_data / "goemotions" / "test.tsv").open(encoding="utf-8", newline="") as lines:
        texts = [row[0] for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)][:300]
    report = study("default", titles(60), on_disk(tmp_path / "labels.jsonl", labelled(texts)))
    assert 0.01 < report["in_domain"]["distance"]["share_outside"] < 0.12
    assert not [row for row in report["findings"] if row["id"] == "in-domain-distance"]


def test_a_report_tells_an_adapted_model_from_the_one_it_was_made_from(before_and_after, classifier):
    before, after = (report["model"] for report in before_and_after)
    assert before["sha256"] == after["sha256"]
    assert before["rule_sha256"] != after["rule_sha256"]
    assert (before["adapted"], after["adapted"]["n"]) == (None, 30)
    assert len(after["adapted"]["rows_sha256"]) == 64
    again = study("default", titles(60))
    assert again["schema"] == SCHEMA
    assert again["model"]["rule_sha256"] == before["rule_sha256"]
