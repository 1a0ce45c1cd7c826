"""`add_tiers`: a model folder again, with a fast tier and a cascade; the bundled ones are made by it.

teacher -> network -> thresholds, calibration and prediction sets on dev -> domain profile -> gate on dev.
What the fast tier learns from is what the folder's own model says, of labelled and unlabelled texts.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import orjson

from goemox.atomic import write_bytes, write_text
from goemox.classifier import EmotionClassifier
from goemox.data.training_sets import TrainingSet
from goemox.decision.calibration import mapped
from goemox.decision.softmax import SoftmaxRule
from goemox.errors import InvalidInput, InvalidModel
from goemox.model_card import adapted_card, model_card
from goemox.model_folder import (
    CARD,
    EVALUATION,
    FACTS,
    FAST,
    SUMS,
    TOKENIZER,
    ModelFolder,
    open_model,
)
from goemox.model_place import write_folder
from goemox.records import rows_sha256, truth_matrix
from goemox.release_choices import decision_facts, domain_profile, rule_of_dev
from goemox.runtime.fast import FastScorer
from goemox.runtime.ngram_net import NgramNet
from goemox.runtime.pieces import PieceReader
from goemox.scores import Floats, sigmoid
from goemox.tiers.choice import cascade_rule, choose_gate
from goemox.tiers.shipped import DOMAIN

if TYPE_CHECKING:
    from goemox.training.fast_net import FastRecipe

__all__ = ["add_tiers", "fast_arrays", "seed_of_split"]

MOST_LOST = 0.1  # macro-F1 on dev; a fast tier that loses more is said to be too weak

Arrays = Mapping[str, npt.NDArray[np.generic]]
Say = Callable[[str], None]


def seed_of_split(source: Path) -> int:
    """The seed that divided the model's one training file, if there was one: that of its training."""
    facts: Mapping[str, Any] = open_model(source).facts or {}
    return int(facts.get("training", {}).get("recipe", {}).get("seed", 0))


def add_tiers(
    source: Path,
    output: Path,
    splits: TrainingSet,
    unlabelled: Sequence[str] = (),
    *,
    recipe: FastRecipe | None = None,
    arrays: Arrays | None = None,
    said: Mapping[str, object] | None = None,
    say: Say = lambda message: None,
) -> Path:
    """Copy the folder `source` to `output` with a fast tier and a cascade in it; returns it.

    splits: train to learn from, dev to choose by; those that the model was trained with. unlabelled: more
    texts to learn from; the more there are, the better it gets. arrays: a network that is trained already.
    said: facts about what it learned from, told in goemox.json beside the numbers of texts.
    Raises MissingExtra without [train], InvalidModel for a folder that is not goemox's or a softmax model,
    InvalidInput for other labels than the model's. Nothing is written then.
    """
    folder = open_model(source)
    best = EmotionClassifier(folder, runtime="onnxruntime")
    if folder.facts is None or isinstance(best.rule, SoftmaxRule):
        raise InvalidModel(f"{source}: only a model that goemox calibrated, label by label, gets a fast tier")
    if set(splits.labels) != set(folder.labels):
        raise InvalidInput(
            f"the rows have other labels than the model; its labels: {', '.join(folder.labels)}"
        )
    if "adapted" in folder.facts:
        say(
            f"the model's rule was fitted again, for other texts; those of its fast tier and cascade are for "
            f"{splits.name}, on which they are fitted. What they promise holds for such texts alone"
        )
    elif not _may_promise(folder, splits):
        say(
            "the dev rows are not those that the model's own rule was fitted on: if the model was trained on "
            "some of them, cuts and the figures of dev are too good; prediction sets of the fast tier and "
            "the cascade promise nothing. Give the rows of training, divided as then: a folder with "
            "train.csv and dev.csv where dev had a file of its own"
        )
    told = {"rows": len(splits.train), "unlabelled": len(unlabelled), **(said or {})}
    if arrays is None:
        from goemox.training.fast_net import FastRecipe

        recipe = recipe or FastRecipe()
        told |= {"recipe": asdict(recipe), "teachers": "the best tier"}
        texts = [*(record.text for record in splits.train), *unlabelled]
        say(f"asking the best tier about {len(texts):,} texts")
        taught = sigmoid(best.scores(texts).logits).astype(np.float32)
        arrays = fast_arrays(folder, splits, unlabelled, taught, recipe, say)
    tiers, profile = _chosen(best, arrays, splits, told, say)
    _write(folder, output, {**arrays, **profile}, {**folder.facts, "tiers": tiers})
    return output


