"""The addresses of the API: what comes in is checked, what goes out is what the model said."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from goemox.explanation import Explanation, explained, occlusions
from goemox.serve.documented import WRITING, json_answer, refusals
from goemox.serve.hugging_face import HuggingFaceRequest, LabelScore, label_scores
from goemox.serve.metrics import texts_read
from goemox.serve.problems import Problem
from goemox.serve.schemas import (
    ExplainAnswer,
    ExplainRequest,
    LabelsAnswer,
    ModelAnswer,
    PredictAnswer,
    PredictRequest,
    ShiftAnswer,
    ShiftRequest,
)
from goemox.serve.service import Service, while_connected
from goemox.serve.strict_json import StrictRoute
from goemox.serve.told import facts, results, thresholds

__all__ = ["routes"]

LOADED = refusals("not-ready")


def routes(service: Service) -> APIRouter:
    """The addresses that read texts, and those that tell what reads them."""
    api = APIRouter(route_class=StrictRoute)

    @api.post("/predict", response_model=list[list[LabelScore]], responses=WRITING, tags=["Hugging Face"])
    async def hugging_face(body: HuggingFaceRequest, request: Request) -> Response:
        """Labels and scores in the shape of Hugging Face's text-classification task, one list a text."""
        found = await while_connected(request, service.score(body.texts))
        return json_answer(await label_scores(body, found))

    @api.post("/v1/predict", response_model=PredictAnswer, responses=WRITING, tags=["goemox"])
    async def predict(body: PredictRequest, request: Request) -> Response:
        """Chosen labels, every calibrated score, prediction set and domain percentile of each text."""
        found = await while_connected(request, service.score(body.texts))
        return json_answer({**facts(service.classifier), "results": await results(found, service.languages)})

    @api.post("/v1/explain", response_model=ExplainAnswer, responses=WRITING, tags=["goemox"])
    async def explain(body: ExplainRequest, request: Request) -> Response:
        """Which words carry the labels: what each label loses when a word is taken away."""
        for i, name in enumerate(body.labels):
            if name not in service.classifier.labels:
                raise Problem("invalid", [(f"labels.{i}", "no label of this model; known: see /v1/labels")])
        reading = service.score(occlusions(body.text), counted=False, slow="Send a shorter text.")
        found = await while_connected(request, reading)
        texts_read(1)
        told = explained(body.text, [each.prediction for each in found])
        (result,) = await results(found[:1], service.languages)
        return json_answer({"result": result, "words": _words(told, body.labels)})

    @api.post("/v1/shift", response_model=ShiftAnswer, responses=WRITING, tags=["goemox"])
    async def shift(body: ShiftRequest) -> Response:
        """How a batch of texts differs from what the model learned, as `goemox shift` says it."""
        return json_answer(await service.shift(body.name, body.texts))

    @api.get("/v1/labels", response_model=LabelsAnswer, responses=LOADED, tags=["goemox"])
    async def labels() -> Response:
        """The labels that the model gives, and the probability from which each is given."""
        cuts = thresholds(service.classifier)
        rows = [{"label": name, "threshold": cuts.get(name)} for name in service.classifier.labels]
        return json_answer({"labels": rows})

    @api.get("/v1/model", response_model=ModelAnswer, responses=LOADED, tags=["goemox"])
    async def model() -> Response:
        """Which model answers: names, hash, how to read its scores, its card."""
        service.require_ready()
        return json_answer(service.about)

    return api


def _words(told: Explanation, labels: Sequence[str]) -> list[dict[str, object]]:
    """Each word with its effect on the labels that are given, and on these."""
    shown = dict.fromkeys([*told.prediction.labels, *labels])
    return [
        {"word": part.word, "start": part.start, "end": part.end,
         "effect": {label: part.effect[label] for label in shown}}
        for part in told.words
    ]  # fmt: skip
