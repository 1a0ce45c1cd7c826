"""Whole inputs for the parsers of files: made here, so that no data is stored."""

from __future__ import annotations

import gzip
import io
import json
from hashlib import sha256

from parsers import made

__all__ = ["CONFIG", "RULE", "SEEDS", "arrow_bytes"]

CSV = b'id,text,labels\n1,"so ""good"", thanks",joy|love\n2,\xe2\x80\x9cwhy\xe2\x80\x9d,\n3,plain,anger\n'
TSV = CSV.replace(b",", b"\t")
JSONL = b"""{"id": "1", "text": "thanks", "labels": ["joy"], "n": 1.5}
{"id": 2, "text": "\\ud83d\\ude00", "labels": []}
"""
ARRAY = b'[{"text": "thanks", "labels": ["joy"]},\n {"text": "no", "labels": null}]'
OFFICIAL = b"My favourite food\t27\teebbqej\nNow what\t2,14\ted00q6i\n"
TRAIN = b"".join(b'{"text": "text %d", "labels": "%s"}\n' % (i, (b"joy", b"fear")[i % 2]) for i in range(40))
CONFIG = json.dumps({
    "architectures": ["DistilBertForSequenceClassification"], "problem_type": "multi_label_classification",
    "id2label": {"0": "joy", "1": "anger"}, "max_position_embeddings": 512,
}).encode()  # fmt: skip
PART = {
    "calibrators": [[1.0, 1.0, 0.0]], "thresholds": {"positive": 0.5}, "fallback": "none", "conformal": None,
    "fitted_on": "0" * 64, "members": {"positive": ["joy"]},
}  # fmt: skip
RULE = json.dumps({
    "schema": "goemox.model/1", "labels": ["joy", "anger"], "dev": {}, "global_threshold": 0.5,
    "calibrators": [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0]], "thresholds": {"joy": 0.4, "anger": 0.6},
    "conformal": {"alpha": 0.1, "cutoff": 0.2, "population": "texts", "n": 60}, "fitted_on": "0" * 64,
    "fallback": "top", "mappings": {"sentiment": PART},
}).encode()  # fmt: skip
METRICS = {"macro_f1": {"value": 0.5, "low": 0.4, "high": 0.6}}
REPORT = json.dumps({
    "schema": "goemox.report/1", "goemox_version": "1",
    "model": {"labels": ["joy", "anger"], "sha256": "0" * 64},
    "in_domain": {"dataset": "x", "n": 1, "metrics": METRICS},
    "domains": [{"name": "issues", "n": 1, "label_share": {"joy": 1.0}, "confidence": {}, "distance": None}],
    "findings": [{"text": "words"}],
}).encode()  # fmt: skip
ROWS = made(
    {"domain": "x", "id": "1", "true_labels": ["joy"], "labels": ["joy"], "scores": [0.6, 0.1]},
    {"domain": "issues", "id": "1", "labels": ["joy"], "scores": [0.6, 0.1], "text_sha256": "0"},
)
TOKENIZER = json.dumps({
    "version": "1.0", "truncation": None, "padding": None, "added_tokens": [],
    "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": None,
    "decoder": None, "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "ok": 1}, "unk_token": "[UNK]"},
}).encode()  # fmt: skip
CLASSES = {"_type": "ClassLabel", "names": ["joy", "anger", "fear"]}
DATASET = {"_data_files": [{"filename": "rows.arrow"}], "features": {"labels": {"feature": CLASSES}}}
RATED = {"id": "1", "text": "a", "labels": ["joy"], "judged": ["joy", "anger"], "rater": "ann"}


def arrow_bytes() -> bytes:
    import polars as pl

    stream = io.BytesIO()
    pl.DataFrame({"text": ["thanks", "no"], "labels": [[1], [0, 2]]}).write_ipc(stream)
    return stream.getvalue()