def fast_arrays(
    folder: ModelFolder,
    splits: TrainingSet,
    unlabelled: Sequence[str],
    taught: Floats,
    recipe: FastRecipe,
    say: Say = lambda message: None,
) -> Arrays:
    """Train a network for the folder. taught: (n + m, k), what teachers say of train and of `unlabelled`."""
    from goemox.training.dequantise import full_model
    from goemox.training.distil import mix
    from goemox.training.fast_net import train_net

    truth = truth_matrix(splits.train, folder.labels).astype(np.float32)
    soft = mix(truth, taught, unlabelled, recipe.hard_share)
    pieces = PieceReader(folder.path / TOKENIZER, folder.max_length).read(
        [*(record.text for record in splits.train), *unlabelled]
    )
    words = full_model(folder.path).get_input_embeddings().weight.detach().numpy()
    ids = np.split(pieces.ids, np.cumsum(pieces.counts)[:-1])
    say(f"training the fast tier on {len(ids):,} texts")
    return train_net(ids, np.concatenate([soft.labelled, soft.unlabelled]), words, recipe, say=say)


def _chosen(
    best: EmotionClassifier, arrays: Arrays, splits: TrainingSet, said: Mapping[str, object], say: Say
) -> tuple[dict[str, dict[str, Any]], Arrays]:
    """All that is chosen on dev: the entries of both tiers, and the profile's arrays."""
    say("choosing calibration, thresholds and the gate on dev")
    folder, records = best.folder, splits.dev
    truth, texts = truth_matrix(records, folder.labels), [record.text for record in records]
    net = NgramNet.from_arrays(arrays, FAST, len(folder.labels))
    scorer = FastScorer(net, folder.path / TOKENIZER, folder.labels, folder.max_length, "")
    scores, theirs = scorer.score(texts), best.scores(texts)
    rule = rule_of_dev(splits, scores, truth, cuts=best.rule.cut_rule)
    if not _may_promise(folder, splits):
        rule = replace(rule, conformal=None)  # without it the cascade gets none either
    chosen = choose_gate((scores.logits, rule), (theirs.logits, best.rule), truth)
    figures = "  ".join(f"{name} {value:.4f}" for name, value in chosen.macro_f1.items())
    say(
        f"a cascade leaves {chosen.share_fast:.0%} of the texts to the fast tier; macro-F1 on dev, rows that "
        f"nothing was fitted on: {figures}"
    )
    lost = chosen.macro_f1["best"] - chosen.macro_f1["fast"]
    if lost > MOST_LOST:
        say(
            f"the fast tier is {lost:.2f} macro-F1 below the best one: too weak for use by itself. What "
            "helps is more texts to learn from (--unlabelled, tens of thousands)"
        )
    log_odds = mapped(scores.logits, rule.maps)
    sent = chosen.gate.sends(log_odds)
    log_odds[sent] = mapped(theirs.logits, best.rule.maps)[sent]
    both = replace(scores, logits=log_odds.astype(np.float32), embeddings=None, sent_on=sent)
    behind = cascade_rule((scores.logits, rule), (theirs.logits, best.rule), sent, truth)
    cascade = decision_facts(behind, both, truth)
    tiers = {
        "fast": decision_facts(rule, scores, truth) | {"training": dict(said)},
        "cascade": cascade
        | {
            "gate": chosen.gate.to_facts(),
            "share_fast": round(chosen.share_fast, 4),
            "cross_fitted_macro_f1": {name: round(value, 6) for name, value in chosen.macro_f1.items()},
        },
    }
    profile = domain_profile(scorer, splits, rule, scores)
    placed = {} if profile is None else profile.to_arrays()
    return tiers, {f"{DOMAIN}{name}": array for name, array in placed.items()}


def _may_promise(folder: ModelFolder, splits: TrainingSet) -> bool:
    """Whether the model never learned from dev, as far as is known: its own rule was fitted on these rows.

    Of an adapted folder that is not known any more; what it promises is said when its tiers are made.
    """
    facts = folder.facts or {}
    return "adapted" in facts or rows_sha256(splits.dev) == facts.get("fitted_on")


def _write(folder: ModelFolder, output: Path, arrays: Arrays, facts: Mapping[str, object]) -> None:
    from safetensors.numpy import save

    with write_folder(output) as target:
        names = folder.sums or ()
        for name in (
            name for name in names if (folder.path / name).is_file() and name not in (FACTS, FAST, SUMS)
        ):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder.path / name, target / name)
        card = adapted_card if "adapted" in facts else model_card
        write_text(target / CARD, card(facts, folder.json(EVALUATION)))
        write_bytes(target / FAST, save(dict(arrays)))
        write_bytes(
            target / FACTS, orjson.dumps(facts, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY)
        )
