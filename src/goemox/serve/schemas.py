"""Bodies that go in and come out, as pydantic models: strict in, exact out; they are the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from goemox.serve.limits import MAX_CHARACTERS, MAX_EXPLAINED, MAX_TEXTS
from goemox.serve.problems import PROBLEMS

__all__ = [
    "DriftAnswer", "ExplainAnswer", "ExplainRequest", "HealthAnswer", "In", "LabelsAnswer", "ModelAnswer",
    "Out", "PredictAnswer", "PredictRequest", "Probability", "ProblemAnswer", "ShiftAnswer", "ShiftRequest",
    "Text", "TextAnswer", "Texts", "Whole",
]  # fmt: skip

NO_SPACE = r"[^\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
r"""A character that `str.isspace` calls no space; what `\S` is in patterns differs between languages."""


def _readable(text: str) -> str:
    if text.isspace():
        raise PydanticCustomError("blank", "String should have at least one character that is no space")
    return text


def _whole(number: object) -> object:
    """JSON has one kind of number: 3.0 is an integer there, and in JSON Schema."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


Probability = Annotated[float, Field(ge=0, le=1)]
Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_CHARACTERS),
    AfterValidator(_readable),
    Field(
        description="A text in English, of at least one character that is no space.",
        json_schema_extra={"pattern": NO_SPACE},
    ),
]
Texts = Annotated[list[Text], Field(min_length=1, max_length=MAX_TEXTS)]
Whole = BeforeValidator(_whole)  # stands after what bounds the number, or the schema loses the bounds


class In(BaseModel):
    """What clients send: exact types, and no field that is not known."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Out(BaseModel):
    """What clients are sent."""

    model_config = ConfigDict(extra="forbid")


class PredictRequest(In):
    """Texts to read."""

    texts: Texts


class LanguageAnswer(Out):
    """What a text is taken for: `en`, or the ISO 639 code of another language, and its probability."""

    code: str
    probability: Probability


class TextAnswer(Out):
    """What is said of one text, as `goemox predict` says it.

    labels: those chosen, most probable first. scores: the calibrated probability of every label.
    prediction_set: labels that the conformal promise covers, null where nothing is promised; why_no_set says
    why. domain_percentile: share (0-100) of in-domain texts that lie closer to what the model learned.
    hints: what the model does not expect: code, address_only, other_script, without_letters, not_english.
    language: null where the text is too short to tell, or the server reads no languages. tier: which one of
    a cascade answered; only there.
    """

    labels: list[str]
    scores: dict[str, Probability]
    prediction_set: list[str] | None
    why_no_set: str | None
    domain_percentile: Annotated[float, Field(ge=0, le=100)] | None
    in_domain: bool | None
    truncated: bool
    hints: list[str]
    language: LanguageAnswer | None
    tier: Literal["best", "fast"] | None = None


class PredictAnswer(Out):
    """One result a text, in their order. model: what answered, the `sha256` of /v1/model."""

    model: str
    calibrated: bool
    thresholds: dict[str, Probability]
    results: list[TextAnswer]


class LabelAnswer(Out):
    """One label and the calibrated probability from which it is given; null for a softmax model."""

    label: str
    threshold: Probability | None


class LabelsAnswer(Out):
    """The model's labels, in its order."""

    labels: list[LabelAnswer]


class Promise(Out):
    """Prediction sets miss at most alpha of the true labels on average, for texts like the population's."""

    alpha: Probability
    population: str


class ModelAnswer(Out):
    """Which model answers, how its scores are to be read, and its card (Markdown).

    sha256: of the file of the network that answers; of a cascade, of the two hashes of its networks, in
    hexadecimal with a space between them, the student's first. tier: who answers: the whole model, its small
    student, or both. promise: of its prediction sets, null where it makes none. domain_accepted: percentile
    up to which a text counts as in domain; domain_texts: how many texts these percentiles are of; both null
    for a model without a reference. parameters: of the whole model, where it says so; null for other tiers.
    """

    name: str
    sha256: str
    tier: Literal["best", "fast", "cascade"]
    activation: Literal["sigmoid", "softmax"]
    calibrated: bool
    caveat: str | None
    promise: Promise | None
    domain_accepted: Annotated[float, Field(ge=0, le=100)] | None
    domain_texts: Annotated[int, Field(ge=0)] | None
    parameters: int | None
    max_length: int
    card: str | None


class ExplainRequest(In):
    """One text, of at most 2,000 characters, and labels (of /v1/labels) to explain beside those given."""

    text: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MAX_EXPLAINED),
        AfterValidator(_readable),
        Field(json_schema_extra={"pattern": NO_SPACE}),
    ]
    labels: Annotated[list[str], Field(max_length=1_000)] = []


class WordAnswer(Out):
    """A word, or several, at text[start:end] in characters (code points).

    effect: for each label explained, its probability with the word less that without it.
    """

    word: str
    start: int
    end: int
    effect: dict[str, float]


class ExplainAnswer(Out):
    """What is said of the text, and the words that speak for it or against it, in reading order."""

    result: TextAnswer
    words: list[WordAnswer]


class ShiftRequest(In):
    """Texts of one domain. At least 50 that differ are compared; the answer says where they are too few."""

    texts: Annotated[list[Text], Field(min_length=50, max_length=MAX_TEXTS)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=100)] = "these texts"


class ShiftAnswer(Out):
    """How the texts differ from the model's own domain, in sentences (answers) and in figures.

    report: what the report of `goemox shift` has as one of its `targets`, without the answers.
    """

    answers: list[str]
    report: dict[str, object]


class DriftLabel(Out):
    """How often the last texts were given a label, with its 95 % interval, and the reference's share."""

    label: str
    share: Probability | None
    low: Probability | None
    high: Probability | None
    share_reference: Probability | None
    p_adjusted: Probability | None


class DriftAnswer(Out):
    """The last n texts against what the model learned; moved is empty where n is too small to say."""

    n: int
    n_most: int
    enough: bool
    share_outside: Probability | None
    share_outside_usual: Probability
    labels: list[DriftLabel]
    moved: list[str]


class HealthAnswer(Out):
    """The process answers, or is ready to predict."""

    status: Literal["ok"]


class ProblemError(Out):
    """One place of the body and what is wrong there."""

    at: str
    problem: str


class ProblemAnswer(Out):
    """RFC 9457 problem details; `code` never changes its meaning. detail: what to do about this one."""

    type: str
    title: str
    status: int
    code: Annotated[str, Field(json_schema_extra={"enum": list(PROBLEMS)})]
    detail: str | None = None
    errors: list[ProblemError] | None = None