def _parquet() -> bytes:
    import polars as pl

    stream = io.BytesIO()
    pl.DataFrame({"id": ["1", "2"], "text": ["thanks", "no"], "labels": [["joy"], []]}).write_parquet(stream)
    return stream.getvalue()


def _earlier() -> bytes:
    """A file that `goemox collect` wrote."""
    import polars as pl

    stream = io.BytesIO()
    names = ("id", "text", "title", "body", "source", "url", "created_at")
    pl.DataFrame({name: ["hn-1", None] for name in names}).write_parquet(stream)
    return stream.getvalue()


def _zst(data: bytes) -> bytes:
    from backports import zstd

    return bytes(zstd.compress(data))


def _arrays() -> bytes:
    import numpy as np
    from safetensors.numpy import save

    m, d, k = 6, 4, 2
    return bytes(save({
        "mean": np.zeros(d, np.float32), "whitener": np.eye(d, dtype=np.float32),
        "distances": np.arange(m, dtype=np.float32), "probabilities": np.full((m, k), 0.5, np.float16),
        "n_words": np.ones(m, np.int32),
    }))  # fmt: skip


def _sums() -> bytes:
    """Of a folder that is as it should be."""
    parts = {"config.json": CONFIG, "tokenizer.json": b"{}"}
    return "".join(f"{sha256(part).hexdigest()}  {name}\n" for name, part in parts.items()).encode()


def _graph_bytes() -> bytes:
    """The smallest ONNX model: one Identity, written field by field, so that onnx itself is not needed."""

    def field(number: int, content: bytes) -> bytes:
        return bytes([number << 3 | 2, len(content)]) + content

    def value(name: bytes) -> bytes:
        shape = field(2, field(1, b"\x08\x01"))  # one dimension of 1
        return field(1, name) + field(2, field(1, b"\x08\x01" + shape))  # of 32-bit floats

    node = field(1, b"x") + field(2, b"y") + field(4, b"Identity")
    graph = field(1, node) + field(2, b"g") + field(11, value(b"x")) + field(12, value(b"y"))
    return b"\x08\x08" + field(7, graph) + field(8, field(1, b"") + b"\x10\x11")


SEEDS = {
    "rows.csv": [CSV, OFFICIAL],
    "rows.tsv": [TSV, OFFICIAL],
    "rows.jsonl": [JSONL],
    "rows.json": [ARRAY, JSONL, b"{}"],
    "rows.txt": [b"one\r\ntwo\n", "größe\n".encode("latin-1")],
    "rows.parquet": [_parquet()],
    "rows.arrow": [arrow_bytes()],
    "rows.csv.gz": [gzip.compress(CSV), gzip.compress(CSV)[:-9]],
    "rows.jsonl.zst": [_zst(JSONL), _zst(JSONL)[:-5]],
    "rows of a pipe": [b"\0" + CSV, b"\x01" + ARRAY, b"\x02" + CSV.decode().encode("utf-16")],
    "rows to train on": [TRAIN],
    "datasets folder": made(DATASET),
    "goemox.toml": [b'model = "a"\n[predict]\ntop-k = 3\n[collect.github]\nrate = 1.5\n'],
    "config.json": [CONFIG],
    "goemox.json": [RULE],
    "SHA256SUMS": [_sums(), b"0" * 64 + b" *config.json\n"],
    "reference.safetensors": [_arrays()],
    "tokenizer.json": [TOKENIZER],
    "model.onnx": [_graph_bytes()],
    "report.json to compare": [REPORT + b"\0" + b"\n".join(ROWS), REPORT],
    "report.json to draw": [REPORT],
    "mapping": made({"happy": ["joy", "love"]}),
    "labels of a rater": made(RATED),
    "list of repositories": [b"# mine\npallets/flask\n\nencode/httpx # two\n"],
    "Parquet collected before": [_parquet(), _earlier()],
    "rows collected before": made({"id": "hn-1", "text": "a"}),
}
"""Name of a parser: inputs that it takes, or nearly."""
