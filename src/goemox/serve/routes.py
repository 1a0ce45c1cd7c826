"""The addresses of the API: what comes in is checked, what goes out is what the model said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from goemox.assessment import model_facts
from goemox.decision.softmax import SoftmaxRule
from goemox.domain import ACCEPTED
from goemox.errors import InvalidInput
from goemox.explanation import explained, occlusions
from goemox.profiling.kinds import kinds_of
from goemox.records import TextRecord
from goemox.serve.documented import READING, json_answer, refusals
from goemox.serve.hugging_face import label_scores
from goemox.serve.problems import Problem
from goemox.serve.schemas import (
    ExplainAnswer,
    ExplainRequest,
    HuggingFaceParameters,
    HuggingFaceRequest,
    LabelsAnswer,
    LabelScore,
    ModelAnswer,
    PredictAnswer,
    PredictRequest,
    ShiftAnswer,
    ShiftRequest,
)
from goemox.serve.scoring import Scored
from goemox.serve.service import Service, while_connected
from goemox.serve.strict_json import StrictRoute

__all__ = ["routes"]

WRITING = READING | refusals(
    "not-json", "body-too-slow", "body-too-large", "not-json-type", "invalid", "overloaded", "internal",
    "not-ready",
)  # fmt: skip


def routes(service: Service) -> APIRouter:
    """The addresses that read texts, and those that tell what reads them."""
    api = APIRouter(route_class=StrictRoute)

    @api.post("/predict", response_model=list[list[LabelScore]], responses=WRITING, tags=["Hugging Face"])
    async def predict(body: HuggingFaceRequest, request: Request) -> Response:
        """Labels and scores in the shape of Hugging Face's text-classification task, one list a text."""
        texts = [body.inputs] if isinstance(body.inputs, str) else body.inputs
        parameters = body.parameters or HuggingFaceParameters()
        found = await while_connected(request, service.score(texts))
        return json_answer([label_scores(each, parameters) for each in found])

    @api.post("/v1/predict", response_model=PredictAnswer, responses=WRITING, tags=["goemox"])
    async def predict_all(body: PredictRequest, request: Request) -> Response:
        """Chosen labels, every calibrated score, prediction set and domain percentile of each text."""
        found = await while_connected(request, service.score(body.texts))
        return json_answer(_head(service) | {"results": [_told(each) for each in found]})

    @api.post("/v1/explain", response_model=ExplainAnswer, responses=WRITING, tags=["goemox"])
    async def explain(body: ExplainRequest, request: Request) -> Response:
        """Which words carry the labels: what each label loses when a word is taken away."""
        if unknown := [name for name in body.labels if name not in service.classifier.labels]:
            raise Problem("invalid", [(f"labels.{body.labels.index(unknown[0])}", "no label of this model")])
        try:
            texts = occlusions(body.text)
        except InvalidInput:  # signs that are no space to the schema's pattern, and no word either
            raise Problem("invalid", [("text", "there is no word in it")]) from None
        found = await while_connected(request, service.score(texts, counted=False))
        told = explained(body.text, [each.prediction for each in found])
        shown = dict.fromkeys([*told.prediction.labels, *body.labels])
        words = [
            {"word": part.word, "start": part.start, "end": part.end,
             "effect": {label: part.effect[label] for label in shown}}
            for part in told.words
        ]  # fmt: skip
        return json_answer({"result": _told(found[0]), "words": words})

    @api.post("/v1/shift", response_model=ShiftAnswer, responses=WRITING, tags=["goemox"])
    async def shift(body: ShiftRequest) -> Response:
        """How a batch of texts differs from what the model learned, as `goemox shift` says it."""
        return json_answer(await service.shift(body.name, body.texts))

    @api.get("/v1/labels", response_model=LabelsAnswer, responses=READING, tags=["goemox"])
    async def labels() -> Response:
        """The labels that the model gives, and the probability from which each is given."""
        cuts = _thresholds(service)
        rows = [{"label": name, "threshold": cuts.get(name)} for name in service.classifier.labels]
        return json_answer({"labels": rows})

    @api.get("/v1/model", response_model=ModelAnswer, responses=READING, tags=["goemox"])
    async def model() -> Response:
        """Which model answers: names, hash, how to read its scores, its card."""
        return json_answer(_model(service))

    return api


def _head(service: Service) -> dict[str, object]:
    classifier = service.classifier
    return {
        "model": classifier.scorer.sha256,
        "calibrated": classifier.rule.calibrated,
        "thresholds": _thresholds(service),
    }


def _thresholds(service: Service) -> Mapping[str, float]:
    rule = service.classifier.rule
    if isinstance(rule, SoftmaxRule):
        return {}
    return {name: round(float(cut), 6) for name, cut in zip(rule.labels, rule.thresholds, strict=True)}


def _told(scored: Scored) -> dict[str, object]:
    """A prediction as JSON: without the text, which the client has, and with what is odd about it."""
    found = scored.prediction
    document = found.to_dict() | {"why_no_set": found.why_no_set}
    del document["id"], document["text"]
    return document | {"hints": kinds_of(TextRecord(found.id, found.text or ""))}


def _model(service: Service) -> dict[str, object]:
    classifier = service.classifier
    facts: Mapping[str, Any] = classifier.folder.facts or {}
    named = model_facts(classifier)
    promise = None if isinstance(classifier.rule, SoftmaxRule) else classifier.rule.conformal
    card = classifier.folder.path / "README.md"
    return {
        **{key: named[key] for key in ("name", "sha256", "activation", "calibrated", "caveat")},
        "promise": promise and {"alpha": promise.alpha, "population": promise.population},
        "domain_accepted": None if classifier.profile is None else ACCEPTED,
        "parameters": (facts.get("training") or {}).get("parameters"),
        "max_length": classifier.folder.max_length,
        "card": card.read_text("utf-8") if card.is_file() else None,
    }
