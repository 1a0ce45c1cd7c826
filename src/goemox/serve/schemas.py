"""Bodies that go in and come out, as pydantic models: strict in, exact out; they are the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from goemox.serve.limits import MAX_CHARACTERS, MAX_TEXTS

__all__ = [
    "HealthAnswer", "HuggingFaceParameters", "HuggingFaceRequest", "LabelAnswer", "LabelScore",
    "LabelsAnswer", "ModelAnswer", "PredictAnswer", "PredictRequest", "ProblemAnswer", "ProblemError",
    "TextAnswer",
]  # fmt: skip

Probability = Annotated[float, Field(ge=0, le=1)]
Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_CHARACTERS, pattern=r"\S"),
    Field(description="A text in English, of at least one character that is no space."),
]
Texts = Annotated[list[Text], Field(min_length=1, max_length=MAX_TEXTS)]


class _In(BaseModel):
    """What clients send: exact types, and no field that is not known."""

    model_config = ConfigDict(strict=True, extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(extra="forbid")


class HuggingFaceParameters(_In):
    """Parameters of the text-classification task. function_to_apply: without it, calibrated probabilities."""

    top_k: Annotated[int, Field(ge=1, le=1_000)] | None = None
    function_to_apply: Literal["sigmoid", "softmax", "none"] | None = None


class HuggingFaceRequest(_In):
    """Hugging Face's shape of a request."""

    inputs: Text | Texts
    parameters: HuggingFaceParameters | None = None


class LabelScore(_Out):
    """One label and its score: a probability, or a logit where function_to_apply is "none"."""

    label: str
    score: float


class PredictRequest(_In):
    """Texts to read."""

    texts: Texts


class TextAnswer(_Out):
    """What is said of one text, as `goemox predict` says it.

    labels: those chosen, most probable first. scores: the calibrated probability of every label.
    prediction_set: labels that the conformal promise covers, null where nothing is promised; why_no_set says
    why. domain_percentile: share (0-100) of in-domain texts that lie closer to what the model learned.
    hints: what the model does not expect: code, address_only, other_script, without_letters.
    """

    labels: list[str]
    scores: dict[str, Probability]
    prediction_set: list[str] | None
    why_no_set: str | None
    domain_percentile: Annotated[float, Field(ge=0, le=100)] | None
    in_domain: bool | None
    truncated: bool
    hints: list[str]


class PredictAnswer(_Out):
    """One result a text, in their order. model: the SHA-256 of the graph that answered."""

    model: str
    calibrated: bool
    thresholds: dict[str, Probability]
    results: list[TextAnswer]


class LabelAnswer(_Out):
    """One label and the calibrated probability from which it is given; null for a softmax model."""

    label: str
    threshold: Probability | None


class LabelsAnswer(_Out):
    """The model's labels, in its order."""

    labels: list[LabelAnswer]


class ModelAnswer(_Out):
    """Which model answers, how its scores are to be read, and its card (Markdown)."""

    name: str
    sha256: str
    activation: Literal["sigmoid", "softmax"]
    calibrated: bool
    caveat: str | None
    parameters: int | None
    max_length: int
    card: str | None


class HealthAnswer(_Out):
    """The process answers, or is ready to predict."""

    status: Literal["ok"]


class ProblemError(_Out):
    """One place of the body and what is wrong there."""

    at: str
    problem: str


class ProblemAnswer(_Out):
    """RFC 9457 problem details; `code` never changes its meaning."""

    type: str
    title: str
    status: int
    code: str
    errors: list[ProblemError] | None = None
