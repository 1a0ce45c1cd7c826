"""How much of a label hangs on the words that `goemox.explain` names, and how often none carries it.

    GOEMOX_DATA=... python benchmarks/word_evidence.py

Texts of GoEmotions dev with 8 words or more that are given a label other than neutral. The three strongest
words of each such label are taken away together, and so are three words drawn at random. Prints and writes
results/word_evidence.json.
"""

from __future__ import annotations

import json
import os
import platform
import random
import statistics
from datetime import UTC, datetime
from pathlib import Path

import goemox
from goemox.data.goemotions import read_split
from goemox.explanation import MAX_PARTS

OUTPUT = Path(__file__).parent / "results" / "word_evidence.json"
TEXTS, WORDS, SEED = 400, 3, 0
SLIGHT = 0.1  # an effect below this is no word that carries the label


def main() -> int:
    classifier, draw = goemox.load(), random.Random(SEED)
    texts = [record.text for record in read_split(Path(os.environ["GOEMOX_DATA"]) / "goemotions", "dev")]
    draw.shuffle(texts)
    long = [text for text in texts if 8 <= len(text.split()) <= MAX_PARTS]
    said = [(text, each) for text, each in zip(long, classifier(long), strict=True) if asked(each)]
    rows = [row for text, _ in said[:TEXTS] for row in of_text(classifier, text, draw)]
    found = {
        "claim": "a label goes when the words go that explain names for it",
        "command": "python benchmarks/word_evidence.py",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}",
        "texts": TEXTS,
        "labels": len(rows),
        "words_taken": WORDS,
        "lost": {
            "strongest": round(statistics.fmean(row["strongest"] for row in rows), 4),
            "random": round(statistics.fmean(row["random"] for row in rows), 4),
        },
        "no_longer_given": {
            "strongest": round(statistics.fmean(row["gone"] for row in rows), 4),
            "random": round(statistics.fmean(row["gone_at_random"] for row in rows), 4),
        },
        "no_word_above_.1": round(statistics.fmean(row["best"] < SLIGHT for row in rows), 4),
    }
    OUTPUT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))
    return 0


def asked(prediction: goemox.Prediction) -> tuple[str, ...]:
    """The labels given, but for neutral: it is what is left when words are gone."""
    return tuple(label for label in prediction.labels if label != "neutral")


def of_text(classifier: goemox.EmotionClassifier, text: str, draw: random.Random) -> list[dict[str, float]]:
    """What each label of a text loses without its strongest words, and without as many others."""
    explanation = goemox.explain(classifier, text)
    whole, rows = explanation.prediction, []
    for label in asked(whole):
        strongest = sorted(explanation.words, key=lambda part: -part.effect[label])[:WORDS]
        any_words = draw.sample(explanation.words, WORDS)
        less, other = classifier([without(text, strongest), without(text, any_words)])
        rows.append(
            {
                "strongest": whole.scores[label] - less.scores[label],
                "random": whole.scores[label] - other.scores[label],
                "gone": label not in less.labels,
                "gone_at_random": label not in other.labels,
                "best": strongest[0].effect[label],
            }
        )
    return rows


def without(text: str, parts: list[goemox.explanation.WordEvidence]) -> str:
    """The text less some of its words."""
    for part in sorted(parts, key=lambda part: -part.start):
        text = f"{text[: part.start]} {text[part.end :]}"
    return text


if __name__ == "__main__":
    raise SystemExit(main())
