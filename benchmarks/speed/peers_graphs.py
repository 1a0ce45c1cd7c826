"""Peers that run a graph: onnxruntime, OpenVINO and CTranslate2, set up by hand with two threads.

Each opener is given the folder of `weights.py` and the threads, and gives a function of texts and batch size.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from by_hand import Batch, Floats, Labels, Texts, by_hand, opened_tokenizer

__all__ = ["GRAPHS"]

Run = Callable[[Texts, int], Labels]
FP32, INT8, NNCF = "onnx/model.onnx", "onnx/model_int8.onnx", "nncf/model_int8.xml"
EARLIER = "onnx/earlier_int8.onnx"


def label_names(folder: Path) -> list[str]:
    """Names of the labels in the order of the logits."""
    named = json.loads((folder / "config.json").read_text("utf-8"))["id2label"]
    return [named[str(number)] for number in range(len(named))]


def onnxruntime_by_hand(graph: str) -> Callable[[Path, int], Run]:
    """A session with `threads` threads in an operator and the defaults otherwise."""

    def opened(folder: Path, threads: int) -> Run:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(
            str(folder / graph), options, providers=["CPUExecutionProvider"]
        )

        def logits(plan: Sequence[Batch]) -> list[Floats]:
            return [
                session.run(["logits"], {"input_ids": batch.ids, "attention_mask": batch.mask})[0]
                for batch in plan
            ]

        return by_hand(opened_tokenizer(folder), label_names(folder), logits)

    return opened


def openvino_by_hand(graph: str, precision: str) -> Callable[[Path, int], Run]:
    """As many streams as threads, fed by an asynchronous queue, as OpenVINO advises for throughput."""

    def opened(folder: Path, threads: int) -> Run:
        import openvino

        core = openvino.Core()
        compiled = core.compile_model(
            core.read_model(str(folder / graph)),
            "CPU",
            {
                "PERFORMANCE_HINT": "THROUGHPUT",
                "NUM_STREAMS": str(threads),
                "INFERENCE_NUM_THREADS": threads,
                "INFERENCE_PRECISION_HINT": precision,
            },
        )
        queue = openvino.AsyncInferQueue(compiled, threads)
        found: dict[int, Floats] = {}

        def keep(request: openvino.InferRequest, number: int) -> None:
            found[number] = np.array(request.get_tensor("logits").data, dtype=np.float32)

        queue.set_callback(keep)

        def logits(plan: Sequence[Batch]) -> list[Floats]:
            found.clear()
            for number, batch in enumerate(plan):
                queue.start_async({"input_ids": batch.ids, "attention_mask": batch.mask}, number)
            queue.wait_all()
            return [found[number] for number in range(len(plan))]

        return by_hand(opened_tokenizer(folder), label_names(folder), logits)

    return opened


def ctranslate2_by_hand(folder: Path, threads: int) -> Run:
    """The encoder converted to int8; its converter knows no classifier, so the head is numpy's.

    One thread in an operator and `threads` batches at a time.
    """
    import ctranslate2
    from safetensors.numpy import load_file

    encoder = ctranslate2.Encoder(
        str(folder / "ctranslate2"), device="cpu", compute_type="int8",
        inter_threads=threads, intra_threads=1,
    )  # fmt: skip
    head = load_file(folder / "model.safetensors")
    first, first_bias = head["pre_classifier.weight"].T.copy(), head["pre_classifier.bias"]
    last, last_bias = head["classifier.weight"].T.copy(), head["classifier.bias"]

    def one(batch: Batch) -> Floats:
        lengths = batch.mask.sum(1).tolist()
        ids = [row[:n].tolist() for row, n in zip(batch.ids, lengths, strict=True)]
        states = np.asarray(encoder.forward_batch(ids).last_hidden_state)
        hidden = np.maximum(states[:, 0].astype(np.float32) @ first + first_bias, 0)
        return hidden @ last + last_bias

    def logits(plan: Sequence[Batch]) -> list[Floats]:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(one, plan))

    return by_hand(opened_tokenizer(folder), label_names(folder), logits)


GRAPHS: dict[str, Callable[[Path, int], Run]] = {
    "onnxruntime fp32": onnxruntime_by_hand(FP32),
    "onnxruntime int8": onnxruntime_by_hand(INT8),
    "onnxruntime int8 earlier": onnxruntime_by_hand(EARLIER),
    "openvino int8 earlier": openvino_by_hand(EARLIER, "bf16"),
    "openvino bf16": openvino_by_hand(FP32, "bf16"),
    "openvino int8": openvino_by_hand(INT8, "bf16"),
    "openvino int8 nncf": openvino_by_hand(NNCF, "bf16"),
    "ctranslate2 int8": ctranslate2_by_hand,
}
