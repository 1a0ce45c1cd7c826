"""`tokenizer.json` of a model folder -> a tokenizer that cannot be made to run for ever by a text.

The file says which regular expressions the library runs over every text, on an engine that tries all ways,
and by what texts are replaced before. Both are checked before the library sees the file: expressions against
those of the tokenizers in use, replacements against growth.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from tokenizers import Tokenizer

from goemox.errors import InvalidModel
from goemox.model_files import read_checked

__all__ = ["open_tokenizer"]

MAX_BYTES = 32_000_000  # the largest in use have 17 MB
MAX_TOKENS = 300_000  # the largest in use have 262,144
MAX_STEPS = 12  # of normalising, and of cutting into words; five are usual
MAX_GROWTH = 20  # NFKC makes at most 18 characters of one
PROBE = "é\u2603 a\ufdfa漢字  ``1\n" * 8

# Written in tokenizer.json by: sentence pieces (T5, XLM-R, DeBERTa), CLIP, GPT-2, Llama 3, Qwen 2. None has a
# repetition within a repetition, so that the time for a text grows as its length.
_LIKE_LLAMA = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)
EXPRESSIONS = frozenset(
    (
        " {2,}",
        r"\s+",
        r"\s",
        r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
        _LIKE_LLAMA % r"\p{N}{1,3}",
        _LIKE_LLAMA % r"\p{N}",
    )
)


def open_tokenizer(path: Path, max_length: int, sha256: str | None = None) -> tuple[Tokenizer, int]:
    """The tokenizer, cut at `max_length` tokens, without padding; and the highest id that it can give.

    sha256: the hash that the file must have. Raises InvalidModel where the file is no tokenizer, is not
    allowed or fails on ordinary texts.
    """
    sums = None if sha256 is None else {path.name: sha256}
    content = read_checked(path.parent, path.name, sums, MAX_BYTES)
    try:
        described = orjson.loads(content)
        highest = _highest(described)
        _check_steps(described, path)
        tokenizer = Tokenizer.from_str(content.decode("utf-8"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(max_length)
        if tokenizer.normalizer is not None:
            grown = len(tokenizer.normalizer.normalize_str(PROBE)) / len(PROBE)
            if grown > MAX_GROWTH:
                raise InvalidModel(f"{path}: its normaliser makes texts {grown:.0f} times as long")
        longest = max(len(each.ids) for each in tokenizer.encode_batch_fast(["ok", "", PROBE]))
    except (InvalidModel, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # bare Exception for a bad file; a panic is no Exception at all
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise InvalidModel(f"{path}: not a tokenizer ({said[:300]})") from None
    if longest > max_length:
        raise InvalidModel(f"{path}: gives {longest} tokens where the model reads {max_length}")
    return tokenizer, highest


def _highest(described: Any) -> int:
    """The highest token id: of the vocabulary, a table or a list of pieces, and of the added tokens."""
    vocabulary = described["model"]["vocab"]
    if len(vocabulary) + len(described.get("added_tokens") or []) > MAX_TOKENS:
        raise ValueError(f"more than {MAX_TOKENS:,} tokens")
    ids = vocabulary.values() if isinstance(vocabulary, dict) else [len(vocabulary) - 1]
    added = [token["id"] for token in described.get("added_tokens") or []]
    return int(max([*ids, *added]))


def _check_steps(described: Any, path: Path) -> None:
    for part in ("normalizer", "pre_tokenizer", "post_processor", "decoder"):
        entries = list(_tables(described.get(part)))
        if part in ("normalizer", "pre_tokenizer") and sum("type" in entry for entry in entries) > MAX_STEPS:
            raise InvalidModel(f"{path}: more than {MAX_STEPS} steps of its {part}")
        for entry in entries:
            expression = entry.get("Regex")
            if expression is not None and expression not in EXPRESSIONS:
                raise InvalidModel(
                    f"{path}: runs a regular expression that goemox does not know over every text, and some "
                    f"never end: {ascii(expression)[:100]}"
                )
            text = entry.get("String", "x")
            if part == "normalizer" and (text == "" or _too_long(entry)):
                raise InvalidModel(f"{path}: its normaliser replaces text by longer text")


def _too_long(entry: dict[str, Any]) -> bool:
    """Whether a replacement, or what is put before each text, is longer than those in use."""
    return len(str(entry.get("content") or "")) > 1 or len(str(entry.get("prepend") or "")) > 1


def _tables(value: Any) -> Iterator[dict[str, Any]]:
    """All tables within a JSON value, however deep."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            yield found
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)
