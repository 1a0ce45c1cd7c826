"""report.json of real studies validates against the published schema, which describes every key."""

import copy
import json
import shutil

import pytest
from jsonschema import Draft202012Validator

import goemox
from goemox.data.samples import load_samples
from goemox.model_folder import SUMS, default_folder
from goemox.report.files import schema_text

SCHEMA = json.loads(schema_text())


def strict(schema):
    """The same schema without room for keys that it does not describe."""
    if isinstance(schema, dict):
        closed = {"additionalProperties": False} if "properties" in schema else {}
        return closed | {key: strict(value) for key, value in schema.items()}
    return [strict(each) for each in schema] if isinstance(schema, list) else schema


def errors(report, schema=SCHEMA):
    found = Draft202012Validator(schema).iter_errors(json.loads(json.dumps(report)))
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[-300:]}" for error in found]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """200 labelled rows; 300 outside rows with dates, repositories and an empty cell; one row."""
    folder = tmp_path_factory.mktemp("schema")
    known = load_samples()
    with (folder / "data.jsonl").open("w", encoding="utf-8") as out:
        for record in known[:200]:
            out.write(
                json.dumps({"id": record.id, "text": record.text, "labels": sorted(record.labels)}) + "\n"
            )
    with (folder / "outside.jsonl").open("w", encoding="utf-8") as out:
        for i in range(300):
            row = {"id": f"r{i}", "text": f"{known[i % len(known)].text} {'Again.' * (i // len(known))}"}
            row |= {
                "created_at": f"{2015 + i % 8}-03-0{1 + i % 9}T10:00:00Z",
                "repo": f"o/{i % 5}" if i % 7 else "",
            }
            out.write(json.dumps(row) + "\n")
    (folder / "one.txt").write_text("Only one text stands here\n", encoding="utf-8")
    return folder


def variant(folder, problem, rename):
    """The bundled graph as a plain Hugging Face folder, with another problem type or label names."""
    shutil.copytree(default_folder(), folder)
    for name in ("goemox.json", "reference.safetensors", "evaluation.json", SUMS):
        (folder / name).unlink()
    config = json.loads((folder / "config.json").read_text())
    config["problem_type"] = problem
    config["id2label"] = {key: rename.get(label, label) for key, label in config["id2label"].items()}
    config["label2id"] = {label: int(key) for key, label in config["id2label"].items()}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


@pytest.fixture(scope="module", params=["offline", "data and domains", "one row", "no neutral", "softmax"])
def report(request, files, tmp_path_factory):
    if request.param == "offline":
        return goemox.study(offline=True).to_dict()
    outside, one = {"outside": files / "outside.jsonl"}, {"one": files / "one.txt"}
    if request.param == "data and domains":
        domains = outside | {"memory": ["I love it.", "It crashed again."]}
        return goemox.study(data=files / "data.jsonl", domains=domains | one, group_by="repo").to_dict()
    if request.param == "one row":
        return goemox.study(domains=one).to_dict()
    folder = tmp_path_factory.mktemp("models") / "model"
    if request.param == "softmax":
        variant(folder, "single_label_classification", {})
        return goemox.study(folder, data=files / "data.jsonl", domains=outside).to_dict()
    variant(folder, "multi_label_classification", {"neutral": "calm"})
    return goemox.study(folder, domains=outside | one).to_dict()


def test_the_schema_itself_is_one():
    Draft202012Validator.check_schema(SCHEMA)


def test_every_study_is_valid_under_the_schema(report):
    assert errors(report) == []


def test_a_study_holds_no_key_that_the_schema_does_not_describe(report):
    assert errors(report, strict(SCHEMA)) == [], "describe new keys in src/goemox/report/report-1.schema.json"


def test_a_study_names_the_domains_that_came_from_memory(report):
    names = [domain["name"] for domain in report["domains"]]
    assert report["asked"]["in_memory"] == [name for name in names if name == "memory"]


def test_every_key_of_the_schema_says_what_it_is():
    silent = []

    def walk(schema, path):
        for key, value in schema.get("properties", {}).items():
            if not value.get("description") and value.get("$ref", "").split("/")[-1] not in SCHEMA["$defs"]:
                silent.append(f"{path}/{key}")
            walk(value, f"{path}/{key}")
        for inner in ("items", "additionalProperties"):
            if isinstance(schema.get(inner), dict):
                walk(schema[inner], path)

    walk(SCHEMA, "")
    for name, part in SCHEMA["$defs"].items():
        walk(part, name)
    assert silent == []


@pytest.fixture(scope="module")
def report_of_one(files):
    """A small report; each test changes a copy."""
    return goemox.study(domains={"one": files / "one.txt"}).to_dict()


@pytest.mark.parametrize(
    ("key", "value"),
    [("schema", "goemox.report/2"), ("seed", -1), ("domains", {}), ("findings", [{"text": "no level"}])],
)
def test_what_is_wrong_does_not_validate(report_of_one, key, value):
    report = copy.deepcopy(report_of_one)
    assert errors(report) == []
    report[key] = value
    assert errors(report)


def test_a_share_beyond_one_does_not_validate(report_of_one):
    report = copy.deepcopy(report_of_one)
    report["domains"][0]["label_share"]["joy"] = 1.5
    assert any("label_share/joy" in each for each in errors(report))
