"""A transformers pipeline behind FastAPI, as one writes it who needs a server this afternoon.

    python benchmarks/load/peer_server.py --weights DIR [--port 8001] [--threads N]

Needs torch, transformers, fastapi and uvicorn, not goemox. The route is a plain function, so FastAPI calls it
in its pool of threads. --threads: torch's threads for one request; by default what torch chooses.
"""

from __future__ import annotations

import argparse

import torch
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from transformers import pipeline

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--weights", required=True, help="a transformers folder")
parser.add_argument("--port", type=int, default=8001)
parser.add_argument("--threads", type=int)
arguments = parser.parse_args()
if arguments.threads:
    torch.set_num_threads(arguments.threads)

app = FastAPI()
classify = pipeline(
    "text-classification", model=arguments.weights, top_k=None, function_to_apply="sigmoid", device="cpu"
)


class Texts(BaseModel):
    """One text or several."""

    inputs: str | list[str]


class LabelScore(BaseModel):
    """One label of a text."""

    label: str
    score: float


@app.post("/predict")
def predict(body: Texts) -> list[list[LabelScore]]:
    texts = [body.inputs] if isinstance(body.inputs, str) else body.inputs
    return classify(texts)


@app.get("/ready")
def ready() -> dict[str, str]:
    return {"status": "ok"}


uvicorn.run(app, host="127.0.0.1", port=arguments.port, access_log=False, log_level="warning")
