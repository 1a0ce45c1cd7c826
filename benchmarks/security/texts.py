"""Texts that are slow to read, or that look alike and are not: lines 18 and 19 of the checklist.

    python benchmarks/security/texts.py [--tries 3]

18: everything that reads texts of others (cleaning, tokenizer, all regular expressions, HTML and Markdown,
the writers) on hundreds of shapes of 2,000 characters; the slowest shapes of each again while their length
doubles up to 16,000. Seconds are the processor's. What takes less than FLOOR_S is no growth but noise.
19: the table of Unicode in part B3 of the reference: what becomes of each row, and how far a probability
moves where the normaliser makes two texts one.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "attacks"))

import numpy as np
from lines import Line, publish
from look_alikes import EQUATED, TABLE, described
from worst_texts import readers, seconds, shapes

import goemox
from goemox.classifier import EmotionClassifier
from goemox.runtime.tokenize import TextEncoder

CHARACTERS, MOST_S, MOST_GROWTH = 2_000, 0.020, 2.5
FLOOR_S = 0.002
LENGTHS = (2_000, 4_000, 8_000, 16_000)
N_WORST = 3
MOST_MOVED = 0.01


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tries", type=int, default=3)
    arguments = parser.parse_args()
    classifier = goemox.load()
    encoder = TextEncoder(classifier.folder.path / "tokenizer.json", classifier.folder.max_length)
    return publish(
        "texts", [times(encoder, arguments.tries), long_texts(encoder), *unicode(classifier)], sys.argv[1:]
    )


def times(encoder: TextEncoder, tries: int) -> Line:
    """Line 18."""
    read = {**readers(), "tokenizer": lambda text: encoder.encode([text])}
    slowest, growth, worst = {}, {}, {}
    texts = shapes(CHARACTERS)
    for name, function in read.items():
        took = {shape: seconds(function, text, 1) for shape, text in texts.items()}
        last = sorted(took, key=lambda shape: took[shape])[-N_WORST:]
        again = {shape: seconds(function, texts[shape], 2 * tries) for shape in last}
        slowest[name], worst[name] = max(again.values()), max(again, key=lambda shape: again[shape])
        growth[name] = max(grown(function, shape, tries) for shape in last)
    held = max(slowest.values()) < MOST_S and max(growth.values()) <= MOST_GROWTH
    name = max(slowest, key=lambda reader: slowest[reader])
    fastest = max(growth, key=lambda reader: growth[reader])
    return Line(
        18,
        f"{len(read)} readers of texts on {len(texts)} shapes of {CHARACTERS:,} characters; the slowest "
        f"{N_WORST} of each doubled up to {LENGTHS[-1]:,}",
        "2,000-char worst cases < 20 ms; time grows <= 2.5x when length doubles",
        f"slowest {1e3 * slowest[name]:.1f} ms ({name}: {worst[name]}); "
        f"largest growth {growth[fastest]:.2f}x ({fastest})",
        held,
        {
            "slowest_ms": {reader: round(1e3 * value, 2) for reader, value in slowest.items()},
            "shape": worst,
            "growth": {reader: round(value, 2) for reader, value in growth.items()},
        },
    )


def grown(function: Callable[[str], object], shape: str, tries: int) -> float:
    """The largest growth of the time while the length doubles, where it is more than noise; else 1.

    What seems to grow too fast is measured again: others on the machine only ever make a time longer.
    """
    took = [seconds(function, shapes(n)[shape], tries) for n in LENGTHS]
    for _ in range(3):
        found = max((b / a for a, b in itertools.pairwise(took) if b > FLOOR_S and a > 0), default=1.0)
        if found <= MOST_GROWTH:
            break
        again = [seconds(function, shapes(n)[shape], 3 * tries) for n in LENGTHS]
        took = [min(pair) for pair in zip(took, again, strict=True)]
    return found


def long_texts(encoder: TextEncoder) -> Line:
    """A megabyte and ten, which cost B3's tokenizer .75 s and 12 s."""
    took = {}
    for megabytes in (1, 10):
        for name, unit in (("words", "so nice "), ("one word", "a"), ("spaces", " "), ("emoji", "😀")):
            text = unit * (megabytes * 1_000_000 // len(unit))
            took[f"{megabytes} MB of {name}"] = seconds(lambda text: encoder.encode([text]), text, 2)
    return Line(
        18,
        "texts of 1 MB and 10 MB through cleaning and tokenizer, which cut them first",
        "no time is spent on what the model does not read",
        f"at most {1e3 * max(took.values()):.0f} ms",
        max(took.values()) < 0.1,
        {"ms": {name: round(1e3 * value, 2) for name, value in took.items()}},
    )


def unicode(classifier: EmotionClassifier) -> list[Line]:
    """Line 19."""
    rows, n_wrong = {}, 0
    for name, make in TABLE.items():
        began = time.perf_counter()
        try:
            rows[name] = described(classifier, make())
        except Exception as error:
            rows[name] = {"crashed": f"{type(error).__name__}: {error}"}
            n_wrong += 1
        rows[name]["seconds"] = round(time.perf_counter() - began, 3)
    moved = {}
    for name, change in EQUATED.items():
        pairs = [(text, change(text)) for text in SENTENCES]
        before, after = (classifier.predict_proba([pair[i] for pair in pairs]) for i in (0, 1))
        moved[name] = float(np.abs(before - after).max())
    worst = max(moved, key=lambda name: moved[name])
    return [
        Line(
            19,
            f"the Unicode table of {len(rows)} rows",
            "no crash; documented result",
            f"{len(rows) - n_wrong}/{len(rows)} rows as documented in the figures of this line",
            n_wrong == 0,
            {"rows": rows},
        ),
        Line(
            19,
            f"{len(moved)} ways to write the same: zero-width, soft, direction and tag characters, case, "
            f"accents, widths, NFC and NFD, in {len(SENTENCES)} sentences",
            "change p by <= .01 where the normaliser equates them",
            f"at most {moved[worst]:.1e} ({worst})",
            moved[worst] <= MOST_MOVED,
            {"moved": {name: float(f"{value:.3g}") for name, value in moved.items()}},
        ),
    ]


SENTENCES = (
    "Thank you so much!",
    "This is the worst day of my life",
    "Crème brûlée at the café, naïve me",
    "Why would anybody do that?",
    "I am so sorry, I was wrong.",
    "The meeting is at noon.",
    "Congratulations, I am proud of you!",
    "No idea what you mean... lol",
)
assert all(unicodedata.is_normalized("NFC", text) for text in SENTENCES)


if __name__ == "__main__":
    sys.exit(main())
