"""How much of a collection is not English, which is all that the model was taught.

py3langid (naive Bayes over byte n-grams, 139 languages; Lui and Baldwin 2012) does the reading. Short texts
are hard for it: it takes every fifth English story title for something else. So a text counts as not English
only where English is very unlikely, which keeps nearly all foreign texts (docs/files.md has the figures).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from goemox.errors import MissingExtra

__all__ = ["ENGLISH", "HOW_TO_INSTALL", "Language", "LanguageReader", "LanguageShares", "language_shares"]

ENGLISH = "en"
EXTRA = "language"
HOW_TO_INSTALL = f"pip install 'goemox[{EXTRA}]'"
UNLIKELY = 0.01  # a text is not English where the probability of English is below
LEAST_BYTES = 12  # of letters in UTF-8: four Chinese characters, twelve English letters; shorter says nothing
_READ = 1_000  # characters; more would not change the answer
_SHOWN = 10
_NO_LANGUAGE = "zxx"  # ISO 639 for what is no language: numbers, markup
_NOT_WORDS = re.compile(r"(?:https?://|www\.)\S+|[@#]\w+|\[[A-Z]+\]")


@dataclass(frozen=True, slots=True)
class Language:
    """What a text is taken for. code: `en`, or ISO 639 of another; probability: in [0, 1], of that one."""

    code: str
    probability: float


@dataclass(frozen=True, slots=True)
class LanguageShares:
    """Shares of the n texts that were looked at, in [0, 1]; english + other + undecided = 1.

    undecided: too short, or no language (numbers, code).
    languages: ISO 639 code -> share of the most frequent others; of short texts, often a near relative.
    """

    n: int
    english: float
    other: float
    undecided: float
    languages: dict[str, float]

    def to_dict(self) -> dict[str, object]:
        """The shares as JSON."""
        return asdict(self)


class LanguageReader:
    """Tells the language of one text; loading takes some .6 s and 100 MB, once a process."""

    def __init__(self) -> None:
        """Load the library's model. Raises MissingExtra where it is not installed."""
        self._identifier = _identifier()

    def language(self, text: str) -> str | None:
        """`en`, the ISO 639 code of the likeliest other language, or None for what nobody could tell."""
        found = self.reading(text)
        return None if found is None else found.code

    def reading(self, text: str) -> Language | None:
        """As `language`, with its probability: `en` has 0.01 or more, and may be less than the likeliest."""
        words = _NOT_WORDS.sub(" ", text[:_READ])
        letters = "".join(character for character in words if character.isalpha())
        if len(letters.encode("utf-8", "replace")) < LEAST_BYTES:
            return None
        likeliest, probability = self._identifier.classify(words)  # in half the time that ranking all takes
        if likeliest == ENGLISH and probability >= UNLIKELY:
            return Language(ENGLISH, float(probability))
        ranked = self._identifier.rank(words)
        english = float(dict(ranked)[ENGLISH])
        if english >= UNLIKELY:
            return Language(ENGLISH, english)
        code, probability = ranked[0]
        return None if code == _NO_LANGUAGE else Language(str(code), float(probability))


@cache
def _identifier() -> Any:
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ModuleNotFoundError:
        raise MissingExtra("telling languages apart", EXTRA) from None
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def language_shares(languages: Iterable[str | None]) -> LanguageShares | None:
    """Shares of what `LanguageReader.language` said of each text; None without texts."""
    counts = Counter(languages)
    n = counts.total()
    if not n:
        return None
    undecided, english = counts.pop(None, 0), counts.pop(ENGLISH, 0)
    others = {str(code): count / n for code, count in counts.most_common(_SHOWN)}
    return LanguageShares(n, english / n, counts.total() / n, undecided / n, others)
