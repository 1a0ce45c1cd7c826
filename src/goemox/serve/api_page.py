"""`/docs`: the OpenAPI document as a page that people read, with a command to try for every address."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from goemox.serve.documented import NDJSON
from goemox.serve.problems import PROBLEMS

__all__ = ["EXAMPLES", "GROUPS", "Address", "Field", "addresses", "api_page"]

Schema = Mapping[str, Any]

EXAMPLES: Mapping[str, object] = {
    "/v1/predict": {"texts": ["Thank you so much, this made my day!", "Why does it always crash on save?"]},
    "/v1/stream": {"texts": ["Thank you so much, this made my day!", "Why does it always crash on save?"]},
    "/v1/explain": {"text": "Thank you so much, this made my day!", "labels": ["joy"]},
    "/v1/shift": {"texts": [f"Build {i} fails on my machine, and nothing says why" for i in range(1, 51)]},
    "/predict": {"inputs": "Thank you so much, this made my day!", "parameters": {"top_k": 3}},
}
"""Path: a body to send to it."""

PIPED: Mapping[str, str] = {
    "/v1/shift": "python3 -c 'import json; "
    """print(json.dumps({"texts": [t for t in open("comments.txt") if t.strip()][:512]}))'"""
}
"""Path: a command that writes the body, where it is too long to be shown."""

GROUPS: Mapping[str, str] = {
    "goemox": "Everything that goemox knows of a text",
    "Hugging Face": "For Hugging Face's clients",
    "operations": "For those who run the server",
}
"""Tag of an address: the words above all of its kind."""

MOST_VALUES = 8  # of a field that are told one by one


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a body: its name, what it holds in words, whether it may be left out."""

    name: str
    kind: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Address:
    """One address. takes, gives: fields of the bodies. refusals: (status, words), in order of status."""

    method: str
    path: str
    words: Markup
    tag: str
    curl: str
    takes_words: Markup
    takes: Sequence[Field]
    gives_words: Markup
    gives: Sequence[Field]
    refusals: Sequence[tuple[str, str]]

    @property
    def anchor(self) -> str:
        """The part of the page about it."""
        return self.path.strip("/").replace("/", "-")


def api_page(document: Schema, *, server: str, has_token: bool) -> str:
    """The page, from an OpenAPI 3.1 document. server: "scheme://host:port" that its commands call."""
    found = addresses(document, server=server, has_token=has_token)
    groups = [(title, [each for each in found if each.tag == tag]) for tag, title in GROUPS.items()]
    codes = [(status, code, title) for code, (status, title) in PROBLEMS.items()]
    return _template().render(
        version=document["info"]["version"], groups=groups, codes=codes, server=server, has_token=has_token
    )


def addresses(document: Schema, *, server: str, has_token: bool) -> list[Address]:
    """Every address of the document, in its order; arguments as in `api_page`."""
    return [_address(document, path, server, has_token) for path in document["paths"]]


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("goemox.serve"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("api.html.jinja")


def _address(document: Schema, path: str, server: str, has_token: bool) -> Address:
    ((method, facts),) = document["paths"][path].items()
    takes = _body(document, facts.get("requestBody", {}))
    gives = _body(document, facts["responses"]["200"])
    refused = sorted((code, each["description"]) for code, each in facts["responses"].items() if code > "299")
    return Address(
        method.upper(), path, _marked(facts["description"]), facts["tags"][0],
        _curl(server, path, has_token and path not in ("/health", "/ready")),
        _words(takes), list(_fields(document, takes)), _words(gives), list(_fields(document, gives)), refused,
    )  # fmt: skip


def _curl(server: str, path: str, has_token: bool) -> str:
    """A command for a POSIX shell that calls the address with an example."""
    lines = [f"curl {server}{path}"]
    if has_token:
        lines.append('-H "Authorization: Bearer $GOEMOX_TOKEN"')
    if path in EXAMPLES:
        sent = "@-" if path in PIPED else shlex.quote(json.dumps(EXAMPLES[path], ensure_ascii=False))
        lines += ["-H 'Content-Type: application/json'", f"-d {sent}"]
    command = " \\\n  ".join(lines)
    return f"{PIPED[path]} |\n{command}" if path in PIPED else command


def _body(document: Schema, holder: Schema) -> Schema:
    """The schema of a body; that of its items where it is a list."""
    content = holder.get("content", {})
    if NDJSON in content:
        return _line(document, content[NDJSON]["schema"])
    schema: Schema = content.get("application/json", {}).get("schema", {})
    lists = ""
    while "items" in schema or "$ref" in schema:
        lists += "list of " if "items" in schema else ""
        schema = schema.get("items") or _named(document, schema)
    return {**schema, "description": f"A {lists}these. {schema.get('description', '')}"} if lists else schema


def _line(document: Schema, schema: Schema) -> Schema:
    """The fields of all kinds of lines, in their order, as if they were one object's."""
    kinds = [_named(document, kind) for kind in schema["contentSchema"]["anyOf"]]
    fields = {name: each for kind in kinds for name, each in kind["properties"].items()}
    return {"description": schema["description"], "properties": fields, "required": list(fields)}


def _named(document: Schema, schema: Schema) -> Schema:
    found: Schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _words(schema: Schema) -> Markup:
    """Its description, with what stands between backticks as code."""
    return _marked(str(schema.get("description", "")).strip())


def _marked(words: str) -> Markup:
    parts = words.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if i % 2 else part for i, part in enumerate(parts)
    )


def _fields(document: Schema, schema: Schema, prefix: str = "") -> Iterator[Field]:
    """The fields of an object, those of objects in it under `name.field`."""
    for name, each in schema.get("properties", {}).items():
        yield Field(prefix + name, _kind(document, each), name not in schema.get("required", ()))
        for one in (each, each.get("items", {}), *each.get("anyOf", ())):
            if "$ref" in one:
                yield from _fields(document, _named(document, one), f"{prefix}{name}.")


def _kind(document: Schema, schema: Schema) -> str:
    """What a field holds, in words: `list of 1 to 512, each text of 1 to 10,000 characters`."""
    if several := schema.get("anyOf", schema.get("oneOf")):
        return " or ".join(_kind(document, one) for one in several)
    if "$ref" in schema:
        return "object"
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        if len(values) > MOST_VALUES:
            return f"one of {len(values)} names"
        return " or ".join(f'"{value}"' for value in values)
    kind = schema.get("type", "anything")
    if kind == "array":
        size = _range(schema, "minItems", "maxItems").strip()
        return f"list{size and f' of {size}'}, each {_kind(document, schema['items'])}"
    if kind == "string":
        size = _range(schema, "minLength", "maxLength").strip()
        return f"text of {size} characters" if size else "text"
    if kind == "object":
        more = schema.get("additionalProperties")
        return f"{{name: {_kind(document, more)}}}" if isinstance(more, dict) and more else "object"
    name = {"boolean": "true or false", "integer": "whole number"}.get(kind, kind)
    return f"{name} {_range(schema, 'minimum', 'maximum')}".strip()


def _range(schema: Schema, low: str, high: str) -> str:
    """`1 to 512 ` where both ends are told, `at least 50 ` or `at most 9 ` for one; else nothing."""
    if low in schema and schema[low] == schema.get(high):
        return f"{schema[low]:,g} "
    if low in schema and high in schema:
        return f"{schema[low]:,g} to {schema[high]:,g} "
    if low in schema:
        return f"at least {schema[low]:,g} "
    return f"at most {schema[high]:,g} " if high in schema else ""
