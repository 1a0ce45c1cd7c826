"""The API answers what the library says, in the shapes that it promises."""

import hashlib
from types import SimpleNamespace

import pytest

import goemox
from goemox.errors import InvalidModel
from goemox.serve.service import _card_of

TEXTS = ["Thank you so much, this made my day!", "why would you do that?", "The meeting is at noon."]


@pytest.fixture(scope="module")
def classifier():
    return goemox.load("default")


def test_v1_predict_says_what_the_library_says(server, classifier):
    answer = server.ask("POST", "/v1/predict", {"texts": TEXTS})
    assert answer.status == 200
    for result, expected in zip(answer.json["results"], classifier(TEXTS), strict=True):
        assert result["labels"] == list(expected.labels)
        assert result["scores"] == pytest.approx(dict(expected.scores), abs=1e-5)
        assert result["domain_percentile"] == pytest.approx(expected.domain_percentile, abs=1e-2)
        assert result["why_no_set"] == expected.why_no_set
    assert answer.json["model"] == classifier.scorer.sha256
    assert answer.json["thresholds"]["gratitude"] == pytest.approx(classifier.rule.thresholds[15], abs=1e-6)


def test_a_result_does_not_depend_on_its_neighbours(server):
    alone = server.ask("POST", "/v1/predict", {"texts": TEXTS[:1]}).json["results"][0]
    crowd = ["word " * 300, *TEXTS, "x" * 500] * 8
    among = server.ask("POST", "/v1/predict", {"texts": crowd}).json["results"][1]
    assert among["scores"] == pytest.approx(alone["scores"], abs=1e-5)


def test_texts_that_the_model_does_not_expect_come_with_a_hint(server):
    texts = ["Спасибо большое за помощь", "😀😀😀", "https://example.org/a", "thanks"]
    results = server.ask("POST", "/v1/predict", {"texts": texts}).json["results"]
    hints = [[hint for hint in result["hints"] if hint != "not_english"] for result in results]
    assert hints == [["other_script"], ["without_letters"], ["address_only"], []]


def test_labels_and_model_tell_what_answers(server, classifier):
    labels = server.ask("GET", "/v1/labels").json["labels"]
    assert [row["label"] for row in labels] == list(classifier.labels)
    assert all(0 < row["threshold"] < 1 for row in labels)
    model = server.ask("GET", "/v1/model").json
    assert (model["sha256"], model["activation"]) == (classifier.scorer.sha256, "sigmoid")
    assert model["card"].startswith("---")


def test_health_and_readiness_are_two_questions(server):
    assert server.ask("GET", "/health").json == server.ask("GET", "/ready").json == {"status": "ok"}


def test_explain_names_the_words_that_carry_the_labels_given_and_asked_for(server):
    found = server.ask("POST", "/v1/explain", {"text": "Thank you so much!", "labels": ["joy"]}).json
    assert found["result"]["labels"] == ["gratitude"]
    first = found["words"][0]
    assert (first["word"], first["start"], first["end"], list(first["effect"])) == (
        "Thank",
        0,
        5,
        ["gratitude", "joy"],
    )
    assert first["effect"]["gratitude"] > 0.5


def test_explain_refuses_labels_that_the_model_does_not_have_and_long_texts(server):
    answer = server.ask("POST", "/v1/explain", {"text": "ok", "labels": ["joy", "happy"]})
    assert (answer.status, answer.json["errors"]) == (
        422,
        [{"at": "labels.1", "problem": "no label of this model; known: see /v1/labels"}],
    )
    assert server.ask("POST", "/v1/explain", {"text": "x" * 2_001}).status == 422
    answer = server.ask("POST", "/v1/explain", {"text": "\x1c"})  # no space to the schema, no word either
    assert (answer.status, answer.json["errors"][0]["at"]) == (422, "text")


def test_shift_says_in_words_what_goemox_shift_says(server):
    texts = [f"Release {i}.{i % 7} breaks the build on platform {i * 13}" for i in range(80)]
    found = server.ask("POST", "/v1/shift", {"texts": texts, "name": "releases"}).json
    assert found["report"]["n"] == 80
    assert found["report"]["distance"]["share_outside"] > 0.2
    assert any("stranger" in sentence for sentence in found["answers"])


def test_shift_needs_fifty_texts_that_differ(server):
    assert server.ask("POST", "/v1/shift", {"texts": ["a"] * 49}).status == 422
    few = server.ask("POST", "/v1/shift", {"texts": ["the same"] * 60})
    assert few.status == 200
    assert "too few" in few.json["answers"][0]


def test_the_card_is_the_one_that_was_checked_whatever_its_encoding(tmp_path):
    card = tmp_path / "README.md"
    card.write_bytes("Größe".encode("latin-1"))
    sums = {"README.md": hashlib.sha256(card.read_bytes()).hexdigest()}
    assert _card_of(SimpleNamespace(path=tmp_path, sums=sums)) == "Gr\ufffd\ufffde"
    card.write_text("another")
    with pytest.raises(InvalidModel, match=r"README\.md: differs"):
        _card_of(SimpleNamespace(path=tmp_path, sums=sums))
    card.write_bytes(b"x" * 1_000_001)
    assert _card_of(SimpleNamespace(path=tmp_path, sums=None)) is None
