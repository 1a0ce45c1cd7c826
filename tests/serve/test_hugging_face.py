"""Clients of Hugging Face's servers work unchanged, and what cannot be done is refused."""

import asyncio

import pytest

import goemox

TEXTS = ["Thank you so much, this made my day!", "why would you do that?", "The meeting is at noon."]


@pytest.fixture(scope="module")
def classifier():
    return goemox.load("default")


@pytest.fixture
def address(server):
    return f"http://127.0.0.1:{server.port}/predict"


def test_predict_has_hugging_faces_shape_for_a_string_and_for_a_list(server):
    one = server.ask("POST", "/predict", {"inputs": TEXTS[0], "parameters": {"top_k": 2}}).json
    assert (len(one), len(one[0]), one[0][0]["label"]) == (1, 2, "gratitude")
    many = server.ask("POST", "/predict", {"inputs": TEXTS}).json
    assert [len(rows) for rows in many] == [28, 28, 28]
    assert all(rows == sorted(rows, key=lambda row: -row["score"]) for rows in many)


def test_functions_are_applied_to_the_raw_logits_and_none_gives_them(server, classifier):
    logits = dict(zip(classifier.labels, classifier.scores(TEXTS[:1]).logits[0].tolist(), strict=True))

    def scores(**parameters):
        found = server.ask("POST", "/predict", {"inputs": TEXTS[0], "parameters": parameters}).json[0]
        return {row["label"]: row["score"] for row in found}

    assert scores(function_to_apply="none") == pytest.approx(logits, abs=1e-4)
    assert sum(scores(function_to_apply="softmax").values()) == pytest.approx(1, abs=1e-4)
    assert sum(scores().values()) != pytest.approx(1, abs=0.01)


def test_their_own_client_works_unchanged_and_says_the_same_as_others(server, address):
    hub = pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed")
    client = hub.InferenceClient(model=address)
    for parameters in (
        {},
        {"top_k": 3},
        {"function_to_apply": "softmax"},
        {"top_k": 1, "function_to_apply": "none"},
    ):
        found = client.text_classification(TEXTS[0], **parameters)
        (expected,) = server.ask("POST", "/predict", {"inputs": TEXTS[0], "parameters": parameters}).json
        assert [(row.label, row.score) for row in found] == [(row["label"], row["score"]) for row in expected]
    assert found[0].label == "gratitude"


def test_their_own_client_tells_a_refusal_by_its_status(address):
    hub = pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed")
    with pytest.raises(hub.errors.HfHubHTTPError, match="422") as refused:
        hub.InferenceClient(model=address).text_classification(TEXTS[0], top_k=0)
    assert refused.value.response.json()["code"] == "invalid"


def test_their_asynchronous_client_works_unchanged(address):
    hub = pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed")

    async def ask():
        async with hub.AsyncInferenceClient(model=address) as client:
            return await asyncio.gather(*[client.text_classification(text, top_k=2) for text in TEXTS])

    found = asyncio.run(ask())
    assert [len(rows) for rows in found] == [2, 2, 2]
    assert found[0][0].label == "gratitude"


@pytest.mark.parametrize(
    "more",
    [
        {"options": {"wait_for_model": True, "use_cache": False}},
        {"options": {"use_gpu": False, "dont_load_model": False, "retry_on_error": True}, "parameters": {}},
        {"parameters": {"top_k": None, "function_to_apply": None}},
        {"parameters": {"return_all_scores": True, "truncation": True}},
        {"truncate": True, "truncation_direction": "Right", "raw_scores": False},
        {"truncate": False, "truncation_direction": "right"},
        {"parameters": None, "options": None, "truncate": None},
    ],
)
def test_what_clients_of_other_servers_send_is_taken_and_changes_nothing(server, more):
    plain = server.ask("POST", "/predict", {"inputs": TEXTS[0]})
    answer = server.ask("POST", "/predict", {"inputs": TEXTS[0], **more})
    assert answer.status == 200
    assert answer.json == plain.json


def test_raw_scores_are_the_logits_and_one_label_is_the_first_of_all(server):
    def ask(**more):
        return server.ask("POST", "/predict", {"inputs": TEXTS[0], **more}).json

    assert ask(raw_scores=True) == ask(parameters={"function_to_apply": "none"})
    assert ask(parameters={"return_all_scores": False}) == ask(parameters={"top_k": 1})


def test_texts_may_each_stand_in_a_list_of_its_own(server):
    plain = server.ask("POST", "/predict", {"inputs": TEXTS}).json
    assert server.ask("POST", "/predict", {"inputs": [[text] for text in TEXTS]}).json == plain


def test_a_text_that_may_not_be_cut_is_refused_where_it_is_too_long(server):
    said = {"inputs": ["ok", "word " * 600]}
    assert server.ask("POST", "/predict", {**said, "truncate": True}).status == 200
    for more in ({"truncate": False}, {"parameters": {"truncation": False}}):
        answer = server.ask("POST", "/predict", {**said, **more})
        assert (answer.status, [error["at"] for error in answer.json["errors"]]) == (422, ["inputs.1"])


@pytest.mark.parametrize(
    "more",
    [
        {"unknown": 1},
        {"options": {"unknown": True}},
        {"options": {"use_cache": "yes"}},
        {"parameters": {"topk": 3}},
        {"truncation_direction": "left"},
        {"raw_scores": True, "parameters": {"function_to_apply": "softmax"}},
    ],
)
def test_what_cannot_be_done_is_refused(server, more):
    answer = server.ask("POST", "/predict", {"inputs": TEXTS[0], **more})
    assert (answer.status, answer.json["code"]) == (422, "invalid")


def test_scores_of_two_kinds_are_refused_in_plain_words(server):
    body = {"inputs": TEXTS[0], "raw_scores": True, "parameters": {"function_to_apply": "softmax"}}
    problem = "raw_scores and function_to_apply ask for different scores"
    assert server.ask("POST", "/predict", body).json["errors"] == [{"at": "body", "problem": problem}]


@pytest.mark.parametrize(
    ("inputs", "at"),
    [
        ("", "inputs"), ([], "inputs"), (1, "inputs"), (None, "inputs"), ({"text": "a"}, "inputs"),
        (["a", ""], "inputs.1"), (["a", ["b"]], "inputs.1"), ([1], "inputs.0"),
        ([[]], "inputs.0"), ([["a", "b"]], "inputs.0"), ([["a"], "b"], "inputs.1"),
        ([["a"], [""]], "inputs.1.0"),
    ],
)  # fmt: skip
def test_inputs_of_another_shape_are_refused_at_their_place(server, inputs, at):
    answer = server.ask("POST", "/predict", {"inputs": inputs})
    assert (answer.status, answer.json["errors"][0]["at"]) == (422, at)
