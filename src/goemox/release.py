"""`train`: one call from labelled splits to a whole model folder; the bundled model is made by it.

train -> ONNX -> thresholds, calibration and prediction sets on dev -> domain profile -> int8 gate ->
evaluation on test -> card. Nothing in the folder is edited by hand.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from goemox._version import __version__
from goemox.assessment import assess
from goemox.atomic import clear_leftovers, clear_parts, write_bytes, write_text
from goemox.classifier import EmotionClassifier
from goemox.data.marked_rows import counted, figures_mislead
from goemox.data.training_sets import TrainingSet, read_training_set, training_set_of_file
from goemox.data.unlabelled import Unlabelled
from goemox.decision.conformal import MIN_CARRYING
from goemox.decision.rule import DecisionRule
from goemox.domain import hash_words
from goemox.errors import GateFailed, GoemoxError
from goemox.model_card import model_card
from goemox.model_folder import (
    EVALUATION,
    FACTS,
    ONNX_FP32,
    ONNX_INT8,
    REFERENCE,
    SCHEMA,
    WEIGHTS,
    open_model,
    write_sums,
)
from goemox.model_place import check_place, check_work, write_folder
from goemox.records import rows_sha256, truth_matrix
from goemox.release_baselines import trained_baselines
from goemox.release_choices import decision_facts, domain_profile, rule_of_dev
from goemox.scores import Bools, ScoreMatrix

if TYPE_CHECKING:
    from goemox.runtime.session import Scorer
    from goemox.training.distil import Distillation
    from goemox.training.log import TrainingLog
    from goemox.training.loop import Recipe
    from goemox.training.train import Trained

__all__ = ["EMBEDDING_DEPTH", "train"]

EMBEDDING_DEPTH = 1  # the encoder layer whose mean the domain distance uses; see benchmarks/domain_depth.py
LOG = "training.jsonl"
OWN = "work-of-goemox-train.txt"
SHARED_FOR = 600  # seconds; in a work folder that seeds share, an older unfinished file has no writer

Say = Callable[[str], None]


def train(
    data: TrainingSet | str | Path,
    output: str | Path,
    *,
    base: str = "minilm",
    recipe: Recipe | Distillation | None = None,
    unlabelled: Unlabelled | None = None,
    name: str | None = None,
    work: Path | None = None,
    bundle: bool = False,
    say: Say = lambda message: None,
) -> Path:
    """Train on `data` and write a model folder to `output`, whole or not at all; returns the folder.

    data: a folder with train, dev and (optional) test splits, "goemotions", one labelled file (dev and test
    are split off it), or a `TrainingSet` for everything else, see `goemox.data.training_sets`. recipe: one
    run of fine-tuning, or a distillation, which also learns from `unlabelled` texts. base: "minilm",
    "distilbert", "default" (the bundled model), a folder or hub id. name: of the model, in
    its card and in reports; the base's where none is given. bundle: leave out what is not needed at run
    time. work: the folder from which a killed run goes on; where none is named `<output>.work`, which is
    removed at the end unless it stood there before, made by something else. say(message): what happens.
    Raises MissingExtra without [train], UsageError where something else than a model lies at `output`,
    InvalidInput for unusable data, GateFailed where the fp32 graph is not what was trained, or a bundle would
    lose too much by int8.
    """
    from goemox.training.log import TrainingLog
    from goemox.training.train import warn_of_overlap

    output = Path(output)
    check_work(work, output)
    check_place(output, say)
    splits = _read(data, _seed_of(recipe), say)
    for side, rows in (("dev", splits.dev), ("test", splits.test)):
        warn_of_overlap(splits.train, rows, side, say)
        if misled := figures_mislead(**counted(rows), n=len(rows)):
            say(f"{side}: {misled}")
    place = work or output.with_name(f"{output.name}.work")
    is_own = work is None and _make_own(place)
    place.mkdir(parents=True, exist_ok=True)
    if work is not None:
        (place / OWN).unlink(missing_ok=True)  # a folder that is named is kept, whoever made it
    clear_leftovers(output)
    clear_parts(place, older_than=0 if is_own else SHARED_FOR)
    say(f"training on {len(splits.train):,} rows, {len(splits.labels)} labels")
    if (output / FACTS).is_file():
        say(f"{output}: the model there is replaced when the new one is whole")
    log = place / f"training-{_seed_of(recipe)}.jsonl"  # seeds may share the work folder
    try:
        trained = _train(splits, base, recipe, unlabelled, place, TrainingLog(log, say))
        _write(trained, splits, name, output, place, log, bundle, say)
    except GoemoxError:
        if is_own and all(path.name == OWN for path in place.iterdir()):
            shutil.rmtree(place)
        raise
    except BaseException:
        say(f"{place} is kept: the same command goes on from its last checkpoint")
        raise
    if is_own:
        shutil.rmtree(place)
    for stage in ("model", "student"):
        (place / f"{stage}-{_seed_of(recipe)}.checkpoint").unlink(missing_ok=True)
    return output


def _make_own(place: Path) -> bool:
    """Make the work folder of a run that names none; False where one stands there that is somebody else's.

    Its own one, which is removed at the end, is marked: another run may keep its teachers under this name.
    """
    mark = place / OWN
    if not place.exists():
        place.mkdir(parents=True)
        write_text(mark, "goemox train removes this folder when the model is whole\n")
    return mark.is_file()


def _read(data: TrainingSet | str | Path, seed: int, say: Say) -> TrainingSet:
    if isinstance(data, TrainingSet):
        return data
    if Path(data).is_file():
        return training_set_of_file(Path(data), seed=seed, notice=say)
    return read_training_set(data, notice=say)


def _train(
    splits: TrainingSet,
    base: str,
    recipe: Recipe | Distillation | None,
    unlabelled: Unlabelled | None,
    work: Path,
    log: TrainingLog,
) -> Trained:
    """The model in memory; everything that a later run can go on from stands in `work`."""
    from goemox.training.distil import Distillation, distil
    from goemox.training.loop import Recipe
    from goemox.training.train import fine_tune

    if isinstance(recipe, Distillation):
        texts = unlabelled.texts if unlabelled else ()
        trained = distil(
            splits.train, splits.labels, texts, recipe, work=work, base=base, dev=splits.dev, log=log
        )
        if unlabelled:
            trained.facts["unlabelled"] = {"name": unlabelled.name, "rows": recipe.unlabelled}
        return trained
    log.keep_stages("model")
    return fine_tune(
        splits.train,
        splits.labels,
        base=base,
        recipe=recipe or Recipe(),
        checkpoint=work / f"model-{_seed_of(recipe)}.checkpoint",
        dev=splits.dev,
        stage=log.stage("model"),
    )


def _seed_of(recipe: Recipe | Distillation | None) -> int:
    from goemox.training.distil import Distillation

    if recipe is None:
        return 0
    return recipe.student.seed if isinstance(recipe, Distillation) else recipe.seed


def _write(
    trained: Trained,
    splits: TrainingSet,
    name: str | None,
    output: Path,
    work: Path,
    log: Path,
    bundle: bool,
    say: Say,
) -> None:
    """The folder of a model in memory: graphs, choices on dev, gate, profile, evaluation, card."""
    from goemox.training.export import export_model

    with write_folder(output) as folder:
        texts = [record.text for record in splits.train]
        parity = export_model(trained, folder, texts, embedding_depth=EMBEDDING_DEPTH)
        say("choosing thresholds and calibration on dev")
        truth = truth_matrix(splits.dev, splits.labels)
        scorer, dev, rule, cost = _gated(trained, folder, splits, truth, bundle, say)
        parity |= cost
        if rule.conformal is None:
            say(f"fewer than {MIN_CARRYING} rows of dev carry a label: prediction sets promise nothing")
        _write_reference(folder, scorer, splits, rule, dev, truth)
        decided = decision_facts(rule, dev, truth)
        facts = _facts(name or f"goemox {trained.base.name}", trained, splits, decided, parity)
        shutil.copyfile(log, folder / LOG)
        write_bytes(folder / FACTS, orjson.dumps(facts, option=orjson.OPT_INDENT_2))
        _evaluate(folder, splits, work, say)
        if bundle:
            for left_out in (WEIGHTS, ONNX_FP32, LOG):
                (folder / left_out).unlink()


def _gated(
    trained: Trained, folder: Path, splits: TrainingSet, truth: Bools, bundle: bool, say: Say
) -> tuple[Scorer, ScoreMatrix, DecisionRule, dict[str, float]]:
    """The graph that ships, what it says of dev, the rule for it, and what int8 costs.

    Where int8 loses more than the gate allows, the folder keeps the fp32 graph alone; a bundle needs int8.
    """
    from goemox.training.export import scorer_of
    from goemox.training.gate import gate_int8

    texts = [record.text for record in splits.dev]
    exact, small = scorer_of(trained, folder, ONNX_FP32), scorer_of(trained, folder, ONNX_INT8)
    full, dev = exact.score(texts), small.score(texts)
    rule = rule_of_dev(splits, dev, truth)
    try:
        return small, dev, rule, gate_int8(rule, full, dev, truth)
    except GateFailed as failed:
        if bundle:
            raise
        say(f"{failed}; the folder gets the fp32 graph alone: larger and slower, nothing lost")
    (folder / ONNX_INT8).unlink()
    return exact, full, rule_of_dev(splits, full, truth), {}


def _write_reference(
    folder: Path, scorer: Scorer, splits: TrainingSet, rule: DecisionRule, dev: ScoreMatrix, truth: Bools
) -> None:
    from safetensors.numpy import save

    words = hash_words(record.text for record in splits.dev)
    profile = domain_profile(scorer, splits, rule, dev, truth=truth, words=words)
    if profile is not None:
        write_bytes(folder / REFERENCE, save(profile.to_arrays()))


def _facts(
    name: str,
    trained: Trained,
    splits: TrainingSet,
    decided: dict[str, Any],
    parity: dict[str, float],
) -> dict[str, object]:
    data = f"{splits.name} train, {len(splits.train):,} rows"
    shares = truth_matrix(splits.train, splits.labels).mean(axis=0)
    return {
        "schema": SCHEMA,
        "goemox_version": __version__,
        "name": name,
        **decided,
        "training": trained.facts
        | {"data": data, "label_share": dict(zip(splits.labels, np.round(shares, 6).tolist(), strict=True))},
        "parity": parity,
        "embedding": {"layer": EMBEDDING_DEPTH, "pooling": "mean"},
    }


def _in_words(evaluation: dict[str, Any]) -> str:
    """macro-F1 with its interval, beside the best baseline's."""
    metric = evaluation["metrics"]["macro_f1"]
    best = max(evaluation["baselines"], key=lambda baseline: float(baseline["macro_f1"] or 0))
    # labels of few rows have no interval to quote
    span = "" if metric["low"] is None else f" ({metric['low']:.3f} to {metric['high']:.3f})"
    return f"macro-F1 {metric['value']:.3f}{span}; best baseline, {best['name']}: {best['macro_f1']:.3f}"


def _evaluate(folder: Path, splits: TrainingSet, work: Path, say: Say) -> None:
    """evaluation.json and the card, from the folder as users will open it."""
    write_sums(folder)  # those of a folder that is not whole yet; they are written anew at its end
    classifier = EmotionClassifier(open_model(folder), runtime="onnxruntime")
    evaluation: dict[str, Any] | None = None
    if splits.test:
        say("evaluating on test")
        found = assess(classifier, splits.test)
        evaluation = {"dataset": splits.name, "split": "test", "measured": "at release"}
        evaluation |= found.report.to_dict()
        evaluation["rows_sha256"] = rows_sha256(splits.test)
        evaluation["baselines"] = [*evaluation["baselines"], *trained_baselines(splits, work, say)]
        say(f"test, {found.report.n:,} rows: {_in_words(evaluation)}")
        write_bytes(folder / EVALUATION, orjson.dumps(evaluation, option=orjson.OPT_INDENT_2))
    write_text(folder / "README.md", model_card(classifier.folder.facts or {}, evaluation))
