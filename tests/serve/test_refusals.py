"""A refusal says what to send instead, and still repeats nothing that was sent."""

import asyncio

import pytest

from goemox.serve.bodies import Bodies, Body
from goemox.serve.problems import Problem

THANKS = {"texts": ["thanks"]}


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("/v1/predict", {"text": "a"}, {"texts": "(array)", "(unknown field)": "known: texts (array)"}),
        ("/v1/explain", THANKS, {"text": "(string)", "(unknown field)": "text (string), labels (array)"}),
        ("/v1/stream", {**THANKS, "a": 1, "b": 2}, {"(unknown field)": "known: texts (array)"}),
        ("/predict", {"inputs": "a", "parameters": {"k": 1}}, {"parameters.(unknown field)": "known: top_k"}),
        ("/v1/predict", ["thanks"], {"body": "should be an object: texts (array)"}),
    ],
)  # fmt: skip
def test_a_body_of_another_shape_is_told_the_fields_and_their_kinds(server, path, body, told):
    answer = server.ask("POST", path, body)
    assert answer.status == 422
    found = {each["at"]: each["problem"] for each in answer.json["errors"]}
    assert found.keys() == told.keys()
    assert all(words in found[at] for at, words in told.items())
    assert len(answer.json["errors"]) == len(told)  # two unknown fields are told once


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ('{"texts": ["é"]}'.encode("latin-1"), "The bytes are not UTF-8: send the text in that encoding."),
        (b'\xef\xbb\xbf{"texts": ["a"]}', "The body begins with a byte order mark: send it without."),
        (b'{"texts": ["\\ud83d"]}', "line 1, column 13: there is half a surrogate pair"),
        (b'{"texts": [1e400]}', "line 1, column 12: there is a number that is too large."),
        (b"[" * 2_000, "column 1026: there is the deepest of over 1,024 arrays and objects in each other."),
        (b'{"texts": ["a",]}', "It can be read up to line 1, column 15."),
    ],
)
def test_a_body_that_cannot_be_read_is_told_why(server, body, detail):
    answer = server.ask("POST", "/v1/predict", body)
    assert answer.status == 400
    assert detail in answer.json["detail"]


@pytest.mark.parametrize("kind", ["application/json; version=1", 'Application/JSON;charset="UTF-8";x=y'])
def test_other_parameters_of_the_content_type_say_nothing(server, kind):
    assert server.ask("POST", "/v1/predict", THANKS, content_type=kind).status == 200


def test_a_body_that_is_compressed_is_told_to_be_sent_as_it_is(server):
    answer = server.ask("POST", "/v1/predict", THANKS, Content_Encoding="gzip")
    assert (answer.status, answer.json["code"]) == (415, "not-json-type")
    assert answer.json["detail"] == "The body is compressed: send it as it is."


def test_an_address_with_slashes_too_many_is_told_the_right_one(server):
    for path in ("/v1/labels/", "//v1/labels", "/v1//labels//"):
        answer = server.ask("GET", path)
        assert (answer.status, answer.json["detail"]) == (
            404,
            "The address is /v1/labels, without other slashes.",
        )
    assert server.ask("GET", "/secret/").json["detail"] == "All addresses stand at /docs."


def test_a_large_body_that_finds_no_room_beside_others_is_told_so_and_a_small_one_finds_some():
    bodies = Bodies(2**20)
    bodies.held = bodies.most

    async def read(n):
        async def receive():
            return {"type": "http.request", "body": b" " * n}

        return len(await Body(bodies).read(receive))

    assert asyncio.run(read(32 * 1024)) == 32 * 1024
    with pytest.raises(Problem, match="overloaded") as refused:
        asyncio.run(read(32 * 1024 + 1))
    assert refused.value.full == "bodies-full"
    assert b"Large bodies of other requests" in refused.value.body


@pytest.mark.parametrize(
    ("method", "path", "takes"), [("GET", "/v1/predict", "POST"), ("DELETE", "/v1/labels", "GET, HEAD")]
)
def test_a_method_that_is_not_for_an_address_is_told_the_one_that_is(server, method, path, takes):
    answer = server.ask(method, path)
    assert (answer.status, answer.headers["allow"]) == (405, takes)
    assert answer.json["detail"] == f"This address answers {takes}."


def test_a_head_is_answered_wherever_a_get_is(server):
    for path in ("/", "/health", "/ready", "/v1/labels", "/metrics"):
        got, head = server.ask("GET", path), server.ask("HEAD", path)
        assert (head.status, head.body) == (200, b""), path
        assert path == "/metrics" or head.headers["content-length"] == got.headers["content-length"]
    assert server.ask("HEAD", "/v1/predict").status == 405
    assert server.ask("HEAD", "/nothing").status == 404
