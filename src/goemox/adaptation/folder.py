"""A copy of a model folder with another decision rule: the same network, read in another way.

Graphs, tokenizer and configuration are copied as they are. `goemox.json`, the reference profile and the card
are written anew; `evaluation.json` goes along only where the labels are decided as before.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson

from goemox._version import __version__
from goemox.atomic import write_bytes, write_text
from goemox.classifier import EmotionClassifier
from goemox.decision.groups import GroupRule
from goemox.decision.rule import DecisionRule
from goemox.domain import ADAPTED, TRAINED, DomainProfile
from goemox.errors import UsageError
from goemox.evaluation.numbers import plain
from goemox.model_card import adapted_card
from goemox.model_folder import (
    CARD,
    EVALUATION,
    FACTS,
    FAST,
    REFERENCE,
    SCHEMA,
    SUMS,
    ModelFolder,
)
from goemox.model_place import check_place, write_folder
from goemox.wording import Say

__all__ = ["Redecided", "check_output", "write_redecided"]

WRITTEN = (FACTS, EVALUATION, REFERENCE, CARD, SUMS)  # never copied as they are
LEFT_OUT = (FAST,)  # a fast tier and a cascade decide as the old rule does


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class Redecided:
    """What of a folder changes.

    rule: of the model's labels. groupings: all that the new folder has. provenance: the "adapted" block of
    goemox.json: on which rows, how, with which figures. figures: other entries of goemox.json that this rule
    needs, such as "dev". profile: the new reference, None = the folder's own stays. name: of the new model;
    None = the old one's.
    """

    rule: DecisionRule
    groupings: Mapping[str, GroupRule]
    provenance: Mapping[str, object]
    figures: Mapping[str, object]
    profile: DomainProfile | None
    name: str | None = None


def check_output(output: Path, source: Path, say: Say = lambda message: None) -> None:
    """Raises UsageError where `output` cannot become a new folder beside the model folder `source`.

    say: told which other model is replaced.
    """
    place, model = output.resolve(), source.resolve()
    if place == model or place.is_relative_to(model) or model.is_relative_to(place):
        raise UsageError(f"{output}: that is the model's own folder; name another one with -o")
    check_place(output, say)


def write_redecided(classifier: EmotionClassifier, output: Path, changed: Redecided) -> Path:
    """Write the copy with its new rule, whole or not at all; returns `output`.

    Raises UsageError where the folder would be written over the model's own.
    """
    source = classifier.folder
    check_output(output, source.path)
    output.parent.mkdir(parents=True, exist_ok=True)
    facts = _facts(classifier, changed)
    evaluation = source.json(EVALUATION) if _decides_alike(classifier.rule, changed.rule) else None
    with write_folder(output) as folder:
        _copy(source, folder)
        write_bytes(folder / FACTS, orjson.dumps(plain(facts), option=orjson.OPT_INDENT_2))
        if evaluation is not None:
            shutil.copyfile(source.path / EVALUATION, folder / EVALUATION)
        _write_profile(source, folder, changed.profile)
        write_text(folder / CARD, adapted_card(facts, evaluation))
    return output


def _facts(classifier: EmotionClassifier, changed: Redecided) -> dict[str, object]:
    old = dict(classifier.folder.facts or {"name": classifier.folder.path.resolve().name})
    old.pop("tiers", None)
    if not _decides_alike(classifier.rule, changed.rule):
        for name in ("dev", "global_threshold"):  # figures of the old rule
            old.pop(name, None)
    if changed.name:
        old["name"] = changed.name
    return {
        **old,
        "schema": SCHEMA,
        "goemox_version": __version__,
        **changed.rule.to_facts(),
        "mappings": {name: rule.to_facts(classifier.labels) for name, rule in changed.groupings.items()},
        **changed.figures,
        "adapted": {
            **changed.provenance,
            "reference": _reference(old, changed),
            "moved": changed.profile is not None,  # in this fit, whoever moved it before
        },
    }


def _reference(old: Mapping[str, object], changed: Redecided) -> str:
    """Which texts the folder's reference profile is of: moved now, or kept as an earlier fit left it."""
    if changed.profile is not None:
        return ADAPTED
    before = old.get("adapted")
    return str(before.get("reference", ADAPTED)) if isinstance(before, Mapping) else TRAINED


def _decides_alike(old: DecisionRule, new: DecisionRule) -> bool:
    return (
        old.fallback == new.fallback
        and np.array_equal(old.maps, new.maps)
        and np.array_equal(old.thresholds, new.thresholds)
    )


def _copy(source: ModelFolder, folder: Path) -> None:
    for path in sorted(source.path.rglob("*")):
        name = path.relative_to(source.path)
        if (
            path.is_file()
            and name.as_posix() not in (*WRITTEN, *LEFT_OUT)
            and not any(p.startswith(".") for p in name.parts)
        ):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name)


def _write_profile(source: ModelFolder, folder: Path, profile: DomainProfile | None) -> None:
    from safetensors.numpy import save

    if profile is not None:
        write_bytes(folder / REFERENCE, save(profile.to_arrays()))
    elif (source.path / REFERENCE).is_file():
        shutil.copyfile(source.path / REFERENCE, folder / REFERENCE)
