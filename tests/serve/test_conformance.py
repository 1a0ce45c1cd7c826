"""/openapi.json is true: of the server as it runs, for whoever makes a client of it or judges by it.

The whole test, with 10,000 cases, is `python benchmarks/security/schemathesis_cases.py`.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from goemox.serve.problems import PROBLEMS
from goemox.serve.schemas import NO_SPACE

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks" / "security"))

from running import Running
from schemathesis_cases import checked

OPEN = ("/health", "/ready")
TOKEN = "correct-horse-battery"  # of the server that is guarded


@pytest.fixture(scope="module")
def document(server):
    return server.ask("GET", "/openapi.json").json


def operations(document):
    paths = document["paths"].items()
    return {(method, path): each for path, methods in paths for method, each in methods.items()}


def schemas(found):
    """A JSON Schema and all that it is made of."""
    yield found
    for word, inner in found.items():
        if word == "properties":
            parts = inner.values()
        elif word in ("anyOf", "oneOf"):
            parts = inner
        else:
            parts = [inner] if word in ("items", "not", "additionalProperties", "contentSchema") else []
        for part in parts:
            if isinstance(part, dict):
                yield from schemas(part)


def test_the_document_is_openapi_3_1_and_its_examples_fit_their_schemas(document):
    validator = pytest.importorskip("openapi_spec_validator")
    jsonschema = pytest.importorskip("jsonschema")
    validator.validate(document)
    assert document["openapi"].startswith("3.1")
    for (method, path), operation in operations(document).items():
        assert ("requestBody" in operation) == (method == "post"), path
        for body in operation.get("requestBody", {}).get("content", {}).values():
            schema = {**body["schema"], "components": document["components"]}
            jsonschema.Draft202012Validator(schema).validate(body["example"])
            assert "2,097,152 bytes" in operation["requestBody"]["description"]


def test_a_client_that_is_made_of_the_document_finds_server_names_and_codes(document):
    assert document["servers"][0]["url"] == "/"  # where the document comes from: a proxy's name is not known
    assert document["paths"]["/v1/predict"]["post"]["operationId"] == "predict"
    assert document["components"]["schemas"]["ProblemAnswer"]["properties"]["code"]["enum"] == list(PROBLEMS)


def test_no_schema_has_a_word_that_json_schema_does_not_know(document):
    known = {
        "type", "title", "description", "properties", "required", "items", "enum", "const", "anyOf", "oneOf",
        "not", "$ref", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern",
        "additionalProperties", "default", "contentMediaType", "contentSchema",
    }  # fmt: skip
    for name, schema in document["components"]["schemas"].items():
        assert {word for part in schemas(schema) for word in part} <= known, name


def test_every_refusal_is_told_as_the_problem_document_that_it_is(document):
    for (method, path), operation in operations(document).items():
        refused = {status: each for status, each in operation["responses"].items() if status >= "400"}
        always = {"400", "403", "405", "408", "413", "429", "431", "500"}
        with_body = {"415", "422", "503"} if method == "post" else set()
        assert always | with_body <= refused.keys(), path
        assert all(list(each["content"]) == ["application/problem+json"] for each in refused.values()), path
        for status in refused.keys() & {"429", "503"}:
            said = refused[status]["headers"]["Retry-After"]["required"]
            assert said == ((path, status) != ("/v1/shift", "503")), path  # its model folder may be gone


def test_a_token_stands_in_the_document_only_where_it_is_asked_for(document, guarded):
    assert "securitySchemes" not in document["components"]
    assert not any("security" in each or "401" in each["responses"] for each in operations(document).values())
    asking = guarded.ask("GET", "/openapi.json", Authorization=f"Bearer {TOKEN}").json
    assert asking["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for (_, path), each in operations(asking).items():
        assert ("security" in each) == ("401" in each["responses"]) == (path not in OPEN), path


def test_a_get_with_a_body_too_large_is_refused_as_the_document_says(server, document):
    answer = server.ask("GET", "/v1/labels", b"", Content_Length="3000000")
    assert answer.status == 413
    assert "413" in document["paths"]["/v1/labels"]["get"]["responses"]


def test_the_direction_of_text_embeddings_inference_fits_the_schema(document):
    request = document["components"]["schemas"]["HuggingFaceRequest"]
    side = request["properties"]["truncation_direction"]["anyOf"][0]
    assert [bool(re.search(side["pattern"], word)) for word in ("right", "Right", "left")] == [
        True,
        True,
        False,
    ]


def test_labels_to_explain_are_those_of_the_model(server, document):
    known = [row["label"] for row in server.ask("GET", "/v1/labels").json["labels"]]
    asked = document["components"]["schemas"]["ExplainRequest"]["properties"]["labels"]
    assert asked["items"]["enum"] == known


def test_a_space_is_the_same_to_the_document_and_to_the_server(server):
    spaces = [chr(code) for code in range(sys.maxunicode + 1) if not re.search(NO_SPACE, chr(code))]
    assert spaces == [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()]
    for path, body in (("/v1/predict", {"texts": ["".join(spaces)]}), ("/v1/explain", {"text": "\x1c"})):
        answer = server.ask("POST", path, body)
        assert (answer.status, answer.json["code"]) == (422, "invalid")
    assert server.ask("POST", "/v1/explain", {"text": "\ufeff"}).status == 200


def test_a_whole_number_may_be_written_with_a_point(server):
    body = {"inputs": "thanks", "parameters": {"top_k": 2.0}}
    assert len(server.ask("POST", "/predict", body).json[0]) == 2
    body["parameters"]["top_k"] = 2.5
    assert server.ask("POST", "/predict", body).status == 422


def test_five_hundred_cases_of_schemathesis_find_nothing(guarded):
    pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    found = checked(Running(guarded.port, guarded.process, guarded.log), cases=500, seed=1, token=TOKEN)
    assert (found.failures, found.errors) == ({}, 0), found.told[-4_000:]
    assert found.cases >= 500
    assert list(found.phases.values()) == ["success"] * 4


def test_a_document_that_is_not_true_is_found_out(server, document, tmp_path):
    pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    changed = json.loads(json.dumps(document))
    changed["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    del changed["paths"]["/v1/explain"]["post"]["responses"]["422"]
    changed["paths"]["/v1/labels"]["get"]["security"] = [{"token": []}]
    (tmp_path / "changed.json").write_text(json.dumps(changed))
    (tmp_path / "schemathesis.toml").write_text(f'[auth.openapi.token]\nbearer = "{TOKEN}"\n')
    command = [Path(sys.executable).with_name("schemathesis"), "run", "changed.json"]
    at = ["--url", f"http://127.0.0.1:{server.port}"]
    of = [f"--include-path={path}" for path in ("/v1/explain", "/v1/labels")]
    checks = ["--checks", "status_code_conformance,ignored_auth", "--phases", "coverage"]
    done = subprocess.run([*command, *at, *of, *checks], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout
    assert "Undocumented status code" in done.stdout
    assert "API accepts" in done.stdout
