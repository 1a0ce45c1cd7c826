"""Peers that run in torch, and the plain scikit-learn baseline; openers as in `peers_graphs`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from by_hand import Batch, Floats, Labels, Texts, by_hand, labels_of, opened_tokenizer
from peers_graphs import Run, label_names

__all__ = ["TORCH"]

PADDED = 64  # tokens that every text is padded to, or cut at, in the padded pipeline


def pipeline(model: str, *, padded: bool) -> Callable[[Path, int], Run]:
    """The transformers pipeline as it comes: texts in their own order, sigmoid on all labels, the cut."""

    def opened(folder: Path, threads: int) -> Run:
        import torch
        from transformers import pipeline as transformers_pipeline

        torch.set_num_threads(threads)
        classify = transformers_pipeline(
            "text-classification", model=str(folder / model), top_k=None, function_to_apply="sigmoid",
            device="cpu",
        )  # fmt: skip
        more = {"padding": "max_length", "max_length": PADDED} if padded else {}

        def run(texts: Texts, size: int) -> Labels:
            found = classify(list(texts), batch_size=size, truncation=True, **more)
            return [
                ([each["label"] for each in row if each["score"] > 0.5], [each["score"] for each in row])
                for row in found
            ]

        return run

    return opened


def torch_by_hand(kind: str, *, compiled: bool = False) -> Callable[[Path, int], Run]:
    """The model in fp32 or bf16 under inference mode, compiled for free shapes where asked."""

    def opened(folder: Path, threads: int) -> Run:
        import torch
        from transformers import AutoModelForSequenceClassification

        torch.set_num_threads(threads)
        model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=getattr(torch, kind)).eval()
        answer = torch.compile(model, dynamic=True) if compiled else model

        @torch.inference_mode()
        def one(batch: Batch) -> Floats:
            ids, mask = torch.from_numpy(batch.ids), torch.from_numpy(batch.mask)
            return answer(input_ids=ids, attention_mask=mask).logits.float().numpy()

        def logits(plan: Sequence[Batch]) -> list[Floats]:
            return [one(batch) for batch in plan]

        return by_hand(opened_tokenizer(folder), label_names(folder), logits)

    return opened


def tfidf(folder: Path, _: int) -> Run:
    """Words and word pairs, one logistic regression a label, fitted on GoEmotions train by `weights.py`."""
    import pickle

    names = label_names(folder)
    words, weights, bias = pickle.loads((folder / "tfidf.pickle").read_bytes())

    def run(texts: Texts, _: int) -> Labels:
        return labels_of(1 / (1 + np.exp(-(words.transform(texts) @ weights + bias))), names)

    return run


TORCH: dict[str, Callable[[Path, int], Run]] = {
    "transformers pipeline": pipeline(".", padded=False),
    "distilbert-base padded": pipeline("distilbert-base", padded=True),
    "torch fp32": torch_by_hand("float32"),
    "torch bf16": torch_by_hand("bfloat16"),
    "torch.compile bf16": torch_by_hand("bfloat16", compiled=True),
    "tf-idf": tfidf,
}
