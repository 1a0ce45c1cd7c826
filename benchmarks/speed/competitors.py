"""Who runs against whom, and what each of them is and does."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BEFORE", "COMPETITORS", "DEFAULT", "EARLIER", "FASTEST", "PIPELINE", "Competitor", "named"]


@dataclass(frozen=True, slots=True)
class Competitor:
    """opener, table: the module and entry that `worker.py` opens. batch: fixed, or the best of a warm-up."""

    name: str
    words: str
    opener: str
    table: str
    batch: int | None = None
    threads: int = 2

    @property
    def is_ours(self) -> bool:
        """Whether it is goemox, of today or of before."""
        return self.opener == "ours"


DEFAULT, FASTEST, BEFORE, PIPELINE = "goemox", "goemox[openvino]", "goemox, before", "transformers, batch 32"
EARLIER = ("onnxruntime int8, earlier graph", "OpenVINO int8, earlier graph")
HAND = "tokenised, sorted by length, padded to the longest of a batch, sigmoid, cut at .5"
OURS = "everything: repeats, tokens, calibration, labels, prediction sets, domain distance"
COMPETITORS = (
    Competitor(DEFAULT, f"default install, onnxruntime int8; {OURS}", "ours", "goemox", 1),
    Competitor(FASTEST, f"the same on OpenVINO; {OURS}", "ours", "goemox openvino", 1),
    Competitor(BEFORE, "goemox as it was before this work (commit 2faeb3e)", "ours", "goemox before", 1),
    Competitor("transformers, batch 1", "its pipeline, fp32, texts as they come, one by one", "torch",
               "transformers pipeline", 1),
    Competitor(PIPELINE, "its pipeline, fp32, texts as they come", "torch", "transformers pipeline", 32),
    Competitor("DistilBERT-base, padded", "its pipeline at DistilBERT-base's size (random weights), fp32, "
               "all texts padded to 64 tokens, batch 32", "torch", "distilbert-base padded", 32),
    Competitor("torch fp32", HAND, "torch", "torch fp32"),
    Competitor("torch bf16", HAND, "torch", "torch bf16"),
    Competitor("torch.compile bf16", HAND, "torch", "torch.compile bf16"),
    Competitor("onnxruntime fp32", HAND, "graphs", "onnxruntime fp32"),
    Competitor("onnxruntime int8", f"the same int8 graph; {HAND}", "graphs", "onnxruntime int8"),
    Competitor("OpenVINO bf16", f"two streams; {HAND}", "graphs", "openvino bf16"),
    Competitor("OpenVINO int8", f"the same int8 graph, the rest in bf16, two streams; {HAND}", "graphs",
               "openvino int8"),
    Competitor("OpenVINO int8, NNCF", f"int8 of its own making, the rest in bf16, two streams; {HAND}",
               "graphs", "openvino int8 nncf"),
    Competitor("onnxruntime int8, earlier graph", f"goemox's int8 graph from before this work; {HAND}",
               "graphs", "onnxruntime int8 earlier"),
    Competitor("OpenVINO int8, earlier graph", f"the same, two streams; {HAND}", "graphs",
               "openvino int8 earlier"),
    Competitor("CTranslate2 int8", f"two batches at a time, head in numpy; {HAND}", "graphs",
               "ctranslate2 int8"),
    Competitor("TF-IDF + logistic regression", "scikit-learn, another and a much weaker model", "torch",
               "tf-idf", 1),
)  # fmt: skip


def named(*names: str) -> tuple[Competitor, ...]:
    """The competitors of these names, in the order of the table."""
    return tuple(each for each in COMPETITORS if each.name in names)
