"""`POST /v1/stream`: many texts, answered line by line, in memory for one slice of them.

The next slice goes to the queue only when the client has taken the last one; so a long answer costs no more
memory than a short one, gives way to other requests, and ends when its client leaves. A client that takes
nothing is dropped by the protocol.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Annotated

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import Field
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from goemox.serve.documented import NDJSON, WRITING
from goemox.serve.limits import MAX_STREAMED
from goemox.serve.logs import tell_failure
from goemox.serve.problems import Problem
from goemox.serve.schemas import In, Out, Probability, ProblemAnswer, Text, TextAnswer
from goemox.serve.scoring import Scored
from goemox.serve.service import ClientGone, Service, while_connected
from goemox.serve.strict_json import StrictRoute
from goemox.serve.told import facts, results

__all__ = ["StreamAnswer", "streaming"]

SLICE = 64  # texts that are in the queue, or on their way to the client
MOST_STREAMS = 16  # at once: each holds its texts, two megabytes, for as long as its client takes
AGAIN_S = 0.05  # between tries where the queue is full
FEWER = "Send fewer or shorter texts."
LAST_WORD_S = 1.0  # for the last line, where the server stops


class StreamRequest(In):
    """Many texts to read, answered as they are read."""

    texts: Annotated[list[Text], Field(min_length=1, max_length=MAX_STREAMED)]


class StreamHead(Out):
    """The first line: what answers, and how its scores are to be read."""

    model: str
    calibrated: bool
    thresholds: dict[str, Probability]


class StreamLine(TextAnswer):
    """One text, as a result of /v1/predict. index: its place in `texts`, from 0; lines come in this order."""

    index: Annotated[int, Field(ge=0)]


class StreamEnd(Out):
    """The last line: so many texts were answered, which is all of them. Without it the answer was cut."""

    done: Annotated[int, Field(ge=1)]


class StreamProblem(Out):
    """The last line instead of the end, where something went wrong on the way."""

    problem: ProblemAnswer


StreamAnswerLine = Annotated[
    StreamHead | StreamLine | StreamEnd | StreamProblem,
    Field(
        description="One JSON document a line. The first has `model`, `calibrated` and `thresholds`. Then "
        "comes one a text, in their order, with `index`. The last has `done`, or `problem` where something "
        "went wrong."
    ),
]


class _Lines(JSONResponse):
    """Tells the OpenAPI document what a line is."""

    media_type = NDJSON


def streaming(service: Service) -> APIRouter:
    """The address that answers many texts."""
    api = APIRouter(route_class=StrictRoute)
    places = asyncio.Semaphore(MOST_STREAMS)

    @api.post(
        "/v1/stream", response_class=_Lines, response_model=StreamAnswerLine,
        responses=WRITING, tags=["goemox"],
    )  # fmt: skip
    async def stream(body: StreamRequest, request: Request) -> Response:
        """As `/v1/predict` for up to 10,000 texts, one JSON document a line (NDJSON), as they are read.

        The last line is `{"done": n}`; an answer without it was cut. Take the lines as they come: a client
        that takes nothing for 30 seconds is dropped.
        """
        if places.locked():
            raise Problem("overloaded", full="streams-full", retry_after=2)
        await places.acquire()
        try:
            first = await while_connected(request, service.score(body.texts[:SLICE], slow=FEWER))
        except BaseException:
            places.release()
            raise
        return StreamAnswer(service, body.texts, first, places.release)

    return api


class StreamAnswer(Response):
    """The answer under way.

    first: the first slice, read already, so that its refusal has a status. ended(): nothing more is sent.
    """

    media_type = NDJSON

    def __init__(
        self, service: Service, texts: Sequence[str], first: Sequence[Scored], ended: Callable[[], None]
    ) -> None:
        self._service, self._texts, self._first, self._ended = service, texts, first, ended
        self.status_code, self.background = 200, None
        self.init_headers({"x-accel-buffering": "no"})  # nginx would hold the lines back

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send all lines, unless the client leaves before."""
        try:
            head = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            await send(head)
            with suppress(ClientGone):
                await while_connected(Request(scope, receive), self._send_all(send))
        except asyncio.CancelledError:  # the server stops, and waits no longer
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_WORD_S):
                    await _write(send, [_problem(Problem("not-ready"))], more=False)
        finally:
            self._ended()

    async def _send_all(self, send: Send) -> None:
        try:
            await self._send_slices(send)
            last: Mapping[str, object] = {"done": len(self._texts)}
        except Problem as problem:
            last = _problem(problem)
        except Exception as error:
            tell_failure(error, "a stream")
            last = _problem(Problem("internal"))
        await _write(send, [last], more=False)

    async def _send_slices(self, send: Send) -> None:
        found, lines = self._first, [facts(self._service.classifier)]
        for start in range(0, len(self._texts), SLICE):
            if start:
                found = await self._scored(self._texts[start : start + SLICE])
            told = await results(found, self._service.languages)
            lines += [{"index": start + i} | each for i, each in enumerate(told)]
            await _write(send, lines)
            lines = []
            await _write(send, [])  # returns when the client has taken the last lines

    async def _scored(self, texts: Sequence[str]) -> list[Scored]:
        """As `Service.score`; a full queue is tried again, for as long as an answer may take."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._service.limits.answer_s
        while True:
            try:
                return await self._service.score(texts, slow=FEWER)
            except Problem as problem:
                if problem.code != "overloaded" or loop.time() > end:
                    raise
            await asyncio.sleep(AGAIN_S)


def _problem(problem: Problem) -> Mapping[str, object]:
    return {"problem": orjson.Fragment(problem.body)}


async def _write(send: Send, lines: Sequence[Mapping[str, object]], *, more: bool = True) -> None:
    body = b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines)
    await send({"type": "http.response.body", "body": body, "more_body": more})
