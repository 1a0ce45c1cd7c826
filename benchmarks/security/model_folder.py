"""Model folders from somebody who means harm: lines 1 to 4 of the checklist.

    python benchmarks/security/model_folder.py [--flips 100] [--seed 0]

Every attack is a change of a copy of the bundled model, or of a small Hugging Face folder, tried in a process
of its own in which an audit hook counts unpickling: opened, loaded, and asked about a text. Where the attack
is not on SHA256SUMS itself the sums are written anew, so that the check behind them has to find it. Seconds
are the processor's, since a busy machine would be measured otherwise; a try that waits is killed after 20 s
by the clock and counts as not refused. Training's doors (a base, an export) need [train]. Needs Linux.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "attacks"))

import numpy as np
import onnxruntime  # noqa: F401  # loaded once, before the forks
import torch
from hostile_graphs import graph_attacks, honest, nan_for_long_texts
from hostile_settings import config_attacks, rule_attacks, tokenizer_attacks, written
from hostile_sums import sums_attacks
from hostile_weights import CHECKLIST, MISNAMED, PICKLE_NAMES, pickled, safetensors_attacks
from lines import Line, publish
from opened import Outcome, attempt
from transformers import DistilBertConfig, DistilBertForSequenceClassification

import goemox.runtime.session  # noqa: F401
from goemox.classifier import EmotionClassifier
from goemox.errors import InvalidModel
from goemox.model_folder import ONNX_INT8, REFERENCE, TOKENIZER, default_folder, open_model, write_sums
from goemox.training.bases import _minilm_folder, load_base
from goemox.training.foreign import export_folder
from goemox.training.tokenizer import load_tokenizer

TEXT = "Thank you so much, this is a text of more than twelve tokens, and a kind one at that!"
LABELS = ("calm", "cross", "keen")
SECONDS, MB = 1.0, 200.0
CONFIG_SECONDS = 2.0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--flips", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        base = hugging_face_folder(folder / "base")
        load_base(str(base), LABELS, np.full(3, 0.3), dropout=0.1, seed=0)  # once, so that children need not
        lines = [
            pickles(folder, base),
            weights(folder, base),
            *damage(folder, arguments.flips, arguments.seed),
            *settings(folder),
        ]
    return publish("model_folder", lines, sys.argv[1:])


def predict(folder: Path) -> None:
    """All that a prediction needs of a folder."""
    classifier = EmotionClassifier.from_pretrained(folder)
    for part in ("scorer", "profile", "groupings"):
        getattr(classifier, part)
    classifier(TEXT)


def train(folder: Path) -> None:
    """The folder as the base of a training."""
    load_base(str(folder), LABELS, np.full(3, 0.3), dropout=0.1, seed=0)


def export(folder: Path) -> None:
    """The folder as the source of an export."""
    with tempfile.TemporaryDirectory() as place:
        export_folder(folder, Path(place) / "out")


def tried(
    place: Path,
    source: Path,
    change: Callable[[Path], object],
    use: Callable[[Path], object],
    *,
    sealed: bool = True,
    watched: str | None = None,
) -> Outcome:
    """What comes of using a changed copy of `source`."""
    folder = Path(shutil.copytree(source, place / "model"))
    try:
        change(folder)
        if sealed and (folder / "SHA256SUMS").exists():
            write_sums(folder)
        return attempt(partial(use, folder), watched and folder / watched)
    finally:
        shutil.rmtree(folder)


def pickles(place: Path, base: Path) -> Line:
    """Line 1."""
    bomb, found = pickled(place / "exploded"), {}
    for name in PICKLE_NAMES:
        for door, source, use in (
            ("predict", default_folder(), predict), ("train", base, train), ("export", base, export),
        ):  # fmt: skip
            found[f"{name}, {door}"] = tried(place, source, written(name, bomb), use, watched=name)
    for name in MISNAMED:
        sealed = name != "SHA256SUMS"
        found[f"{name}, predict"] = tried(
            place, default_folder(), written(name, bomb), predict, sealed=sealed
        )
    for door, use in (("train", train), ("export", export)):
        found[f"model.safetensors, {door}"] = tried(place, base, written("model.safetensors", bomb), use)
    held = [o.refused and not o.classes and not o.opened for o in found.values()]
    n_classes, exploded = sum(o.classes for o in found.values()), (place / "exploded").exists()
    return Line(
        1,
        f"{len(PICKLE_NAMES)} kinds of files that carry code, at the top and nested, and pickles under "
        f"{len(MISNAMED)} honest names, each to predict, train and export",
        "refused, 0 bytes unpickled (audit hook sees no pickle.find_class)",
        f"{sum(held)}/{len(held)} refused; {n_classes} classes looked up; refused files opened "
        f"{sum(o.opened for o in found.values() if o.refused)} times",
        all(held) and not exploded,
        told(found),
    )


def weights(place: Path, base: Path) -> Line:
    """Line 2."""
    found = {}
    reference = (default_folder() / REFERENCE).read_bytes()
    for name, content in safetensors_attacks(reference).items():
        found[f"{name}, reference"] = tried(place, default_folder(), written(REFERENCE, content), predict)
    stored = (base / "model.safetensors").read_bytes()
    attacks = safetensors_attacks(stored)
    for name, content in attacks.items():
        found[f"{name}, train"] = tried(place, base, written("model.safetensors", content), train)
    held = [outcome.within(SECONDS, MB) for outcome in found.values()]
    names = list(attacks)[:CHECKLIST]
    first = [
        found[f"{name}, {door}"].within(SECONDS, MB) for name in names for door in ("reference", "train")
    ]
    return Line(
        2,
        f"safetensors that lie: the {CHECKLIST} of the checklist and {len(attacks) - CHECKLIST} more, as "
        "reference.safetensors and as weights to train from",
        "8/8 clear error < 1 s, < 200 MB RSS",
        f"{sum(first)}/{len(first)} and all in all {sum(held)}/{len(held)}; slowest {slowest(found)}",
        all(held),
        told(found),
    )


def damage(place: Path, n_flips: int, seed: int) -> list[Line]:
    """Line 3."""
    folder = Path(shutil.copytree(default_folder(), place / "flipped"))
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    chance = random.Random(seed)
    n_refused = 0
    for turn in range(n_flips):
        file = files[turn % len(files)]
        content = file.read_bytes()
        at = chance.randrange(len(content))
        file.write_bytes(content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :])
        n_refused += _is_refused(lambda: open_model(folder))
        file.write_bytes(content)
    open_model(folder)
    secret = place / "secret.txt"
    secret.write_text("secret")
    attacks = {
        name: tried(place, default_folder(), change, predict, sealed=False, watched="README.md")
        for name, change in sums_attacks(secret).items()
    }
    exchanged = {name: _exchanged(place, name) for name in (ONNX_INT8, TOKENIZER, REFERENCE)}
    held = [outcome.refused for outcome in attacks.values()]
    return [
        Line(
            3,
            f"one flipped bit at {n_flips} random places of {len(files)} files",
            "SHA-256 refusal 100/100",
            f"{n_refused}/{n_flips} refused; the folder opens again afterwards",
            n_refused == n_flips,
            {"refused": n_refused, "flips": n_flips},
        ),
        Line(
            3,
            f"sums missing, broken, listing less or more, links out of the folder ({len(attacks)} ways)",
            "refused",
            f"{sum(held)}/{len(held)} refused",
            all(held),
            told(attacks),
        ),
        Line(
            3,
            "a file exchanged after the sums were verified and before it is loaded",
            "refused",
            f"{sum(exchanged.values())}/{len(exchanged)} refused ({', '.join(exchanged)})",
            all(exchanged.values()),
            {"refused": exchanged},
        ),
    ]


def _exchanged(place: Path, name: str) -> bool:
    """Whether a good folder is refused, one of whose files is replaced between opening and loading."""
    folder = Path(shutil.copytree(default_folder(), place / "exchanged"))
    classifier = EmotionClassifier.from_pretrained(folder)
    if name == ONNX_INT8:
        (folder / name).write_bytes(honest())
    else:
        (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    refused = _is_refused(lambda: (classifier.scorer, classifier.profile))
    shutil.rmtree(folder)
    return refused


def _is_refused(use: Callable[[], object]) -> bool:
    try:
        use()
    except InvalidModel:
        return True
    return False


def settings(place: Path) -> list[Line]:
    """Line 4."""
    groups = {
        "config.json: remote code, labels, lengths": config_attacks(),
        "goemox.json: thresholds, calibration, promise, names": rule_attacks(),
        "tokenizer.json: regular expressions, growth, token numbers, size": tokenizer_attacks(),
        "ONNX: external data, loops, functions, operators, inputs, outputs, NaN": {
            name: written(ONNX_INT8, content)
            for name, content in (graph_attacks() | {"NaN for long texts": nan_for_long_texts()}).items()
        },
    }
    lines = []
    for test, attacks in groups.items():
        found = {name: tried(place, default_folder(), change, predict) for name, change in attacks.items()}
        held = [o.refused and o.seconds < CONFIG_SECONDS and not o.classes for o in found.values()]
        lines.append(
            Line(
                4,
                f"{test} ({len(attacks)} ways)",
                "refused, < 2 s",
                f"{sum(held)}/{len(held)} refused; slowest {slowest(found)}",
                all(held),
                told(found),
            )
        )
    return lines


def slowest(found: Mapping[str, Outcome]) -> str:
    """The longest time and the largest growth of all tries, in words."""
    seconds = max(outcome.seconds for outcome in found.values())
    clock = max(outcome.clock_s for outcome in found.values())
    mb = max(outcome.grew_mb for outcome in found.values())
    return f"{seconds:.2f} s of the processor ({clock:.2f} s by the clock), largest {mb:.0f} MB"


def told(found: Mapping[str, Outcome]) -> dict[str, object]:
    """Raw figures, and what was said where a try went another way."""
    return {
        "seconds": {name: round(outcome.seconds, 3) for name, outcome in found.items()},
        "clock_s": {name: round(outcome.clock_s, 3) for name, outcome in found.items()},
        "grew_mb": {name: round(outcome.grew_mb, 1) for name, outcome in found.items()},
        "not_refused": {name: f"{o.error}: {o.said[:200]}" for name, o in found.items() if not o.refused},
    }


def hugging_face_folder(folder: Path) -> Path:
    """A small DistilBERT with a real vocabulary, as transformers saves it."""
    torch.manual_seed(0)
    settings = DistilBertConfig(
        vocab_size=30522, dim=24, hidden_dim=48, n_layers=2, n_heads=4, max_position_embeddings=64,
        id2label=dict(enumerate(LABELS)), label2id={label: i for i, label in enumerate(LABELS)},
        problem_type="multi_label_classification",
    )  # fmt: skip
    DistilBertForSequenceClassification(settings).save_pretrained(folder)
    load_tokenizer(_minilm_folder()).save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        '{"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]", "unk_token": "[UNK]", '
        '"cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]"}'
    )
    return folder


if __name__ == "__main__":
    sys.exit(main())
