"""Hugging Face's shape of text classification, so that its clients work unchanged.

Clients of four servers send it: of the hosted inference API and its endpoints (`parameters`, `options`), of
transformers' pipelines behind one (`return_all_scores`, `truncation`), and of Text Embeddings Inference
(`raw_scores`, `truncate`). What cannot be done here is refused, not ignored; `options` alone change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from goemox.scores import Floats, sigmoid, softmax
from goemox.serve.limits import MAX_TEXTS
from goemox.serve.problems import Problem
from goemox.serve.schemas import In, Out, Text, Texts, Whole
from goemox.serve.scoring import Scored
from goemox.serve.slices import in_slices

__all__ = ["SHAPES", "HuggingFaceRequest", "LabelScore", "label_scores"]

FUNCTIONS: Mapping[str, Callable[[Floats], Floats]] = {
    "sigmoid": sigmoid,
    "softmax": lambda logits: softmax(logits[None])[0],
    "none": lambda logits: logits,
}
SHAPES = TEXT, TEXTS, LISTS = "(text)", "(texts)", "(lists)"
"""Of `inputs`. pydantic puts them into the places of errors, where they mean nothing to a client."""

TOO_LONG = "the text is longer than the model reads, and may not be cut"


Right = Annotated[
    Literal["right"],
    BeforeValidator(lambda side: "right" if side == "Right" else side),
    WithJsonSchema({"type": "string", "pattern": "^[Rr]ight$", "maxLength": 5}),
]
"""Text Embeddings Inference writes it with a capital. Of an enum with both, generators of clients would make
two members of one name."""


def _shape(inputs: object) -> str:
    if not isinstance(inputs, list):
        return TEXT
    return LISTS if inputs and isinstance(inputs[0], list) else TEXTS


Lists = Annotated[
    list[Annotated[list[Text], Field(min_length=1, max_length=1)]], Field(min_length=1, max_length=MAX_TEXTS)
]
Inputs = Annotated[
    Annotated[Text, Tag(TEXT)] | Annotated[Texts, Tag(TEXTS)] | Annotated[Lists, Tag(LISTS)],
    Discriminator(_shape),
]


CONTRADICTION: JsonDict = {
    "required": ["raw_scores", "parameters"],
    "properties": {
        "raw_scores": {"const": True},
        "parameters": {
            "type": "object",
            "required": ["function_to_apply"],
            "properties": {"function_to_apply": {"enum": ["sigmoid", "softmax"]}},
        },
    },
}
"""What `HuggingFaceRequest` refuses beside its fields, as JSON Schema says it."""


class HuggingFaceParameters(In):
    """Parameters of the text-classification task. function_to_apply: without it, calibrated probabilities.

    return_all_scores: false gives the first label alone, where top_k is not given. truncation: false refuses
    texts that are longer than the model reads.
    """

    top_k: Annotated[int, Field(ge=1, le=1_000), Whole] | None = None
    function_to_apply: Literal["sigmoid", "softmax", "none"] | None = None
    return_all_scores: bool | None = None
    truncation: bool | None = None


class HuggingFaceOptions(In):
    """Options of the hosted API; they change nothing: the model is loaded, and nothing is cached."""

    use_cache: bool | None = None
    wait_for_model: bool | None = None
    use_gpu: bool | None = None
    dont_load_model: bool | None = None
    retry_on_error: bool | None = None


class HuggingFaceRequest(In):
    """Hugging Face's shape of a request. inputs: a text, texts, or each text in a list of its own.

    raw_scores: true is `function_to_apply` "none". truncate: false refuses texts that are longer than the
    model reads; without it, and with true, their end is cut. options: taken, and without effect.
    """

    model_config = ConfigDict(json_schema_extra={"not": CONTRADICTION})

    inputs: Inputs
    parameters: HuggingFaceParameters | None = None
    options: HuggingFaceOptions | None = None
    raw_scores: bool | None = None
    truncate: bool | None = None
    truncation_direction: Right | None = None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.raw_scores and self.parameters and self.parameters.function_to_apply not in (None, "none"):
            said = "raw_scores and function_to_apply ask for different scores"
            raise PydanticCustomError("contradiction", said)
        return self

    @property
    def texts(self) -> list[str]:
        """The texts, one answer each."""
        if isinstance(self.inputs, str):
            return [self.inputs]
        return [each if isinstance(each, str) else each[0] for each in self.inputs]


class LabelScore(Out):
    """One label and its score: a probability, or a logit where function_to_apply is "none"."""

    label: str
    score: float


async def label_scores(body: HuggingFaceRequest, found: Sequence[Scored]) -> list[list[dict[str, object]]]:
    """For each text its labels with their scores, highest first, at most `top_k`.

    Without function_to_apply they are calibrated probabilities, which no other server gives; "sigmoid" and
    "softmax" are of the raw logits, "none" is the logits themselves. Raises Problem "invalid" for texts that
    were cut where the client will have none cut.
    """
    parameters = body.parameters or HuggingFaceParameters()
    if (body.truncate is False or parameters.truncation is False) and (
        cut := [(f"inputs.{i}", TOO_LONG) for i, each in enumerate(found) if each.prediction.truncated]
    ):
        raise Problem("invalid", cut)
    function = "none" if body.raw_scores else parameters.function_to_apply
    most = parameters.top_k
    if most is None and parameters.return_all_scores is False:
        most = 1
    return await in_slices(lambda each: _ranked(each, function, most), found)


def _ranked(scored: Scored, function: str | None, most: int | None) -> list[dict[str, object]]:
    labels = list(scored.prediction.scores)
    if function is None:
        values = np.array(list(scored.prediction.scores.values()))
    else:
        values = FUNCTIONS[function](scored.logits.astype(np.float64))
    order = np.argsort(-values, kind="stable")[:most]
    return [{"label": labels[j], "score": round(float(values[j]), 6)} for j in order.tolist()]
