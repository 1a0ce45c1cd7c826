"""What the peers read, out of full weights: runs in the peers' environment, called by `weights.py`.

    python benchmarks/speed/peer_formats.py FOLDER TRAIN.tsv

Adds to FOLDER: `nncf/` (OpenVINO's own int8, calibrated on 300 training texts), `ctranslate2/`,
`distilbert-base/` (random weights of that size: speed does not depend on their values) and `tfidf.pickle`.
A format that cannot be made is told on stderr and left out.
"""

from __future__ import annotations

import csv
import json
import pickle
import shutil
import sys
import traceback
from pathlib import Path

import numpy as np
from by_hand import opened_tokenizer

N_CALIBRATION = 300


def main() -> None:
    folder, train = Path(sys.argv[1]), Path(sys.argv[2])
    with train.open(encoding="utf-8", newline="") as rows:
        lines = [row[:2] for row in csv.reader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)]
    for make in (nncf_int8, ctranslate2_int8, distilbert_base, tfidf):
        try:
            make(folder, lines)
        except Exception:  # whatever it was, the other peers can be measured
            traceback.print_exc()
            print(f"{make.__name__} cannot be made", file=sys.stderr)


def nncf_int8(folder: Path, lines: list[list[str]]) -> None:
    """Post-training quantisation as NNCF's documentation does it for transformers."""
    import nncf
    import openvino

    tokenizer = opened_tokenizer(folder)
    feeds = []
    for text, _ in lines[:N_CALIBRATION]:
        ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
        feeds.append({"input_ids": ids, "attention_mask": np.ones_like(ids)})
    model = openvino.Core().read_model(str(folder / "onnx" / "model.onnx"))
    made = nncf.quantize(
        model, nncf.Dataset(feeds), model_type=nncf.ModelType.TRANSFORMER, subset_size=N_CALIBRATION
    )
    (folder / "nncf").mkdir(exist_ok=True)
    openvino.save_model(made, str(folder / "nncf" / "model_int8.xml"), compress_to_fp16=False)


def ctranslate2_int8(folder: Path, lines: list[list[str]]) -> None:  # noqa: ARG001
    """The encoder; the converter has no loader for the classifier's head."""
    from ctranslate2.converters import TransformersConverter
    from transformers import AutoModelForSequenceClassification

    encoder = folder / "encoder"
    model = AutoModelForSequenceClassification.from_pretrained(folder)
    model.distilbert.save_pretrained(encoder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(folder / name, encoder / name)
    TransformersConverter(str(encoder)).convert(str(folder / "ctranslate2"), quantization="int8", force=True)


def distilbert_base(folder: Path, lines: list[list[str]]) -> None:  # noqa: ARG001
    """A classifier of DistilBERT-base's size with as many labels."""
    from transformers import DistilBertConfig, DistilBertForSequenceClassification

    names = json.loads((folder / "config.json").read_text("utf-8"))["id2label"]
    config = DistilBertConfig(
        id2label={int(number): name for number, name in names.items()},
        label2id={name: int(number) for number, name in names.items()},
        problem_type="multi_label_classification",
    )
    made = folder / "distilbert-base"
    DistilBertForSequenceClassification(config).save_pretrained(made)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(folder / name, made / name)


def tfidf(folder: Path, lines: list[list[str]]) -> None:
    """Words and word pairs of at least two texts; one logistic regression a label."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    names = json.loads((folder / "config.json").read_text("utf-8"))["id2label"]
    words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2)
    seen = words.fit_transform([text for text, _ in lines])
    judged = [set(labels.split(",")) for _, labels in lines]
    fitted = [
        LogisticRegression(solver="liblinear").fit(seen, [number in each for each in judged])
        for number in names
    ]
    weights = np.concatenate([each.coef_ for each in fitted]).T.astype(np.float64)
    bias = np.concatenate([each.intercept_ for each in fitted])
    (folder / "tfidf.pickle").write_bytes(pickle.dumps((words, weights, bias)))


if __name__ == "__main__":
    main()
