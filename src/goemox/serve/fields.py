"""Which fields a body may have, and of what kind: for the refusal of one that has others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

__all__ = ["Fields"]

Schema = Mapping[str, Any]


class Fields:
    """The fields of a body and of the objects in it, as its JSON Schema has them."""

    def __init__(self, body: type[BaseModel]) -> None:
        self._schema = body.model_json_schema()
        self.names = frozenset(self._schema["properties"])

    def at(self, place: Sequence[str | int]) -> Mapping[str, str]:
        """Name -> kinds in JSON ("string or array"), of the object at that place; empty where none is there.

        place: names of fields, from the body inwards.
        """
        found: Schema = self._schema
        for name in place:
            inner = self._forms(found.get("properties", {}).get(name, {}))
            found = next((form for form in inner if "properties" in form), {})
        return {name: self._kind(each) for name, each in found.get("properties", {}).items()}

    def _kind(self, schema: Schema) -> str:
        kinds = dict.fromkeys(str(form["type"]) for form in self._forms(schema))
        return " or ".join(kind for kind in kinds if kind != "null")

    def _forms(self, schema: Schema) -> Iterator[Schema]:
        """What a field may be: itself, or each of several."""
        if "$ref" in schema:
            yield from self._forms(self._schema["$defs"][schema["$ref"].rpartition("/")[2]])
        elif several := schema.get("anyOf", schema.get("oneOf")):
            for one in several:
                yield from self._forms(one)
        elif schema:
            yield schema
