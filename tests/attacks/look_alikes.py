"""The Unicode table of the reference (part B3), and ways to write the same text in other characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from goemox.classifier import EmotionClassifier
from goemox.errors import GoemoxError

PLAIN = "Thank you so much!"


def _between(mark: str) -> Callable[[str], str]:
    """The text with a character after each of its own."""
    return lambda text: "".join(character + mark for character in text)


def _mapped(start_upper: int, start_lower: int) -> Callable[[str], str]:
    """ASCII letters as those of another block."""

    def change(character: str) -> str:
        if "A" <= character <= "Z":
            return chr(start_upper + ord(character) - ord("A"))
        return chr(start_lower + ord(character) - ord("a")) if "a" <= character <= "z" else character

    return lambda text: "".join(map(change, text))


EQUATED: dict[str, Callable[[str], str]] = {
    "zero-width spaces": _between("\u200b"),
    "word joiners": _between("\u2060"),
    "soft hyphens": _between("\u00ad"),
    "byte order marks": _between("\ufeff"),
    "direction overrides": lambda text: f"\u202e{text}\u202c",
    "direction marks": _between("\u200f"),
    "tag characters": lambda text: text + "\U000e0041\U000e0042",
    "capitals": str.upper,
    "small letters": str.lower,
    "accents": _between("\u0301"),
    "piled marks": _between("\u0301\u0323\u0330"),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "NFC": lambda text: unicodedata.normalize("NFC", text),
    "full-width letters": _mapped(0xFF21, 0xFF41),
    "mathematical letters": _mapped(0x1D400, 0x1D41A),
    "NUL between words": lambda text: text.replace(" ", "\0"),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "wide spaces": lambda text: text.replace(" ", "\u3000"),
}
"""What the normaliser makes one with the plain text."""

FAMILY = "👨\u200d👩\u200d👧"

TABLE: dict[str, Callable[[], object]] = {
    "zero-width space": lambda: _between("\u200b")(PLAIN),
    "word joiner": lambda: _between("\u2060")(PLAIN),
    "soft hyphen": lambda: _between("\u00ad")(PLAIN),
    "byte order mark": lambda: "\ufeff" + PLAIN,
    "bidi override": lambda: f"\u202e{PLAIN}",
    "NUL within words": lambda: _between("\0")(PLAIN),
    "tag characters": lambda: PLAIN + "\U000e0041",
    "accents": lambda: "Thánk yöu sò mûch!",
    "combining marks (zalgo)": lambda: _between("\u0301\u0323\u0330" * 5)(PLAIN),
    "full-width letters": lambda: EQUATED["full-width letters"](PLAIN),
    "mathematical letters": lambda: EQUATED["mathematical letters"](PLAIN),
    "ZWJ family emoji": lambda: f"{PLAIN} {FAMILY}",
    "variation selector": lambda: f"{PLAIN} ❤\ufe0f",
    "a word over 100 characters": lambda: f"{PLAIN} {'x' * 150}",
    "1 MB": lambda: f"{PLAIN} " * 52_000,
    "10 MB": lambda: f"{PLAIN} " * 520_000,
    "None, int, bytes": lambda: (None, 7, b"bytes"),
    "half a surrogate pair": lambda: f"{PLAIN} \ud83d",
}


def described(classifier: EmotionClassifier, given: object) -> dict[str, Any]:
    """What becomes of one row: labels, p of gratitude, tokens; or the errors, for what is no text."""
    if isinstance(given, tuple):
        return {"refused": {type(item).__name__: _refusal(classifier, item) for item in given}}
    text = str(given)
    scores = classifier.scores([text])
    probabilities = classifier.rule.probabilities(scores)
    unknown = classifier.scorer._encoder.encode([text]).rows()[0].tolist().count(100)
    decided = classifier.rule.decide(probabilities)[0]
    return {
        "labels": [label for label, is_given in zip(classifier.labels, decided, strict=True) if is_given],
        "gratitude": round(float(probabilities[0, classifier.labels.index("gratitude")]), 4),
        "tokens": int(scores.n_tokens[0]),
        "unknown": unknown,
        "truncated": bool(scores.truncated[0]),
    }


def _refusal(classifier: EmotionClassifier, item: object) -> str:
    try:
        classifier.scores([item])  # type: ignore[list-item]
    except GoemoxError as error:
        return f"{type(error).__name__}: {error}"
    raise AssertionError(f"{item!r} was read as a text")
