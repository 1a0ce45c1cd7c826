"""Parsers of files that a user names: tables, packed files, models' parts, reports, settings."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from parser_seeds import CONFIG, RULE, SEEDS, arrow_bytes
from parsers import Target, said

from goemox.errors import GoemoxError
from goemox.labels import GOEMOTIONS

__all__ = ["FILES"]

ENCODINGS = (None, "utf-8", "utf-16", "latin-1", "cp1252", "shift_jis", "punycode", "rot13", "nonsense")


def _table(ending: str) -> Callable[[bytes, Path], object]:
    """Every way to read a file of rows: as texts with bad rows told, and as labelled rows that all count."""

    def read(data: bytes, folder: Path) -> object:
        from goemox.data.files import read_records
        from goemox.data.labelled import load_labelled_file

        path = folder / f"rows{ending}"
        path.write_bytes(data)
        bad: list[object] = []
        found = []
        for ask in (
            lambda: list(read_records(path, bad_rows=bad)),  # type: ignore[arg-type]
            lambda: list(read_records(path, label_column=("labels", "label"), labels=GOEMOTIONS)),
            lambda: load_labelled_file(path),
        ):
            try:
                found.append(ask())
            except GoemoxError as error:
                said(error)
        return found

    return read


def _piped(data: bytes, _: Path) -> object:
    """Standard input, whose form is guessed; the first byte names an encoding."""
    from goemox.data.files import read_records

    encoding = ENCODINGS[data[0] % len(ENCODINGS)] if data else None
    return list(read_records("-", stdin=io.BytesIO(data[1:]), encoding=encoding, bad_rows=[]))


def _training(data: bytes, folder: Path) -> object:
    from goemox.data.training_sets import training_set_of_file

    (folder / "rows.jsonl").write_bytes(data)
    return training_set_of_file(folder / "rows.jsonl")


def _settings(data: bytes, folder: Path) -> object:
    from goemox.settings import read_settings

    (folder / "goemox.toml").write_bytes(data)
    return read_settings(folder / "goemox.toml", {"predict": {"top_k", "model"}, "collect.github": {"rate"}})


def _model(name: str) -> Callable[[bytes, Path], object]:
    """A folder whose other files are whole, with this one as it comes, opened and asked for its rule."""

    def read(data: bytes, folder: Path) -> object:
        from goemox.classifier import EmotionClassifier
        from goemox.decision.shipped import rule_of
        from goemox.model_folder import SUMS, open_model, write_sums

        parts = {"config.json": CONFIG, "tokenizer.json": b"{}", name: data}
        if name in ("goemox.json", "reference.safetensors"):
            parts |= {"goemox.json": RULE, name: data}
        for part, content in parts.items():
            (folder / part).write_bytes(content)
        if name != SUMS and "goemox.json" in parts:
            write_sums(folder)
        opened = open_model(folder)
        rule_of(opened)
        classifier = EmotionClassifier(opened)
        return classifier.groupings, classifier.profile

    return read


def _tokenizer(data: bytes, folder: Path) -> object:
    from goemox.runtime.tokenizer_file import open_tokenizer

    (folder / "tokenizer.json").write_bytes(data)
    return open_tokenizer(folder / "tokenizer.json", 32)


def _graph(data: bytes, folder: Path) -> object:
    from goemox.runtime.graph import read_graph
    from goemox.runtime.onnxruntime_engine import OnnxruntimeEngine

    (folder / "model.onnx").write_bytes(data)
    path = folder / "model.onnx"
    return OnnxruntimeEngine(read_graph(path, sha256(data).hexdigest()), path)


def _report(data: bytes, folder: Path) -> object:
    """report.json and rows, split at the first NUL, as `goemox report --compare` reads them."""
    from goemox.comparison.study_on_disk import read_study

    report, _, rows = data.partition(b"\0")
    (folder / "report.json").write_bytes(report)
    if rows:
        (folder / "rows.jsonl.gz").write_bytes(gzip.compress(rows, 1) if rows[:2] != b"\x1f\x8b" else rows)
    return read_study(folder)


def _page(data: bytes, folder: Path) -> object:
    """report.json as `goemox report` draws it."""
    from goemox.report.page import render
    from goemox.studies.report_files import read_report

    (folder / "report.json").write_bytes(data)
    return render(read_report(folder / "report.json"))


def _mapping(data: bytes, folder: Path) -> object:
    from goemox.evaluation.mapping import read_mapping

    (folder / "mapping.json").write_bytes(data)
    return read_mapping(folder / "mapping.json", GOEMOTIONS)


def _labels(data: bytes, folder: Path) -> object:
    """A rater's file that a session goes on from."""
    from goemox.labelling.label_file import open_labels

    (folder / "labels.jsonl").write_bytes(data)
    with open_labels(folder / "labels.jsonl", ("joy", "anger"), "ann") as file:
        return file


def _repositories(data: bytes, folder: Path) -> object:
    from goemox.sources.github_wanted import read_names

    (folder / "names.txt").write_bytes(data)
    return read_names(folder / "names.txt")


def _collected(data: bytes, folder: Path) -> object:
    """The rows of an earlier run that `collect -o` goes on from."""
    from goemox.data.collected import open_collected

    (folder / "rows.jsonl").write_bytes(data)
    with open_collected(folder / "rows.jsonl") as file:
        return file


def _collected_parquet(data: bytes, folder: Path) -> object:
    from goemox.data.collected import collected_ids, open_collected

    (folder / "rows.parquet").write_bytes(data)
    with open_collected(folder / "rows.parquet") as file:
        return file, collected_ids(folder / "rows.parquet")


def _dataset(data: bytes, folder: Path) -> object:
    """A folder of the `datasets` library whose descriptions are foreign."""
    from goemox.data.files import read_records

    for name in ("state.json", "dataset_info.json"):
        (folder / name).write_bytes(data)
    (folder / "rows.arrow").write_bytes(arrow_bytes())
    return list(read_records(folder, bad_rows=[]))


READERS: Mapping[str, Callable[[bytes, Path], object]] = {
    **{f"rows{ending}": _table(ending) for ending in (".csv", ".tsv", ".jsonl", ".json", ".txt")},
    **{f"rows{ending}": _table(ending) for ending in (".parquet", ".arrow", ".csv.gz", ".jsonl.zst")},
    "rows of a pipe": _piped,
    "rows to train on": _training,
    "datasets folder": _dataset,
    "goemox.toml": _settings,
    **{name: _model(name) for name in ("config.json", "goemox.json", "SHA256SUMS", "reference.safetensors")},
    "tokenizer.json": _tokenizer,
    "model.onnx": _graph,
    "report.json to compare": _report,
    "report.json to draw": _page,
    "mapping": _mapping,
    "labels of a rater": _labels,
    "list of repositories": _repositories,
    "Parquet collected before": _collected_parquet,
    "rows collected before": _collected,
}
FILES: Sequence[Target] = tuple(Target(name, read, SEEDS[name]) for name, read in READERS.items())
